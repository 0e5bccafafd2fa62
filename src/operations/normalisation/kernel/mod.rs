//! Batch normalisation on GPUs.
//!
//! A channel's sums are taken by several workgroups, each over some of the images, and added by whoever needs them, always
//! in the same order. Squares are summed around the channel's first number, so that a mean far from zero costs no digits.
//!
//! By the statistics of a batch: [`batch`] three kernels forwards (sums, statistics, output), [`batch_gradient`] two back
//! (what the ReLU lets pass with its sums, then the gradients). By running statistics, [`running`], one each way. What they
//! share is here.

mod batch;
mod batch_gradient;
mod running;

pub use batch::batch;
pub use batch_gradient::batch_gradient;
pub use running::{running, running_gradient};

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::super::gpu::{ALIGNMENT, ENOUGH_GROUPS, UNITS, block, contiguous, empty};
use super::Manner;

/// Pixels of a thread.
const PIXELS: usize = 4;

/// Extents of a batch, as kernels take them.
#[derive(CubeLaunch, CubeType)]
struct Sizes {
    images: usize,
    channels: usize,
    area: usize,
    /// Workgroups that share a channel's sums.
    shares: usize,
    /// Numbers between two rows of statistics.
    row: usize,
}

#[derive(Clone, Copy)]
struct Extents {
    images: usize,
    channels: usize,
    area: usize,
    shares: usize,
    row: usize,
}

impl Extents {
    fn of(tensor: &CubeTensor) -> Self {
        let [images, channels, height, width] = tensor.meta.shape().dims();
        let shares = ENOUGH_GROUPS.div_ceil(channels).clamp(1, images);
        Self { images, channels, area: height * width, shares, row: channels.next_multiple_of(ALIGNMENT) }
    }

    fn launch(&self) -> SizesLaunch {
        SizesLaunch::new(self.images, self.channels, self.area, self.shares, self.row)
    }

    /// A workgroup for some pixels of each plane.
    fn planes(&self) -> (CubeCount, CubeDim) {
        block(self.area.div_ceil(UNITS * PIXELS), self.channels, self.images)
    }

    /// A workgroup for each share of each channel.
    fn sums(&self) -> (CubeCount, CubeDim) {
        block(self.shares, self.channels, 1)
    }
}

/// The shortcut, or a number that nobody reads: no two arguments of a kernel may lie in the same place.
fn added(shortcut: CubeTensor, manner: Manner) -> CubeTensor {
    if manner.shortcut { contiguous(shortcut) } else { empty(&shortcut, [1]) }
}

/// Adds what every thread of a workgroup has of two sums and writes both at `at`.
#[cube]
fn write_pair(first: f32, second: f32, sums: &mut [f32], at: usize) {
    let unit = UNIT_POS as usize;
    let mut shared = Shared::<[f32]>::new_slice(comptime!(2 * UNITS));
    shared[unit] = first;
    shared[UNITS + unit] = second;
    sync_cube();
    if unit < 2 {
        let mut sum = 0.0f32;
        for other in 0..UNITS {
            sum += shared[unit * UNITS + other];
        }
        sums[at + unit] = sum;
    }
}

/// What follows the normalisation; NaN stays NaN, so that a diverged run is seen.
#[cube]
fn finished(normalised: f32, shortcut: &[f32], at: usize, add: u32, relu: u32) -> f32 {
    let mut sum = normalised;
    if add == 1 {
        sum += shortcut[at];
    }
    if relu == 1 && sum < 0.0 {
        sum = 0.0f32;
    }
    sum
}
