//! What a session remembers of its own work, so that the report says what was used and not what was asked for.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::attribution::Objective;
use crate::dataset::collect::FileReport;
use crate::dataset::{Dataset, LabelledImages};
use crate::distillation::{DistillationConfig, Start, TeacherTrainingConfig};
use crate::scores::ScoreReport;
use crate::session::checks::faithfulness::{FaithfulnessConfig, FaithfulnessReport};
use crate::session::checks::report::Checks;
use crate::session::checks::sanity::{SanityConfig, SanityReport};
use crate::session::checks::spread::{SpreadConfig, SpreadReport};
use crate::session::data::dataset_report::DatasetReport;
use crate::session::maps::explain::{ExplainConfig, ExplanationReport};
use crate::session::maps::look::ReferenceConfig;
use crate::session::networks::model::NetworkReport;
use crate::session::record::config::SessionConfig;
use crate::session::record::format::{FORMAT, SCHEMA_VERSION};
use crate::session::record::report::{
    Circumstances, DataRecord, Failure, NetworkRecord, Report, StartRecord, TrainingLog,
};
use crate::session::scores::answers::Confusion;
use crate::session::scores::score_config::ScoreConfig;
use crate::session::training::timeline::Timeline;
use crate::tensors::device::DeviceReport;

/// Files that were offered as data.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::session) struct Files {
    count: usize,
    left_out: Vec<FileReport>,
}

impl Files {
    /// Notes what became of some of them.
    pub fn note(&mut self, rows: &[FileReport]) {
        self.count += rows.len();
        self.left_out.extend(rows.iter().filter(|row| row.error.is_some()).cloned());
    }
}

/// The notes of one session.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::session) struct Journal {
    /// Settings as they were used.
    pub config: SessionConfig,
    data: Option<DatasetReport>,
    files: Files,
    teacher: Option<NetworkRecord>,
    /// Whether the Teacher's accuracy is that on former pictures.
    #[serde(default)]
    teacher_unmeasured: bool,
    /// What the Student began with.
    pub start: Option<StartRecord>,
    /// What the Teacher's training began with.
    #[serde(default)]
    pub teacher_start: Option<StartRecord>,
    pub student: Option<NetworkRecord>,
    pub base: Option<NetworkRecord>,
    assistants: Vec<NetworkRecord>,
    teacher_training: Option<TrainingLog>,
    distillation: Option<TrainingLog>,
    maps: Vec<ExplanationReport>,
    #[serde(default)]
    maps_reference: Option<ReferenceConfig>,
    scores: Option<ScoreReport>,
    #[serde(default)]
    scores_reference: Option<ReferenceConfig>,
    confusion: Option<Confusion>,
    checks: Checks,
    failures: Vec<Failure>,
    former_devices: Vec<DeviceReport>,
}

impl Journal {
    /// Notes new data; `teacher_stays` where it answers to them too.
    pub fn note_data(&mut self, summary: &DatasetReport, files: Files, teacher_stays: bool) {
        self.data = Some(summary.clone());
        self.files = files;
        self.teacher_unmeasured = teacher_stays && self.teacher.is_some();
        if !teacher_stays {
            self.teacher = None;
            self.teacher_training = None;
            self.teacher_start = None;
            self.former_devices.clear();
        }
        self.forget_students();
    }

    /// Notes that the session left a device, if that made numbers which are still there.
    pub fn note_move(&mut self, former: DeviceReport) {
        if self.teacher.is_some() || self.student.is_some() {
            self.former_devices.push(former);
        }
    }

    /// Notes a Teacher, with settings and log where it was trained here.
    pub fn note_teacher(&mut self, record: NetworkRecord, training: Option<(TeacherTrainingConfig, TrainingLog)>) {
        self.config.teacher_source = Some(record.source);
        self.teacher = Some(record);
        self.teacher_unmeasured = false;
        self.teacher_start = None;
        self.teacher_training = training.map(|(config, log)| {
            self.config.teacher = config;
            log
        });
    }

