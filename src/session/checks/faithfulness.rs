//! Do the maps tell what matters? Every kind of map put to the test of ROAD.

use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::attribution::road::{RemovalOrder, impute};
use crate::attribution::{ClassMethod, Faithfulness, Heatmap, Objective, PictureConfidences, confidences};
use crate::distillation::pictures_at_once;
use crate::error::{Error, Result};
use crate::session::maps::explain::RawSize;
use crate::session::maps::layer_look::LayerLook;
use crate::session::maps::look::{ReferenceConfig, Trio};
use crate::session::maps::map_kind::MapKind;
use crate::session::networks::role::Role;
use crate::tensors::readback::read_all;

/// Most points of a curve.
const MAX_SHARES: usize = 20;
/// Most pictures that go through a network at once.
const BATCH: usize = 64;

/// What is tested and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct FaithfulnessConfig {
    /// The batch that the maps belong to, and whose pictures are imputed.
    pub reference: ReferenceConfig,
    /// Stage, counted from 1.
    pub layer: usize,
    /// Scalar that UniCAM explains.
    pub objective: Objective,
    /// Kinds of maps that are tested, all of them when empty. Each takes a while: a shell that shows progress asks for one
    /// after the other.
    pub maps: Vec<MapKind>,
    /// Class maps that are tested for each network beside the UniCAM maps; none may come twice.
    pub methods: Vec<ClassMethod>,
    /// Shares of the pixels that are imputed, ascending between 0 and 1 (both excluded), 1 to 20 of them.
    pub shares: Vec<f64>,
    /// Share of the pixels that is kept for the change of confidence, above 0 and below 1.
    pub keep: f64,
    /// Seed of ROAD's noise, of ties and of random maps.
    pub seed: u64,
}

impl FaithfulnessConfig {
    /// Grad-CAM and random maps beside the UniCAM ones, five points from 10 to 90 %, the top 30 % kept.
    #[must_use]
    pub fn new(reference: ReferenceConfig, layer: usize, objective: Objective) -> Self {
        Self {
            reference,
            layer,
            objective,
            maps: Vec::new(),
            methods: vec![ClassMethod::GradCam, ClassMethod::Random],
            shares: vec![0.1, 0.3, 0.5, 0.7, 0.9],
            keep: 0.3,
            seed: 1,
        }
    }

    /// Checks every rule but those of the reference batch and the layer.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        let inside = |share: f64| share > 0.0 && share < 1.0;
        if !(1..=MAX_SHARES).contains(&self.shares.len()) {
            return Err(Error::config("shares", format!("must be 1 to {MAX_SHARES}, are {}", self.shares.len())));
        }
        if !self.shares.iter().all(|&share| inside(share)) || !self.shares.is_sorted_by(|a, b| a < b) {
            return Err(Error::config("shares", format!("must ascend between 0 and 1, are {:?}", self.shares)));
        }
        if !inside(self.keep) {
            return Err(Error::config("keep", format!("must be above 0 and below 1, is {}", self.keep)));
        }
        if self.methods.iter().enumerate().any(|(place, method)| self.methods[..place].contains(method)) {
            return Err(Error::config("methods", format!("must not repeat themselves, are {:?}", self.methods)));
        }
        Ok(())
    }
}

/// Faithfulness of the maps of one kind to the network on whose features they are drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct MapFaithfulness {
    /// What the maps show.
    pub map: MapKind,
    /// How they are made, where they are class maps.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "ClassMethod | null"))]
    pub method: Option<ClassMethod>,
    /// The network whose confidence is measured. Curves of different networks start at different heights.
    pub model: Role,
    /// Pictures whose map is empty; they are left out, since an empty map makes no claim.
    pub empty: usize,
    /// The outcome over the other pictures; nothing when every map is empty.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Faithfulness | null"))]
    pub outcome: Option<Faithfulness>,
}

/// Faithfulness of every kind of map at one layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct FaithfulnessReport {
    /// Stage name.
    pub layer: String,
    /// Scalar that UniCAM explained.
    pub objective: Objective,
    /// Digest that names the reference batch.
    pub reference_hash: String,
    /// Images in the batch.
    pub n: usize,
    /// Shares of the pixels that were imputed: the points of the curves.
    pub shares: Vec<f64>,
    /// Share of the pixels that was kept for the change of confidence.
    pub keep: f64,
    /// One entry per kind of map and method.
    pub maps: Vec<MapFaithfulness>,
}

