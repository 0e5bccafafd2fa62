//! One visitor's work, from pictures to scores, without a word of browsers.
//!
//! The page, the native tests and every later shell drive the same [`Session`]; they convert what goes in and comes out
//! and compute nothing. May import everything above it.

mod defaults;
mod look;
mod model;

pub use defaults::Defaults;
pub use look::{ExplainConfig, ExplainedImage, Explanation, ExplanationReport, MapKind, RawSize, ReferenceConfig};
pub use model::{Model, NetworkReport};

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::dataset::collect::{Collector, FileReport, ImagesConfig};
use crate::dataset::scenes::{self, ScenesConfig};
use crate::dataset::{Dataset, LabelledImages};
use crate::distillation::{DistillationConfig, Evaluation, Start, TeacherTrainingConfig, TrainingEvent, TrainingRun};
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
pub enum Role {
    /// The network that guides.
    Teacher,
    /// The network trained under the Teacher.
    Student,
    /// The Student's twin, trained without the Teacher.
    Base,
}

/// What the chosen data are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
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
}

/// A run under way and what becomes of it.
struct Running {
    run: TrainingRun,
    network: NetworkConfig,
    goal: Goal,
    /// Pictures of its own: the Teacher of the Scenes learns from backgrounds that tell nothing.
    data: Option<Dataset>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Goal {
    Teacher,
    Student,
}

/// The pictures, the three networks and the run under way.
pub struct Session {
    device: Device,
    device_report: DeviceReport,
    collector: Option<Collector>,
    data: Option<Dataset>,
    scenes: Option<ScenesConfig>,
    teacher: Option<Model>,
    start: Option<Weights>,
    student: Option<Model>,
    base: Option<Model>,
    running: Option<Running>,
}

impl Session {
    /// Opens the device.
    ///
    /// # Errors
    /// [`Error::NoWebGpu`] when WebGPU is demanded and not to be had.
    pub async fn create(choice: DeviceChoice) -> Result<Self> {
        let (device, device_report) = open(choice).await?;
        Ok(Self {
            device,
            device_report,
            collector: None,
            data: None,
            scenes: None,
            teacher: None,
            start: None,
            student: None,
            base: None,
            running: None,
        })
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
        self.take_data(data, Some(config.clone()))
    }

    /// Begins to collect the user's files; what was collected before is forgotten.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`].
    pub fn begin_images(&mut self, config: ImagesConfig) -> Result<()> {
        self.collector = Some(Collector::new(config)?);
        Ok(())
    }

    /// Adds a picture or an archive of pictures: one row a picture, broken ones marked.
    ///
    /// # Errors
    /// [`Error::NotReady`] before [`begin_images`](Self::begin_images).
    pub fn add_file(&mut self, path: &str, bytes: &[u8]) -> Result<Vec<FileReport>> {
        let collector = self.collector.as_mut().ok_or_else(|| not_ready("Begin a set of images"))?;
        Ok(collector.add(path, bytes))
    }

