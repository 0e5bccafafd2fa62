//! Convolution on the CPU.
//!
//! Every picture is copied once into planes with a border of zeros, one for each phase of the stride, so that each tap of
//! the kernel reads consecutive numbers at a fixed shift. Eight or sixteen neighbouring pixels of four channels are
//! summed at a time in registers; the gradient by the weight is a product of rows at the same shifts.

use burn_flex::FlexTensor;
use multiversion::multiversion;
use wide::f32x4;

use super::super::host::{Values, each_chunk, each_chunk_with, tensor};
use super::{Extents, Movement};

/// Pixels side by side.
const LANES: usize = 8;
/// Pixels side by side where a row has so many left: as many sums as registers hold, and WebAssembly's are the narrowest.
const WIDE: usize = if cfg!(target_arch = "wasm32") { LANES } else { 2 * LANES };
/// Channels at a time.
const BLOCK: usize = 4;
/// Parts into which the pictures of a batch are shared for the gradient by the weight, whatever the number of threads.
pub const PARTS: usize = 8;

/// Channels of one picture, each as `step * step` zero-bordered planes: plane `(a, b)` holds every `step`-th row from row
/// `a` on and of it every `step`-th pixel from pixel `b` on.
struct Planes {
    step: usize,
    /// Rows and pixels of a plane.
    rows: usize,
    row: usize,
    /// Rows and pixels of zeros before the picture, before it is dealt to the planes.
    before: usize,
    values: Vec<f32>,
}

impl Planes {
    /// Planes of `channels` channels of which `height` x `width` places under a reach of `reach` pixels can be read.
    fn new(channels: usize, (height, width): (usize, usize), step: usize, before: usize, reach: usize) -> Self {
        let (rows, row) = (height + reach, width.next_multiple_of(LANES) + reach);
        let values = vec![0.0; channels * step * step * rows * row + LANES];
        Self { step, rows, row, before, values }
    }

    fn plane(&self) -> usize {
        self.rows * self.row
    }

    /// Deals a picture's channels to the planes; the border stays zero.
    fn fill(&mut self, picture: &[f32], (height, width): (usize, usize)) {
        let (step, plane, row) = (self.step, self.plane(), self.row);
        for (channel, source) in picture.chunks_exact(height * width).enumerate() {
            for (y, line) in source.chunks_exact(width).enumerate() {
                let place = y + self.before;
                if place / step >= self.rows {
                    break;
                }
                let start = (channel * step * step + place % step * step) * plane + place / step * row;
                if step == 1 {
                    let count = width.min(row - self.before);
                    copy(&mut self.values[start + self.before..][..count], &line[..count]);
                    continue;
                }
                for (x, &value) in line.iter().enumerate() {
                    let place = x + self.before;
                    if place / step < row {
                        self.values[start + place % step * plane + place / step] = value;
                    }
                }
            }
        }
    }
}

/// Copies a short row.
///
/// The sum keeps the compiler from calling WebAssembly's `memory.copy`, whose start takes longer than the row.
#[inline(always)]
fn copy(to: &mut [f32], from: &[f32]) {
    for (to, &from) in to.iter_mut().zip(from) {
        *to = from + 0.0;
    }
}

/// Sums of all tiles of a row of `width` pixels, the first at `start` of the planes: `work` gets where each begins and the
/// sums of its pixels, channel by channel.
#[inline(always)]
fn each_tile(
    (planes, start): (&Planes, usize),
    taps: &[Tap],
    weights: &[[f32; BLOCK]],
    width: usize,
    mut work: impl FnMut(usize, [&[f32]; BLOCK]),
) {
    let mut x = 0;
    while x + LANES < width {
        let mut sums = [[0.0; WIDE]; BLOCK];
        wide_tile(&planes.values, taps, weights, start + x, &mut sums);
        work(x, sums.each_ref().map(|sums| &sums[..WIDE.min(width - x)]));
        x += WIDE;
    }
    if x < width {
        let mut sums = [[0.0; LANES]; BLOCK];
        narrow_tile(&planes.values, taps, weights, start + x, &mut sums);
        work(x, sums.each_ref().map(|sums| &sums[..width - x]));
    }
}

