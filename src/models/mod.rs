//! Networks whose stages can be looked at, and their weights.
//!
//! Takes: normalised pictures `[N, 3, H, W]` and weight files. Gives: a [`Trace`] of every stage and the logits.
//! May import: `error`, `seed`, `bytes`, `tensors`, `operations`.

mod alignment;
mod cifar_resnet;
mod classifier;
mod config;
mod family;
mod init;
mod layers;
mod naming;
mod network;
mod not_weights;
mod resnet;
mod segments;
pub mod shipped;
mod side_by_side;
mod strangers;
mod tiny_cnn;
mod vgg;
mod walk;
mod weight_file;
mod weights;
mod wrapping;

pub use alignment::{aligned_stages, counterpart};
pub use cifar_resnet::{CifarResNet, CifarResNetConfig};
pub use config::{Architecture, NetworkConfig};
pub use init::kaiming;
pub(crate) use init::normal;
pub(crate) use layers::{Activation, normalised};
pub use network::Network;
pub use resnet::{ResNet, ResNetConfig};
pub use segments::{RunningStatistics, Segment};
pub use side_by_side::for_each;
pub use tiny_cnn::{TinyCnn, TinyCnnConfig};
pub use vgg::{Vgg, VggConfig};
pub use walk::{LayerShape, NetworkShape, SegmentShape};
pub use weight_file::WeightFile;
pub use weights::{HostTensor, Weights};

use burn::tensor::Tensor;

use crate::tensors::parts::joined;

/// What one forward pass leaves behind.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Output of each stage, shallowest first: `[N, C, H, W]`; empty where answers alone were asked for.
    pub stages: Vec<Tensor<4>>,
    /// The same before the ReLU that ends each stage; empty unless it was asked for.
    pub before_relu: Vec<Tensor<4>>,
    /// Class scores before the softmax, `[N, K]`.
    pub logits: Tensor<2>,
}

impl Trace {
    /// One without stages.
    #[must_use]
    pub fn of_answers(logits: Tensor<2>) -> Self {
        Self { stages: Vec::new(), before_relu: Vec::new(), logits }
    }

    /// Of batches that went through one network one after the other: as if they had been one.
    ///
    /// # Panics
    /// Without a batch.
    #[must_use]
    pub fn joined(mut parts: Vec<Self>) -> Self {
        let stack = |of: fn(&mut Self) -> &mut Vec<Tensor<4>>, parts: &mut [Self]| -> Vec<Tensor<4>> {
            let mut columns: Vec<_> = parts.iter_mut().map(|part| std::mem::take(of(part)).into_iter()).collect();
            let count = columns[0].len();
            (0..count).map(|_| joined(columns.iter_mut().filter_map(Iterator::next).collect())).collect()
        };
        let stages = stack(|part| &mut part.stages, &mut parts);
        let before_relu = stack(|part| &mut part.before_relu, &mut parts);
        Self { stages, before_relu, logits: joined(parts.into_iter().map(|part| part.logits).collect()) }
    }
}
