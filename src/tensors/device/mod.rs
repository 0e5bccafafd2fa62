//! Which device computes: the browser's GPU or the CPU; on the command line also CUDA and other processes' devices.

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod constructors;
#[cfg(feature = "cuda")]
pub mod cuda;
#[cfg(feature = "remote")]
pub mod remote;
pub mod software;
mod trial;
mod webgpu;

#[cfg(target_arch = "wasm32")]
pub use constructors::run_once as run_constructors_once;
pub use trial::{DeviceTrial, TrialWork};

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// What the user asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum DeviceChoice {
    /// The quicker of both: a session measures. Where nothing is measured, WebGPU if an adapter is granted, else the CPU.
    #[default]
    Auto,
    /// WebGPU or an error.
    Webgpu,
    /// The CPU.
    Cpu,
}

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
        Self { kind, name: name.into(), software: false, notice: None, trial: None }
    }
}

/// Opens the device that `choice` asks for, without measuring: `Auto` is WebGPU if it can be had.
///
/// # Errors
/// [`crate::Error::NoWebGpu`] when WebGPU is demanded and no adapter is granted.
pub async fn open(choice: DeviceChoice) -> Result<(Device, DeviceReport)> {
    match choice {
        DeviceChoice::Cpu => Ok(cpu(None)),
        DeviceChoice::Webgpu => webgpu::open().await,
        DeviceChoice::Auto => match webgpu::open().await {
            Ok(opened) => Ok(opened),
            Err(error) => Ok(cpu(Some(error.to_string()))),
        },
    }
}

fn cpu(notice: Option<String>) -> (Device, DeviceReport) {
    let name = if cfg!(target_arch = "wasm32") { "WebAssembly SIMD, one thread" } else { "native, all cores" };
    (Device::flex(), DeviceReport { notice, ..DeviceReport::new(DeviceKind::Cpu, name) })
}
