//! Runs: a Teacher, a Student beside its Base, planned, watched on the way, kept and resumed.

pub(in crate::session) mod base_alone;
pub(in crate::session) mod learning;
pub(in crate::session) mod planning;
pub(in crate::session) mod rate;
pub(in crate::session) mod resuming;
pub(in crate::session) mod running;
pub(in crate::session) mod timeline;
pub(in crate::session) mod watch;
