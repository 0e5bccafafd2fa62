//! Convolution on GPUs.
//!
//! Forwards and by the input a thread sums [`TILE`] neighbouring pixels of [`BLOCK`] channels in registers, so that each
//! number that is read is used several times. By the weight a workgroup sums one row of taps between one input channel
//! and [`BLOCK`] output channels over a part of the batch's pixels; where that makes too few workgroups the pixels are
//! split among more, and a second kernel adds what they found, always in the same order.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::super::gpu::{UNITS, block, buffer, contiguous, empty, line, lines, thread};
use super::{Extents, Movement};

/// Pixels of a thread, a multiple of every stride.
const TILE: usize = 4;
/// Channels of a thread.
const BLOCK: usize = 8;
/// Workgroups among which the pixels of a gradient by the weight are split: its threads wait for memory most of the time,
/// so that a large GPU wants several of them for each place that it has.
const MANY_GROUPS: usize = 1024;

/// [`Extents`] without the kernel's side, as kernels take them.
#[derive(CubeLaunch, CubeType)]
struct Sizes {
    images: usize,
    networks: usize,
    inputs: usize,
    height: usize,
    width: usize,
    outputs: usize,
    out_height: usize,
    out_width: usize,
}

fn sizes(of: &Extents) -> SizesLaunch {
    let Extents { images, networks, inputs, height, width, outputs, out_height, out_width, .. } = *of;
    SizesLaunch::new(images, networks, inputs, height, width, outputs, out_height, out_width)
}

/// See [`super`].
pub fn forward(input: CubeTensor, weight: CubeTensor, movement: Movement) -> CubeTensor {
    let (input, weight) = (contiguous(input), contiguous(weight));
    let extents = Extents::new(input.meta.shape().dims(), weight.meta.shape().dims(), movement);
    let output = empty(&input, extents.output());
    let threads = extents.images * extents.out_height * extents.out_width.div_ceil(TILE);
    let (count, dim) = lines(threads, extents.networks * extents.outputs.div_ceil(BLOCK));
    // SAFETY: every index is held within the extents.
    #[allow(unsafe_code)]
    unsafe {
        forward_kernel::launch_unchecked(
            &input.client,
            count,
            dim,
            buffer(&input),
            buffer(&weight),
            buffer(&output),
            sizes(&extents),
            extents.kernel,
            movement.stride,
            movement.padding,
        );
    }
    output
}

#[cube(launch_unchecked)]
fn forward_kernel(
    input: &[f32],
    weight: &[f32],
    output: &mut [f32],
    sizes: Sizes,
    #[comptime] kernel: usize,
    #[comptime] stride: usize,
    #[comptime] padding: usize,
) {
    let tiles = sizes.out_width.div_ceil(TILE);
    let place = thread();
    if place >= sizes.images * sizes.out_height * tiles {
        terminate!();
    }
    let left = place % tiles * TILE;
    let row = place / tiles % sizes.out_height;
    let image = place / tiles / sizes.out_height;
    let blocks = sizes.outputs.div_ceil(BLOCK);
    let network = CUBE_POS_Y as usize / blocks;
    let first = CUBE_POS_Y as usize % blocks * BLOCK;
    // Pictures and answers as if every network had some of its own.
    let image = image * sizes.networks + network;
    let span = comptime!((TILE - 1) * stride + kernel);

    let mut sums = Array::<f32>::new(comptime!(BLOCK * TILE));
    #[unroll]
    for k in 0..comptime!(BLOCK * TILE) {
        sums[k] = 0.0;
    }
    let mut values = Array::<f32>::new(span);
    for channel in 0..sizes.inputs {
        let picture = (image * sizes.inputs + channel) * sizes.height * sizes.width;
        // Rows of small kernels are read at once, zeros beyond the border: waiting for one after the other takes longer
        // than the sums.
        #[unroll(kernel <= 3)]
        for a in 0..kernel {
            let y = row * stride + a;
            let in_height = y >= padding && y < sizes.height + padding;
            let start = picture + select(in_height, y - padding, 0) * sizes.width;
            #[unroll]
            for k in 0..span {
                let x = left * stride + k;
                let in_width = x >= padding && x < sizes.width + padding;
                let at = select(in_width, x - padding, 0);
                values[k] = select(in_height && in_width, input[start + at], 0.0);
            }
            #[unroll]
            for j in 0..BLOCK {
                let out = select(first + j < sizes.outputs, first + j, first);
                let taps = (((network * sizes.outputs + out) * sizes.inputs + channel) * kernel + a) * kernel;
                #[unroll]
                for b in 0..kernel {
                    let factor = weight[taps + b];
                    #[unroll]
                    for t in 0..TILE {
                        sums[j * TILE + t] += factor * values[t * stride + b];
                    }
                }
            }
        }
    }
    #[unroll]
    for j in 0..BLOCK {
        if first + j < sizes.outputs {
            let start = ((image * sizes.outputs + first + j) * sizes.out_height + row) * sizes.out_width + left;
            #[unroll]
            for t in 0..TILE {
                if left + t < sizes.out_width {
                    output[start + t] = sums[j * TILE + t];
                }
            }
        }
    }
}

