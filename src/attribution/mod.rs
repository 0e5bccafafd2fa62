//! What one model's features have that another's have not, and where in the picture it lies.
//!
//! Takes: stage outputs `[N, C, H, W]` of two models over one batch, and label embeddings. Gives: distance matrices,
//! UniCAM and Grad-CAM maps. Distances, gradients and maps are computed on the device; the n x n algebra between them
//! runs on the host in f64. Knows nothing of who trained what. May import: `error`, `seed`, `dataset`,
//! `tensors`, `models`.

pub mod distance;
mod grad_cam;
mod heatmap;
mod measure;
pub mod road;
mod unicam;

pub use distance::{Centred, DistanceMatrix};
pub use grad_cam::grad_cam;
pub use heatmap::{Heatmap, Strength, resize_bilinear, scale};
pub use measure::{Features, distances, measure};
pub use unicam::{Objective, UniCam, channel_weights, objective_gradient, weighted_maps};
