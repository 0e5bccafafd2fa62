//! What a trial of both devices found.

use serde::{Deserialize, Serialize};

use super::kind::DeviceKind;

/// What was done on both devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum TrialWork {
    /// Training steps of the shipped recipe.
    Step,
    /// Products of matrices: enough to tell that an adapter in software is the slower one.
    Product,
}

/// How quick the CPU and WebGPU are at the same work, read-back included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct DeviceTrial {
    /// What was done.
    pub work: TrialWork,
    /// Shortest time of it on the CPU, milliseconds.
    pub cpu_ms: f64,
    /// Shortest time of it on WebGPU, milliseconds, after the kernels were compiled.
    pub webgpu_ms: f64,
    /// The WebGPU adapter's name.
    pub adapter: String,
    /// Whether that adapter is a program and no GPU.
    pub software: bool,
}

impl DeviceTrial {
    /// The device that was quicker; the CPU where both were alike, since it asks for nothing more.
    #[must_use]
    pub fn quicker(&self) -> DeviceKind {
        if self.webgpu_ms < self.cpu_ms { DeviceKind::Webgpu } else { DeviceKind::Cpu }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quicker_of_two_timings_is_taken_whatever_the_adapter_is_called() {
        let of = |cpu_ms, webgpu_ms, software| {
            let adapter = "SwiftShader".to_owned();
            DeviceTrial { work: TrialWork::Step, cpu_ms, webgpu_ms, adapter, software }.quicker()
        };
        assert_eq!(of(230.0, 15.0, false), DeviceKind::Webgpu);
        assert_eq!(of(230.0, 4000.0, true), DeviceKind::Cpu);
        assert_eq!(of(230.0, 200.0, true), DeviceKind::Webgpu);
        assert_eq!(of(230.0, 300.0, false), DeviceKind::Cpu);
        assert_eq!(of(10.0, 10.0, false), DeviceKind::Cpu);
        assert_eq!(of(10.0, f64::NAN, false), DeviceKind::Cpu);
    }
}
