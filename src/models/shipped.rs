//! Weights that the project ships, so that a first look needs no training.
//!
//! All were trained by this crate: the example `shipped_models` makes them again, and the manifest says of each what it was
//! trained with. The files are safetensors in half precision.
//!
//! A program has them inside. The engine of a page, which is built without the feature `shipped-weights`, has the manifest
//! alone: it is handed the files that it needs, and takes those whose digests the manifest names.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{NetworkConfig, Weights};
use crate::bytes::cifar::CLASS_NAMES;
use crate::dataset::known::{DataSetName, KNOWN, KnownDataset};
use crate::dataset::scenes::ScenesConfig;
use crate::error::{Error, Result};

/// The networks of one data set: all that a look at a finished distillation needs, and what a new one starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippedNetworks {
    /// What their files' names begin with.
    pub name: &'static str,
    /// Classes in label order; nothing where the data are the built-in Scenes.
    pub class_names: Option<&'static [&'static str]>,
}

/// Networks that know the classes of some data, and which of their outputs answers each of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The networks.
    pub networks: &'static ShippedNetworks,
    /// The known data set that they learned from; nothing for the Scenes.
    pub data_set: Option<DataSetName>,
    /// For each class of the data the output that answers it; empty where outputs stand as they are.
    outputs: Vec<usize>,
}

/// What one of their files holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShippedRole {
    /// The Teacher.
    Teacher,
    /// First weights of Student and Base.
    Start,
    /// The Student that was distilled from them.
    Student,
    /// Its twin, by the labels alone.
    Base,
}

/// Those of the built-in Scenes.
pub const SCENES: ShippedNetworks = ShippedNetworks { name: "scenes", class_names: None };

/// Those of CIFAR-10, trained on its pictures as JPEG.
pub const CIFAR10: ShippedNetworks = ShippedNetworks { name: "cifar10", class_names: Some(&CLASS_NAMES) };

/// Those of ASIRRA's cats and dogs, photographs.
pub const ASIRRA: ShippedNetworks = ShippedNetworks { name: "asirra", class_names: Some(&["cats", "dogs"]) };

/// Those of PlantVillage's potato leaves.
pub const PLANTVILLAGE: ShippedNetworks = ShippedNetworks {
    name: "plantvillage",
    class_names: Some(&["Potato___Early_blight", "Potato___Late_blight", "Potato___healthy"]),
};

/// All of them.
pub const ALL: [&ShippedNetworks; 4] = [&SCENES, &CIFAR10, &ASIRRA, &PLANTVILLAGE];

/// What each was trained with, its accuracy and its digest, as JSON; written by the same command.
pub const MANIFEST: &str = include_str!("shipped/manifest.json");

impl ShippedRole {
    /// All of them, in the order of the manifest.
    pub const ALL: [Self; 4] = [Self::Teacher, Self::Start, Self::Student, Self::Base];

    fn name(self) -> &'static str {
        match self {
            Self::Teacher => "teacher",
            Self::Start => "student-start",
            Self::Student => "student",
            Self::Base => "base",
        }
    }
}

impl ShippedNetworks {
    /// The networks that know these classes by any of their names, in any order: of the wished data set if they do, else
    /// those that know no others, else the first that know them among others.
    #[must_use]
    pub fn of_classes(names: &[String], wished: Option<DataSetName>) -> Option<Matched> {
        let found = KNOWN.iter().filter_map(|set| Some((set, Self::of(set.name)?.matched(set, names)?)));
        let rank = |set: &KnownDataset| (Some(set.name) != wished, set.classes.len() != names.len());
        found.min_by_key(|(set, _)| rank(set)).map(|(_, matched)| matched)
    }

