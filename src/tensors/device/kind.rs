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

impl DeviceKind {
    /// Whether a buffer that nothing uses any more is kept for another of its size, until the device is told to clean up.
    ///
    /// Otherwise a few of the largest are given up and made again every other step. In a browser nothing destroys them:
    /// they are there until JavaScript's garbage is collected, which knows nothing of the gigabytes behind a few handles.
    #[must_use]
    pub fn keeps_buffers(self) -> bool {
        cfg!(target_arch = "wasm32") && self == Self::Webgpu
    }
}
