//! Relevance score: how much features tell of the labels.

use serde::{Deserialize, Serialize};

use super::fss::correlation;
use super::gram::{Gram, LABELS};

/// At or below this share of its norm before a removal, what the removal leaves is rounding: the distances come from f32.
const NOTHING_LEFT: f64 = 1e-10;
/// At or below this, the labels follow from the removed features alone, and the true partial correlation does not exist.
const FULLY_EXPLAINED: f64 = 1e-12;

/// Relevance of what is left of one model's features when another's are removed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct PartialRelevance {
    /// `R*(P_{A|C}, P_G)`: the paper's, removed from the features only.
    pub semi_partial: f64,
    /// `R*(P_{A|C}, P_{G|C})`: removed from the labels too, `semi_partial / sqrt(1 - R*(G, C)^2)`; the partial distance
    /// correlation of Székely & Rizzo (2014).
    pub partial: f64,
}

/// RS of a model: `R*(P_A, P_G)`, in `[-1, 1]`.
pub(super) fn relevance(norms: &Gram, crossed: &Gram, a: usize) -> f64 {
    correlation(crossed.unbiased[a][LABELS], norms.unbiased[a][a], norms.unbiased[LABELS][LABELS])
}

/// RS of what `a` has and `c` has not; 0 where nothing is left.
pub(super) fn partial_relevance(norms: &Gram, crossed: &Gram, a: usize, c: usize) -> PartialRelevance {
    let (own, cross) = (&norms.unbiased, &crossed.unbiased);
    let (of_features, of_labels) = match own[c][c] {
        norm if norm > 0.0 => (own[a][c] / norm, own[LABELS][c] / norm),
        _ => (0.0, 0.0),
    };
    let left = own[a][a] - of_features * own[a][c];
    if left <= NOTHING_LEFT * own[a][a] {
        return PartialRelevance { semi_partial: 0.0, partial: 0.0 };
    }
    let with_labels = cross[a][LABELS] - of_features * cross[c][LABELS];
    let with_removed = cross[a][c] - of_features * cross[c][c];
    let labels = own[LABELS][LABELS];
    let labels_left = labels - of_labels * own[LABELS][c];
    let exists = labels_left > FULLY_EXPLAINED * labels;
    PartialRelevance {
        semi_partial: correlation(with_labels, left, labels),
        partial: if exists { correlation(with_labels - of_labels * with_removed, left, labels_left) } else { 0.0 },
    }
}
