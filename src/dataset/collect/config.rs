//! Settings of a data set that is collected from files.

use serde::{Deserialize, Serialize};

use super::MIN_PER_CLASS;
use crate::error::{Error, Result};

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
    /// Most pictures of each class that are kept: 4 or more, or 0 for all. Where the folders give a split, most of each
    /// class in each part. The seed draws which; the order in which the files come is of no matter.
    pub per_class: usize,
    /// Seed of the split and of the pictures that `per_class` keeps.
    pub seed: u64,
}

impl Default for ImagesConfig {
    fn default() -> Self {
        Self { size: 32, test_share: 0.25, per_class: 0, seed: 0 }
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
        if (1..MIN_PER_CLASS).contains(&self.per_class) {
            let problem = format!("must be at least {MIN_PER_CLASS}, or 0 for all, and is {}", self.per_class);
            return Err(Error::config("perClass", problem));
        }
        Ok(())
    }
}
