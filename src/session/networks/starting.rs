//! Weights that a training begins with, in place of random ones.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::models::{Architecture, NetworkConfig, WeightFile, Weights};
use crate::seed::Purpose;
use crate::session::networks::file_reading::TeacherReading;
use crate::session::networks::given_start::GivenStart;
use crate::session::networks::model::{Model, NetworkReport};
use crate::session::networks::role::Role;
use crate::session::record::config::WeightSource;
use crate::session::state::Session;

/// A file of weights that a Teacher's training may begin with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct StartReport {
    /// Name for people, e.g. `ResNet-50`.
    pub name: String,
    /// Family, depth and width, which the Teacher's settings have to be.
    pub network: Architecture,
    /// Trainable numbers of the network in the file.
    pub parameters: usize,
    /// Classes that the file's classifier answers; for data of another number it is drawn anew.
    pub classes: usize,
}

impl StartReport {
    /// What the file holds. Of several networks it is the Teacher's, or the one that would be taken for it.
    ///
    /// # Errors
    /// [`crate::Error::UnreadableWeights`], [`crate::Error::UnknownNetwork`], [`crate::Error::WeightsMismatch`].
    pub fn of_file(bytes: &[u8]) -> Result<Self> {
        Self::of(WeightFile::open(bytes)?.network(None, "teacher")?.1)
    }

    fn of(weights: &Weights) -> Result<Self> {
        let network = NetworkConfig::infer(weights)?;
        Ok(Self {
            name: network.name(),
            network: network.architecture,
            parameters: network.parameters(),
            classes: network.classes,
        })
    }
}

impl Session {
    /// Takes first weights for the Student and its Base. A classifier for another number of classes than the data's is drawn
    /// anew when they are used.
    ///
    /// # Errors
    /// As [`load_teacher`](Self::load_teacher), but for the number of classes.
    pub async fn load_student_start(&mut self, bytes: &[u8]) -> Result<NetworkReport> {
        let images = &self.data()?.train;
        let classes = images.class_names.len();
        let file = WeightFile::open(bytes)?;
        let (_, weights) = file.network(None, "student")?;
        let own = NetworkConfig::infer(weights)?;
        let (weights, summary) = if own.classes == classes {
            let usual = TeacherReading::default();
            let (model, record, _) = self.read_model(bytes, WeightSource::File, &usual, Role::Student).await?;
            (model.weights, record.summary)
        } else {
            let network = own.architecture.for_classes(classes);
            network.architecture.check_pictures(images.width, images.height)?;
            let seed = self.journal.config.distillation.optimiser.seed;
            let fitted = weights.with_classifier_of(&network, seed, Purpose::StudentInit);
            (weights.clone(), self.report_on(&Model::of(network, fitted, &self.device)?).await?)
        };
        self.put_start(GivenStart::new(weights, WeightSource::File, bytes));
        Ok(summary)
    }

    /// Takes first weights for the next distillation. Where they are those that the Student that is there began with, and
    /// these are not at hand, a bundle has them from here.
    pub(in crate::session) fn put_start(&mut self, start: GivenStart) {
        if self.began_with.is_none() && self.journal.start.as_ref() == Some(&start.record) {
            self.began_with = Some(Arc::clone(&start.weights));
        }
        self.start = Some(start);
    }

    /// Takes weights for a Teacher's training to begin with: fine-tuning. They may be of any number of classes. Nothing is
    /// computed with them yet.
    ///
    /// # Errors
    /// As [`StartReport::of_file`].
    pub fn load_teacher_start(&mut self, bytes: &[u8]) -> Result<StartReport> {
        let file = WeightFile::open(bytes)?;
        let (_, weights) = file.network(None, "teacher")?;
        let report = StartReport::of(weights)?;
        self.teacher_start = Some(GivenStart::new(weights.clone(), WeightSource::File, bytes));
        Ok(report)
    }
}
