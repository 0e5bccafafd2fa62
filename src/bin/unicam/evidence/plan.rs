//! Which runs the evidence stands on.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use unicam::distillation::Start;
use unicam::session::{DataSource, Role, SessionConfig, WeightSource, lay_over};

use crate::failure::{Failure, Outcome};
use crate::folder::Folder;

/// The plan that the program was built with.
const PUBLISHED: &str = include_str!("../../../../docs/evidence/plan.json");

/// Where the pictures of the Scenes begin to be counted: away from those that the shipped weights were trained on.
const SCENES_SEEDS: u64 = 1000;

/// How often a Base alone is tested after its start.
const TESTS: usize = 4;

/// Folder of a run's weights and checkpoints.
pub(super) fn work_of(work: &Path, key: &str, seed: u64) -> PathBuf {
    work.join(format!("{key}-{seed}"))
}

/// The runs, and which of them belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// Seeds of every study that has none of its own: of the pictures (of their split, for photographs), starts, order,
    /// augmentation and reference batch.
    pub seeds: Vec<u64>,
    /// The studies, in the order of the document.
    pub studies: Vec<Study>,
    /// Which of them tell of the gap between Teacher and Student.
    #[serde(default)]
    pub gaps: Vec<Gap>,
    /// Which of them tell of few labels.
    #[serde(default)]
    pub few_labels: Vec<FewLabels>,
    /// Studies of one recipe that differ in how long they train, the shortest first.
    #[serde(default)]
    pub lengths: Vec<Vec<String>>,
    /// Bases that are trained again by themselves, and longer: whether they have stopped improving is asked of them alone.
    #[serde(default)]
    pub longer_bases: Vec<LongerBase>,
}

/// One data set and recipe, run once a seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Study {
    /// Name of its records.
    pub key: String,
    /// Name for people.
    pub title: String,
    /// A shorter name, where there is one, for sentences.
    #[serde(default)]
    pub short: Option<String>,
    /// File of pictures in the data folder; the built-in Scenes when none is named.
    #[serde(default)]
    pub archive: Option<String>,
    /// File of the Teacher's weights in the data folder. When none is named the Scenes have the shipped one, and for other
    /// pictures one is trained.
    #[serde(default)]
    pub teacher: Option<String>,
    /// Study whose Teacher, trained under the same seed, is this one's too: it stands before this one in the plan.
    #[serde(default)]
    pub teacher_from: Option<String>,
    /// Seeds of its own, in place of the plan's.
    #[serde(default)]
    pub seeds: Option<Vec<u64>>,
    /// What differs from the shipped settings.
    #[serde(default)]
    pub settings: Value,
}

/// Three studies of one Student: under a Teacher near its size, under one far above it, and with an assistant between.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Gap {
    pub narrow: String,
    pub wide: String,
    pub assistant: String,
}

/// Two studies of one recipe: with few of the labelled pictures and with all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FewLabels {
    pub few: String,
    pub all: String,
}

/// The Base of a study, seed by seed, with more steps and without a Student.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LongerBase {
    /// The study.
    pub study: String,
    /// Steps in place of the study's.
    pub steps: usize,
    /// Seeds, where they are not all of the study's.
    #[serde(default)]
    pub seeds: Option<Vec<u64>>,
}

impl LongerBase {
    /// Name of its records, and for `--only`.
    pub fn key(&self) -> String {
        format!("{}-base-{}", self.study, self.steps)
    }

    /// The seeds that it is run with.
    pub fn seeds<'a>(&'a self, plan: &'a Plan, study: &'a Study) -> &'a [u64] {
        self.seeds.as_deref().unwrap_or_else(|| plan.seeds_of(study))
    }

    /// The study's settings with these steps, tested on the way as often.
    pub fn config(&self, study: &Study, seed: u64) -> Outcome<SessionConfig> {
        let mut config = study.config(seed)?;
        self.lengthen(&mut config);
        Ok(config)
    }

    /// These steps in place of the study's.
    pub fn lengthen(&self, config: &mut SessionConfig) {
        config.distillation.optimiser.steps = self.steps;
        config.distillation.optimiser.evaluate_every = self.steps.div_ceil(TESTS);
    }
}

impl Plan {
    /// The one that the program was built with.
    pub fn published() -> Outcome<Self> {
        Self::read(PUBLISHED)
    }

    /// Whether it is that one.
    pub fn is_published(&self) -> bool {
        Self::published().is_ok_and(|published| published == *self)
    }

    /// The plan in `text`.
    pub fn read(text: &str) -> Outcome<Self> {
        serde_json::from_str(text).map_err(|error| Failure::Usage(format!("The plan cannot be used: {error}.")))
    }

