//! UniCAM's written-out gradient against Burn's autodiff of the same objective, and what maps promise under changes of
//! the features, on batches of odd height and width.

use burn::tensor::{Device, Tensor, TensorData};
use rand::Rng;
use unicam::attribution::{
    Centred, DistanceMatrix, Features, Objective, UniCam, channel_weights, measure, objective_gradient,
};
use unicam::seed::{Purpose, stream};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::{Array, SINGLE, assert_close, read};

const OBJECTIVES: [Objective; 2] = [Objective::Relevance, Objective::Unique];
/// Explained and removed features, and the labels of the batch.
const BATCHES: [([usize; 4], [usize; 4], &[usize]); 3] = [
    ([5, 3, 4, 7], [5, 2, 5, 3], &[0, 1, 0, 2, 1]),
    ([7, 4, 1, 9], [7, 4, 1, 9], &[0, 0, 1, 1, 2, 2, 0]),
    ([6, 2, 6, 5], [6, 8, 3, 1], &[1, 0, 1, 0, 1, 0]),
];

/// Features as a stage gives them: not negative, about half of them zero.
fn features(shape: [usize; 4], seed: u64) -> Array {
    let mut random = stream(seed, Purpose::RandomMap, 0);
    let count = shape.iter().product();
    let uniform = || f64::from(random.next_u32() >> 8) / f64::from(1u32 << 24);
    let values = std::iter::repeat_with(uniform).map(|value| (2.0 * value - 1.0).max(0.0)).take(count).collect();
    Array { shape: shape.to_vec(), values }
}

fn labels(labels: &[usize]) -> Centred {
    let names: Vec<String> = (0..3).map(|class| format!("class {class}")).collect();
    DistanceMatrix::of_labels(labels, &names).expect("several classes").u_centred()
}

/// The objective written with differentiable tensors, step by step as METHOD states it.
mod by_autodiff {
    use super::{Centred, Objective, Tensor, TensorData};

    fn off_diagonal(n: usize, like: &Tensor<2>) -> Tensor<2> {
        let values: Vec<f32> = (0..n * n).map(|k| if k / n == k % n { 0.0 } else { 1.0 }).collect();
        Tensor::from_data(TensorData::new(values, [n, n]), &like.device())
    }

    fn u_centred(distances: Tensor<2>) -> Tensor<2> {
        let n = distances.dims()[0];
        let (rows, all) = ((n - 2) as f64, ((n - 1) * (n - 2)) as f64);
        let own = distances.clone().sum_dim(1) / rows;
        let other = distances.clone().sum_dim(0) / rows;
        let total = distances.clone().sum_dim(1).sum_dim(0) / all;
        let mask = off_diagonal(n, &distances);
        (distances - own - other + total) * mask
    }

    fn inner(a: &Tensor<2>, b: &Tensor<2>) -> Tensor<1> {
        let n = a.dims()[0];
        (a.clone() * b.clone()).sum() / (n * (n - 3)) as f64
    }

    fn constant(centred: &Centred, like: &Tensor<2>) -> Tensor<2> {
        let n = centred.n();
        let values: Vec<f32> = (0..n * n).map(|k| centred.at(k / n, k % n) as f32).collect();
        Tensor::from_data(TensorData::new(values, [n, n]), &like.device())
    }

    pub fn objective(activation: Tensor<4>, given: &Centred, labels: &Centred, objective: Objective) -> Tensor<1> {
        let [n, channels, height, width] = activation.dims();
        let rows = activation.reshape([n, channels * height * width]);
        let difference = rows.clone().unsqueeze_dim::<3>(1) - rows.unsqueeze_dim::<3>(0);
        let squares = (difference.clone() * difference).sum_dim(2).reshape([n, n]);
        let mask = off_diagonal(n, &squares);
        // One under the root of the diagonal keeps its gradient finite; the mask takes it out again.
        let distances = (squares.clone() + (mask.clone() - 1.0).neg()).sqrt() * mask;
        let own = u_centred(distances);
        let removed = constant(given, &own);
        let share = inner(&own, &removed) / inner(&removed, &removed);
        let left = own - removed * share.unsqueeze_dim::<2>(1);
        match objective {
            Objective::Relevance => {
                let labels = constant(labels, &left);
                inner(&left, &labels) / (inner(&left, &left) * inner(&labels, &labels)).sqrt()
            }
            Objective::Unique => left.max_dim(1).sum(),
        }
    }
}

