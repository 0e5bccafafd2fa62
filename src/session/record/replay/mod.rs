//! A bundle computed again and compared, number by number.

pub(in crate::session) mod check_figures;
pub(in crate::session) mod checks_again;
pub(in crate::session) mod comparison;
pub(in crate::session) mod figures;
pub(in crate::session) mod map_differences;
pub(in crate::session) mod pictures;
pub(in crate::session) mod replay_report;
pub(in crate::session) mod run;
pub(in crate::session) mod summary;
pub(in crate::session) mod tolerance;