    /// The networks that learned from a known data set, where they are shipped.
    #[must_use]
    pub fn of(name: DataSetName) -> Option<&'static Self> {
        let set = name.known();
        let learned = |networks: &&&'static Self| {
            let places = networks.class_names.and_then(|names| set.places(names));
            places.is_some_and(|places| places.len() == set.classes.len())
        };
        ALL.iter().find(learned).copied()
    }

    fn matched(&'static self, set: &KnownDataset, names: &[String]) -> Option<Matched> {
        let own = set.places(self.class_names?)?;
        let outputs = set.places(names)?.into_iter().map(|class| own.iter().position(|other| *other == class));
        let mut outputs = outputs.collect::<Option<Vec<usize>>>()?;
        if outputs.iter().copied().eq(0..own.len()) {
            outputs.clear();
        }
        (!names.is_empty()).then_some(Matched { networks: self, data_set: Some(set.name), outputs })
    }

    /// The name of the file that holds one of them, e.g. `scenes-teacher.safetensors`.
    #[must_use]
    pub fn file(&self, role: ShippedRole) -> String {
        format!("{}-{}.safetensors", self.name, role.name())
    }

    /// All their files, in the order of the manifest.
    #[must_use]
    pub fn files(&self) -> [String; 4] {
        ShippedRole::ALL.map(|role| self.file(role))
    }
}

impl Matched {
    /// The networks of the built-in Scenes.
    #[must_use]
    pub fn scenes() -> Self {
        Self { networks: &SCENES, data_set: None, outputs: Vec::new() }
    }

    /// Side of the pictures that the networks learned from, pixels.
    #[must_use]
    pub fn picture_side(&self) -> usize {
        self.data_set.map_or_else(|| ScenesConfig::default().size, |name| name.known().size)
    }

    /// Weights of one of the networks whose outputs are the classes of the data, in their order. Outputs of other classes
    /// are left out: the network chooses among those that there are.
    ///
    /// # Errors
    /// [`Error::WeightsMismatch`], which the files' digests rule out.
    pub fn fitted(&self, mut weights: Weights) -> Result<Weights> {
        if !self.outputs.is_empty() {
            let layer = NetworkConfig::infer(&weights)?.classifier_path();
            weights.reorder_outputs(layer, &self.outputs);
        }
        Ok(weights)
    }
}

/// What the manifest says of a file; nothing where it names no such file.
#[must_use]
pub fn entry(file: &str) -> Option<Value> {
    let manifest: Value = serde_json::from_str(MANIFEST).expect("the manifest is JSON");
    manifest["models"].as_array().into_iter().flatten().find(|model| model["file"] == file).cloned()
}

/// The shipped weights that are at hand: those inside the program, and those that it was handed.
#[derive(Debug, Clone, Default)]
pub struct ShippedWeights {
    handed: BTreeMap<String, Arc<[u8]>>,
}

impl ShippedWeights {
    /// Takes the bytes of a shipped file, unless they are other ones than were shipped.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] for a file that is not among the shipped ones, [`Error::WrongDigest`].
    pub fn take(&mut self, file: &str, bytes: &[u8]) -> Result<()> {
        let Some(entry) = entry(file) else {
            let known = ALL.iter().flat_map(|networks| networks.files()).collect::<Vec<_>>().join(", ");
            return Err(Error::config("file", format!("must be one of {known}, is {file}")));
        };
        let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if entry["sha256"] != digest {
            return Err(Error::WrongDigest { file: file.to_owned() });
        }
        self.handed.insert(file.to_owned(), bytes.into());
        Ok(())
    }

    /// The bytes of a shipped file; nothing where they are still to be handed over.
    #[must_use]
    pub fn get(&self, file: &str) -> Option<Cow<'static, [u8]>> {
        match inside(file) {
            Some(bytes) => Some(Cow::Borrowed(bytes)),
            None => self.handed.get(file).map(|bytes| Cow::Owned(bytes.to_vec())),
        }
    }
}

