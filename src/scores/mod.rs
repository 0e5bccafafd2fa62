//! FSS and RS: how alike two models' features are, and how much features tell of the labels; and how sure that is.
//!
//! Takes: distances between the images of a batch in the features of Teacher, Student and Base, and label embeddings.
//! Gives: a [`ScoreReport`]. Everything is computed from a layer's [`Gram`], some twenty inner products, which come
//! either from distances held whole ([`LayerDistances`]) or from blocks of them ([`Stream`]). May import: `error`, `seed`,
//! `attribution`.

mod config;
mod contribution;
mod evidence;
mod fss;
mod gram;
mod labels;
mod layer;
mod layer_evidence;
mod named;
mod report;
mod resample;
mod rs;
mod stream;
mod t_test;
mod values;

pub use config::{LabelEmbedding, LabelKind, Pixels, ScoreSettings, UncertaintyConfig};
pub use contribution::contributions;
pub use evidence::{Comparison, Evidence, Interval, Null, Verdict};
pub use fss::Similarity;
pub use gram::Gram;
pub use labels::ClassDistances;
pub use layer::{LayerDistances, ModelDistances, Widths};
pub use layer_evidence::{LayerEvidence, PartialEvidence, SimilarityEvidence};
pub use named::NamedScore;
pub use report::{Dimensions, LayerFailure, LayerOutcome, LayerScores, ScoreReport, ScoreWarning};
pub use resample::Resampling;
pub use rs::PartialRelevance;
pub use stream::{Block, Stream};
pub use t_test::{TTest, t_test};
pub use values::Values;
