//! The numbers of a training's log, one by one, each under a name of its own.

use crate::distillation::{Losses, Trained, TrainingEvent};
use crate::session::record::report::TrainingLog;
use crate::session::training::timeline::{TimelinePoint, TimelineScores};

/// A number that a training told.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::session) struct Logged {
    /// `Teacher`, `Student`, `Base`, or `assistant 1`.
    pub network: String,
    /// Steps of this network that were done.
    pub step: usize,
    /// `total`, `hard`, a loss of the guide, `batchAccuracy`; or `accuracy`.
    pub what: String,
    /// Its value.
    pub value: f64,
}

/// Losses and batch accuracies of every report, in order.
pub(in crate::session) fn losses(log: &TrainingLog, trained: Trained) -> Vec<Logged> {
    let mut all = Vec::new();
    each(log, trained, |name, event| {
        if let TrainingEvent::Report { step, student, base, .. } = event {
            let mut add = |network: &str, losses: &Losses| {
                let mut number = |what: &str, value| {
                    all.push(Logged { network: network.to_owned(), step: *step, what: what.to_owned(), value });
                };
                number("total", losses.total);
                number("hard", losses.hard);
                losses.terms.iter().for_each(|term| number(&term.name, term.value));
                number("batchAccuracy", losses.batch_accuracy);
            };
            add(name, student);
            base.iter().for_each(|base| add("Base", base));
        }
    });
    all
}

/// Accuracies on the test pictures of every evaluation, in order, 0 to 1.
pub(in crate::session) fn accuracies(log: &TrainingLog, trained: Trained) -> Vec<Logged> {
    let mut all = Vec::new();
    each(log, trained, |name, event| {
        if let TrainingEvent::Evaluation { step, student, base, .. } = event {
            let mut add = |network: &str, value: f64| {
                let (network, what) = (network.to_owned(), "accuracy".to_owned());
                all.push(Logged { network, step: *step, what, value });
            };
            add(name, *student);
            base.iter().for_each(|base| add("Base", *base));
        }
    });
    all
}

/// Every event with the name of the network that it is about.
fn each(log: &TrainingLog, trained: Trained, mut visit: impl FnMut(&str, &TrainingEvent)) {
    let mut name = name_of(trained, 1);
    for event in &log.events {
        if let TrainingEvent::Link { number, trains, .. } = event {
            name = name_of(*trains, *number);
        }
        visit(&name, event);
    }
}

fn name_of(trained: Trained, number: usize) -> String {
    match trained {
        Trained::Teacher => "Teacher".to_owned(),
        Trained::Student => "Student".to_owned(),
        Trained::Assistant => format!("assistant {number}"),
    }
}

/// The numbers of a point of a timeline by their names; those that do not exist are left out.
pub(in crate::session) fn point_numbers(point: &TimelinePoint) -> Vec<(&'static str, f64)> {
    let TimelineScores { fss_student, fss_base, rs_student, rs_base, rs_distilled, rs_residual } = point.scores;
    let mut numbers = vec![
        ("studentRight", point.student_right),
        ("baseRight", point.base_right),
        ("fssStudent-corrected", fss_student.corrected),
        ("fssStudent-paper", fss_student.paper),
        ("fssBase-corrected", fss_base.corrected),
        ("fssBase-paper", fss_base.paper),
        ("rsStudent", rs_student),
        ("rsBase", rs_base),
        ("rsDistilled-semi", rs_distilled.semi_partial),
        ("rsDistilled-partial", rs_distilled.partial),
        ("rsResidual-semi", rs_residual.semi_partial),
        ("rsResidual-partial", rs_residual.partial),
    ];
    numbers.extend(point.distilled_inside.map(|share| ("distilledInside", share)));
    numbers.extend(point.residual_inside.map(|share| ("residualInside", share)));
    numbers
}
