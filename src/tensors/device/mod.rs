//! Which device computes: the browser's GPU or the CPU; on the command line also CUDA and other processes' devices.

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod constructors;
#[cfg(feature = "cuda")]
pub mod cuda;
mod kind;
#[cfg(feature = "remote")]
pub mod remote;
mod report;
pub mod software;
mod trial;
mod webgpu;

#[cfg(target_arch = "wasm32")]
pub use constructors::run_once as run_constructors_once;
pub use kind::DeviceKind;
pub use report::DeviceReport;
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
