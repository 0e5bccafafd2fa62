//! How a Teacher's file is to be read, and how it was.

use serde::{Deserialize, Serialize};

use crate::dataset::collect::Note;
use crate::dataset::normalisation::Normalisation;

/// How to read a Teacher's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct TeacherReading {
    /// Which of several networks in it; nothing takes the Teacher's, or the first that is no moving average.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "string | null"))]
    pub network: Option<String>,
    /// For each class of the data, the output of the network that answers it, counted from 0. Empty goes by the class
    /// names in the file, or takes the outputs as they stand.
    pub order: Vec<usize>,
}

/// Another order of the outputs that fits the held-out pictures much better.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct BetterOrder {
    /// As [`TeacherReading::order`].
    pub order: Vec<usize>,
    /// Accuracy with it on the pictures that were tried, 0 to 1.
    pub accuracy: f64,
}

/// Another normalisation that fits the held-out pictures much better.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct BetterNormalisation {
    /// The preset.
    pub normalisation: Normalisation,
    /// Accuracy with it on the pictures that were tried, 0 to 1.
    pub accuracy: f64,
}

/// How a file was read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct FileReading {
    /// The network that was taken; empty where nothing in the file names it.
    pub network: String,
    /// All networks of the file.
    pub networks: Vec<String>,
    /// The order of outputs that was taken, as [`TeacherReading::order`]; empty where they stand as in the file.
    pub order: Vec<usize>,
    /// Another order that would fit much better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better_order: Option<BetterOrder>,
    /// Another normalisation that would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better_normalisation: Option<BetterNormalisation>,
    /// All of this in sentences; what goes without saying is left out.
    pub notes: Vec<Note>,
}
