//! Pictures and labels as two NumPy arrays beside each other, as `x_train.npy` and `y_train.npy` are.

use std::collections::HashMap;

use super::part_name::{Purpose, part_name};
use super::place::Part;
use crate::bytes::npy::Array;
use crate::error::{Error, Result};

/// Words for the array of pictures, and for that of labels.
const PICTURES: [&str; 10] =
    ["x", "images", "image", "imgs", "img", "data", "features", "pictures", "pixels", "inputs"];
const LABELS: [&str; 8] = ["y", "labels", "label", "targets", "target", "classes", "class", "outputs"];

/// Which of the two an array is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Role {
    Pictures,
    Labels,
}

/// What two arrays that belong together have in common: their folder, and their names but for the word of their role.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    folder: String,
    rest: String,
}

/// Two arrays that have met.
#[derive(Debug)]
pub(super) struct Pair {
    pub path: String,
    pub part: Option<Part>,
    /// Width and height of every picture, pixels.
    pub size: (usize, usize),
    /// RGB bytes of each, row by row.
    pub pictures: Vec<Vec<u8>>,
    pub labels: Vec<usize>,
}

/// Arrays that wait for their other half.
#[derive(Debug, Default)]
pub(super) struct Arrays {
    waiting: HashMap<(Key, Role), (String, Array)>,
}

impl Arrays {
    /// Takes an array; the pair, if its other half was there, and how many pictures it has.
    ///
    /// # Errors
    /// [`Error::UnsupportedImage`] if its name tells no role or its shape is none of pictures; [`Error::CorruptImage`] if
    /// the two have different lengths.
    pub fn take(&mut self, path: &str, array: Array) -> Result<(Option<Pair>, Option<usize>)> {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let stem = file.strip_suffix(".npy").unwrap_or(file);
        let (role, rest) = role_of(stem).ok_or_else(|| lone(&array))?;
        let count = array.shape.first().copied().unwrap_or(0);
        if role == Role::Pictures && layout_of(&array.shape).is_none()
            || role == Role::Labels && array.labels().is_none()
        {
            return Err(lone(&array));
        }
        let pictures = (role == Role::Pictures).then_some(count);
        let key = Key { folder: folder.to_owned(), rest };
        let other = if role == Role::Pictures { Role::Labels } else { Role::Pictures };
        let Some((other_path, other)) = self.waiting.remove(&(key.clone(), other)) else {
            self.waiting.insert((key, role), (path.to_owned(), array));
            return Ok((None, pictures));
        };
        let part = part_of(stem).or_else(|| part_of(folder.rsplit('/').next().unwrap_or(folder)));
        let (picture_path, images, labels) =
            if role == Role::Pictures { (path.to_owned(), array, other) } else { (other_path, other, array) };
        Ok((Some(pair(picture_path, part, images, &labels)?), pictures))
    }

    /// Paths and numbers of the pictures that no labels came for.
    pub fn unlabelled(&self) -> Vec<(String, usize)> {
        let alone = self.waiting.iter().filter(|((_, role), _)| *role == Role::Pictures);
        let mut alone: Vec<(String, usize)> =
            alone.map(|(_, (path, array))| (path.clone(), array.shape.first().copied().unwrap_or(0))).collect();
        alone.sort_unstable();
        alone
    }
}

fn pair(path: String, part: Option<Part>, images: Array, labels: &Array) -> Result<Pair> {
    let labels = labels.labels().unwrap_or_default();
    let count = images.shape[0];
    let layout = layout_of(&images.shape).ok_or_else(|| lone(&images))?;
    if labels.len() != count {
        let reason = format!("{count} pictures have {} labels beside them", labels.len());
        return Err(Error::CorruptImage { format: "NumPy".to_owned(), reason });
    }
    let bytes = images.into_eight_bits();
    let stride = (bytes.len() / count.max(1)).max(1);
    let pictures = bytes.chunks_exact(stride).map(|picture| layout.rgb(picture)).collect();
    Ok(Pair { path, part, size: (layout.width, layout.height), pictures, labels })
}

/// How the numbers of a picture lie.
#[derive(Debug, Clone, Copy)]
struct Layout {
    width: usize,
    height: usize,
    channels: usize,
    /// Channel after channel, in place of pixel after pixel.
    planes: bool,
}

impl Layout {
    fn rgb(self, picture: &[u8]) -> Vec<u8> {
        let area = self.width * self.height;
        let value = |at: usize, channel: usize| {
            let channel = if self.channels < 3 { 0 } else { channel };
            picture[if self.planes { channel * area + at } else { at * self.channels + channel }]
        };
        (0..area).flat_map(|at| [value(at, 0), value(at, 1), value(at, 2)]).collect()
    }
}

/// `[n, h, w]`, `[n, h, w, c]`, `[n, c, h, w]`, or rows of squares: grey, or in CIFAR's order.
fn layout_of(shape: &[usize]) -> Option<Layout> {
    let has_channels = |channels: usize| matches!(channels, 1 | 3 | 4);
    let layout = match *shape {
        [_, height, width, channels] if has_channels(channels) => Layout { width, height, channels, planes: false },
        [_, channels, height, width] if has_channels(channels) => Layout { width, height, channels, planes: true },
        [_, height, width] => Layout { width, height, channels: 1, planes: true },
        [_, numbers] => {
            let side = |numbers: usize| (numbers as f64).sqrt().round() as usize;
            let (grey, colour) = (side(numbers), side(numbers / 3));
            if numbers >= 64 && grey * grey == numbers {
                Layout { width: grey, height: grey, channels: 1, planes: true }
            } else if numbers >= 192 && colour * colour * 3 == numbers {
                Layout { width: colour, height: colour, channels: 3, planes: true }
            } else {
                return None;
            }
        }
        _ => return None,
    };
    (layout.width > 0 && layout.height > 0).then_some(layout)
}

/// The role that a name tells, and what else it says.
fn role_of(stem: &str) -> Option<(Role, String)> {
    let mut role = None;
    let mut rest = Vec::new();
    for word in stem.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let lowered = word.to_lowercase();
        // `Xtrain` and `ytest` are written together too.
        let together = ["train", "test", "val", "valid"].into_iter().find_map(|part| {
            let initial = lowered.strip_suffix(part)?;
            matches!(initial, "x" | "y").then(|| (initial.to_owned(), part.to_owned()))
        });
        let words = together.map_or_else(|| vec![lowered], |(initial, part)| vec![initial, part]);
        for word in words {
            if PICTURES.contains(&word.as_str()) && role.is_none() {
                role = Some(Role::Pictures);
            } else if LABELS.contains(&word.as_str()) && role.is_none() {
                role = Some(Role::Labels);
            } else {
                rest.push(word);
            }
        }
    }
    role.map(|role| (role, rest.join(" ")))
}

fn part_of(name: &str) -> Option<Part> {
    let spaced = name.replace(['x', 'X', 'y', 'Y'], " ");
    let found = part_name(name).or_else(|| part_name(&spaced))?;
    match found.purpose {
        Purpose::Train => Some(Part::Train),
        Purpose::Test => Some(Part::Test),
        Purpose::Unlabelled => None,
    }
}

fn lone(array: &Array) -> Error {
    Error::UnsupportedImage {
        found: format!(
            "a NumPy array of {} numbers without labels of the same name beside it, as x_train.npy has y_train.npy",
            array.extents()
        ),
    }
}
