//! Whether maps can be trusted.

pub(in crate::session) mod check_settings;
pub(in crate::session) mod checking;
pub(in crate::session) mod faithfulness;
pub(in crate::session) mod report;
pub(in crate::session) mod sanity;
pub(in crate::session) mod spread;
