//! The layers that every family is made of: named, shaped, started and filled in one place.

use burn::module::{Module, ModuleMapper, Param, RunningState};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, TensorData};

use super::Weights;
use crate::operations::convolution::{Movement, convolution};
use crate::operations::linear::linear;
use crate::operations::normalisation::{Channels, Manner, normalise, normalise_batch};

/// First values of a tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum First {
    /// Normal around zero with this deviation.
    Normal(f64),
    /// The same number everywhere.
    Constant(f32),
}

/// One tensor of a network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slot {
    /// PyTorch's name.
    pub name: String,
    /// PyTorch's layout, outermost first.
    pub shape: Vec<usize>,
    /// How it starts.
    pub first: First,
    /// Whether the optimiser changes it; running statistics are not trained.
    pub trained: bool,
}

/// A convolution on square kernels, padded so that stride 1 keeps the extents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Convolution {
    pub inputs: usize,
    pub outputs: usize,
    pub kernel: usize,
    pub stride: usize,
    /// Batch normalisation takes a bias away again, yet some checkpoints have one before it.
    pub bias: bool,
}

/// Puts a network together from named layers and notes every tensor in the order of assembly.
///
/// A family describes itself once, by assembling itself: with weights this gives the network, without them the list of
/// its tensors. The order must be that of the module's fields, which is how the tensors are read back.
pub(super) struct Assembly<'a> {
    /// Of each network that lies side by side with the others; empty where none is built.
    weights: &'a [&'a Weights],
    device: &'a Device,
    slots: Vec<Slot>,
}

impl<'a> Assembly<'a> {
    /// Fills the layers with weights that were checked against the slots: those of one network, or of several side by
    /// side, whose tensors lie one after the other.
    pub fn of(weights: &'a [&'a Weights], device: &'a Device) -> Self {
        Self { weights, device, slots: Vec::new() }
    }

    /// Notes the slots alone; the layers keep Burn's lazy first weights, which nobody reads.
    pub fn slots_of<T>(describe: impl FnOnce(&mut Assembly<'_>) -> T) -> Vec<Slot> {
        let device = Device::flex();
        let mut assembly = Assembly { weights: &[], device: &device, slots: Vec::new() };
        describe(&mut assembly);
        assembly.slots
    }

    /// `path.weight` `[outputs, inputs, kernel, kernel]`, and `path.bias` `[outputs]` where there is one.
    ///
    /// Starts with the variance `2 / fan_in` (He et al., ICCV 2015, equation 10).
    pub fn convolution(&mut self, path: &str, shape: Convolution) -> Conv2d {
        let Convolution { inputs, outputs, kernel, stride, bias } = shape;
        let padding = kernel / 2;
        let mut layer = Conv2dConfig::new([inputs, outputs], [kernel, kernel])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
            .with_bias(bias)
            .init(self.device);
        let deviation = he_deviation(inputs * kernel * kernel);
        if let Some(weight) =
            self.tensor(path, "weight", vec![outputs, inputs, kernel, kernel], First::Normal(deviation), true)
        {
            layer.weight = Param::from_tensor(weight);
        }
        if bias && let Some(bias) = self.tensor(path, "bias", vec![outputs], First::Constant(0.0), true) {
            layer.bias = Some(Param::from_tensor(bias));
        }
        layer
    }

    /// `path.weight`, `path.bias`, `path.running_mean` and `path.running_var`, each `[channels]`.
    pub fn normalisation(&mut self, path: &str, channels: usize) -> BatchNorm {
        let mut row = |field, first, trained| {
            let given = self.tensor(path, field, vec![channels], First::Constant(first), trained);
            // Without weights on the host: nobody computes with it.
            given.unwrap_or_else(|| Tensor::zeros([channels], &Device::flex()))
        };
        let (scale, shift) = (row("weight", 1.0, true), row("bias", 0.0, true));
        let (mean, variance) = (row("running_mean", 0.0, false), row("running_var", 1.0, false));
        let BatchNormConfig { epsilon, momentum, .. } = BatchNormConfig::new(channels);
        // Put together here: Burn's own first values would be written on the device only to be replaced.
        BatchNorm {
            gamma: Param::from_tensor(scale),
            beta: Param::from_tensor(shift),
            training: Param::from_bool(true),
            running_mean: RunningState::new(mean),
            running_var: RunningState::new(variance),
            momentum,
            epsilon,
        }
    }

    /// A convolution with batch normalisation behind it.
    pub fn normalised(&mut self, convolution: &str, normalisation: &str, shape: Convolution) -> Normalised {
        let conv = self.convolution(convolution, shape);
        Normalised { conv, norm: Some(self.normalisation(normalisation, shape.outputs)) }
    }

    /// A convolution without batch normalisation.
    pub fn convolved(&mut self, path: &str, shape: Convolution) -> Normalised {
        Normalised { conv: self.convolution(path, shape), norm: None }
    }

    /// `path.weight` `[outputs, inputs]` of the given deviation, and `path.bias` `[outputs]`.
    pub fn linear(&mut self, path: &str, inputs: usize, outputs: usize, deviation: f64) -> Linear {
        let mut layer = LinearConfig::new(inputs, outputs).init(self.device);
        self.note(path, "weight", vec![outputs, inputs], First::Normal(deviation), true);
        // PyTorch keeps [out, in], Burn [in, out]; on the host the transposition is exact and free of kernels.
        let turned = self.all(path, "weight", |source| transposed(source, outputs, inputs));
        if let Some((values, networks)) = turned {
            let weight = Tensor::from_data(TensorData::new(values, [networks * inputs, outputs]), self.device);
            layer.weight = Param::from_tensor(weight);
        }
        if let Some(bias) = self.tensor(path, "bias", vec![outputs], First::Constant(0.0), true) {
            layer.bias = Some(Param::from_tensor(bias));
        }
        layer
    }

    fn note(&mut self, path: &str, field: &str, shape: Vec<usize>, first: First, trained: bool) {
        self.slots.push(Slot { name: format!("{path}.{field}"), shape, first, trained });
    }

    fn tensor<const D: usize>(
        &mut self,
        path: &str,
        field: &str,
        shape: Vec<usize>,
        first: First,
        trained: bool,
    ) -> Option<Tensor<D>> {
        let mut all = shape.clone();
        self.note(path, field, shape, first, trained);
        let (values, networks) = self.all(path, field, <[f32]>::to_vec)?;
        all[0] *= networks;
        Some(Tensor::from_data(TensorData::new(values, all), self.device))
    }

    /// What `turned` makes of one tensor of each network, one after the other, and how many networks there are.
    fn all(&self, path: &str, field: &str, turned: impl Fn(&[f32]) -> Vec<f32>) -> Option<(Vec<f32>, usize)> {
        let name = format!("{path}.{field}");
        let own = |weights: &&Weights| turned(&weights.get(&name).expect("checked before building").values);
        let values: Vec<f32> = self.weights.iter().flat_map(own).collect();
        (!self.weights.is_empty()).then_some((values, self.weights.len()))
    }
}

