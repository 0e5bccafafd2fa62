//! Weights that travel inside the crate, so that the first click needs no download.
//!
//! All were trained by this crate: the example `shipped_models` makes them again, and the manifest says of each what it was
//! trained with. The files are safetensors in half precision.

use crate::bytes::cifar::CLASS_NAMES;

/// The networks of one data set: all that a look at a finished distillation needs, and what a new one starts from.
#[derive(Debug, Clone, Copy)]
pub struct ShippedNetworks {
    /// What their files' names begin with.
    pub name: &'static str,
    /// Classes in label order; nothing where the data are the built-in Scenes.
    pub class_names: Option<&'static [&'static str]>,
    /// The Teacher.
    pub teacher: &'static [u8],
    /// First weights of Student and Base.
    pub start: &'static [u8],
    /// The Student that was distilled from them.
    pub student: &'static [u8],
    /// Its twin, by the labels alone.
    pub base: &'static [u8],
}

/// Those of the built-in Scenes.
pub const SCENES: ShippedNetworks = ShippedNetworks {
    name: "scenes",
    class_names: None,
    teacher: include_bytes!("shipped/scenes-teacher.safetensors"),
    start: include_bytes!("shipped/scenes-student-start.safetensors"),
    student: include_bytes!("shipped/scenes-student.safetensors"),
    base: include_bytes!("shipped/scenes-base.safetensors"),
};

/// Those of CIFAR-10, trained on its pictures as JPEG.
pub const CIFAR10: ShippedNetworks = ShippedNetworks {
    name: "cifar10",
    class_names: Some(&CLASS_NAMES),
    teacher: include_bytes!("shipped/cifar10-teacher.safetensors"),
    start: include_bytes!("shipped/cifar10-student-start.safetensors"),
    student: include_bytes!("shipped/cifar10-student.safetensors"),
    base: include_bytes!("shipped/cifar10-base.safetensors"),
};

/// All of them.
pub const ALL: [&ShippedNetworks; 2] = [&SCENES, &CIFAR10];

/// What each was trained with, its accuracy and its digest, as JSON; written by the same command.
pub const MANIFEST: &str = include_str!("shipped/manifest.json");

impl ShippedNetworks {
    /// The networks that know these classes, whatever the case of their names.
    #[must_use]
    pub fn of_classes(names: &[String]) -> Option<&'static Self> {
        let knows = |networks: &&&'static Self| {
            networks.class_names.is_some_and(|known| {
                known.len() == names.len()
                    && known.iter().zip(names).all(|(known, name)| name.eq_ignore_ascii_case(known))
            })
        };
        ALL.iter().find(knows).copied()
    }

    /// Their files and what lies in them, in the order of the manifest.
    #[must_use]
    pub fn files(&self) -> [(String, &'static [u8]); 4] {
        let file = |role: &str| format!("{}-{role}.safetensors", self.name);
        [
            (file("teacher"), self.teacher),
            (file("student-start"), self.start),
            (file("student"), self.student),
            (file("base"), self.base),
        ]
    }
}
