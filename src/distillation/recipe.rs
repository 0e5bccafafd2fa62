//! Every setting of a training run, with its default and its range.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::models::Architecture;

/// Largest whole number that a JavaScript number holds exactly.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// SGD with momentum, weight decay and step decay, on cropped and flipped pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct OptimiserConfig {
    /// Optimiser steps, 1 to 1,000,000.
    pub steps: usize,
    /// Pictures per step, 2 to 1,024.
    pub batch_size: usize,
    /// Learning rate at the start, above 0 and at most 10.
    pub learning_rate: f64,
    /// Momentum, 0 up to but not including 1, without dampening.
    pub momentum: f64,
    /// Weight decay, 0 to 1, on every trained number.
    pub weight_decay: f64,
    /// Shares of the steps, ascending between 0 and 1, at which the rate is multiplied by `decay`.
    pub milestones: Vec<f64>,
    /// Factor at each milestone, above 0 and at most 1.
    pub decay: f64,
    /// Pixels by which a random crop may move, 0 to 16.
    pub crop_padding: usize,
    /// Whether half of the pictures are mirrored.
    pub flip: bool,
    /// Steps between two loss reports, at least 1: each costs one read from the device.
    pub report_every: usize,
    /// Steps between two accuracies on the test pictures, at least 1.
    pub evaluate_every: usize,
    /// Seed of start, order and augmentation, below 2^53.
    pub seed: u64,
}

impl OptimiserConfig {
    /// Checks every rule.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        let rules: [(&str, bool, String); 10] = [
            (
                "steps",
                (1..=1_000_000).contains(&self.steps),
                format!("must lie between 1 and 1,000,000, is {}", self.steps),
            ),
            (
                "batchSize",
                (2..=1024).contains(&self.batch_size),
                format!("must lie between 2 and 1,024, is {}", self.batch_size),
            ),
            (
                "learningRate",
                self.learning_rate > 0.0 && self.learning_rate <= 10.0,
                format!("must be above 0 and at most 10, is {}", self.learning_rate),
            ),
            (
                "momentum",
                (0.0..1.0).contains(&self.momentum),
                format!("must be at least 0 and below 1, is {}", self.momentum),
            ),
            (
                "weightDecay",
                (0.0..=1.0).contains(&self.weight_decay),
                format!("must lie between 0 and 1, is {}", self.weight_decay),
            ),
            (
                "milestones",
                self.milestones.iter().all(|share| (0.0..=1.0).contains(share)) && self.milestones.is_sorted(),
                format!("must ascend between 0 and 1, are {:?}", self.milestones),
            ),
            (
                "decay",
                self.decay > 0.0 && self.decay <= 1.0,
                format!("must be above 0 and at most 1, is {}", self.decay),
            ),
            ("cropPadding", self.crop_padding <= 16, format!("must be at most 16, is {}", self.crop_padding)),
            (
                if self.report_every == 0 { "reportEvery" } else { "evaluateEvery" },
                self.report_every > 0 && self.evaluate_every > 0,
                "must be at least 1, is 0".to_owned(),
            ),
            ("seed", self.seed <= MAX_SAFE_INTEGER, format!("must be below 2^53, is {}", self.seed)),
        ];
        match rules.into_iter().find(|(_, holds, _)| !holds) {
            Some((field, _, problem)) => Err(Error::config(field, problem)),
            None => Ok(()),
        }
    }

    /// Learning rate of the step that follows `done` finished ones.
    #[must_use]
    pub fn rate_after(&self, done: usize) -> f64 {
        let passed = self.milestones.iter().filter(|&&share| done as f64 >= share * self.steps as f64).count();
        self.learning_rate * self.decay.powi(i32::try_from(passed).unwrap_or(i32::MAX))
    }
}

/// Where the Student and its Base start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Start {
    /// Random weights under the seed.
    Random,
    /// Weights that were given before: fine-tuning.
    Given,
}

/// A distillation by responses: `alpha * CE + beta * T^2 * KL` (Hinton et al. 2015).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct DistillationConfig {
    /// Family, depth and width of the Student and of the Base.
    pub student: Architecture,
    /// How both are trained.
    pub optimiser: OptimiserConfig,
    /// Softening of both distributions, 0.1 to 100.
    pub temperature: f64,
    /// Weight of the cross-entropy in the Student's loss, 0 to 100; the Base always learns by cross-entropy alone.
    pub alpha: f64,
    /// Weight of `T^2 * KL`, 0 to 100.
    pub beta: f64,
    /// First weights.
    pub start: Start,
}

impl DistillationConfig {
    /// Checks every rule, those of the optimiser included.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        self.optimiser.validate()?;
        if !(0.1..=100.0).contains(&self.temperature) {
            return Err(Error::config("temperature", format!("must lie between 0.1 and 100, is {}", self.temperature)));
        }
        for (field, weight) in [("alpha", self.alpha), ("beta", self.beta)] {
            if !(0.0..=100.0).contains(&weight) {
                return Err(Error::config(field, format!("must lie between 0 and 100, is {weight}")));
            }
        }
        if self.alpha + self.beta <= 0.0 {
            return Err(Error::config("alpha", "must not be 0 together with beta: nothing would be learnt"));
        }
        Ok(())
    }
}

/// Training of a Teacher from random weights by cross-entropy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct TeacherTrainingConfig {
    /// Family, depth and width of the Teacher.
    pub network: Architecture,
    /// How it is trained.
    pub optimiser: OptimiserConfig,
}
