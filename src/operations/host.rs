//! Tensors of the CPU backend as slices, and work shared among its threads.
//!
//! Loops that most of the time goes into are functions marked `multiversion`: they are compiled for AVX2, too, and the
//! processor's own is taken. Every lane is spelled out in them and nothing is contracted, so the numbers are the same.

use burn::tensor::TensorData;
use burn_flex::FlexTensor;

/// A tensor whose numbers lie one after the other, row-major.
pub(super) struct Values {
    tensor: FlexTensor,
    start: usize,
    count: usize,
}

impl Values {
    /// Copies only what does not lie that way already.
    pub fn of(tensor: FlexTensor) -> Self {
        let tensor = if tensor.layout().is_contiguous() { tensor } else { tensor.to_contiguous() };
        let (start, count) = (tensor.layout().start_offset(), tensor.layout().num_elements());
        Self { tensor, start, count }
    }

    /// The numbers.
    pub fn slice(&self) -> &[f32] {
        &self.tensor.storage::<f32>()[self.start..self.start + self.count]
    }

    /// The tensor again.
    pub fn into_tensor(self) -> FlexTensor {
        self.tensor
    }
}

/// Numbers as a tensor of the CPU backend.
pub(super) fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// Calls `work` with the place and the content of every chunk of `size` numbers, on all threads where there are several.
///
/// Chunks do not share anything, so the numbers do not depend on how many threads there are.
pub(super) fn each_chunk(values: &mut [f32], size: usize, work: impl Fn(usize, &mut [f32]) + Sync + Send) {
    each_chunk_with(values, size, || (), |(), place, chunk| work(place, chunk));
}

/// As [`each_chunk`], with room to work in that chunks of one thread have one after the other.
pub(super) fn each_chunk_with<T>(
    values: &mut [f32],
    size: usize,
    room: impl Fn() -> T + Sync + Send,
    work: impl Fn(&mut T, usize, &mut [f32]) + Sync + Send,
) {
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        let chunks = values.par_chunks_mut(size).enumerate();
        chunks.for_each_init(room, |room, (place, chunk)| work(room, place, chunk));
    }
    #[cfg(target_arch = "wasm32")]
    {
        let mut room = room();
        values.chunks_mut(size).enumerate().for_each(|(place, chunk)| work(&mut room, place, chunk));
    }
}

/// Sum in eight lanes, which are added in a fixed order.
#[inline(always)]
pub(super) fn sum(values: &[f32]) -> f32 {
    fold(values, |lane, value| *lane += value)
}

/// Folds every eighth number into its own lane, then adds the lanes.
#[inline(always)]
pub(super) fn fold(values: &[f32], add: impl Fn(&mut f32, f32)) -> f32 {
    let mut lanes = [0.0f32; 8];
    let chunks = values.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            add(lane, value);
        }
    }
    for (lane, &value) in lanes.iter_mut().zip(rest) {
        add(lane, value);
    }
    total(lanes)
}

/// The lanes' sum, pairwise.
#[inline(always)]
pub(super) fn total(lanes: [f32; 8]) -> f32 {
    ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
}
