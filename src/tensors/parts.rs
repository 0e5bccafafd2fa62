//! Parts of a batch that were computed one after the other.

use burn::tensor::Tensor;

/// The parts as if they had been one, along the first axis. A single one is not copied.
///
/// # Panics
/// Without a part.
#[must_use]
pub fn joined<const D: usize>(mut parts: Vec<Tensor<D>>) -> Tensor<D> {
    if parts.len() == 1 { parts.swap_remove(0) } else { Tensor::cat(parts, 0) }
}
