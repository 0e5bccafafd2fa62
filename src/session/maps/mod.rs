//! What the networks look at.

pub(in crate::session) mod capacity;
pub(in crate::session) mod drawing;
pub(in crate::session) mod explain;
pub(in crate::session) mod files;
pub(in crate::session) mod layer_look;
pub(in crate::session) mod look;
pub(in crate::session) mod map_kind;
