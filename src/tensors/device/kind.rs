//! What computes.

use serde::{Deserialize, Serialize};

/// What computes in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum DeviceKind {
    /// Burn's WebGPU backend.
    Webgpu,
    /// Burn's CPU backend, `flex`.
    Cpu,
    /// Burn's CUDA backend, in builds with the feature `cuda`.
    Cuda,
    /// A device of another process, in builds with the feature `remote`.
    Remote,
}