    /// Takes the collected pictures as the data.
    ///
    /// # Errors
    /// [`Error::NotReady`]; [`Error::DatasetTooSmall`].
    pub fn finish_images(&mut self) -> Result<DatasetReport> {
        let collector = self.collector.take().ok_or_else(|| not_ready("Begin a set of images"))?;
        self.take_data(collector.finish()?, None)
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
    /// [`Error::UnreadableWeights`], [`Error::WeightsMismatch`], [`Error::ClassCountMismatch`], [`Error::NotReady`].
    pub async fn load_teacher(&mut self, bytes: &[u8]) -> Result<NetworkReport> {
        let classes = self.data()?.train.class_names.len();
        let model = Model::new(Weights::from_bytes(bytes)?, &self.device)?;
        if model.config.classes != classes {
            return Err(Error::ClassCountMismatch { weights: model.config.classes, data: classes });
        }
        let report = self.report_on(&model).await?;
        self.forget_students();
        self.teacher = Some(model);
        Ok(report)
    }

    /// Takes first weights for the Student and its Base.
    ///
    /// # Errors
    /// As [`load_teacher`](Self::load_teacher).
    pub async fn load_student_start(&mut self, bytes: &[u8]) -> Result<NetworkReport> {
        let classes = self.data()?.train.class_names.len();
        let model = Model::new(Weights::from_bytes(bytes)?, &self.device)?;
        if model.config.classes != classes {
            return Err(Error::ClassCountMismatch { weights: model.config.classes, data: classes });
        }
        let report = self.report_on(&model).await?;
        self.start = Some(model.weights);
        Ok(report)
    }

    /// Takes the Teacher and the Student's first weights that are shipped for the Scenes.
    ///
    /// # Errors
    /// [`Error::NotReady`] when the data are not the Scenes.
    pub async fn use_shipped_teacher(&mut self) -> Result<NetworkReport> {
        if self.scenes.is_none() {
            return Err(not_ready("The shipped Teacher knows the built-in Scenes only: choose them as the data"));
        }
        let report = self.load_teacher(SCENES_TEACHER).await?;
        self.start = Some(Weights::from_bytes(SCENES_STUDENT_START)?);
        Ok(report)
    }

    /// Begins to train a Teacher from random weights. On the Scenes it learns from pictures whose backgrounds tell
    /// nothing, whatever the dial: a Teacher that knows better is the point of the data set.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`], [`Error::NotReady`].
    pub fn start_teacher(&mut self, config: &TeacherTrainingConfig) -> Result<()> {
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
        config.optimiser.validate()?;
        let start = kaiming(&network, config.optimiser.seed, Purpose::TeacherInit);
        let run = TrainingRun::teacher(config, network, &start, &data.train, &self.device)?;
        self.running = Some(Running { run, network, goal: Goal::Teacher, data: own });
        Ok(())
    }

    /// Begins to distil a Student beside its Base.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`], [`Error::NotReady`]; [`Error::WeightsMismatch`] when the given start is of another
    /// network.
    pub fn start_distillation(&mut self, config: &DistillationConfig) -> Result<()> {
        config.validate()?;
        let data = self.data()?;
        let teacher = self.teacher.as_ref().ok_or_else(|| not_ready("Choose or train a Teacher"))?;
        let network = config.student.for_classes(data.train.class_names.len());
        network.validate()?;
        let start = match (config.start, &self.start) {
            (Start::Random, _) => kaiming(&network, config.optimiser.seed, Purpose::StudentInit),
            (Start::Given, Some(weights)) => weights.clone(),
            (Start::Given, None) => return Err(not_ready("Give the Student's starting weights")),
        };
        let run =
            TrainingRun::distillation(config, network, &start, teacher.network.clone(), &data.train, &self.device)?;
        self.running = Some(Running { run, network, goal: Goal::Student, data: None });
        Ok(())
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
        if let Some(TrainingEvent::Finished { .. }) = event {
            let finished = running.run.finish().await?;
            let model = |weights| Model::of(running.network, weights, &self.device);
            match running.goal {
                Goal::Teacher => {
                    let teacher = model(finished.student)?;
                    self.forget_students();
                    self.teacher = Some(teacher);
                }
                Goal::Student => {
                    let student = model(finished.student)?;
                    self.base = finished.base.map(model).transpose()?;
                    self.student = Some(student);
                }
            }
        } else {
            self.running = Some(running);
        }
        Ok(event)
    }

    /// Ends the run under way; the networks from before it are kept.
    pub fn cancel(&mut self) {
        self.running = None;
    }

    /// Maps of one layer over the reference batch.
    ///
    /// # Errors
    /// [`Error::NotReady`], [`Error::NoSuchLayer`], and those of the distances.
    pub async fn explain(&self, config: &ExplainConfig) -> Result<Explanation> {
        look::explain(&self.trio()?, config, &self.device).await
    }

    /// FSS and RS of every layer over the reference batch.
    ///
    /// # Errors
    /// [`Error::NotReady`], [`Error::TooFewImages`], [`Error::OneClassOnly`], [`Error::DeviceFailed`].
    pub async fn score(&self, config: &ReferenceConfig) -> Result<ScoreReport> {
        look::score(&self.trio()?, config, &self.device).await
    }

    /// A network's weights as safetensors, with its shape in the metadata.
    ///
    /// # Errors
    /// [`Error::NotReady`] when there is no such network yet.
    pub fn export_weights(&self, role: Role) -> Result<Vec<u8>> {
        let (model, needed) = match role {
            Role::Teacher => (&self.teacher, "Choose or train a Teacher"),
            Role::Student => (&self.student, "Distil a Student"),
            Role::Base => (&self.base, "Distil a Student"),
        };
        model.as_ref().ok_or_else(|| not_ready(needed))?.export()
    }

    fn trio(&self) -> Result<look::Trio<'_>> {
        let teacher = self.teacher.as_ref().ok_or_else(|| not_ready("Choose or train a Teacher"))?;
        match (&self.student, &self.base) {
            (Some(student), Some(base)) => Ok(look::Trio { images: &self.data()?.test, teacher, student, base }),
            _ => Err(not_ready("Distil a Student")),
        }
    }

    /// Takes new data. A Teacher of the same classes stays; what was trained on the old pictures goes.
    fn take_data(&mut self, data: Dataset, scenes: Option<ScenesConfig>) -> Result<DatasetReport> {
        data.train.validate()?;
        data.test.validate()?;
        let same_classes = self.data.as_ref().is_some_and(|former| former.train.class_names == data.train.class_names);
        if !same_classes {
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
        };
        self.data = Some(data);
        self.scenes = scenes;
        Ok(report)
    }

    fn forget_students(&mut self) {
        self.student = None;
        self.base = None;
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
