//! Distil a Student under a Teacher, and see what was transferred.
//!
//! One way through the crate, each module importing only from those before it:
//!
//! ```text
//! error, seed -> bytes -> dataset -> tensors -> operations -> models -> distillation
//! -> attribution -> scores -> session -> wasm
//! ```
//!
//! The method is that of Adhane, Dehshibi, Vetter, Masip, Roig, "On Explaining Knowledge Distillation: Measuring and
//! Visualising the Knowledge Transfer Process", WACV 2025, arXiv 2412.13943.

pub mod attribution;
pub mod bytes;
pub mod dataset;
pub mod distillation;
pub mod error;
pub mod models;
pub mod operations;
pub mod scores;
pub mod seed;
pub mod session;
pub mod tensors;
#[cfg(target_arch = "wasm32")]
pub mod wasm;

pub use error::{Error, Result};