    /// Notes that the Teacher was measured anew.
    pub fn measure_teacher(&mut self, summary: NetworkReport) {
        if let Some(teacher) = &mut self.teacher {
            teacher.summary = summary;
            self.teacher_unmeasured = false;
        }
    }

    /// Whether there is a Teacher that was not measured on the present pictures yet.
    pub fn is_teacher_unmeasured(&self) -> bool {
        self.teacher_unmeasured
    }

    /// What is known of the Teacher.
    pub fn teacher(&self) -> Option<&NetworkRecord> {
        self.teacher.as_ref()
    }

    /// Notes a Student and its Base that were trained here.
    pub fn note_students(
        &mut self,
        student: NetworkRecord,
        base: Option<NetworkRecord>,
        assistants: Vec<NetworkRecord>,
        config: DistillationConfig,
        log: TrainingLog,
    ) {
        self.forget_students();
        (self.student, self.base) = (Some(student), base);
        self.assistants = assistants;
        self.config.distillation = config;
        if let Some(timeline) = &log.timeline {
            self.config.timeline = timeline.config.settings;
            self.config.reference = timeline.config.reference;
        }
        self.distillation = Some(log);
    }

    /// Forgets what rests on the former Student.
    pub fn forget_students(&mut self) {
        self.student = None;
        self.base = None;
        self.assistants.clear();
        self.start = None;
        self.distillation = None;
        self.maps.clear();
        self.scores = None;
        (self.maps_reference, self.scores_reference) = (None, None);
        self.confusion = None;
        self.checks = Checks::default();
        self.failures.clear();
    }

    /// Keeps the maps of a layer in place of its former ones; maps of another batch or objective go.
    pub fn note_maps(&mut self, report: &ExplanationReport, config: &ExplainConfig) {
        self.config.reference = config.reference;
        self.maps_reference = Some(config.reference);
        self.config.maps.objective = config.objective;
        self.config.maps.class_method = config.class_method;
        self.maps.retain(|former| {
            former.layer != report.layer
                && former.reference_hash == report.reference_hash
                && former.objective == report.objective
                && former.class_method == report.class_method
        });
        self.maps.push(report.clone());
        self.maps.sort_by(|a, b| a.layer.cmp(&b.layer));
    }

    /// Keeps the scores in place of the former ones.
    pub fn note_scores(&mut self, scores: &ScoreReport, config: &ScoreConfig) {
        self.config.reference = config.reference;
        self.scores_reference = Some(config.reference);
        self.config.scores = config.settings();
        self.scores = Some(scores.clone());
    }

    /// The scores that were computed last.
    pub fn scores(&self) -> Option<&ScoreReport> {
        self.scores.as_ref()
    }

    /// What was seen while the Student was distilled.
    pub fn timeline(&self) -> Option<&Timeline> {
        self.distillation.as_ref()?.timeline.as_ref()
    }

    /// Whether the Student that is there was distilled from first weights that were given.
    pub fn began_with_given(&self) -> bool {
        self.distillation.is_some() && self.config.distillation.start == Start::Given
    }

    /// What is known of the networks between Teacher and Student.
    pub fn assistants(&self) -> &[NetworkRecord] {
        &self.assistants
    }

    /// Keeps which classes are taken for which.
    pub fn note_confusion(&mut self, confusion: &Confusion) {
        self.confusion = Some(confusion.clone());
    }

    /// Notes what a check was made over, unless there are maps or scores: the settings' batch is theirs.
    fn note_batch(&mut self, reference: ReferenceConfig, objective: Objective) {
        if self.maps.is_empty() && self.scores.is_none() {
            self.config.reference = reference;
            self.config.maps.objective = objective;
        }
    }

    /// Keeps a layer's faithfulness.
    pub fn note_faithfulness(&mut self, report: &FaithfulnessReport, config: &FaithfulnessConfig) {
        self.note_batch(config.reference, config.objective);
        self.config.checks.used_for_faithfulness(config);
        self.checks.note_faithfulness(config, report);
    }

