//! Public data sets that are known by the names of their classes: those that networks and settings are shipped for.
//!
//! Whoever repacks them names and orders their folders as he likes. [`KnownDataset::places`] tells which class of the data
//! set each folder means, whatever the case, the signs between its words and the number of what it names.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Names a known data set in settings and reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum DataSetName {
    /// Ten classes of small pictures (Krizhevsky 2009).
    Cifar10,
    /// ASIRRA's photographs (Elson et al. 2007).
    CatsAndDogs,
    /// The potato leaves of PlantVillage (Hughes & Salathé 2015).
    PotatoLeaves,
}

/// A class, and what else its folders are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownClass {
    /// Its folder's name in the archive that the shipped networks learned from.
    pub name: &'static str,
    /// Other names; case and the signs between words tell nothing.
    pub others: &'static [&'static str],
}

/// A data set, and how its pictures are taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownDataset {
    /// Its name in settings.
    pub name: DataSetName,
    /// Its name for people.
    pub title: &'static str,
    /// Its publisher's page.
    pub home: &'static str,
    /// Its classes in label order.
    pub classes: &'static [KnownClass],
    /// Side of the pictures that the shipped networks learned from, pixels; a photograph shows its largest centred square.
    pub size: usize,
    /// Share of each class that is held out where folders give no split, 0.1 to 0.5.
    pub test_share: f32,
    /// Most pictures of each class, in each part where folders give a split, so that maps are there within seconds; 0 is all.
    pub per_class: usize,
}

const fn class(name: &'static str, others: &'static [&'static str]) -> KnownClass {
    KnownClass { name, others }
}

/// All of them. One's own photographs give no split: half of them is held out, since only held-out pictures have maps.
pub const KNOWN: [KnownDataset; 3] = [
    KnownDataset {
        name: DataSetName::Cifar10,
        title: "CIFAR-10",
        home: "https://www.cs.toronto.edu/~kriz/cifar.html",
        classes: &[
            class("airplane", &["airplanes", "aeroplane", "plane", "planes"]),
            class("automobile", &["automobiles", "auto", "car", "cars"]),
            class("bird", &["birds"]),
            class("cat", &["cats"]),
            class("deer", &["deers"]),
            class("dog", &["dogs"]),
            class("frog", &["frogs"]),
            class("horse", &["horses"]),
            class("ship", &["ships", "boat", "boats"]),
            class("truck", &["trucks", "lorry", "lorries"]),
        ],
        size: 32,
        test_share: 0.5,
        per_class: 200,
    },
    KnownDataset {
        name: DataSetName::CatsAndDogs,
        title: "Cats and dogs",
        home: "https://www.microsoft.com/en-us/download/details.aspx?id=54765",
        classes: &[
            class("cats", &["cat", "kitten", "kittens", "猫"]),
            class("dogs", &["dog", "puppy", "puppies", "狗"]),
        ],
        size: 64,
        test_share: 0.5,
        per_class: 200,
    },
    KnownDataset {
        name: DataSetName::PotatoLeaves,
        title: "Potato leaves",
        home: "https://github.com/spMohanty/PlantVillage-Dataset",
        classes: &[
            class("Potato___Early_blight", &["early blight"]),
            class("Potato___Late_blight", &["late blight"]),
            class("Potato___healthy", &["healthy", "healthy leaf", "healthy leaves", "healthy potato"]),
        ],
        size: 64,
        // The archive gives no split: with this share and no limit the same pictures are held out as when the shipped
        // networks learned.
        test_share: 0.25,
        per_class: 0,
    },
];

impl DataSetName {
    /// The data set of this name.
    #[must_use]
    pub fn known(self) -> &'static KnownDataset {
        let place = KNOWN.iter().position(|set| set.name == self);
        &KNOWN[place.expect("every name has a data set, as a test checks")]
    }
}

impl KnownDataset {
    /// For each name its class, an index into [`classes`](Self::classes); nothing if one names none of them, or two name
    /// the same.
    #[must_use]
    pub fn places<S: AsRef<str>>(&self, names: &[S]) -> Option<Vec<usize>> {
        let place = |name: &S| {
            let letters = letters_of(name.as_ref());
            let is_meant = |class: &KnownClass| {
                letters_of(class.name) == letters || class.others.iter().any(|other| letters_of(other) == letters)
            };
            self.classes.iter().position(is_meant)
        };
        let places = names.iter().map(place).collect::<Option<Vec<usize>>>()?;
        let is_met_once = |class: &usize| places.iter().filter(|place| *place == class).count() == 1;
        places.iter().all(is_met_once).then_some(places)
    }
}

/// Letters and digits of a name in lower case, however its accents are stored.
fn letters_of(name: &str) -> String {
    name.nfc().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::cifar::CLASS_NAMES;

    #[test]
    fn folders_are_matched_whatever_their_case_order_and_signs() {
        let places = |set: DataSetName, names: &[&str]| set.known().places(names);
        for (names, expected) in [
            (vec!["cats", "dogs"], Some(vec![0, 1])),
            (vec!["Cat", "Dog"], Some(vec![0, 1])),
            (vec!["DOG", "cat"], Some(vec![1, 0])),
            (vec!["Puppies", "kittens"], Some(vec![1, 0])),
            (vec!["cats"], Some(vec![0])),
            (vec!["cat", "cats"], None),
            (vec!["cats", "dogs", "birds"], None),
            (vec!["", "dogs"], None),
        ] {
            assert_eq!(places(DataSetName::CatsAndDogs, &names), expected, "{names:?}");
        }
        for names in [
            ["Potato___Early_blight", "Potato___Late_blight", "Potato___healthy"],
            ["Potato: Early blight", "Potato: Late blight", "Potato: healthy"],
            ["Early_Blight", "late-blight", "Healthy"],
            ["EarlyBlight", "LATE BLIGHT", "healthy leaf"],
        ] {
            assert_eq!(places(DataSetName::PotatoLeaves, &names), Some(vec![0, 1, 2]), "{names:?}");
        }
        assert_eq!(places(DataSetName::PotatoLeaves, &["Tomato___Early_blight", "Potato___healthy"]), None);
        assert_eq!(places(DataSetName::Cifar10, &["truck", "Cars", "ship"]), Some(vec![9, 1, 8]));
    }

    #[test]
    fn every_name_is_there_once_and_means_one_class() {
        let names = [DataSetName::Cifar10, DataSetName::CatsAndDogs, DataSetName::PotatoLeaves];
        assert_eq!(names.map(|name| name.known().name), names);
        for set in KNOWN {
            let all: Vec<&str> = set
                .classes
                .iter()
                .flat_map(|class| [class.name].into_iter().chain(class.others.iter().copied()))
                .collect();
            for (at, name) in all.iter().enumerate() {
                let again = all.iter().skip(at + 1).find(|other| letters_of(other) == letters_of(name));
                assert_eq!(again, None, "{name} is there twice");
            }
        }
        assert_eq!(DataSetName::Cifar10.known().places(&CLASS_NAMES), Some((0..10).collect()));
    }
}
