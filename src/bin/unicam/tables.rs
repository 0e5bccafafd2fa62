//! Scores as a table for a terminal.

use unicam::scores::{Evidence, LayerOutcome, LayerScores, ScoreReport, Verdict};

/// Rows of the table: what they show, and where it stands.
type Row = (&'static str, fn(&LayerScores) -> String);

const ROWS: [Row; 11] = [
    ("FSS, Teacher and Student (corrected)", |s| figure(s.fss_student.corrected, &s.evidence.fss_student.corrected)),
    ("FSS, Teacher and Base (corrected)", |s| figure(s.fss_base.corrected, &s.evidence.fss_base.corrected)),
    ("FSS, Teacher and Student (paper)", |s| figure(s.fss_student.paper, &s.evidence.fss_student.paper)),
    ("FSS, Teacher and Base (paper)", |s| figure(s.fss_base.paper, &s.evidence.fss_base.paper)),
    ("RS of the Teacher", |s| figure(s.rs_teacher, &s.evidence.rs_teacher)),
    ("RS of the Student", |s| figure(s.rs_student, &s.evidence.rs_student)),
    ("RS of the Base", |s| figure(s.rs_base, &s.evidence.rs_base)),
    ("RS of distilled features", |s| figure(s.rs_distilled.semi_partial, &s.evidence.rs_distilled.semi_partial)),
    ("RS of residual features", |s| figure(s.rs_residual.semi_partial, &s.evidence.rs_residual.semi_partial)),
    ("RS of the Student given the Teacher", |s| {
        figure(s.rs_student_given_teacher.semi_partial, &s.evidence.rs_student_given_teacher.semi_partial)
    }),
    ("RS of the Teacher given the Student", |s| {
        figure(s.rs_teacher_given_student.semi_partial, &s.evidence.rs_teacher_given_student.semi_partial)
    }),
];

/// A score with the mark of its verdict, or with a space in the mark's place.
fn figure(value: f64, evidence: &Evidence) -> String {
    format!("{value:.3}{}", mark(evidence.verdict))
}

fn mark(verdict: Verdict) -> char {
    match verdict {
        Verdict::Higher => '+',
        Verdict::Lower => '-',
        Verdict::Withheld => ' ',
    }
}

/// One column a layer; layers without scores say why below.
pub fn scores(report: &ScoreReport) -> String {
    let mut lines = vec![format!("Scores over {} images, reference batch {}", report.n, report.reference_hash)];
    let good: Vec<&LayerScores> = report
        .layers
        .iter()
        .filter_map(|layer| match layer {
            LayerOutcome::Ok(scores) => Some(scores.as_ref()),
            LayerOutcome::Error(_) => None,
        })
        .collect();
    let failures = report.layers.iter().filter_map(|layer| match layer {
        LayerOutcome::Error(failure) => Some(format!("{}: {}", failure.layer, failure.message)),
        LayerOutcome::Ok(_) => None,
    });
    if good.is_empty() {
        lines.push("No layer could be scored:".to_owned());
        lines.extend(failures);
        return lines.join("\n");
    }
    let title = ROWS.iter().map(|(title, _)| title.len()).max().unwrap_or(0);
    let cells = |texts: Vec<String>| texts.iter().map(|text| format!("{text:>12}")).collect::<String>();
    lines.push(format!("{:title$}{}", "", cells(good.iter().map(|scores| scores.layer.clone()).collect())));
    for (name, show) in ROWS {
        lines.push(format!("{name:title$}{}", cells(good.iter().map(|scores| show(scores)).collect())));
    }
    let distilled = good.iter().map(|scores| {
        let over = &scores.evidence.rs_distilled_over_residual;
        format!("{:.3}{}", over.difference, mark(over.verdict))
    });
    lines.push(format!("{:title$}{}", "distilled less residual", cells(distilled.collect())));
    let level = report.uncertainty.level * 100.0;
    lines.push(format!("+ above and - below what chance gives, at a level of {level} %; no mark: nothing may be said"));
    lines.extend(failures);
    lines.join("\n")
}
