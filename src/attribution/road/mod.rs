//! ROAD: pictures without the pixels that a map values most, or least, and without a trace of their removal.
//!
//! Source: Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022. Removed
//! pixels are imputed from their neighbours and a little noise is added, so that the shape of the hole tells nothing.

mod fill;

pub use fill::fill;

use burn::tensor::{Device, Tensor};
use rand::Rng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use crate::dataset::LabelledImages;
use crate::error::{Error, Result};
use crate::models::normal;
use crate::seed::{Purpose, stream};
use crate::tensors::layout::{normalised_planes, planes};

/// Standard deviation of the noise on imputed pixels, on the scale where black is 0 and white is 1; the paper's.
pub const NOISE: f32 = 0.01;

/// Which pixels go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum RemovalOrder {
    /// The pixels that the map values most (MoRF): a faithful map makes the confidence fall quickly.
    MostRelevantFirst,
    /// The pixels that the map values least (LeRF): a faithful map lets the confidence stand for long.
    LeastRelevantFirst,
}

/// The `share` of pixels that goes, as marks `[height * width]`; at least one pixel is always kept.
///
/// Pixels that the map values alike are put into an order by `random`, the same for both orders of removal, so that
/// what one order removes first the other removes last.
#[must_use]
pub fn removed(map: &[f32], share: f64, order: RemovalOrder, random: &mut impl Rng) -> Vec<bool> {
    let mut ranked: Vec<usize> = (0..map.len()).collect();
    ranked.shuffle(random);
    ranked.sort_by(|&a, &b| map[b].total_cmp(&map[a]));
    if order == RemovalOrder::LeastRelevantFirst {
        ranked.reverse();
    }
    let count = ((map.len() as f64 * share).round() as usize).min(map.len().saturating_sub(1));
    let mut marks = vec![false; map.len()];
    for &pixel in &ranked[..count] {
        marks[pixel] = true;
    }
    marks
}

/// Pictures with a share of their pixels imputed, normalised as [`crate::tensors::layout::pictures`] gives them.
///
/// - `indices`: which pictures; `maps`: one map for each, `[height * width]` at the pictures' size, in the same order
/// - `share`: of the pixels of each picture that is removed, 0 to 1; one pixel at least is always kept
/// - `seed`: of the noise and of the order of ties. Both hang on the seed and the picture alone, so that two maps of one
///   picture are compared under the same noise.
///
/// # Shapes
/// - returns `[indices.len(), 3, height, width]`
///
/// # Errors
/// [`Error::InvalidConfig`] when the share lies outside 0 to 1.
///
/// # Panics
/// If there are not as many maps as pictures, or one of another size.
pub fn impute(
    images: &LabelledImages,
    indices: &[usize],
    maps: &[&[f32]],
    share: f64,
    order: RemovalOrder,
    seed: u64,
    device: &Device,
) -> Result<Tensor<4>> {
    if !(0.0..=1.0).contains(&share) {
        return Err(Error::config("share", format!("must lie between 0 and 1, is {share}")));
    }
    assert_eq!(indices.len(), maps.len(), "one map a picture");
    let size = (images.height, images.width);
    let mut values = Vec::with_capacity(indices.len() * images.stride());
    for (&index, map) in indices.iter().zip(maps) {
        assert_eq!(map.len(), size.0 * size.1, "maps at the pictures' size");
        let mut random = stream(seed, Purpose::Imputation, index as u64);
        let marks = removed(map, share, order, &mut random);
        let mut picture = normalised_planes(images, index);
        fill(&mut picture, size, &marks);
        add_noise(&mut picture, &marks, images.normalisation.deviation(), &mut random);
        values.extend(picture);
    }
    Ok(planes(values, indices.len(), size, device))
}

/// Noise on the imputed pixels of normalised planes. Every pixel has its draw, whether it is used or not, so that a
/// pixel's noise is the same however many others are removed.
fn add_noise(picture: &mut [f32], removed: &[bool], deviation: [f32; 3], random: &mut impl Rng) {
    for (plane, deviation) in picture.chunks_exact_mut(removed.len()).zip(deviation) {
        let noise = normal(random, removed.len());
        for ((value, noise), &removed) in plane.iter_mut().zip(noise).zip(removed) {
            if removed {
                *value += NOISE / deviation * noise as f32;
            }
        }
    }
}
