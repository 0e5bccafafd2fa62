//! All folders together: which stand for parts, which level names the classes, and what lies outside.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::ImagesConfig;
use super::config::SplitSource;
use super::level::{Chain, level_of, names_at, telling_levels};
use super::part_name::{Purpose, archive_stem, is_part, part_name};
use super::place::{Part, Spot, readable};
use super::report::{ClassLevel, LeftOut, OutReason};

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

/// A spot on its way: where its class is to be found.
#[derive(Debug, Clone)]
struct Way {
    part: Option<Purpose>,
    /// Folders that may name the class, from the outermost.
    folders: Vec<String>,
    flat: Option<String>,
    told: Option<(usize, usize)>,
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

/// Finds the parts, and takes off what all paths have in common.
fn ways(spots: &[Spot], config: &ImagesConfig) -> Vec<Way> {
    let tree = Tree::of(spots);
    let mut ways: Vec<Way> = Vec::with_capacity(spots.len());
    // Folders above a part, where none below it tells the class.
    let mut above: Vec<(usize, Vec<String>)> = Vec::new();
    let mut below: Vec<usize> = Vec::new();
    let mut bare: Vec<usize> = Vec::new();
    for spot in spots {
        let (folders, flat) = match spot {
            Spot::Told { table, label, part } => {
                let part = part.map(|part| if part == Part::Train { Purpose::Train } else { Purpose::Test });
                let part = part.filter(|_| config.split == SplitSource::Folders);
                ways.push(Way { part, folders: Vec::new(), flat: None, told: Some((*table, *label)) });
                continue;
            }
            Spot::Folder { folders, flat } => (folders, flat),
        };
        let parts: Vec<Option<Purpose>> = (0..folders.len())
            .map(|at| if config.split == SplitSource::Folders { tree.part_at(folders, at) } else { None })
            .collect();
        let plain = |range: std::ops::Range<usize>| -> Vec<String> {
            let names = range.filter(|&at| parts[at].is_none() && archive_stem(&folders[at]).is_none());
            names.map(|at| folders[at].clone()).collect()
        };
        let innermost = parts.iter().rposition(Option::is_some);
        let part = innermost.and_then(|at| parts[at]);
        let own = innermost.map_or_else(|| plain(0..folders.len()), |at| plain(at + 1..folders.len()));
        let index = ways.len();
        match innermost {
            Some(at) if own.is_empty() && flat.is_none() => above.push((index, plain(0..at))),
            Some(_) => below.push(index),
            None => bare.push(index),
        }
        ways.push(Way { part, folders: own, flat: flat.clone(), told: None });
    }
    let whole: Vec<&[String]> = spots.iter().filter_map(|spot| folders_of(spot)).collect();
    let root = common(&whole);
    for (index, folders) in above {
        // Archives and parts in the common root are no folders here.
        let rooted = whole.first().map_or(0, |first| {
            first[..root].iter().filter(|name| archive_stem(name).is_none() && !is_part(name)).count()
        });
        ways[index].folders = folders.get(rooted..).unwrap_or_default().to_vec();
    }
    for group in [below, bare] {
        strip(&mut ways, &group);
    }
    ways
}

fn folders_of(spot: &Spot) -> Option<&[String]> {
    if let Spot::Folder { folders, .. } = spot { Some(folders) } else { None }
}

/// How many folders all paths begin with.
fn common(paths: &[&[String]]) -> usize {
    let Some((first, rest)) = paths.split_first() else { return 0 };
    (0..first.len()).take_while(|&at| rest.iter().all(|path| path.get(at) == first.get(at))).count()
}

/// Takes off the folders that all of a group begin with, as long as some have more.
fn strip(ways: &mut [Way], group: &[usize]) {
    loop {
        let first = group.iter().find_map(|&index| ways[index].folders.first().cloned());
        let Some(first) = first else { return };
        let shared = group.iter().all(|&index| ways[index].folders.first().is_none_or(|name| *name == first));
        let goes_on = group.iter().any(|&index| ways[index].folders.len() > 1);
        // Below one folder of everything, names of files may be the classes.
        let named = group.iter().filter_map(|&index| ways[index].flat.as_ref()).collect::<BTreeSet<_>>().len() > 1;
        if !shared || !(goes_on || named) {
            return;
        }
        for &index in group {
            if !ways[index].folders.is_empty() {
                ways[index].folders.remove(0);
            }
        }
    }
}

/// Passes through an outer folder that holds no picture itself, and whose folders have names that stand beside it as well:
/// such as the second copy of a data set inside the first.
fn without_wrappers(ways: &mut [Way], out: &[Option<OutReason>]) {
    for part in [None, Some(Purpose::Train), Some(Purpose::Test)] {
        let wrappers = {
            let folders = ways.iter().zip(out).filter(|(way, out)| out.is_none() && way.part == part);
            wrappers(folders.map(|(way, _)| way.folders.as_slice()))
        };
        for way in ways.iter_mut().filter(|way| way.part == part) {
            if way.folders.first().is_some_and(|name| wrappers.contains(name)) {
                way.folders.remove(0);
            }
        }
    }
}

/// Outer folders that hold only folders with the names of others beside them.
fn wrappers<'a>(paths: impl Iterator<Item = &'a [String]>) -> HashSet<String> {
    let (mut holds, mut inner) = (HashSet::new(), BTreeMap::<&String, BTreeSet<&String>>::new());
    for path in paths {
        match path {
            [] => {}
            [only] => _ = holds.insert(only),
            [first, second, ..] => _ = inner.entry(first).or_default().insert(second),
        }
    }
    let is_wrapper = |name: &String, below: &BTreeSet<&String>| {
        !holds.contains(name) && below.len() > 1 && below.iter().all(|name| holds.contains(name))
    };
    inner.iter().filter(|(name, below)| is_wrapper(name, below)).map(|(name, _)| (*name).clone()).collect()
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

/// What the folders hold, for the question which of them stand for parts.
struct Tree {
    children: HashMap<Vec<String>, BTreeSet<String>>,
    /// Folders below which something tells a class.
    informed: HashSet<Vec<String>>,
}

impl Tree {
    fn of(spots: &[Spot]) -> Self {
        let (mut children, mut informed) = (HashMap::<Vec<String>, BTreeSet<String>>::new(), HashSet::new());
        for spot in spots {
            let Spot::Folder { folders, flat } = spot else { continue };
            for at in 0..folders.len() {
                children.entry(folders[..at].to_vec()).or_default().insert(folders[at].clone());
                if flat.is_some() || folders[at + 1..].iter().any(|name| !is_part(name)) {
                    informed.insert(folders[..=at].to_vec());
                }
            }
        }
        Self { children, informed }
    }

    /// What the folder at `at` of a path stands for, if it is a part and no class.
    ///
    /// A class may be called `train`, `valid` or `test` as well: so it is one beside other classes, unless something below
    /// tells classes; and held-out pictures without a class lie beside at least two.
    fn part_at(&self, folders: &[String], at: usize) -> Option<Purpose> {
        let name = part_name(&folders[at])?;
        let siblings: Vec<&String> =
            self.children.get(&folders[..at]).into_iter().flatten().filter(|other| **other != folders[at]).collect();
        let is_counterpart = |other: &&&String| {
            part_name(other).is_some_and(|other| other.rest == name.rest && other.purpose != name.purpose)
        };
        let has_counterpart = siblings.iter().any(|other| is_counterpart(&other));
        if !name.rest.is_empty() {
            return has_counterpart.then_some(name.purpose);
        }
        let others = siblings.iter().filter(|other| part_name(other).is_none()).count();
        if others == 0 || self.informed.contains(&folders[..=at]) {
            return Some(name.purpose);
        }
        // Pictures lie in it without a class below it, beside folders that are no parts.
        let pair_is_informed = siblings.iter().filter(is_counterpart).any(|other| {
            let beside: Vec<String> = folders[..at].iter().chain([*other]).cloned().collect();
            self.informed.contains(&beside)
        });
        (pair_is_informed || name.purpose != Purpose::Train && others > 1).then_some(name.purpose)
    }
}
