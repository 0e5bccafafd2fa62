//! One run as settings: what the page, the command line and a JSON file share.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::attribution::{ClassMethod, Objective};
use crate::dataset::collect::ImagesConfig;
use crate::dataset::normalisation::Normalisation;
use crate::dataset::scenes::ScenesConfig;
use crate::distillation::{DistillationConfig, TeacherTrainingConfig};
use crate::error::{Error, Result};
use crate::scores::ScoreSettings;
use crate::session::checks::check_settings::CheckSettings;
use crate::session::maps::look::ReferenceConfig;
use crate::session::networks::file_reading::TeacherReading;
use crate::session::record::data_set_settings::DataSetSettings;
use crate::session::record::defaults::Defaults;
use crate::session::record::format::FORMAT;
use crate::session::scores::score_config::ScoreConfig;
use crate::session::training::timeline::{TimelineConfig, TimelineSettings};

/// Where the pictures come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum DataSource {
    /// Rendered by the crate.
    #[default]
    Scenes,
    /// The user's own.
    Images,
}

/// Where a network's weights come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum WeightSource {
    /// The file that comes with the crate.
    Shipped,
    /// A file of the user's.
    File,
    /// Trained in this session.
    Trained,
}

/// Which maps a run draws.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct MapsConfig {
    /// Stages, counted from 1; all of them when empty.
    pub layers: Vec<usize>,
    /// Scalar that UniCAM explains.
    pub objective: Objective,
    /// How the class maps of Teacher, Student and Base are made.
    pub class_method: ClassMethod,
}

/// Names of the files that a run began with. A shell opens them; the session only writes them down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct FileNames {
    /// Folders, archives or pictures that the data were collected from.
    pub data: Vec<String>,
    /// The Teacher's weights.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "string | null"))]
    pub teacher: Option<String>,
    /// First weights of the Student and of the Base.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "string | null"))]
    pub start: Option<String>,
    /// Checkpoint that a Teacher's training goes on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teacher_start: Option<String>,
}

/// Everything that makes a run repeatable, given the same files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct SessionConfig {
    /// Which pictures; the section of the other source is not read.
    pub data_source: DataSource,
    /// The built-in pictures.
    pub scenes: ScenesConfig,
    /// The user's own pictures.
    pub images: ImagesConfig,
    /// Where the Teacher comes from. Nothing: the named file, else training where the checkpoint of one is named, else the
    /// shipped one on the Scenes, else training. The shipped one of CIFAR-10 is taken when it is named.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "WeightSource | null"))]
    pub teacher_source: Option<WeightSource>,
    /// How a Teacher's file is read.
    #[serde(default)]
    pub teacher_reading: TeacherReading,
    /// How networks see the pictures: what the Teacher was trained with.
    #[serde(default)]
    pub normalisation: Normalisation,
    /// Training of a Teacher.
    pub teacher: TeacherTrainingConfig,
    /// Distillation of the Student.
    pub distillation: DistillationConfig,
    /// The batch that maps and scores belong to.
    pub reference: ReferenceConfig,
    /// The maps to draw.
    pub maps: MapsConfig,
    /// What of the distillation is watched.
    #[serde(default)]
    pub timeline: TimelineSettings,
    /// How the scores are computed.
    pub scores: ScoreSettings,
    /// How maps and scores are put to the test.
    #[serde(default)]
    pub checks: CheckSettings,
    /// The files to begin with.
    pub files: FileNames,
}

impl Default for SessionConfig {
    fn default() -> Self {
        let Defaults { scenes, images, teacher, distillation, reference, timeline } = Defaults::default();
        Self {
            data_source: DataSource::Scenes,
            scenes,
            images,
            teacher_source: None,
            teacher_reading: TeacherReading::default(),
            normalisation: Normalisation::default(),
            teacher,
            distillation,
            reference,
            maps: MapsConfig::default(),
            timeline,
            scores: ScoreSettings::default(),
            checks: CheckSettings::default(),
            files: FileNames::default(),
        }
    }
}

