//! Forwards by the statistics of the batch: sums, statistics, output.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::super::super::gpu::{UNITS, buffer, contiguous, empty, line, thread};
use super::super::Manner;
use super::{Extents, PIXELS, Sizes, added, finished, write_pair};

/// See [`super::super::NormalisationOps::normalise_batch`]; the statistics are mean and one over the deviation, two rows.
pub fn batch(
    input: CubeTensor,
    channels: [CubeTensor; 4],
    shortcut: CubeTensor,
    manner: Manner,
) -> (CubeTensor, CubeTensor, CubeTensor, CubeTensor) {
    let (input, shortcut) = (contiguous(input), added(shortcut, manner));
    let [scale, shift, mean, variance] = channels.map(contiguous);
    let extents = Extents::of(&input);
    // Behind the sums stands what distances were taken from.
    let sums = empty(&input, [extents.channels * (2 * extents.shares + 1)]);
    let statistics = empty(&input, [2, extents.row]);
    let moved = || empty(&input, [extents.channels]);
    let (new_mean, new_variance) = (moved(), moved());
    let (count, dim) = extents.sums();
    // SAFETY: here and below, every index is held within the extents.
    #[allow(unsafe_code)]
    unsafe {
        sums_kernel::launch_unchecked(&input.client, count, dim, buffer(&input), buffer(&sums), extents.launch());
    }
    let (count, dim) = line(extents.channels);
    #[allow(unsafe_code)]
    unsafe {
        statistics_kernel::launch_unchecked(
            &input.client,
            count,
            dim,
            buffer(&sums),
            buffer(&mean),
            buffer(&variance),
            buffer(&statistics),
            buffer(&new_mean),
            buffer(&new_variance),
            extents.launch(),
            manner.momentum as f32,
            manner.epsilon as f32,
        );
    }
    let output = empty(&input, input.meta.shape().dims::<4>());
    let (count, dim) = extents.planes();
    #[allow(unsafe_code)]
    unsafe {
        batch_kernel::launch_unchecked(
            &input.client,
            count,
            dim,
            buffer(&input),
            buffer(&statistics),
            buffer(&scale),
            buffer(&shift),
            buffer(&shortcut),
            buffer(&output),
            extents.launch(),
            u32::from(manner.shortcut),
            u32::from(manner.relu),
        );
    }
    (output, statistics, new_mean, new_variance)
}

/// Sums of `d` and `d^2` of a share of a channel, where `d` is the distance from the channel's first number.
#[cube(launch_unchecked)]
fn sums_kernel(input: &[f32], sums: &mut [f32], sizes: Sizes) {
    let share = CUBE_POS_X as usize;
    let channel = CUBE_POS_Y as usize;
    let unit = UNIT_POS as usize;
    let around = input[channel * sizes.area];
    let mut first = 0.0f32;
    let mut second = 0.0f32;
    let mut image = share;
    while image < sizes.images {
        let start = (image * sizes.channels + channel) * sizes.area;
        let mut pixel = unit;
        while pixel < sizes.area {
            let distance = input[start + pixel] - around;
            first += distance;
            second += distance * distance;
            pixel += UNITS;
        }
        image += sizes.shares;
    }
    if share == 0 && unit == 0 {
        sums[sizes.channels * sizes.shares * 2 + channel] = around;
    }
    write_pair(first, second, sums, (channel * sizes.shares + share) * 2);
}

#[cube(launch_unchecked)]
fn statistics_kernel(
    sums: &[f32],
    mean: &[f32],
    variance: &[f32],
    statistics: &mut [f32],
    new_mean: &mut [f32],
    new_variance: &mut [f32],
    sizes: Sizes,
    momentum: f32,
    epsilon: f32,
) {
    let channel = thread();
    if channel >= sizes.channels {
        terminate!();
    }
    let mut first = 0.0f32;
    let mut second = 0.0f32;
    for share in 0..sizes.shares {
        let at = (channel * sizes.shares + share) * 2;
        first += sums[at];
        second += sums[at + 1];
    }
    let count = (sizes.images * sizes.area) as f32;
    let distance = first / count;
    let own = sums[sizes.channels * sizes.shares * 2 + channel] + distance;
    let spread = second / count - distance * distance;
    // Rounding must not take a constant channel below zero; NaN stays NaN.
    let spread = select(spread < 0.0, 0.0, spread);
    statistics[channel] = own;
    statistics[sizes.row + channel] = 1.0 / f32::sqrt(spread + epsilon);
    new_mean[channel] = mean[channel] * (1.0 - momentum) + own * momentum;
    new_variance[channel] = variance[channel] * (1.0 - momentum) + spread * momentum;
}

#[cube(launch_unchecked)]
fn batch_kernel(
    input: &[f32],
    statistics: &[f32],
    scale: &[f32],
    shift: &[f32],
    shortcut: &[f32],
    output: &mut [f32],
    sizes: Sizes,
    add: u32,
    relu: u32,
) {
    let channel = CUBE_POS_Y as usize;
    let start = (CUBE_POS_Z as usize * sizes.channels + channel) * sizes.area;
    let mean = statistics[channel];
    let factor = scale[channel] * statistics[sizes.row + channel];
    let summand = shift[channel];
    let mut pixel = CUBE_POS_X as usize * comptime!(UNITS * PIXELS) + UNIT_POS as usize;
    #[unroll]
    for _ in 0..PIXELS {
        if pixel < sizes.area {
            let at = start + pixel;
            output[at] = finished((input[at] - mean) * factor + summand, shortcut, at, add, relu);
        }
        pixel += UNITS;
    }
}
