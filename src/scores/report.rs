//! All scores of one reference batch.

use serde::{Deserialize, Serialize};

use super::config::{LabelKind, Pixels, UncertaintyConfig};
use super::gram::{BASE, STUDENT, TEACHER};
use super::layer::Widths;
use super::{LayerEvidence, PartialRelevance, Resampling, Similarity, Values};

/// Numbers in one image's features at a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Dimensions {
    /// The Teacher's `C * H * W`.
    pub teacher: usize,
    /// The Student's.
    pub student: usize,
    /// The Base's.
    pub base: usize,
}

/// What a reader of a layer's scores should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum ScoreWarning {
    /// The features have more dimensions than there are images: the paper's biased convention drifts to 1 by itself.
    DimensionExceedsImages,
    /// All label embeddings are equally far apart, as with one image a class: nothing can be relevant, and RS is 0.
    LabelsAllAlike,
    /// Fewer than eight images: no interval can be given.
    TooFewForInterval,
}

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
    /// How sure each of them is.
    pub evidence: LayerEvidence,
    /// Numbers in one image's features.
    pub dimensions: Dimensions,
    /// What to know before reading.
    pub warnings: Vec<ScoreWarning>,
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
    Ok(Box<LayerScores>),
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
    /// Images that nulls and intervals were made with: all `n`, or a seeded part when the set is too large to hold its
    /// distances; the scores and the t-test are of all `n` in either case.
    pub resampled: usize,
    /// Which pixels the networks saw.
    pub pixels: Pixels,
    /// What stood for the classes.
    pub labels: LabelKind,
    /// How uncertainty was judged.
    pub uncertainty: UncertaintyConfig,
    /// One entry per layer.
    pub layers: Vec<LayerOutcome>,
}

impl LayerScores {
    /// Puts a layer's entry together: `values` of all `n` images, and the draws, all made, of these images or of a part.
    #[must_use]
    pub fn new(
        layer: String,
        n: usize,
        values: &Values,
        widths: Widths,
        resampling: &Resampling,
        config: &UncertaintyConfig,
    ) -> Self {
        let mut warnings = Vec::new();
        let mut warn = |when: bool, warning| {
            if when {
                warnings.push(warning);
            }
        };
        warn(widths.iter().any(|&width| width > n), ScoreWarning::DimensionExceedsImages);
        warn(resampling.labels_all_alike(), ScoreWarning::LabelsAllAlike);
        warn(n < 8, ScoreWarning::TooFewForInterval);
        Self {
            layer,
            fss_student: values.fss_student,
            fss_base: values.fss_base,
            rs_teacher: values.rs_teacher,
            rs_student: values.rs_student,
            rs_base: values.rs_base,
            rs_distilled: values.rs_distilled,
            rs_residual: values.rs_residual,
            rs_student_given_teacher: values.rs_student_given_teacher,
            rs_teacher_given_student: values.rs_teacher_given_student,
            evidence: LayerEvidence::new(n, values, resampling, config),
            dimensions: Dimensions { teacher: widths[TEACHER], student: widths[STUDENT], base: widths[BASE] },
            warnings,
        }
    }
}
