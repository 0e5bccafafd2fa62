//! First weights that were given, for a training to begin with.

use std::sync::Arc;

use crate::models::Weights;
use crate::session::record::config::WeightSource;
use crate::session::record::journal::digest_of_bytes;
use crate::session::record::report::StartRecord;

/// First weights with what the report says of them, as one: others may be given while a run goes on, and after it. Copies
/// share the weights.
#[derive(Debug, Clone)]
pub(in crate::session) struct GivenStart {
    pub weights: Arc<Weights>,
    pub record: StartRecord,
}

impl GivenStart {
    /// Those that were read from this file.
    pub fn new(weights: Weights, source: WeightSource, file: &[u8]) -> Self {
        Self { weights: Arc::new(weights), record: StartRecord { source, digest: digest_of_bytes(file) } }
    }
}
