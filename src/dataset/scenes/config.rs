//! Settings of the scenes, and what a picture is by its number alone.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::seed::Purpose;

/// Names of the classes in label order: the shapes of the object.
pub const CLASS_NAMES: [&str; 6] = ["disk", "square", "triangle", "star", "ring", "cross"];

/// Names of the backgrounds; the one at a class's index is the one that the dial ties to this class.
///
/// The pairs are chosen so that no pattern repeats the shape it is tied to: squares do not stand before checks, nor
/// disks before dots.
pub const BACKGROUND_NAMES: [&str; 6] = ["stripes", "dots", "checks", "waves", "bricks", "clouds"];

/// Sides allowed, pixels.
const SIZES: std::ops::RangeInclusive<usize> = 16..=128;
/// Numbers of training pictures allowed.
const TRAIN_IMAGES: std::ops::RangeInclusive<usize> = 60..=20_000;
/// Numbers of test pictures allowed.
const TEST_IMAGES: std::ops::RangeInclusive<usize> = 24..=6_000;
/// First seed that JavaScript's numbers cannot tell from its neighbour.
const SEED_END: u64 = 1 << 53;
/// Bytes that pixels and masks may take together: a page's memory ends at 4 GiB and the networks need their part.
const MAX_BYTES: u64 = 1 << 30;

/// Settings of the built-in data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ScenesConfig {
    /// Side of the square pictures, pixels, 16 to 128. It changes the resolution only, never the composition.
    pub size: usize,
    /// Number of training pictures, 60 to 20,000. Picture `i` stays the same whatever the number.
    pub train_images: usize,
    /// Number of test pictures, 24 to 6,000. Picture `i` stays the same whatever the number.
    pub test_images: usize,
    /// How strongly the background gives the class away in training, 0 to 1.
    ///
    /// With this probability a training picture's background is the one with the index of its class; otherwise it is
    /// drawn uniformly from all six, the class's own among them. So background and class agree with probability
    /// `dial + (1 - dial) / 6` (1/6 at 0, 11/12 at 0.9, 1 at 1; exact to 2^-31), and each other background comes
    /// with probability `(1 - dial) / 6`. Test pictures always have 1/6 for every background.
    pub background_dial: f32,
    /// Seed of everything drawn, below 2^53, since JavaScript's numbers are exact only so far.
    pub seed: u64,
}

impl Default for ScenesConfig {
    fn default() -> Self {
        Self { size: 32, train_images: 3000, test_images: 600, background_dial: 0.9, seed: 7 }
    }
}

impl ScenesConfig {
    /// Checks every setting against its range.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the first setting that breaks its rule, or `size` if the pictures would take
    /// more than 1 GiB.
    pub fn validate(&self) -> Result<()> {
        for (field, unit, value, range) in [
            ("size", "pixels", self.size, SIZES),
            ("trainImages", "pictures", self.train_images, TRAIN_IMAGES),
            ("testImages", "pictures", self.test_images, TEST_IMAGES),
        ] {
            if !range.contains(&value) {
                let (least, most) = range.into_inner();
                return Err(Error::config(field, format!("must be {least} to {most} {unit} and is {value}")));
            }
        }
        // `contains` is false for NaN too.
        if !(0.0..=1.0).contains(&self.background_dial) {
            let problem = format!("must be between 0 and 1 and is {}", self.background_dial);
            return Err(Error::config("backgroundDial", problem));
        }
        if self.seed >= SEED_END {
            let problem = format!("must be a whole number below 2^53 and is {}", self.seed);
            return Err(Error::config("seed", problem));
        }
        let pixels = (self.train_images + self.test_images) as u64 * (self.size * self.size) as u64;
        // Three bytes of colour and one of mask.
        let bytes = 4 * pixels;
        if bytes > MAX_BYTES {
            let (needed, most) = (bytes >> 20, MAX_BYTES >> 20);
            let problem = format!("so many pictures of this size take {needed} MiB, over the limit of {most} MiB");
            return Err(Error::config("size", problem));
        }
        Ok(())
    }
}

/// Which part of the data set a picture belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// To learn from: the background follows the dial.
    Train,
    /// To judge by: the background is drawn uniformly.
    Test,
}

impl Split {
    /// Purpose whose streams draw this split's pictures.
    pub(super) fn purpose(self) -> Purpose {
        match self {
            Self::Train => Purpose::TrainScenes,
            Self::Test => Purpose::TestScenes,
        }
    }
}

/// Class of picture `index` of either split: the classes take turns, so that every run of six is balanced.
pub(super) fn class_of(index: usize) -> usize {
    index % CLASS_NAMES.len()
}
