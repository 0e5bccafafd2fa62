//! One visitor's work, from pictures to scores, without a word of browsers.
//!
//! The page, the native tests and every later shell drive the same [`Session`]; they convert what goes in and comes out
//! and compute nothing. May import everything above it.
//!
//! [`state`] is what a session holds. Its calls stand in rooms by the work they do, each beside what it is made of:
//! [`data`] takes pictures, [`networks`] weights, [`training`] makes networks, [`maps`] draws, [`scores`] compares,
//! [`checks`] doubts, [`record`] writes the report, [`devices`] changes the device, [`keeping`] makes bytes of it all.

mod checks;
mod data;
mod devices;
mod keeping;
mod maps;
mod networks;
mod record;
mod scores;
mod state;
mod training;

pub use checks::check_settings::CheckSettings;
pub use checks::faithfulness::{FaithfulnessConfig, FaithfulnessReport, MapFaithfulness};
pub use checks::report::{CheckedWith, ChecksReport};
pub use checks::sanity::{PassingSide, SanityCheck, SanityCheckName, SanityConfig, SanityReport};
pub use checks::spread::{Spread, SpreadConfig, SpreadProgress, SpreadReport};
pub use data::dataset_report::DatasetReport;
pub use data::part::Part;
pub use maps::explain::{ExplainConfig, ExplainedImage, Explanation, ExplanationReport, RawSize};
pub use maps::files::{Drawing, NamedBytes};
pub use maps::look::ReferenceConfig;
pub use maps::map_kind::MapKind;
pub use networks::file_reading::{BetterNormalisation, BetterOrder, FileReading, TeacherReading};
pub use networks::model::{Model, NetworkReport};
pub use networks::role::Role;
pub use networks::shipped_pair::ShippedPair;
pub use networks::starting::StartReport;
pub use record::bundle::manifest::{BUNDLE_FORMAT, BUNDLE_VERSION, BundleEntry, BundleManifest, platform};
pub use record::bundle::tables::scores_table;
pub use record::config::{DataSource, FileNames, MapsConfig, SessionConfig, WeightSource, lay_over};
pub use record::defaults::Defaults;
pub use record::format::{FORMAT, SCHEMA_VERSION};
pub use record::interruption::Interruption;
pub use record::journal::{digest_of_bytes, digest_of_data};
pub use record::replay::comparison::{ReplayRow, RowOutcome};
pub use record::replay::figures::{FigureKind, FigureValue};
pub use record::replay::replay_report::{ReplayEvent, ReplayOptions, ReplayReport, ReplayStage};
pub use record::replay::run::Replay;
pub use record::replay::summary::BundleSummary;
pub use record::replay::tolerance::{Bound, FIRST_STEPS, TOLERANCES, Tolerance, Unlike};
pub use record::report::{Circumstances, DataRecord, Failure, NetworkRecord, Origin, Report, StartRecord, TrainingLog};
pub use scores::answers::{Answers, Confusion};
pub use scores::matrices::{Matrices, MatricesConfig, MatricesReport, MatrixKind, MatrixReport};
pub use scores::score_config::ScoreConfig;
pub use scores::scoring::{ScoringEvent, ScoringStage};
pub use state::Session;
pub use training::planning::RunPlan;
pub use training::timeline::{
    MissingPoint, Timeline, TimelineConfig, TimelinePoint, TimelineScores, TimelineSettings, WatchedAnswer,
    WatchedPicture,
};