/// Puts every map to the test: two reads for the layer, one for the maps, one for each kind of map.
pub(in crate::session) async fn faithfulness(
    trio: &Trio<'_>,
    config: &FaithfulnessConfig,
    device: &Device,
) -> Result<FaithfulnessReport> {
    config.validate()?;
    let look = LayerLook::new(trio, &config.reference, config.layer, config.objective, device).await?;
    let mut kinds: Vec<(MapKind, Option<ClassMethod>)> = Vec::new();
    let mut drawn = Vec::new();
    for kind in MapKind::ALL.into_iter().filter(|kind| config.maps.is_empty() || config.maps.contains(kind)) {
        if let Some(unicam) = look.unicam(kind, config.objective) {
            kinds.push((kind, None));
            drawn.push(unicam.maps());
            continue;
        }
        let evidence = look.class_evidence(kind.explained())?;
        for &method in &config.methods {
            kinds.push((kind, Some(method)));
            drawn.push(evidence.signed_maps(method, &look.indices, config.seed).clamp_min(0.0));
        }
    }
    let sizes: Vec<RawSize> = drawn.iter().map(RawSize::of).collect();
    let values = look.read(drawn).await?;
    let mut maps = Vec::with_capacity(kinds.len());
    for (((map, method), size), values) in kinds.into_iter().zip(sizes).zip(values) {
        let test = Test { trio, look: &look, config, device, model: map.explained() };
        let (outcome, empty) = test.run(size, &values).await?;
        maps.push(MapFaithfulness { map, method, model: map.explained(), empty, outcome });
    }
    Ok(FaithfulnessReport {
        layer: look.layer.clone(),
        objective: config.objective,
        reference_hash: look.reference_hash(),
        n: look.indices.len(),
        shares: config.shares.clone(),
        keep: config.keep,
        maps,
    })
}

/// The maps of one kind and the network that they are put before.
struct Test<'a> {
    trio: &'a Trio<'a>,
    look: &'a LayerLook<'a>,
    config: &'a FaithfulnessConfig,
    device: &'a Device,
    model: Role,
}

impl Test<'_> {
    /// The outcome and how many maps are empty.
    async fn run(&self, size: RawSize, values: &[f32]) -> Result<(Option<Faithfulness>, usize)> {
        let images = self.trio.images;
        let to = (images.height, images.width);
        let (mut slots, mut maps) = (Vec::new(), Vec::new());
        for (slot, raw) in values.chunks_exact(size.area()).enumerate() {
            let map = Heatmap::of_signed(raw, (size.height, size.width), to, None);
            if !map.strength.empty {
                slots.push(slot);
                maps.push(map.scaled);
            }
        }
        let empty = self.look.indices.len() - slots.len();
        if slots.is_empty() {
            return Ok((None, empty));
        }
        let most = self.config.shares.iter().map(|&share| (share, RemovalOrder::MostRelevantFirst));
        let least = self.config.shares.iter().map(|&share| (share, RemovalOrder::LeastRelevantFirst));
        let kept = std::iter::once((1.0 - self.config.keep, RemovalOrder::LeastRelevantFirst));
        let mut logits = Vec::new();
        for (share, order) in most.chain(least).chain(kept) {
            logits.push(self.logits(&slots, &maps, share, order)?);
        }
        let classes = self.trio.models()[self.model.place_in_trio()].1.config.classes;
        let named = &self.look.classes[self.model.place_in_trio()];
        let chosen: Vec<usize> = slots.iter().map(|&slot| named[slot]).collect();
        let read = read_all(logits).await?;
        let points: Vec<Vec<f64>> = read.iter().map(|logits| confidences(logits, classes, &chosen)).collect();
        let count = self.config.shares.len();
        let pictures: Vec<PictureConfidences> = slots
            .iter()
            .enumerate()
            .map(|(place, &slot)| PictureConfidences {
                whole: self.look.confidences[self.model.place_in_trio()][slot],
                most_relevant_first: points[..count].iter().map(|point| point[place]).collect(),
                least_relevant_first: points[count..2 * count].iter().map(|point| point[place]).collect(),
                top_kept: points[2 * count][place],
            })
            .collect();
        Ok((Faithfulness::of(&pictures), empty))
    }

    /// Logits `[slots * classes]` of the network on imputed pictures, still on the device.
    fn logits(&self, slots: &[usize], maps: &[Vec<f32>], share: f64, order: RemovalOrder) -> Result<Tensor<1>> {
        let (_, model) = self.trio.models()[self.model.place_in_trio()];
        let mut rows = Vec::new();
        let at_once = BATCH.min(pictures_at_once(self.trio.images.width, self.trio.images.height));
        for (slots, maps) in slots.chunks(at_once).zip(maps.chunks(at_once)) {
            let indices: Vec<usize> = slots.iter().map(|&slot| self.look.indices[slot]).collect();
            let maps: Vec<&[f32]> = maps.iter().map(Vec::as_slice).collect();
            let pictures = impute(self.trio.images, &indices, &maps, share, order, self.config.seed, self.device)?;
            rows.push(model.network.answers(pictures).flatten(0, 1));
        }
        Ok(Tensor::cat(rows, 0))
    }
}
