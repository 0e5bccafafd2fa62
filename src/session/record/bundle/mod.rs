//! A run in one file, for a reviewer: what was done, with what, and what came of it.

pub(in crate::session) mod logged;
pub(in crate::session) mod manifest;
pub(in crate::session) mod reading;
pub(in crate::session) mod tables;
pub(in crate::session) mod writing;
