//! A run under way and what becomes of it.

use std::cell::OnceCell;

use crate::dataset::Dataset;
use crate::distillation::{PlannedStep, Provenance, RunConfig, TrainingRun};
use crate::models::NetworkConfig;
use crate::session::networks::given_start::GivenStart;
use crate::session::record::report::TrainingLog;
use crate::session::training::watch::Watch;
use crate::tensors::device::DeviceReport;

/// What a resumed run was when it was kept.
pub(in crate::session) struct Resumed {
    /// Device that it ran on.
    pub device: DeviceReport,
    /// See [`TrainingRun::trial_answers`].
    pub trial: Vec<f32>,
}

/// A run under way and what becomes of it.
pub(in crate::session) struct Running {
    pub run: TrainingRun,
    pub network: NetworkConfig,
    pub config: RunConfig,
    /// The steps of each of its links.
    pub steps: Vec<PlannedStep>,
    /// How many reports it has given.
    pub reports: usize,
    /// Pictures of its own: the Teacher of the Scenes learns from backgrounds that tell nothing.
    pub data: Option<Dataset>,
    /// The first weights, where it began with given ones.
    pub start: Option<GivenStart>,
    pub log: TrainingLog,
    /// Digests of what it works on, once they were asked for: pixels are many, and checkpoints come every few seconds.
    pub provenance: OnceCell<Provenance>,
    /// Where it comes from, if it was resumed.
    pub resumed: Option<Resumed>,
    /// Looks on, where the run is watched.
    pub watch: Option<Watch>,
}
