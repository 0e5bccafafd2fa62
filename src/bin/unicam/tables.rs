//! Scores as a table for a terminal.

use unicam::scores::{LayerOutcome, LayerScores, ScoreReport};

/// Rows of the table: what they show, and where it stands.
type Row = (&'static str, fn(&LayerScores) -> String);

const ROWS: [Row; 11] = [
    ("FSS, Teacher and Student (corrected)", |scores| figure(scores.fss_student.corrected)),
    ("FSS, Teacher and Base (corrected)", |scores| figure(scores.fss_base.corrected)),
    ("FSS, Teacher and Student (paper)", |scores| figure(scores.fss_student.paper)),
    ("FSS, Teacher and Base (paper)", |scores| figure(scores.fss_base.paper)),
    ("RS of the Teacher", |scores| figure(scores.rs_teacher)),
    ("RS of the Student", |scores| figure(scores.rs_student)),
    ("RS of the Base", |scores| figure(scores.rs_base)),
    ("RS of distilled features", |scores| figure(scores.rs_distilled.semi_partial)),
    ("RS of residual features", |scores| figure(scores.rs_residual.semi_partial)),
    ("RS of the Student given the Teacher", |scores| figure(scores.rs_student_given_teacher.semi_partial)),
    ("RS of the Teacher given the Student", |scores| figure(scores.rs_teacher_given_student.semi_partial)),
];

fn figure(value: f64) -> String {
    format!("{value:.3}")
}

/// One column a layer; layers without scores say why below.
pub fn scores(report: &ScoreReport) -> String {
    let mut lines = vec![format!("Scores over {} images, reference batch {}", report.n, report.reference_hash)];
    let good: Vec<&LayerScores> = report
        .layers
        .iter()
        .filter_map(|layer| match layer {
            LayerOutcome::Ok(scores) => Some(scores),
            LayerOutcome::Error(_) => None,
        })
        .collect();
    let title = ROWS.iter().map(|(title, _)| title.len()).max().unwrap_or(0);
    let cells = |texts: Vec<String>| texts.iter().map(|text| format!("{text:>12}")).collect::<String>();
    lines.push(format!("{:title$}{}", "", cells(good.iter().map(|scores| scores.layer.clone()).collect())));
    for (name, show) in ROWS {
        lines.push(format!("{name:title$}{}", cells(good.iter().map(|scores| show(scores)).collect())));
    }
    for layer in &report.layers {
        if let LayerOutcome::Error(failure) = layer {
            lines.push(format!("{}: {}", failure.layer, failure.message));
        }
    }
    lines.join("\n")
}