    /// A study of it.
    ///
    /// # Errors
    /// Where the plan has none of this key.
    pub fn study(&self, key: &str) -> Outcome<&Study> {
        let found = self.studies.iter().find(|study| study.key == key);
        found.ok_or_else(|| Failure::Usage(format!("The plan names {key} and has no such study.")))
    }

    /// A study's name for people; its key where the plan has none of it.
    pub fn title_of<'a>(&'a self, key: &'a str) -> &'a str {
        self.studies.iter().find(|study| study.key == key).map_or(key, |study| &study.title)
    }

    /// A study's short name; its key where the plan has none of it.
    pub fn short_of<'a>(&'a self, key: &'a str) -> &'a str {
        self.studies.iter().find(|study| study.key == key).map_or(key, Study::in_short)
    }

    /// The seeds that a study is run with.
    pub fn seeds_of<'a>(&'a self, study: &'a Study) -> &'a [u64] {
        study.seeds.as_ref().unwrap_or(&self.seeds)
    }

    /// How many runs it asks for.
    pub fn runs(&self) -> usize {
        self.studies.iter().map(|study| self.seeds_of(study).len()).sum()
    }

    /// The fewest and the most seeds that a study has.
    pub fn fewest_and_most_seeds(&self) -> (usize, usize) {
        let counts = || self.studies.iter().map(|study| self.seeds_of(study).len());
        (counts().min().unwrap_or(0), counts().max().unwrap_or(0))
    }
}

impl Study {
    /// Its short name, or its only one.
    pub fn in_short(&self) -> &str {
        self.short.as_ref().unwrap_or(&self.title)
    }

    /// Its settings under a seed, without the names of files.
    pub fn config(&self, seed: u64) -> Outcome<SessionConfig> {
        let optimiser = json!({ "optimiser": { "seed": seed } });
        let photographs = self.archive.is_some();
        let given = self.teacher.is_some() || self.teacher_from.is_some();
        let source = match (given, photographs) {
            (true, _) => "file",
            (false, true) => "trained",
            (false, false) => "shipped",
        };
        let mut changes = json!({
            "dataSource": if photographs { DataSource::Images } else { DataSource::Scenes },
            "teacherSource": source,
            "scenes": { "seed": SCENES_SEEDS + seed },
            "images": { "seed": seed },
            "teacher": optimiser,
            "distillation": optimiser,
            "reference": { "seed": seed },
        });
        if self.settings.is_object() {
            lay_over(&mut changes, &self.settings);
        }
        let has_start = changes["teacherSource"] == "shipped" || changes.pointer("/distillation/start").is_some();
        if !has_start {
            lay_over(&mut changes, &json!({ "distillation": { "start": Start::Random } }));
        }
        Ok(SessionConfig::with(&changes)?)
    }

    /// The same with the files that it needs: pictures and weights in `data`, another study's Teacher in `work`.
    pub fn config_with_files(&self, seed: u64, data: &Path, work: &Path) -> Outcome<SessionConfig> {
        let mut config = self.config(seed)?;
        let place = |name: &String| data.join(name).to_string_lossy().into_owned();
        config.files.data = self.archive.iter().map(place).collect();
        let borrowed = self.borrowed_teacher(seed, work).map(|path| path.to_string_lossy().into_owned());
        config.files.teacher = self.teacher.as_ref().map(place).or(borrowed);
        if config.teacher_source == Some(WeightSource::File) && config.files.teacher.is_none() {
            return Err(Failure::Usage(format!("{} names no Teacher.", self.key)));
        }
        Ok(config)
    }

    /// Where the Teacher lies that another study trained under this seed.
    pub fn borrowed_teacher(&self, seed: u64, work: &Path) -> Option<PathBuf> {
        let owner = self.teacher_from.as_ref()?;
        Some(Folder::at(&work_of(work, owner, seed)).weights(Role::Teacher))
    }

    /// Files that it needs and that are not in `data`.
    pub fn missing(&self, data: Option<&Path>) -> Vec<String> {
        missing_in(data, self.archive.iter().chain(&self.teacher))
    }

    /// The same of its pictures alone.
    pub fn missing_pictures(&self, data: Option<&Path>) -> Vec<String> {
        missing_in(data, self.archive.iter())
    }
}

fn missing_in<'a>(data: Option<&Path>, names: impl Iterator<Item = &'a String>) -> Vec<String> {
    names.filter(|name| data.is_none_or(|data| !data.join(name).is_file())).cloned().collect()
}
