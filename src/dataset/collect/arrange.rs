//! The kept pictures to a data set: labels, copies and the split.

use std::collections::HashMap;

use super::place::Part;
use super::pool::Picture;
use super::report::ImagesReport;
use super::{ImagesConfig, MIN_PER_CLASS};
use crate::dataset::{Dataset, LabelledImages, split};
use crate::error::{Error, Result};

/// Makes the data set of pictures in the order of their paths, whose classes are numbers into `names`; and its report,
/// where counts of files are still 0.
///
/// # Errors
/// As [`Collector::finish`](super::Collector::finish).
pub(super) fn arrange(
    mut pictures: Vec<Picture>,
    names: &[String],
    config: &ImagesConfig,
) -> Result<(Dataset, ImagesReport)> {
    let has = |part| pictures.iter().any(|picture| picture.part == Some(part));
    let split_given = has(Part::Train) && has(Part::Test);
    let untaught = if split_given { leave_out_untaught(&mut pictures, names) } else { Vec::new() };
    let (class_names, labels) = label(&pictures, names);
    check_classes(&class_names, &labels)?;
    let same = Sameness::of(&pictures, &labels);
    let held_out = if split_given {
        pictures.iter().map(|picture| picture.part == Some(Part::Test)).collect()
    } else {
        same.drawn(&labels, class_names.len(), config)
    };
    check_parts(&class_names, &labels, &held_out, split_given)?;
    let copies_across =
        (0..pictures.len()).filter(|&i| held_out[i] && same.is_met(i, |other| !held_out[other])).count();
    let (copies, contradictions) = (same.copies(), same.contradictions);

    let size = config.size;
    let test_len = held_out.iter().filter(|&&held_out| held_out).count();
    let part = |n: usize| LabelledImages {
        width: size,
        height: size,
        pixels: Vec::with_capacity(n * size * size * 3),
        labels: Vec::with_capacity(n),
        class_names: class_names.clone(),
        masks: None,
    };
    let (mut train, mut test) = (part(labels.len() - test_len), part(test_len));
    for ((picture, label), held_out) in pictures.into_iter().zip(labels).zip(held_out) {
        let part = if held_out { &mut test } else { &mut train };
        part.pixels.extend_from_slice(&picture.rgb);
        part.labels.push(label);
    }
    train.validate()?;
    test.validate()?;
    let counts = train.counts();
    let (most, least) = (counts.iter().max().copied().unwrap_or(0), counts.iter().min().copied().unwrap_or(0));
    let imbalance = most as f64 / least.max(1) as f64;
    let report = ImagesReport {
        split_given,
        imbalance,
        broken: 0,
        over_limit: 0,
        copies,
        copies_across,
        contradictions,
        untaught,
    };
    Ok((Dataset { name: "Your images".to_owned(), train, test }, report))
}

/// Takes out the pictures of classes that have none to learn from, and names these classes.
///
/// The unlabelled test pictures of a contest lie so: in `test1/`, beside the folders of the classes.
fn leave_out_untaught(pictures: &mut Vec<Picture>, names: &[String]) -> Vec<String> {
    let mut taught = vec![false; names.len()];
    let mut met = vec![false; names.len()];
    for picture in pictures.iter() {
        met[picture.class] = true;
        taught[picture.class] |= picture.part != Some(Part::Test);
    }
    // One name may stand under two numbers.
    let is_taught = |name: &String| names.iter().zip(&taught).any(|(other, taught)| other == name && *taught);
    pictures.retain(|picture| is_taught(&names[picture.class]));
    let mut untaught: Vec<String> =
        names.iter().zip(met).filter(|(name, met)| *met && !is_taught(name)).map(|(name, _)| name.clone()).collect();
    untaught.sort_unstable();
    untaught.dedup();
    untaught
}

