//! Every number of a layer, from inner products.

use super::fss::similarity;
use super::gram::{BASE, Gram, STUDENT, TEACHER};
use super::rs::{partial_relevance, relevance};
use super::{PartialRelevance, Similarity};

/// All scores of one layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Values {
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

impl Values {
    /// The scores from the inner products `norms`.
    ///
    /// `crossed` holds `<P_a, pi P_b>`, the features of `a` with the distances of `b` among permuted images; for the scores
    /// themselves it is `norms` again. Norms do not depend on the order of the images, and removal is linear, so that
    /// these numbers are enough for a permuted score.
    #[must_use]
    pub fn of(norms: &Gram, crossed: &Gram) -> Self {
        let given = |explained, removed| partial_relevance(norms, crossed, explained, removed);
        Self {
            fss_student: similarity(norms, crossed, STUDENT, TEACHER),
            fss_base: similarity(norms, crossed, BASE, TEACHER),
            rs_teacher: relevance(norms, crossed, TEACHER),
            rs_student: relevance(norms, crossed, STUDENT),
            rs_base: relevance(norms, crossed, BASE),
            rs_distilled: given(STUDENT, BASE),
            rs_residual: given(BASE, STUDENT),
            rs_student_given_teacher: given(STUDENT, TEACHER),
            rs_teacher_given_student: given(TEACHER, STUDENT),
        }
    }
}
