//! From stage outputs to distances, on the device, in one round trip.

use burn::tensor::Tensor;

use super::DistanceMatrix;
use crate::error::{Error, Result};
use crate::operations;
use crate::operations::global_mean::global_mean;
use crate::tensors::readback::read_all;

/// One stage of one model over a batch: what UniCAM and the scores stand on.
#[derive(Debug, Clone)]
pub struct Features {
    /// Who made them: Teacher, Student or Base.
    pub model: String,
    /// Stage name, e.g. `layer2`.
    pub layer: String,
    /// `[N, C, H, W]`, still on the device.
    pub activation: Tensor<4>,
    /// Distances of the flattened features.
    pub distances: DistanceMatrix,
    /// Euclidean length of each image's flattened features.
    pub lengths: Vec<f64>,
    /// Mean over `H, W`: `[N][C]`.
    pub pooled: Vec<Vec<f64>>,
}

/// Euclidean distances between the rows of `[N, F]`, as `[N, N]` on the device.
#[must_use]
pub fn distances(rows: &Tensor<2>) -> Tensor<2> {
    distances_between(rows, rows)
}

/// Euclidean distances from each row of `a` `[N, F]` to each row of `b` `[M, F]`, as `[N, M]` on the device.
#[must_use]
pub fn distances_between(a: &Tensor<2>, b: &Tensor<2>) -> Tensor<2> {
    operations::distances::distances(a.clone(), b.clone())
}

/// The same by dot products, `|x|^2 + |y|^2 - 2 x y`: many times faster, for sets so large that a few near duplicates
/// weigh nothing. Subtract one row from all before, such as the mean: the nearer the rows lie to 0, the less is cancelled.
#[must_use]
pub fn distances_by_products(a: &Tensor<2>, b: &Tensor<2>) -> Tensor<2> {
    let squares = |rows: &Tensor<2>| (rows.clone() * rows.clone()).sum_dim(1);
    let products = a.clone().matmul(b.clone().transpose());
    (squares(a) + squares(b).transpose() - products * 2.0).clamp_min(0.0).sqrt()
}

/// Euclidean lengths of the rows of `[N, F]`, as `[N]` on the device.
#[must_use]
pub fn lengths(rows: &Tensor<2>) -> Tensor<1> {
    let origin = Tensor::zeros([1, rows.dims()[1]], &rows.device());
    distances_between(rows, &origin).flatten(0, 1)
}

/// Measures several stages at once: all distances and channel means come back in a single read.
///
/// Each stage has a result of its own: [`Error::TooFewImages`], [`Error::NotFinite`], or [`Error::ConstantFeatures`]
/// naming the model and layer whose features are the same for every image.
///
/// # Errors
/// [`Error::DeviceFailed`] when the read fails.
pub async fn measure(stages: Vec<(String, String, Tensor<4>)>) -> Result<Vec<Result<Features>>> {
    let mut reads = Vec::with_capacity(3 * stages.len());
    for (_, _, activation) in &stages {
        let [n, channels, height, width] = activation.dims();
        let rows = activation.clone().reshape([n, channels * height * width]);
        let pooled = global_mean(activation.clone());
        reads.push(distances(&rows).flatten(0, 1));
        reads.push(lengths(&rows));
        reads.push(pooled.flatten(0, 1));
    }
    let mut values = read_all(reads).await?.into_iter();
    let mut next = || values.next().expect("three reads a stage").into_iter().map(f64::from).collect::<Vec<f64>>();
    let measured = stages.into_iter().map(|(model, layer, activation)| {
        let [n, channels, ..] = activation.dims();
        let (raw, lengths, pooled) = (next(), next(), next());
        let distances = DistanceMatrix::new(n, raw)?;
        if distances.is_constant() {
            return Err(Error::ConstantFeatures { model, layer });
        }
        let pooled = pooled.chunks_exact(channels).map(<[f64]>::to_vec).collect();
        Ok(Features { model, layer, activation, distances, lengths, pooled })
    });
    Ok(measured.collect())
}
