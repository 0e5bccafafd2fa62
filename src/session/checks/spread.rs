//! How much of one picture's map is owed to the other pictures of its batch.

use burn::tensor::{Device, Tensor};
use futures_lite::future::zip;
use serde::{Deserialize, Serialize};

use crate::attribution::stability::{mean_and_deviation, mean_over_pairs, pearson, spearman};
use crate::attribution::{
    Heatmap, Objective, Place, Strength, channel_weights, measure, objective_gradient, weighted_sums,
};
use crate::dataset::split;
use crate::error::{Error, Result};
use crate::session::maps::explain::RawSize;
use crate::session::maps::look::{Digests, ReferenceConfig, Trio, parts};
use crate::session::maps::map_kind::MapKind;
use crate::session::networks::role::Role;
use crate::tensors::parts::joined;
use crate::tensors::readback::read_all;

/// Most reference batches.
const MAX_BATCHES: usize = 64;

/// One picture's UniCAM map over several reference batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct SpreadConfig {
    /// Index of the picture among the test pictures.
    pub image: usize,
    /// Which UniCAM map.
    pub map: MapKind,
    /// Stage, counted from 1.
    pub layer: usize,
    /// Scalar that UniCAM explains.
    pub objective: Objective,
    /// Images in each batch, the picture among them, and the seed from which the batches' own seeds are drawn.
    pub reference: ReferenceConfig,
    /// Reference batches, 2 to 64.
    pub batches: usize,
}

impl SpreadConfig {
    /// Checks every rule but those of the picture, the reference batch and the layer.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        self.networks()?;
        check_batches(self.batches)
    }

    /// The network whose features are explained, and the one whose features are removed.
    fn networks(&self) -> Result<(Role, Role)> {
        let given = self.map.given();
        let given = given
            .ok_or_else(|| Error::config("map", "must be a UniCAM map: a class map does not depend on the batch"))?;
        Ok((self.map.explained(), given))
    }
}

/// Checks the number of reference batches.
pub(in crate::session) fn check_batches(batches: usize) -> Result<()> {
    if !(2..=MAX_BATCHES).contains(&batches) {
        return Err(Error::config("batches", format!("must lie between 2 and {MAX_BATCHES}, is {batches}")));
    }
    Ok(())
}

/// How much one picture's map changes with its batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct SpreadReport {
    /// Index of the picture among the test pictures.
    pub image: usize,
    /// Which map.
    pub map: MapKind,
    /// Stage name.
    pub layer: String,
    /// Scalar that UniCAM explained.
    pub objective: Objective,
    /// Images in each batch.
    pub n: usize,
    /// Width of the maps, pixels.
    pub width: usize,
    /// Height of the maps, pixels.
    pub height: usize,
    /// Digest of each reference batch.
    pub reference_hashes: Vec<String>,
    /// Strength of the map in each batch.
    pub strengths: Vec<Strength>,
    /// Batches in which the map has no positive evidence.
    pub empty: usize,
    /// Mean of Spearman's rank correlation over the pairs of batches, -1 to 1, of the maps before their ReLU: what the
    /// ReLU cuts away is compared too. Nothing where no pair has one, since maps are constant.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub rank_stability: Option<f64>,
    /// The same by Pearson's correlation.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub correlation: Option<f64>,
    /// Pairs of batches that have a rank correlation.
    pub pairs: usize,
    /// Mean over the pixels of the standard deviation over the batches, 0 to 1: maps are on the scale that is drawn.
    pub mean_deviation: f64,
    /// Where most of the mean map lies; nothing where it is all zeros.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Place | null"))]
    pub mean_place: Option<Place>,
    /// Where most of the standard deviation lies; nothing where it is zero everywhere.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Place | null"))]
    pub deviation_place: Option<Place>,
}

/// One picture's map over several batches.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The numbers.
    pub report: SpreadReport,
    /// Mean of the scaled maps, `[height, width]` in `[0, 1]`; an empty map counts as zeros.
    pub mean: Vec<f32>,
    /// Standard deviation of the scaled maps, `[height, width]`.
    pub deviation: Vec<f32>,
    /// The scaled maps themselves, `[batches, height, width]` in `[0, 1]`.
    pub scaled: Vec<f32>,
}

/// How far the batches of a spread are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct SpreadProgress {
    /// Batches that are drawn.
    pub done: usize,
    /// Batches in all.
    pub total: usize,
}

/// A batch that the device has been given: its pictures, and the stages that are compared.
struct Pending {
    indices: Vec<usize>,
    stages: Vec<(String, String, Tensor<4>)>,
}

/// A spread under way: a batch a step, one read each. Not asking for the next step pauses it; dropping it cancels it.
pub(in crate::session) struct SpreadRun {
    config: SpreadConfig,
    explained: Role,
    given: Role,
    layer: String,
    stages: [usize; 3],
    /// Images in each batch.
    n: usize,
    hashes: Vec<String>,
    digests: Digests,
    drawn: Vec<Tensor<3>>,
    /// The batch after those that are drawn, begun while the last answer was on its way.
    next: Option<Pending>,
}

