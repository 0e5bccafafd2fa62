//! A session as bytes, so that it outlives its worker, its device and its page.

pub(in crate::session) mod container;
pub(in crate::session) mod packing;
