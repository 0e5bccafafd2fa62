//! Relevance score: how much features tell of the labels.

use serde::{Deserialize, Serialize};

use crate::attribution::{Centred, Features};

/// Below this the labels follow from the removed features alone, and the true partial correlation does not exist.
const FULLY_EXPLAINED: f64 = 1e-12;

/// Relevance of what is left of one model's features when another's are removed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct PartialRelevance {
    /// `R*(P_{A|C}, P_G)`: the paper's, removed from the features only.
    pub semi_partial: f64,
    /// `R*(P_{A|C}, P_{G|C})`: removed from the labels too, `semi_partial / sqrt(1 - R*(G, C)^2)`.
    pub partial: f64,
}

/// RS of a model: `R*(P_A, P_G)`, in `[-1, 1]`.
#[must_use]
pub fn relevance(features: &Features, labels: &Centred) -> f64 {
    features.distances.u_centred().correlation(labels)
}

/// RS of what `features` have and `given` has not; 0 where nothing is left.
#[must_use]
pub fn partial_relevance(features: &Features, given: &Features, labels: &Centred) -> PartialRelevance {
    let removed = given.distances.u_centred();
    let semi_partial = features.distances.u_centred().without(&removed).correlation(labels);
    let explained = labels.correlation(&removed);
    let unexplained = 1.0 - explained * explained;
    let partial =
        if unexplained > FULLY_EXPLAINED { (semi_partial / unexplained.sqrt()).clamp(-1.0, 1.0) } else { 0.0 };
    PartialRelevance { semi_partial, partial }
}
