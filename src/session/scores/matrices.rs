//! What a distance matrix sees: the distances of the networks over the reference batch, what is left of them after a removal,
//! and what each pair of pictures adds to the score.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::attribution::{Centred, measure};
use crate::error::Result;
use crate::scores::contributions;
use crate::session::maps::look::{ReferenceConfig, Trio, reference_hash};
use crate::session::networks::role::Role;

/// Which matrices are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct MatricesConfig {
    /// The pictures.
    pub reference: ReferenceConfig,
    /// Stage, counted from 1.
    pub layer: usize,
}

/// What a matrix holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum MatrixKind {
    /// Distances of the Teacher's features.
    Teacher,
    /// Distances of the Student's features.
    Student,
    /// Distances of the Base's features.
    Base,
    /// `P_{S|B}`: what is left of the Student's U-centred distances when the Base's are removed.
    Distilled,
    /// `P_{B|S}`.
    Residual,
}

/// One matrix in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct MatrixReport {
    /// What it holds.
    pub kind: MatrixKind,
    /// Smallest value off the diagonal.
    pub min: f64,
    /// Largest value off the diagonal.
    pub max: f64,
    /// `R*` with the labels: the sum of all that its pairs add.
    pub relevance: f64,
    /// Largest size of what a pair adds, both of its orders together.
    pub largest: f64,
}

/// Everything about the matrices but their values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct MatricesReport {
    /// Stage name.
    pub layer: String,
    /// Digest that names the reference batch.
    pub reference_hash: String,
    /// Images.
    pub n: usize,
    /// Indices of the images among the test pictures, class by class: the order of rows and columns.
    pub images: Vec<usize>,
    /// Their classes.
    pub labels: Vec<usize>,
    /// The matrices, in the order in which their values lie.
    pub matrices: Vec<MatrixReport>,
}

/// The matrices of one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrices {
    /// What they are.
    pub report: MatricesReport,
    /// `[matrices, n, n]`.
    pub values: Vec<f32>,
    /// What a pair adds to the relevance, both of its orders together: `[matrices, n, n]`.
    pub added: Vec<f32>,
}

/// The matrices of one layer: one read from the device.
pub(in crate::session) async fn matrices(
    trio: &Trio<'_>,
    config: &MatricesConfig,
    device: &Device,
) -> Result<Matrices> {
    let (layer, stages) = trio.layer(config.layer)?;
    let mut images = trio.draw(&config.reference)?;
    // The name is that of the batch as it was drawn, which maps and scores have too.
    let reference_hash = reference_hash(trio.images, &images);
    images.sort_by_key(|&index| trio.images.labels[index]);
    let labels = trio.labels(&images)?;
    let mut traces = trio.traces_at(stages, &images, device);
    let outputs = trio.models().into_iter().zip(&mut traces);
    let outputs = outputs.map(|((model, _), trace)| (model.to_owned(), layer.clone(), trace.stages.swap_remove(0)));
    let features = measure(outputs.collect()).await?.into_iter().collect::<Result<Vec<_>>>()?;
    let distances = |role: Role| &features[role.place_in_trio()].distances;
    let centred = |role: Role| distances(role).u_centred();
    let [student, base] = [Role::Student, Role::Base].map(centred);
    let (distilled, residual) = (student.without(&base), base.without(&student));
    let parts = [
        (MatrixKind::Teacher, distances(Role::Teacher).values(), &centred(Role::Teacher)),
        (MatrixKind::Student, distances(Role::Student).values(), &student),
        (MatrixKind::Base, distances(Role::Base).values(), &base),
        (MatrixKind::Distilled, distilled.values(), &distilled),
        (MatrixKind::Residual, residual.values(), &residual),
    ];
    let n = images.len();
    let (mut values, mut added, mut reports) = (Vec::new(), Vec::new(), Vec::new());
    for (kind, shown, centred) in parts {
        let both = both_orders(centred, &labels);
        let off_diagonal = shown.iter().enumerate().filter(|(at, _)| at / n != at % n).map(|(_, &value)| value);
        let (min, max) =
            off_diagonal.fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| (min.min(value), max.max(value)));
        reports.push(MatrixReport {
            kind,
            min,
            max,
            relevance: both.iter().sum::<f64>() / 2.0,
            largest: both.iter().fold(0.0f64, |largest, value| largest.max(value.abs())),
        });
        values.extend(shown.iter().map(|&value| value as f32));
        added.extend(both.iter().map(|&value| value as f32));
    }
    let of_images = images.iter().map(|&index| trio.images.labels[index]).collect();
    let report = MatricesReport { layer, reference_hash, n, images, labels: of_images, matrices: reports };
    Ok(Matrices { report, values, added })
}

fn both_orders(features: &Centred, labels: &Centred) -> Vec<f64> {
    contributions(features, labels).into_iter().map(|part| 2.0 * part).collect()
}
