//! What is said of the device.

use serde::{Deserialize, Serialize};

use super::kind::DeviceKind;
use super::trial::DeviceTrial;

/// The device that makes the numbers, in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct DeviceReport {
    /// Which backend.
    pub kind: DeviceKind,
    /// The adapter's name, or what the CPU backend runs on.
    pub name: String,
    /// Whether the adapter is a program that computes on the processor, such as SwiftShader, and no GPU.
    #[serde(default)]
    pub software: bool,
    /// Bytes of the largest buffer that a kernel can be given; nothing on the CPU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_buffer: Option<u64>,
    /// Why it is the CPU although WebGPU would have been tried.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "string | null"))]
    pub notice: Option<String>,
    /// How quick both devices were when they were tried; nothing where they were not.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", tsify(type = "DeviceTrial | null"))]
    pub trial: Option<DeviceTrial>,
}

impl DeviceReport {
    /// A device of this kind and name.
    #[must_use]
    pub fn new(kind: DeviceKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into(), software: false, largest_buffer: None, notice: None, trial: None }
    }
}
