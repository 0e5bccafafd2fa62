//! The device that the tests run on.

use burn::tensor::Device;
use unicam::tensors::device::{DeviceChoice, DeviceKind, open};
use wasm_bindgen_test::wasm_bindgen_test;

/// What this platform proves: WebGPU in a browser, the CPU natively.
const WANTED: (DeviceChoice, DeviceKind) = if cfg!(target_arch = "wasm32") {
    (DeviceChoice::Webgpu, DeviceKind::Webgpu)
} else {
    (DeviceChoice::Cpu, DeviceKind::Cpu)
};

/// Opens it, or fails the test.
pub async fn device() -> Device {
    let (device, report) = open(WANTED.0).await.expect("the device that this platform proves");
    assert_eq!(report.kind, WANTED.1);
    device
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn the_wanted_device_opens_again_and_again() {
    assert_eq!(device().await, device().await);
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn the_cpu_is_always_there() {
    let (_, report) = open(DeviceChoice::Cpu).await.expect("the CPU backend is compiled in");
    assert_eq!(report.kind, DeviceKind::Cpu);
    assert_eq!(report.notice, None);
}