/// Names in alphabetical order, and each picture's index among them.
fn label(pictures: &[Picture], names: &[String]) -> (Vec<String>, Vec<usize>) {
    let mut class_names: Vec<&String> = pictures.iter().map(|picture| &names[picture.class]).collect();
    class_names.sort_unstable();
    class_names.dedup();
    let rank: Vec<usize> = names.iter().map(|name| class_names.partition_point(|other| *other < name)).collect();
    (class_names.into_iter().cloned().collect(), pictures.iter().map(|picture| rank[picture.class]).collect())
}

/// Which pictures are the same.
struct Sameness {
    /// For each picture the first that is the same and of its class: itself where it is that one.
    first: Vec<usize>,
    /// All pictures of each group of several, by its first.
    groups: HashMap<usize, Vec<usize>>,
    contradictions: usize,
}

impl Sameness {
    fn of(pictures: &[Picture], labels: &[usize]) -> Self {
        let mut by_hash: HashMap<u64, Vec<usize>> = HashMap::with_capacity(pictures.len());
        for (index, picture) in pictures.iter().enumerate() {
            by_hash.entry(picture.hash).or_default().push(index);
        }
        let mut first: Vec<usize> = (0..pictures.len()).collect();
        let mut groups: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut contradictions = 0;
        for alike in by_hash.into_values().filter(|alike| alike.len() > 1) {
            for &index in &alike {
                let same = |other: &&usize| pictures[**other].is_same(&pictures[index]);
                contradictions += usize::from(alike.iter().filter(same).any(|&other| labels[other] != labels[index]));
                let of_class = alike.iter().filter(same).find(|&&other| labels[other] == labels[index]);
                first[index] = of_class.copied().unwrap_or(index);
                groups.entry(first[index]).or_default().push(index);
            }
        }
        Self { first, groups, contradictions }
    }

    fn copies(&self) -> usize {
        self.first.iter().enumerate().filter(|(index, first)| index != *first).count()
    }

    /// Whether a copy of picture `index` fulfils this.
    fn is_met(&self, index: usize, condition: impl Fn(usize) -> bool) -> bool {
        self.groups.get(&self.first[index]).is_some_and(|group| group.iter().any(|&other| condition(other)))
    }

    /// Whether each picture is held out: drawn among the different ones, and copies go where the first of them goes.
    fn drawn(&self, labels: &[usize], classes: usize, config: &ImagesConfig) -> Vec<bool> {
        let none = classes;
        let different: Vec<usize> = labels
            .iter()
            .enumerate()
            .map(|(index, &label)| if self.first[index] == index { label } else { none })
            .collect();
        let (_, test) = split::stratified(&different, classes, config.test_share, config.seed);
        let mut held_out = vec![false; labels.len()];
        test.into_iter().for_each(|index| held_out[index] = true);
        (0..labels.len()).map(|index| held_out[self.first[index]]).collect()
    }
}

fn too_small(problem: String) -> Error {
    Error::DatasetTooSmall { problem, needed: MIN_PER_CLASS }
}

fn check_classes(class_names: &[String], labels: &[usize]) -> Result<()> {
    match class_names {
        [] => return Err(too_small("There is no readable image in a class folder".to_owned())),
        [only] => return Err(too_small(format!("All {} images belong to the class \"{only}\"", labels.len()))),
        _ => {}
    }
    for (label, name) in class_names.iter().enumerate() {
        let n = labels.iter().filter(|&&other| other == label).count();
        if n < MIN_PER_CLASS {
            let images = if n == 1 { "image" } else { "images" };
            return Err(too_small(format!("The class \"{name}\" has only {n} readable {images}")));
        }
    }
    Ok(())
}

/// Each class must be met in both parts.
fn check_parts(class_names: &[String], labels: &[usize], held_out: &[bool], split_given: bool) -> Result<()> {
    for (label, name) in class_names.iter().enumerate() {
        for (wanted, folders) in [(false, "training"), (true, "test")] {
            if labels.iter().zip(held_out).any(|(&other, &out)| other == label && out == wanted) {
                continue;
            }
            return Err(too_small(if split_given {
                format!("The class \"{name}\" has no readable image in the {folders} folders")
            } else {
                format!("All images of the class \"{name}\" are the same")
            }));
        }
    }
    Ok(())
}
