//! Every map of one layer over the reference batch.

use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::attribution::{ClassMethod, Heatmap, Objective, PointingGame, Strength, cell_means};
use crate::dataset::LabelledImages;
use crate::error::Result;
use crate::session::maps::layer_look::LayerLook;
use crate::session::maps::look::{ReferenceConfig, Trio};
use crate::session::maps::map_kind::MapKind;

/// Rows and columns of a map that is read cell by cell; no picture is smaller.
const CELLS: usize = 8;

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
    /// How the class maps of Teacher, Student and Base are made.
    #[serde(default)]
    pub class_method: ClassMethod,
    /// Whether the maps before their ReLU are kept as well.
    #[serde(default)]
    pub signed: bool,
}

impl ExplainConfig {
    /// UniCAM maps and Grad-CAM, without the signed maps.
    #[must_use]
    pub fn new(reference: ReferenceConfig, layer: usize, objective: Objective) -> Self {
        Self { reference, layer, objective, class_method: ClassMethod::default(), signed: false }
    }
}

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
    /// Each map in words, from its own numbers; none in reports from before they were kept.
    #[serde(default)]
    pub texts: Vec<String>,
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

impl RawSize {
    pub(in crate::session) fn of(map: &Tensor<3>) -> Self {
        let [_, height, width] = map.dims();
        Self { width, height }
    }

    pub(in crate::session) fn area(self) -> usize {
        self.width * self.height
    }

    fn rows_and_columns(self) -> (usize, usize) {
        (self.height, self.width)
    }
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
    /// How the class maps were made.
    pub class_method: ClassMethod,
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
    /// How much of each kind of map lies on the object, over the batch; nothing where masks are not known.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", tsify(type = "PointingGame | null"))]
    pub pointing: Option<PointingGame>,
}

/// The pointing game over the images of a report.
fn pointing(images: &[ExplainedImage], maps: &[MapKind]) -> Option<PointingGame> {
    let objects = images.iter().map(|image| image.mask_share.map(f64::from)).collect::<Option<Vec<f64>>>()?;
    let shares = |image: &ExplainedImage| {
        image.strengths.iter().map(|strength| strength.inside_mask.map(f64::from)).collect::<Vec<_>>()
    };
    let inside: Vec<_> = images.iter().map(shares).collect();
    let place = |wanted| maps.iter().position(|&kind| kind == wanted);
    PointingGame::of(&objects, &inside, place(MapKind::Distilled)?, place(MapKind::Residual)?)
}

/// All maps of one layer over the reference batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What they are.
    pub report: ExplanationReport,
    /// `[n, maps, height, width]` in `[0, 1]`, each map on a scale of its own.
    pub scaled: Vec<f32>,
    /// Image by image, and for each one map after the other: `raw_sizes[map].height * raw_sizes[map].width` values.
    pub raw: Vec<f32>,
    /// As `raw`, before the ReLU: below zero where the evidence speaks against. Empty unless it was asked for.
    pub signed: Vec<f32>,
}

impl Explanation {
    /// `[n, maps, height, width]` in `[0, 1]` with one scale for each image's UniCAM maps and one for its class maps, so
    /// that their strengths can be compared: 1 is the largest value among the maps of the row, 0 is no evidence.
    ///
    /// Under the relevance objective UniCAM maps have no unit and compare across networks; under the unique objective they
    /// grow with the network's features. Class maps have the unit of the logits.
    #[must_use]
    pub fn shared_scale(&self) -> Vec<f32> {
        let report = &self.report;
        let to = (report.height, report.width);
        let mut shared = Vec::with_capacity(self.scaled.len());
        let mut raw = self.raw.as_slice();
        for image in &report.images {
            let largest = |unicam: bool| {
                let row = report.maps.iter().zip(&image.strengths);
                let same = row.filter(|(kind, _)| kind.given().is_some() == unicam);
                same.map(|(_, strength)| strength.max).fold(0.0f32, f32::max)
            };
            let (unicam, class) = (largest(true), largest(false));
            for (kind, size) in report.maps.iter().zip(&report.raw_sizes) {
                let (own, rest) = raw.split_at(size.area());
                raw = rest;
                let top = if kind.given().is_some() { unicam } else { class };
                shared.extend(Heatmap::on_scale(own, size.rows_and_columns(), to, top));
            }
        }
        shared
    }

