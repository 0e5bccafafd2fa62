//! Tables of a report as comma-separated values (RFC 4180, lines end in LF).
//!
//! Every cell is a number or one of this crate's own names, none of which holds a comma or a quotation mark. Numbers have
//! as many digits as it takes to come back to the last bit; what does not exist is an empty cell.

use crate::distillation::Trained;
use crate::scores::{LayerOutcome, ScoreReport};
use crate::session::record::bundle::logged::{Logged, accuracies, losses, point_numbers};
use crate::session::record::report::{Report, TrainingLog};
use crate::session::training::timeline::Timeline;

/// A line for each score of each layer: `layer,score,value,lower,upper,p,verdict`.
#[must_use]
pub fn scores_table(scores: &ScoreReport) -> String {
    let mut table = Table::of(&["layer", "score", "value", "lower", "upper", "p", "verdict"]);
    for layer in &scores.layers {
        let LayerOutcome::Ok(scores) = layer else { continue };
        for score in scores.named() {
            let end = |of: fn(crate::scores::Interval) -> f64| number(score.interval.map(of));
            let verdict = serde_json::to_value(score.verdict).expect("a name");
            table.add(&[
                scores.layer.clone(),
                score.name.to_owned(),
                number(Some(score.value)),
                end(|interval| interval.lower),
                end(|interval| interval.upper),
                number(score.p_value),
                verdict.as_str().unwrap_or_default().to_owned(),
            ]);
        }
    }
    table.text
}

/// A line for each loss of each report of the trainings: `training,network,step,loss,value`.
pub(in crate::session) fn losses_table(report: &Report) -> String {
    trainings_table(report, "loss", losses)
}

/// A line for each accuracy on the test pictures: `training,network,step,measure,value`.
pub(in crate::session) fn accuracies_table(report: &Report) -> String {
    trainings_table(report, "measure", accuracies)
}

fn trainings_table(report: &Report, what: &str, numbers: fn(&TrainingLog, Trained) -> Vec<Logged>) -> String {
    let mut table = Table::of(&["training", "network", "step", what, "value"]);
    for (name, log, trained) in [
        ("teacher", &report.teacher_training, Trained::Teacher),
        ("distillation", &report.distillation, Trained::Student),
    ] {
        for Logged { network, step, what, value } in log.iter().flat_map(|log| numbers(log, trained)) {
            table.add(&[name.to_owned(), network, step.to_string(), what, number(Some(value))]);
        }
    }
    table.text
}

/// A line for each point: the steps, then the numbers of the point.
pub(in crate::session) fn timeline_table(timeline: &Timeline) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in timeline.points.iter().flat_map(point_numbers) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut table = Table::of(&[&["step"], names.as_slice()].concat());
    for point in &timeline.points {
        let numbers = point_numbers(point);
        let of = |name: &&str| number(numbers.iter().find(|(own, _)| own == name).map(|(_, value)| *value));
        let cells: Vec<String> = std::iter::once(point.step.to_string()).chain(names.iter().map(of)).collect();
        table.add(&cells);
    }
    table.text
}

fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

struct Table {
    text: String,
}

impl Table {
    fn of(head: &[&str]) -> Self {
        Self { text: format!("{}\n", head.join(",")) }
    }

    fn add(&mut self, cells: &[String]) {
        self.text.push_str(&cells.join(","));
        self.text.push('\n');
    }
}
