//! Batch normalisation on the CPU: two passes over a channel for its statistics, one for the output.

use burn_flex::FlexTensor;
use multiversion::multiversion;

use super::super::host::{Values, each_chunk, fold, sum, tensor};
use super::Manner;

/// Planes of one channel of a batch.
#[derive(Clone, Copy)]
struct Planes {
    images: usize,
    channels: usize,
    area: usize,
}

impl Planes {
    fn of(tensor: &FlexTensor) -> Self {
        let [images, channels, height, width] = tensor.layout().shape().dims();
        Self { images, channels, area: height * width }
    }

    fn at<'a>(&self, values: &'a [f32], image: usize, channel: usize) -> &'a [f32] {
        &values[(image * self.channels + channel) * self.area..][..self.area]
    }

    /// Numbers of a channel.
    fn count(&self) -> f64 {
        (self.images * self.area) as f64
    }

    /// Sum over every image's plane; planes in single precision, their sum in double.
    fn total(&self, of_image: impl Fn(usize) -> f32) -> f64 {
        (0..self.images).map(|image| f64::from(of_image(image))).sum()
    }
}

/// See [`super::NormalisationOps::normalise_batch`]; the statistics are mean and one over the deviation, `[2, C]`.
pub fn batch(
    input: FlexTensor,
    channels: [FlexTensor; 4],
    shortcut: FlexTensor,
    manner: Manner,
) -> (FlexTensor, FlexTensor, FlexTensor, FlexTensor) {
    let planes = Planes::of(&input);
    let shape: [usize; 4] = input.layout().shape().dims();
    let (input, [scale, shift, mean, variance]) = (Values::of(input), channels.map(Values::of));
    // Mean, one over the deviation, and both running statistics, channel by channel.
    let mut rows = vec![0.0f32; planes.channels * 4];
    each_chunk(&mut rows, 4, |channel, row| {
        let own = mean_of_channel(input.slice(), planes, channel) as f32;
        let spread = spread_of_channel(input.slice(), planes, channel, own);
        let moved = |old: f32, new: f32| old * (1.0 - manner.momentum) as f32 + new * manner.momentum as f32;
        row[0] = own;
        row[1] = (1.0 / (spread + manner.epsilon).sqrt()) as f32;
        row[2] = moved(mean.slice()[channel], own);
        row[3] = moved(variance.slice()[channel], spread as f32);
    });
    let column = |place: usize| rows.iter().skip(place).step_by(4).copied().collect::<Vec<f32>>();
    let factors = affine(scale.slice(), shift.slice(), &column(0), &column(1));
    let output = apply(input.slice(), planes, &factors, manner.shortcut.then(|| Values::of(shortcut)), manner.relu);
    let statistics = tensor([column(0), column(1)].concat(), [2, planes.channels]);
    let running = |place| tensor(column(place), [planes.channels]);
    (tensor(output, shape), statistics, running(2), running(3))
}

/// See [`super::NormalisationOps::normalise`].
pub fn running(input: FlexTensor, channels: [FlexTensor; 4], shortcut: FlexTensor, manner: Manner) -> FlexTensor {
    let planes = Planes::of(&input);
    let shape: [usize; 4] = input.layout().shape().dims();
    let (input, [scale, shift, mean, variance]) = (Values::of(input), channels.map(Values::of));
    let inverse: Vec<f32> =
        variance.slice().iter().map(|&value| 1.0 / (value + manner.epsilon as f32).sqrt()).collect();
    let factors = affine(scale.slice(), shift.slice(), mean.slice(), &inverse);
    let shortcut = manner.shortcut.then(|| Values::of(shortcut));
    tensor(apply(input.slice(), planes, &factors, shortcut, manner.relu), shape)
}

#[multiversion(targets("x86_64+avx+avx2"))]
fn mean_of_channel(values: &[f32], planes: Planes, channel: usize) -> f64 {
    planes.total(|image| sum(planes.at(values, image, channel))) / planes.count()
}

