//! Cross-entropy and the response loss of knowledge distillation.

use burn::tensor::Tensor;
use burn::tensor::activation::{log_softmax, softmax};

/// Mean cross-entropy of `logits` `[N, K]` with one-hot `targets` `[N, K]`: a scalar `[1]`.
#[must_use]
pub fn cross_entropy(logits: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    let n = logits.dims()[0];
    (log_softmax(logits, 1) * targets).sum().neg() / n as f32
}

/// `T^2 * KL(softmax(teacher / T) || softmax(student / T))`, mean over the batch: a scalar `[1]`.
///
/// Source: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015, section 2. The factor `T^2`
/// keeps the size of the gradient independent of the temperature. `teacher` carries no gradient.
///
/// # Shapes
/// - `student`, `teacher`: `[N, K]`
#[must_use]
pub fn distillation_loss(student: Tensor<2>, teacher: Tensor<2>, temperature: f64) -> Tensor<1> {
    let n = student.dims()[0];
    let teacher = teacher / temperature;
    let soft_targets = softmax(teacher.clone(), 1);
    let difference = log_softmax(teacher, 1) - log_softmax(student / temperature, 1);
    (soft_targets * difference).sum() * (temperature * temperature / n as f64)
}
