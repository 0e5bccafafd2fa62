//! The Teacher's answers as soft labels.

use burn::tensor::Tensor;

use crate::operations::response::response;

/// `T^2 * KL(softmax(teacher / T) || softmax(student / T))`, mean over the batch: a scalar `[1]`.
///
/// Source: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015, section 2. The factor `T^2`
/// keeps the size of the gradient independent of the temperature. Defaults: `T` 4, weight 0.9 beside 0.1 of
/// cross-entropy.
///
/// # Shapes
/// - `student`, `teacher`: `[N, K]`
#[must_use]
pub fn response_loss(student: Tensor<2>, teacher: Tensor<2>, temperature: f64) -> Tensor<1> {
    response(student, teacher, temperature)
}
