//! A run under way and what becomes of it.

use crate::dataset::Dataset;
use crate::distillation::{RunConfig, TrainingRun};
use crate::models::NetworkConfig;
use crate::session::record::report::TrainingLog;
use crate::session::training::watch::Watch;

/// A run under way and what becomes of it.
pub(in crate::session) struct Running {
    pub run: TrainingRun,
    pub network: NetworkConfig,
    pub config: RunConfig,
    /// Pictures of its own: the Teacher of the Scenes learns from backgrounds that tell nothing.
    pub data: Option<Dataset>,
    pub log: TrainingLog,
    /// Looks on, where the run is watched.
    pub watch: Option<Watch>,
}
