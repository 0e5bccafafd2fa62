//! Grad-CAM: channels weighted by their mean gradient.

use burn::tensor::Tensor;

use crate::operations::channel_sum::channel_sum;
use crate::operations::global_mean::global_mean;

/// `sum over k of alpha_k * A_k` with `alpha_k` the mean of the gradient over `H, W`.
///
/// Source: Selvaraju et al., "Grad-CAM", ICCV 2017, equations 1 and 2 (before the ReLU).
pub fn maps(activation: &Tensor<4>, gradient: &Tensor<4>) -> Tensor<3> {
    channel_sum(activation.clone(), global_mean(gradient.clone()))
}
