//! Runs: a Teacher from random weights, a Student beside its Base, watched on the way, kept and resumed.

pub(in crate::session) mod learning;
pub(in crate::session) mod resuming;
pub(in crate::session) mod running;
pub(in crate::session) mod timeline;
pub(in crate::session) mod watch;
