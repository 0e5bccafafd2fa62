//! How a network is trained, whatever it learns from.

use serde::{Deserialize, Serialize};

use super::{Algorithm, Schedule};
use crate::error::{Error, Result};

/// Largest whole number that a JavaScript number holds exactly.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Steps, batches and rate of a training, on cropped and flipped pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct OptimiserConfig {
    /// Optimiser steps, 1 to 1,000,000.
    pub steps: usize,
    /// Pictures per step, 2 to 1,024.
    pub batch_size: usize,
    /// Highest learning rate, above 0 and at most 10.
    pub learning_rate: f64,
    /// The update rule.
    pub algorithm: Algorithm,
    /// How the rate changes over the steps.
    pub schedule: Schedule,
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
    /// Checks every rule, those of algorithm and schedule included.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        let rules: [(&str, bool, String); 6] = [
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
            None => {
                self.algorithm.validate()?;
                self.schedule.validate()
            }
        }
    }

    /// Learning rate of the step that follows `done` finished ones.
    #[must_use]
    pub fn rate_after(&self, done: usize) -> f64 {
        self.learning_rate * self.schedule.factor(done, self.steps)
    }
}
