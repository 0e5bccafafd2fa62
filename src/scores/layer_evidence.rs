//! How sure every score of a layer is.

use serde::{Deserialize, Serialize};

use super::config::UncertaintyConfig;
use super::evidence::{Comparison, Draws, Evidence};
use super::{PartialRelevance, Resampling, Similarity, Values};

/// Evidence for both conventions of a similarity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct SimilarityEvidence {
    /// For the paper's convention; its null is not near 0.
    pub paper: Evidence,
    /// For the bias-corrected one.
    pub corrected: Evidence,
}

/// Evidence for both kinds of partial relevance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct PartialEvidence {
    /// For the semi-partial score: `P_{A|C}` permuted against `P_G`.
    pub semi_partial: Evidence,
    /// For the partial one: `P_{A|C}` permuted against `P_{G|C}`.
    pub partial: Evidence,
}

/// Evidence for every score of a layer, under the names of the scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct LayerEvidence {
    /// FSS of Teacher and Student.
    pub fss_student: SimilarityEvidence,
    /// FSS of Teacher and Base.
    pub fss_base: SimilarityEvidence,
    /// RS of the Teacher.
    pub rs_teacher: Evidence,
    /// RS of the Student.
    pub rs_student: Evidence,
    /// RS of the Base.
    pub rs_base: Evidence,
    /// RS of the distilled features.
    pub rs_distilled: PartialEvidence,
    /// RS of the residual features.
    pub rs_residual: PartialEvidence,
    /// RS of what the Student has beyond the Teacher.
    pub rs_student_given_teacher: PartialEvidence,
    /// RS of what the Student has not taken over yet.
    pub rs_teacher_given_student: PartialEvidence,
    /// Corrected FSS of the Student less that of the Base.
    pub fss_student_over_base: Comparison,
    /// RS of the Student less that of the Base.
    pub rs_student_over_base: Comparison,
    /// Semi-partial RS of the distilled features less that of the residual ones: the paper's claim.
    pub rs_distilled_over_residual: Comparison,
}

impl LayerEvidence {
    pub(super) fn new(n: usize, values: &Values, resampling: &Resampling, config: &UncertaintyConfig) -> Self {
        let observed = resampling.observed();
        let draws = |of: &dyn Fn(&Values) -> f64, range| Draws {
            n,
            images: resampling.n(),
            score: of(values),
            sample: of(&observed),
            null: resampling.null().iter().map(of).collect(),
            halves: resampling.halves().iter().map(of).collect(),
            range,
        };
        let corrected = |of: &dyn Fn(&Values) -> f64| draws(of, (-1.0, 1.0)).evidence(config, true);
        let similarity = |of: &dyn Fn(&Values) -> Similarity| SimilarityEvidence {
            paper: draws(&|values| of(values).paper, (0.0, 1.0)).evidence(config, false),
            corrected: corrected(&|values| of(values).corrected),
        };
        let partial = |of: &dyn Fn(&Values) -> PartialRelevance| PartialEvidence {
            semi_partial: corrected(&|values| of(values).semi_partial),
            partial: corrected(&|values| of(values).partial),
        };
        let comparison = |of: &dyn Fn(&Values) -> f64| draws(of, (-2.0, 2.0)).comparison(config);
        Self {
            fss_student: similarity(&|values| values.fss_student),
            fss_base: similarity(&|values| values.fss_base),
            rs_teacher: corrected(&|values| values.rs_teacher),
            rs_student: corrected(&|values| values.rs_student),
            rs_base: corrected(&|values| values.rs_base),
            rs_distilled: partial(&|values| values.rs_distilled),
            rs_residual: partial(&|values| values.rs_residual),
            rs_student_given_teacher: partial(&|values| values.rs_student_given_teacher),
            rs_teacher_given_student: partial(&|values| values.rs_teacher_given_student),
            fss_student_over_base: comparison(&|values| values.fss_student.corrected - values.fss_base.corrected),
            rs_student_over_base: comparison(&|values| values.rs_student - values.rs_base),
            rs_distilled_over_residual: comparison(&|values| {
                values.rs_distilled.semi_partial - values.rs_residual.semi_partial
            }),
        }
    }
}
