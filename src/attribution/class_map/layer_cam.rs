//! LayerCAM: every position weighted by its own positive gradient.

use burn::tensor::Tensor;

use super::weighted_sum::weighted_sum;

/// `sum over k of ReLU(g_kij) * A_kij`.
///
/// Source: Jiang et al., "LayerCAM: Exploring Hierarchical Class Activation Maps for Localization", IEEE TIP 2021,
/// equations 6 to 8 (before the last ReLU).
pub fn maps(activation: &Tensor<4>, gradient: &Tensor<4>) -> Tensor<3> {
    weighted_sum(activation, gradient.clone().clamp_min(0.0))
}
