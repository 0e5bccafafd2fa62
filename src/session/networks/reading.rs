//! How a Teacher's file was read, and whether another way would fit the pictures much better.

use std::fmt::Display;

use burn::tensor::Device;

use crate::dataset::collect::Note;
use crate::dataset::normalisation::PRESETS;
use crate::dataset::{LabelledImages, class_key};
use crate::distillation::pictures_at_once;
use crate::error::{Error, Result};
use crate::models::WeightFile;
use crate::models::shipped::Matched;
use crate::session::networks::file_reading::{BetterNormalisation, BetterOrder, FileReading, TeacherReading};
use crate::session::networks::model::Model;
use crate::tensors::layout::pictures;
use crate::tensors::readback::read_all;

/// Held-out pictures that other ways are tried on.
const TRIED: usize = 200;
/// Share of the pictures by which another way must be better to be told.
const MUCH: f64 = 0.15;
/// Accuracy that another order of the outputs must reach to be told: a network that knows nothing fits none.
const GOOD: f64 = 0.5;
/// Accuracy from which on nothing else is tried.
const WELL: f64 = 0.95;

/// Takes a network out of a file as it is wished, for data of these classes, and says how.
///
/// # Errors
/// [`Error::WeightsMismatch`] and its kin; [`Error::ClassCountMismatch`]; [`Error::InvalidConfig`] if the file has no network
/// of that name, or the order is none of all outputs.
pub(in crate::session) fn read(
    bytes: &[u8],
    wished: &TeacherReading,
    usual: &str,
    class_names: &[String],
    device: &Device,
) -> Result<(Model, FileReading)> {
    let file = WeightFile::open(bytes)?;
    let (name, weights) = file.network(wished.network.as_deref(), usual)?;
    let model = Model::new(weights.clone(), device)?;
    let classes = class_names.len();
    if model.config.classes != classes {
        return Err(Error::ClassCountMismatch { weights: model.config.classes, data: classes });
    }
    let mut reading = FileReading {
        network: name.to_owned(),
        networks: file.names().map(str::to_owned).collect(),
        ..FileReading::default()
    };
    if reading.networks.len() > 1 {
        let shown = |name: &str| if name.is_empty() { "one without a name".to_owned() } else { name.to_owned() };
        let names: Vec<String> = reading.networks.iter().map(|name| shown(name)).collect();
        let (count, names) = (names.len(), names.join(", "));
        let message = format!(
            "The file holds {count} networks: {names}. This is {}; the setting teacherReading.network takes another.",
            shown(name)
        );
        let facts: [(&str, &dyn Display); 3] = [("count", &count), ("names", &names), ("own", &name)];
        reading.notes.push(Note::new("several-networks", message, &facts));
    }
    let by_name = file.class_names(classes).map(|theirs| (theirs, order_by_name(theirs, class_names)));
    reading.order = if wished.order.is_empty() {
        match by_name {
            Some((theirs, None)) => {
                let names = theirs.join(", ");
                let message = format!(
                    "The file names other classes than the data has: {names}. The outputs are taken in their order."
                );
                reading.notes.push(Note::new("other-class-names", message, &[("names", &names)]));
                Vec::new()
            }
            Some((_, Some(order))) => order,
            None => Vec::new(),
        }
    } else {
        check_order(&wished.order, classes)?;
        wished.order.clone()
    };
    if reading.order.iter().enumerate().all(|(class, output)| class == *output) {
        reading.order.clear();
        return Ok((model, reading));
    }
    if wished.order.is_empty() {
        let message =
            "The file names its classes, and in another order than the data's: the outputs were matched by name.";
        reading.notes.push(Note::new("matched-by-name", message, &[]));
    }
    let mut weights = model.weights;
    weights.reorder_outputs(model.config.classifier_path(), &reading.order);
    Ok((Model::of(model.config, weights, device)?, reading))
}

/// Tries other orders and normalisations on the held-out pictures and notes what fits much better.
///
/// # Errors
/// [`Error::DeviceFailed`].
pub(in crate::session) async fn compare(
    model: &Model,
    images: &LabelledImages,
    reading: &mut FileReading,
    device: &Device,
) -> Result<()> {
    let mut sample = images.clone();
    let indices: Vec<usize> =
        (0..images.len().min(TRIED)).map(|at| at * images.len() / images.len().min(TRIED)).collect();
    let labels: Vec<usize> = indices.iter().map(|&index| images.labels[index]).collect();
    let own = answers(model, &sample, &indices, device).await?;
    let accuracy = share(&own, &labels);
    if accuracy >= WELL {
        return Ok(());
    }
    let order = best_order(&own, &labels, images.class_names.len());
    let reordered: Vec<usize> =
        own.iter().map(|answer| order.iter().position(|output| output == answer).unwrap_or(*answer)).collect();
    let better = share(&reordered, &labels);
    if better >= (accuracy + MUCH).max(GOOD) {
        let names: Vec<&str> = order.iter().map(|&output| images.class_names[output].as_str()).collect();
        let (names, with, without) = (names.join(", "), percent(better), percent(accuracy));
        let message = format!(
            "With its outputs in another order ({order:?}: what it calls {names}) this network is right on {with} of the held-out pictures instead of {without}: its classes may have stood in another order. The setting teacherReading.order takes it."
        );
        let facts: [(&str, &dyn Display); 3] = [("names", &names), ("with", &with), ("without", &without)];
        reading.notes.push(Note::new("better-order", message, &facts));
        reading.better_order = Some(BetterOrder { order: composed(&reading.order, &order), accuracy: better });
    }
    let mut best: Option<BetterNormalisation> = None;
    for preset in PRESETS.into_iter().filter(|preset| *preset != images.normalisation) {
        sample.normalisation = preset;
        let with = share(&answers(model, &sample, &indices, device).await?, &labels);
        if best.as_ref().is_none_or(|best| with > best.accuracy) {
            best = Some(BetterNormalisation { normalisation: preset, accuracy: with });
        }
    }
    if let Some(best) = best.filter(|best| best.accuracy >= accuracy + MUCH) {
        let (with, without, word) = (percent(best.accuracy), percent(accuracy), best.normalisation.word());
        let message = format!(
            "Pictures are prepared with {}; with {} this network is right on {with} of the held-out ones instead of {without}, so it may have been trained so. The setting normalisation={word} takes that.",
            images.normalisation.name(),
            best.normalisation.name(),
        );
        let facts: [(&str, &dyn Display); 3] = [("word", &word), ("with", &with), ("without", &without)];
        reading.notes.push(Note::new("better-normalisation", message, &facts));
        reading.better_normalisation = Some(best);
    }
    Ok(())
}