/// One tap: where it reads relative to the first pixel of a row of the output, and which weight it multiplies by.
#[derive(Clone, Copy)]
struct Tap {
    shift: usize,
    weight: usize,
}

/// Sums of `BLOCK` channels at `WIDE` pixels from `at` on.
///
/// Functions of their own, and as small as this: among more code the compiler arranges the sums otherwise, and slower.
#[multiversion(targets("x86_64+avx+avx2"))]
fn wide_tile(planes: &[f32], taps: &[Tap], weights: &[[f32; BLOCK]], at: usize, sums: &mut [[f32; WIDE]; BLOCK]) {
    *sums = tile(planes, taps, weights, at);
}

/// As [`wide_tile`], at `LANES` pixels.
#[multiversion(targets("x86_64+avx+avx2"))]
fn narrow_tile(planes: &[f32], taps: &[Tap], weights: &[[f32; BLOCK]], at: usize, sums: &mut [[f32; LANES]; BLOCK]) {
    *sums = tile(planes, taps, weights, at);
}

#[inline(always)]
fn tile<const N: usize>(planes: &[f32], taps: &[Tap], weights: &[[f32; BLOCK]], at: usize) -> [[f32; N]; BLOCK] {
    let mut sums = [[0.0f32; N]; BLOCK];
    for (tap, weights) in taps.iter().zip(weights) {
        let source: &[f32; N] = planes[at + tap.shift..][..N].try_into().expect("so many pixels");
        for (sums, &weight) in sums.iter_mut().zip(weights) {
            for (sum, &value) in sums.iter_mut().zip(source) {
                *sum += weight * value;
            }
        }
    }
    sums
}

/// The weights of each tap for `BLOCK` channels from `first` on, zero beyond the last one; `stride` lies between channels.
fn packed(taps: &[Tap], weights: &[f32], first: usize, channels: usize, stride: usize) -> Vec<[f32; BLOCK]> {
    let at = |tap: &Tap, channel: usize| if channel < channels { weights[channel * stride + tap.weight] } else { 0.0 };
    taps.iter().map(|tap| std::array::from_fn(|lane| at(tap, first + lane))).collect()
}

/// Something of each network's part of a weight: pictures come network by network, so that this is all that differs.
fn each_network<T>(weight: &[f32], networks: usize, of: impl Fn(&[f32]) -> T) -> Vec<T> {
    weight.chunks_exact(weight.len() / networks).map(of).collect()
}

/// See [`super`].
pub fn forward(input: FlexTensor, weight: FlexTensor, movement: Movement) -> FlexTensor {
    let extents = Extents::new(input.layout().shape().dims(), weight.layout().shape().dims(), movement);
    let Extents { networks, inputs, outputs, kernel, .. } = extents;
    let (input, weight) = (Values::of(input), Values::of(weight));
    let (input, weight) = (input.slice(), weight.slice());
    let size = (extents.height, extents.width);
    let new_planes = || {
        let out = (extents.out_height, extents.out_width);
        Planes::new(inputs, out, movement.stride, movement.padding, (kernel - 1) / movement.stride)
    };
    let shape = new_planes();
    let taps = forward_taps(&shape, inputs, kernel);
    let row = inputs * kernel * kernel;
    let blocks = each_network(weight, networks, |weight| {
        (0..outputs).step_by(BLOCK).map(|first| packed(&taps, weight, first, outputs, row)).collect::<Vec<_>>()
    });
    let (area, picture) = (extents.out_height * extents.out_width, inputs * size.0 * size.1);
    let mut output = vec![0.0f32; extents.images * networks * outputs * area];
    each_chunk_with(&mut output, outputs * area, new_planes, |planes, image, output| {
        planes.fill(&input[image * picture..(image + 1) * picture], size);
        for (block, weights) in blocks[image % networks].iter().enumerate() {
            let channels = &mut output[block * BLOCK * area..];
            for y in 0..extents.out_height {
                each_tile((planes, y * planes.row), &taps, weights, extents.out_width, |x, sums| {
                    for (channel, sums) in channels.chunks_mut(area).zip(sums) {
                        copy(&mut channel[y * extents.out_width + x..], sums);
                    }
                });
            }
        }
    });
    tensor(output, extents.output())
}

