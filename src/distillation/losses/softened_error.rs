//! The Teacher's answers by their squared distance.

use burn::tensor::Tensor;
use burn::tensor::activation::softmax;

/// `T^2 * mean((softmax(student / T) - softmax(teacher / T))^2)`, mean over images and classes: a scalar `[1]`.
///
/// Source: the public code of Adhane et al., "On Explaining Knowledge Distillation", WACV 2025, in place of the
/// divergence of [`response_loss`](super::response_loss). Defaults: `T` 20, weight 0.3.
///
/// # Shapes
/// - `student`, `teacher`: `[N, K]`
#[must_use]
pub fn softened_error_loss(student: Tensor<2>, teacher: Tensor<2>, temperature: f64) -> Tensor<1> {
    let difference = softmax(student / temperature, 1) - softmax(teacher / temperature, 1);
    difference.square().mean() * (temperature * temperature)
}
