//! All scores of one reference batch.

use serde::{Deserialize, Serialize};

use super::{PartialRelevance, Similarity, feature_similarity, partial_relevance, relevance};
use crate::attribution::{Centred, Features};

/// Scores of one layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct LayerScores {
    /// Stage name.
    pub layer: String,
    /// FSS of Teacher and Student.
    pub fss_student: Similarity,
    /// FSS of Teacher and Base.
    pub fss_base: Similarity,
    /// RS of the Teacher.
    pub rs_teacher: f64,
    /// RS of the Student.
    pub rs_student: f64,
    /// RS of the Base.
    pub rs_base: f64,
    /// RS of the distilled features, Student given Base.
    pub rs_distilled: PartialRelevance,
    /// RS of the residual features, Base given Student.
    pub rs_residual: PartialRelevance,
    /// RS of what the Student has beyond the Teacher.
    pub rs_student_given_teacher: PartialRelevance,
    /// RS of what the Student has not taken over yet.
    pub rs_teacher_given_student: PartialRelevance,
}

/// Why a layer has no scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct LayerFailure {
    /// Stage name.
    pub layer: String,
    /// [`crate::Error::code`].
    pub code: String,
    /// What happened and what to do.
    pub message: String,
}

/// Scores of a layer, or the reason why there are none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum LayerOutcome {
    /// The scores.
    Ok(LayerScores),
    /// The reason.
    Error(LayerFailure),
}

/// All scores of one reference batch, shallowest layer first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ScoreReport {
    /// Images in the batch.
    pub n: usize,
    /// Digest that names the reference batch.
    pub reference_hash: String,
    /// One entry per layer.
    pub layers: Vec<LayerOutcome>,
}

/// Scores of one layer from the three models' features of the same images.
#[must_use]
pub fn layer_scores(teacher: &Features, student: &Features, base: &Features, labels: &Centred) -> LayerScores {
    LayerScores {
        layer: student.layer.clone(),
        fss_student: feature_similarity(teacher, student),
        fss_base: feature_similarity(teacher, base),
        rs_teacher: relevance(teacher, labels),
        rs_student: relevance(student, labels),
        rs_base: relevance(base, labels),
        rs_distilled: partial_relevance(student, base, labels),
        rs_residual: partial_relevance(base, student, labels),
        rs_student_given_teacher: partial_relevance(student, teacher, labels),
        rs_teacher_given_student: partial_relevance(teacher, student, labels),
    }
}
