//! What the networks share: scores, distances, answers.

pub(in crate::session) mod answers;
pub(in crate::session) mod judging;
pub(in crate::session) mod matrices;
pub(in crate::session) mod pass;
pub(in crate::session) mod prototypes;
pub(in crate::session) mod relevant_pixels;
pub(in crate::session) mod rows;
pub(in crate::session) mod score_config;
pub(in crate::session) mod scoring;
