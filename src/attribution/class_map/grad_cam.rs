//! Grad-CAM: channels weighted by their mean gradient.

use burn::tensor::Tensor;

use super::weighted_sum;

/// `sum over k of alpha_k * A_k` with `alpha_k` the mean of the gradient over `H, W`.
///
/// Source: Selvaraju et al., "Grad-CAM", ICCV 2017, equations 1 and 2 (before the ReLU).
pub fn maps(activation: &Tensor<4>, gradient: &Tensor<4>) -> Tensor<3> {
    weighted_sum(activation, gradient.clone().mean_dim(3).mean_dim(2))
}
