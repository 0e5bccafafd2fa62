//! One network of any family.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::{Architecture, CifarResNet, HostTensor, NetworkConfig, Trace, Weights};
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
}

impl Network {
    /// Builds the network that `config` describes with the numbers of `weights`.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMismatch`] listing missing, unknown and misshapen tensors by name.
    pub fn from_weights(config: &NetworkConfig, weights: &Weights, device: &Device) -> Result<Self> {
        config.validate()?;
        weights.check(&config.name(), &config.tensors())?;
        Ok(match &config.architecture {
            Architecture::CifarResNet(shape) => {
                Self::CifarResNet(CifarResNet::build(shape, config.classes, weights, device))
            }
        })
    }

    /// Runs the network and keeps every stage.
    ///
    /// # Shapes
    /// - `pictures`: `[N, 3, H, W]`, normalised
    #[must_use]
    pub fn forward(&self, pictures: Tensor<4>) -> Trace {
        match self {
            Self::CifarResNet(network) => network.forward(pictures),
        }
    }

    /// Continues from the output of stage `layer` (counted from 1) to the logits `[N, K]`.
    #[must_use]
    pub fn forward_from(&self, layer: usize, activation: Tensor<4>) -> Tensor<2> {
        match self {
            Self::CifarResNet(network) => network.forward_from(layer, activation),
        }
    }

    /// Weights `[K, C]` of the classifier, where it is one linear layer over the mean of the last stage's `C` channels;
    /// nothing for networks that classify in another way.
    #[must_use]
    pub fn classifier(&self) -> Option<Tensor<2>> {
        match self {
            Self::CifarResNet(network) => Some(network.classifier()),
        }
    }

    /// Reads every tensor back, under PyTorch's names and in its layout.
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`] when the read fails.
    pub async fn to_weights(&self, config: &NetworkConfig) -> Result<Weights> {
        let flat = match self {
            Self::CifarResNet(network) => network.flat_tensors(),
        };
        let values = read_all(flat.into_iter().map(Tensor::inner).collect()).await?;
        let tensors = config.tensors().into_iter().zip(values);
        Ok(tensors.map(|((name, shape), values)| (name, HostTensor { shape, values })).collect())
    }
}