/// The files that are inside this program: natively all, in a page's engine none.
#[cfg(any(feature = "shipped-weights", not(target_arch = "wasm32")))]
fn inside(file: &str) -> Option<&'static [u8]> {
    let bytes: &'static [u8] = match file {
        "scenes-teacher.safetensors" => include_bytes!("shipped/scenes-teacher.safetensors"),
        "scenes-student-start.safetensors" => include_bytes!("shipped/scenes-student-start.safetensors"),
        "scenes-student.safetensors" => include_bytes!("shipped/scenes-student.safetensors"),
        "scenes-base.safetensors" => include_bytes!("shipped/scenes-base.safetensors"),
        "cifar10-teacher.safetensors" => include_bytes!("shipped/cifar10-teacher.safetensors"),
        "cifar10-student-start.safetensors" => include_bytes!("shipped/cifar10-student-start.safetensors"),
        "cifar10-student.safetensors" => include_bytes!("shipped/cifar10-student.safetensors"),
        "cifar10-base.safetensors" => include_bytes!("shipped/cifar10-base.safetensors"),
        "asirra-teacher.safetensors" => include_bytes!("shipped/asirra-teacher.safetensors"),
        "asirra-student-start.safetensors" => include_bytes!("shipped/asirra-student-start.safetensors"),
        "asirra-student.safetensors" => include_bytes!("shipped/asirra-student.safetensors"),
        "asirra-base.safetensors" => include_bytes!("shipped/asirra-base.safetensors"),
        "plantvillage-teacher.safetensors" => include_bytes!("shipped/plantvillage-teacher.safetensors"),
        "plantvillage-student-start.safetensors" => include_bytes!("shipped/plantvillage-student-start.safetensors"),
        "plantvillage-student.safetensors" => include_bytes!("shipped/plantvillage-student.safetensors"),
        "plantvillage-base.safetensors" => include_bytes!("shipped/plantvillage-base.safetensors"),
        _ => return None,
    };
    Some(bytes)
}

/// The files that are inside this program: natively all, in a page's engine none.
#[cfg(not(any(feature = "shipped-weights", not(target_arch = "wasm32"))))]
fn inside(_: &str) -> Option<&'static [u8]> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_by_its_digest_and_no_other() {
        let file = SCENES.file(ShippedRole::Start);
        let mut bytes = inside(&file).expect("inside a native program").to_vec();
        let mut weights = ShippedWeights::default();
        weights.take(&file, &bytes).expect("as shipped");
        assert_eq!(weights.handed[&file].as_ref(), bytes);

        bytes[4000] ^= 1;
        let error = weights.take(&file, &bytes).expect_err("one bit is another");
        assert_eq!(error, Error::WrongDigest { file: file.clone() });
        assert_eq!(error.code(), "wrong-digest");
        let error = weights.take("scenes-assistant.safetensors", &bytes).expect_err("not shipped");
        assert_eq!(error.code(), "invalid-config");
    }

    #[test]
    fn networks_are_found_by_the_classes_of_the_data() {
        let found = |names: &[&str], wished| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            ShippedNetworks::of_classes(&names, wished)
        };
        let ten = found(&CLASS_NAMES, None).expect("all of CIFAR-10");
        assert_eq!((ten.networks, ten.outputs.len()), (&CIFAR10, 0));
        let some = found(&["Truck", "cars"], None).expect("two of the ten");
        assert_eq!((some.networks, some.outputs), (&CIFAR10, vec![9, 1]));
        let wished = found(&["Dog", "Cat"], Some(DataSetName::Cifar10)).expect("two of the ten");
        assert_eq!((wished.networks, wished.outputs), (&CIFAR10, vec![5, 3]));
        assert_eq!(found(&["cat", "unicorn"], None), None);
        assert_eq!(found(&["disc", "ring"], None), None, "the Scenes are no folders");
        for networks in ALL.into_iter().filter(|networks| networks.class_names.is_some()) {
            let own = found(networks.class_names.expect("filtered"), None).expect("a known data set");
            assert_eq!((own.networks, own.outputs.len()), (networks, 0), "its own classes in its own order");
        }
    }

    #[test]
    fn every_shipped_file_is_inside_and_in_the_manifest() {
        for file in ALL.iter().flat_map(|networks| networks.files()) {
            let bytes = inside(&file).unwrap_or_else(|| panic!("{file} is not inside"));
            ShippedWeights::default().take(&file, bytes).unwrap_or_else(|error| panic!("{file}: {error}"));
        }
    }
}
