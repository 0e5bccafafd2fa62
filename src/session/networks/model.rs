//! A network that is done: on the device to run, on the host to export.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::models::{Network, NetworkConfig, Weights};
use crate::session::networks::file_reading::FileReading;

/// Metadata key of an exported file; one key only, since the format's library writes several in random order.
const METADATA_KEY: &str = "unicam";

/// What a network is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct NetworkReport {
    /// Name for people, e.g. `ResNet-20`.
    pub name: String,
    /// Trainable numbers.
    pub parameters: usize,
    /// Classes it tells apart.
    pub classes: usize,
    /// Stage names, shallowest first.
    pub layers: Vec<String>,
    /// Accuracy on the test pictures, 0 to 1.
    pub accuracy: f64,
    /// How its file was read; nothing where it is from no file of the user's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<FileReading>,
}

/// A trained network in evaluation mode with its weights.
#[derive(Debug)]
pub struct Model {
    /// Its shape.
    pub config: NetworkConfig,
    /// Its weights on the host.
    pub weights: Weights,
    /// The network on the plain device.
    pub network: Network,
}

impl Model {
    /// Builds the network whose shape the weights tell.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMismatch`].
    pub fn new(weights: Weights, device: &Device) -> Result<Self> {
        Self::of(NetworkConfig::infer(&weights)?, weights, device)
    }

    /// Builds a network of known shape.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMismatch`].
    pub fn of(config: NetworkConfig, weights: Weights, device: &Device) -> Result<Self> {
        let network = Network::from_weights(&config, &weights, device)?;
        Ok(Self { config, weights, network })
    }

    /// The same network on another device, from its weights on the host.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMismatch`], which the network's own weights rule out.
    pub fn on(&self, device: &Device) -> Result<Self> {
        Self::of(self.config, self.weights.clone(), device)
    }

    /// Describes the network, given its accuracy.
    #[must_use]
    pub fn report(&self, accuracy: f64) -> NetworkReport {
        NetworkReport {
            name: self.config.name(),
            parameters: self.config.parameters(),
            classes: self.config.classes,
            layers: self.config.layers(),
            accuracy,
            reading: None,
        }
    }

    /// A safetensors file with PyTorch's names, in full precision.
    ///
    /// # Errors
    /// [`crate::Error::UnreadableWeights`] if the format's library refuses, which checked weights rule out.
    pub fn export(&self) -> Result<Vec<u8>> {
        Self::described(self.config, self.weights.clone()).to_safetensors(false)
    }

    /// Weights that say in their metadata of which network they are.
    pub(in crate::session) fn described(config: NetworkConfig, mut weights: Weights) -> Weights {
        let about = serde_json::json!({ "network": config, "version": env!("CARGO_PKG_VERSION") });
        weights.metadata.insert(METADATA_KEY.to_owned(), about.to_string());
        weights
    }
}
