//! What most of the methods end in.

use burn::tensor::Tensor;

/// `sum over k of weight_k * A_k`: `[N, C, 1, 1]` or `[N, C, H, W]` weights, `[N, H, W]` map.
pub(super) fn weighted_sum(activation: &Tensor<4>, weights: Tensor<4>) -> Tensor<3> {
    let [n, _, height, width] = activation.dims();
    (activation.clone() * weights).sum_dim(1).reshape([n, height, width])
}