impl SessionConfig {
    /// The shipped settings with everything that `changes` names put in their place.
    ///
    /// Where `changes` name a known data set, as `images.dataSet`, the settings that go with it are laid over the shipped ones
    /// first. Objects are laid over each other key by key; lists, and objects that name another `kind` or `family`, are replaced as a whole.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] when a field is unknown or of another type. Ranges are checked by
    /// [`validate`](Self::validate), and again where they are used.
    pub fn with(changes: &Value) -> Result<Self> {
        let mut settings = serde_json::to_value(Self::default()).map_err(unreadable)?;
        if let Some(name) = changes.pointer("/images/dataSet").filter(|name| !name.is_null()) {
            let name = serde_json::from_value(name.clone())
                .map_err(|error| Error::config("images.dataSet", error.to_string()))?;
            lay_over(&mut settings, &DataSetSettings::of(name).changes());
            // A Teacher from a file, or trained further from one, unless it is said otherwise.
            let named = |place| changes.pointer(place).is_some_and(Value::is_string);
            if named("/files/teacher") || named("/files/teacherStart") {
                lay_over(&mut settings, &serde_json::json!({ "teacherSource": null }));
            }
        }
        lay_over(&mut settings, changes);
        serde_json::from_value(settings).map_err(unreadable)
    }

    /// The settings of a document: of a file of settings as [`with`](Self::with) takes it, or of a whole report, whose run can
    /// then be repeated.
    ///
    /// # Errors
    /// As [`with`](Self::with).
    pub fn of_document(document: &Value) -> Result<Self> {
        let is_report = document.get("format").and_then(Value::as_str) == Some(FORMAT);
        Self::with(if is_report { document.get("config").unwrap_or(&Value::Null) } else { document })
    }

    /// What of the distillation is watched, with the batch and the objective of the maps.
    #[must_use]
    pub fn timeline_config(&self) -> TimelineConfig {
        TimelineConfig { settings: self.timeline, reference: self.reference, objective: self.maps.objective }
    }

    /// Checks every rule that needs neither pictures nor weights, so that a long run does not end at a slip of the pen. The
    /// pictures of the other source, and a Teacher's training where none is trained, are left alone.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        match self.data_source {
            DataSource::Scenes => self.scenes.validate()?,
            DataSource::Images => self.images.validate()?,
        }
        self.normalisation.validate()?;
        if self.teacher_source == Some(WeightSource::Trained) {
            self.teacher.network.validate()?;
            self.teacher.optimiser.validate()?;
        }
        self.distillation.validate()?;
        self.timeline.validate()?;
        ScoreConfig::with(self.reference, self.scores.clone()).validate()?;
        self.checks.validate()
    }
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::config("config", error.to_string())
}

/// Keys that say which other fields an object has.
const TAGS: [&str; 2] = ["kind", "family"];

