//! From a picture's folders to those that may name its class: without parts, archives, and what all paths have in common.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::ImagesConfig;
use super::config::SplitSource;
use super::part_name::{Purpose, archive_stem, is_part, part_name};
use super::place::{Part, Spot};
use super::report::OutReason;

/// A spot on its way: where its class is to be found.
#[derive(Debug, Clone)]
pub(super) struct Way {
    /// What the innermost folder of a part stands for.
    pub part: Option<Purpose>,
    /// Folders that may name the class, from the outermost.
    pub folders: Vec<String>,
    /// The class in the names of the files.
    pub flat: Option<String>,
    /// Table and label, where a file tells the class.
    pub told: Option<(usize, usize)>,
}

/// Finds the parts, and takes off what all paths have in common.
pub(super) fn ways(spots: &[Spot], config: &ImagesConfig) -> Vec<Way> {
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

/// Folders of a spot that has any.
pub(super) fn folders_of(spot: &Spot) -> Option<&[String]> {
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
pub(super) fn without_wrappers(ways: &mut [Way], out: &[Option<OutReason>]) {
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