    /// Keeps a layer's sanity checks.
    pub fn note_sanity(&mut self, report: &SanityReport, config: &SanityConfig) {
        self.note_batch(config.reference, config.objective);
        self.config.checks.used_for_sanity(config);
        self.checks.note_sanity(config, report);
    }

    /// Keeps a map's spread.
    pub fn note_spread(&mut self, report: &SpreadReport, config: &SpreadConfig) {
        self.note_batch(config.reference, config.objective);
        self.config.checks.batches = config.batches;
        self.checks.note_spread(config, report);
    }

    /// Notes what did not succeed.
    pub fn note_failure(&mut self, failure: Failure) {
        self.failures.retain(|former| former.step != failure.step);
        self.failures.push(failure);
    }

    /// Takes over what an earlier session wrote about the same networks.
    pub fn take_over(&mut self, former: &Report) {
        let same = |now: &Option<NetworkRecord>, then: &Option<NetworkRecord>| match (now, then) {
            (Some(now), Some(then)) => now.digest == then.digest,
            _ => false,
        };
        if same(&self.teacher, &former.teacher) {
            self.teacher.clone_from(&former.teacher);
            self.teacher_training.clone_from(&former.teacher_training);
            self.teacher_start.clone_from(&former.teacher_start);
            self.config.teacher = former.config.teacher.clone();
            self.config.teacher_source = former.config.teacher_source;
        }
        if same(&self.student, &former.student) && same(&self.base, &former.base) {
            self.student.clone_from(&former.student);
            self.base.clone_from(&former.base);
            self.assistants.clone_from(&former.assistants);
            self.start.clone_from(&former.start);
            self.distillation.clone_from(&former.distillation);
            self.config.distillation = former.config.distillation.clone();
        }
    }

    /// The document; `pictures` is the digest of the data.
    pub fn report(&self, circumstances: Circumstances, device: &DeviceReport, pictures: Option<String>) -> Report {
        let record = |summary: &DatasetReport, digest: String| DataRecord {
            summary: summary.clone(),
            digest,
            files: self.files.count,
            left_out: self.files.left_out.clone(),
        };
        Report {
            format: FORMAT.to_owned(),
            schema_version: SCHEMA_VERSION,
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            created_at: circumstances.created_at,
            origin: circumstances.origin,
            device: device.clone(),
            former_devices: self.former_devices.clone(),
            config: SessionConfig { files: circumstances.files, ..self.config.clone() },
            data: self.data.as_ref().zip(pictures).map(|(summary, digest)| record(summary, digest)),
            teacher: self.teacher.clone().filter(|_| !self.teacher_unmeasured),
            start: self.start.clone(),
            teacher_start: self.teacher_start.clone(),
            student: self.student.clone(),
            base: self.base.clone(),
            assistants: self.assistants.clone(),
            teacher_training: self.teacher_training.clone(),
            distillation: self.distillation.clone(),
            maps: self.maps.clone(),
            maps_reference: self.maps_reference,
            scores: self.scores.clone(),
            scores_reference: self.scores_reference,
            confusion: self.confusion.clone(),
            checks: self.checks.report(),
            failures: self.failures.clone(),
        }
    }
}

/// SHA-256 of a file's bytes, in hexadecimal.
#[must_use]
pub fn digest_of_bytes(bytes: &[u8]) -> String {
    hexadecimal(Sha256::new().chain_update(bytes))
}

/// SHA-256 over the size, the labels and the pixels of both parts, in hexadecimal.
#[must_use]
pub fn digest_of_data(data: &Dataset) -> String {
    let mut digest = Sha256::new();
    for images @ LabelledImages { width, height, labels, .. } in [&data.train, &data.test] {
        for number in [*width, *height, labels.len()].iter().chain(labels) {
            digest.update((*number as u64).to_le_bytes());
        }
        (0..images.len()).for_each(|index| digest.update(images.picture(index)));
    }
    hexadecimal(digest)
}

fn hexadecimal(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
