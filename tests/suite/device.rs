//! The device that the tests run on.

use burn::tensor::Device;
use unicam::tensors::device::{DeviceChoice, DeviceKind, open};
use wasm_bindgen_test::wasm_bindgen_test;

/// What this run proves: WebGPU in a browser, the CPU natively unless UNICAM_DEVICE is `webgpu`.
///
/// # Panics
/// If UNICAM_DEVICE is anything else.
pub fn choice() -> DeviceChoice {
    if cfg!(target_arch = "wasm32") {
        return DeviceChoice::Webgpu;
    }
    match std::env::var("UNICAM_DEVICE").as_deref() {
        Err(_) | Ok("cpu") => DeviceChoice::Cpu,
        Ok("webgpu") => DeviceChoice::Webgpu,
        Ok(other) => panic!("UNICAM_DEVICE is {other}: choose cpu or webgpu"),
    }
}

/// Whether a GPU's arithmetic is under test, whose sums are ordered otherwise.
pub fn is_gpu() -> bool {
    choice() == DeviceChoice::Webgpu
}

/// Opens it, or fails the test.
pub async fn device() -> Device {
    let (device, report) = open(choice()).await.expect("the device that this run proves");
    assert_eq!(report.kind == DeviceKind::Webgpu, is_gpu());
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