    /// `[n, height, width]` in `[-1, 1]`: the distilled map less the residual one, on the scale that the maps of each image
    /// share. Above zero what only the Student has weighs more, below zero what only the Base has.
    #[must_use]
    pub fn distilled_less_residual(&self) -> Vec<f32> {
        let report = &self.report;
        let place = |kind| report.maps.iter().position(|&other| other == kind).expect("every kind is drawn");
        let [distilled, residual] = [MapKind::Distilled, MapKind::Residual].map(place);
        let area = report.width * report.height;
        let shared = self.shared_scale();
        let images = shared.chunks_exact(report.maps.len() * area);
        let of = |image: &[f32]| -> Vec<f32> {
            let map = |kind: usize| &image[kind * area..(kind + 1) * area];
            map(distilled).iter().zip(map(residual)).map(|(own, other)| own - other).collect()
        };
        images.flat_map(of).collect()
    }

    /// `[n, maps, 8, 8]`: each scaled map as a table, the mean of every cell as a share of the map's maximum, to be read cell
    /// by cell.
    #[must_use]
    pub fn cells(&self) -> Vec<f32> {
        let size = (self.report.height, self.report.width);
        self.scaled.chunks_exact(size.0 * size.1).flat_map(|map| cell_means(map, size, CELLS)).collect()
    }
}

/// Every map of one layer: three reads from the device in all.
pub(in crate::session) async fn explain(
    trio: &Trio<'_>,
    config: &ExplainConfig,
    device: &Device,
) -> Result<Explanation> {
    let look = LayerLook::new(trio, &config.reference, config.layer, config.objective, device).await?;
    let mut maps = Vec::with_capacity(MapKind::ALL.len());
    for kind in MapKind::ALL {
        maps.push(match look.unicam(kind, config.objective) {
            Some(unicam) => unicam.signed,
            // Every picture has noise of its own under the seed of the batch.
            None => look.class_evidence(kind.explained())?.signed_maps(
                config.class_method,
                &look.indices,
                config.reference.seed,
            ),
        });
    }
    let raw_sizes = maps.iter().map(RawSize::of).collect();
    let values = look.read(maps).await?;
    Ok(assemble(trio.images, &look, config, raw_sizes, &values))
}

fn assemble(
    images: &LabelledImages,
    look: &LayerLook<'_>,
    config: &ExplainConfig,
    raw_sizes: Vec<RawSize>,
    values: &[Vec<f32>],
) -> Explanation {
    let size = (images.height, images.width);
    let (mut scaled, mut raw, mut signed, mut explained) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (slot, &index) in look.indices.iter().enumerate() {
        let mask = images.mask(index);
        let mut strengths = Vec::with_capacity(values.len());
        for (map, raw_size) in values.iter().zip(&raw_sizes) {
            let own = &map[slot * raw_size.area()..(slot + 1) * raw_size.area()];
            if config.signed {
                signed.extend_from_slice(own);
            }
            let map = Heatmap::of_signed(own, raw_size.rows_and_columns(), size, mask);
            scaled.extend(map.scaled);
            raw.extend(map.raw);
            strengths.push(map.strength);
        }
        let covered = |mask: &[u8]| mask.iter().map(|&cover| f32::from(cover)).sum::<f32>() / 255.0 / mask.len() as f32;
        explained.push(ExplainedImage {
            index,
            label: images.labels[index],
            teacher: look.classes[0][slot],
            student: look.classes[1][slot],
            base: look.classes[2][slot],
            mask_share: mask.map(covered),
            texts: strengths.iter().map(Strength::in_words).collect(),
            strengths,
        });
    }
    let report = ExplanationReport {
        layer: look.layer.clone(),
        objective: config.objective,
        class_method: config.class_method,
        reference_hash: look.reference_hash(),
        n: look.indices.len(),
        width: size.1,
        height: size.0,
        maps: MapKind::ALL.to_vec(),
        raw_sizes,
        pointing: pointing(&explained, &MapKind::ALL),
        images: explained,
    };
    Explanation { report, scaled, raw, signed }
}
