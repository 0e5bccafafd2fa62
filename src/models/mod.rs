//! Networks whose stages can be looked at, and their weights.
//!
//! Takes: normalised pictures `[N, 3, H, W]` and weight files. Gives: a [`Trace`] of every stage and the logits.
//! May import: `error`, `seed`, `tensors`.

mod init;
mod resnet;
pub mod shipped;
mod weights;

pub use init::kaiming;
pub(crate) use init::normal;
pub use resnet::{ResNet, ResNetConfig};
pub use weights::{HostTensor, Weights};

use burn::tensor::Tensor;

/// What one forward pass leaves behind.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Output of each stage, shallowest first: `[N, C, H, W]`.
    pub stages: Vec<Tensor<4>>,
    /// Class scores before the softmax, `[N, K]`.
    pub logits: Tensor<2>,
}
