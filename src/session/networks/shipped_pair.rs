//! A distillation that comes with the crate.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::distillation::DistillationConfig;
use crate::models::shipped::{MANIFEST, ShippedNetworks};
use crate::session::networks::model::NetworkReport;

/// A distillation that was finished beforehand: what it gave, and its recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct ShippedPair {
    /// The Teacher; accuracies are those on the chosen data.
    pub teacher: NetworkReport,
    /// The Student.
    pub student: NetworkReport,
    /// Its twin without the Teacher.
    pub base: NetworkReport,
    /// The Student's accuracy less the Base's, -1 to 1.
    pub gain: f64,
    /// How the two were trained, out of the manifest.
    pub distillation: DistillationConfig,
}

/// The recipe that the manifest has of a pair; a test reads it for every one.
pub(in crate::session) fn recipe_of(shipped: &ShippedNetworks) -> DistillationConfig {
    let manifest: Value = serde_json::from_str(MANIFEST).expect("the manifest is JSON");
    let file = format!("{}-student.safetensors", shipped.name);
    let models = manifest["models"].as_array().into_iter().flatten();
    let entry = models.filter(|model| model["file"] == file).find_map(|model| model.get("distillation"));
    serde_json::from_value(entry.cloned().unwrap_or_default()).expect("the manifest has the recipe of every pair")
}
