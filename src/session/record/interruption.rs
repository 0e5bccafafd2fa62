//! A run that was torn off and went on.

use serde::{Deserialize, Serialize};

use crate::tensors::device::DeviceReport;

/// What happened to a run whose device, worker or page was lost, and what it cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Interruption {
    /// Why, as a word: the code of the error that ended it, or `left` for a page that was left.
    pub reason: String,
    /// The last step that was told before.
    pub lost_at: usize,
    /// The step from which it went on: those between were computed again.
    pub resumed_at: usize,
    /// The device before.
    pub former_device: DeviceReport,
    /// The device after.
    pub device: DeviceReport,
    /// Largest difference between the logits of the run's networks for the same few held-out pictures before and after:
    /// what the other device alone does to the numbers. 0 on the same one.
    pub drift: f64,
}