/// See [`super`].
pub fn by_input(gradient: CubeTensor, input: [usize; 4], weight: CubeTensor, movement: Movement) -> CubeTensor {
    let (gradient, weight) = (contiguous(gradient), contiguous(weight));
    let extents = Extents::new(input, weight.meta.shape().dims(), movement);
    let output = empty(&gradient, input);
    let threads = extents.images * extents.height * extents.width.div_ceil(TILE);
    let (count, dim) = lines(threads, extents.networks * extents.inputs.div_ceil(BLOCK));
    // SAFETY: every index is held within the extents.
    #[allow(unsafe_code)]
    unsafe {
        by_input_kernel::launch_unchecked(
            &gradient.client,
            count,
            dim,
            buffer(&gradient),
            buffer(&weight),
            buffer(&output),
            sizes(&extents),
            extents.kernel,
            movement.stride,
            movement.padding,
        );
    }
    output
}

/// First and last place of the gradient that [`TILE`] pixels of the input meet, counted from `left / stride - kernel`.
fn reach(kernel: usize, stride: usize, padding: usize) -> (usize, usize) {
    let ahead = padding + stride * kernel;
    ((ahead - (kernel - 1)) / stride, (ahead + TILE - 1) / stride)
}

#[cube(launch_unchecked)]
fn by_input_kernel(
    gradient: &[f32],
    weight: &[f32],
    output: &mut [f32],
    sizes: Sizes,
    #[comptime] kernel: usize,
    #[comptime] stride: usize,
    #[comptime] padding: usize,
) {
    let tiles = sizes.width.div_ceil(TILE);
    let place = thread();
    if place >= sizes.images * sizes.height * tiles {
        terminate!();
    }
    let left = place % tiles * TILE;
    let row = place / tiles % sizes.height;
    let image = place / tiles / sizes.height;
    let blocks = sizes.inputs.div_ceil(BLOCK);
    let network = CUBE_POS_Y as usize / blocks;
    let first = CUBE_POS_Y as usize % blocks * BLOCK;
    let image = image * sizes.networks + network;
    let lowest = comptime!(reach(kernel, stride, padding).0);
    let span = comptime!(reach(kernel, stride, padding).1 - lowest + 1);

    let mut sums = Array::<f32>::new(comptime!(BLOCK * TILE));
    #[unroll]
    for k in 0..comptime!(BLOCK * TILE) {
        sums[k] = 0.0;
    }
    let mut values = Array::<f32>::new(span);
    for channel in 0..sizes.outputs {
        let answer = (image * sizes.outputs + channel) * sizes.out_height * sizes.out_width;
        for a in 0..kernel {
            let ahead = row + padding;
            let met = select(ahead >= a, ahead - a, 0);
            let y = met / stride;
            if ahead >= a && met.is_multiple_of(stride) && y < sizes.out_height {
                let start = answer + y * sizes.out_width;
                #[unroll]
                for k in 0..span {
                    // Shifted by the kernel's side, so that nothing falls below zero.
                    let x = left / stride + k + lowest;
                    let inside = x >= kernel && x < sizes.out_width + kernel;
                    let at = select(inside, x - kernel, 0);
                    values[k] = select(inside, gradient[start + at], 0.0);
                }
                #[unroll]
                for j in 0..BLOCK {
                    let input = select(first + j < sizes.inputs, first + j, first);
                    let taps = (((network * sizes.outputs + channel) * sizes.inputs + input) * kernel + a) * kernel;
                    #[unroll]
                    for b in 0..kernel {
                        let factor = weight[taps + b];
                        #[unroll]
                        for t in 0..TILE {
                            let met = t + comptime!(padding + stride * kernel) - b;
                            if met % stride == 0 {
                                sums[j * TILE + t] += factor * values[met / stride - lowest];
                            }
                        }
                    }
                }
            }
        }
    }
    #[unroll]
    for j in 0..BLOCK {
        if first + j < sizes.inputs {
            let start = ((image * sizes.inputs + first + j) * sizes.height + row) * sizes.width + left;
            #[unroll]
            for t in 0..TILE {
                if left + t < sizes.width {
                    output[start + t] = sums[j * TILE + t];
                }
            }
        }
    }
}

