//! Which level of folders names the classes, by all of them together.

use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Names that variants of the same pictures have, which are no classes: by colour, size, place, view or share.
const VARIANTS: [&str; 30] = [
    "color",
    "colour",
    "grayscale",
    "greyscale",
    "gray",
    "grey",
    "bw",
    "rgb",
    "segmented",
    "masked",
    "original",
    "raw",
    "augmented",
    "aug",
    "cropped",
    "resized",
    "normalized",
    "enhanced",
    "clean",
    "noisy",
    "indoor",
    "outdoor",
    "day",
    "night",
    "left",
    "right",
    "front",
    "back",
    "hd",
    "small",
];
/// Share of the pairs of two levels' names that must occur for the two to be crossed.
const CROSSED: f64 = 0.75;

/// Folders of pictures below what all have in common, and the names of the files in them.
pub(super) struct Chain<'a> {
    pub folders: Vec<&'a str>,
    pub files: &'a [&'a str],
}

/// The level whose names are the classes, counted from 1.
///
/// That is the outermost with more than one name, as torchvision's ImageFolder has it, unless that level only says which
/// variant of a picture lies there: color, grayscale and segmented, each with the same folders below. Names tell that, or
/// files of the same name below several of them.
pub(super) fn level_of(chains: &[Chain<'_>]) -> usize {
    let levels = telling_levels(chains);
    let mut chosen = levels.first().copied().unwrap_or(1);
    for pair in levels.windows(2) {
        let [outer, inner] = [pair[0], pair[1]];
        if outer == chosen && is_variant(chains, outer, inner) {
            chosen = inner;
        }
    }
    chosen
}

/// Levels, counted from 1, that have more than one name, if there are pictures below them.
pub(super) fn telling_levels(chains: &[Chain<'_>]) -> Vec<usize> {
    let depth = chains.iter().map(|chain| chain.folders.len()).max().unwrap_or(0);
    (1..=depth).filter(|&level| names_at(chains, level).len() > 1).collect()
}

/// The names of a level, sorted.
pub(super) fn names_at<'a>(chains: &[Chain<'a>], level: usize) -> BTreeSet<&'a str> {
    chains.iter().filter_map(|chain| chain.folders.get(level - 1).copied()).collect()
}

/// Whether the outer level says the variant and the inner one the class.
fn is_variant(chains: &[Chain<'_>], outer: usize, inner: usize) -> bool {
    let (outer_names, inner_names) = (names_at(chains, outer), names_at(chains, inner));
    let mut pairs = BTreeSet::new();
    for chain in chains {
        if let (Some(out), Some(within)) = (chain.folders.get(outer - 1), chain.folders.get(inner - 1)) {
            pairs.insert((*out, *within));
        }
    }
    if (pairs.len() as f64) < CROSSED * (outer_names.len() * inner_names.len()) as f64 {
        return false;
    }
    let all_variants = |names: &BTreeSet<&str>| names.iter().all(|name| is_variant_name(name));
    if all_variants(&outer_names) != all_variants(&inner_names) {
        return all_variants(&outer_names);
    }
    // The same file below several outer names, and not below several inner ones, is one picture in variants.
    repeated(chains, outer, inner) > 0.5 && repeated(chains, inner, outer) < 0.25
}

/// A known word, or a word with a number (`fold1`, `40X`, `2021-05-01`), or a number alone.
fn is_variant_name(name: &str) -> bool {
    let lowered = name.to_lowercase();
    let is_known = |word: &str| VARIANTS.contains(&word);
    is_known(&lowered)
        || lowered.split(|c: char| !c.is_alphanumeric()).all(|word| word.is_empty() || is_known(word))
        || name.ends_with(|c: char| c.is_ascii_digit())
        || name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().filter(|c| c.is_alphabetic()).count() < 2
}

/// Share of the files, each below one name of `fixed`, that occur under several names of `varied`.
fn repeated(chains: &[Chain<'_>], varied: usize, fixed: usize) -> f64 {
    let mut under: BTreeMap<(&str, &str), HashSet<&str>> = BTreeMap::new();
    for chain in chains {
        if let (Some(varied), Some(fixed)) = (chain.folders.get(varied - 1), chain.folders.get(fixed - 1)) {
            for file in chain.files {
                under.entry((fixed, file)).or_default().insert(varied);
            }
        }
    }
    let several = under.values().filter(|names| names.len() > 1).count();
    several as f64 / under.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(folders: &[(&str, &[&str])]) -> usize {
        let chains: Vec<Chain<'_>> =
            folders.iter().map(|(path, files)| Chain { folders: path.split('/').collect(), files }).collect();
        level_of(&chains)
    }

    #[test]
    fn the_outermost_level_names_the_classes() {
        assert_eq!(level(&[("cat", &["1"]), ("dog", &["1"])]), 1);
        assert_eq!(
            level(&[("cat/indoor", &["a"]), ("cat/outdoor", &["a"]), ("dog/indoor", &["b"]), ("dog/outdoor", &["b"])]),
            1
        );
        assert_eq!(level(&[("n1/images", &["a"]), ("n2/images", &["b"])]), 1);
        assert_eq!(level(&[("cat/2020-01", &["a"]), ("dog/2021-03", &["b"])]), 1);
        assert_eq!(level(&[("dogs/husky", &["a"]), ("dogs/beagle", &["b"]), ("cats/siamese", &["c"])]), 1);
        assert_eq!(
            level(&[("0/writer1", &["a"]), ("1/writer1", &["b"]), ("0/writer2", &["c"]), ("1/writer2", &["d"])]),
            1
        );
    }

    #[test]
    fn variants_of_the_same_pictures_are_no_classes() {
        let leaves: &[&str] = &["1.jpg", "2.jpg"];
        assert_eq!(
            level(&[
                ("color/rust", leaves),
                ("grayscale/rust", leaves),
                ("color/healthy", leaves),
                ("grayscale/healthy", leaves)
            ]),
            2
        );
        assert_eq!(
            level(&[("fold1/cat", &["a"]), ("fold2/cat", &["b"]), ("fold1/dog", &["c"]), ("fold2/dog", &["d"])]),
            2
        );
        // Unknown words, but each file is there twice.
        let (cats, dogs): (&[&str], &[&str]) = (&["c1", "c2"], &["d1", "d2"]);
        assert_eq!(level(&[("plain/cat", cats), ("edited/cat", cats), ("plain/dog", dogs), ("edited/dog", dogs)]), 2);
    }
}
