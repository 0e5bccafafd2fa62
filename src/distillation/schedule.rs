//! How the learning rate changes over a run.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Factor on the learning rate, step by step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Schedule {
    /// Falls at milestones.
    Step {
        /// Shares of the steps, ascending between 0 and 1, at which the rate is multiplied by `decay`.
        milestones: Vec<f64>,
        /// Factor at each milestone, above 0 and at most 1.
        decay: f64,
    },
    /// Falls along half a cosine (Loshchilov, Hutter, "SGDR", ICLR 2017, equation 5, without restarts).
    Cosine {
        /// Share of the steps, 0 up to but not including 1, over which the rate first rises in a line; 0 for none.
        warm_up: f64,
        /// Share of the rate that the cosine ends at, 0 to 1.
        floor: f64,
    },
}

impl Schedule {
    /// Checks every rule.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        match self {
            Self::Step { milestones, decay } => {
                if !milestones.iter().all(|share| (0.0..=1.0).contains(share)) || !milestones.is_sorted() {
                    let problem = format!("must ascend between 0 and 1, are {milestones:?}");
                    return Err(Error::config("milestones", problem));
                }
                if !(*decay > 0.0 && *decay <= 1.0) {
                    return Err(Error::config("decay", format!("must be above 0 and at most 1, is {decay}")));
                }
            }
            Self::Cosine { warm_up, floor } => {
                if !(0.0..1.0).contains(warm_up) {
                    return Err(Error::config("warmUp", format!("must be at least 0 and below 1, is {warm_up}")));
                }
                if !(0.0..=1.0).contains(floor) {
                    return Err(Error::config("floor", format!("must lie between 0 and 1, is {floor}")));
                }
            }
        }
        Ok(())
    }

    /// Factor of the step that follows `done` finished ones of `steps`.
    ///
    /// With `w` steps of warm-up, step `i` (from 0) has the factor `(i + 1) / w` for `i < w`; behind them the cosine
    /// begins at 1 and reaches `floor` one step after the last one, as in PyTorch.
    #[must_use]
    pub fn factor(&self, done: usize, steps: usize) -> f64 {
        match self {
            Self::Step { milestones, decay } => {
                let passed = milestones.iter().filter(|&&share| done as f64 >= share * steps as f64).count();
                decay.powi(i32::try_from(passed).unwrap_or(i32::MAX))
            }
            Self::Cosine { warm_up, floor } => {
                let rising = (warm_up * steps as f64).round() as usize;
                if done < rising {
                    return (done + 1) as f64 / rising as f64;
                }
                let progress = (done - rising) as f64 / (steps - rising).max(1) as f64;
                floor + (1.0 - floor) * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
            }
        }
    }
}