async fn measured(array: &Array, device: &Device) -> Features {
    let stage = ("Student".to_owned(), "layer1".to_owned(), array.map_tensor(device));
    measure(vec![stage]).await.expect("the device answers").remove(0).expect("varied features")
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn the_closed_gradient_agrees_with_burns_autodiff() {
    let device = device().await;
    for (place, (shape, other, classes)) in BATCHES.into_iter().enumerate() {
        let (own, other) = (features(shape, 10 + place as u64), features(other, 20 + place as u64));
        let explained = measured(&own, &device).await;
        let given = measured(&other, &device).await.distances.u_centred();
        let labels = labels(classes);
        for objective in OBJECTIVES {
            let what = format!("{shape:?} {objective:?}");
            let leaf = Tensor::from_inner(own.map_tensor(&device)).require_grad();
            let value = by_autodiff::objective(leaf.clone(), &given, &labels, objective);
            let gradient = leaf.grad(&value.backward()).expect("the objective depends on the features");
            let alpha = read(gradient.clone().mean_dim(3).mean_dim(2)).await;

            let (closed, by_rows) = objective_gradient(&explained.distances, &given, &labels, objective);
            assert_close(&[closed], &read(value.inner()).await, SINGLE, &what);
            let (n, rows) = (shape[0], own.rows());
            let entry = |i: usize, k: usize| (0..n).map(|j| by_rows[i * n + j] * rows[j][k]).sum::<f64>();
            let all: Vec<f64> =
                (0..n).flat_map(|i| (0..rows[0].len()).map(move |k| (i, k))).map(|(i, k)| entry(i, k)).collect();
            assert_close(&all, &read(gradient).await, 5.0 * SINGLE, &what);
            assert_close(&channel_weights(&by_rows, &explained.pooled).concat(), &alpha, 5.0 * SINGLE, &what);
        }
    }
}

async fn maps(own: &Array, other: &Array, classes: &[usize], objective: Objective, device: &Device) -> UniCam {
    let (explained, given) = (measured(own, device).await, measured(other, device).await);
    UniCam::of(&explained, &given, &labels(classes), objective)
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn permuting_the_batch_permutes_the_maps_under_both_objectives() {
    let device = device().await;
    let (shape, other, classes) = BATCHES[1];
    let (own, other) = (features(shape, 31), features(other, 32));
    let order = [6, 2, 0, 5, 1, 4, 3];
    let permuted = |array: &Array| {
        let rows = array.rows();
        Array { shape: array.shape.clone(), values: order.iter().flat_map(|&row| rows[row].clone()).collect() }
    };
    let moved: Vec<usize> = order.iter().map(|&row| classes[row]).collect();
    for objective in OBJECTIVES {
        let straight = read(maps(&own, &other, classes, objective, &device).await.signed).await;
        let shuffled = read(maps(&permuted(&own), &permuted(&other), &moved, objective, &device).await.signed).await;
        let area = shape[2] * shape[3];
        let expected: Vec<f64> =
            order.iter().flat_map(|&row| straight[row * area..(row + 1) * area].to_vec()).collect();
        assert_close(&shuffled, &expected, SINGLE, &format!("{objective:?}"));
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn relevance_maps_do_not_depend_on_the_scale_of_the_features() {
    let device = device().await;
    let (shape, other, classes) = BATCHES[0];
    let (own, other) = (features(shape, 41), features(other, 42));
    let scaled = |array: &Array, by: f64| Array {
        shape: array.shape.clone(),
        values: array.values.iter().map(|value| value * by).collect(),
    };
    for objective in OBJECTIVES {
        let plain = read(maps(&own, &other, classes, objective, &device).await.signed).await;
        for (by, also) in [(32.0, 1.0), (0.125, 1.0), (1.0, 64.0)] {
            let what = format!("{objective:?}, features times {by}, removed ones times {also}");
            let moved = maps(&scaled(&own, by), &scaled(&other, also), classes, objective, &device).await;
            // A correlation knows no scale; the unique objective is a distance and grows with the features.
            let factor = if objective == Objective::Relevance { 1.0 } else { by };
            let expected: Vec<f64> = plain.iter().map(|value| value * factor).collect();
            assert_close(&read(moved.signed).await, &expected, SINGLE, &what);
        }
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn maps_are_the_positive_part_of_the_signed_ones_and_self_given_self_has_none() {
    let device = device().await;
    for (place, (shape, other, classes)) in BATCHES.into_iter().enumerate() {
        let (own, other) = (features(shape, 51 + place as u64), features(other, 61));
        for objective in OBJECTIVES {
            let cam = maps(&own, &other, classes, objective, &device).await;
            let signed = read(cam.signed.clone()).await;
            assert!(signed.iter().any(|value| *value < 0.0), "{shape:?} {objective:?}: nothing speaks against it");
            let positive: Vec<f64> = signed.iter().map(|value| value.max(0.0)).collect();
            assert_close(&read(cam.maps()).await, &positive, 0.0, "positive part");
            let nothing = maps(&own, &own, classes, objective, &device).await;
            assert_eq!(nothing.objective, 0.0);
            assert!(read(nothing.signed).await.iter().all(|value| *value == 0.0), "{shape:?} {objective:?}");
        }
    }
}
