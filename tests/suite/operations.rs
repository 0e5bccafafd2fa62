//! Every operation of our own, values and gradients, against the same formula in Burn's operations: odd and non-square
//! extents, every stride, channels that fill no block.

use burn::tensor::activation::{log_softmax, relu, softmax};
use burn::tensor::module::{avg_pool2d, conv2d};
use burn::tensor::ops::{AvgPoolOptions, ConvOptions};
use burn::tensor::{Device, Tensor, TensorData};
use unicam::operations::channel_sum::channel_sum;
use unicam::operations::columns::{part, repeated};
use unicam::operations::convolution::{Movement, convolution};
use unicam::operations::cross_entropy::cross_entropy;
use unicam::operations::descent::{Descent, descend};
use unicam::operations::distances::distances;
use unicam::operations::flat::Layout;
use unicam::operations::global_mean::global_mean;
use unicam::operations::linear::linear;
use unicam::operations::normalisation::{Channels, Manner, normalise, normalise_batch};
use unicam::operations::response::response;
use unicam::operations::shortcut::shortcut;
use unicam::tensors::readback::read_all;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::assert_close;

/// Single precision over sums of some thousand products.
const TOLERANCE: f64 = 2e-4;

/// Numbers without a pattern that a wrong index could hide in, the same on every device.
fn numbers(count: usize, seed: usize) -> Vec<f32> {
    (0..count).map(|k| (((k + 1) * (2 * seed + 7)) as f32 * 0.618_034 + (k % 17) as f32 * 0.37).sin()).collect()
}

fn filled<const D: usize>(shape: [usize; D], seed: usize, device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(numbers(shape.iter().product(), seed), shape), device)
}

/// A leaf that is tracked.
fn leaf<const D: usize>(shape: [usize; D], seed: usize, device: &Device) -> Tensor<D> {
    filled(shape, seed, &device.clone().autodiff()).require_grad()
}

fn flat<const D: usize>(tensor: Tensor<D>) -> Tensor<1> {
    let count = tensor.shape().num_elements();
    tensor.reshape([count])
}

/// A scalar in which every number of the output has a weight of its own.
fn weighed<const D: usize>(output: Tensor<D>, device: &Device) -> Tensor<1> {
    let weights = filled(output.dims(), 99, &device.clone().autodiff());
    (output * weights).sum()
}

async fn host(tensors: Vec<Tensor<1>>) -> Vec<Vec<f64>> {
    let read = read_all(tensors).await.expect("the device answers");
    read.into_iter().map(|values| values.into_iter().map(f64::from).collect()).collect()
}

