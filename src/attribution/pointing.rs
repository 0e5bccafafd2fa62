//! Whether maps lie on the object: the energy-based pointing game, with intervals over the images.
//!
//! Source: Wang et al., "Score-CAM", CVPR workshops 2020, section 4.4: the share of a map's mass inside the object's
//! bounding box. Masks are exact here, so the share is that inside the object itself. A map that knows nothing of the
//! object has the object's share of the area.

use serde::{Deserialize, Serialize};

use super::Estimate;

/// Confidence level of the intervals.
const LEVEL: f64 = 0.95;

/// A mean share over images with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct MeanShare {
    /// Mean over the images: 0 to 1, of a difference -1 to 1.
    pub mean: f64,
    /// Lower end of Student's t interval over the images at a level of 95 %.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Images.
    pub n: usize,
}

impl MeanShare {
    /// Mean and interval of `shares`; nothing for fewer than two.
    #[must_use]
    pub fn of(shares: &[f64]) -> Option<Self> {
        let estimate = Estimate::of(shares)?;
        let (lower, upper) = estimate.interval(LEVEL)?;
        Some(Self { mean: estimate.mean, lower, upper, n: estimate.n })
    }
}

/// Where the mass of the maps of one layer lies, over a batch of pictures whose objects are known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct PointingGame {
    /// Confidence level of the intervals.
    pub level: f64,
    /// The object's share of the area: what a map that knows nothing of it has.
    pub object: MeanShare,
    /// Share of a map's mass on the object, one entry a kind of map, over the maps that are not empty; nothing where fewer
    /// than two are not.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "(MeanShare | null)[]"))]
    pub maps: Vec<Option<MeanShare>>,
    /// The first kind's share less the second's, image by image, where both are not empty: the distilled map's less the
    /// residual one's.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "MeanShare | null"))]
    pub distilled_less_residual: Option<MeanShare>,
}

impl PointingGame {
    /// `objects`: the object's share of each picture's area. `inside`: for each picture and kind of map the share of the
    /// mass on the object, nothing for an empty map; `distilled` and `residual` are places among the kinds. Nothing for
    /// fewer than two pictures.
    ///
    /// # Panics
    /// If the pictures have different numbers of maps, or fewer than those two.
    #[must_use]
    pub fn of(objects: &[f64], inside: &[Vec<Option<f64>>], distilled: usize, residual: usize) -> Option<Self> {
        let kinds = inside.first()?.len();
        let of_kind = |kind: usize| inside.iter().filter_map(|shares| shares[kind]).collect::<Vec<f64>>();
        let less = |shares: &Vec<Option<f64>>| Some(shares[distilled]? - shares[residual]?);
        Some(Self {
            level: LEVEL,
            object: MeanShare::of(objects)?,
            maps: (0..kinds).map(|kind| MeanShare::of(&of_kind(kind))).collect(),
            distilled_less_residual: MeanShare::of(&inside.iter().filter_map(less).collect::<Vec<f64>>()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_maps_are_left_out_and_the_difference_is_paired() {
        let inside = [vec![Some(0.5), Some(0.1)], vec![Some(0.7), None], vec![Some(0.6), Some(0.3)]];
        let game = PointingGame::of(&[0.1, 0.2, 0.3], &inside, 0, 1).expect("three pictures");
        let mean = |share: Option<MeanShare>| share.map(|share| ((share.mean * 1e9).round() / 1e9, share.n));
        assert_eq!(mean(Some(game.object)), Some((0.2, 3)));
        assert_eq!(mean(game.maps[0]), Some((0.6, 3)));
        assert_eq!(mean(game.maps[1]), Some((0.2, 2)));
        assert_eq!(mean(game.distilled_less_residual), Some((0.35, 2)));
        assert_eq!(PointingGame::of(&[], &[], 0, 1), None);
    }
}