/// Mean square of the distances from `mean`.
#[multiversion(targets("x86_64+avx+avx2"))]
fn spread_of_channel(values: &[f32], planes: Planes, channel: usize, mean: f32) -> f64 {
    let squares = |lane: &mut f32, value: f32| *lane += (value - mean) * (value - mean);
    planes.total(|image| fold(planes.at(values, image, channel), squares)) / planes.count()
}

/// Mean, factor and summand of each channel.
fn affine(scale: &[f32], shift: &[f32], mean: &[f32], inverse: &[f32]) -> Vec<[f32; 3]> {
    let channels = scale.iter().zip(shift).zip(mean.iter().zip(inverse));
    channels.map(|((scale, shift), (mean, inverse))| [*mean, scale * inverse, *shift]).collect()
}

fn apply(input: &[f32], planes: Planes, factors: &[[f32; 3]], shortcut: Option<Values>, relu: bool) -> Vec<f32> {
    let mut output = vec![0.0f32; input.len()];
    let picture = planes.channels * planes.area;
    each_chunk(&mut output, picture, |image, output| {
        let own = image * picture..(image + 1) * picture;
        let shortcut = shortcut.as_ref().map(|shortcut| &shortcut.slice()[own.clone()]);
        apply_to_picture(&input[own], planes.area, factors, shortcut, relu, output);
    });
    output
}

#[multiversion(targets("x86_64+avx+avx2"))]
fn apply_to_picture(
    input: &[f32],
    area: usize,
    factors: &[[f32; 3]],
    shortcut: Option<&[f32]>,
    relu: bool,
    output: &mut [f32],
) {
    for (channel, output) in output.chunks_exact_mut(area).enumerate() {
        let [mean, factor, summand] = factors[channel];
        let own = channel * area..(channel + 1) * area;
        for (output, value) in output.iter_mut().zip(&input[own.clone()]) {
            *output = (value - mean) * factor + summand;
        }
        if let Some(shortcut) = shortcut {
            for (output, value) in output.iter_mut().zip(&shortcut[own]) {
                *output += value;
            }
        }
        if relu {
            for output in output {
                // NaN stays NaN, so that a diverged run is seen.
                *output = if *output < 0.0 { 0.0 } else { *output };
            }
        }
    }
}

/// The gradient that the ReLU lets pass.
fn passed_on(gradient: Values, output: &Values, planes: Planes, shape: [usize; 4], relu: bool) -> FlexTensor {
    if !relu {
        return gradient.into_tensor();
    }
    let mut kept = vec![0.0f32; output.slice().len()];
    each_chunk(&mut kept, planes.channels * planes.area, |image, kept| {
        let first = image * kept.len();
        let (gradient, output) = (&gradient.slice()[first..], &output.slice()[first..]);
        keep_positive(gradient, output, kept);
    });
    tensor(kept, shape)
}

#[multiversion(targets("x86_64+avx+avx2"))]
fn keep_positive(gradient: &[f32], output: &[f32], kept: &mut [f32]) {
    for ((kept, &gradient), &output) in kept.iter_mut().zip(gradient).zip(output) {
        *kept = if output > 0.0 { gradient } else { 0.0 };
    }
}

/// See [`super::NormalisationOps::normalise_gradient`].
pub fn running_gradient(
    gradient: FlexTensor,
    output: FlexTensor,
    [scale, variance]: [FlexTensor; 2],
    manner: Manner,
) -> (FlexTensor, FlexTensor) {
    let planes = Planes::of(&gradient);
    let shape: [usize; 4] = gradient.layout().shape().dims();
    let [gradient, output, scale, variance] = [gradient, output, scale, variance].map(Values::of);
    let passed = passed_on(gradient, &output, planes, shape, manner.relu);
    let values = Values::of(passed.clone());
    let mut by_input = vec![0.0f32; values.slice().len()];
    each_chunk(&mut by_input, planes.channels * planes.area, |image, by_input| {
        for (channel, by_input) in by_input.chunks_exact_mut(planes.area).enumerate() {
            let factor = scale.slice()[channel] / (variance.slice()[channel] + manner.epsilon as f32).sqrt();
            for (by_input, value) in by_input.iter_mut().zip(planes.at(values.slice(), image, channel)) {
                *by_input = value * factor;
            }
        }
    });
    (tensor(by_input, shape), passed)
}

