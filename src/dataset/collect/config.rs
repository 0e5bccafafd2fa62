//! Settings of a data set that is collected from files.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::bytes::image::Fit;
use crate::dataset::known::DataSetName;
use crate::error::{Error, Result};

/// Smallest and largest side of the pictures, pixels: 224 is the usual one of photographs.
pub const SIDES: RangeInclusive<usize> = 16..=256;
/// Fewest pictures of a class: distance statistics need four.
pub const MIN_PER_CLASS: usize = 4;
/// Deepest level of folders that can be chosen.
const MAX_CLASS_LEVEL: usize = 16;

/// What decides which pictures are held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum SplitSource {
    /// Folders such as `train` and `test`, where there are any, else the seed.
    #[default]
    Folders,
    /// The seed; a folder called `train` is a folder like any other, and may be a class.
    Drawn,
}

/// How pictures become a data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ImagesConfig {
    /// Side of the square that every picture is scaled to, pixels: 16 to 256.
    pub size: usize,
    /// What of a picture that is no square is shown.
    pub fit: Fit,
    /// Share of each class that is held out where the folders give no split: 0.1 to 0.5.
    pub test_share: f32,
    /// Most pictures of each class that are kept: 4 or more, or 0 for all. Where the folders give a split, most of each
    /// class in each part. The seed draws which; the order in which the files come is of no matter.
    pub per_class: usize,
    /// Seed of the split and of the pictures that `per_class` keeps.
    pub seed: u64,
    /// Level of folders that names the classes, counted from 1 below what all paths have in common; 0 chooses the
    /// outermost one that tells pictures apart.
    pub class_level: usize,
    /// What decides which pictures are held out.
    pub split: SplitSource,
    /// The known data set that the pictures are of, or are like: which shipped networks are meant where several know their
    /// classes. A file of settings that names one begins with those that go with it.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "DataSetName | null"))]
    pub data_set: Option<DataSetName>,
}

impl Default for ImagesConfig {
    fn default() -> Self {
        Self {
            size: 32,
            fit: Fit::Crop,
            test_share: 0.25,
            per_class: 0,
            seed: 0,
            class_level: 0,
            split: SplitSource::Folders,
            data_set: None,
        }
    }
}

impl ImagesConfig {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the first setting outside its range.
    pub fn validate(&self) -> Result<()> {
        if !SIDES.contains(&self.size) {
            let (least, most) = (SIDES.start(), SIDES.end());
            return Err(Error::config("size", format!("must be {least} to {most} pixels, and is {}", self.size)));
        }
        if !(0.1..=0.5).contains(&self.test_share) {
            return Err(Error::config("testShare", format!("must be 0.1 to 0.5, and is {}", self.test_share)));
        }
        if (1..MIN_PER_CLASS).contains(&self.per_class) {
            let problem = format!("must be at least {MIN_PER_CLASS}, or 0 for all, and is {}", self.per_class);
            return Err(Error::config("perClass", problem));
        }
        if self.class_level > MAX_CLASS_LEVEL {
            let problem = format!("must be 0 to {MAX_CLASS_LEVEL}, and is {}", self.class_level);
            return Err(Error::config("classLevel", problem));
        }
        Ok(())
    }
}
