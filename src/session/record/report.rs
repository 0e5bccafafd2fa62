//! The one document that a run leaves behind: the page's export and the command line's `report.json` alike.
//!
//! `docs/report-schema.json` is generated from these structs, `docs/REPORT.md` explains them.

use serde::{Deserialize, Serialize};

use crate::dataset::collect::{ErrorReport, FileReport};
use crate::distillation::{Memory, TrainingEvent};
use crate::error::Error;
use crate::scores::ScoreReport;
use crate::session::checks::report::ChecksReport;
use crate::session::data::dataset_report::DatasetReport;
use crate::session::maps::explain::ExplanationReport;
use crate::session::maps::look::ReferenceConfig;
use crate::session::networks::model::NetworkReport;
use crate::session::record::config::{FileNames, SessionConfig, WeightSource};
use crate::session::record::interruption::Interruption;
use crate::session::scores::answers::Confusion;
use crate::session::training::timeline::Timeline;
use crate::tensors::device::DeviceReport;

/// Which shell ran the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Origin {
    /// The page in a browser.
    Page {
        /// Address with every setting, which repeats the run.
        address: String,
        /// The browser's name for itself.
        user_agent: String,
    },
    /// The `unicam` program.
    CommandLine {
        /// Its arguments, the program's name left out.
        arguments: Vec<String>,
    },
}

/// What only the shell knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Circumstances {
    /// Which shell.
    pub origin: Origin,
    /// When the report was written, ISO 8601 in UTC.
    pub created_at: String,
    /// Names of the files that the run began with.
    pub files: FileNames,
}

/// The pictures of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct DataRecord {
    /// Name, size, classes and counts.
    pub summary: DatasetReport,
    /// SHA-256 over size, labels and pixels of both parts, in hexadecimal.
    pub digest: String,
    /// Files that were offered; 0 for rendered pictures.
    pub files: usize,
    /// The files that were left out, each with its reason.
    pub left_out: Vec<FileReport>,
}

/// A network of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct NetworkRecord {
    /// Where its weights come from.
    pub source: WeightSource,
    /// SHA-256 of the weight file, as it was read or as it is exported, in hexadecimal.
    pub digest: String,
    /// Shape and accuracy.
    pub summary: NetworkReport,
}

/// First weights that were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct StartRecord {
    /// Where they come from.
    pub source: WeightSource,
    /// SHA-256 of the weight file, in hexadecimal.
    pub digest: String,
}

/// How a training went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct TrainingLog {
    /// Whether it came to its end.
    pub finished: bool,
    /// Every event but the plain steps, in order: loss reports, evaluations, the end.
    pub events: Vec<TrainingEvent>,
    /// Where it was torn off and went on; none in reports from before that was possible.
    #[serde(default)]
    pub interruptions: Vec<Interruption>,
    /// How much of a step was held in memory; of a run that was torn off, after the last time.
    #[serde(default, skip_serializing_if = "Memory::is_ample")]
    pub memory: Memory,
    /// What was seen on the way, of a distillation that was watched.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Timeline | null"))]
    pub timeline: Option<Timeline>,
}

impl TrainingLog {
    /// Writes down what is worth keeping.
    pub(in crate::session) fn note(&mut self, event: &TrainingEvent) {
        match event {
            TrainingEvent::Step { .. } | TrainingEvent::Evaluating { .. } => {}
            event => {
                self.finished |= matches!(event, TrainingEvent::Finished { .. });
                self.events.push(event.clone());
            }
        }
    }
}

/// Something that did not succeed and did not end the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Failure {
    /// What was asked for, e.g. `maps of layer2`.
    pub step: String,
    /// Why it is missing.
    pub error: ErrorReport,
}

impl Failure {
    /// Notes that `step` failed.
    #[must_use]
    pub fn new(step: impl Into<String>, error: &Error) -> Self {
        Self { step: step.into(), error: ErrorReport::from(error) }
    }
}

/// Everything that a reader needs to check or repeat a run; pixels, maps and weights are named by their digests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(not(target_arch = "wasm32"), schemars(title = "UniCAM report"))]
pub struct Report {
    /// Always `unicam-report`.
    pub format: String,
    /// Version of this document's form.
    pub schema_version: u32,
    /// Version of the crate that wrote it.
    pub crate_version: String,
    /// When it was written, ISO 8601 in UTC.
    pub created_at: String,
    /// Which shell ran the session.
    pub origin: Origin,
    /// The device that made the numbers.
    pub device: DeviceReport,
    /// Devices that made a part of the numbers before the session was moved to that one, the first one first.
    #[serde(default)]
    pub former_devices: Vec<DeviceReport>,
    /// The settings as they were used; a section that was not used yet holds the planned ones, or the shipped.
    pub config: SessionConfig,
    /// The pictures.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "DataRecord | null"))]
    pub data: Option<DataRecord>,
    /// The Teacher; nothing between new pictures and its test on them.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "NetworkRecord | null"))]
    pub teacher: Option<NetworkRecord>,
    /// First weights of the Student and of the Base, where they were given.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "StartRecord | null"))]
    pub start: Option<StartRecord>,
    /// First weights of the Teacher, where it was trained further from given ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teacher_start: Option<StartRecord>,
    /// The Student.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "NetworkRecord | null"))]
    pub student: Option<NetworkRecord>,
    /// The Base.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "NetworkRecord | null"))]
    pub base: Option<NetworkRecord>,
    /// The networks between Teacher and Student, the Teacher's own pupil first; none in reports from before there were any.
    #[serde(default)]
    pub assistants: Vec<NetworkRecord>,
    /// How the Teacher was trained, where it was.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "TrainingLog | null"))]
    pub teacher_training: Option<TrainingLog>,
    /// How the Student was distilled beside its Base.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "TrainingLog | null"))]
    pub distillation: Option<TrainingLog>,
    /// The maps that were drawn last, one entry per layer, without their pixels.
    pub maps: Vec<ExplanationReport>,
    /// The batch of all these maps; in reports from before it was kept, that of the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maps_reference: Option<ReferenceConfig>,
    /// The scores that were computed last.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "ScoreReport | null"))]
    pub scores: Option<ScoreReport>,
    /// The batch of the scores; in reports from before it was kept, that of the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scores_reference: Option<ReferenceConfig>,
    /// Which classes the three networks take for which, over all test pictures, where that was asked for.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Confusion | null"))]
    pub confusion: Option<Confusion>,
    /// How far maps and scores can be trusted: the checks that were made last; none in reports from before they were kept.
    #[serde(default)]
    pub checks: ChecksReport,
    /// What did not succeed.
    pub failures: Vec<Failure>,
}

impl Report {
    /// The batch that the maps were drawn over.
    pub(in crate::session) fn batch_of_maps(&self) -> ReferenceConfig {
        self.maps_reference.unwrap_or(self.config.reference)
    }

    /// The batch that the scores were computed over.
    pub(in crate::session) fn batch_of_scores(&self) -> ReferenceConfig {
        self.scores_reference.unwrap_or(self.config.reference)
    }
}