/// See [`super`].
pub fn by_weight(gradient: CubeTensor, input: CubeTensor, weight: [usize; 4], movement: Movement) -> CubeTensor {
    let (gradient, input) = (contiguous(gradient), contiguous(input));
    let extents = Extents::new(input.meta.shape().dims(), weight, movement);
    let pixels = extents.images * extents.out_height * extents.out_width;
    let (across, down) = (extents.inputs * extents.kernel, extents.networks * extents.outputs.div_ceil(BLOCK));
    // Each thread has at least 64 pixels to sum: adding up what a workgroup has found costs as much as some of them.
    let splits = MANY_GROUPS.div_ceil(across * down).min(pixels.div_ceil(64 * UNITS)).max(1);
    let [rows, inputs, kernel, _] = weight;
    let sums = empty(&gradient, [splits * rows, inputs, kernel, kernel]);
    let (count, dim) = block(across, down, splits);
    // SAFETY: every index is held within the extents.
    #[allow(unsafe_code)]
    unsafe {
        by_weight_kernel::launch_unchecked(
            &gradient.client,
            count,
            dim,
            buffer(&gradient),
            buffer(&input),
            buffer(&sums),
            sizes(&extents),
            pixels.div_ceil(splits),
            kernel,
            movement.stride,
            movement.padding,
        );
    }
    if splits == 1 {
        return sums;
    }
    let sum = empty(&gradient, weight);
    let values = weight.iter().product::<usize>();
    let (count, dim) = line(values);
    // SAFETY: every index is held below `values`.
    #[allow(unsafe_code)]
    unsafe {
        add_kernel::launch_unchecked(&gradient.client, count, dim, buffer(&sums), buffer(&sum), values, splits);
    }
    sum
}

#[cube(launch_unchecked)]
fn by_weight_kernel(
    gradient: &[f32],
    input: &[f32],
    sums: &mut [f32],
    sizes: Sizes,
    share: usize,
    #[comptime] kernel: usize,
    #[comptime] stride: usize,
    #[comptime] padding: usize,
) {
    let channel = CUBE_POS_X as usize / kernel;
    let a = CUBE_POS_X as usize % kernel;
    let blocks = sizes.outputs.div_ceil(BLOCK);
    let network = CUBE_POS_Y as usize / blocks;
    let first = CUBE_POS_Y as usize % blocks * BLOCK;
    let split = CUBE_POS_Z as usize;
    let unit = UNIT_POS as usize;
    let area = sizes.out_height * sizes.out_width;
    let taps = comptime!(BLOCK * kernel);

    let mut own = Array::<f32>::new(taps);
    #[unroll]
    for k in 0..taps {
        own[k] = 0.0;
    }
    let mut values = Array::<f32>::new(kernel);
    let end = clamp_max((split + 1) * share, sizes.images * area);
    let mut pixel = split * share + unit;
    while pixel < end {
        let column = pixel % sizes.out_width;
        let row = pixel / sizes.out_width % sizes.out_height;
        let image = pixel / area * sizes.networks + network;
        let y = row * stride + a;
        if y >= padding && y < sizes.height + padding {
            let start = ((image * sizes.inputs + channel) * sizes.height + y - padding) * sizes.width;
            #[unroll]
            for b in 0..kernel {
                let x = column * stride + b;
                let inside = x >= padding && x < sizes.width + padding;
                let at = select(inside, x - padding, 0);
                values[b] = select(inside, input[start + at], 0.0);
            }
            let answer = image * sizes.outputs * area + pixel % area;
            #[unroll]
            for j in 0..BLOCK {
                let out = select(first + j < sizes.outputs, first + j, first);
                let factor = gradient[answer + out * area];
                #[unroll]
                for b in 0..kernel {
                    own[j * kernel + b] += factor * values[b];
                }
            }
        }
        pixel += UNITS;
    }

    let mut shared = Shared::<[f32]>::new_slice(comptime!(UNITS * BLOCK * kernel));
    #[unroll]
    for k in 0..taps {
        shared[unit * taps + k] = own[k];
    }
    sync_cube();
    // At most 7 x 8 sums, fewer than threads.
    let out = first + unit / kernel;
    if unit < taps && out < sizes.outputs {
        let mut sum = 0.0f32;
        for other in 0..UNITS {
            sum += shared[other * taps + unit];
        }
        let row = (split * sizes.networks + network) * sizes.outputs + out;
        let place = (row * sizes.inputs + channel) * kernel + a;
        sums[place * kernel + unit % kernel] = sum;
    }
}

/// Adds `splits` rows of `count` numbers.
#[cube(launch_unchecked)]
fn add_kernel(rows: &[f32], sum: &mut [f32], count: usize, splits: usize) {
    let place = thread();
    if place >= count {
        terminate!();
    }
    let mut total = 0.0f32;
    for split in 0..splits {
        total += rows[split * count + place];
    }
    sum[place] = total;
}