/// See [`super::NormalisationOps::normalise_batch_gradient`].
pub fn batch_gradient(
    gradient: FlexTensor,
    output: FlexTensor,
    input: FlexTensor,
    [scale, statistics]: [FlexTensor; 2],
    manner: Manner,
) -> (FlexTensor, FlexTensor, FlexTensor, FlexTensor) {
    let planes = Planes::of(&input);
    let shape: [usize; 4] = input.layout().shape().dims();
    let (input, scale, statistics) = (Values::of(input), Values::of(scale), Values::of(statistics));
    let (input, scale) = (input.slice(), scale.slice());
    let (mean, inverse) = statistics.slice().split_at(planes.channels);
    let (gradient, output) = (Values::of(gradient), Values::of(output));
    let by_shortcut = passed_on(gradient, &output, planes, shape, manner.relu);
    let passed = Values::of(by_shortcut.clone());
    let passed = passed.slice();
    // By scale and by shift, channel by channel.
    let mut rows = vec![0.0f32; planes.channels * 2];
    each_chunk(&mut rows, 2, |channel, row| {
        let [by_scale, by_shift] = sums_of_channel(passed, input, planes, channel, mean[channel]);
        row[0] = (by_scale * f64::from(inverse[channel])) as f32;
        row[1] = by_shift as f32;
    });
    let count = planes.count();
    let mut by_input = vec![0.0f32; input.len()];
    each_chunk(&mut by_input, planes.channels * planes.area, |image, by_input| {
        for (channel, by_input) in by_input.chunks_exact_mut(planes.area).enumerate() {
            let (passed, input) = (planes.at(passed, image, channel), planes.at(input, image, channel));
            let [by_scale, by_shift] = [rows[2 * channel], rows[2 * channel + 1]].map(|sum| f64::from(sum) / count);
            let (mean, inverse) = (mean[channel], inverse[channel]);
            let factor = scale[channel] * inverse;
            let (slope, level) = ((by_scale * f64::from(inverse)) as f32, by_shift as f32);
            through_statistics(passed, input, [factor, level, mean, slope], by_input);
        }
    });
    let column = |place: usize| rows.iter().skip(place).step_by(2).copied().collect::<Vec<f32>>();
    let (by_scale, by_shift) = (tensor(column(0), [planes.channels]), tensor(column(1), [planes.channels]));
    (tensor(by_input, shape), by_scale, by_shift, by_shortcut)
}

/// Sums of the gradient over one channel, times the distance from the mean and as it is.
#[multiversion(targets("x86_64+avx+avx2"))]
fn sums_of_channel(gradient: &[f32], input: &[f32], planes: Planes, channel: usize, mean: f32) -> [f64; 2] {
    let product = |image| products(planes.at(gradient, image, channel), planes.at(input, image, channel), mean);
    [planes.total(product), planes.total(|image| sum(planes.at(gradient, image, channel)))]
}

/// The gradient by a plane: of the number itself, less what it owes to the mean and to the deviation.
#[multiversion(targets("x86_64+avx+avx2"))]
fn through_statistics(gradient: &[f32], input: &[f32], [factor, level, mean, slope]: [f32; 4], by_input: &mut [f32]) {
    for ((by_input, &gradient), &value) in by_input.iter_mut().zip(gradient).zip(input) {
        *by_input = factor * (gradient - level - (value - mean) * slope);
    }
}

/// Sum of `a (b - mean)` in eight lanes.
#[inline(always)]
fn products(a: &[f32], b: &[f32], mean: f32) -> f32 {
    let mut lanes = [0.0f32; 8];
    let (ahead, behind) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest = ahead.remainder().iter().zip(behind.remainder());
    for (a, b) in ahead.zip(behind) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * (b - mean);
        }
    }
    for (lane, (a, b)) in lanes.iter_mut().zip(rest) {
        *lane += a * (b - mean);
    }
    super::super::host::total(lanes)
}
