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
/// Pictures of each class that an order is found on at least, and as many that it is judged by: others, since what is found on
/// a few pictures a class fits those far better than any that the network learned.
const OF_EACH: usize = 2;
/// Accuracy that another order of the outputs must reach, on the pictures that it is judged by, to be told.
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
    // The file's list of classes is that of its own order: an export with it would be put in order again.
    weights.metadata.clear();
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
    let tried = images.len().min(TRIED);
    let mut sample = images.only((0..tried).map(|at| at * images.len() / tried));
    let own = answers(model, &sample, device).await?;
    let accuracy = share(&own, &sample.labels);
    if accuracy >= WELL {
        return Ok(());
    }
    if let Some((order, better, accuracy)) = other_order(&own, &sample.labels, images.class_names.len())
        && better >= (accuracy + MUCH).max(GOOD)
    {
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
        let with = share(&answers(model, &sample, device).await?, &sample.labels);
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
async fn answers(model: &Model, images: &LabelledImages, device: &Device) -> Result<Vec<usize>> {
    let classes = images.class_names.len();
    let indices: Vec<usize> = (0..images.len()).collect();
    let mut answers = Vec::with_capacity(indices.len());
    for batch in indices.chunks(pictures_at_once(images.width, images.height)) {
        let logits = model.network.answers(pictures(images, batch, &[], device));
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

/// The order of the outputs that fits every second picture of each class best, and the accuracies on the others with it and
/// without. Nothing where a class has too few pictures, see [`OF_EACH`].
fn other_order(answers: &[usize], labels: &[usize], classes: usize) -> Option<(Vec<usize>, f64, f64)> {
    let mut met = vec![0usize; classes];
    let (mut fitted, mut judged) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    for (&answer, &label) in answers.iter().zip(labels) {
        let part = if met[label].is_multiple_of(2) { &mut fitted } else { &mut judged };
        part.0.push(answer);
        part.1.push(label);
        met[label] += 1;
    }
    if met.iter().any(|&pictures| pictures < 2 * OF_EACH) {
        return None;
    }
    let order = best_order(&fitted.0, &fitted.1, classes);
    let (own, labels) = judged;
    let reordered: Vec<usize> =
        own.iter().map(|answer| order.iter().position(|output| output == answer).unwrap_or(*answer)).collect();
    Some((order, share(&reordered, &labels), share(&own, &labels)))
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
    fn an_order_is_judged_by_other_pictures_than_it_was_found_on() {
        let pictures = |classes: usize, each: usize| (0..classes * each).map(|at| at / each).collect::<Vec<_>>();
        // Half of the outputs are turned, and all answers follow them.
        let (labels, turned) = (pictures(4, 10), [1, 0, 2, 3]);
        let answers: Vec<usize> = labels.iter().map(|&label| turned[label]).collect();
        assert_eq!(other_order(&answers, &labels, 4), Some((vec![1, 0, 2, 3], 1.0, 0.5)));
        // A network in the right order that knows a third: what it mistakes others for has no order.
        let labels = pictures(50, 4);
        let guess = |(at, &label): (usize, &usize)| if at % 3 == 0 { label } else { (at * 7919 + 13) % 50 };
        let answers: Vec<usize> = labels.iter().enumerate().map(guess).collect();
        let (_, with, without) = other_order(&answers, &labels, 50).expect("two of each class on either side");
        assert!(without > 0.3 && with < without + MUCH, "{with} with another order, {without} without");
        // Of so few, any order could be found.
        let labels = pictures(200, 1);
        assert_eq!(other_order(&labels, &labels, 200), None);
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
