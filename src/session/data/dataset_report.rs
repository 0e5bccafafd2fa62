//! What the chosen data are, in numbers.

use serde::{Deserialize, Serialize};

use crate::dataset::collect::ImagesReport;
use crate::dataset::known::DataSetName;

/// What the chosen data are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct DatasetReport {
    /// Name for people.
    pub name: String,
    /// Side of every picture, pixels.
    pub size: usize,
    /// Classes in label order.
    pub class_names: Vec<String>,
    /// Pictures to learn from per class.
    pub train_counts: Vec<usize>,
    /// Held-out pictures per class.
    pub test_counts: Vec<usize>,
    /// Whether the object's mask is known for every picture.
    pub has_masks: bool,
    /// Whether networks are shipped that know these classes.
    #[serde(default)]
    pub has_shipped_networks: bool,
    /// The known data set that these networks learned from; nothing for the Scenes, or where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_set: Option<DataSetName>,
    /// What the visitor's own pictures are like; nothing for rendered ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<ImagesReport>,
}
