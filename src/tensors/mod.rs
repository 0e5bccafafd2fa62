//! Pictures as tensors, tensors as numbers.
//!
//! Takes: bytes of pictures and the device. Gives: normalised `[N, 3, H, W]` tensors and host arrays. The only module
//! that permutes axes and the only one that waits for the device. May import: `error`, `dataset`.

pub mod device;
pub mod layout;
pub mod parts;
pub mod readback;