/// Puts `changes` over `settings`.
pub fn lay_over(settings: &mut Value, changes: &Value) {
    match (settings, changes) {
        (Value::Object(settings), Value::Object(changes)) => {
            let differs =
                |tag: &&str| settings.get(*tag).zip(changes.get(*tag)).is_some_and(|(is, wanted)| is != wanted);
            if TAGS.iter().any(differs) {
                settings.clone_from(changes);
                return;
            }
            for (key, change) in changes {
                lay_over(settings.entry(key.clone()).or_insert(Value::Null), change);
            }
        }
        (settings, changes) => settings.clone_from(changes),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dataset::known::DataSetName;

    #[test]
    fn what_is_not_named_stays_as_shipped() {
        let config =
            SessionConfig::with(&json!({ "distillation": { "optimiser": { "steps": 7 } }, "dataSource": "images" }))
                .expect("known fields");
        let mut expected = SessionConfig { data_source: DataSource::Images, ..SessionConfig::default() };
        expected.distillation.optimiser.steps = 7;
        assert_eq!(config, expected);
        assert_eq!(SessionConfig::with(&json!({})).expect("empty"), SessionConfig::default());
    }

    #[test]
    fn a_known_data_set_brings_its_settings_and_whatever_else_is_named_stands() {
        let read = |changes: Value| SessionConfig::with(&changes);
        let config = read(json!({ "images": { "dataSet": "cats-and-dogs", "size": 48 } })).expect("known");
        let settings = DataSetSettings::of(DataSetName::CatsAndDogs);
        assert_eq!(config.images, ImagesConfig { size: 48, ..settings.images });
        assert_eq!((config.data_source, config.distillation), (DataSource::Images, settings.distillation));
        let complete = serde_json::to_value(SessionConfig::default()).expect("plain data");
        assert_eq!(read(complete), Ok(SessionConfig::default()));
        let error = read(json!({ "images": { "dataSet": "cats" } })).expect_err("no such data set");
        assert!(error.to_string().contains("cats-and-dogs"), "{error}");
        let own = read(json!({ "images": { "dataSet": "cifar10" }, "files": { "teacher": "t.th" } })).expect("known");
        assert_eq!(own.teacher_source, None, "the named file");
    }

    #[test]
    fn a_report_gives_the_settings_of_its_run() {
        let mut config = SessionConfig::default();
        config.timeline.every = 7;
        config.distillation.optimiser.steps = 9;
        let report = json!({ "format": FORMAT, "schemaVersion": 2, "config": config });
        assert_eq!(SessionConfig::of_document(&report), Ok(config));
        let changes = json!({ "timeline": { "every": 3 } });
        assert_eq!(SessionConfig::of_document(&changes), SessionConfig::with(&changes));
    }

    #[test]
    fn lists_and_other_kinds_are_replaced_whole() {
        let mut settings =
            json!({ "network": { "family": "a", "width": 8 }, "list": [1, 2], "same": { "kind": "b", "x": 1 } });
        lay_over(&mut settings, &json!({ "network": { "family": "c" }, "list": [3], "same": { "kind": "b", "y": 2 } }));
        assert_eq!(
            settings,
            json!({ "network": { "family": "c" }, "list": [3], "same": { "kind": "b", "x": 1, "y": 2 } })
        );
    }

    #[test]
    fn unknown_fields_are_refused_by_name() {
        let error = SessionConfig::with(&json!({ "distillation": { "stepps": 7 } })).expect_err("a slip of the pen");
        assert!(error.to_string().contains("stepps"), "{error}");
        assert_eq!(error.code(), "invalid-config");
    }

    #[test]
    fn every_section_in_use_is_checked() {
        assert_eq!(SessionConfig::default().validate(), Ok(()));
        let broken = [
            (json!({ "scenes": { "size": 1 } }), "size"),
            (json!({ "dataSource": "images", "images": { "testShare": 0.9 } }), "testShare"),
            (json!({ "teacherSource": "trained", "teacher": { "optimiser": { "learningRate": 0 } } }), "learningRate"),
            (json!({ "distillation": { "optimiser": { "batchSize": 1 } } }), "batchSize"),
            (json!({ "reference": { "images": 3 } }), "images"),
            (json!({ "scores": { "uncertainty": { "level": 1 } } }), "uncertainty.level"),
            (json!({ "checks": { "keep": 1 } }), "keep"),
            (
                json!({ "normalisation": { "own": { "mean": [2, 0, 0], "deviation": [1, 1, 1] } } }),
                "normalisation.mean",
            ),
        ];
        for (changes, named) in broken {
            let error = SessionConfig::with(&changes).expect("known fields").validate().expect_err(named);
            assert!(error.to_string().starts_with(&format!("Setting \"{named}\": ")), "{error}");
        }
        // What is not used is not checked.
        let unused = json!({ "images": { "testShare": 0.9 }, "teacher": { "optimiser": { "learningRate": 0 } } });
        assert_eq!(SessionConfig::with(&unused).expect("known fields").validate(), Ok(()));
    }

    #[test]
    fn settings_from_before_the_checks_are_still_read() {
        let mut settings = serde_json::to_value(SessionConfig::default()).expect("plain data");
        settings.as_object_mut().expect("an object").remove("checks");
        let read: SessionConfig = serde_json::from_value(settings).expect("every older field is there");
        assert_eq!(read, SessionConfig::default());
    }

    #[test]
    fn it_reads_what_it_writes() {
        let config = SessionConfig::default();
        let text = serde_json::to_string(&config).expect("plain data");
        let read: SessionConfig = serde_json::from_str(&text).expect("its own text");
        assert_eq!(read, config);
    }
}
