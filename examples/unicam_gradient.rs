//! How long UniCAM's written-out gradient takes beside autodiff of the same distances, on the CPU device.
//!
//! `cargo run --release --no-default-features --example unicam_gradient`. Both ways end with the channel weights of one
//! batch of 48 images on the host. Autodiff is given a head start: its objective is the plain sum of the distances, so
//! that it pays for the distances and their backward pass and for none of the algebra between them.

use std::time::Instant;

use burn::tensor::{Device, Tensor, TensorData};
use pollster::block_on;
use rand::Rng;
use unicam::attribution::{DistanceMatrix, Objective, channel_weights, distances, measure, objective_gradient};
use unicam::seed::{Purpose, stream};
use unicam::tensors::readback::read_all;

const IMAGES: usize = 48;
const ROUNDS: usize = 5;

fn features(shape: [usize; 4], seed: u64, device: &Device) -> Tensor<4> {
    let mut random = stream(seed, Purpose::RandomMap, 0);
    let count = shape.iter().product();
    let values: Vec<f32> = (0..count).map(|_| (random.next_u32() >> 8) as f32 / (1u32 << 24) as f32).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn seconds(mut job: impl FnMut()) -> f64 {
    job();
    let begun = Instant::now();
    (0..ROUNDS).for_each(|_| job());
    begun.elapsed().as_secs_f64() / ROUNDS as f64
}

fn main() {
    let device = Device::flex();
    let names: Vec<String> = (0..4).map(|class| class.to_string()).collect();
    let classes: Vec<usize> = (0..IMAGES).map(|image| image % 4).collect();
    let labels = DistanceMatrix::of_labels(&classes, &names).expect("four classes").u_centred();
    println!("{:<18} {:>10} {:>10} {:>7}", "features", "closed", "autodiff", "ratio");
    for [channels, side] in [[16, 32], [32, 16], [64, 8]] {
        let shape = [IMAGES, channels, side, side];
        let (own, other) = (features(shape, 1, &device), features(shape, 2, &device));
        let stage = |activation: &Tensor<4>| vec![("".to_owned(), "".to_owned(), activation.clone())];
        let given = block_on(measure(stage(&other))).expect("read").remove(0).expect("varied").distances.u_centred();
        let closed = seconds(|| {
            let explained = block_on(measure(stage(&own))).expect("read").remove(0).expect("varied");
            let (_, by_rows) = objective_gradient(&explained.distances, &given, &labels, Objective::Relevance);
            std::hint::black_box(channel_weights(&by_rows, &explained.pooled));
        });
        let autodiff = seconds(|| {
            let leaf = Tensor::<4>::from_inner(own.clone()).require_grad();
            let rows = leaf.clone().reshape([IMAGES, channels * side * side]);
            let gradient = leaf.grad(&distances(&rows).sum().backward()).expect("depends on the features");
            block_on(read_all(vec![gradient.mean_dim(3).mean_dim(2).flatten(0, 3)])).expect("read");
        });
        let name = format!("{channels} x {side} x {side}");
        println!("{name:<18} {:>7.1} ms {:>7.1} ms {:>7.2}", closed * 1e3, autodiff * 1e3, autodiff / closed);
    }
}
