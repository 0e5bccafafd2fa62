//! A study's own section of the document.

use std::fmt::Write;

use unicam::attribution::Estimate;
use unicam::scores::{Evidence, LayerScores};
use unicam::session::MapKind;

use super::plan::Study;
use super::record::{Record, layers_of};
use super::tables::{none, number, rows};

/// A study: its settings in a sentence, and every figure of every seed.
pub fn study_section(study: &Study, first: &Record, records: &[&Record]) -> String {
    let mut text = format!("\n### {}\n\n", study.title);
    let network = |record: &unicam::session::NetworkRecord| {
        format!("{} ({} parameters)", record.summary.name, record.summary.parameters)
    };
    let between: Vec<String> = first.assistants.iter().map(network).collect();
    let between = if between.is_empty() { String::new() } else { format!(", assistant {}", between.join(", ")) };
    _ = writeln!(
        text,
        "`{}`: {} pictures to learn from, {} held out, {} classes; Teacher {}{between}, Student and Base {}; {} steps of {}; \
         scores and maps over {} held-out pictures; {}, version {}. After each score stands its 95 % \
         interval over the images (half-samples); mean and standard deviation are over the seeds.\n",
        study.key,
        first.train_pictures,
        first.test_pictures,
        first.classes,
        network(&first.teacher),
        network(&first.student),
        first.config.distillation.optimiser.steps,
        first.config.distillation.optimiser.batch_size,
        first.n,
        first.device,
        first.crate_version,
    );
    let mut head = vec!["figure".to_owned()];
    head.extend(records.iter().map(|record| format!("seed {}", record.seed)));
    head.extend(["mean".to_owned(), "sd".to_owned()]);
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    text += &rows(&head, figures(first, records));
    text
}

/// Every row of a study: its name, a cell a seed, mean and standard deviation.
fn figures(first: &Record, records: &[&Record]) -> Vec<Vec<String>> {
    let mut table = Vec::new();
    let mut row = |name: String, cells: Vec<Option<(f64, String)>>| {
        let values: Vec<f64> = cells.iter().flatten().map(|(value, _)| *value).collect();
        let estimate = Estimate::of(&values);
        let deviation = estimate.and_then(|e| e.standard_error.map(|error| error * (e.n as f64).sqrt()));
        let mut line = vec![name];
        line.extend(cells.into_iter().map(|cell| cell.map_or_else(none, |(_, text)| text)));
        line.push(estimate.map_or_else(none, |estimate| number(estimate.mean)));
        line.push(deviation.map_or_else(none, number));
        table.push(line);
    };
    let plain = |value: f64| Some((value, number(value)));
    let over = |value: &dyn Fn(&Record) -> Option<(f64, String)>| records.iter().map(|record| value(record)).collect();
    row("accuracy of the Teacher".into(), over(&|record| plain(record.teacher.summary.accuracy)));
    for place in 0..first.assistants.len() {
        row(
            format!("accuracy of assistant {}", place + 1),
            over(&|record| record.assistants.get(place).and_then(|assistant| plain(assistant.summary.accuracy))),
        );
    }
    row("accuracy of the Student".into(), over(&|record| plain(record.student.summary.accuracy)));
    row("accuracy of the Base".into(), over(&|record| plain(record.base.summary.accuracy)));
    for layer in &layers_of(records) {
        for (name, value) in SCORES {
            let cell =
                |record: &Record| record.layer(layer).map(|scores| value(scores)).map(|(v, e)| (v, ranged(v, e)));
            row(format!("{layer}: {name}"), over(&cell));
        }
        for (name, kind) in [("distilled", MapKind::Distilled), ("residual", MapKind::Residual)] {
            let cell = |record: &Record| {
                let place = MapKind::ALL.iter().position(|own| *own == kind)?;
                let share = record.pointing(layer)?.maps.get(place).copied().flatten()?;
                Some((share.mean, format!("{} [{}, {}]", number(share.mean), number(share.lower), number(share.upper))))
            };
            if records.iter().any(|record| record.pointing(layer).is_some()) {
                row(format!("{layer}: share of the {name} maps on the object"), over(&cell));
            }
        }
    }
    if records.iter().any(|record| !record.pointing.is_empty()) {
        let area = |record: &Record| plain(record.pointing.first()?.game.object.mean);
        row("the object's share of the area".into(), over(&area));
    }
    table
}

type Score = fn(&LayerScores) -> (f64, Option<&Evidence>);

/// The scores of a layer, each with its evidence.
const SCORES: [(&str, Score); 11] = [
    ("FSS of Teacher and Student (paper)", |s| (s.fss_student.paper, Some(&s.evidence.fss_student.paper))),
    ("FSS of Teacher and Student (corrected)", |s| (s.fss_student.corrected, Some(&s.evidence.fss_student.corrected))),
    ("FSS of Teacher and Base (paper)", |s| (s.fss_base.paper, Some(&s.evidence.fss_base.paper))),
    ("FSS of Teacher and Base (corrected)", |s| (s.fss_base.corrected, Some(&s.evidence.fss_base.corrected))),
    ("RS of the Teacher", |s| (s.rs_teacher, Some(&s.evidence.rs_teacher))),
    ("RS of the Student", |s| (s.rs_student, Some(&s.evidence.rs_student))),
    ("RS of the Base", |s| (s.rs_base, Some(&s.evidence.rs_base))),
    ("RS of distilled features (semi-partial)", |s| {
        (s.rs_distilled.semi_partial, Some(&s.evidence.rs_distilled.semi_partial))
    }),
    ("RS of distilled features (partial)", |s| (s.rs_distilled.partial, Some(&s.evidence.rs_distilled.partial))),
    ("RS of residual features (semi-partial)", |s| {
        (s.rs_residual.semi_partial, Some(&s.evidence.rs_residual.semi_partial))
    }),
    ("RS of residual features (partial)", |s| (s.rs_residual.partial, Some(&s.evidence.rs_residual.partial))),
];

fn ranged(value: f64, evidence: Option<&Evidence>) -> String {
    match evidence.and_then(|evidence| evidence.interval) {
        Some(interval) => format!("{} [{}, {}]", number(value), number(interval.lower), number(interval.upper)),
        None => number(value),
    }
}
