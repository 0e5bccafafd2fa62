//! One visitor's work, from pictures to scores, without a word of browsers.
//!
//! The page, the native tests and every later shell drive the same [`Session`]; they convert what goes in and comes out
//! and compute nothing. May import everything above it.

mod config;
mod defaults;
mod explain;
mod faithfulness;
mod journal;
mod layer_look;
mod look;
mod map_kind;
mod model;
mod pass;
mod prototypes;
mod relevant_pixels;
mod report;
mod resume;
mod sanity;
mod scoring;
mod spread;

pub use config::{DataSource, FileNames, MapsConfig, SessionConfig, WeightSource, lay_over};
pub use defaults::Defaults;
pub use explain::{ExplainConfig, ExplainedImage, Explanation, ExplanationReport, RawSize};
pub use faithfulness::{FaithfulnessConfig, FaithfulnessReport, MapFaithfulness};
pub use journal::{digest_of_bytes, digest_of_data};
pub use look::ReferenceConfig;
pub use map_kind::MapKind;
pub use model::{Model, NetworkReport};
pub use report::{
    Circumstances, DataRecord, FORMAT, Failure, NetworkRecord, Origin, Report, SCHEMA_VERSION, StartRecord, TrainingLog,
};
pub use sanity::{PassingSide, SanityCheck, SanityCheckName, SanityConfig, SanityReport};
pub use scoring::{ScoreConfig, ScoringEvent, ScoringStage};
pub use spread::{Spread, SpreadConfig, SpreadReport};

use scoring::ScoringRun;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use journal::{Files, Journal};

use crate::dataset::collect::{Collector, FileReport, FilesRead, ImagesConfig, ImagesReport};
use crate::dataset::scenes::{self, ScenesConfig};
use crate::dataset::{Dataset, LabelledImages};
use crate::distillation::{
    DistillationConfig, Evaluation, RunConfig, Start, TeacherTrainingConfig, TrainingEvent, TrainingRun,
};
use crate::error::{Error, Result};
use crate::models::shipped::{SCENES_STUDENT_START, SCENES_TEACHER};
use crate::models::{NetworkConfig, Weights, kaiming};
use crate::scores::ScoreReport;
use crate::seed::Purpose;
use crate::tensors::device::{DeviceChoice, DeviceReport, open};

/// Which part of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Part {
    /// Pictures to learn from.
    Train,
    /// Held-out pictures.
    Test,
}

/// Which network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Role {
    /// The network that guides.
    Teacher,
    /// The network trained under the Teacher.
    Student,
    /// The Student's twin, trained without the Teacher.
    Base,
    /// A network between Teacher and Student, counted from 1, the Teacher's own pupil.
    Assistant(usize),
}

impl Role {
    /// Place among the three networks that maps are drawn on.
    ///
    /// # Panics
    /// For an assistant: no map is drawn on one.
    fn place_in_trio(self) -> usize {
        match self {
            Self::Teacher => 0,
            Self::Student => 1,
            Self::Base => 2,
            Self::Assistant(_) => unreachable!("maps are drawn on Teacher, Student and Base"),
        }
    }
}

/// What the chosen data are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct DatasetReport {
    /// Name for people.
    pub name: String,
    /// Side of every picture, pixels.
    pub size: usize,
    /// Classes in label order.
    pub class_names: Vec<String>,
    /// Pictures to learn from per class.
    pub train_counts: Vec<usize>,
    /// Held-out pictures per class.
    pub test_counts: Vec<usize>,
    /// Whether the object's mask is known for every picture.
    pub has_masks: bool,
    /// What the visitor's own pictures are like; nothing for rendered ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<ImagesReport>,
}

/// A run under way and what becomes of it.
struct Running {
    run: TrainingRun,
    network: NetworkConfig,
    config: RunConfig,
    /// Pictures of its own: the Teacher of the Scenes learns from backgrounds that tell nothing.
    data: Option<Dataset>,
    log: TrainingLog,
}

/// Where data come from.
enum DataOrigin {
    /// Rendered here.
    Scenes(ScenesConfig),
    /// Collected from files.
    Files(ImagesReport, Files),
}

