//! What a session holds; its calls stand in the rooms.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use burn::tensor::Device;

use crate::dataset::collect::{Collector, ImagesConfig};
use crate::dataset::normalisation::Normalisation;
use crate::dataset::pixels::Rack;
use crate::dataset::scenes::ScenesConfig;
use crate::dataset::{Dataset, LabelledImages};
use crate::distillation::Memory;
use crate::error::{Error, Result};
use crate::models::Weights;
use crate::models::shipped::ShippedWeights;
use crate::session::checks::spread::SpreadRun;
use crate::session::data::part::Part;
use crate::session::devices::preparation_stage::PreparationStage;
use crate::session::devices::trial::Trial;
use crate::session::devices::work::Work;
use crate::session::maps::look::Trio;
use crate::session::networks::given_start::GivenStart;
use crate::session::networks::model::Model;
use crate::session::record::journal::{Files, Journal, digest_of_data};
use crate::session::scores::scoring::ScoringRun;
use crate::session::training::rate::Rates;
use crate::session::training::running::Running;
use crate::session::training::timeline::TimelinePoint;
use crate::tensors::device::{DeviceKind, DeviceReport};

/// The pictures, the three networks and the run under way.
pub struct Session {
    pub(in crate::session) device: Device,
    pub(in crate::session) device_report: DeviceReport,
    pub(in crate::session) collector: Option<(Collector, ImagesConfig, Files)>,
    pub(in crate::session) data: Option<Dataset>,
    /// Of the data, once it was asked for: thousands of photographs take seconds.
    pub(in crate::session) pictures_digest: OnceCell<String>,
    pub(in crate::session) scenes: Option<ScenesConfig>,
    pub(in crate::session) normalisation: Normalisation,
    pub(in crate::session) teacher: Option<Model>,
    /// What the next distillation may begin with.
    pub(in crate::session) start: Option<GivenStart>,
    /// What a Teacher's training may begin with.
    pub(in crate::session) teacher_start: Option<GivenStart>,
    /// Weight files that the project ships.
    pub(in crate::session) shipped: ShippedWeights,
    pub(in crate::session) student: Option<Model>,
    /// What the Student and the Base that are there began with, where that was given: a bundle holds it.
    pub(in crate::session) began_with: Option<Arc<Weights>>,
    pub(in crate::session) base: Option<Model>,
    pub(in crate::session) assistants: Vec<Model>,
    pub(in crate::session) running: Option<Running>,
    /// What the device was used for last.
    pub(in crate::session) work: Cell<Option<Work>>,
    /// How much of a step the runs from now on may hold.
    pub(in crate::session) memory: Memory,
    /// Bytes that may still be asked for on the CPU, where there is a limit.
    pub(in crate::session) room: Option<u64>,
    pub(in crate::session) rates: Rates,
    /// The last point of a timeline, until a shell takes it.
    pub(in crate::session) point: Option<TimelinePoint>,
    pub(in crate::session) journal: Journal,
    pub(in crate::session) scoring: Option<ScoringRun>,
    pub(in crate::session) spread: Option<SpreadRun>,
    pub(in crate::session) trial: Option<Trial>,
    pub(in crate::session) preparation: Option<(Box<Session>, PreparationStage)>,
    /// Devices whose kernels are compiled.
    pub(in crate::session) prepared: Vec<DeviceKind>,
}

impl Session {
    /// A session on a device that is open already.
    #[must_use]
    pub fn on(device: Device, device_report: DeviceReport) -> Self {
        Self {
            device,
            device_report,
            collector: None,
            data: None,
            pictures_digest: OnceCell::new(),
            scenes: None,
            normalisation: Normalisation::default(),
            teacher: None,
            start: None,
            teacher_start: None,
            shipped: ShippedWeights::default(),
            student: None,
            began_with: None,
            base: None,
            assistants: Vec::new(),
            running: None,
            work: Cell::new(None),
            memory: Memory::default(),
            room: None,
            rates: Rates::default(),
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

    /// Says how much of a step the runs from now on may hold in memory; it is no part of a recipe. They hold less where there
    /// is no room for it.
    pub fn set_memory(&mut self, memory: Memory) {
        self.memory = memory;
    }

    /// The chosen data.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] before any were chosen.
    pub fn data(&self) -> Result<&Dataset> {
        self.data.as_ref().ok_or_else(|| not_ready("Choose the data"))
    }

    /// The shelf outside of the memory on which the pictures lie, where they do.
    #[must_use]
    pub fn shelf(&self) -> Option<&Arc<Rack>> {
        self.data.as_ref().and_then(|data| data.train.pixels.rack())
    }

    /// Whether all pictures could be read so far; asked for at the end of a call.
    ///
    /// # Errors
    /// [`Error::ShelfFailed`].
    pub fn check_pictures(&self) -> Result<()> {
        self.data.as_ref().map_or(Ok(()), |data| data.train.pixels.check())
    }

    /// Digest of the chosen data, made once.
    pub(in crate::session) fn digest_of_pictures(&self) -> Option<String> {
        let data = self.data.as_ref()?;
        Some(self.pictures_digest.get_or_init(|| digest_of_data(data)).clone())
    }

    /// One part of the chosen data.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] before any were chosen.
    pub fn part(&self, part: Part) -> Result<&LabelledImages> {
        let data = self.data()?;
        Ok(match part {
            Part::Train => &data.train,
            Part::Test => &data.test,
        })
    }

    /// Ends whatever is under way with networks that are going to be replaced.
    pub(in crate::session) fn end_looking(&mut self) {
        self.scoring = None;
        self.spread = None;
    }

    /// Data and networks, once all are there.
    ///
    /// # Errors
    /// [`Error::NotReady`] saying what is missing.
    pub(in crate::session) fn trio(&self) -> Result<Trio<'_>> {
        let teacher = self.teacher.as_ref().ok_or_else(|| not_ready("Choose or train a Teacher"))?;
        match (&self.student, &self.base) {
            (Some(student), Some(base)) => Ok(Trio { images: &self.data()?.test, teacher, student, base }),
            _ => Err(not_ready("Distil a Student")),
        }
    }

    /// Forgets what was trained from the data and the Teacher.
    pub(in crate::session) fn forget_students(&mut self) {
        self.student = None;
        self.began_with = None;
        self.base = None;
        self.assistants.clear();
        self.journal.forget_students();
        self.end_looking();
    }
}

/// What is to be done first.
pub(in crate::session) fn not_ready(needed: &str) -> Error {
    Error::NotReady { needed: needed.to_owned() }
}