/// The taps of every channel, in the order of the weights.
fn forward_taps(planes: &Planes, channels: usize, kernel: usize) -> Vec<Tap> {
    let (step, plane) = (planes.step, planes.plane());
    let mut taps = Vec::with_capacity(channels * kernel * kernel);
    for channel in 0..channels {
        for a in 0..kernel {
            for b in 0..kernel {
                let phase = channel * step * step + a % step * step + b % step;
                let shift = phase * plane + a / step * planes.row + b / step;
                taps.push(Tap { shift, weight: (channel * kernel + a) * kernel + b });
            }
        }
    }
    taps
}

/// See [`super`].
pub fn by_input(gradient: FlexTensor, input: [usize; 4], weight: FlexTensor, movement: Movement) -> FlexTensor {
    let extents = Extents::new(input, weight.layout().shape().dims(), movement);
    let Extents { networks, inputs, outputs, kernel, .. } = extents;
    let Movement { stride, padding } = movement;
    let (gradient, weight) = (Values::of(gradient), Values::of(weight));
    let (gradient, weight) = (gradient.slice(), weight.slice());
    let size = (extents.out_height, extents.out_width);
    // Every phase of the stride is a convolution of stride 1 with a part of the taps; they reach this far back.
    let before = (kernel - 1).div_ceil(stride);
    let places = (extents.height.div_ceil(stride), extents.width.div_ceil(stride));
    let new_planes = || Planes::new(outputs, places, 1, before, before + (kernel - 1).div_ceil(stride));
    let shape = new_planes();
    let phases: Vec<_> = (0..stride * stride)
        .map(|phase| {
            let (a, b) = (phase / stride, phase % stride);
            let taps = backward_taps(&shape, outputs, inputs, kernel, (a, b), movement);
            let area = kernel * kernel;
            let blocks = each_network(weight, networks, |weight| {
                (0..inputs).step_by(BLOCK).map(|first| packed(&taps, weight, first, inputs, area)).collect::<Vec<_>>()
            });
            (a, b, taps, blocks)
        })
        .collect();
    debug_assert!(padding < kernel);
    let (area, picture) = (extents.height * extents.width, outputs * size.0 * size.1);
    let mut output = vec![0.0f32; extents.images * networks * inputs * area];
    each_chunk_with(&mut output, inputs * area, new_planes, |planes, image, output| {
        planes.fill(&gradient[image * picture..(image + 1) * picture], size);
        for (a, b, taps, blocks) in &phases {
            let rows = (extents.height + stride - 1 - a) / stride;
            let pixels = (extents.width + stride - 1 - b) / stride;
            for (block, weights) in blocks[image % networks].iter().enumerate() {
                let channels = &mut output[block * BLOCK * area..];
                for y in 0..rows {
                    each_tile((planes, y * planes.row), taps, weights, pixels, |x, sums| {
                        let start = (y * stride + a) * extents.width + x * stride + b;
                        for (channel, sums) in channels.chunks_mut(area).zip(sums) {
                            if stride == 1 {
                                copy(&mut channel[start..], sums);
                                continue;
                            }
                            for (target, &sum) in channel[start..].iter_mut().step_by(stride).zip(sums) {
                                *target = sum;
                            }
                        }
                    });
                }
            }
        }
    });
    tensor(output, input)
}

