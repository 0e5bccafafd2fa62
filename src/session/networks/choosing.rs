//! Networks in and out of the session: weight files read, measured and written.

use std::borrow::Cow;

use web_time::Instant;

use crate::dataset::collect::Note;
use crate::dataset::known::KNOWN;
use crate::distillation::Evaluation;
use crate::error::{Error, Result};
use crate::models::Weights;
use crate::models::shipped::{Matched, ShippedNetworks, ShippedRole};
use crate::session::networks::file_reading::{FileReading, TeacherReading};
use crate::session::networks::given_start::GivenStart;
use crate::session::networks::model::{Model, NetworkReport};
use crate::session::networks::reading;
use crate::session::networks::role::Role;
use crate::session::networks::shipped_pair::{ShippedPair, recipe_of};
use crate::session::record::config::WeightSource;
use crate::session::record::journal::digest_of_bytes;
use crate::session::record::report::NetworkRecord;
use crate::session::state::{Session, not_ready};

impl Session {
    /// Takes a Teacher from a weight file; its shape is read off the tensors. What was trained with the former one goes,
    /// and a run under way ends.
    ///
    /// # Errors
    /// [`crate::Error::UnreadableWeights`], [`crate::Error::WeightsMismatch`], [`crate::Error::ClassCountMismatch`], [`crate::Error::NotReady`];
    /// [`crate::Error::InvalidConfig`] when the network asks for larger pictures than the data has.
    pub async fn load_teacher(&mut self, bytes: &[u8]) -> Result<NetworkReport> {
        self.load_teacher_as(bytes, &TeacherReading::default()).await
    }

    /// As [`load_teacher`](Self::load_teacher), of a file that is to be read in this way; the report says how it was, and
    /// what would fit the held-out pictures much better.
    ///
    /// # Errors
    /// As [`load_teacher`](Self::load_teacher); [`crate::Error::InvalidConfig`] if the file cannot be read so.
    pub async fn load_teacher_as(&mut self, bytes: &[u8], wished: &TeacherReading) -> Result<NetworkReport> {
        let (model, mut record, mut reading) =
            self.read_model(bytes, WeightSource::File, wished, Role::Teacher).await?;
        reading::compare(&model, &self.data()?.test, &mut reading, &self.device).await?;
        record.summary.reading = Some(reading);
        self.journal.config.teacher_reading = wished.clone();
        Ok(self.put_teacher(model, record))
    }

    /// Describes the Teacher that is there and measures it on the present pictures. It stays what it is: where it comes
    /// from and how it was trained is kept, and so is what was made with it.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] when there is no Teacher; [`crate::Error::DeviceFailed`].
    pub async fn describe_teacher(&mut self) -> Result<NetworkReport> {
        self.measure_teacher().await?.ok_or_else(|| not_ready("Choose or train a Teacher"))
    }

    /// Measures a Teacher that stayed while the pictures changed, unless that was done since.
    pub(in crate::session) async fn settle_teacher(&mut self) -> Result<()> {
        if self.journal.is_teacher_unmeasured() {
            self.measure_teacher().await?;
        }
        Ok(())
    }

    /// The Teacher, if there is one, measured on the pictures as they are prepared now.
    pub(in crate::session) async fn measure_teacher(&mut self) -> Result<Option<NetworkReport>> {
        let (Some(teacher), Some(former)) = (&self.teacher, self.journal.teacher().cloned()) else { return Ok(None) };
        let mut summary = self.report_on(teacher).await?;
        if former.source == WeightSource::Shipped {
            let width = self.data()?.train.width;
            summary.reading = self.shipped_networks().and_then(|shipped| reading::of_shipped(&shipped, width));
        } else if let Some(former) = former.summary.reading {
            let kept = |note: &Note| !note.code.starts_with("better-");
            let notes = former.notes.into_iter().filter(kept).collect();
            let mut reading = FileReading { notes, better_order: None, better_normalisation: None, ..former };
            reading::compare(teacher, &self.data()?.test, &mut reading, &self.device).await?;
            summary.reading = Some(reading);
        }
        self.journal.measure_teacher(summary.clone());
        Ok(Some(summary))
    }

    /// A Teacher as its file has it; nothing else is tried.
    pub(in crate::session) async fn take_teacher(
        &mut self,
        bytes: &[u8],
        source: WeightSource,
    ) -> Result<NetworkReport> {
        let (model, record, _) = self.read_model(bytes, source, &TeacherReading::default(), Role::Teacher).await?;
        Ok(self.put_teacher(model, record))
    }

