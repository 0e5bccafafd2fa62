//! What the trained networks see: maps and scores over a pinned reference batch.

use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Model;
use crate::attribution::{
    Centred, ClassEvidence, ClassMethod, DistanceMatrix, Features, Heatmap, Objective, Strength, UniCam, measure,
};
use crate::dataset::{LabelledImages, split};
use crate::error::{Error, Result};
use crate::models::{Trace, counterpart};
use crate::scores::{LayerFailure, LayerOutcome, ScoreReport, layer_scores};
use crate::tensors::layout::pictures;
use crate::tensors::readback::read_all;

/// Largest reference batch: all its features are held at once.
const MAX_IMAGES: usize = 512;
/// Bytes of the digest that name a reference batch.
const HASH_BYTES: usize = 8;

/// The reference batch: a seeded draw from the test pictures with the classes as equally many as can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ReferenceConfig {
    /// Images wished for, 4 to 512; fewer when the test part has fewer.
    pub images: usize,
    /// Seed of the draw.
    pub seed: u64,
}

/// Which maps are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ExplainConfig {
    /// The batch that the maps belong to.
    pub reference: ReferenceConfig,
    /// Stage, counted from 1.
    pub layer: usize,
    /// Scalar that UniCAM explains.
    pub objective: Objective,
}

/// What a map shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum MapKind {
    /// Student given Base, drawn on the Student's features.
    Distilled,
    /// Base given Student, drawn on the Base's features.
    Residual,
    /// Student given Teacher.
    StudentGivenTeacher,
    /// Teacher given Student.
    TeacherGivenStudent,
    /// Grad-CAM of the Teacher for the class that it names.
    GradCamTeacher,
    /// Grad-CAM of the Student for the class that it names.
    GradCamStudent,
    /// Grad-CAM of the Base for the class that it names.
    GradCamBase,
}

/// The kinds in the order in which an [`Explanation`] holds them.
const KINDS: [MapKind; 7] = [
    MapKind::Distilled,
    MapKind::Residual,
    MapKind::StudentGivenTeacher,
    MapKind::TeacherGivenStudent,
    MapKind::GradCamTeacher,
    MapKind::GradCamStudent,
    MapKind::GradCamBase,
];

/// One image of the reference batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct ExplainedImage {
    /// Index among the test pictures.
    pub index: usize,
    /// True class.
    pub label: usize,
    /// Class that the Teacher names.
    pub teacher: usize,
    /// Class that the Student names.
    pub student: usize,
    /// Class that the Base names.
    pub base: usize,
    /// Share of the picture's area that is object, 0 to 1, where masks are known.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub mask_share: Option<f32>,
    /// Strength of each map, in the order of the report's `maps`.
    pub strengths: Vec<Strength>,
}

/// Extents of a map before it is scaled to the pictures: those of the stage that it is drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct RawSize {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// Everything about the maps but their pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct ExplanationReport {
    /// Stage name.
    pub layer: String,
    /// Scalar that UniCAM explained.
    pub objective: Objective,
    /// Digest that names the reference batch.
    pub reference_hash: String,
    /// Images in the batch.
    pub n: usize,
    /// Width of a scaled map, pixels.
    pub width: usize,
    /// Height of a scaled map, pixels.
    pub height: usize,
    /// What the maps of each image show.
    pub maps: Vec<MapKind>,
    /// Extents of each raw map, in the order of `maps`: those of a Teacher of another family may differ.
    pub raw_sizes: Vec<RawSize>,
    /// One entry per image.
    pub images: Vec<ExplainedImage>,
}

/// All maps of one layer over the reference batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What they are.
    pub report: ExplanationReport,
    /// `[n, maps, height, width]` in `[0, 1]`.
    pub scaled: Vec<f32>,
    /// Image by image, and for each one map after the other: `raw_sizes[map].height * raw_sizes[map].width` values.
    pub raw: Vec<f32>,
}

/// The three networks and the pictures they are looked at with.
pub(super) struct Trio<'a> {
    pub images: &'a LabelledImages,
    pub teacher: &'a Model,
    pub student: &'a Model,
    pub base: &'a Model,
}

