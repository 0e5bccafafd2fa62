//! Users' files to a [`Dataset`]: one row of report per file, classes by folder, a given or a drawn split.
//!
//! Files come one at a time, so that only one is in memory at its full size; of each picture only the scaled square
//! stays.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::bytes::archive::{Archive, clean_path, is_archive, is_hidden};
use crate::bytes::image::{decode, format_of};
use crate::dataset::{Dataset, LabelledImages, split};
use crate::error::{Error, Result};

/// Most pictures that a data set holds.
pub const MAX_PICTURES: usize = 20_000;
/// Fewest pictures of a class: distance statistics need four.
pub const MIN_PER_CLASS: usize = 4;

/// How pictures become a data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ImagesConfig {
    /// Side of the square that every picture is scaled to, pixels: 16 to 128.
    pub size: usize,
    /// Share of each class that is held out where the folders give no split: 0.1 to 0.5.
    pub test_share: f32,
    /// Seed of the split.
    pub seed: u64,
}

impl Default for ImagesConfig {
    fn default() -> Self {
        Self { size: 32, test_share: 0.25, seed: 0 }
    }
}

impl ImagesConfig {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the first setting outside its range.
    pub fn validate(&self) -> Result<()> {
        if !(16..=128).contains(&self.size) {
            return Err(Error::config("size", format!("must be 16 to 128 pixels, and is {}", self.size)));
        }
        if !(0.1..=0.5).contains(&self.test_share) {
            return Err(Error::config("testShare", format!("must be 0.1 to 0.5, and is {}", self.test_share)));
        }
        Ok(())
    }
}

/// An error as data, for people and programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ErrorReport {
    /// [`Error::code`], kebab-case.
    pub code: String,
    /// What happened and what to do, a sentence or two.
    pub message: String,
}

impl From<&Error> for ErrorReport {
    fn from(error: &Error) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string() }
    }
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct FileReport {
    /// Path with `/` between folders; of a file in an archive, behind the archive's own path.
    pub path: String,
    /// Class by the folders, where they tell one.
    pub class_name: Option<String>,
    /// Width of the picture in the file, pixels, if it was decoded.
    pub width: Option<usize>,
    /// Height of the picture in the file, pixels, if it was decoded.
    pub height: Option<usize>,
    /// Why the file is left out; nothing if it is in.
    pub error: Option<ErrorReport>,
}

/// The part of a data set that a folder's name puts its files into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Train,
    Test,
}

/// A decoded picture that waits for the split.
#[derive(Debug)]
struct Picture {
    path: String,
    class: usize,
    part: Option<Part>,
    rgb: Box<[u8]>,
}

/// Takes files one by one and makes a [`Dataset`] of those that are pictures.
#[derive(Debug)]
pub struct Collector {
    config: ImagesConfig,
    /// Class names with the order in which they came.
    classes: BTreeMap<String, usize>,
    pictures: Vec<Picture>,
    /// Pictures by the hash of class and pixels.
    seen: HashMap<u64, Vec<usize>>,
    duplicates: usize,
}

impl Collector {
    /// An empty collection.
    ///
    /// # Errors
    /// As [`ImagesConfig::validate`].
    pub fn new(config: ImagesConfig) -> Result<Self> {
        config.validate()?;
        let (classes, pictures, seen) = (BTreeMap::new(), Vec::new(), HashMap::new());
        Ok(Self { config, classes, pictures, seen, duplicates: 0 })
    }

    /// Adds a picture, or every picture of a zip archive: a row for each file, in order.
    ///
    /// `path` is relative, with the folders that the user picked; it decides the class and, with a folder such as
    /// `train` or `test`, the part. A file that cannot be used is a row with an error and changes nothing. Files of the
    /// system (`.DS_Store`, `Thumbs.db`, everything whose name begins with a dot) give no row.
    pub fn add(&mut self, path: &str, bytes: &[u8]) -> Vec<FileReport> {
        let Some(path) = clean_path(path).filter(|path| !is_hidden(path)) else { return Vec::new() };
        if !is_archive(bytes) {
            return vec![self.add_file(path, Ok(bytes))];
        }
        match Archive::open(bytes) {
            Ok(mut archive) => archive
                .files()
                .map(|(inner, content)| {
                    self.add_file(format!("{path}/{inner}"), content.as_deref().map_err(Clone::clone))
                })
                .collect(),
            Err(error) => vec![self.add_file(path, Err(error))],
        }
    }

