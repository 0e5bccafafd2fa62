//! Which device computes: the browser's GPU or the CPU; on the command line also CUDA and other processes' devices.

#[cfg(target_arch = "wasm32")]
mod constructors;
#[cfg(feature = "cuda")]
pub mod cuda;
#[cfg(feature = "remote")]
pub mod remote;
mod webgpu;

#[cfg(target_arch = "wasm32")]
pub use constructors::run_once as run_constructors_once;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// What the user asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum DeviceChoice {
    /// WebGPU where an adapter is granted, else the CPU.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct DeviceReport {
    /// Which backend.
    pub kind: DeviceKind,
    /// The adapter's name, or what the CPU backend runs on.
    pub name: String,
    /// Why it is the CPU although WebGPU would have been taken.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "string | null"))]
    pub notice: Option<String>,
}

/// Opens the device that `choice` asks for.
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
    (Device::flex(), DeviceReport { kind: DeviceKind::Cpu, name: name.to_owned(), notice })
}
