//! Which network: family, shape and class count.

use serde::{Deserialize, Serialize};

use super::{CifarResNetConfig, Weights};
use crate::error::{Error, Result};

/// A network's family with its depth and width, e.g. `{"family":"cifar-resnet","blocks":1,"width":8}`; the class count
/// comes from the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "family", rename_all = "kebab-case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Architecture {
    /// CIFAR ResNet of depth 6n+2.
    #[serde(rename = "cifar-resnet")]
    CifarResNet(CifarResNetConfig),
}

impl Architecture {
    /// A CIFAR ResNet of depth `6 * blocks + 2` whose first stage has `width` channels.
    #[must_use]
    pub fn cifar_resnet(blocks: usize, width: usize) -> Self {
        Self::CifarResNet(CifarResNetConfig { blocks, width })
    }

    /// The network for data of this many classes.
    #[must_use]
    pub fn for_classes(self, classes: usize) -> NetworkConfig {
        NetworkConfig { architecture: self, classes }
    }

    /// Checks every rule.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        match self {
            Self::CifarResNet(config) => config.validate(),
        }
    }

    /// Name for people, e.g. `ResNet-20`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::CifarResNet(config) => config.name(),
        }
    }

    /// Names of the stages, shallowest first.
    #[must_use]
    pub fn layers(&self) -> Vec<String> {
        match self {
            Self::CifarResNet(config) => config.layers(),
        }
    }
}

/// Everything that shapes a network's tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NetworkConfig {
    /// Family, depth and width.
    pub architecture: Architecture,
    /// Classes, at least 2.
    pub classes: usize,
}

impl NetworkConfig {
    /// Checks every rule, those of the architecture included.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        self.architecture.validate()?;
        if self.classes < 2 {
            return Err(Error::config("classes", format!("must be at least 2, is {}", self.classes)));
        }
        Ok(())
    }

    /// Name for people, e.g. `ResNet-20` or `ResNet-8, width 8`.
    #[must_use]
    pub fn name(&self) -> String {
        self.architecture.name()
    }

    /// Names of the stages, shallowest first.
    #[must_use]
    pub fn layers(&self) -> Vec<String> {
        self.architecture.layers()
    }

    /// Name and shape of every tensor of the network, in PyTorch's order and layout.
    #[must_use]
    pub fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        match self.architecture {
            Architecture::CifarResNet(config) => config.tensors(self.classes),
        }
    }

    /// Trainable numbers of the network.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.tensors()
            .iter()
            .filter(|(name, _)| !name.contains("running_"))
            .map(|(_, shape)| shape.iter().product::<usize>())
            .sum()
    }

    /// Reads family, shape and class count off the weights.
    ///
    /// # Errors
    /// [`Error::WeightsMismatch`] when the tensors that tell the shape are missing.
    pub fn infer(weights: &Weights) -> Result<Self> {
        let (config, classes) = CifarResNetConfig::infer(weights)?;
        let network = Architecture::CifarResNet(config).for_classes(classes);
        network.validate()?;
        Ok(network)
    }
}
