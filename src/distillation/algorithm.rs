//! Which rule makes a step of a gradient.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The update rule with its settings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Algorithm {
    /// Stochastic gradient descent as in PyTorch: the decay joins the gradient, the momentum has no dampening.
    Sgd {
        /// Momentum, 0 up to but not including 1.
        momentum: f64,
        /// Weight decay, 0 to 1, on every trained number.
        weight_decay: f64,
        /// Whether the step looks ahead (Nesterov); needs momentum.
        nesterov: bool,
    },
    /// Adam with decoupled weight decay (Loshchilov, Hutter, ICLR 2019), Burn's.
    #[serde(rename = "adamw")]
    AdamW {
        /// Decay of the mean of the gradients, 0 up to but not including 1; 0.9 is usual.
        beta1: f64,
        /// Decay of the mean of their squares, 0 up to but not including 1; 0.999 is usual.
        beta2: f64,
        /// Added to the root of that mean, above 0 and at most 1; 1e-8 is usual.
        epsilon: f64,
        /// Weight decay, 0 to 1, on every trained number, times the learning rate.
        weight_decay: f64,
    },
}

impl Algorithm {
    /// Checks every rule.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        let below_one = |field: &str, value: f64| {
            if (0.0..1.0).contains(&value) {
                return Ok(());
            }
            Err(Error::config(field, format!("must be at least 0 and below 1, is {value}")))
        };
        let (Self::Sgd { weight_decay, .. } | Self::AdamW { weight_decay, .. }) = *self;
        if !(0.0..=1.0).contains(&weight_decay) {
            return Err(Error::config("weightDecay", format!("must lie between 0 and 1, is {weight_decay}")));
        }
        match *self {
            Self::Sgd { momentum, nesterov, .. } => {
                below_one("momentum", momentum)?;
                if nesterov && momentum == 0.0 {
                    return Err(Error::config("nesterov", "needs a momentum above 0"));
                }
            }
            Self::AdamW { beta1, beta2, epsilon, .. } => {
                below_one("beta1", beta1)?;
                below_one("beta2", beta2)?;
                if !(epsilon > 0.0 && epsilon <= 1.0) {
                    return Err(Error::config("epsilon", format!("must be above 0 and at most 1, is {epsilon}")));
                }
            }
        }
        Ok(())
    }
}
