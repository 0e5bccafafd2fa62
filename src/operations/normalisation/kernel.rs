//! Batch normalisation on GPUs.
//!
//! A channel's sums are taken by several workgroups, each over some of the images, and added by whoever needs them, always
//! in the same order. Squares are summed around the channel's first number, so that a mean far from zero costs no digits.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::super::gpu::{ALIGNMENT, ENOUGH_GROUPS, UNITS, block, buffer, contiguous, empty, line, part};
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

/// See [`super::NormalisationOps::normalise_batch`]; the statistics are mean and one over the deviation, two rows.
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

/// The shortcut, or a number that nobody reads: no two arguments of a kernel may lie in the same place.
fn added(shortcut: CubeTensor, manner: Manner) -> CubeTensor {
    if manner.shortcut { contiguous(shortcut) } else { empty(&shortcut, [1]) }
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
    let channel = ABSOLUTE_POS_X as usize;
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

/// See [`super::NormalisationOps::normalise`].
pub fn running(input: CubeTensor, channels: [CubeTensor; 4], shortcut: CubeTensor, manner: Manner) -> CubeTensor {
    let (input, shortcut) = (contiguous(input), added(shortcut, manner));
    let [scale, shift, mean, variance] = channels.map(contiguous);
    let extents = Extents::of(&input);
    let output = empty(&input, input.meta.shape().dims::<4>());
    let (count, dim) = extents.planes();
    #[allow(unsafe_code)]
    unsafe {
        running_kernel::launch_unchecked(
            &input.client,
            count,
            dim,
            buffer(&input),
            buffer(&scale),
            buffer(&shift),
            buffer(&mean),
            buffer(&variance),
            buffer(&shortcut),
            buffer(&output),
            extents.launch(),
            u32::from(manner.shortcut),
            u32::from(manner.relu),
            manner.epsilon as f32,
        );
    }
    output
}

#[cube(launch_unchecked)]
fn running_kernel(
    input: &[f32],
    scale: &[f32],
    shift: &[f32],
    mean: &[f32],
    variance: &[f32],
    shortcut: &[f32],
    output: &mut [f32],
    sizes: Sizes,
    add: u32,
    relu: u32,
    epsilon: f32,
) {
    let channel = CUBE_POS_Y as usize;
    let start = (CUBE_POS_Z as usize * sizes.channels + channel) * sizes.area;
    let centre = mean[channel];
    let factor = scale[channel] / f32::sqrt(variance[channel] + epsilon);
    let summand = shift[channel];
    let mut pixel = CUBE_POS_X as usize * comptime!(UNITS * PIXELS) + UNIT_POS as usize;
    #[unroll]
    for _ in 0..PIXELS {
        if pixel < sizes.area {
            let at = start + pixel;
            output[at] = finished((input[at] - centre) * factor + summand, shortcut, at, add, relu);
        }
        pixel += UNITS;
    }
}

/// See [`super::NormalisationOps::normalise_gradient`].
pub fn running_gradient(
    gradient: CubeTensor,
    output: CubeTensor,
    [scale, variance]: [CubeTensor; 2],
    manner: Manner,
) -> (CubeTensor, CubeTensor) {
    let [gradient, output, scale, variance] = [gradient, output, scale, variance].map(contiguous);
    let extents = Extents::of(&gradient);
    let shape: [usize; 4] = gradient.meta.shape().dims();
    let (by_input, passed) = (empty(&gradient, shape), empty(&gradient, shape));
    let (count, dim) = extents.planes();
    #[allow(unsafe_code)]
    unsafe {
        running_gradient_kernel::launch_unchecked(
            &gradient.client,
            count,
            dim,
            buffer(&gradient),
            buffer(&output),
            buffer(&scale),
            buffer(&variance),
            buffer(&by_input),
            buffer(&passed),
            extents.launch(),
            u32::from(manner.relu),
            manner.epsilon as f32,
        );
    }
    (by_input, passed)
}

#[cube(launch_unchecked)]
fn running_gradient_kernel(
    gradient: &[f32],
    output: &[f32],
    scale: &[f32],
    variance: &[f32],
    by_input: &mut [f32],
    passed: &mut [f32],
    sizes: Sizes,
    relu: u32,
    epsilon: f32,
) {
    let channel = CUBE_POS_Y as usize;
    let start = (CUBE_POS_Z as usize * sizes.channels + channel) * sizes.area;
    let factor = scale[channel] / f32::sqrt(variance[channel] + epsilon);
    let mut pixel = CUBE_POS_X as usize * comptime!(UNITS * PIXELS) + UNIT_POS as usize;
    #[unroll]
    for _ in 0..PIXELS {
        if pixel < sizes.area {
            let at = start + pixel;
            let own = select(relu == 0 || output[at] > 0.0, gradient[at], 0.0);
            passed[at] = own;
            by_input[at] = own * factor;
        }
        pixel += UNITS;
    }
}

/// See [`super::NormalisationOps::normalise_batch_gradient`].
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
