//! The pinned reference batch.

use std::collections::HashMap;

use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::attribution::{Centred, DistanceMatrix, Objective};
use crate::dataset::{LabelledImages, split};
use crate::distillation::pictures_that_fit;
use crate::error::{Error, Result};
use crate::models::{Trace, counterpart};
use crate::session::networks::model::Model;
use crate::tensors::layout::pictures;

/// Largest reference batch: all its features at a layer are held at once.
pub(in crate::session) const MAX_IMAGES: usize = 512;
/// Bytes of the digest that name a reference batch.
const HASH_BYTES: usize = 8;

/// The reference batch: a seeded draw from the test pictures with the classes as equally many as can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ReferenceConfig {
    /// Images wished for, 4 to 512 for maps; fewer when the test part has fewer.
    pub images: usize,
    /// Seed of the draw.
    pub seed: u64,
}

impl ReferenceConfig {
    /// Checks that maps can be made of so many images, and a learning be watched through them; scores alone take more.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`].
    pub fn validate(&self) -> Result<()> {
        if !(4..=MAX_IMAGES).contains(&self.images) {
            return Err(Error::config("images", format!("must lie between 4 and {MAX_IMAGES}, is {}", self.images)));
        }
        Ok(())
    }
}

/// The three networks and the pictures they are looked at with.
pub(in crate::session) struct Trio<'a> {
    pub images: &'a LabelledImages,
    pub teacher: &'a Model,
    pub student: &'a Model,
    pub base: &'a Model,
}

impl Trio<'_> {
    pub(in crate::session) fn models(&self) -> [(&str, &Model); 3] {
        [("Teacher", self.teacher), ("Student", self.student), ("Base", self.base)]
    }

    /// Stages, counted from 0, of Teacher, Student and Base that belong to a stage of the Student.
    ///
    /// # Errors
    /// [`Error::NoMatchingLayer`] where the Teacher has no counterpart.
    pub(in crate::session) fn stages_at(&self, stage: usize) -> Result<[usize; 3]> {
        let own = self.student.config.layers();
        let [teacher, student, base] = self.models().map(|(name, model)| {
            counterpart(stage, own.len(), model.config.layers().len())
                .ok_or_else(|| Error::NoMatchingLayer { model: name.to_owned(), layer: own[stage].clone() })
        });
        Ok([teacher?, student?, base?])
    }

    /// Name of a layer, counted from 1, and each network's stage that belongs to it, counted from 0.
    ///
    /// # Errors
    /// [`Error::NoSuchLayer`]; [`Error::NoMatchingLayer`] where the Teacher has no counterpart.
    pub(in crate::session) fn layer(&self, layer: usize) -> Result<(String, [usize; 3])> {
        let mut layers = self.student.config.layers();
        if !(1..=layers.len()).contains(&layer) {
            return Err(Error::NoSuchLayer { layer, layers: layers.len() });
        }
        Ok((layers.swap_remove(layer - 1), self.stages_at(layer - 1)?))
    }

    pub(in crate::session) fn draw(&self, config: &ReferenceConfig) -> Result<Vec<usize>> {
        config.validate()?;
        check_held_out(self.images)?;
        let classes = self.images.class_names.len();
        Ok(split::balanced_draw(&self.images.labels, classes, config.images, config.seed))
    }

    pub(in crate::session) fn labels(&self, indices: &[usize]) -> Result<Centred> {
        let labels: Vec<usize> = indices.iter().map(|&index| self.images.labels[index]).collect();
        Ok(DistanceMatrix::of_labels(&labels, &self.images.class_names)?.u_centred())
    }

    /// Label embeddings for an objective: the unique one asks nothing of the labels, not even that they differ.
    pub(in crate::session) fn labels_for(&self, indices: &[usize], objective: Objective) -> Result<Centred> {
        match (self.labels(indices), objective) {
            (Err(Error::OneClassOnly { .. }), Objective::Unique) => Ok(Centred::zeros(indices.len())),
            (labels, _) => labels,
        }
    }

    /// What Teacher, Student and Base make of pictures.
    pub(in crate::session) fn traces(&self, indices: &[usize], device: &Device) -> [Trace; 3] {
        self.looked(indices, device, |_, _| {})
    }

    /// The same with one stage of each network alone, counted from 0: what the others have made is not kept.
    pub(in crate::session) fn traces_at(&self, stages: [usize; 3], indices: &[usize], device: &Device) -> [Trace; 3] {
        self.looked(indices, device, |model, trace| trace.stages = vec![trace.stages.swap_remove(stages[model])])
    }

    /// `trim` takes from each network's trace what is not wanted, before the next pictures are looked at.
    fn looked(&self, indices: &[usize], device: &Device, trim: impl Fn(usize, &mut Trace)) -> [Trace; 3] {
        let mut all = [const { Vec::new() }; 3];
        for batch in parts(self.images, indices, device) {
            for (place, (_, model)) in self.models().into_iter().enumerate() {
                let mut trace = model.network.forward(batch.clone());
                trim(place, &mut trace);
                all[place].push(trace);
            }
        }
        all.map(Trace::joined)
    }
}

/// Pictures in parts, each of as many as may go through a network together.
pub(in crate::session) fn parts(
    images: &LabelledImages,
    indices: &[usize],
    device: &Device,
) -> impl Iterator<Item = Tensor<4>> {
    let size = pictures_that_fit(images.width, images.height);
    indices.chunks(size).map(move |part| pictures(images, part, &[], device))
}

/// Fewest images of a distance statistic.
const MIN_IMAGES: usize = 4;

/// Checks that there are enough held-out images for a reference batch of any size.
///
/// # Errors
/// [`Error::TooFewHeldOut`].
pub(in crate::session) fn check_held_out(images: &LabelledImages) -> Result<()> {
    if images.len() < MIN_IMAGES {
        return Err(Error::TooFewHeldOut { n: images.len(), needed: MIN_IMAGES });
    }
    Ok(())
}

/// Names the reference batch, see [`Digests::name`].
pub(in crate::session) fn reference_hash(images: &LabelledImages, indices: &[usize]) -> String {
    Digests::default().name(images, indices)
}

/// Digests of pictures with their labels, each taken once however many batches show it.
#[derive(Default)]
pub(in crate::session) struct Digests {
    known: HashMap<usize, [u8; 32]>,
}

impl Digests {
    /// Names a reference batch: SHA-256 over the digests of its pictures in order, shortened; a picture's digest is SHA-256
    /// over its label and its pixels.
    pub fn name(&mut self, images: &LabelledImages, indices: &[usize]) -> String {
        let mut all = Sha256::new();
        for &index in indices {
            let own = self.known.entry(index).or_insert_with(|| {
                let label = (images.labels[index] as u64).to_le_bytes();
                Sha256::new().chain_update(label).chain_update(images.picture(index)).finalize().into()
            });
            all.update(own);
        }
        all.finalize().iter().take(HASH_BYTES).map(|byte| format!("{byte:02x}")).collect()
    }
}