impl SpreadRun {
    /// Checks the settings; nothing is drawn yet.
    pub fn new(trio: &Trio<'_>, config: &SpreadConfig) -> Result<Self> {
        let images = trio.images;
        config.validate()?;
        let (explained, given) = config.networks()?;
        if config.image >= images.len() {
            return Err(Error::config("image", format!("must be below {}, is {}", images.len(), config.image)));
        }
        let (layer, stages) = trio.layer(config.layer)?;
        let n = trio.draw(&config.reference)?.len();
        Ok(Self {
            config: *config,
            explained,
            given,
            layer,
            stages,
            n,
            hashes: Vec::new(),
            digests: Digests::default(),
            drawn: Vec::new(),
            next: None,
        })
    }

    /// What was asked for.
    pub fn config(&self) -> &SpreadConfig {
        &self.config
    }

    /// Draws the next batch, if one is left, and makes the picture's map in it.
    pub async fn advance(&mut self, trio: &Trio<'_>, device: &Device) -> Result<SpreadProgress> {
        if !self.is_drawn() {
            self.draw(trio, device).await?;
        }
        Ok(SpreadProgress { done: self.drawn.len(), total: self.config.batches })
    }

    fn is_drawn(&self) -> bool {
        self.drawn.len() == self.config.batches
    }

    async fn draw(&mut self, trio: &Trio<'_>, device: &Device) -> Result<()> {
        let (images, config) = (trio.images, &self.config);
        let batch = self.drawn.len();
        let Pending { indices, stages } = self.next.take().unwrap_or_else(|| self.begin(trio, batch, device));
        let mut digests = std::mem::take(&mut self.digests);
        // While the device computes and its answer travels, the host goes on with what does not depend on it.
        let meanwhile = async {
            let next = (batch + 1 < config.batches).then(|| self.begin(trio, batch + 1, device));
            (next, digests.name(images, &indices), trio.labels_for(&indices, config.objective))
        };
        let (measured, (next, hash, labels)) = zip(measure(stages), meanwhile).await;
        self.digests = digests;
        let features = measured?.into_iter().collect::<Result<Vec<_>>>()?;
        let labels = labels?;
        let slot = indices.iter().position(|&index| index == config.image).expect("drawn with the picture");
        let removed = features[1].distances.u_centred();
        let (_, by_rows) = objective_gradient(&features[0].distances, &removed, &labels, config.objective);
        let weights = channel_weights(&by_rows, &features[0].pooled).swap_remove(slot);
        self.drawn.push(weighted_sums(&features[0].activation.clone().narrow(0, slot, 1), &[weights]));
        self.hashes.push(hash);
        self.next = next;
        Ok(())
    }

    /// Draws a batch and has the device look at it.
    fn begin(&self, trio: &Trio<'_>, batch: usize, device: &Device) -> Pending {
        let (images, config) = (trio.images, &self.config);
        let (classes, seed) = (images.class_names.len(), config.reference.seed);
        let indices = split::balanced_draw_with(&images.labels, classes, self.n, config.image, seed, batch as u64);
        let places = [self.explained, self.given].map(Role::place_in_trio);
        let mut made = [const { Vec::new() }; 2];
        for shown in parts(images, &indices, device) {
            for (made, place) in made.iter_mut().zip(places) {
                let (_, model) = trio.models()[place];
                made.push(model.network.forward_to(self.stages[place], shown.clone()));
            }
        }
        let named = |(place, made): (usize, Vec<Tensor<4>>)| {
            (trio.models()[place].0.to_owned(), self.layer.clone(), joined(made))
        };
        let stages = places.into_iter().zip(made).map(named).collect();
        Pending { indices, stages }
    }

    /// Draws the batches that are left, and compares the maps: one read.
    pub async fn finish(mut self, trio: &Trio<'_>, device: &Device) -> Result<Spread> {
        while !self.is_drawn() {
            self.draw(trio, device).await?;
        }
        let Self { config, layer, hashes, drawn, n, .. } = self;
        let images = trio.images;
        let size = RawSize::of(&drawn[0]);
        let signed = read_all(drawn.into_iter().map(|map| map.flatten(0, 2)).collect()).await?;
        if signed.iter().flatten().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                what: format!("A map of {layer}"),
                advice: "Train the Student again with a lower learning rate.".to_owned(),
            });
        }
        let to = (images.height, images.width);
        let mask = images.mask(config.image);
        let maps: Vec<Heatmap> =
            signed.iter().map(|map| Heatmap::of_signed(map, (size.height, size.width), to, mask)).collect();
        let signed: Vec<&[f32]> = signed.iter().map(Vec::as_slice).collect();
        let (rank_stability, pairs) = mean_over_pairs(&signed, spearman);
        let (correlation, _) = mean_over_pairs(&signed, pearson);
        let scaled: Vec<&[f32]> = maps.iter().map(|map| map.scaled.as_slice()).collect();
        let (mean, deviation) = mean_and_deviation(&scaled);
        let report = SpreadReport {
            image: config.image,
            map: config.map,
            layer,
            objective: config.objective,
            n,
            width: to.1,
            height: to.0,
            reference_hashes: hashes,
            strengths: maps.iter().map(|map| map.strength).collect(),
            empty: maps.iter().filter(|map| map.strength.empty).count(),
            rank_stability,
            correlation,
            pairs,
            mean_deviation: deviation.iter().map(|&value| f64::from(value)).sum::<f64>() / deviation.len() as f64,
            mean_place: Place::of(&mean, to),
            deviation_place: Place::of(&deviation, to),
        };
        Ok(Spread { report, mean, deviation, scaled: scaled.concat() })
    }
}