/// Square root of the variance `2 / fan_in`, which keeps the size of activations through ReLUs (He et al. 2015).
pub(super) fn he_deviation(fan_in: usize) -> f64 {
    (2.0 / fan_in as f64).sqrt()
}

/// Rows as columns.
fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let mut turned = vec![0.0; values.len()];
    for (row, source) in values.chunks_exact(columns).enumerate() {
        for (column, &value) in source.iter().enumerate() {
            turned[column * rows + row] = value;
        }
    }
    turned
}

/// What follows a convolution and its normalisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activation {
    /// Nothing.
    None,
    /// A ReLU.
    Relu,
}

/// A convolution, with batch normalisation behind it where the family has it.
#[derive(Module, Debug)]
pub(super) struct Normalised {
    conv: Conv2d,
    norm: Option<BatchNorm>,
}

impl Normalised {
    /// Convolution, normalisation, sum with `shortcut` where there is one, activation.
    ///
    /// # Shapes
    /// - input `[N, inputs, H, W]`; output and shortcut `[N, outputs, ceil(H / stride), ceil(W / stride)]`
    pub fn forward(&self, input: Tensor<4>, shortcut: Option<Tensor<4>>, activation: Activation) -> Tensor<4> {
        let weight = self.conv.weight.val();
        let movement = Movement { stride: self.conv.stride[0], padding: weight.dims()[2] / 2 };
        let convolved = convolution(input, weight, movement);
        let convolved = match &self.conv.bias {
            Some(bias) => {
                let bias = bias.val();
                let channels = bias.dims()[0];
                convolved + bias.reshape([1, channels, 1, 1])
            }
            None => convolved,
        };
        match &self.norm {
            Some(norm) => normalised(norm, convolved, shortcut, activation),
            None => {
                let sum = match shortcut {
                    Some(shortcut) => convolved + shortcut,
                    None => convolved,
                };
                if activation == Activation::Relu { relu(sum) } else { sum }
            }
        }
    }

    /// Channels `(in, out)`: in of one network, out of all that lie side by side.
    pub fn channels(&self) -> (usize, usize) {
        let [outputs, inputs, ..] = self.conv.weight.dims();
        (inputs, outputs)
    }
}

/// Burn's layer by operations that do at once what follows it. As in Burn, batch statistics are used on an autodiff device
/// unless the layer is frozen, and running ones otherwise.
pub(crate) fn normalised(
    norm: &BatchNorm,
    input: Tensor<4>,
    shortcut: Option<Tensor<4>>,
    activation: Activation,
) -> Tensor<4> {
    let channels = Channels {
        scale: norm.gamma.val(),
        shift: norm.beta.val(),
        mean: norm.running_mean.value(),
        variance: norm.running_var.value(),
    };
    let manner = Manner {
        epsilon: norm.epsilon,
        momentum: norm.momentum,
        shortcut: shortcut.is_some(),
        relu: activation == Activation::Relu,
    };
    if !(input.device().is_autodiff() && norm.training.is_enabled()) {
        return normalise(input, channels, shortcut, manner);
    }
    let (output, mean, variance) = normalise_batch(input, channels, shortcut, manner);
    replace(&norm.running_mean, mean);
    replace(&norm.running_var, variance);
    output
}

/// Sets a running statistic, which all copies of its layer share.
///
/// Burn's own update averages over threads, which costs kernels; here one thread trains a network.
fn replace(statistic: &RunningState<Tensor<1>>, value: Tensor<1>) {
    struct Replacement(Tensor<1>);

    impl ModuleMapper for Replacement {
        fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let (id, old, mapper) = parameter.consume();
            Param::from_mapped_value(id, self.0.clone().reshape(old.shape()), mapper)
        }
    }

    let _ = statistic.clone().map(&mut Replacement(value));
}

/// Burn's linear layer by the operation for small classifiers.
pub(super) fn classified(layer: &Linear, features: Tensor<2>) -> Tensor<2> {
    let bias = layer.bias.as_ref().expect("every linear layer of a family has a bias");
    linear(features, layer.weight.val(), bias.val())
}
