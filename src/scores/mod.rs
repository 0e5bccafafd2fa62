//! FSS and RS: how alike two models' features are, and how much features tell of the labels.
//!
//! Takes: measured features of Teacher, Student and Base over one batch. Gives: a [`ScoreReport`].
//! May import: `error`, `attribution`.

mod fss;
mod report;
mod rs;

pub use fss::{Similarity, feature_similarity};
pub use report::{LayerFailure, LayerOutcome, LayerScores, ScoreReport, layer_scores};
pub use rs::{PartialRelevance, partial_relevance, relevance};
