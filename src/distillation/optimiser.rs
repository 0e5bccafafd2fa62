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
    /// In how many parts the pictures of a step go through the networks, 1 to half of `batchSize`: their gradients are added up
    /// before the step is made. Each part is normalised by its own means and variances, so that other networks come of it than
    /// of one part.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub accumulation: usize,
    /// Highest learning rate, above 0 and at most 10.
    pub learning_rate: f64,
    /// The update rule.
    pub algorithm: Algorithm,
    /// How the rate changes over the steps.
    pub schedule: Schedule,
    /// Pixels by which a random crop may move, 0 to 16.
    pub crop_padding: usize,
    /// Least share of a picture's area that a random resized crop shows, 0.01 to 1, where 1 is no such crop. Below 1 it takes
    /// the place of the crop by `cropPadding`; 0.08 is usual for photographs of 224 pixels.
    #[serde(default = "whole", skip_serializing_if = "is_whole")]
    pub crop_area: f64,
    /// Whether half of the pictures are mirrored.
    pub flip: bool,
    /// Steps between two loss reports, at least 1: each costs one read from the device.
    pub report_every: usize,
    /// Steps between two accuracies on the test pictures, at least 1.
    pub evaluate_every: usize,
    /// Seed of start, order and augmentation, below 2^53.
    pub seed: u64,
}

/// The parts of a batch that goes whole, as settings from before there was a choice are meant.
fn one() -> usize {
    1
}

/// Left out as [`is_whole`] leaves out.
fn is_one(parts: &usize) -> bool {
    *parts == 1
}

/// The share of a picture that is not cropped, as settings from before there was a choice are meant.
fn whole() -> f64 {
    1.0
}

/// Left out where it changes nothing, so that such settings stay what they were, letter by letter.
fn is_whole(share: &f64) -> bool {
    *share == 1.0
}

impl OptimiserConfig {
    /// Checks every rule, those of algorithm and schedule included.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        let rules: [(&str, bool, String); 8] = [
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
                "accumulation",
                (1..=self.batch_size / 2).contains(&self.accumulation),
                format!("must lie between 1 and half of batchSize, is {}", self.accumulation),
            ),
            (
                "learningRate",
                self.learning_rate > 0.0 && self.learning_rate <= 10.0,
                format!("must be above 0 and at most 10, is {}", self.learning_rate),
            ),
            ("cropPadding", self.crop_padding <= 16, format!("must be at most 16, is {}", self.crop_padding)),
            (
                "cropArea",
                (0.01..=1.0).contains(&self.crop_area),
                format!("must lie between 0.01 and 1, is {}", self.crop_area),
            ),
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

    /// In how many parts a batch of `pictures` goes: each has two of them at least.
    #[must_use]
    pub fn parts_of(&self, pictures: usize) -> usize {
        self.accumulation.min(pictures / 2).max(1)
    }

    /// Learning rate of the step that follows `done` finished ones.
    #[must_use]
    pub fn rate_after(&self, done: usize) -> f64 {
        self.learning_rate * self.schedule.factor(done, self.steps)
    }
}
