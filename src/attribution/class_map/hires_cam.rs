//! HiResCAM: every position weighted by its own gradient.

use burn::tensor::Tensor;

use super::weighted_sum::weighted_sum;

/// `sum over k of g_kij * A_kij`: unlike Grad-CAM's, the map adds up to the score's first-order change.
///
/// Source: Draelos & Carin, "Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural
/// networks", arXiv 2011.08891, equation 3 (before the ReLU).
pub fn maps(activation: &Tensor<4>, gradient: &Tensor<4>) -> Tensor<3> {
    weighted_sum(activation, gradient.clone())
}
