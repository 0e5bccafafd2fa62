//! All that a report says in numbers, one by one, each with a name that tells it apart.

use serde::{Deserialize, Serialize};

use crate::distillation::Trained;
use crate::scores::LayerOutcome;
use crate::session::maps::explain::ExplanationReport;
use crate::session::record::bundle::logged::{accuracies, losses, point_numbers};
use crate::session::record::report::{NetworkRecord, Report, TrainingLog};
use crate::session::scores::answers::Confusion;
use crate::session::training::timeline::Timeline;

/// What a number is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum FigureKind {
    /// The pictures and the reference batch, by their digests.
    Data,
    /// The bundle's own tables, which have to say what its report says.
    Table,
    /// A loss, or the accuracy on the training batches.
    Loss,
    /// An accuracy on the test pictures, or the answers behind it.
    Accuracy,
    /// A point of the timeline.
    Timeline,
    /// A trained network, by the digest of its weights.
    Weights,
    /// A map.
    Map,
    /// A score, an end of its interval, or its p-value.
    Score,
    /// A value of a check: faithfulness, sanity, or spread over batches.
    Check,
}

/// A number, or a text that has to be the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum FigureValue {
    /// A number.
    Number(f64),
    /// A digest, a list of answers, a verdict.
    Text(String),
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::session) struct Figure {
    pub kind: FigureKind,
    pub name: String,
    pub value: FigureValue,
    /// Steps of the training that it was taken after, where it is of a training.
    pub step: Option<usize>,
}

impl Figure {
    pub fn number(kind: FigureKind, name: impl Into<String>, value: f64) -> Self {
        Self { kind, name: name.into(), value: FigureValue::Number(value), step: None }
    }

    pub fn text(kind: FigureKind, name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { kind, name: name.into(), value: FigureValue::Text(value.into()), step: None }
    }

    fn after(self, step: usize) -> Self {
        Self { step: Some(step), ..self }
    }
}

/// What the distillation told.
pub(in crate::session) fn of_training(log: &TrainingLog) -> Vec<Figure> {
    let mut all = Vec::new();
    for (kind, numbers) in
        [(FigureKind::Loss, losses(log, Trained::Student)), (FigureKind::Accuracy, accuracies(log, Trained::Student))]
    {
        for number in numbers {
            let name = format!("{}, {} at step {}", number.network, number.what, number.step);
            all.push(Figure::number(kind, name, number.value).after(number.step));
        }
    }
    all.extend(log.timeline.iter().flat_map(of_timeline));
    all
}

fn of_timeline(timeline: &Timeline) -> Vec<Figure> {
    let kind = FigureKind::Timeline;
    let mut all = vec![Figure::text(FigureKind::Data, "reference batch of the timeline", &timeline.reference_hash)];
    for point in &timeline.points {
        let step = point.step;
        for (name, value) in point_numbers(point) {
            all.push(Figure::number(kind, format!("{name} at step {step}"), value).after(step));
        }
        let answers: Vec<String> =
            point.pictures.iter().map(|picture| format!("{}/{}", picture.student, picture.base)).collect();
        all.push(Figure::text(kind, format!("answers at step {step}"), answers.join(" ")).after(step));
        let strengths = point.pictures.iter().flat_map(|picture| [&picture.distilled, &picture.residual]);
        let total: f64 = strengths.map(|strength| f64::from(strength.sum)).sum();
        all.push(Figure::number(kind, format!("sum of the maps at step {step}"), total).after(step));
        // Of the bytes of the maps, in base64.
        let digest = crate::session::record::journal::digest_of_bytes(point.maps.as_bytes());
        all.push(Figure::text(kind, format!("maps at step {step}"), digest).after(step));
    }
    all
}

/// Accuracies of the networks, measured on the test pictures.
pub(in crate::session) fn of_networks(report: &Report) -> Vec<Figure> {
    [("Teacher", &report.teacher), ("Student", &report.student), ("Base", &report.base)]
        .into_iter()
        .filter_map(|(name, record)| Some((name, record.as_ref()?)))
        .map(|(name, NetworkRecord { summary, .. })| {
            Figure::number(FigureKind::Accuracy, format!("{name}, on the test pictures"), summary.accuracy)
        })
        .collect()
}

/// What the maps of a layer are, but for their values.
pub(in crate::session) fn of_maps(maps: &ExplanationReport) -> Vec<Figure> {
    let layer = &maps.layer;
    let mut all = vec![Figure::text(FigureKind::Data, format!("reference batch of {layer}"), &maps.reference_hash)];
    for (place, kind) in maps.maps.iter().enumerate() {
        let strengths = || maps.images.iter().filter_map(|image| image.strengths.get(place));
        let total: f64 = strengths().map(|strength| f64::from(strength.sum)).sum();
        all.push(Figure::number(FigureKind::Map, format!("{layer}, {}: sum of the maps", kind.name()), total));
        let inside: Vec<f64> = strengths().filter_map(|strength| strength.inside_mask.map(f64::from)).collect();
        if !inside.is_empty() {
            let mean = inside.iter().sum::<f64>() / inside.len() as f64;
            all.push(Figure::number(FigureKind::Map, format!("{layer}, {}: share on the object", kind.name()), mean));
        }
    }
    let answers: Vec<String> =
        maps.images.iter().map(|image| format!("{}/{}/{}", image.teacher, image.student, image.base)).collect();
    all.push(Figure::text(FigureKind::Accuracy, format!("{layer}: answers to the reference batch"), answers.join(" ")));
    all
}

/// The scores with their uncertainty.
pub(in crate::session) fn of_scores(report: &Report) -> Vec<Figure> {
    let Some(scores) = &report.scores else { return Vec::new() };
    let kind = FigureKind::Score;
    let mut all = vec![Figure::text(FigureKind::Data, "reference batch of the scores", &scores.reference_hash)];
    for layer in &scores.layers {
        match layer {
            LayerOutcome::Error(failure) => {
                all.push(Figure::text(kind, format!("{}: no scores", failure.layer), &failure.code));
            }
            LayerOutcome::Ok(scores) => {
                for score in scores.named() {
                    let name = format!("{}, {}", scores.layer, score.name);
                    all.push(Figure::number(kind, name.clone(), score.value));
                    if let Some(interval) = score.interval {
                        all.push(Figure::number(kind, format!("{name}: lower end"), interval.lower));
                        all.push(Figure::number(kind, format!("{name}: upper end"), interval.upper));
                    }
                    all.extend(score.p_value.map(|p| Figure::number(kind, format!("{name}: p-value"), p)));
                }
            }
        }
    }
    all
}

/// Which classes are taken for which.
pub(in crate::session) fn of_confusion(confusion: &Confusion) -> Vec<Figure> {
    [("Teacher", &confusion.teacher), ("Student", &confusion.student), ("Base", &confusion.base)]
        .into_iter()
        .map(|(name, counts)| {
            let rows: Vec<String> =
                counts.iter().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")).collect();
            Figure::text(FigureKind::Accuracy, format!("{name}, classes taken for each other"), rows.join("; "))
        })
        .collect()
}
