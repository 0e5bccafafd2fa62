//! A learnt bridge from the Student's channels to the Teacher's; no part of the Student that is exported.

use burn::module::{Module, Param, RunningState};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig};
use burn::tensor::{Device, Tensor, TensorData};

use crate::error::Result;
use crate::models::{Activation, HostTensor, Weights, normal, normalised};
use crate::operations::convolution::{Movement, convolution};
use crate::seed::{Purpose, stream};
use crate::tensors::readback::read_all;

/// Channels on both sides of a [`Connector`], and what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectorShape {
    /// Channels of the Student's stage.
    pub inputs: usize,
    /// Channels of the Teacher's stage.
    pub outputs: usize,
    /// Whether batch normalisation follows the convolution, which then has no bias.
    pub normalised: bool,
}

impl ConnectorShape {
    /// Name and shape of every tensor, in the order of the module.
    #[must_use]
    pub fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let own: &[&str] = if self.normalised {
            &["norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"]
        } else {
            &["conv.bias"]
        };
        let mut slots = vec![("conv.weight".to_owned(), vec![self.outputs, self.inputs, 1, 1])];
        slots.extend(own.iter().map(|name| ((*name).to_owned(), vec![self.outputs])));
        slots
    }

    /// First weights: a normal convolution of variance `2 / inputs` (He et al. 2015), unit scales, zero shifts.
    ///
    /// `index` tells apart the connectors of one run.
    #[must_use]
    pub fn first_weights(&self, seed: u64, index: u64) -> Weights {
        let mut random = stream(seed, Purpose::Connector, index);
        let deviation = (2.0 / self.inputs as f64).sqrt();
        let tensors = self.tensors().into_iter().map(|(name, shape)| {
            let count = shape.iter().product();
            let values = match name.as_str() {
                "conv.weight" => normal(&mut random, count).map(|value| (value * deviation) as f32).collect(),
                "norm.weight" | "norm.running_var" => vec![1.0; count],
                _ => vec![0.0; count],
            };
            (name, HostTensor { shape, values })
        });
        tensors.collect()
    }
}

/// A 1x1 convolution, with a bias or with batch normalisation behind it.
#[derive(Module, Debug)]
pub struct Connector {
    conv: Conv2d,
    norm: Option<BatchNorm>,
}

impl Connector {
    /// Builds a connector with the numbers of `weights`, named as in [`ConnectorShape::tensors`].
    ///
    /// # Errors
    /// [`crate::Error::WeightsMismatch`].
    pub fn from_weights(shape: &ConnectorShape, weights: &Weights, device: &Device) -> Result<Self> {
        weights.check("the connector", &shape.tensors())?;
        let host = |name: &str| weights.get(name).expect("checked above");
        let row =
            |name: &str| Tensor::<1>::from_data(TensorData::new(host(name).values.clone(), [shape.outputs]), device);
        let mut conv = Conv2dConfig::new([shape.inputs, shape.outputs], [1, 1]).with_bias(false).init(device);
        let kernel = host("conv.weight");
        conv.weight =
            Param::from_tensor(Tensor::from_data(TensorData::new(kernel.values.clone(), kernel.shape.clone()), device));
        let norm = if shape.normalised {
            let mut norm = BatchNormConfig::new(shape.outputs).init(device);
            norm.gamma = Param::from_tensor(row("norm.weight"));
            norm.beta = Param::from_tensor(row("norm.bias"));
            norm.running_mean = RunningState::new(row("norm.running_mean"));
            norm.running_var = RunningState::new(row("norm.running_var"));
            Some(norm)
        } else {
            conv.bias = Some(Param::from_tensor(row("conv.bias")));
            None
        };
        Ok(Self { conv, norm })
    }

    /// # Shapes
    /// - `[N, inputs, H, W]` to `[N, outputs, H, W]`
    #[must_use]
    pub fn forward(&self, feature: Tensor<4>) -> Tensor<4> {
        let bridged = convolution(feature, self.conv.weight.val(), Movement { stride: 1, padding: 0 });
        let Some(bias) = self.conv.bias.as_ref().map(Param::val) else {
            return match &self.norm {
                Some(norm) => normalised(norm, bridged, None, Activation::None),
                None => bridged,
            };
        };
        let channels = bias.dims()[0];
        bridged + bias.reshape([1, channels, 1, 1])
    }

    /// Reads every tensor back.
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`] when the read fails.
    pub async fn to_weights(&self, shape: &ConnectorShape) -> Result<Weights> {
        let mut flat = vec![self.conv.weight.val().flatten::<1>(0, 3)];
        flat.extend(self.conv.bias.as_ref().map(Param::val));
        if let Some(norm) = &self.norm {
            flat.extend([
                norm.gamma.val(),
                norm.beta.val(),
                norm.running_mean.value_sync(),
                norm.running_var.value_sync(),
            ]);
        }
        let values = read_all(flat.into_iter().map(Tensor::inner).collect()).await?;
        let tensors = shape.tensors().into_iter().zip(values);
        Ok(tensors.map(|((name, shape), values)| (name, HostTensor { shape, values })).collect())
    }
}