/// The taps that reach pixels `stride * r + a`, `stride * c + b` of the input, over every channel of the output.
fn backward_taps(
    planes: &Planes,
    outputs: usize,
    inputs: usize,
    kernel: usize,
    (a, b): (usize, usize),
    movement: Movement,
) -> Vec<Tap> {
    let Movement { stride, padding } = movement;
    // Where tap `k` reads, in places of the planes, if it meets this phase: (phase + padding - k) / stride + before.
    let place = |phase: usize, k: usize| {
        let ahead = phase + padding + stride * planes.before;
        (ahead >= k && (ahead - k).is_multiple_of(stride)).then(|| (ahead - k) / stride)
    };
    let mut taps = Vec::new();
    for output in 0..outputs {
        for ka in 0..kernel {
            for kb in 0..kernel {
                if let (Some(y), Some(x)) = (place(a, ka), place(b, kb)) {
                    let shift = output * planes.plane() + y * planes.row + x;
                    taps.push(Tap { shift, weight: (output * inputs * kernel + ka) * kernel + kb });
                }
            }
        }
    }
    taps
}

/// See [`super`].
pub fn by_weight(gradient: FlexTensor, input: FlexTensor, weight: [usize; 4], movement: Movement) -> FlexTensor {
    let extents = Extents::new(input.layout().shape().dims(), weight, movement);
    let Extents { networks, inputs, outputs, kernel, .. } = extents;
    let (gradient, input) = (Values::of(gradient), Values::of(input));
    let rows = Rows { extents, movement, gradient: gradient.slice(), input: input.slice() };
    let count = outputs * inputs * kernel * kernel;
    let parts = PARTS.min(extents.images);
    let mut sums = vec![0.0f32; parts * networks * count];
    each_chunk(&mut sums, count, |place, sums| {
        let (part, network) = (place / networks, place % networks);
        let images = (part * extents.images / parts)..((part + 1) * extents.images / parts);
        let images = images.map(|image| image * networks + network);
        // Not compiled for wider registers, since the lanes are four.
        match kernel {
            1 => rows.products::<1>(images, sums),
            3 => rows.products::<3>(images, sums),
            7 => rows.products::<7>(images, sums),
            _ => rows.products_of_any(images, sums),
        }
    });
    let count = networks * count;
    let (total, others) = sums.split_at_mut(count);
    for part in others.chunks_exact(count) {
        for (total, value) in total.iter_mut().zip(part) {
            *total += value;
        }
    }
    sums.truncate(count);
    // A gradient waits for those of all other layers: the other parts' memory must not wait with it.
    sums.shrink_to_fit();
    tensor(sums, weight)
}

/// Numbers that are multiplied and added in lanes of their own. They are named as such: from loops over four numbers the
/// compiler makes WebAssembly that is a quarter slower.
const WIDTH: usize = 4;
/// Channels of the gradient at a time.
const ROWS: usize = 4;

/// The first lanes of a row.
#[inline(always)]
fn four(row: &[f32]) -> f32x4 {
    f32x4::new(*row.first_chunk::<WIDTH>().expect("lanes"))
}

/// What the gradient by the weight is made of.
struct Rows<'a> {
    extents: Extents,
    movement: Movement,
    gradient: &'a [f32],
    input: &'a [f32],
}

