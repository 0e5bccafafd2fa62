//! The kept pictures to a data set: labels, copies and the split.

use std::collections::HashMap;

use super::notes::notes;
use super::place::{Part, Spot};
use super::pool::{Picture, rank};
use super::report::{ImagesReport, LeftOut, OutReason};
use super::tree::{Fate, Sorted, sort_out};
use super::{ImagesConfig, MIN_PER_CLASS};
use crate::dataset::normalisation::Normalisation;
use crate::dataset::pixels::Store;
use crate::dataset::{Dataset, LabelledImages, split};
use crate::error::{Error, Result};

/// Pictures in the order of their paths, and what decides on their classes.
pub(super) struct Collected<'a> {
    pub pictures: Vec<Picture>,
    /// What holds their pixels.
    pub store: Store,
    /// What [`Picture::spot`] numbers.
    pub spots: &'a [Spot],
    /// Class names that files tell.
    pub tables: &'a [Vec<String>],
    /// Paths and numbers of pictures in arrays that no labels came for.
    pub alone: Vec<(String, usize)>,
    /// Files that were left out.
    pub broken: usize,
    /// Pictures over the limit so far.
    pub over_limit: usize,
}

/// Makes the data set, and its report.
///
/// # Errors
/// As [`Collector::finish`](super::Collector::finish).
pub(super) fn arrange(collected: Collected<'_>, config: &ImagesConfig) -> Result<(Dataset, ImagesReport)> {
    let Collected { pictures, store, spots, tables, alone, broken, mut over_limit } = collected;
    let sorted = {
        let mut files: Vec<Vec<&str>> = vec![Vec::new(); spots.len()];
        for picture in &pictures {
            files[picture.spot].push(picture.path.rsplit('/').next().unwrap_or(&picture.path));
        }
        sort_out(spots, &files, tables, config)
    };
    let Sorted { fates, classes: class_names, split_given, level, levels, mut left_out, untaught } = sorted;
    left_out.extend(alone.into_iter().map(|(folder, pictures)| LeftOut {
        folder,
        pictures,
        reason: OutReason::NoLabels,
    }));
    let pictures = within_limit(pictures, &fates, config, &mut over_limit);
    let fate = |picture: &Picture| match fates[picture.spot] {
        Fate::In(class, part) => (class, part),
        Fate::Out => (0, None),
    };
    let labels: Vec<usize> = pictures.iter().map(|picture| fate(picture).0).collect();
    check_classes(&class_names, &labels)?;
    let same = Sameness::of(&pictures, &labels, &store);
    store.check()?;
    let held_out = if split_given {
        pictures.iter().map(|picture| fate(picture).1 == Some(Part::Test)).collect()
    } else {
        same.drawn(&labels, class_names.len(), config)
    };
    check_parts(&class_names, &labels, &held_out, split_given)?;
    let copies_across =
        (0..pictures.len()).filter(|&i| held_out[i] && same.is_met(i, |other| !held_out[other])).count();
    let (copies, contradictions) = (same.copies(), same.contradictions);

    let size = config.size;
    let test_len = held_out.iter().filter(|&&held_out| held_out).count();
    let list = |n: usize| (Vec::with_capacity(n), Vec::with_capacity(n));
    let (mut train, mut test) = (list(labels.len() - test_len), list(test_len));
    for ((picture, label), held_out) in pictures.into_iter().zip(labels).zip(held_out) {
        let part = if held_out { &mut test } else { &mut train };
        part.0.push(picture.rgb);
        part.1.push(label);
    }
    let part = |(pictures, labels)| LabelledImages {
        width: size,
        height: size,
        pixels: store.pixels(pictures),
        labels,
        class_names: class_names.clone(),
        masks: None,
        normalisation: Normalisation::default(),
    };
    let (train, test) = (part(train), part(test));
    train.validate()?;
    test.validate()?;
    let counts = train.counts();
    let (most, least) = (counts.iter().max().copied().unwrap_or(0), counts.iter().min().copied().unwrap_or(0));
    let imbalance = most as f64 / least.max(1) as f64;
    let mut report = ImagesReport {
        split_given,
        imbalance,
        broken,
        over_limit,
        copies,
        copies_across,
        contradictions,
        untaught,
        class_level: level,
        levels,
        left_out,
        notes: Vec::new(),
    };
    report.notes = notes(&report);
    Ok((Dataset { name: "Your images".to_owned(), train, test }, report))
}

/// The pictures that have a class, as many of each class and part as the limit leaves.
fn within_limit(pictures: Vec<Picture>, fates: &[Fate], config: &ImagesConfig, over_limit: &mut usize) -> Vec<Picture> {
    let stays = |picture: &Picture| fates[picture.spot] != Fate::Out;
    let mut kept: Vec<Picture> = pictures.into_iter().filter(stays).collect();
    if config.per_class == 0 {
        return kept;
    }
    let group = |picture: &Picture| match fates[picture.spot] {
        Fate::In(class, part) => (class, part),
        Fate::Out => (usize::MAX, None),
    };
    let mut ranks: HashMap<(usize, Option<Part>), Vec<u64>> = HashMap::new();
    for picture in &kept {
        ranks.entry(group(picture)).or_default().push(rank(config.seed, &picture.path));
    }
    for ranks in ranks.values_mut() {
        ranks.sort_unstable();
        ranks.truncate(config.per_class);
    }
    let before = kept.len();
    kept.retain(|picture| {
        let highest = ranks.get(&group(picture)).and_then(|ranks| ranks.last());
        highest.is_none_or(|highest| rank(config.seed, &picture.path) <= *highest)
    });
    *over_limit += before - kept.len();
    kept
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
    fn of(pictures: &[Picture], labels: &[usize], store: &Store) -> Self {
        let mut by_hash: HashMap<u64, Vec<usize>> = HashMap::with_capacity(pictures.len());
        for (index, picture) in pictures.iter().enumerate() {
            by_hash.entry(picture.hash).or_default().push(index);
        }
        let mut first: Vec<usize> = (0..pictures.len()).collect();
        let mut groups: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut contradictions = 0;
        for alike in by_hash.into_values().filter(|alike| alike.len() > 1) {
            // One of them stands for all that are the same, so that each is compared once; others have their hash by chance.
            let mut kinds: Vec<Vec<usize>> = Vec::new();
            for index in alike {
                match kinds.iter_mut().find(|kind| pictures[kind[0]].is_same(&pictures[index], store)) {
                    Some(kind) => kind.push(index),
                    None => kinds.push(vec![index]),
                }
            }
            for kind in kinds {
                let one_class = kind.iter().all(|&index| labels[index] == labels[kind[0]]);
                contradictions += if one_class { 0 } else { kind.len() };
                let mut first_of_class = HashMap::new();
                for index in kind {
                    first[index] = *first_of_class.entry(labels[index]).or_insert(index);
                    groups.entry(first[index]).or_default().push(index);
                }
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
