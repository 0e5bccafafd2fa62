//! All folders together: which stand for parts, which level names the classes, and what lies outside.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::ImagesConfig;
use super::level::{Chain, level_of, names_at, telling_levels};
use super::part_name::Purpose;
use super::place::{Part, Spot, readable};
use super::report::{ClassLevel, LeftOut, OutReason};
use super::ways::{Way, folders_of, ways, without_wrappers};

/// Names of a level that a report gives.
const NAMES_GIVEN: usize = 6;

/// What becomes of the pictures of a spot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Class, an index into [`Sorted::classes`], and part where the folders give a split.
    In(usize, Option<Part>),
    Out,
}

/// Every spot with its fate.
#[derive(Debug)]
pub(super) struct Sorted {
    pub fates: Vec<Fate>,
    /// Names for people in label order.
    pub classes: Vec<String>,
    pub split_given: bool,
    /// Level of folders that names the classes, counted from 1; 0 where no level does.
    pub level: usize,
    pub levels: Vec<ClassLevel>,
    pub left_out: Vec<LeftOut>,
    pub untaught: Vec<String>,
}

/// A class before it has a number: the names that are one when they are compared, and where it stands among them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Index in a table, 0 where a folder names the class.
    number: usize,
    /// The folder's own name: Python sorts by it, so ImageFolder and every network trained with it do.
    name: String,
}

/// Decides on all spots. `files` are the names of the pictures of each, `tables` the class names that files tell.
pub(super) fn sort_out(spots: &[Spot], files: &[Vec<&str>], tables: &[Vec<String>], config: &ImagesConfig) -> Sorted {
    let mut ways = ways(spots, config);
    let mut out: Vec<Option<OutReason>> = vec![None; spots.len()];
    let is_here = |index: usize| !files[index].is_empty();
    let has = |purpose| ways.iter().enumerate().any(|(index, way)| is_here(index) && way.part == Some(purpose));
    let mut split_given = has(Purpose::Train) && has(Purpose::Test);
    for (index, way) in ways.iter().enumerate() {
        match way.part {
            Some(Purpose::Unlabelled) => out[index] = Some(OutReason::Unlabelled),
            None if split_given => out[index] = Some(OutReason::OutsideTheSplit),
            _ => {}
        }
    }
    without_wrappers(&mut ways, &out);
    let teaches = |index: usize| {
        is_here(index) && out[index].is_none() && (!split_given || ways[index].part == Some(Purpose::Train))
    };
    let (chosen, levels) = levels(&ways, files, teaches, config);
    let mut names: Vec<Option<Rank>> = Vec::with_capacity(ways.len());
    for (index, way) in ways.iter().enumerate() {
        let name = class_of(way, chosen, tables);
        if name.is_none() && out[index].is_none() {
            out[index] = Some(OutReason::NoClassFolder);
        }
        names.push(name);
    }
    as_taught(&ways, &mut names);
    let untaught = untaught(&ways, &names, &mut out, split_given, files);
    let stays = |index: usize| is_here(index) && out[index].is_none();
    // Test pictures without classes leave a split without its second part.
    split_given &= [Purpose::Train, Purpose::Test]
        .into_iter()
        .all(|purpose| ways.iter().enumerate().any(|(index, way)| stays(index) && way.part == Some(purpose)));
    let (numbers, classes) = number(&ways, &names, stays);
    let fates = (0..ways.len())
        .map(|index| match (&numbers[index], stays(index)) {
            (Some(class), true) => Fate::In(*class, if split_given { part_of(&ways[index]) } else { None }),
            _ => Fate::Out,
        })
        .collect();
    let left_out = left_out(spots, files, &out);
    Sorted { fates, classes, split_given, level: chosen.unwrap_or(0), levels, left_out, untaught }
}

fn part_of(way: &Way) -> Option<Part> {
    match way.part? {
        Purpose::Train => Some(Part::Train),
        Purpose::Test => Some(Part::Test),
        Purpose::Unlabelled => None,
    }
}

/// The level that names the classes, if any does, and all that could.
fn levels(
    ways: &[Way],
    files: &[Vec<&str>],
    teaches: impl Fn(usize) -> bool,
    config: &ImagesConfig,
) -> (Option<usize>, Vec<ClassLevel>) {
    let chains: Vec<Chain<'_>> = ways
        .iter()
        .enumerate()
        .filter(|(index, way)| teaches(*index) && way.told.is_none() && !way.folders.is_empty())
        .map(|(index, way)| Chain { folders: way.folders.iter().map(String::as_str).collect(), files: &files[index] })
        .collect();
    if chains.is_empty() {
        return (None, Vec::new());
    }
    let levels = telling_levels(&chains)
        .into_iter()
        .map(|level| {
            let names = names_at(&chains, level);
            let given = names.iter().take(NAMES_GIVEN).map(|name| readable(name)).collect();
            ClassLevel { level, names: given, classes: names.len() }
        })
        .collect();
    let chosen = if config.class_level > 0 { config.class_level } else { level_of(&chains) };
    (Some(chosen), levels)
}

