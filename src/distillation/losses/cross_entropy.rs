//! What labels teach.

use burn::tensor::Tensor;
use burn::tensor::activation::log_softmax;

/// Mean cross-entropy of `logits` `[N, K]` with one-hot `targets` `[N, K]`: a scalar `[1]`, nats.
#[must_use]
pub fn cross_entropy(logits: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    let n = logits.dims()[0];
    (log_softmax(logits, 1) * targets).sum().neg() / n as f32
}
