//! One layer of the three networks over the reference batch, from which every map is drawn.

use burn::tensor::{Device, Tensor};

use crate::attribution::{Centred, ClassEvidence, Features, Objective, UniCam, confidences, measure, named_classes};
use crate::distillation::pictures_that_fit;
use crate::error::{Error, Result};
use crate::models::Trace;
use crate::session::maps::look::{ReferenceConfig, Trio, reference_hash};
use crate::session::maps::map_kind::MapKind;
use crate::session::networks::role::Role;
use crate::tensors::readback::read_all;

/// What the maps of one layer stand on. Lists of three are in the order Teacher, Student, Base.
pub(in crate::session) struct LayerLook<'a> {
    trio: &'a Trio<'a>,
    device: &'a Device,
    /// Indices of the reference batch among the test pictures.
    pub indices: Vec<usize>,
    /// Name of the Student's stage.
    pub layer: String,
    /// Each network's stage, counted from 0.
    pub stages: [usize; 3],
    /// Label embeddings of the batch.
    pub labels: Centred,
    /// Each network's features.
    pub features: Vec<Features>,
    /// Class that each network names for each picture.
    pub classes: Vec<Vec<usize>>,
    /// Probability that each network gives it, 0 to 1.
    pub confidences: Vec<Vec<f64>>,
}

impl<'a> LayerLook<'a> {
    /// Runs the networks over the reference batch: two reads from the device.
    ///
    /// # Errors
    /// [`Error::NoSuchLayer`], [`Error::NoMatchingLayer`], and those of the draw, the labels and the distances.
    pub async fn new(
        trio: &'a Trio<'a>,
        reference: &ReferenceConfig,
        layer: usize,
        objective: Objective,
        device: &'a Device,
    ) -> Result<Self> {
        let (name, stages) = trio.layer(layer)?;
        let indices = trio.draw(reference)?;
        let labels = trio.labels_for(&indices, objective)?;
        let mut traces = trio.traces_at(stages, &indices, device);
        let outputs = trio
            .models()
            .into_iter()
            .zip(&mut traces)
            .map(|((model, _), trace)| (model.to_owned(), name.clone(), trace.stages.swap_remove(0)));
        let features = measure(outputs.collect()).await?.into_iter().collect::<Result<Vec<_>>>()?;
        let (classes, confidences) = answers(trio, &traces).await?;
        Ok(Self { trio, device, indices, layer: name, stages, labels, features, classes, confidences })
    }

    /// Digest that names the reference batch.
    pub fn reference_hash(&self) -> String {
        reference_hash(self.trio.images, &self.indices)
    }

    /// The network's features.
    pub fn of(&self, role: Role) -> &Features {
        &self.features[role.place_in_trio()]
    }

    /// The UniCAM maps of this kind; nothing for a class map.
    pub fn unicam(&self, kind: MapKind, objective: Objective) -> Option<UniCam> {
        kind.given().map(|given| UniCam::of(self.of(kind.explained()), self.of(given), &self.labels, objective))
    }

    /// What the class maps of one network stand on, for the classes that it names: one backward pass.
    pub fn class_evidence(&self, role: Role) -> Result<ClassEvidence> {
        let (_, model) = self.trio.models()[role.place_in_trio()];
        let (activation, classes) = (&self.of(role).activation, &self.classes[role.place_in_trio()]);
        let stage = self.stages[role.place_in_trio()] + 1;
        let images = self.trio.images;
        let at_once = pictures_that_fit(images.width, images.height);
        ClassEvidence::gather(&model.config, &model.weights, stage, activation, classes, at_once, self.device)
    }

    /// Reads maps from the device in one go, each flat; they may differ in size.
    ///
    /// # Errors
    /// [`Error::NotFinite`] naming the layer.
    pub async fn read(&self, maps: Vec<Tensor<3>>) -> Result<Vec<Vec<f32>>> {
        let values = read_all(maps.into_iter().map(|map| map.flatten(0, 2)).collect()).await?;
        if values.iter().flatten().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                what: format!("A map of {}", self.layer),
                advice: "Train the Student again with a lower learning rate.".to_owned(),
            });
        }
        Ok(values)
    }
}

/// The classes that the networks name and how sure they are: `([3][n], [3][n])`, in one read.
async fn answers(trio: &Trio<'_>, traces: &[Trace; 3]) -> Result<(Vec<Vec<usize>>, Vec<Vec<f64>>)> {
    let logits = read_all(traces.iter().map(|trace| trace.logits.clone().flatten(0, 1)).collect()).await?;
    let answers = trio.models().into_iter().zip(logits).map(|((_, model), logits)| {
        let classes = named_classes(&logits, model.config.classes);
        let confidences = confidences(&logits, model.config.classes, &classes);
        (classes, confidences)
    });
    Ok(answers.unzip())
}
