//! What networks are made of, one operation a folder: a formula, a way for the CPU, kernels for GPUs, a gradient.
//!
//! Burn's own operations come first; those here are the ones that a training step spends its time in. Each is a trait
//! whose default bodies are Burn's operations, which other backends keep; the CPU backend and the GPU backends have their
//! own, and on an autodiff device the gradient is the one that is written beside the formula. May import: `error`,
//! `dataset`, `tensors`.

pub mod channel_sum;
pub mod columns;
pub mod convolution;
pub mod cross_entropy;
pub mod descent;
pub mod distances;
pub mod flat;
pub mod global_mean;
pub mod linear;
pub mod normalisation;
pub mod response;
pub mod shortcut;

#[cfg(any(feature = "webgpu", feature = "cuda"))]
mod gpu;
mod host;