/// The class that a network takes each picture for.
async fn answers(model: &Model, images: &LabelledImages, indices: &[usize], device: &Device) -> Result<Vec<usize>> {
    let classes = images.class_names.len();
    let mut answers = Vec::with_capacity(indices.len());
    for batch in indices.chunks(pictures_at_once(images.width, images.height)) {
        let logits = model.network.forward(pictures(images, batch, &[], device)).logits;
        let values = read_all(vec![logits.flatten(0, 1)]).await?.remove(0);
        answers.extend(
            values
                .chunks_exact(classes)
                .map(|row| (0..classes).fold(0, |best, class| if row[class] > row[best] { class } else { best })),
        );
    }
    Ok(answers)
}

fn share(answers: &[usize], labels: &[usize]) -> f64 {
    let right = answers.iter().zip(labels).filter(|(answer, label)| answer == label).count();
    right as f64 / labels.len().max(1) as f64
}

/// For each class the output that answers it most often, the surest pairs first, each output once.
fn best_order(answers: &[usize], labels: &[usize], classes: usize) -> Vec<usize> {
    let mut counts = vec![0usize; classes * classes];
    for (answer, label) in answers.iter().zip(labels) {
        counts[label * classes + answer] += 1;
    }
    let mut pairs: Vec<usize> = (0..classes * classes).collect();
    // Where nothing tells, outputs stay.
    pairs.sort_by_key(|&pair| (usize::MAX - counts[pair], usize::from(pair / classes != pair % classes), pair));
    let (mut order, mut taken) = (vec![None; classes], vec![false; classes]);
    for pair in pairs {
        let (label, answer) = (pair / classes, pair % classes);
        if order[label].is_none() && !taken[answer] {
            order[label] = Some(answer);
            taken[answer] = true;
        }
    }
    order.into_iter().flatten().collect()
}

/// An order on top of one that was taken already.
fn composed(taken: &[usize], order: &[usize]) -> Vec<usize> {
    order.iter().map(|&output| taken.get(output).copied().unwrap_or(output)).collect()
}

/// For each class of the data the place of its name in the file's list, if both have the same names.
fn order_by_name(theirs: &[String], ours: &[String]) -> Option<Vec<usize>> {
    let theirs: Vec<String> = theirs.iter().map(|name| class_key(name)).collect();
    ours.iter().map(|name| theirs.iter().position(|other| *other == class_key(name))).collect()
}

fn check_order(order: &[usize], classes: usize) -> Result<()> {
    let mut sorted = order.to_vec();
    sorted.sort_unstable();
    if sorted == (0..classes).collect::<Vec<_>>() {
        return Ok(());
    }
    Err(Error::config("teacherReading.order", format!("must hold each of 0 to {} once, is {order:?}", classes - 1)))
}

/// What is to be said of a shipped network before pictures of this side, where there is something: it learned from others.
pub(in crate::session) fn of_shipped(shipped: &Matched, side: usize) -> Option<FileReading> {
    let own = shipped.picture_side();
    let message = format!(
        "This network learned from pictures of {own} x {own} pixels and is shown {side} x {side}, where it may know far less. Bring the pictures to {own} pixels, or train a Teacher on them."
    );
    let note = || Note::new("other-size", message, &[("own", &own), ("side", &side)]);
    (side != own).then(|| FileReading { notes: vec![note()], ..FileReading::default() })
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surest_pairs_make_the_order() {
        let labels = [0, 0, 1, 1, 2, 2];
        assert_eq!(best_order(&[2, 2, 0, 0, 1, 1], &labels, 3), [2, 0, 1]);
        assert_eq!(best_order(&[0, 0, 1, 1, 2, 2], &labels, 3), [0, 1, 2]);
        assert_eq!(best_order(&[1, 1, 1, 1, 1, 1], &labels, 3), [0, 1, 2], "a network that says one thing");
        assert_eq!(composed(&[2, 0, 1], &[1, 2, 0]), [0, 1, 2]);
    }

    #[test]
    fn names_are_matched_as_people_write_them() {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let ours = names(&["Tomato: LeafMiner", "caf\u{e9}", "dog"]);
        assert_eq!(order_by_name(&names(&["Dog", "Tomato___LeafMiner", "cafe\u{301}"]), &ours), Some(vec![1, 2, 0]));
        assert_eq!(order_by_name(&names(&["cat", "Tomato___LeafMiner", "cafe\u{301}"]), &ours), None);
        assert!(
            check_order(&[0, 2, 1], 3).is_ok() && check_order(&[0, 1, 1], 3).is_err() && check_order(&[0], 3).is_err()
        );
    }
}
