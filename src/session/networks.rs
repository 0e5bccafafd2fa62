//! Networks in and out of the session: weight files read, measured and written.

use super::{
    Model, NetworkRecord, NetworkReport, Role, Session, StartRecord, WeightSource, digest_of_bytes, not_ready,
};
use crate::distillation::Evaluation;
use crate::error::{Error, Result};
use crate::models::Weights;
use crate::models::shipped::{SCENES_STUDENT_START, SCENES_TEACHER};

impl Session {
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

    pub(super) fn forget_students(&mut self) {
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
