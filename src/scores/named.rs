//! Every score of a layer by its name, as tables list them.

use super::{Comparison, Evidence, Interval, LayerScores, Verdict};

/// One score of a layer with what is known of its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NamedScore {
    /// Stable name: the field of the report, and behind a dash the convention where there are two.
    pub name: &'static str,
    /// The score, or a difference of two.
    pub value: f64,
    /// Its interval, where there is one.
    pub interval: Option<Interval>,
    /// One-sided p-value of the permutation null, else of the t-test.
    pub p_value: Option<f64>,
    /// What may be said of it.
    pub verdict: Verdict,
}

impl LayerScores {
    /// The 18 scores, in the order of the page's table.
    #[must_use]
    pub fn named(&self) -> Vec<NamedScore> {
        let e = &self.evidence;
        let mut all = Vec::with_capacity(18);
        for (names, score, evidence) in [
            (["fssStudent-corrected", "fssStudent-paper"], self.fss_student, e.fss_student),
            (["fssBase-corrected", "fssBase-paper"], self.fss_base, e.fss_base),
        ] {
            all.push(scored(names[0], score.corrected, &evidence.corrected));
            all.push(scored(names[1], score.paper, &evidence.paper));
        }
        all.push(scored("rsTeacher", self.rs_teacher, &e.rs_teacher));
        all.push(scored("rsStudent", self.rs_student, &e.rs_student));
        all.push(scored("rsBase", self.rs_base, &e.rs_base));
        for (names, score, evidence) in [
            (["rsDistilled-semi", "rsDistilled-partial"], self.rs_distilled, e.rs_distilled),
            (["rsResidual-semi", "rsResidual-partial"], self.rs_residual, e.rs_residual),
            (
                ["rsStudentGivenTeacher-semi", "rsStudentGivenTeacher-partial"],
                self.rs_student_given_teacher,
                e.rs_student_given_teacher,
            ),
            (
                ["rsTeacherGivenStudent-semi", "rsTeacherGivenStudent-partial"],
                self.rs_teacher_given_student,
                e.rs_teacher_given_student,
            ),
        ] {
            all.push(scored(names[0], score.semi_partial, &evidence.semi_partial));
            all.push(scored(names[1], score.partial, &evidence.partial));
        }
        all.push(compared("fssStudentOverBase", &e.fss_student_over_base));
        all.push(compared("rsStudentOverBase", &e.rs_student_over_base));
        all.push(compared("rsDistilledOverResidual", &e.rs_distilled_over_residual));
        all
    }
}

fn scored(name: &'static str, value: f64, evidence: &Evidence) -> NamedScore {
    let by_permutation = evidence.null.map(|null| null.p_value);
    let p_value = by_permutation.or(evidence.t_test.map(|test| test.p_value));
    NamedScore { name, value, interval: evidence.interval, p_value, verdict: evidence.verdict }
}

fn compared(name: &'static str, comparison: &Comparison) -> NamedScore {
    NamedScore {
        name,
        value: comparison.difference,
        interval: comparison.interval,
        p_value: comparison.null.map(|null| null.p_value),
        verdict: comparison.verdict,
    }
}
