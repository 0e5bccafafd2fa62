//! Checks that maps and scores fall apart where they must.
//!
//! After Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018: an explanation that survives random weights or
//! random labels explains neither. The outcome is data and is shown whatever it is: a check that is not passed says that
//! the maps of this layer should not be trusted for these networks.

use burn::tensor::{Device, Tensor};
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use crate::attribution::stability::spearman;
use crate::attribution::{Centred, Features, Objective, UniCam, measure};
use crate::error::{Error, Result};
use crate::models::{Network, Weights, kaiming};
use crate::seed::{Purpose, stream};
use crate::session::maps::explain::RawSize;
use crate::session::maps::layer_look::LayerLook;
use crate::session::maps::look::{ReferenceConfig, Trio, parts};
use crate::session::maps::map_kind::MapKind;
use crate::session::networks::model::Model;
use crate::session::networks::role::Role;
use crate::tensors::parts::joined;

/// Rank correlation with the original below which a map counts as changed.
const CHANGED: f64 = 0.5;
/// Size of a mean relevance score up to which it counts as zero.
const NEAR_ZERO: f64 = 0.05;
/// Most shuffles of the labels.
const MAX_SHUFFLES: usize = 1000;
/// Shuffles for which maps are drawn as well.
const MAPPED_SHUFFLES: usize = 5;

/// What is checked and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct SanityConfig {
    /// The batch over which everything is computed.
    pub reference: ReferenceConfig,
    /// Stage, counted from 1.
    pub layer: usize,
    /// Scalar that UniCAM explains.
    pub objective: Objective,
    /// Shuffles of the labels, 1 to 1,000; for the first five of them maps are drawn as well.
    pub shuffles: usize,
    /// Seed of random weights and shuffles.
    pub seed: u64,
}

impl SanityConfig {
    /// Checks every rule but those of the reference batch and the layer.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        if !(1..=MAX_SHUFFLES).contains(&self.shuffles) {
            let problem = format!("must lie between 1 and {MAX_SHUFFLES}, is {}", self.shuffles);
            return Err(Error::config("shuffles", problem));
        }
        Ok(())
    }
}

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum SanityCheckName {
    /// The distilled maps of a Student with random weights must differ from the Student's: mean over the images of
    /// Spearman's rank correlation between the two, before the ReLU.
    RandomStudentMap,
    /// Shuffled labels must have nothing to do with the Student's features: size of the mean RS over the shuffles.
    ShuffledLabelsScore,
    /// Under shuffled labels the distilled maps must change: mean rank correlation as above, over images and shuffles. Only
    /// for the relevance objective, since the unique one does not look at labels.
    ShuffledLabelsMap,
    /// The Student given itself, built from its weights and shown the pictures anew, must have no evidence: largest value
    /// of its maps. Where there is some, the device does not give the same features twice.
    SelfGivenSelf,
    /// A Teacher with random weights must be less like the Student: fall of the bias-corrected FSS.
    RandomTeacherScore,
}

/// On which side of its threshold a statistic has to lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum PassingSide {
    /// At the threshold or below it.
    AtMost,
    /// Above the threshold.
    Above,
}

/// Outcome of one check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct SanityCheck {
    /// What was checked.
    pub name: SanityCheckName,
    /// The number that the name describes; nothing where it does not exist, such as a correlation of constant maps.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub statistic: Option<f64>,
    /// What it is compared with.
    pub threshold: f64,
    /// On which side it has to lie.
    pub side: PassingSide,
    /// Whether it does; nothing where there is no statistic.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "boolean | null"))]
    pub passed: Option<bool>,
    /// Numbers that the statistic is the mean (or the largest) of.
    pub n: usize,
}

impl SanityCheck {
    fn at_most(name: SanityCheckName, statistic: Option<f64>, threshold: f64, n: usize) -> Self {
        let passed = statistic.map(|statistic| statistic <= threshold);
        Self { name, statistic, threshold, side: PassingSide::AtMost, passed, n }
    }

    fn above(name: SanityCheckName, statistic: f64, threshold: f64, n: usize) -> Self {
        let passed = Some(statistic > threshold);
        Self { name, statistic: Some(statistic), threshold, side: PassingSide::Above, passed, n }
    }
}

/// Outcome of every check at one layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct SanityReport {
    /// Stage name.
    pub layer: String,
    /// Scalar that UniCAM explained.
    pub objective: Objective,
    /// Digest that names the reference batch.
    pub reference_hash: String,
    /// Images in the batch.
    pub n: usize,
    /// The checks.
    pub checks: Vec<SanityCheck>,
}