fn class_of(way: &Way, level: Option<usize>, tables: &[Vec<String>]) -> Option<Rank> {
    if let Some((table, label)) = way.told {
        return Some(Rank { number: label, name: tables[table][label].clone() });
    }
    let by_folder = if way.folders.is_empty() { None } else { way.folders.get(level? - 1) };
    let name = by_folder.or(if way.folders.is_empty() { way.flat.as_ref() } else { None })?;
    Some(Rank { number: 0, name: name.clone() })
}

/// A class's name as it is compared with those of other origins: without differences of case, of underscores and spaces,
/// and of how an accent is stored.
pub(crate) fn class_key(name: &str) -> String {
    compared(&readable(name)).to_lowercase().replace('_', " ").trim().to_owned()
}

/// Gives classes of the test folders the names that the training folders have for them, where only case or spaces differ.
fn as_taught(ways: &[Way], names: &mut [Option<Rank>]) {
    let taught: HashMap<String, Rank> = ways
        .iter()
        .zip(names.iter())
        .filter(|(way, _)| way.part == Some(Purpose::Train))
        .filter_map(|(_, rank)| rank.as_ref().map(|rank| (class_key(&rank.name), rank.clone())))
        .collect();
    let exact: HashSet<String> = taught.values().map(|rank| compared(&rank.name)).collect();
    for (way, name) in ways.iter().zip(names) {
        let Some(rank) = name.as_mut().filter(|_| way.part == Some(Purpose::Test)) else { continue };
        if let Some(known) = taught.get(&class_key(&rank.name)).filter(|_| !exact.contains(&compared(&rank.name))) {
            rank.clone_from(known);
        }
    }
}

/// Names as they are compared: composed letters, since systems differ in how they store an accent.
fn compared(name: &str) -> String {
    name.nfc().collect()
}

/// Leaves out the classes that have nothing to learn from, and names them.
fn untaught(
    ways: &[Way],
    names: &[Option<Rank>],
    out: &mut [Option<OutReason>],
    split_given: bool,
    files: &[Vec<&str>],
) -> Vec<String> {
    if !split_given {
        return Vec::new();
    }
    let mut taught = HashSet::new();
    for (index, name) in names.iter().enumerate() {
        if let Some(rank) = name
            && out[index].is_none()
            && !files[index].is_empty()
            && ways[index].part == Some(Purpose::Train)
        {
            taught.insert(compared(&rank.name));
        }
    }
    let mut untaught = BTreeSet::new();
    for (index, name) in names.iter().enumerate() {
        if let Some(rank) = name
            && out[index].is_none()
            && !files[index].is_empty()
            && !taught.contains(&compared(&rank.name))
        {
            out[index] = Some(OutReason::Untaught);
            untaught.insert(readable(&rank.name));
        }
    }
    untaught.into_iter().collect()
}

/// Numbers the classes: by the index in their table where files tell it, else by the folders' own names as they stand
/// where there is most to learn from.
fn number(ways: &[Way], names: &[Option<Rank>], stays: impl Fn(usize) -> bool) -> (Vec<Option<usize>>, Vec<String>) {
    let mut ranks: HashMap<String, Rank> = HashMap::new();
    let all_told = ways.iter().enumerate().all(|(index, way)| !stays(index) || way.told.is_some());
    for (index, name) in names.iter().enumerate().filter(|(index, _)| stays(*index)) {
        let Some(rank) = name else { continue };
        let rank = if all_told { rank.clone() } else { Rank { number: 0, ..rank.clone() } };
        let is_test = ways[index].part == Some(Purpose::Test);
        ranks
            .entry(compared(&rank.name))
            .and_modify(|known| {
                if !is_test && rank < *known {
                    known.clone_from(&rank);
                }
            })
            .or_insert(rank);
    }
    let mut ordered: Vec<(&String, &Rank)> = ranks.iter().collect();
    ordered.sort_by(|a, b| a.1.cmp(b.1));
    let places: HashMap<&String, usize> = ordered.iter().enumerate().map(|(place, (key, _))| (*key, place)).collect();
    let numbers = names.iter().map(|name| places.get(&compared(&name.as_ref()?.name)).copied()).collect();
    let shown: Vec<String> = ordered.iter().map(|(_, rank)| readable(&rank.name)).collect();
    let is_twice = |name: &String| shown.iter().filter(|other| *other == name).count() > 1;
    let classes = shown
        .iter()
        .zip(&ordered)
        .map(|(shown, (_, rank))| if is_twice(shown) { rank.name.clone() } else { shown.clone() })
        .collect();
    (numbers, classes)
}

/// The folders that are left out, each with its pictures and the reason.
fn left_out(spots: &[Spot], files: &[Vec<&str>], out: &[Option<OutReason>]) -> Vec<LeftOut> {
    let mut rows: BTreeMap<(String, OutReason), usize> = BTreeMap::new();
    for ((spot, files), reason) in spots.iter().zip(files).zip(out) {
        if let (Some(folders), Some(reason)) = (folders_of(spot), reason)
            && !files.is_empty()
        {
            *rows.entry((folders.join("/"), *reason)).or_default() += files.len();
        }
    }
    rows.into_iter().map(|((folder, reason), pictures)| LeftOut { folder, pictures, reason }).collect()
}
