//! By running statistics: one kernel forwards, one back.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::super::super::gpu::{UNITS, buffer, contiguous, empty};
use super::super::Manner;
use super::{Extents, PIXELS, Sizes, added, finished};

/// See [`super::super::NormalisationOps::normalise`].
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

/// See [`super::super::NormalisationOps::normalise_gradient`].
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
