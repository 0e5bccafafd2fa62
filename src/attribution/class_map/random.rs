//! The control: noise in the shape of a map.

use burn::tensor::{Tensor, TensorData};
use rand::Rng;

use crate::seed::{Purpose, stream};

/// Uniform numbers on `[0, 1)`, `[N, H, W]` at the stage's resolution; a picture's depend on the seed and its index alone.
pub fn maps(activation: &Tensor<4>, pictures: &[usize], seed: u64) -> Tensor<3> {
    let [n, _, height, width] = activation.dims();
    let noise = pictures.iter().flat_map(|&picture| {
        let mut random = stream(seed, Purpose::RandomMap, picture as u64);
        // 24 bits: every value is exact in f32.
        (0..height * width).map(move |_| (random.next_u32() >> 8) as f32 / (1u32 << 24) as f32)
    });
    Tensor::from_data(TensorData::new(noise.collect::<Vec<f32>>(), [n, height, width]), &activation.device())
}
