//! Which network: family, shape and class count.

use serde::{Deserialize, Serialize};

use super::family::Family;
use super::layers::Slot;
use super::strangers::stranger;
use super::walk::Walk;
use super::{CifarResNetConfig, NetworkShape, ResNetConfig, TinyCnnConfig, VggConfig, Weights};
use crate::error::{Error, Result};

/// A network's family with its depth and width, e.g. `{"family":"cifar-resnet","blocks":1,"width":8}`; the class count
/// comes from the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "family", rename_all = "kebab-case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Architecture {
    /// CIFAR ResNet of depth 6n+2.
    #[serde(rename = "cifar-resnet")]
    CifarResNet(CifarResNetConfig),
    /// ResNet-18, 34, 50 or 101 as torchvision has it, or with the 3x3 stem that CIFAR's have.
    #[serde(rename = "resnet")]
    ResNet(ResNetConfig),
    /// VGG-11, 13, 16 or 19 as torchvision has it.
    Vgg(VggConfig),
    /// Three convolutions, for phones.
    TinyCnn(TinyCnnConfig),
}

impl Architecture {
    /// A CIFAR ResNet of depth `6 * blocks + 2` whose first stage has `width` channels.
    #[must_use]
    pub fn cifar_resnet(blocks: usize, width: usize) -> Self {
        Self::CifarResNet(CifarResNetConfig { blocks, width, stem: None, projection: false })
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
        self.family().validate()
    }

    /// Name for people, e.g. `ResNet-20`.
    #[must_use]
    pub fn name(&self) -> String {
        self.family().name()
    }

    /// Names of the stages, shallowest first.
    #[must_use]
    pub fn layers(&self) -> Vec<String> {
        (1..=self.family().stages()).map(|stage| format!("layer{stage}")).collect()
    }

    /// Checks that pictures are large enough for every stage to keep at least one position.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the size that is needed.
    pub fn check_pictures(&self, width: usize, height: usize) -> Result<()> {
        let (needed, side) = (self.family().smallest_side(), width.min(height));
        if side >= needed {
            return Ok(());
        }
        let problem = format!("must be at least {needed} pixels a side for {}, is {side}", self.name());
        Err(Error::config("size", problem))
    }

    fn family(&self) -> &dyn Family {
        match self {
            Self::CifarResNet(config) => config,
            Self::ResNet(config) => config,
            Self::Vgg(config) => config,
            Self::TinyCnn(config) => config,
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
        self.slots().into_iter().map(|slot| (slot.name, slot.shape)).collect()
    }

    /// Path of the linear layer whose outputs are the classes.
    #[must_use]
    pub(crate) fn classifier_path(&self) -> &'static str {
        match self.architecture {
            Architecture::CifarResNet(_) => "linear",
            Architecture::ResNet(_) | Architecture::TinyCnn(_) => "fc",
            Architecture::Vgg(_) => "classifier.6",
        }
    }

    /// Trainable numbers of the network.
    #[must_use]
    pub fn parameters(&self) -> usize {
        let trained = self.slots().into_iter().filter(|slot| slot.trained);
        trained.map(|slot| slot.shape.iter().product::<usize>()).sum()
    }

    /// What the network makes of one picture of these pixels, layer by layer; nothing is built.
    #[must_use]
    pub fn shape(&self, width: usize, height: usize) -> NetworkShape {
        let mut walk = Walk::over(width, height);
        self.architecture.family().walk(&mut walk, self.classes);
        walk.ended()
    }

    /// Reads family, shape and class count off the weights, which then fit.
    ///
    /// # Errors
    /// [`Error::UnknownNetwork`] saying what they are of, where that is known to be another family;
    /// [`Error::WeightsMismatch`] listing every tensor that is missing, unknown or misshapen in the network that comes
    /// nearest; [`Error::InvalidConfig`] when that network is wider or deeper than any that is known.
    pub fn infer(weights: &Weights) -> Result<Self> {
        if let Some(found) = stranger(weights) {
            return Err(Error::UnknownNetwork { found: found.to_owned() });
        }
        let has = |name: &str| weights.get(name).is_some();
        let (architecture, classes) = if has("features.0.weight") {
            let (config, classes) = VggConfig::guess(weights);
            (Architecture::Vgg(config), classes)
        } else if has("layer1.0.weight") {
            let (config, classes) = TinyCnnConfig::guess(weights);
            (Architecture::TinyCnn(config), classes)
        } else if has("layer4.0.conv1.weight") {
            let (config, classes) = ResNetConfig::guess(weights);
            (Architecture::ResNet(config), classes)
        } else if has("layer1.0.conv1.weight") {
            let (config, classes) = CifarResNetConfig::guess(weights);
            (Architecture::CifarResNet(config), classes)
        } else {
            return Err(Error::WeightsMismatch {
                network: "any network known here (CIFAR ResNet, ResNet, VGG, tiny CNN)".to_owned(),
                missing: ["layer1.0.conv1.weight", "features.0.weight", "layer1.0.weight"].map(str::to_owned).to_vec(),
                unexpected: weights.names().map(str::to_owned).collect(),
                misshapen: Vec::new(),
            });
        };
        // Two, the fewest there are, where no classifier tells: it is then listed as missing.
        let network = architecture.for_classes(classes.unwrap_or(2));
        network.validate()?;
        weights.check(&network.name(), &network.tensors())?;
        Ok(network)
    }

    pub(super) fn slots(&self) -> Vec<Slot> {
        self.architecture.family().slots(self.classes)
    }
}
