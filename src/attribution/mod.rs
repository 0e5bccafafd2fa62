//! What one model's features have that another's have not, and where in the picture it lies.
//!
//! Takes: stage outputs `[N, C, H, W]` of two models over one batch, and label embeddings. Gives: distance matrices,
//! UniCAM maps and the class maps they are compared with. Distances, gradients and maps are computed on the device; the n x n algebra between them
//! runs on the host in f64. Knows nothing of who trained what. May import: `error`, `seed`, `dataset`,
//! `tensors`, `operations`, `models`.

mod class_map;
mod confidence;
pub mod distance;
mod estimate;
mod faithfulness;
mod heatmap;
mod measure;
mod place;
mod pointing;
pub mod road;
pub mod stability;
mod unicam;

pub use class_map::{ClassEvidence, ClassMethod};
pub use confidence::{confidences, named_classes};
pub use distance::{Centred, DistanceMatrix};
pub use estimate::{Estimate, Summary};
pub use faithfulness::{Faithfulness, PictureConfidences};
pub use heatmap::{Heatmap, Strength, resize_bilinear, scale};
pub use measure::{Features, distances, distances_between, distances_by_products, lengths, measure};
pub use place::{Ninth, Place, cell_means};
pub use pointing::{MeanShare, PointingGame};
pub use unicam::{Objective, UniCam, channel_weights, objective_gradient, weighted_sums};
