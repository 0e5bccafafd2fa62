//! Pictures into the session.

pub(in crate::session) mod dataset_report;
pub(in crate::session) mod part;
pub(in crate::session) mod taking;
