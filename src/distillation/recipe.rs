//! Every setting of a training run, with its range.

use serde::{Deserialize, Serialize};

use super::{LossTerm, OptimiserConfig, objective};
use crate::error::Result;
use crate::models::Architecture;

/// Where the Student and its Base, or a Teacher, start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Start {
    /// Random weights under the seed.
    #[default]
    Random,
    /// Weights that were given before: fine-tuning.
    Given,
}

impl Start {
    /// Whether it is from random weights.
    #[must_use]
    pub fn is_random(&self) -> bool {
        *self == Self::Random
    }
}

/// A network between Teacher and Student: trained under the one before it, it teaches the next.
///
/// Source: Mirzadeh et al., "Improved Knowledge Distillation via Teacher Assistant", AAAI 2020. It starts from random
/// weights and learns by the same weighted losses as the Student.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct AssistantConfig {
    /// Family, depth and width.
    pub network: Architecture,
    /// How it is trained; nothing for the Student's settings.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "OptimiserConfig | null"))]
    pub optimiser: Option<OptimiserConfig>,
}

/// A distillation by a weighted sum: `alpha * cross-entropy + sum of weight * loss`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct DistillationConfig {
    /// Family, depth and width of the Student and of the Base.
    pub student: Architecture,
    /// How both are trained.
    pub optimiser: OptimiserConfig,
    /// Weight of the cross-entropy in the Student's loss, 0 to 100; the Base always learns by cross-entropy alone.
    pub alpha: f64,
    /// What the Student learns from the Teacher.
    pub terms: Vec<LossTerm>,
    /// Networks between Teacher and Student, the Teacher's own pupil first; none for a direct distillation.
    pub assistants: Vec<AssistantConfig>,
    /// First weights.
    pub start: Start,
}

impl DistillationConfig {
    /// Checks every rule, those of the optimisers, the losses and the assistants included.
    ///
    /// # Errors
    /// [`crate::Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        self.optimiser.validate()?;
        objective::validate(self.alpha, &self.terms)?;
        self.student.validate()?;
        for assistant in &self.assistants {
            assistant.network.validate()?;
            if let Some(optimiser) = &assistant.optimiser {
                optimiser.validate()?;
            }
        }
        Ok(())
    }
}

/// Training of a Teacher by cross-entropy, from random weights or further from given ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct TeacherTrainingConfig {
    /// Family, depth and width of the Teacher.
    pub network: Architecture,
    /// How it is trained.
    pub optimiser: OptimiserConfig,
    /// First weights; settings from before there was a choice mean random ones.
    #[serde(default, skip_serializing_if = "Start::is_random")]
    pub start: Start,
}

/// The recipe of any run, as it stands in a checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum RunConfig {
    /// Training of a Teacher.
    Teacher(TeacherTrainingConfig),
    /// Distillation of a Student.
    Distillation(DistillationConfig),
}
