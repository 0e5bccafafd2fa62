//! From raw maps to pictures: scaling, resizing, and the strength that scaling would hide.

use serde::{Deserialize, Serialize};

use super::Place;

/// Keeps the scaling of an all-zero map finite, as in the reference.
const EPSILON: f32 = 1e-7;

/// What a scaled map no longer tells.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct Strength {
    /// Smallest value of the raw map.
    pub min: f32,
    /// Largest value of the raw map.
    pub max: f32,
    /// Sum over the raw map.
    pub sum: f32,
    /// No positive evidence anywhere: the map must be shown as empty, not as noise.
    pub empty: bool,
    /// Share of the scaled map's mass that lies on the object, 0 to 1, where masks are known and the map is not empty.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub inside_mask: Option<f32>,
    /// Where most of the scaled map lies; nothing for an empty one, nor in reports from before it was kept.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Place | null"))]
    pub place: Option<Place>,
}

impl Strength {
    /// The map in words, for readers who do not see it.
    #[must_use]
    pub fn in_words(&self) -> String {
        let Some(place) = self.place else { return "no positive evidence anywhere".to_owned() };
        match self.inside_mask {
            Some(inside) => format!("{}; {:.0} % on the object", place.in_words(), 100.0 * inside),
            None => place.in_words(),
        }
    }
}

/// One map of one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Heatmap {
    /// Values as the method gives them, `[raw_height * raw_width]`.
    pub raw: Vec<f32>,
    /// Values in `[0, 1]` at the picture's size, `[height * width]`.
    pub scaled: Vec<f32>,
    /// What scaling took away.
    pub strength: Strength,
}

impl Heatmap {
    /// Scales `raw` of `from` = (height, width) to the picture's size `to` as METHOD settles it: scale, resize, scale.
    ///
    /// `mask` is the object's, `[height * width]` with 255 inside.
    #[must_use]
    pub fn new(raw: Vec<f32>, from: (usize, usize), to: (usize, usize), mask: Option<&[u8]>) -> Self {
        let (min, max) = bounds(&raw);
        let empty = max <= 0.0;
        let mut scaled = resize_bilinear(&scale(&raw), from, to);
        scaled = scale(&scaled);
        if empty {
            scaled.fill(0.0);
        }
        let inside_mask = mask.filter(|_| !empty).and_then(|mask| share_inside(&scaled, mask));
        let place = if empty { None } else { Place::of(&scaled, to) };
        let strength = Strength { min, max, sum: raw.iter().sum(), empty, inside_mask, place };
        Self { raw, scaled, strength }
    }

    /// As [`new`](Self::new), from a map before its ReLU.
    #[must_use]
    pub fn of_signed(signed: &[f32], from: (usize, usize), to: (usize, usize), mask: Option<&[u8]>) -> Self {
        Self::new(signed.iter().map(|value| value.max(0.0)).collect(), from, to, mask)
    }

    /// The positive part of `raw` at the size `to` on a scale shared with other maps: 1 is `top`, 0 is no evidence.
    #[must_use]
    pub fn on_scale(raw: &[f32], from: (usize, usize), to: (usize, usize), top: f32) -> Vec<f32> {
        let share = |value: &f32| if top > 0.0 { (value / top).clamp(0.0, 1.0) } else { 0.0 };
        resize_bilinear(&raw.iter().map(share).collect::<Vec<f32>>(), from, to)
    }
}

fn bounds(values: &[f32]) -> (f32, f32) {
    values.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(min, max), &value| (min.min(value), max.max(value)))
}

/// Share of the map's mass under the mask; nothing when the map has no mass.
fn share_inside(map: &[f32], mask: &[u8]) -> Option<f32> {
    let total: f32 = map.iter().sum();
    let inside: f32 = map.iter().zip(mask).map(|(value, &cover)| value * f32::from(cover) / 255.0).sum();
    (total > 0.0).then(|| inside / total)
}

/// Minus the minimum, divided by the maximum that is left plus 1e-7.
#[must_use]
pub fn scale(map: &[f32]) -> Vec<f32> {
    let (min, max) = bounds(map);
    map.iter().map(|value| (value - min) / (max - min + EPSILON)).collect()
}

/// Bilinear resize of a row-major map with half-pixel centres and clamped borders; sizes are (height, width).
///
/// # Panics
/// If `map` is not of the size `from`.
#[must_use]
pub fn resize_bilinear(map: &[f32], from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
    assert_eq!(map.len(), from.0 * from.1, "the map must have its declared size");
    let (rows, columns) = (taps(from.0, to.0), taps(from.1, to.1));
    let at = |y: usize, x: usize| map[y * from.1 + x];
    rows.iter()
        .flat_map(|&(y0, y1, v)| {
            columns.iter().map(move |&(x0, x1, u)| {
                let above = at(y0, x0) * (1.0 - u) + at(y0, x1) * u;
                let below = at(y1, x0) * (1.0 - u) + at(y1, x1) * u;
                above * (1.0 - v) + below * v
            })
        })
        .collect()
}

/// For every target position the two source positions and the share of the second.
fn taps(from: usize, to: usize) -> Vec<(usize, usize, f32)> {
    (0..to)
        .map(|target| {
            let source = ((target as f32 + 0.5) * from as f32 / to as f32 - 0.5).max(0.0);
            let first = (source as usize).min(from - 1);
            (first, (first + 1).min(from - 1), source - first as f32)
        })
        .collect()
}