    /// Puts a Teacher in the place of the former one; a run under way, which may learn from that, ends.
    fn put_teacher(&mut self, model: Model, record: NetworkRecord) -> NetworkReport {
        let summary = record.summary.clone();
        self.running = None;
        self.forget_students();
        self.teacher = Some(model);
        self.journal.note_teacher(record, None);
        summary
    }

    /// Takes a Student and its Base that were exported before.
    ///
    /// # Errors
    /// As [`load_teacher`](Self::load_teacher); [`Error::BaseMismatch`] when they are of different shapes.
    pub async fn load_students(&mut self, student: &[u8], base: &[u8]) -> Result<[NetworkReport; 2]> {
        let usual = TeacherReading::default();
        let (student, student_record, _) = self.read_model(student, WeightSource::File, &usual, Role::Student).await?;
        let (base, base_record, _) = self.read_model(base, WeightSource::File, &usual, Role::Base).await?;
        if student.config != base.config {
            let [student, base] = [student_record, base_record].map(|record| record.summary.name);
            return Err(Error::BaseMismatch { student, base });
        }
        self.settle_teacher().await?;
        let summaries = [student_record.summary.clone(), base_record.summary.clone()];
        self.forget_students();
        (self.student, self.base) = (Some(student), Some(base));
        (self.journal.student, self.journal.base) = (Some(student_record), Some(base_record));
        Ok(summaries)
    }

    /// Takes the networks between Teacher and Student that were exported before, the Teacher's own pupil first: what a
    /// [bundle](Self::bundle) holds where the run of the Student that is there was [taken over](Self::take_over).
    ///
    /// # Errors
    /// As [`load_teacher`](Self::load_teacher).
    pub fn load_assistants(&mut self, files: &[Vec<u8>]) -> Result<()> {
        let (names, usual) = (&self.data()?.train.class_names, TeacherReading::default());
        let read = |file: &Vec<u8>| Ok(reading::read(file, &usual, "student", names, &self.device)?.0);
        self.assistants = files.iter().map(read).collect::<Result<_>>()?;
        Ok(())
    }

    /// Builds a network of the data's classes and measures it.
    pub(in crate::session) async fn read_model(
        &self,
        bytes: &[u8],
        source: WeightSource,
        wished: &TeacherReading,
        role: Role,
    ) -> Result<(Model, NetworkRecord, FileReading)> {
        let images = &self.data()?.train;
        let usual = if role == Role::Teacher { "teacher" } else { "student" };
        let (model, reading) = reading::read(bytes, wished, usual, &images.class_names, &self.device)?;
        model.config.architecture.check_pictures(images.width, images.height)?;
        let summary = self.report_on(&model).await?;
        Ok((model, NetworkRecord { source, digest: digest_of_bytes(bytes), summary }, reading))
    }

    /// The networks that are shipped for the chosen data, if there are any.
    pub(in crate::session) fn shipped_networks(&self) -> Option<Matched> {
        if self.scenes.is_some() {
            return Some(Matched::scenes());
        }
        ShippedNetworks::of_classes(&self.data.as_ref()?.train.class_names, self.journal.config.images.data_set)
    }

    fn needed_shipped(&self) -> Result<Matched> {
        self.data()?;
        self.shipped_networks().ok_or_else(|| {
            let shipped = KNOWN.iter().filter(|set| ShippedNetworks::of(set.name).is_some());
            let titles: Vec<&str> = shipped.map(|set| set.title).collect();
            not_ready(&format!(
                "The shipped networks know the built-in Scenes and classes of these only: {}. Choose such data",
                titles.join(", ")
            ))
        })
    }

    /// Builds a shipped network whose outputs are the data's classes, and measures it.
    async fn read_shipped(&self, shipped: &Matched, bytes: &[u8]) -> Result<(Model, NetworkRecord)> {
        let images = &self.data()?.train;
        let model = Model::new(shipped.fitted(Weights::from_bytes(bytes)?)?, &self.device)?;
        model.config.architecture.check_pictures(images.width, images.height)?;
        let summary = self.report_on(&model).await?;
        Ok((model, NetworkRecord { source: WeightSource::Shipped, digest: digest_of_bytes(bytes), summary }))
    }

    /// Files of the networks that are shipped for the chosen data and are not at hand yet, in the order of the manifest.
    /// Natively there are none.
    ///
    /// # Errors
    /// As [`use_shipped_teacher`](Self::use_shipped_teacher).
    pub fn missing_weights(&self) -> Result<Vec<String>> {
        let files = self.needed_shipped()?.networks.files();
        Ok(files.into_iter().filter(|file| self.shipped.get(file).is_none()).collect())
    }

