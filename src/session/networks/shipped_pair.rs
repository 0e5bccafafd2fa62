//! A distillation that comes with the crate.

use serde::{Deserialize, Serialize};

use crate::distillation::DistillationConfig;
use crate::models::shipped::{ShippedNetworks, ShippedRole, entry};
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
    let recipe = entry(&shipped.file(ShippedRole::Student)).and_then(|model| model.get("distillation").cloned());
    serde_json::from_value(recipe.unwrap_or_default()).expect("the manifest has the recipe of every pair")
}