impl Trio<'_> {
    fn models(&self) -> [(&str, &Model); 3] {
        [("Teacher", self.teacher), ("Student", self.student), ("Base", self.base)]
    }

    /// Stages, counted from 0, of Teacher, Student and Base that belong to a stage of the Student.
    ///
    /// # Errors
    /// [`Error::NoMatchingLayer`] where the Teacher has no counterpart.
    pub(super) fn stages_at(&self, stage: usize) -> Result<[usize; 3]> {
        let (own, theirs) = (self.student.config.layers(), self.teacher.config.layers());
        let teacher = counterpart(stage, own.len(), theirs.len())
            .ok_or_else(|| Error::NoMatchingLayer { model: "Teacher".to_owned(), layer: own[stage].clone() })?;
        Ok([teacher, stage, stage])
    }

    fn draw(&self, config: &ReferenceConfig) -> Result<Vec<usize>> {
        if !(4..=MAX_IMAGES).contains(&config.images) {
            return Err(Error::config("images", format!("must lie between 4 and {MAX_IMAGES}, is {}", config.images)));
        }
        let classes = self.images.class_names.len();
        Ok(split::balanced_draw(&self.images.labels, classes, config.images, config.seed))
    }

    fn labels(&self, indices: &[usize]) -> Result<Centred> {
        let labels: Vec<usize> = indices.iter().map(|&index| self.images.labels[index]).collect();
        Ok(DistanceMatrix::of_labels(&labels, &self.images.class_names)?.u_centred())
    }

    fn traces(&self, indices: &[usize], device: &Device) -> [Trace; 3] {
        let batch = pictures(self.images, indices, &[], device);
        self.models().map(|(_, model)| model.network.forward(batch.clone()))
    }
}

