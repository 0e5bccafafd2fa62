//! Networks in and out of the session: weight files read, measured and written.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Model, NetworkRecord, NetworkReport, Role, Session, StartRecord, WeightSource, digest_of_bytes, not_ready,
};
use crate::distillation::{DistillationConfig, Evaluation};
use crate::error::{Error, Result};
use crate::models::Weights;
use crate::models::shipped::{MANIFEST, SCENES, ShippedNetworks};

/// A distillation that was finished beforehand: what it gave, and its recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct ShippedPair {
    /// The Teacher; accuracies are those on the chosen data.
    pub teacher: NetworkReport,
    /// The Student.
    pub student: NetworkReport,
    /// Its twin without the Teacher.
    pub base: NetworkReport,
    /// How the two were trained, out of the manifest.
    pub distillation: DistillationConfig,
}

/// The recipe that the manifest has of a pair; a test reads it for every one.
fn recipe_of(shipped: &ShippedNetworks) -> DistillationConfig {
    let manifest: Value = serde_json::from_str(MANIFEST).expect("the manifest is JSON");
    let file = format!("{}-student.safetensors", shipped.name);
    let models = manifest["models"].as_array().into_iter().flatten();
    let entry = models.filter(|model| model["file"] == file).find_map(|model| model.get("distillation"));
    serde_json::from_value(entry.cloned().unwrap_or_default()).expect("the manifest has the recipe of every pair")
}

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

    /// The networks that are shipped for the chosen data, if there are any.
    pub(super) fn shipped(&self) -> Option<&'static ShippedNetworks> {
        if self.scenes.is_some() {
            return Some(&SCENES);
        }
        ShippedNetworks::of_classes(&self.data.as_ref()?.train.class_names)
    }

    fn needed_shipped(&self) -> Result<&'static ShippedNetworks> {
        self.data()?;
        self.shipped().ok_or_else(|| {
            not_ready("The shipped networks know the built-in Scenes and CIFAR-10's ten classes only: choose such data")
        })
    }

    /// Takes the Teacher and the Student's first weights that are shipped for the chosen data: the built-in Scenes, or
    /// pictures of CIFAR-10's ten classes.
    ///
    /// # Errors
    /// [`Error::NotReady`] when the data are of other classes.
    pub async fn use_shipped_teacher(&mut self) -> Result<NetworkReport> {
        let shipped = self.needed_shipped()?;
        let report = self.take_teacher(shipped.teacher, WeightSource::Shipped).await?;
        self.start = Some(Weights::from_bytes(shipped.start)?);
        self.journal.start =
            Some(StartRecord { source: WeightSource::Shipped, digest: digest_of_bytes(shipped.start) });
        Ok(report)
    }

    /// Takes the Student and the Base that were distilled beforehand, and their Teacher where another one or none is at
    /// hand. They are measured on the chosen data.
    ///
    /// # Errors
    /// As [`use_shipped_teacher`](Self::use_shipped_teacher).
    pub async fn use_shipped_students(&mut self) -> Result<ShippedPair> {
        let shipped = self.needed_shipped()?;
        let teacher = match self.journal.teacher() {
            Some(record) if record.digest == digest_of_bytes(shipped.teacher) => record.summary.clone(),
            _ => self.use_shipped_teacher().await?,
        };
        let (student, student_record) = self.read_model(shipped.student, WeightSource::Shipped).await?;
        let (base, base_record) = self.read_model(shipped.base, WeightSource::Shipped).await?;
        let pair = ShippedPair {
            teacher,
            student: student_record.summary.clone(),
            base: base_record.summary.clone(),
            distillation: recipe_of(shipped),
        };
        self.forget_students();
        (self.student, self.base) = (Some(student), Some(base));
        (self.journal.student, self.journal.base) = (Some(student_record), Some(base_record));
        self.journal.config.distillation = pair.distillation.clone();
        Ok(pair)
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
        self.end_looking();
    }

    async fn report_on(&self, model: &Model) -> Result<NetworkReport> {
        let test = &self.data()?.test;
        let mut evaluation = Evaluation::new(vec![model.network.clone()]);
        while evaluation.advance(test, &self.device) {}
        Ok(model.report(evaluation.finish().await?[0]))
    }
}
