//! Backwards through the statistics of the batch: what the ReLU lets pass with its sums, then every gradient.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::super::super::gpu::{UNITS, buffer, contiguous, empty, part};
use super::super::Manner;
use super::{Extents, PIXELS, Sizes, write_pair};

/// See [`super::super::NormalisationOps::normalise_batch_gradient`].
pub fn batch_gradient(
    gradient: CubeTensor,
    output: CubeTensor,
    input: CubeTensor,
    [scale, statistics]: [CubeTensor; 2],
    manner: Manner,
) -> (CubeTensor, CubeTensor, CubeTensor, CubeTensor) {
    let [gradient, output, input] = [gradient, output, input].map(contiguous);
    let scale = contiguous(scale);
    let extents = Extents::of(&input);
    let shape: [usize; 4] = input.meta.shape().dims();
    let sums = empty(&input, [extents.channels, extents.shares, 2]);
    let passed = empty(&input, shape);
    let (count, dim) = extents.sums();
    #[allow(unsafe_code)]
    unsafe {
        passed_kernel::launch_unchecked(
            &input.client,
            count,
            dim,
            buffer(&gradient),
            buffer(&output),
            buffer(&input),
            buffer(&statistics),
            buffer(&passed),
            buffer(&sums),
            extents.launch(),
            u32::from(manner.relu),
        );
    }
    let by_input = empty(&input, shape);
    let by_channels = empty(&input, [2 * extents.row]);
    let (count, dim) = extents.planes();
    #[allow(unsafe_code)]
    unsafe {
        by_input_kernel::launch_unchecked(
            &input.client,
            count,
            dim,
            buffer(&passed),
            buffer(&input),
            buffer(&statistics),
            buffer(&scale),
            buffer(&sums),
            buffer(&by_input),
            buffer(&by_channels),
            extents.launch(),
        );
    }
    let row = |start| part(&by_channels, start, [extents.channels]);
    (by_input, row(0), row(extents.row), passed)
}

/// The gradient that the ReLU lets pass, and a share of its sums: by itself and times the normalised value.
#[cube(launch_unchecked)]
fn passed_kernel(
    gradient: &[f32],
    output: &[f32],
    input: &[f32],
    statistics: &[f32],
    passed: &mut [f32],
    sums: &mut [f32],
    sizes: Sizes,
    relu: u32,
) {
    let share = CUBE_POS_X as usize;
    let channel = CUBE_POS_Y as usize;
    let unit = UNIT_POS as usize;
    let mean = statistics[channel];
    let inverse = statistics[sizes.row + channel];
    let mut alone = 0.0f32;
    let mut product = 0.0f32;
    let mut image = share;
    while image < sizes.images {
        let start = (image * sizes.channels + channel) * sizes.area;
        let mut pixel = unit;
        while pixel < sizes.area {
            let at = start + pixel;
            let own = select(relu == 0 || output[at] > 0.0, gradient[at], 0.0);
            passed[at] = own;
            alone += own;
            product += own * (input[at] - mean) * inverse;
            pixel += UNITS;
        }
        image += sizes.shares;
    }
    write_pair(alone, product, sums, (channel * sizes.shares + share) * 2);
}

#[cube(launch_unchecked)]
fn by_input_kernel(
    passed: &[f32],
    input: &[f32],
    statistics: &[f32],
    scale: &[f32],
    sums: &[f32],
    by_input: &mut [f32],
    by_channels: &mut [f32],
    sizes: Sizes,
) {
    let channel = CUBE_POS_Y as usize;
    let unit = UNIT_POS as usize;
    let mut totals = Shared::<[f32]>::new_slice(2usize);
    if unit < 2 {
        let mut sum = 0.0f32;
        for share in 0..sizes.shares {
            sum += sums[(channel * sizes.shares + share) * 2 + unit];
        }
        totals[unit] = sum;
        if CUBE_POS_X == 0 && CUBE_POS_Z == 0 {
            // By scale in the first row, by shift in the second.
            by_channels[(1 - unit) * sizes.row + channel] = sum;
        }
    }
    sync_cube();
    let start = (CUBE_POS_Z as usize * sizes.channels + channel) * sizes.area;
    let count = (sizes.images * sizes.area) as f32;
    let mean = statistics[channel];
    let inverse = statistics[sizes.row + channel];
    let factor = scale[channel] * inverse;
    let level = totals[0] / count;
    let slope = totals[1] / count * inverse;
    let mut pixel = CUBE_POS_X as usize * comptime!(UNITS * PIXELS) + unit;
    #[unroll]
    for _ in 0..PIXELS {
        if pixel < sizes.area {
            let at = start + pixel;
            by_input[at] = factor * (passed[at] - level - (input[at] - mean) * slope);
        }
        pixel += UNITS;
    }
}