/// Names the reference batch: SHA-256 over labels and pixels in order, shortened.
fn reference_hash(images: &LabelledImages, indices: &[usize]) -> String {
    let mut digest = Sha256::new();
    for &index in indices {
        digest.update((images.labels[index] as u64).to_le_bytes());
        digest.update(images.picture(index));
    }
    digest.finalize().iter().take(HASH_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// FSS and RS of every layer of the Student, each beside its counterpart in the Teacher.
pub(super) async fn score(trio: &Trio<'_>, config: &ReferenceConfig, device: &Device) -> Result<ScoreReport> {
    let indices = trio.draw(config)?;
    let labels = trio.labels(&indices)?;
    let traces = trio.traces(&indices, device);
    let mut stages = Vec::new();
    let names = trio.student.config.layers();
    for (stage, name) in names.iter().enumerate() {
        let Ok(aligned) = trio.stages_at(stage) else { continue };
        for (((model, _), trace), stage) in trio.models().into_iter().zip(&traces).zip(aligned) {
            stages.push((model.to_owned(), name.clone(), trace.stages[stage].clone()));
        }
    }
    let mut measured = measure(stages).await?.into_iter();
    let mut layers = Vec::new();
    for (stage, layer) in names.into_iter().enumerate() {
        let three = match trio.stages_at(stage) {
            Ok(_) => measured.by_ref().take(3).collect::<Result<Vec<Features>>>(),
            Err(error) => Err(error),
        };
        layers.push(match three {
            Ok(three) => LayerOutcome::Ok(layer_scores(&three[0], &three[1], &three[2], &labels)),
            Err(error) => {
                LayerOutcome::Error(LayerFailure { layer, code: error.code().to_owned(), message: error.to_string() })
            }
        });
    }
    Ok(ScoreReport { n: indices.len(), reference_hash: reference_hash(trio.images, &indices), layers })
}

/// Every map of one layer: three reads from the device in all.
pub(super) async fn explain(trio: &Trio<'_>, config: &ExplainConfig, device: &Device) -> Result<Explanation> {
    let layers = trio.student.config.layers();
    if !(1..=layers.len()).contains(&config.layer) {
        return Err(Error::NoSuchLayer { layer: config.layer, layers: layers.len() });
    }
    let aligned = trio.stages_at(config.layer - 1)?;
    let indices = trio.draw(&config.reference)?;
    let labels = match (trio.labels(&indices), config.objective) {
        // The unique objective asks nothing of the labels.
        (Err(Error::OneClassOnly { .. }), Objective::Unique) => Centred::zeros(indices.len()),
        (labels, _) => labels?,
    };
    let traces = trio.traces(&indices, device);
    let layer = &layers[config.layer - 1];
    let stages = trio
        .models()
        .into_iter()
        .zip(&traces)
        .zip(aligned)
        .map(|(((model, _), trace), stage)| (model.to_owned(), layer.clone(), trace.stages[stage].clone()));
    let features = measure(stages.collect()).await?.into_iter().collect::<Result<Vec<_>>>()?;
    let predictions = predicted(&traces).await?;
    let [teacher, student, base] = [&features[0], &features[1], &features[2]];
    let mut maps = Vec::with_capacity(KINDS.len());
    for (explained, given) in [(student, base), (base, student), (student, teacher), (teacher, student)] {
        maps.push(UniCam::of(explained, given, &labels, config.objective).maps);
    }
    for ((((_, model), features), classes), stage) in
        trio.models().into_iter().zip(&features).zip(&predictions).zip(aligned)
    {
        let activation = &features.activation;
        let evidence = ClassEvidence::gather(&model.config, &model.weights, stage + 1, activation, classes, device)?;
        maps.push(evidence.signed_maps(ClassMethod::GradCam, &indices, 0).clamp_min(0.0));
    }
    let raw_sizes: Vec<RawSize> = maps
        .iter()
        .map(|map| {
            let [_, height, width] = map.dims();
            RawSize { width, height }
        })
        .collect();
    let values = read_all(maps.into_iter().map(|map| map.flatten(0, 2)).collect()).await?;
    if values.iter().flatten().any(|value| !value.is_finite()) {
        return Err(Error::NotFinite {
            what: format!("A map of {layer}"),
            advice: "Train the Student again with a lower learning rate.".to_owned(),
        });
    }
    Ok(assemble(trio.images, &indices, config, layer, raw_sizes, &values, &predictions))
}

/// Class that each network names for each image: `[3][n]`.
async fn predicted(traces: &[Trace; 3]) -> Result<Vec<Vec<usize>>> {
    let named = traces.iter().map(|trace| trace.logits.clone().argmax(1).float().flatten(0, 1));
    let values: Vec<Vec<f32>> = read_all(named.collect::<Vec<Tensor<1>>>()).await?;
    Ok(values.into_iter().map(|row| row.into_iter().map(|class| class as usize).collect()).collect())
}

fn assemble(
    images: &LabelledImages,
    indices: &[usize],
    config: &ExplainConfig,
    layer: &str,
    raw_sizes: Vec<RawSize>,
    values: &[Vec<f32>],
    predictions: &[Vec<usize>],
) -> Explanation {
    let size = (images.height, images.width);
    let (mut scaled, mut raw, mut explained) = (Vec::new(), Vec::new(), Vec::new());
    for (slot, &index) in indices.iter().enumerate() {
        let mask = images.mask(index);
        let mut strengths = Vec::with_capacity(values.len());
        for (map, raw_size) in values.iter().zip(&raw_sizes) {
            let area = raw_size.height * raw_size.width;
            let own = map[slot * area..(slot + 1) * area].to_vec();
            let map = Heatmap::new(own, (raw_size.height, raw_size.width), size, mask);
            scaled.extend(map.scaled);
            raw.extend(map.raw);
            strengths.push(map.strength);
        }
        let covered = |mask: &[u8]| mask.iter().map(|&cover| f32::from(cover)).sum::<f32>() / 255.0 / mask.len() as f32;
        explained.push(ExplainedImage {
            index,
            label: images.labels[index],
            teacher: predictions[0][slot],
            student: predictions[1][slot],
            base: predictions[2][slot],
            mask_share: mask.map(covered),
            strengths,
        });
    }
    let report = ExplanationReport {
        layer: layer.to_owned(),
        objective: config.objective,
        reference_hash: reference_hash(images, indices),
        n: indices.len(),
        width: size.1,
        height: size.0,
        maps: KINDS.to_vec(),
        raw_sizes,
        images: explained,
    };
    Explanation { report, scaled, raw }
}
