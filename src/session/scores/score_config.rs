//! What is to be scored and how.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::scores::{LabelEmbedding, Pixels, ScoreSettings, UncertaintyConfig};
use crate::session::maps::look::ReferenceConfig;

/// Up to here, all distances are held and resampled, and computed by differences.
pub(in crate::session) const HELD: usize = 512;
/// Most images of a score.
const MAX_IMAGES: usize = 100_000;

/// What is to be scored and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ScoreConfig {
    /// The images; up to 100,000 here. Up to 512 are held and resampled whole, of more a seeded part is resampled.
    pub reference: ReferenceConfig,
    /// Which pixels the networks see.
    #[serde(default)]
    pub pixels: Pixels,
    /// What stands for a class.
    #[serde(default)]
    pub labels: LabelEmbedding,
    /// How uncertainty is judged.
    #[serde(default)]
    pub uncertainty: UncertaintyConfig,
}

impl ScoreConfig {
    /// Raw pixels, one-hot labels and the usual uncertainty over a reference batch.
    #[must_use]
    pub fn of(reference: ReferenceConfig) -> Self {
        Self::with(reference, ScoreSettings::default())
    }

    /// The same settings over any reference batch.
    #[must_use]
    pub fn with(reference: ReferenceConfig, settings: ScoreSettings) -> Self {
        let ScoreSettings { pixels, labels, uncertainty } = settings;
        Self { reference, pixels, labels, uncertainty }
    }

    /// Everything but the batch.
    #[must_use]
    pub fn settings(&self) -> ScoreSettings {
        ScoreSettings { pixels: self.pixels, labels: self.labels.clone(), uncertainty: self.uncertainty }
    }

    /// Checks every rule that needs no data.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        if !(4..=MAX_IMAGES).contains(&self.reference.images) {
            let problem = format!("must lie between 4 and {MAX_IMAGES}, is {}", self.reference.images);
            return Err(Error::config("images", problem));
        }
        if matches!(self.pixels, Pixels::Imputed { .. }) && self.reference.images > HELD {
            let problem = format!("must be at most {HELD} for imputed pixels, whose maps hang on all images at once");
            return Err(Error::config("images", problem));
        }
        self.pixels.validate()?;
        self.uncertainty.validate()
    }
}
