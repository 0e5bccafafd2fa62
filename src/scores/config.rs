//! What the scores are computed from, and how their uncertainty is judged.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Most permutations and most half-samples.
const MAX_DRAWS: usize = 100_000;

/// Which pixels the networks see when features are scored.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Default)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Pixels {
    /// The pictures as they are.
    #[default]
    Raw,
    /// The paper's way: each network sees every picture with the less relevant pixels of its own map imputed from their
    /// neighbours by ROAD. The Student's map is that of the distilled features, the Base's that of the residual ones, the
    /// Teacher's that of what the Student has not taken over; each layer has maps, and so pictures, of its own.
    Imputed {
        /// Share of a picture's pixels that is imputed, above 0 and below 1.
        share: f64,
    },
}

impl Pixels {
    /// Checks the share.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`].
    pub fn validate(&self) -> Result<()> {
        match self {
            Self::Imputed { share } if !(*share > 0.0 && *share < 1.0) => {
                Err(Error::config("pixels.share", format!("must lie above 0 and below 1, is {share}")))
            }
            _ => Ok(()),
        }
    }
}

/// What stands for a class when features are compared with the labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum LabelEmbedding {
    /// One-hot vectors: all classes are equally far apart.
    #[default]
    OneHot,
    /// Mean over the training pictures of each class of the Teacher's last-stage features: classes that the Teacher takes
    /// for alike are near each other.
    Prototypes,
    /// The user's own vectors.
    Matrix {
        /// One row a class, in label order, all of one length.
        rows: Vec<Vec<f64>>,
    },
}

impl LabelEmbedding {
    /// The kind without the numbers.
    #[must_use]
    pub fn kind(&self) -> LabelKind {
        match self {
            Self::OneHot => LabelKind::OneHot,
            Self::Prototypes => LabelKind::Prototypes,
            Self::Matrix { .. } => LabelKind::Matrix,
        }
    }
}

/// How the scores of a batch are computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ScoreSettings {
    /// Which pixels the networks see.
    pub pixels: Pixels,
    /// What stands for a class.
    pub labels: LabelEmbedding,
    /// How uncertainty is judged.
    pub uncertainty: UncertaintyConfig,
}

/// Which [`LabelEmbedding`] a report was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum LabelKind {
    /// One-hot vectors.
    OneHot,
    /// The Teacher's class means.
    Prototypes,
    /// The user's own vectors.
    Matrix,
}

/// How the uncertainty of every score is judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct UncertaintyConfig {
    /// Permutations of the null, 0 for none; at least `2 / (1 - level) - 1`, below which no score could ever stand out.
    pub permutations: usize,
    /// Resamples of the images for the interval, 0 for none; the same least number. Each is half of the images, drawn
    /// without replacement (see [`crate::scores::Interval`]).
    pub bootstrap: usize,
    /// Confidence level, above 0.5 and below 1.
    pub level: f64,
    /// Seed of permutations and resamples.
    pub seed: u64,
}

impl Default for UncertaintyConfig {
    fn default() -> Self {
        Self { permutations: 200, bootstrap: 200, level: 0.95, seed: 1 }
    }
}

impl UncertaintyConfig {
    /// Checks every rule.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        if !(self.level > 0.5 && self.level < 1.0) {
            let problem = format!("must lie above 0.5 and below 1, is {}", self.level);
            return Err(Error::config("uncertainty.level", problem));
        }
        let least = (1..MAX_DRAWS).find(|&draws| self.tail(draws) > 0).unwrap_or(MAX_DRAWS);
        for (name, draws) in [("permutations", self.permutations), ("bootstrap", self.bootstrap)] {
            if draws != 0 && !(least..=MAX_DRAWS).contains(&draws) {
                let problem = format!("must be 0, or lie between {least} (for this level) and {MAX_DRAWS}, is {draws}");
                return Err(Error::config(&format!("uncertainty.{name}"), problem));
            }
        }
        Ok(())
    }

    /// How many of `draws` and the observed value together lie in one tail: `(1 - level) / 2 * (draws + 1)`, rounded down.
    #[must_use]
    pub fn tail(&self, draws: usize) -> usize {
        // The sum of a level such as 0.95 with its rest is not exactly 1; the small step keeps 39 draws in.
        ((1.0 - self.level) / 2.0 * (draws + 1) as f64 + 1e-9) as usize
    }
}
