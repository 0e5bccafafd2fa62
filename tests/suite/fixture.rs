//! Reference values from Python and the tolerances they are held to; `tests/reference` makes them.

use burn::tensor::{Device, Tensor, TensorData};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::device::is_gpu;

/// f64 algebra against f64 reference, values written with nine digits.
pub const EXACT: f64 = 1e-7;
/// f32 kernels against the f64 reference.
pub const SINGLE: f64 = 2e-4;

/// Scores of features that the device computed, absolute.
pub fn score_tolerance() -> f64 {
    if is_gpu() { 1e-3 } else { 1e-4 }
}

/// Least correlation of a map with the reference's.
#[cfg(not(target_arch = "wasm32"))]
pub fn map_correlation() -> f64 {
    if is_gpu() { 0.995 } else { 0.999 }
}

/// Parses a fixture that was compiled in.
pub fn parse<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("fixtures are made by tests/reference")
}

/// An array of a fixture.
#[derive(Debug, Clone, Deserialize)]
pub struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

impl Array {
    /// On the device, with the rank that the test knows.
    pub fn tensor<const D: usize>(&self, device: &Device) -> Tensor<D> {
        let values: Vec<f32> = self.values.iter().map(|&value| value as f32).collect();
        Tensor::from_data(TensorData::new(values, self.shape.clone()), device)
    }

    /// Rows of everything behind the first axis.
    pub fn rows(&self) -> Vec<Vec<f64>> {
        let width = self.values.len() / self.shape[0];
        self.values.chunks_exact(width).map(<[f64]>::to_vec).collect()
    }

    /// `[N, ...]` as `[N, C, H, W]`, missing axes of extent one.
    pub fn map_tensor(&self, device: &Device) -> Tensor<4> {
        let mut shape = self.shape.clone();
        shape.resize(4, 1);
        Self { shape, values: self.values.clone() }.tensor(device)
    }
}

/// Fails when two lists differ by more than `tolerance` of the largest reference value (or of one, if that is larger).
#[track_caller]
pub fn assert_close(ours: &[f64], reference: &[f64], tolerance: f64, what: &str) {
    assert_eq!(ours.len(), reference.len(), "{what}: length");
    let size = reference.iter().fold(1e-3f64, |size, value| size.max(value.abs()));
    for (index, (a, b)) in ours.iter().zip(reference).enumerate() {
        assert!((a - b).abs() <= tolerance * size, "{what}[{index}]: {a} instead of {b} (largest {size})");
    }
}

/// Reads a tensor back as f64.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    let data = tensor.into_data_async().await.expect("the device answers");
    data.try_into_vec::<f32>().expect("f32").into_iter().map(f64::from).collect()
}