impl Rows<'_> {
    fn planes(&self) -> Planes {
        let Extents { inputs, kernel, out_height, out_width, .. } = self.extents;
        let Movement { stride, padding } = self.movement;
        Planes::new(inputs, (out_height, out_width), stride, padding, (kernel - 1) / stride)
    }

    /// The gradient's rows, each followed by zeros up to whole lanes.
    fn gradients(&self) -> Planes {
        let Extents { outputs, out_height, out_width, .. } = self.extents;
        Planes::new(outputs.next_multiple_of(ROWS), (out_height, out_width), 1, 0, 0)
    }

    fn fill(&self, image: usize, planes: &mut Planes, gradients: &mut Planes) {
        let Extents { inputs, height, width, outputs, out_height, out_width, .. } = self.extents;
        let (picture, answer) = (inputs * height * width, outputs * out_height * out_width);
        planes.fill(&self.input[image * picture..(image + 1) * picture], (height, width));
        gradients.fill(&self.gradient[image * answer..(image + 1) * answer], (out_height, out_width));
    }

    /// Adds the products of these images to `sums` `[O, I, K, K]`, a row of taps and four channels at a time.
    #[inline(always)]
    fn products<const K: usize>(&self, images: impl Iterator<Item = usize>, sums: &mut [f32]) {
        let Extents { inputs, outputs, out_height, out_width, .. } = self.extents;
        let step = self.movement.stride;
        let (mut planes, mut gradients) = (self.planes(), self.gradients());
        // Lanes are added up once, after the last image.
        let mut lanes = vec![[[f32x4::ZERO; K]; ROWS]; outputs.div_ceil(ROWS) * inputs * K];
        for image in images {
            self.fill(image, &mut planes, &mut gradients);
            let (plane, row, answer, answer_row) = (planes.plane(), planes.row, gradients.plane(), gradients.row);
            for (place, lanes) in lanes.iter_mut().enumerate() {
                let (block, channel, a) = (place / (inputs * K), place / K % inputs, place % K);
                let shift = (channel * step * step + a % step * step) * plane + a / step * row;
                let shifts: [usize; K] = std::array::from_fn(|b| shift + b % step * plane + b / step);
                let mut own = *lanes;
                for y in 0..out_height {
                    let first = block * ROWS * answer + y * answer_row;
                    for x in (0..out_width).step_by(WIDTH) {
                        let sources = shifts.map(|shift| four(&planes.values[shift + y * row + x..]));
                        for (channel, own) in own.iter_mut().enumerate() {
                            let ahead = four(&gradients.values[first + channel * answer + x..]);
                            for (own, source) in own.iter_mut().zip(sources) {
                                *own += ahead * source;
                            }
                        }
                    }
                }
                *lanes = own;
            }
        }
        for (place, lanes) in lanes.iter().enumerate() {
            let (block, channel, a) = (place / (inputs * K), place / K % inputs, place % K);
            for (lane, lanes) in lanes.iter().enumerate() {
                let output = block * ROWS + lane;
                if output < outputs {
                    for (b, lanes) in lanes.iter().enumerate() {
                        let lanes = lanes.to_array();
                        sums[((output * inputs + channel) * K + a) * K + b] +=
                            (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
                    }
                }
            }
        }
    }

    /// As `products`, tap by tap, for kernels of any side.
    #[inline(always)]
    fn products_of_any(&self, images: impl Iterator<Item = usize>, sums: &mut [f32]) {
        let Extents { inputs, outputs, kernel, out_height, out_width, .. } = self.extents;
        let (mut planes, mut gradients) = (self.planes(), self.gradients());
        let taps = forward_taps(&planes, inputs, kernel);
        for image in images {
            self.fill(image, &mut planes, &mut gradients);
            for output in 0..outputs {
                for tap in &taps {
                    let mut sum = 0.0;
                    for y in 0..out_height {
                        let ahead = &gradients.values[output * gradients.plane() + y * gradients.row..][..out_width];
                        let source = &planes.values[tap.shift + y * planes.row..][..out_width];
                        sum += ahead.iter().zip(source).map(|(g, value)| g * value).sum::<f32>();
                    }
                    sums[output * inputs * kernel * kernel + tap.weight] += sum;
                }
            }
        }
    }
}

// Only of optimised code is it known how quick it is, and the page's engine has one set of registers.
#[cfg(all(test, target_arch = "x86_64", not(debug_assertions)))]
mod tests;
