//! Features as rows.

use burn::tensor::Tensor;

/// A stage's output with each image's features in one row.
pub(in crate::session) fn rows(stage: &Tensor<4>) -> Tensor<2> {
    let [n, channels, height, width] = stage.dims();
    stage.clone().reshape([n, channels * height * width])
}
