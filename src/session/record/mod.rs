//! Settings and the document of what was done with them.

pub(in crate::session) mod bundle;
pub(in crate::session) mod config;
pub(in crate::session) mod data_set_settings;
pub(in crate::session) mod defaults;
pub(in crate::session) mod format;
pub(in crate::session) mod interruption;
pub(in crate::session) mod journal;
pub(in crate::session) mod noting;
pub(in crate::session) mod replay;
pub(in crate::session) mod report;
