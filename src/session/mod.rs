//! One visitor's work, from pictures to scores, without a word of browsers.
//!
//! The page, the native tests and every later shell drive the same [`Session`]; they convert what goes in and comes out
//! and compute nothing. May import everything above it.
//!
//! The session's calls stand by idea: [`data`] takes pictures, [`networks`] weights, [`training`] makes networks (and
//! [`resume`] goes on with a run), [`looking`] draws, checks and scores, [`noting`] writes the report, [`moving`] changes
//! the device. [`watch`] looks on while Student and Base learn, [`timeline`] is what it saw.

mod answers;
mod check_settings;
mod checks;
mod config;
mod data;
mod defaults;
mod explain;
mod faithfulness;
mod journal;
mod layer_look;
mod look;
mod looking;
mod map_kind;
mod matrices;
mod model;
mod moving;
mod networks;
mod noting;
mod part;
mod pass;
mod preparation;
mod prototypes;
mod reading;
mod relevant_pixels;
mod report;
mod resume;
mod role;
mod sanity;
mod scoring;
mod spread;
mod timeline;
mod training;
mod trial;
mod watch;

pub use answers::{Answers, Confusion};
pub use check_settings::CheckSettings;
pub use checks::ChecksReport;
pub use config::{DataSource, FileNames, MapsConfig, SessionConfig, WeightSource, lay_over};
pub use data::DatasetReport;
pub use defaults::Defaults;
pub use explain::{ExplainConfig, ExplainedImage, Explanation, ExplanationReport, RawSize};
pub use faithfulness::{FaithfulnessConfig, FaithfulnessReport, MapFaithfulness};
pub use journal::{digest_of_bytes, digest_of_data};
pub use look::ReferenceConfig;
pub use map_kind::MapKind;
pub use matrices::{Matrices, MatricesConfig, MatricesReport, MatrixKind, MatrixReport};
pub use model::{Model, NetworkReport};
pub use networks::ShippedPair;
pub use part::Part;
pub use reading::{BetterNormalisation, BetterOrder, FileReading, TeacherReading};
pub use report::{
    Circumstances, DataRecord, FORMAT, Failure, NetworkRecord, Origin, Report, SCHEMA_VERSION, StartRecord, TrainingLog,
};
pub use role::Role;
pub use sanity::{PassingSide, SanityCheck, SanityCheckName, SanityConfig, SanityReport};
pub use scoring::{ScoreConfig, ScoringEvent, ScoringStage};
pub use spread::{Spread, SpreadConfig, SpreadProgress, SpreadReport};
pub use timeline::{
    MissingPoint, Timeline, TimelineConfig, TimelinePoint, TimelineScores, TimelineSettings, WatchedAnswer,
    WatchedPicture,
};

use burn::tensor::Device;

use journal::{Files, Journal};
use preparation::Preparation;
use scoring::ScoringRun;
use spread::SpreadRun;
use training::Running;
use trial::Trial;

use crate::dataset::Dataset;
use crate::dataset::collect::{Collector, ImagesConfig};
use crate::dataset::normalisation::Normalisation;
use crate::dataset::scenes::ScenesConfig;
use crate::error::{Error, Result};
use crate::models::Weights;
use crate::tensors::device::{DeviceChoice, DeviceKind, DeviceReport, open};

/// The pictures, the three networks and the run under way.
pub struct Session {
    device: Device,
    device_report: DeviceReport,
    collector: Option<(Collector, ImagesConfig, Files)>,
    data: Option<Dataset>,
    scenes: Option<ScenesConfig>,
    normalisation: Normalisation,
    teacher: Option<Model>,
    start: Option<Weights>,
    student: Option<Model>,
    base: Option<Model>,
    assistants: Vec<Model>,
    running: Option<Running>,
    /// The last point of a timeline, until a shell takes it.
    point: Option<TimelinePoint>,
    journal: Journal,
    scoring: Option<ScoringRun>,
    spread: Option<SpreadRun>,
    trial: Option<Trial>,
    preparation: Option<Box<Preparation>>,
    /// Devices whose kernels are compiled.
    prepared: Vec<DeviceKind>,
}

impl Session {
    /// Opens the device. `Auto` tries both, which takes some seconds where WebGPU has kernels to compile, and takes the
    /// quicker one; a shell that cannot wait begins on the CPU, then pulls [`advance_trial`](Self::advance_trial) and
    /// [moves](Self::move_to).
    ///
    /// # Errors
    /// [`Error::NoWebGpu`] when WebGPU is demanded and not to be had.
    pub async fn create(choice: DeviceChoice) -> Result<Self> {
        let first = if choice == DeviceChoice::Auto { DeviceChoice::Cpu } else { choice };
        let (device, device_report) = open(first).await?;
        let mut session = Self::on(device, device_report);
        if choice == DeviceChoice::Auto {
            session.move_to(choice).await?;
        }
        Ok(session)
    }

    /// A session on a device that is open already.
    #[must_use]
    pub fn on(device: Device, device_report: DeviceReport) -> Self {
        Self {
            device,
            device_report,
            collector: None,
            data: None,
            scenes: None,
            normalisation: Normalisation::default(),
            teacher: None,
            start: None,
            student: None,
            base: None,
            assistants: Vec::new(),
            running: None,
            point: None,
            scoring: None,
            spread: None,
            trial: None,
            preparation: None,
            prepared: Vec::new(),
            journal: Journal::default(),
        }
    }

    /// The device that makes the numbers.
    #[must_use]
    pub fn device(&self) -> &DeviceReport {
        &self.device_report
    }
}

fn not_ready(needed: &str) -> Error {
    Error::NotReady { needed: needed.to_owned() }
}
