//! The built-in data set "Scenes": one object before one patterned background, drawn here from a seed.
//!
//! The class is the **shape** of the object. The **background** is a shortcut: in the training pictures it agrees with
//! the class as often as [`ScenesConfig::background_dial`] says, in the test pictures only by chance. Colours, fill,
//! place, size and tilt say nothing about the class. Every picture comes with the exact mask of its object.
//!
//! The bytes are the same on every platform: all arithmetic is `+ - * /`, `sqrt`, `floor` and comparisons on `f64`,
//! which IEEE 754 fixes to the last bit. No `sin`, no `pow`, no fused multiply-add.
//!
//! Takes: [`ScenesConfig`]. Gives: [`Dataset`]. May import: `error`, `seed`, `dataset`.

mod background;
mod config;
mod draws;
mod palette;
mod picture;
mod shape;
#[cfg(test)]
mod tests;

use super::{Dataset, LabelledImages};
use crate::dataset::normalisation::Normalisation;
use crate::error::Result;
use config::class_of;
pub use config::{BACKGROUND_NAMES, CLASS_NAMES, ScenesConfig, Split};
use picture::Picture;

/// Renders both splits. Picture `i` of a split has class `i % 6`.
///
/// # Errors
/// [`crate::Error::InvalidConfig`] as [`ScenesConfig::validate`] finds it.
pub fn render(config: &ScenesConfig) -> Result<Dataset> {
    config.validate()?;
    Ok(Dataset {
        name: "Scenes".to_owned(),
        train: render_split(config, Split::Train, config.train_images),
        test: render_split(config, Split::Test, config.test_images),
    })
}

/// Background of picture `index`, an index into [`BACKGROUND_NAMES`], without rendering it.
///
/// Depends on the seed, the split and, in training, the dial; not on the size or the numbers of pictures.
#[must_use]
pub fn background_of(config: &ScenesConfig, split: Split, index: usize) -> usize {
    Picture::compose(config, split, index).background()
}

fn render_split(config: &ScenesConfig, split: Split, count: usize) -> LabelledImages {
    let area = config.size * config.size;
    let mut pixels = Vec::with_capacity(count * area * 3);
    let mut masks = Vec::with_capacity(count * area);
    for index in 0..count {
        Picture::compose(config, split, index).paint(config.size, &mut pixels, &mut masks);
    }
    LabelledImages {
        width: config.size,
        height: config.size,
        pixels: pixels.into(),
        labels: (0..count).map(class_of).collect(),
        class_names: CLASS_NAMES.map(str::to_owned).to_vec(),
        masks: Some(masks),
        normalisation: Normalisation::default(),
    }
}