    /// Takes the bytes of a shipped file, as they lie beside a page's engine.
    ///
    /// # Errors
    /// [`crate::Error::WrongDigest`]; [`crate::Error::InvalidConfig`] for a file of another name.
    pub fn take_weights(&mut self, file: &str, bytes: &[u8]) -> Result<()> {
        self.shipped.take(file, bytes)
    }

    fn shipped_bytes(&self, shipped: &Matched, role: ShippedRole) -> Result<Cow<'static, [u8]>> {
        let file = shipped.networks.file(role);
        self.shipped.get(&file).ok_or_else(|| not_ready(&format!("Hand over the shipped file {file}")))
    }

    fn shipped_start(&self, shipped: &Matched) -> Result<GivenStart> {
        let bytes = self.shipped_bytes(shipped, ShippedRole::Start)?;
        Ok(GivenStart::new(shipped.fitted(Weights::from_bytes(&bytes)?)?, WeightSource::Shipped, &bytes))
    }

    /// Takes the Teacher and the Student's first weights that are shipped for the chosen data: the built-in Scenes, or
    /// pictures of classes that a known data set has. Outputs are put into the order of the data's classes.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] when the data are of other classes, or in a page's engine when their files were not
    /// handed over: see [`missing_weights`](Self::missing_weights).
    pub async fn use_shipped_teacher(&mut self) -> Result<NetworkReport> {
        let shipped = self.needed_shipped()?;
        let teacher = self.shipped_bytes(&shipped, ShippedRole::Teacher)?;
        let start = self.shipped_start(&shipped)?;
        let (model, mut record) = self.read_shipped(&shipped, &teacher).await?;
        let images = &self.data()?.train;
        record.summary.reading = reading::of_shipped(&shipped, images.width);
        let report = self.put_teacher(model, record);
        self.start = Some(start);
        Ok(report)
    }

    /// Takes the Student's first weights that are shipped for the chosen data, beside whatever Teacher is there.
    ///
    /// # Errors
    /// As [`use_shipped_teacher`](Self::use_shipped_teacher).
    pub fn use_shipped_start(&mut self) -> Result<()> {
        let start = self.shipped_start(&self.needed_shipped()?)?;
        self.put_start(start);
        Ok(())
    }

    /// Takes the Student and the Base that were distilled beforehand, and their Teacher where another one or none is at
    /// hand. They are measured on the chosen data.
    ///
    /// # Errors
    /// As [`use_shipped_teacher`](Self::use_shipped_teacher).
    pub async fn use_shipped_students(&mut self) -> Result<ShippedPair> {
        self.settle_teacher().await?;
        let shipped = self.needed_shipped()?;
        let teacher = self.shipped_bytes(&shipped, ShippedRole::Teacher)?;
        let student = self.shipped_bytes(&shipped, ShippedRole::Student)?;
        let base = self.shipped_bytes(&shipped, ShippedRole::Base)?;
        let start = self.shipped_start(&shipped)?;
        let teacher = match self.journal.teacher() {
            Some(record) if record.digest == digest_of_bytes(&teacher) => record.summary.clone(),
            _ => self.use_shipped_teacher().await?,
        };
        let (student, student_record) = self.read_shipped(&shipped, &student).await?;
        let (base, base_record) = self.read_shipped(&shipped, &base).await?;
        let pair = ShippedPair {
            teacher,
            student: student_record.summary.clone(),
            base: base_record.summary.clone(),
            gain: student_record.summary.accuracy - base_record.summary.accuracy,
            distillation: recipe_of(shipped.networks),
        };
        self.forget_students();
        (self.student, self.base) = (Some(student), Some(base));
        (self.journal.student, self.journal.base) = (Some(student_record), Some(base_record));
        self.journal.start = Some(start.record);
        self.journal.config.distillation = pair.distillation.clone();
        Ok(pair)
    }

    /// A network's weights as safetensors, with its shape in the metadata.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] when there is no such network yet.
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

    pub(in crate::session) async fn report_on(&self, model: &Model) -> Result<NetworkReport> {
        let test = &self.data()?.test;
        let begun = Instant::now();
        let mut evaluation = Evaluation::new(vec![model.network.clone()]);
        while evaluation.advance(test, &self.device) {}
        let accuracy = evaluation.finish().await?[0];
        let multiply_adds = test.len() as u64 * model.config.shape(test.width, test.height).multiply_adds();
        self.rates.note_test(self.device_report.kind, multiply_adds, begun.elapsed().as_secs_f64());
        Ok(model.report(accuracy))
    }
}
