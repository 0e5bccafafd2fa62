//! Networks in and out of the session: weight files read, measured and written.

pub(in crate::session) mod choosing;
pub(in crate::session) mod file_reading;
pub(in crate::session) mod given_start;
pub(in crate::session) mod model;
pub(in crate::session) mod reading;
pub(in crate::session) mod role;
pub(in crate::session) mod shipped_pair;
pub(in crate::session) mod starting;
