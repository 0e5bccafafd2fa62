//! Feature similarity score between two models at one layer.

use serde::{Deserialize, Serialize};

use crate::attribution::Features;
use crate::attribution::distance::biased_correlation;

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

/// FSS of two models' features of the same images (Adhane et al., WACV 2025, section 3.3).
///
/// The biased form drifts to 1 as the dimension outgrows the number of images, which is why both are given.
#[must_use]
pub fn feature_similarity(a: &Features, b: &Features) -> Similarity {
    let biased = |features: &Features| features.unit_distances.double_centred();
    Similarity {
        paper: biased_correlation(&biased(a), &biased(b), EPSILON),
        corrected: a.distances.u_centred().correlation(&b.distances.u_centred()),
    }
}
