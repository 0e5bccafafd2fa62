//! Feature similarity score between two models at one layer.

use serde::{Deserialize, Serialize};

use super::gram::Gram;

/// Epsilon of the paper's convention.
const EPSILON: f64 = 1e-9;

/// One similarity in both conventions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Similarity {
    /// The paper's: rows of unit length, double-centred (biased), squared scale, no root; in `[0, 1]`.
    pub paper: f64,
    /// Bias-corrected `R*` of the raw features, in `[-1, 1]`.
    pub corrected: f64,
}

/// FSS of two models' features of the same images (Adhane et al., WACV 2025, section 3.3); 0 where either is constant.
///
/// The biased form drifts to 1 as the dimension outgrows the number of images, which is why both are given. `norms` and
/// `crossed` are those of [`super::Values::of`].
pub(super) fn similarity(norms: &Gram, crossed: &Gram, a: usize, b: usize) -> Similarity {
    let size = norms.unit[a][a] * norms.unit[b][b];
    let paper = if size > 0.0 { crossed.unit[a][b] / (size + EPSILON).sqrt() } else { 0.0 };
    Similarity { paper, corrected: correlation(crossed.unbiased[a][b], norms.unbiased[a][a], norms.unbiased[b][b]) }
}

/// `R* = <P,Q> / sqrt(<P,P> <Q,Q>)` in `[-1, 1]`; 0 where either norm is zero.
pub(super) fn correlation(inner: f64, own: f64, other: f64) -> f64 {
    let size = own * other;
    if size > 0.0 { (inner / size.sqrt()).clamp(-1.0, 1.0) } else { 0.0 }
}
