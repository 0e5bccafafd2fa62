//! What became of the files, as data for people and programs.

use std::fmt::Display;

use serde::{Deserialize, Serialize};

use crate::error::Error;

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
    /// Class by the folders or the file's name, where they tell one.
    pub class_name: Option<String>,
    /// Width of the picture in the file, pixels, if it was decoded.
    pub width: Option<usize>,
    /// Height of the picture in the file, pixels, if it was decoded.
    pub height: Option<usize>,
    /// Why the file is left out; nothing if it is in.
    pub error: Option<ErrorReport>,
    /// How many pictures the file holds, where it is one of many, as CIFAR-10's batches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pictures: Option<usize>,
    /// Path of an earlier picture that is the same, pixel by pixel after scaling. Both are in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
}

/// What is read of a file so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct FilesRead {
    /// A row for each file that was read since the last call.
    pub rows: Vec<FileReport>,
    /// How much of the file is read, 0 to 1.
    pub progress: f64,
    /// Whether there is nothing more to read.
    pub finished: bool,
}

/// Why pictures are left out that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum OutReason {
    /// Their folder is of neither part of a given split.
    OutsideTheSplit,
    /// No folder names their class.
    NoClassFolder,
    /// Their folder is for pictures without a class.
    Unlabelled,
    /// Their class is met in the folders for testing only.
    Untaught,
    /// They are an array, and no array of labels came for it.
    NoLabels,
}

/// A folder whose pictures are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct LeftOut {
    /// Its path.
    pub folder: String,
    /// Pictures in it.
    pub pictures: usize,
    /// Why.
    pub reason: OutReason,
}

/// A level of folders that tells pictures apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ClassLevel {
    /// Counted from 1, the outermost below what all paths have in common.
    pub level: usize,
    /// The first of its names.
    pub names: Vec<String>,
    /// How many names it has.
    pub classes: usize,
}

/// Something worth knowing before a number is believed that comes of the pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Note {
    /// What kind of note, kebab-case.
    pub code: String,
    /// A sentence or two.
    pub message: String,
    /// What stands in it, for who tells it in another language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
}

/// A number or a name in a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Fact {
    /// What it is, a word.
    pub name: String,
    /// The number or the name as text.
    pub value: String,
}

impl Note {
    /// A note with what stands in it.
    pub fn new(code: &str, message: impl Into<String>, facts: &[(&str, &dyn Display)]) -> Self {
        let fact = |&(name, value): &(&str, &dyn Display)| Fact { name: name.to_owned(), value: value.to_string() };
        Self { code: code.to_owned(), message: message.into(), facts: facts.iter().map(fact).collect() }
    }
}

/// What the collected pictures are like, beside their numbers per class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ImagesReport {
    /// Whether the folders gave the split; otherwise the seed drew it.
    pub split_given: bool,
    /// Training pictures of the largest class over those of the smallest: 1 when all are equally many.
    pub imbalance: f64,
    /// Files that are left out, each with the reason in its row.
    pub broken: usize,
    /// Pictures that the limit per class left out.
    pub over_limit: usize,
    /// Pictures that are the same as another of their class, pixel by pixel after scaling. They stay in, and a drawn
    /// split keeps them on one side.
    pub copies: usize,
    /// Held-out pictures of a given split with a copy among those to learn from.
    pub copies_across: usize,
    /// Pictures that are the same as one of another class.
    pub contradictions: usize,
    /// Classes that the folders give for testing only: there is nothing to learn them from, and they are left out.
    pub untaught: Vec<String>,
    /// Level of folders that names the classes, counted from 1 below what all paths have in common; 0 where files or
    /// their names tell the class.
    #[serde(default)]
    pub class_level: usize,
    /// Every level of folders that could name them.
    #[serde(default)]
    pub levels: Vec<ClassLevel>,
    /// Folders whose pictures are left out.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// All of this in sentences; what did not happen is left out.
    #[serde(default)]
    pub notes: Vec<Note>,
}