/// Runs every check: four reads from the device.
pub(in crate::session) async fn sanity(
    trio: &Trio<'_>,
    config: &SanityConfig,
    device: &Device,
) -> Result<SanityReport> {
    config.validate()?;
    let look = LayerLook::new(trio, &config.reference, config.layer, config.objective, device).await?;
    let [random_student, random_teacher, student_again] = built_anew(trio, &look, config.seed, device).await?;
    let (student, base, teacher) = (look.of(Role::Student), look.of(Role::Base), look.of(Role::Teacher));
    let objective = config.objective;
    let shuffled = shuffles(trio, &look, config)?;

    let original = look.unicam(MapKind::Distilled, objective).expect("distilled maps are UniCAM's").signed;
    let size = RawSize::of(&original);
    let mut maps = vec![
        original,
        UniCam::of(&random_student, base, &look.labels, objective).signed,
        UniCam::of(student, &student_again, &look.labels, objective).signed,
    ];
    if objective == Objective::Relevance {
        let mapped = shuffled.iter().take(MAPPED_SHUFFLES);
        maps.extend(mapped.map(|labels| UniCam::of(student, base, labels, objective).signed));
    }
    let maps = look.read(maps).await?;
    let alike = |others: &[Vec<f32>]| {
        let pairs =
            others.iter().flat_map(|other| maps[0].chunks_exact(size.area()).zip(other.chunks_exact(size.area())));
        mean(&pairs.filter_map(|(a, b)| spearman(a, b)).collect::<Vec<f64>>())
    };

    let mut checks = Vec::new();
    let (statistic, n) = alike(&maps[1..2]);
    checks.push(SanityCheck::at_most(SanityCheckName::RandomStudentMap, statistic, CHANGED, n));
    let own = student.distances.u_centred();
    let scores: Vec<f64> = shuffled.iter().map(|labels| own.correlation(labels)).collect();
    let statistic = mean(&scores).0.map(f64::abs);
    checks.push(SanityCheck::at_most(SanityCheckName::ShuffledLabelsScore, statistic, NEAR_ZERO, scores.len()));
    if objective == Objective::Relevance {
        let (statistic, n) = alike(&maps[3..]);
        checks.push(SanityCheck::at_most(SanityCheckName::ShuffledLabelsMap, statistic, CHANGED, n));
    }
    let largest = maps[2].iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    let n = look.indices.len();
    checks.push(SanityCheck::at_most(SanityCheckName::SelfGivenSelf, Some(f64::from(largest)), 0.0, n));
    let similarity = |other: &Features| other.distances.u_centred().correlation(&own);
    let fall = similarity(teacher) - similarity(&random_teacher);
    checks.push(SanityCheck::above(SanityCheckName::RandomTeacherScore, fall, 0.0, 1));

    Ok(SanityReport {
        layer: look.layer.clone(),
        objective,
        reference_hash: look.reference_hash(),
        n: look.indices.len(),
        checks,
    })
}

/// Features of networks of the Student's and the Teacher's shapes with random weights, and of the Student out of its own
/// weights, over the same pictures.
async fn built_anew(trio: &Trio<'_>, look: &LayerLook<'_>, seed: u64, device: &Device) -> Result<[Features; 3]> {
    let batches: Vec<Tensor<4>> = parts(trio.images, &look.indices, device).collect();
    let stage = |model: &Model, name: &str, stage: usize, weights: &Weights| {
        let network = Network::from_weights(&model.config, weights, device)?;
        let made = batches.iter().map(|batch| network.forward_to(stage, batch.clone()));
        Ok::<_, Error>((name.to_owned(), look.layer.clone(), joined(made.collect())))
    };
    let random = |model: &Model, purpose| kaiming(&model.config, seed, purpose);
    let ([teacher, student, _], Trio { teacher: tutor, student: pupil, .. }) = (look.stages, trio);
    let outputs = vec![
        stage(pupil, "Student with random weights", student, &random(pupil, Purpose::SanityStudent))?,
        stage(tutor, "Teacher with random weights", teacher, &random(tutor, Purpose::SanityTeacher))?,
        stage(pupil, "Student", student, &pupil.weights)?,
    ];
    let mut measured = measure(outputs).await?.into_iter();
    let mut next = || measured.next().expect("three stages were measured");
    Ok([next()?, next()?, next()?])
}

/// The batch's label embeddings with the labels in random orders.
fn shuffles(trio: &Trio<'_>, look: &LayerLook<'_>, config: &SanityConfig) -> Result<Vec<Centred>> {
    let orders = (0..config.shuffles).map(|shuffle| {
        let mut order = look.indices.clone();
        order.shuffle(&mut stream(config.seed, Purpose::SanityLabels, shuffle as u64));
        order
    });
    orders.map(|order| trio.labels_for(&order, config.objective)).collect()
}

/// The mean, where there are numbers, and how many.
fn mean(values: &[f64]) -> (Option<f64>, usize) {
    let n = values.len();
    ((n > 0).then(|| values.iter().sum::<f64>() / n as f64), n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::scenes::{ScenesConfig, render};
    use crate::models::Architecture;
    use crate::tensors::device::{DeviceChoice, open};

    fn outcome(trio: &Trio<'_>, device: &Device) -> SanityCheck {
        let reference = ReferenceConfig { images: 8, seed: 1 };
        let config = SanityConfig { reference, layer: 2, objective: Objective::Relevance, shuffles: 1, seed: 4 };
        let report = pollster::block_on(sanity(trio, &config, device)).expect("features that vary");
        report.checks.into_iter().find(|check| check.name == SanityCheckName::SelfGivenSelf).expect("always made")
    }

    #[test]
    fn a_student_that_does_not_give_its_features_twice_is_found_out() {
        let (device, _) = pollster::block_on(open(DeviceChoice::Cpu)).expect("compiled in");
        let scenes = ScenesConfig { size: 16, train_images: 60, test_images: 24, ..ScenesConfig::default() };
        let images = render(&scenes).expect("in range").test;
        let config = Architecture::cifar_resnet(1, 4).for_classes(images.class_names.len());
        let model =
            |seed| Model::of(config, kaiming(&config, seed, Purpose::StudentInit), &device).expect("of its own shape");
        let (teacher, base, sound) = (model(1), model(2), model(3));
        let trio = |student| Trio { images: &images, teacher: &teacher, student, base: &base };
        let passed = outcome(&trio(&sound), &device);
        assert_eq!((passed.statistic, passed.passed), (Some(0.0), Some(true)));
        // As on a device whose passes differ.
        let unsound = Model { network: model(5).network, ..model(3) };
        let failed = outcome(&trio(&unsound), &device);
        assert!(failed.statistic > Some(0.0) && failed.passed == Some(false), "{failed:?}");
    }
}