    /// How many pictures are in.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pictures.len()
    }

    /// Whether no picture is in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pictures.is_empty()
    }

    /// How many pictures are the same, pixel by pixel after scaling, as an earlier one of their class. They stay in.
    #[must_use]
    pub fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// Makes the data set: labels in the alphabetical order of the class names, pictures in that of their paths.
    ///
    /// If there are pictures in folders for training and in folders for testing (or validation), that split stands, and
    /// pictures in neither are learned from. Otherwise the seed draws `test_share` of each class.
    ///
    /// # Errors
    /// [`Error::DatasetTooSmall`] if there are fewer than two classes, fewer than [`MIN_PER_CLASS`] pictures of one of
    /// them, or none of one of them in a part of the given split; it names the class.
    pub fn finish(mut self) -> Result<Dataset> {
        // The browser lists files in no fixed order, and the same files shall give the same data set.
        self.pictures.sort_by(|a, b| a.path.cmp(&b.path));
        let mut rank = vec![0; self.classes.len()];
        for (label, &class) in self.classes.values().enumerate() {
            rank[class] = label;
        }
        let class_names: Vec<String> = self.classes.into_keys().collect();
        let labels: Vec<usize> = self.pictures.iter().map(|picture| rank[picture.class]).collect();
        let parts: Vec<Option<Part>> = self.pictures.iter().map(|picture| picture.part).collect();
        check_classes(&class_names, &labels)?;
        let held_out = held_out(&class_names, &labels, &parts, &self.config)?;
        drop(self.seen);

        let size = self.config.size;
        let stride = size * size * 3;
        let part = |n: usize| LabelledImages {
            width: size,
            height: size,
            pixels: Vec::with_capacity(n * stride),
            labels: Vec::with_capacity(n),
            class_names: class_names.clone(),
            masks: None,
        };
        let test_len = held_out.iter().filter(|&&held_out| held_out).count();
        let (mut train, mut test) = (part(labels.len() - test_len), part(test_len));
        for ((picture, label), held_out) in self.pictures.into_iter().zip(labels).zip(held_out) {
            let part = if held_out { &mut test } else { &mut train };
            part.pixels.extend_from_slice(&picture.rgb);
            part.labels.push(label);
        }
        train.validate()?;
        test.validate()?;
        Ok(Dataset { name: "Your images".to_owned(), train, test })
    }

    fn add_file(&mut self, path: String, content: Result<&[u8]>) -> FileReport {
        let (class_name, part) = place(&path);
        let added = content.and_then(|bytes| self.add_picture(&path, bytes, class_name.as_deref(), part));
        let (width, height) = added.as_ref().copied().ok().unzip();
        FileReport { path, class_name, width, height, error: added.err().as_ref().map(ErrorReport::from) }
    }

    /// Width and height of the picture in the file.
    fn add_picture(
        &mut self,
        path: &str,
        bytes: &[u8],
        class: Option<&str>,
        part: Option<Part>,
    ) -> Result<(usize, usize)> {
        // First the reason that no other folder would mend.
        format_of(bytes)?;
        let class_name = class.ok_or(Error::NoClassFolder)?;
        if self.pictures.len() >= MAX_PICTURES {
            return Err(Error::ArchiveTooLarge { problem: format!("or folder holds over {MAX_PICTURES} images") });
        }
        let image = decode(bytes, self.config.size)?;
        let classes = self.classes.len();
        let class = *self.classes.entry(class_name.to_owned()).or_insert(classes);
        let rgb = image.rgb.into_boxed_slice();
        let mut hasher = DefaultHasher::new();
        (class, &rgb).hash(&mut hasher);
        let alike = self.seen.entry(hasher.finish()).or_default();
        let same = |&other: &usize| self.pictures[other].class == class && self.pictures[other].rgb == rgb;
        self.duplicates += usize::from(alike.iter().any(same));
        alike.push(self.pictures.len());
        self.pictures.push(Picture { path: path.to_owned(), class, part, rgb });
        Ok((image.original_width, image.original_height))
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

/// Whether each picture is held out.
fn held_out(
    class_names: &[String],
    labels: &[usize],
    parts: &[Option<Part>],
    config: &ImagesConfig,
) -> Result<Vec<bool>> {
    let given = parts.contains(&Some(Part::Train)) && parts.contains(&Some(Part::Test));
    if !given {
        let (_, test) = split::stratified(labels, class_names.len(), config.test_share, config.seed);
        let mut held_out = vec![false; labels.len()];
        test.into_iter().for_each(|index| held_out[index] = true);
        return Ok(held_out);
    }
    let held_out: Vec<bool> = parts.iter().map(|&part| part == Some(Part::Test)).collect();
    for (label, name) in class_names.iter().enumerate() {
        for (wanted, folders) in [(false, "training"), (true, "test")] {
            if !labels.iter().zip(&held_out).any(|(&other, &out)| other == label && out == wanted) {
                return Err(too_small(format!("The class \"{name}\" has no readable image in the {folders} folders")));
            }
        }
    }
    Ok(held_out)
}

/// Class and part that a cleaned path tells.
///
/// The class is the folder that holds the file. Where that folder only names a part, or there is none, it is the first
/// word of a name like `cat.17.jpg`, or else the deepest other folder. Archives are no folders here.
fn place(path: &str) -> (Option<String>, Option<Part>) {
    let mut folders: Vec<&str> = path.split('/').collect();
    let file = folders.pop().unwrap_or_default();
    let part = folders.iter().rev().find_map(|folder| part_of(folder));
    let names_class = |folder: &&&str| part_of(folder).is_none() && !folder.to_ascii_lowercase().ends_with(".zip");
    let class = folders
        .last()
        .filter(names_class)
        .copied()
        .or_else(|| flat_class(file))
        .or_else(|| folders.iter().rev().find(names_class).copied());
    (class.map(str::to_owned), part)
}

/// The part that a folder's name stands for, with a number behind it or not (`test1`, `val2017`).
fn part_of(folder: &str) -> Option<Part> {
    match folder.to_ascii_lowercase().trim_end_matches(|c: char| c.is_ascii_digit()) {
        "train" | "training" => Some(Part::Train),
        "test" | "testing" | "val" | "validation" => Some(Part::Test),
        _ => None,
    }
}

/// The class in a name like `cat.17.jpg`, as ASIRRA's cats and dogs are named.
fn flat_class(file: &str) -> Option<&str> {
    let mut parts = file.split('.');
    let (class, number, extension) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = !class.is_empty()
        && class.chars().all(char::is_alphabetic)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !extension.is_empty()
        && parts.next().is_none();
    fits.then_some(class)
}

#[cfg(test)]
mod tests {
    use ::image::ImageFormat;

    use super::*;
    use crate::bytes::archive::tests::zip_of;
    use crate::bytes::image::tests::{encoded, plain};

    fn png(shade: u8) -> Vec<u8> {
        encoded(plain(20, 24, [shade, 255 - shade, 7]), ImageFormat::Png)
    }

    fn collector() -> Collector {
        Collector::new(ImagesConfig { size: 16, ..ImagesConfig::default() }).unwrap()
    }

    /// A collector of pictures at these paths, each of its own shade.
    fn collected(paths: &[&str]) -> Collector {
        let mut collector = collector();
        for (index, path) in paths.iter().enumerate() {
            let rows = collector.add(path, &png(index as u8 * 3));
            assert!(rows.len() == 1 && rows[0].error.is_none(), "{rows:?}");
        }
        collector
    }

    fn numbered(folders: &[&str], n: usize) -> Vec<String> {
        folders.iter().flat_map(|folder| (0..n).map(move |i| format!("{folder}/{i}.png"))).collect()
    }

    fn finished(paths: &[String]) -> Result<Dataset> {
        collected(&paths.iter().map(String::as_str).collect::<Vec<_>>()).finish()
    }

    fn code(row: &FileReport) -> Option<&str> {
        row.error.as_ref().map(|error| error.code.as_str())
    }

    #[test]
    fn settings_are_checked_and_spelt_in_camel_case() {
        let config = ImagesConfig::default();
        assert!(config.validate().is_ok());
        for (config, field) in [
            (ImagesConfig { size: 15, ..config.clone() }, "size"),
            (ImagesConfig { size: 129, ..config.clone() }, "size"),
            (ImagesConfig { test_share: 0.05, ..config.clone() }, "testShare"),
            (ImagesConfig { test_share: f32::NAN, ..config.clone() }, "testShare"),
        ] {
            let error = Collector::new(config).unwrap_err();
            assert!(matches!(&error, Error::InvalidConfig { field: found, .. } if found == field), "{error}");
        }
        let read: ImagesConfig = serde_json::from_str(r#"{"testShare":0.5}"#).unwrap();
        assert_eq!(read, ImagesConfig { test_share: 0.5, ..config });
        assert!(serde_json::from_str::<ImagesConfig>(r#"{"testshare":0.5}"#).is_err());
        let row = serde_json::to_value(&collector().add("a.png", &png(1))[0]).unwrap();
        assert_eq!(row["className"], serde_json::Value::Null);
        assert_eq!(row["error"]["code"], "no-class-folder");
    }

    #[test]
    fn paths_tell_class_and_part() {
        use Part::{Test, Train};
        for (path, class, part) in [
            ("cats/1.jpg", Some("cats"), None),
            ("pets/train/cats/1.jpg", Some("cats"), Some(Train)),
            ("pets/cats/VAL/1.jpg", Some("cats"), Some(Test)),
            ("pets.zip/cats/1.jpg", Some("cats"), None),
            ("train/cat.0.jpg", Some("cat"), Some(Train)),
            ("dogs-vs-cats/train/dog.12.jpg", Some("dog"), Some(Train)),
            ("dogs-vs-cats.zip/train.zip/dog.12.jpg", Some("dog"), None),
            ("cat.0.jpg", Some("cat"), None),
            ("cats/dog.0.jpg", Some("cats"), None),
            ("test1/17.jpg", None, Some(Test)),
            ("Testing/17.jpg", None, Some(Test)),
            ("validation/x/17.jpg", Some("x"), Some(Test)),
            ("1.jpg", None, None),
            ("pets.zip/1.jpg", None, None),
            ("c4t.0.jpg", None, None),
            ("cat.0.1.jpg", None, None),
            ("cat.x.jpg", None, None),
            ("cat.jpg", None, None),
            ("cat.0", None, None),
            (".0.jpg", None, None),
            ("trains/1.jpg", Some("trains"), None),
        ] {
            assert_eq!(place(path), (class.map(str::to_owned), part), "{path}");
        }
    }

    #[test]
    fn one_bad_file_is_one_marked_row() {
        let mut collector = collector();
        let good = collector.add("pets\\cats\\1.png", &png(1));
        assert_eq!(
            good,
            [FileReport {
                path: "pets/cats/1.png".into(),
                class_name: Some("cats".into()),
                width: Some(20),
                height: Some(24),
                error: None,
            }]
        );
        for (path, bytes, expected) in [
            ("cats/2.png", png(2)[..40].to_vec(), "corrupt-image"),
            ("cats/labels.csv", b"a,b\n".to_vec(), "unsupported-image"),
            ("readme.txt", b"hello".to_vec(), "unsupported-image"),
            ("3.png", png(3), "no-class-folder"),
            ("broken.zip", b"PK\x03\x04nothing".to_vec(), "corrupt-archive"),
        ] {
            let rows = collector.add(path, &bytes);
            assert_eq!((rows.len(), code(&rows[0])), (1, Some(expected)), "{rows:?}");
            assert_eq!(rows[0].width, None);
        }
        for path in ["cats/.DS_Store", "Thumbs.db", "__MACOSX/cats/1.png", "", "/"] {
            assert!(collector.add(path, &png(1)).is_empty(), "{path}");
        }
        assert_eq!((collector.len(), collector.is_empty()), (1, false));
    }

    #[test]
    fn archives_give_a_row_per_file() {
        let names: Vec<String> = numbered(&["cats", "dogs"], 4);
        let pictures: Vec<Vec<u8>> = (0..8).map(|i| png(i * 9)).collect();
        let mut files: Vec<(&str, &[u8])> =
            names.iter().map(String::as_str).zip(pictures.iter().map(Vec::as_slice)).collect();
        files.push(("dogs/notes.txt", b"woof"));
        files.push(("dogs/.DS_Store", b"x"));
        files.push(("dogs/cut.png", &pictures[7][..50]));
        let inner = zip_of(&files[..2], true);
        files.push(("more.zip", &inner));
        let mut collector = collector();
        let rows = collector.add("pets.zip", &zip_of(&files, true));
        assert_eq!(rows.len(), 11);
        assert_eq!(rows[0].path, "pets.zip/cats/0.png");
        assert!(rows[..8].iter().all(|row| row.error.is_none() && row.width == Some(20)), "{rows:?}");
        let codes: Vec<_> = rows[8..].iter().map(|row| code(row).unwrap()).collect();
        assert_eq!(codes, ["unsupported-image", "corrupt-image", "corrupt-archive"]);
        let data = collector.finish().unwrap();
        assert_eq!((data.train.counts(), data.test.counts()), (vec![3, 3], vec![1, 1]));
    }

    #[test]
    fn labels_are_alphabetical_and_pixels_follow_them() {
        let data = finished(&numbered(&["zebra", "ant"], 8)).unwrap();
        assert_eq!(data.train.class_names, ["ant", "zebra"]);
        assert_eq!((data.train.counts(), data.test.counts()), (vec![6, 6], vec![2, 2]));
        for part in [&data.train, &data.test] {
            part.validate().unwrap();
            for index in 0..part.len() {
                // Zebras were added first, in the darker shades.
                assert_eq!(part.labels[index], usize::from(part.picture(index)[0] < 24));
            }
        }
    }

    #[test]
    fn the_order_of_arrival_is_of_no_matter_and_the_seed_is() {
        let finish = |seed, reversed: bool| {
            let mut collector = Collector::new(ImagesConfig { size: 16, test_share: 0.5, seed }).unwrap();
            let mut files: Vec<_> = numbered(&["b", "a"], 12).into_iter().enumerate().collect();
            if reversed {
                files.reverse();
            }
            for (index, path) in files {
                collector.add(&path, &png(index as u8 * 3));
            }
            collector.finish().unwrap()
        };
        assert_eq!(finish(1, false), finish(1, true));
        assert_ne!(finish(1, false), finish(2, false));
    }

    #[test]
    fn a_given_split_is_respected() {
        let paths = numbered(&["Train/a", "Train/b", "val/a", "test/b", "b"], 3);
        let data = finished(&paths).unwrap();
        assert_eq!((data.train.counts(), data.test.counts()), (vec![3, 6], vec![3, 3]));
        // Training folders alone are no split.
        let data = finished(&numbered(&["train/a", "train/b"], 4)).unwrap();
        assert_eq!((data.train.counts(), data.test.counts()), (vec![3, 3], vec![1, 1]));
        let error = finished(&numbered(&["train/a", "train/b", "test/b"], 4)).unwrap_err();
        assert!(error.to_string().contains("class \"a\" has no readable image in the test folders"), "{error}");
    }

    #[test]
    fn small_data_sets_are_refused_by_name() {
        for (paths, problem) in [
            (vec![], "There is no readable image"),
            (numbered(&["cats"], 9), "All 9 images belong to the class \"cats\""),
            (
                [numbered(&["a", "b"], 4), numbered(&["rare"], 1)].concat(),
                "The class \"rare\" has only 1 readable image.",
            ),
        ] {
            let error = finished(&paths).unwrap_err();
            assert_eq!(error.code(), "dataset-too-small");
            assert!(error.to_string().starts_with(problem), "{error}");
        }
    }

    #[test]
    fn duplicates_are_counted_within_a_class() {
        let mut collector = collector();
        for path in ["a/1.png", "a/2.png", "a/3.png", "b/1.png"] {
            collector.add(path, &png(5));
        }
        collector.add("a/4.png", &png(6));
        assert_eq!((collector.duplicates(), collector.len()), (2, 5));
    }

    #[test]
    fn pictures_over_the_cap_are_rows() {
        let mut collector = collector();
        let picture = png(5);
        assert!(collector.add("a/1.png", &picture)[0].error.is_none());
        let rgb = collector.pictures[0].rgb.clone();
        collector.pictures.resize_with(MAX_PICTURES, || Picture {
            path: String::new(),
            class: 0,
            part: None,
            rgb: rgb[..3].into(),
        });
        assert_eq!(code(&collector.add("a/2.png", &picture)[0]), Some("archive-too-large"));
        assert_eq!(collector.len(), MAX_PICTURES);
    }
}
