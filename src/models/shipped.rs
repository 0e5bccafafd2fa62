//! Weights that travel inside the crate, so that the first click needs no download.
//!
//! Both were trained by this crate: `cargo run --release --no-default-features --example scenes_models` makes them again.

/// The Teacher of the built-in Scenes: safetensors in half precision with its config in the metadata.
pub const SCENES_TEACHER: &[u8] = include_bytes!("shipped/scenes-teacher.safetensors");
/// Starting weights of the Student and its Base for the built-in Scenes.
pub const SCENES_STUDENT_START: &[u8] = include_bytes!("shipped/scenes-student-start.safetensors");
/// What each was trained with, its accuracy and its digest, as JSON; written by the same command.
pub const MANIFEST: &str = include_str!("shipped/manifest.json");
