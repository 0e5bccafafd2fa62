//! Which device the session computes on: tried, changed, prepared.

pub(in crate::session) mod moving;
pub(in crate::session) mod preparation_stage;
pub(in crate::session) mod preparing;
mod room;
pub(in crate::session) mod trial;
pub(in crate::session) mod work;