/// Compares two lists of tensors one by one.
async fn assert_same(own: Vec<Tensor<1>>, reference: Vec<Tensor<1>>, what: &str) {
    assert_eq!(own.len(), reference.len());
    let (own, reference) = (host(own).await, host(reference).await);
    for (place, (own, reference)) in own.iter().zip(&reference).enumerate() {
        assert_close(own, reference, TOLERANCE, &format!("{what}, tensor {place}"));
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn convolutions_and_both_gradients_are_burns() {
    let device = device().await;
    // Networks side by side, images, channels in and out of each, height, width, kernel, stride.
    let cases = [
        (1, 3, 3, 8, 11, 7, 3, 1),
        (1, 2, 5, 9, 10, 13, 3, 2),
        (1, 2, 4, 4, 9, 8, 1, 1),
        (1, 2, 8, 3, 7, 12, 1, 2),
        (1, 1, 3, 5, 17, 19, 7, 2),
        (1, 2, 2, 3, 9, 9, 5, 1),
        (1, 1, 1, 1, 3, 3, 3, 1),
        (1, 5, 16, 12, 4, 4, 3, 1),
        (1, 2, 3, 4, 12, 9, 3, 4),
        (1, 2, 3, 6, 5, 16, 3, 1),
        (1, 2, 3, 6, 4, 25, 3, 1),
        (2, 1, 2, 5, 6, 35, 3, 2),
        (1, 1, 2, 3, 18, 41, 7, 2),
        (2, 3, 3, 8, 11, 7, 3, 1),
        (2, 2, 5, 9, 10, 13, 3, 2),
        (3, 2, 9, 3, 7, 12, 1, 2),
        (2, 1, 2, 3, 9, 10, 5, 1),
    ];
    for case in cases {
        let (networks, images, inputs, outputs, height, width, kernel, stride) = case;
        let movement = Movement { stride, padding: kernel / 2 };
        let run = |own: bool| {
            let input = leaf([images, networks * inputs, height, width], 1, &device);
            let weight = leaf([networks * outputs, inputs, kernel, kernel], 2, &device);
            let output = if own {
                convolution(input.clone(), weight.clone(), movement)
            } else {
                let options = ConvOptions::new([stride; 2], [kernel / 2; 2], [1; 2], networks);
                conv2d(input.clone(), weight.clone(), None, options)
            };
            let gradients = weighed(output.clone(), &device).backward();
            let by_input = input.grad(&gradients).expect("tracked");
            let by_weight = weight.grad(&gradients).expect("tracked");
            vec![flat(output.inner()), flat(by_input), flat(by_weight)]
        };
        assert_same(run(true), run(false), &format!("{case:?}")).await;
    }
}

/// The same in Burn's operations: output, then mean and biased variance of the batch.
fn reference_normalisation(
    input: &Tensor<4>,
    scale: &Tensor<1>,
    shift: &Tensor<1>,
    epsilon: f64,
) -> (Tensor<4>, Tensor<1>, Tensor<1>) {
    let channels = input.dims()[1];
    let row = |values: Tensor<1>| values.reshape([1, channels, 1, 1]);
    let mean_of = |tensor: Tensor<4>| tensor.mean_dim(0).mean_dim(2).mean_dim(3).reshape([channels]);
    let mean = mean_of(input.clone());
    let centred = input.clone() - row(mean.clone());
    let variance = mean_of(centred.clone() * centred.clone());
    let normalised = centred / (row(variance.clone()) + epsilon).sqrt();
    (normalised * row(scale.clone()) + row(shift.clone()), mean, variance)
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn normalisation_by_a_batch_with_what_follows_it_is_burns() {
    let device = device().await;
    for (shape, with_shortcut, relu_follows) in [
        ([4, 3, 5, 7], false, false),
        ([4, 8, 9, 6], false, true),
        ([3, 5, 1, 1], true, false),
        ([2, 70, 3, 4], true, true),
        ([33, 2, 20, 17], true, true),
    ] {
        let what = format!("{shape:?}, shortcut {with_shortcut}, ReLU {relu_follows}");
        let channels = shape[1];
        let tracked = device.clone().autodiff();
        let manner = Manner { epsilon: 1e-5, momentum: 0.1, shortcut: with_shortcut, relu: relu_follows };
        let run = |own: bool| {
            let (scale, shift) = (leaf([channels], 2, &device), leaf([channels], 3, &device));
            // Far from zero, where sums of squares would lose their digits.
            let moved = leaf(shape, 1, &device);
            let input = moved.clone() * 0.5 + 30.0;
            let side = leaf(shape, 4, &device);
            let (mean, variance) = (filled([channels], 5, &tracked), filled([channels], 6, &tracked) + 2.0);
            let (output, mean, variance) = if own {
                let numbers = Channels { scale: scale.clone(), shift: shift.clone(), mean, variance };
                normalise_batch(input, numbers, with_shortcut.then(|| side.clone()), manner)
            } else {
                let (output, own_mean, own_variance) = reference_normalisation(&input, &scale, &shift, 1e-5);
                let output = if with_shortcut { output + side.clone() } else { output };
                let output = if relu_follows { relu(output) } else { output };
                (output, mean * 0.9 + own_mean * 0.1, variance * 0.9 + own_variance * 0.1)
            };
            let gradients = weighed(output.clone(), &device).backward();
            let mut all = vec![
                flat(output.inner()),
                mean.inner(),
                variance.inner(),
                flat(moved.grad(&gradients).expect("tracked")),
                scale.grad(&gradients).expect("tracked"),
                shift.grad(&gradients).expect("tracked"),
            ];
            if with_shortcut {
                all.push(flat(side.grad(&gradients).expect("tracked")));
            }
            all
        };
        assert_same(run(true), run(false), &what).await;
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn normalisation_by_running_statistics_is_burns_with_and_without_a_gradient() {
    let device = device().await;
    for shape in [[2, 3, 5, 7], [3, 66, 9, 8]] {
        let channels = shape[1];
        let manner = Manner { epsilon: 1e-5, momentum: 0.1, shortcut: true, relu: true };
        let numbers = |device: &Device| Channels {
            scale: filled([channels], 2, device),
            shift: filled([channels], 3, device),
            mean: filled([channels], 5, device),
            variance: filled([channels], 6, device) + 2.0,
        };
        let reference = |input: Tensor<4>, numbers: Channels, side: Tensor<4>| {
            let Channels { scale, shift, mean, variance } = numbers;
            let row = |values: Tensor<1>| values.reshape([1, channels, 1, 1]);
            let normalised = (input - row(mean)) / (row(variance) + 1e-5).sqrt();
            relu(normalised * row(scale) + row(shift) + side)
        };
        let (input, side) = (filled(shape, 1, &device), filled(shape, 4, &device));
        let own = normalise(input.clone(), numbers(&device), Some(side.clone()), manner);
        assert_same(vec![flat(own)], vec![flat(reference(input, numbers(&device), side))], "without a gradient").await;

        let run = |own: bool| {
            let (input, side) = (leaf(shape, 1, &device), leaf(shape, 4, &device));
            let (scale, shift) = (leaf([channels], 2, &device), leaf([channels], 3, &device));
            let numbers =
                Channels { scale: scale.clone(), shift: shift.clone(), ..numbers(&device.clone().autodiff()) };
            let output = if own {
                normalise(input.clone(), numbers, Some(side.clone()), manner)
            } else {
                reference(input.clone(), numbers, side.clone())
            };
            let gradients = weighed(output, &device).backward();
            vec![
                flat(input.grad(&gradients).expect("tracked")),
                flat(side.grad(&gradients).expect("tracked")),
                scale.grad(&gradients).expect("tracked"),
                shift.grad(&gradients).expect("tracked"),
            ]
        };
        assert_same(run(true), run(false), "gradients").await;
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn shortcuts_keep_every_second_pixel_between_zero_channels() {
    let device = device().await;
    for (networks, shape, outputs) in
        [(1, [2, 3, 5, 7], 6), (1, [3, 4, 8, 6], 9), (1, [1, 2, 1, 3], 4), (2, [3, 10, 5, 7], 9)]
    {
        let [images, all, ..] = shape;
        let inputs = all / networks;
        let run = |own: bool| {
            let input = leaf(shape, 1, &device);
            let output = if own {
                shortcut(input.clone(), (inputs, outputs), 2)
            } else {
                let kept = avg_pool2d(input.clone(), AvgPoolOptions::new([1, 1]).with_stride([2, 2]));
                let [_, _, height, width] = kept.dims();
                let own = kept.device();
                let zeros = |channels| Tensor::zeros([images, channels, height, width], &own);
                let before = (outputs - inputs) / 2;
                let of = |kept: Tensor<4>| vec![zeros(before), kept, zeros(outputs - inputs - before)];
                Tensor::cat(kept.chunk(networks, 1).into_iter().flat_map(of).collect(), 1)
            };
            let gradients = weighed(output.clone(), &device).backward();
            vec![flat(output.inner()), flat(input.grad(&gradients).expect("tracked"))]
        };
        assert_same(run(true), run(false), &format!("{shape:?}")).await;
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn columns_are_repeated_and_their_parts_have_gradients() {
    let device = device().await;
    for (shape, of) in [([3, 10], 2), ([7, 9], 3), ([2, 4], 1)] {
        let table = filled(shape, 1, &device);
        let twice = flat(repeated(table.clone(), 2));
        assert_same(vec![twice], vec![flat(Tensor::cat(vec![table.clone(), table], 1))], "repeated").await;
        for place in 0..of {
            let run = |own: bool| {
                let table = leaf(shape, 1, &device);
                let count = shape[1] / of;
                let output =
                    if own { part(table.clone(), place, of) } else { table.clone().narrow(1, place * count, count) };
                let gradients = weighed(output.clone(), &device).backward();
                vec![flat(output.inner()), flat(table.grad(&gradients).expect("tracked"))]
            };
            assert_same(run(true), run(false), &format!("part {place} of {shape:?}")).await;
        }
    }
}

/// More threads than one axis of workgroups has: a browser starts nothing at all then.
#[wasm_bindgen_test(unsupported = pollster::test)]
async fn large_tensors_are_computed_whole() {
    let device = device().await;
    let count = 65_536 * 64 + 3;
    let rising: Vec<f32> = (0..count).map(|k| (k % 1021) as f32).collect();
    let row = |values: &[f32]| Tensor::<1>::from_data(TensorData::new(values.to_vec(), [values.len()]), &device);
    let step = Descent { rate: 0.5, momentum: 0.0, decay: 0.0, nesterov: false };
    let (moved, _) = descend(row(&rising), row(&rising), row(&vec![0.0; count]), step);
    let joined = Layout::aligned([count, 5]).join(vec![moved, row(&[1.0, 2.0, 3.0, 4.0, 5.0])]);
    let last = joined.clone().narrow(0, count - 2, 2);
    // Pixels in columns of their own, so that each is a tile.
    let pictures = row(&rising[..65_536 * 64]).reshape([65_536, 1, 64, 1]);
    let weight = row(&[2.0]).reshape([1, 1, 1, 1]);
    let doubled = flat(convolution(pictures, weight, Movement { stride: 1, padding: 0 }));
    let doubled = doubled.narrow(0, 65_536 * 64 - 2, 2);
    let read = host(vec![last, doubled, joined.narrow(0, 70_000, 1)]).await;
    let value = |place: usize| f64::from(rising[place]);
    assert_close(&read[0], &[count - 2, count - 1].map(|place| value(place) / 2.0), TOLERANCE, "moved and joined");
    let places = [65_536 * 64 - 2, 65_536 * 64 - 1];
    assert_close(&read[1], &places.map(|place| 2.0 * value(place)), TOLERANCE, "convolved");
    assert_close(&read[2], &[value(70_000) / 2.0], TOLERANCE, "the beginning");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn means_and_linear_layers_are_burns() {
    let device = device().await;
    for (networks, shape, outputs) in [
        (1, [3, 5, 4, 7], 6),
        (1, [2, 70, 1, 1], 10),
        (1, [1, 300, 2, 2], 300),
        (2, [3, 10, 4, 7], 6),
        (3, [2, 600, 1, 1], 200),
    ] {
        let [images, channels, height, width] = shape;
        let run = |own: bool| {
            let input = leaf(shape, 1, &device);
            let (weight, bias) = (leaf([channels, outputs], 2, &device), leaf([networks * outputs], 3, &device));
            let output = if own {
                linear(global_mean(input.clone()), weight.clone(), bias.clone())
            } else {
                let mean = input.clone().reshape([images, channels, height * width]).mean_dim(2);
                let means = mean.reshape([images, channels]).chunk(networks, 1);
                let rows = weight.clone().chunk(networks, 0);
                let answers = means.into_iter().zip(rows).map(|(mean, rows)| mean.matmul(rows));
                Tensor::cat(answers.collect(), 1) + bias.clone().reshape([1, networks * outputs])
            };
            let gradients = weighed(output.clone(), &device).backward();
            vec![
                flat(output.inner()),
                flat(input.grad(&gradients).expect("tracked")),
                flat(weight.grad(&gradients).expect("tracked")),
                bias.grad(&gradients).expect("tracked"),
            ]
        };
        assert_same(run(true), run(false), &format!("{shape:?}")).await;
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn both_usual_losses_are_burns_and_hits_are_counted() {
    let device = device().await;
    let tracked = device.clone().autodiff();
    for (rows, classes) in [(1, 2), (7, 3), (70, 6), (5, 130)] {
        let labels: Vec<usize> = (0..rows).map(|row| row * 5 % classes).collect();
        let mut targets = vec![0.0f32; rows * classes];
        for (row, label) in labels.iter().enumerate() {
            targets[row * classes + label] = 1.0;
        }
        let targets = || Tensor::<2>::from_data(TensorData::new(targets.clone(), [rows, classes]), &tracked);
        let logits = || (leaf([rows, classes], 1, &device), filled([rows, classes], 2, &tracked) * 4.0);
        let run = |own: bool| {
            let (student, teacher) = logits();
            let (hard, soft) = if own {
                let (hard, _) = cross_entropy(student.clone() * 3.0, targets());
                (hard, response(student.clone() * 3.0, teacher, 4.0))
            } else {
                let scaled = student.clone() * 3.0;
                let hard = (log_softmax(scaled.clone(), 1) * targets()).sum().neg() / rows as f32;
                let asked = teacher / 4.0;
                let difference = log_softmax(asked.clone(), 1) - log_softmax(scaled / 4.0, 1);
                (hard, (softmax(asked, 1) * difference).sum() * (16.0 / rows as f64))
            };
            let gradients = (hard.clone() * 0.3 + soft.clone() * 0.7).backward();
            vec![hard.inner(), soft.inner(), flat(student.grad(&gradients).expect("tracked"))]
        };
        assert_same(run(true), run(false), &format!("{rows} rows of {classes}")).await;

        let (_, hits) = cross_entropy(logits().0, targets());
        let values = numbers(rows * classes, 1);
        let largest = |row: &[f32]| (1..classes).fold(0, |best, k| if row[k] > row[best] { k } else { best });
        let right = values.chunks_exact(classes).zip(&labels).filter(|(row, label)| largest(row) == **label).count();
        let counted = host(vec![hits.inner()]).await[0][0];
        assert!((counted - right as f64 / rows as f64).abs() < 1e-6, "{counted} instead of {right} of {rows}");
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn tensors_are_joined_and_found_again() {
    let device = device().await;
    let counts = [1, 64, 3, 200, 7, 65, 2, 9, 128, 1];
    let parts = || counts.iter().enumerate().map(|(seed, count)| filled([*count], seed, &device)).collect::<Vec<_>>();
    let expected: Vec<Vec<f64>> = host(parts()).await;

    let layout = Layout::aligned(counts);
    let flat = layout.join(parts());
    let found = host((0..layout.len()).map(|place| layout.part(&flat, place)).collect()).await;
    assert_eq!(found, expected);
    // Parts are tensors like any other: what is computed of them is computed of their numbers alone.
    let doubled = host((0..layout.len()).map(|place| layout.part(&flat, place) * 2.0).collect()).await;
    assert_eq!(doubled.concat(), expected.concat().iter().map(|value| value * 2.0).collect::<Vec<_>>());

    let whole = host(vec![Layout::dense(counts).join(parts())]).await.remove(0);
    assert_eq!(whole, expected.concat());
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn distances_and_sums_of_channels_are_burns() {
    let device = device().await;
    for (n, m, width) in [(1, 1, 1), (5, 7, 70), (9, 4, 1030), (3, 18, 33)] {
        let (a, b) = (filled([n, width], 1, &device), filled([m, width], 2, &device));
        let reference = |a: &Tensor<2>, b: &Tensor<2>| {
            let difference = a.clone().unsqueeze_dim::<3>(1) - b.clone().unsqueeze_dim::<3>(0);
            flat(difference.powi_scalar(2).sum_dim(2).sqrt())
        };
        // Between two sets, within one, and between a set and a part of it.
        let part = a.clone().narrow(0, n / 2, n - n / 2);
        let own = [(&a, &b), (&a, &a), (&a, &part)].map(|(a, b)| flat(distances(a.clone(), b.clone())));
        let burns = [(&a, &b), (&a, &a), (&a, &part)].map(|(a, b)| reference(a, b));
        assert_same(own.to_vec(), burns.to_vec(), &format!("{n} and {m} rows of {width}")).await;
    }
    for shape in [[1, 1, 1, 1], [3, 5, 4, 7], [2, 66, 3, 2]] {
        let [images, channels, ..] = shape;
        let (input, weights) = (filled(shape, 1, &device), filled([images, channels], 2, &device));
        let reference = (input.clone() * weights.clone().reshape([images, channels, 1, 1])).sum_dim(1);
        let own = flat(channel_sum(input, weights));
        assert_same(vec![own], vec![flat(reference)], &format!("{shape:?}")).await;
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_step_of_descent_is_pytorchs() {
    let device = device().await;
    for nesterov in [false, true] {
        let step = Descent { rate: 0.1, momentum: 0.9, decay: 0.01, nesterov };
        let (values, gradient, velocity) = (numbers(130, 1), numbers(130, 2), numbers(130, 3));
        let lift = |values: &[f32]| Tensor::<1>::from_data(TensorData::new(values.to_vec(), [130]), &device);
        let (moved, speed) = descend(lift(&values), lift(&gradient), lift(&velocity), step);
        let (mut expected, mut faster) = (Vec::new(), Vec::new());
        for ((&value, &gradient), &velocity) in values.iter().zip(&gradient).zip(&velocity) {
            let [value, gradient, velocity] = [value, gradient, velocity].map(f64::from);
            let gradient = gradient + 0.01 * value;
            let speed = 0.9 * velocity + gradient;
            expected.push(value - 0.1 * if nesterov { gradient + 0.9 * speed } else { speed });
            faster.push(speed);
        }
        let read = host(vec![moved, speed]).await;
        assert_close(&read[0], &expected, 1e-6, "values");
        assert_close(&read[1], &faster, 1e-6, "velocity");
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_diverged_number_is_not_hidden_by_a_relu() {
    let device = device().await;
    let manner = Manner { epsilon: 1e-5, momentum: 0.1, shortcut: false, relu: true };
    let ones = || Tensor::<1>::ones([1], &device);
    let numbers = Channels { scale: ones(), shift: ones(), mean: ones(), variance: ones() };
    let input = Tensor::<4>::from_data(TensorData::new(vec![f32::NAN, 1.0], [1, 1, 1, 2]), &device);
    let values = host(vec![flat(normalise(input, numbers, None, manner))]).await.remove(0);
    assert!(values[0].is_nan() && (values[1] - 1.0).abs() < 1e-6, "{values:?}");
}