/// The pictures, the three networks and the run under way.
pub struct Session {
    device: Device,
    device_report: DeviceReport,
    collector: Option<(Collector, ImagesConfig, Files)>,
    data: Option<Dataset>,
    scenes: Option<ScenesConfig>,
    teacher: Option<Model>,
    start: Option<Weights>,
    student: Option<Model>,
    base: Option<Model>,
    assistants: Vec<Model>,
    running: Option<Running>,
    journal: Journal,
    scoring: Option<ScoringRun>,
}

impl Session {
    /// Opens the device.
    ///
    /// # Errors
    /// [`Error::NoWebGpu`] when WebGPU is demanded and not to be had.
    pub async fn create(choice: DeviceChoice) -> Result<Self> {
        let (device, device_report) = open(choice).await?;
        Ok(Self::on(device, device_report))
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
            teacher: None,
            start: None,
            student: None,
            base: None,
            assistants: Vec::new(),
            running: None,
            scoring: None,
            journal: Journal::default(),
        }
    }

    /// The device that makes the numbers.
    #[must_use]
    pub fn device(&self) -> &DeviceReport {
        &self.device_report
    }

    /// Renders the built-in Scenes and takes them as the data.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`].
    pub fn use_scenes(&mut self, config: &ScenesConfig) -> Result<DatasetReport> {
        let data = scenes::render(config)?;
        self.journal.config.data_source = DataSource::Scenes;
        self.journal.config.scenes = config.clone();
        self.take_data(data, DataOrigin::Scenes(config.clone()))
    }

    /// Begins to collect the user's files; what was collected before is forgotten.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`].
    pub fn begin_images(&mut self, config: ImagesConfig) -> Result<()> {
        self.collector = Some((Collector::new(config.clone())?, config, Files::default()));
        Ok(())
    }

    /// Adds a picture or an archive of pictures: one row a picture, broken ones marked.
    ///
    /// # Errors
    /// [`Error::NotReady`] before [`begin_images`](Self::begin_images).
    pub fn add_file(&mut self, path: &str, bytes: &[u8]) -> Result<Vec<FileReport>> {
        let (collector, _, files) = self.collector.as_mut().ok_or_else(|| not_ready("Begin a set of images"))?;
        let rows = collector.add(path, bytes);
        files.note(&rows);
        Ok(rows)
    }

    /// Opens a picture or an archive to be read by [`read_files`](Self::read_files) bit by bit, so that a large archive
    /// can tell its progress and be given up.
    ///
    /// # Errors
    /// [`Error::NotReady`] before [`begin_images`](Self::begin_images).
    pub fn open_file(&mut self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let (collector, ..) = self.collector.as_mut().ok_or_else(|| not_ready("Begin a set of images"))?;
        collector.open(path, bytes);
        Ok(())
    }

    /// Reads up to `files` more files of the open one.
    ///
    /// # Errors
    /// [`Error::NotReady`] before [`begin_images`](Self::begin_images).
    pub fn read_files(&mut self, files: usize) -> Result<FilesRead> {
        let (collector, _, offered) = self.collector.as_mut().ok_or_else(|| not_ready("Begin a set of images"))?;
        let read = collector.read(files);
        offered.note(&read.rows);
        Ok(read)
    }

    /// Takes the collected pictures as the data.
    ///
    /// # Errors
    /// [`Error::NotReady`]; [`Error::DatasetTooSmall`].
    pub fn finish_images(&mut self) -> Result<DatasetReport> {
        let (collector, config, files) = self.collector.take().ok_or_else(|| not_ready("Begin a set of images"))?;
        let (data, images) = collector.finish()?;
        self.journal.config.data_source = DataSource::Images;
        self.journal.config.images = config;
        self.take_data(data, DataOrigin::Files(images, files))
    }

    /// The chosen data.
    ///
    /// # Errors
    /// [`Error::NotReady`] before any were chosen.
    pub fn data(&self) -> Result<&Dataset> {
        self.data.as_ref().ok_or_else(|| not_ready("Choose the data"))
    }

    /// One part of the chosen data.
    ///
    /// # Errors
    /// [`Error::NotReady`] before any were chosen.
    pub fn part(&self, part: Part) -> Result<&LabelledImages> {
        let data = self.data()?;
        Ok(match part {
            Part::Train => &data.train,
            Part::Test => &data.test,
        })
    }

    /// Takes a Teacher from a weight file; its shape is read off the tensors.
    ///
    /// # Errors
    /// [`Error::UnreadableWeights`], [`Error::WeightsMismatch`], [`Error::ClassCountMismatch`], [`Error::NotReady`];
    /// [`Error::InvalidConfig`] when the network asks for larger pictures than the data has.
    pub async fn load_teacher(&mut self, bytes: &[u8]) -> Result<NetworkReport> {
        self.take_teacher(bytes, WeightSource::File).await
    }

    async fn take_teacher(&mut self, bytes: &[u8], source: WeightSource) -> Result<NetworkReport> {
        let (model, record) = self.read_model(bytes, source).await?;
        let summary = record.summary.clone();
        self.forget_students();
        self.teacher = Some(model);
        self.journal.note_teacher(record, None);
        Ok(summary)
    }

    /// Takes first weights for the Student and its Base.
    ///
    /// # Errors
    /// As [`load_teacher`](Self::load_teacher).
    pub async fn load_student_start(&mut self, bytes: &[u8]) -> Result<NetworkReport> {
        let (model, record) = self.read_model(bytes, WeightSource::File).await?;
        self.start = Some(model.weights);
        self.journal.start = Some(StartRecord { source: record.source, digest: record.digest });
        Ok(record.summary)
    }

    /// Takes a Student and its Base that were exported before.
    ///
    /// # Errors
    /// As [`load_teacher`](Self::load_teacher).
    pub async fn load_students(&mut self, student: &[u8], base: &[u8]) -> Result<[NetworkReport; 2]> {
        let (student, student_record) = self.read_model(student, WeightSource::File).await?;
        let (base, base_record) = self.read_model(base, WeightSource::File).await?;
        let summaries = [student_record.summary.clone(), base_record.summary.clone()];
        self.forget_students();
        (self.student, self.base) = (Some(student), Some(base));
        (self.journal.student, self.journal.base) = (Some(student_record), Some(base_record));
        Ok(summaries)
    }

    /// Builds a network of the data's classes and measures it.
    async fn read_model(&self, bytes: &[u8], source: WeightSource) -> Result<(Model, NetworkRecord)> {
        let images = &self.data()?.train;
        let classes = images.class_names.len();
        let model = Model::new(Weights::from_bytes(bytes)?, &self.device)?;
        if model.config.classes != classes {
            return Err(Error::ClassCountMismatch { weights: model.config.classes, data: classes });
        }
        model.config.architecture.check_pictures(images.width, images.height)?;
        let summary = self.report_on(&model).await?;
        Ok((model, NetworkRecord { source, digest: digest_of_bytes(bytes), summary }))
    }

    /// Takes the Teacher and the Student's first weights that are shipped for the Scenes.
    ///
    /// # Errors
    /// [`Error::NotReady`] when the data are not the Scenes.
    pub async fn use_shipped_teacher(&mut self) -> Result<NetworkReport> {
        if self.scenes.is_none() {
            return Err(not_ready("The shipped Teacher knows the built-in Scenes only: choose them as the data"));
        }
        let report = self.take_teacher(SCENES_TEACHER, WeightSource::Shipped).await?;
        let start = Weights::from_bytes(SCENES_STUDENT_START)?;
        self.journal.start =
            Some(StartRecord { source: WeightSource::Shipped, digest: digest_of_bytes(SCENES_STUDENT_START) });
        self.start = Some(start);
        Ok(report)
    }

    /// Begins to train a Teacher from random weights. On the Scenes it learns from pictures whose backgrounds tell
    /// nothing, whatever the dial: a Teacher that knows better is the point of the data set.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`], [`Error::NotReady`].
    pub fn start_teacher(&mut self, config: &TeacherTrainingConfig) -> Result<()> {
        self.running = Some(self.teacher_run(config)?);
        Ok(())
    }

    fn teacher_run(&self, config: &TeacherTrainingConfig) -> Result<Running> {
        let own = match &self.scenes {
            Some(scenes) => Some(scenes::render(&ScenesConfig { background_dial: 0.0, ..scenes.clone() })?),
            None => None,
        };
        let data = match &own {
            Some(data) => data,
            None => self.data()?,
        };
        let network = config.network.for_classes(data.train.class_names.len());
        network.validate()?;
        network.architecture.check_pictures(data.train.width, data.train.height)?;
        config.optimiser.validate()?;
        let start = kaiming(&network, config.optimiser.seed, Purpose::TeacherInit);
        let run = TrainingRun::teacher(config, network, &start, &data.train, &self.device)?;
        let config = RunConfig::Teacher(config.clone());
        Ok(Running { run, network, config, data: own, log: TrainingLog::default() })
    }

    /// Begins to distil a Student beside its Base, through the recipe's assistants.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`], [`Error::NotReady`]; [`Error::WeightsMismatch`] when the given start is of another
    /// network; [`Error::NoSuchLayer`] when a loss asks for a stage that the networks do not share.
    pub fn start_distillation(&mut self, config: &DistillationConfig) -> Result<()> {
        self.running = Some(self.distillation_run(config)?);
        Ok(())
    }

    fn distillation_run(&self, config: &DistillationConfig) -> Result<Running> {
        config.validate()?;
        let data = self.data()?;
        let teacher = self.teacher.as_ref().ok_or_else(|| not_ready("Choose or train a Teacher"))?;
        let network = config.student.for_classes(data.train.class_names.len());
        network.validate()?;
        let assistants = config.assistants.iter().map(|assistant| &assistant.network);
        for architecture in assistants.chain([&config.student]) {
            architecture.check_pictures(data.train.width, data.train.height)?;
        }
        let start = match (config.start, &self.start) {
            (Start::Random, _) => kaiming(&network, config.optimiser.seed, Purpose::StudentInit),
            (Start::Given, Some(weights)) => weights.clone(),
            (Start::Given, None) => return Err(not_ready("Give the Student's starting weights")),
        };
        let run =
            TrainingRun::distillation(config, network, &start, teacher.network.clone(), &data.train, &self.device)?;
        let config = RunConfig::Distillation(config.clone());
        Ok(Running { run, network, config, data: None, log: TrainingLog::default() })
    }

    /// Makes the run's next step. Not asking pauses it. With [`TrainingEvent::Finished`] the trained networks take the
    /// place of the former ones; nothing when no run is under way.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::DeviceFailed`]; the run is over then, and the former networks are kept.
    pub async fn next(&mut self) -> Result<Option<TrainingEvent>> {
        let Some(mut running) = self.running.take() else { return Ok(None) };
        let event = {
            let data = match &running.data {
                Some(data) => data,
                None => self.data()?,
            };
            running.run.next(data).await?
        };
        if let Some(event) = &event {
            running.log.note(event);
        }
        if let Some(TrainingEvent::Finished { student, base, assistants, .. }) = &event {
            self.take_trained(running, *student, base.unwrap_or_default(), assistants).await?;
        } else {
            self.running = Some(running);
        }
        Ok(event)
    }

    /// Puts the networks of a finished run in the place of the former ones, with their accuracies.
    async fn take_trained(&mut self, running: Running, student: f64, base: f64, assistants: &[f64]) -> Result<()> {
        let Running { run, network, config, log, .. } = running;
        let finished = run.finish().await?;
        let model = |weights| Model::of(network, weights, &self.device);
        let record = |model: &Model, accuracy| -> Result<NetworkRecord> {
            let digest = digest_of_bytes(&model.export()?);
            Ok(NetworkRecord { source: WeightSource::Trained, digest, summary: model.report(accuracy) })
        };
        let trained = model(finished.student)?;
        let note = record(&trained, student)?;
        match config {
            RunConfig::Teacher(config) => {
                self.forget_students();
                self.teacher = Some(trained);
                self.journal.note_teacher(note, Some((config, log)));
            }
            RunConfig::Distillation(config) => {
                let twin = finished.base.map(model).transpose()?;
                let twin_note = twin.as_ref().map(|twin| record(twin, base)).transpose()?;
                let between = finished.assistants.into_iter();
                let between = between.map(|(network, weights)| Model::of(network, weights, &self.device));
                let between = between.collect::<Result<Vec<_>>>()?;
                let between_notes = between.iter().zip(assistants).map(|(model, accuracy)| record(model, *accuracy));
                let between_notes = between_notes.collect::<Result<Vec<_>>>()?;
                self.scoring = None;
                self.student = Some(trained);
                self.base = twin;
                self.assistants = between;
                self.journal.note_students(note, twin_note, between_notes, config, log);
            }
        }
        Ok(())
    }

    /// Ends the run under way; the networks from before it are kept.
    pub fn cancel(&mut self) {
        self.running = None;
    }

    /// Maps of one layer over the reference batch.
    ///
    /// # Errors
    /// [`Error::NotReady`], [`Error::NoSuchLayer`], and those of the distances.
    pub async fn explain(&mut self, config: &ExplainConfig) -> Result<Explanation> {
        let explanation = explain::explain(&self.trio()?, config, &self.device).await?;
        self.journal.note_maps(&explanation.report, config);
        Ok(explanation)
    }

    /// One picture's UniCAM map over several reference batches: what of it is owed to its batch-mates.
    ///
    /// # Errors
    /// [`Error::NotReady`], [`Error::InvalidConfig`], [`Error::NoSuchLayer`], and those of the distances.
    pub async fn explain_spread(&self, config: &SpreadConfig) -> Result<Spread> {
        spread::spread(&self.trio()?, config, &self.device).await
    }

    /// How faithful every kind of map at one layer is to the network that it is drawn on (ROAD, change of confidence).
    ///
    /// # Errors
    /// [`Error::NotReady`], [`Error::InvalidConfig`], [`Error::NoSuchLayer`], and those of the distances.
    pub async fn faithfulness(&self, config: &FaithfulnessConfig) -> Result<FaithfulnessReport> {
        faithfulness::faithfulness(&self.trio()?, config, &self.device).await
    }

    /// Checks that maps and scores fall apart under random weights and shuffled labels.
    ///
    /// # Errors
    /// [`Error::NotReady`], [`Error::InvalidConfig`], [`Error::NoSuchLayer`], and those of the distances.
    pub async fn sanity(&self, config: &SanityConfig) -> Result<SanityReport> {
        sanity::sanity(&self.trio()?, config, &self.device).await
    }

    /// FSS and RS of every layer over the reference batch, with their uncertainty.
    ///
    /// # Errors
    /// [`Error::NotReady`], [`Error::InvalidConfig`], [`Error::TooFewImages`], [`Error::OneClassOnly`],
    /// [`Error::DeviceFailed`].
    pub async fn score(&mut self, config: &ScoreConfig) -> Result<ScoreReport> {
        self.start_scoring(config)?;
        loop {
            match self.next_scores().await? {
                Some(ScoringEvent::Finished { report }) => return Ok(*report),
                Some(ScoringEvent::Progress { .. }) => {}
                None => return Err(not_ready("Begin the scores")),
            }
        }
    }

    /// Begins to score; another score under way is forgotten.
    ///
    /// # Errors
    /// As [`score`](Self::score).
    pub fn start_scoring(&mut self, config: &ScoreConfig) -> Result<()> {
        self.scoring = None;
        self.scoring = Some(ScoringRun::new(&self.trio()?, config, &self.data()?.train)?);
        Ok(())
    }

    /// Makes the score's next step. Not asking pauses it; nothing when none is under way. New data or networks end it.
    ///
    /// # Errors
    /// As [`score`](Self::score); the score is over then.
    pub async fn next_scores(&mut self) -> Result<Option<ScoringEvent>> {
        let Some(mut run) = self.scoring.take() else { return Ok(None) };
        let event = run.next(&self.trio()?, &self.data()?.train, &self.device).await?;
        match &event {
            Some(ScoringEvent::Finished { report }) => self.journal.note_scores(report, run.config()),
            Some(ScoringEvent::Progress { .. }) => self.scoring = Some(run),
            None => {}
        }
        Ok(event)
    }

    /// Ends the score under way.
    pub fn cancel_scoring(&mut self) {
        self.scoring = None;
    }

    /// Notes the settings that are planned: what the report says of sections that are not used yet.
    pub fn plan(&mut self, config: &SessionConfig) {
        self.journal.config = config.clone();
    }

    /// Notes for the report that `step` did not succeed.
    pub fn note_failure(&mut self, step: &str, error: &Error) {
        self.journal.note_failure(Failure::new(step, error));
    }

    /// Takes over what an earlier session's report says about the very networks that were loaded here.
    pub fn take_over(&mut self, former: &Report) {
        self.journal.take_over(former);
    }

    /// The document of this session: what was used, and what came of it so far.
    #[must_use]
    pub fn report(&self, circumstances: Circumstances) -> Report {
        self.journal.report(circumstances, &self.device_report, self.data.as_ref())
    }

    /// A network's weights as safetensors, with its shape in the metadata.
    ///
    /// # Errors
    /// [`Error::NotReady`] when there is no such network yet.
    pub fn export_weights(&self, role: Role) -> Result<Vec<u8>> {
        let (model, needed) = match role {
            Role::Teacher => (self.teacher.as_ref(), "Choose or train a Teacher"),
            Role::Student => (self.student.as_ref(), "Distil a Student"),
            Role::Base => (self.base.as_ref(), "Distil a Student"),
            Role::Assistant(number) => {
                let place = number.checked_sub(1);
                (place.and_then(|place| self.assistants.get(place)), "Distil a Student through as many assistants")
            }
        };
        model.ok_or_else(|| not_ready(needed))?.export()
    }

    fn trio(&self) -> Result<look::Trio<'_>> {
        let teacher = self.teacher.as_ref().ok_or_else(|| not_ready("Choose or train a Teacher"))?;
        match (&self.student, &self.base) {
            (Some(student), Some(base)) => Ok(look::Trio { images: &self.data()?.test, teacher, student, base }),
            _ => Err(not_ready("Distil a Student")),
        }
    }

    /// Takes new data. A Teacher that answers to them stays; what was trained on the old pictures goes.
    fn take_data(&mut self, data: Dataset, origin: DataOrigin) -> Result<DatasetReport> {
        let (scenes, images, files) = match origin {
            DataOrigin::Scenes(config) => (Some(config), None, Files::default()),
            DataOrigin::Files(images, files) => (None, Some(images), files),
        };
        data.train.validate()?;
        data.test.validate()?;
        let same_classes = self.data.as_ref().is_some_and(|former| former.train.class_names == data.train.class_names);
        let (width, height) = (data.train.width, data.train.height);
        let fits = |model: &Model| model.config.architecture.check_pictures(width, height).is_ok();
        let stays = same_classes && self.teacher.as_ref().is_none_or(fits);
        if !stays {
            self.teacher = None;
            self.start = None;
        }
        self.forget_students();
        self.running = None;
        let report = DatasetReport {
            name: data.name.clone(),
            size: data.train.width,
            class_names: data.train.class_names.clone(),
            train_counts: data.train.counts(),
            test_counts: data.test.counts(),
            has_masks: data.test.masks.is_some(),
            images,
        };
        self.journal.note_data(&report, files, stays);
        self.data = Some(data);
        self.scenes = scenes;
        Ok(report)
    }

    fn forget_students(&mut self) {
        self.student = None;
        self.base = None;
        self.assistants.clear();
        self.journal.forget_students();
        self.scoring = None;
    }

    async fn report_on(&self, model: &Model) -> Result<NetworkReport> {
        let test = &self.data()?.test;
        let mut evaluation = Evaluation::new(vec![model.network.clone()]);
        while evaluation.advance(test, &self.device) {}
        Ok(model.report(evaluation.finish().await?[0]))
    }
}

fn not_ready(needed: &str) -> Error {
    Error::NotReady { needed: needed.to_owned() }
}
