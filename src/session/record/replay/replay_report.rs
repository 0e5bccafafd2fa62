//! What a replay tells: how far it is, and at the end every number beside the bundle's.

use serde::{Deserialize, Serialize};

use crate::session::record::replay::comparison::{ReplayRow, RowOutcome};
use crate::session::record::replay::summary::BundleSummary;
use crate::tensors::device::DeviceReport;

/// What is to be replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct ReplayOptions {
    /// Do not train again: maps and scores of the bundle's own networks alone.
    pub networks_only: bool,
}

/// What a step was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum ReplayStage {
    /// Rendering the pictures, or comparing their digest.
    Pictures,
    /// Taking the bundle's networks and testing them.
    Networks,
    /// Distilling again.
    Training,
    /// Drawing the maps, a layer a step.
    Maps,
    /// Computing the scores.
    Scores,
    /// Making the checks again.
    Checks,
}

/// One thing that happened in a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum ReplayEvent {
    /// A step was made.
    Progress {
        /// What it was about.
        stage: ReplayStage,
        /// Steps of this stage that are done.
        done: usize,
        /// Steps of this stage in all.
        total: usize,
    },
    /// Everything is compared.
    Finished {
        /// The outcome.
        report: Box<ReplayReport>,
    },
}

/// A bundle beside its replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ReplayReport {
    /// The bundle.
    pub bundle: BundleSummary,
    /// The device of the replay.
    pub device: DeviceReport,
    /// Version of the crate that replayed it.
    pub crate_version: String,
    /// Whether the distillation was done again.
    pub retrained: bool,
    /// Numbers that agree as closely as they have to.
    pub held: usize,
    /// Numbers that do not.
    pub differing: usize,
    /// Numbers of which nothing is asked on another device.
    pub free: usize,
    /// Place of the first row that differs.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub first_difference: Option<usize>,
    /// Every number.
    pub rows: Vec<ReplayRow>,
}

impl ReplayReport {
    pub(in crate::session) fn of(
        bundle: BundleSummary,
        device: DeviceReport,
        retrained: bool,
        rows: Vec<ReplayRow>,
    ) -> Self {
        let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
        Self {
            bundle,
            device,
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            retrained,
            held: count(RowOutcome::Holds),
            differing: count(RowOutcome::Differs),
            free: count(RowOutcome::Free),
            first_difference: rows.iter().position(|row| row.outcome == RowOutcome::Differs),
            rows,
        }
    }
}
