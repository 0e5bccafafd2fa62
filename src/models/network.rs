//! One network of any family.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

use super::family::Staged;
use super::layers::{Activation, Assembly};
use super::{Architecture, CifarResNet, HostTensor, NetworkConfig, ResNet, TinyCnn, Trace, Vgg, Weights};
use crate::error::Result;
use crate::tensors::readback::read_all;

/// A network of any family.
///
/// Batch normalisation follows Burn's rule: batch statistics on an autodiff device unless the module is frozen, running
/// statistics otherwise.
#[derive(Module, Debug)]
pub enum Network {
    /// CIFAR ResNet of depth 6n+2.
    CifarResNet(CifarResNet),
    /// ResNet-18, 34, 50 or 101.
    ResNet(ResNet),
    /// VGG-11, 13, 16 or 19.
    Vgg(Vgg),
    /// Three convolutions, for phones.
    TinyCnn(TinyCnn),
}

impl Network {
    /// Builds the network that `config` describes with the numbers of `weights`.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMismatch`] listing missing, unknown and misshapen tensors by name.
    pub fn from_weights(config: &NetworkConfig, weights: &Weights, device: &Device) -> Result<Self> {
        Self::side_by_side(config, &[weights], device)
    }

    /// Builds networks of one shape side by side in the channels, as one: see [`for_each`](super::for_each).
    ///
    /// # Errors
    /// As [`from_weights`](Self::from_weights).
    pub fn side_by_side(config: &NetworkConfig, weights: &[&Weights], device: &Device) -> Result<Self> {
        config.validate()?;
        for weights in weights {
            weights.check(&config.name(), &config.tensors())?;
        }
        let (parts, classes) = (&mut Assembly::of(weights, device), config.classes);
        Ok(match &config.architecture {
            Architecture::CifarResNet(shape) => Self::CifarResNet(CifarResNet::assemble(shape, classes, parts)),
            Architecture::ResNet(shape) => Self::ResNet(ResNet::assemble(shape, classes, parts)),
            Architecture::Vgg(shape) => Self::Vgg(Vgg::assemble(shape, classes, parts)),
            Architecture::TinyCnn(shape) => Self::TinyCnn(TinyCnn::assemble(shape, classes, parts)),
        })
    }

    /// Runs the network and keeps every stage.
    ///
    /// # Shapes
    /// - `pictures`: `[N, 3, H, W]`, normalised
    #[must_use]
    pub fn forward(&self, pictures: Tensor<4>) -> Trace {
        self.run(pictures, |network, stage, input| (network.stage(stage, input, Activation::Relu), None))
    }

    /// As [`forward`](Self::forward), and keeps what each stage was before its ReLU.
    #[must_use]
    pub fn forward_before_relu(&self, pictures: Tensor<4>) -> Trace {
        self.run(pictures, |network, stage, input| {
            let before = network.stage(stage, input, Activation::None);
            (relu(before.clone()), Some(before))
        })
    }

    /// Runs the network up to the end of one stage, counted from 0.
    ///
    /// # Shapes
    /// - `pictures`: `[N, 3, H, W]`, normalised; gives `[N, C, H', W']`
    #[must_use]
    pub fn forward_to(&self, stage: usize, pictures: Tensor<4>) -> Tensor<4> {
        let network = self.staged();
        let advance = |input, stage| network.stage(stage, input, Activation::Relu);
        (0..=stage).fold(network.stem(pictures), advance)
    }

    fn run(
        &self,
        pictures: Tensor<4>,
        advance: impl Fn(&dyn Staged, usize, Tensor<4>) -> (Tensor<4>, Option<Tensor<4>>),
    ) -> Trace {
        let network = self.staged();
        let mut activation = network.stem(pictures);
        let (mut stages, mut before_relu) = (Vec::new(), Vec::new());
        for stage in 0..network.stages() {
            let (output, before) = advance(network, stage, activation);
            activation = output;
            before_relu.extend(before);
            stages.push(activation.clone());
        }
        Trace { logits: network.classify(activation), stages, before_relu }
    }

    /// Runs the network to its logits `[N, K]` alone: no stage is kept.
    ///
    /// # Shapes
    /// - `pictures`: `[N, 3, H, W]`, normalised
    #[must_use]
    pub fn answers(&self, pictures: Tensor<4>) -> Tensor<2> {
        self.forward_from(0, self.staged().stem(pictures))
    }

    /// Continues from the output of stage `layer` (counted from 1; 0 is the stem) to the logits `[N, K]`.
    #[must_use]
    pub fn forward_from(&self, layer: usize, activation: Tensor<4>) -> Tensor<2> {
        let network = self.staged();
        let above = layer..network.stages();
        network.classify(above.fold(activation, |input, stage| network.stage(stage, input, Activation::Relu)))
    }

    /// Weights `[K, C]` of the classifier, where it is one linear layer over the mean of the last stage's `C` channels;
    /// nothing for networks that classify in another way.
    #[must_use]
    pub fn classifier(&self) -> Option<Tensor<2>> {
        self.staged().classifier()
    }

    /// Reads every tensor back, under PyTorch's names and in its layout.
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`] when the read fails.
    pub async fn to_weights(&self, config: &NetworkConfig) -> Result<Weights> {
        let mut flat = Flat::default();
        // Without gradients, and with running statistics brought up to date.
        self.valid().visit(&mut flat);
        let values = read_all(flat.tensors).await?;
        let tensors = config.tensors().into_iter().zip(values);
        Ok(tensors.map(|((name, shape), values)| (name, HostTensor { shape, values })).collect())
    }

    pub(super) fn staged(&self) -> &dyn Staged {
        match self {
            Self::CifarResNet(network) => network,
            Self::ResNet(network) => network,
            Self::Vgg(network) => network,
            Self::TinyCnn(network) => network,
        }
    }
}

/// Every tensor of a module in the order of its fields, row-major in PyTorch's layout.
#[derive(Default)]
struct Flat {
    tensors: Vec<Tensor<1>>,
}

impl ModuleVisitor for Flat {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let tensor = parameter.val();
        // Two axes are those of a linear layer: Burn keeps [in, out], PyTorch [out, in].
        let tensor = if D == 2 { tensor.swap_dims(0, 1) } else { tensor };
        self.tensors.push(tensor.flatten(0, D - 1));
    }
}
