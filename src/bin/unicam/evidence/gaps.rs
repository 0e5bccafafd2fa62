//! What else the Teachers of a gap differ in than their width.

use std::fmt::Write;

use unicam::attribution::Estimate;
use unicam::session::WeightSource;

use super::plan::{Gap, Plan};
use super::record::Record;
use super::tables::{none, number, rows, signed};

const BESIDE: &str = "
The width alone is not what is compared. The Teachers of a gap differ in their accuracy and, where the table says so, in the
pictures that they learned from; each line is the mean over the seeds. Where both gains are below 0, the Student ended less
accurate under either Teacher than its Base without one, and the difference says under which it lost less. With and without an
assistant the Teacher is the same and so, seed by seed, is the Base: there a difference in Student less Base is one of the
Students.

";

/// Means over the seeds of one study of a gap.
struct Side<'a> {
    first: &'a Record,
    teacher: f64,
    gain: f64,
}

impl<'a> Side<'a> {
    /// Nothing where the study has no record.
    fn of(key: &str, records: &'a [Record]) -> Option<Self> {
        let own: Vec<&Record> = records.iter().filter(|record| record.study == key).collect();
        let mean = |value: fn(&Record) -> f64| {
            Some(Estimate::of(&own.iter().map(|record| value(record)).collect::<Vec<f64>>())?.mean)
        };
        Some(Self {
            first: own.first()?,
            teacher: mean(|record| record.teacher.summary.accuracy)?,
            gain: mean(|record| record.student.summary.accuracy - record.base.summary.accuracy)?,
        })
    }
}

/// The studies of each gap beside each other: their Teachers, and what the Student gained.
pub fn gap_section(plan: &Plan, records: &[Record]) -> String {
    let line = |key: &String| {
        let side = Side::of(key, records)?;
        let pictures = match side.first.config.teacher_source {
            Some(WeightSource::Trained) => "the run's own",
            _ => "others",
        };
        let between = side.first.assistants.first().map_or_else(none, |assistant| assistant.summary.name.clone());
        Some(vec![
            plan.title_of(key).to_owned(),
            side.first.teacher.summary.name.clone(),
            pictures.to_owned(),
            between,
            number(side.teacher),
            signed(side.gain),
        ])
    };
    let of_gap = |gap: &Gap| [&gap.narrow, &gap.wide, &gap.assistant].map(line);
    let head =
        ["study", "Teacher", "its pictures", "assistant", "accuracy of the Teacher", "Student less Base, accuracy"];
    BESIDE.to_owned() + &rows(&head, plan.gaps.iter().flat_map(of_gap).flatten())
}

/// The same in a line of the opening, of gaps whose Teachers differ in accuracy.
pub fn gaps_in_short(plan: &Plan, records: &[Record]) -> String {
    let (mut parts, mut have_other_pictures) = (Vec::new(), false);
    for Gap { narrow, wide, .. } in &plan.gaps {
        let (Some(near), Some(far)) = (Side::of(narrow, records), Side::of(wide, records)) else { continue };
        if near.teacher.to_bits() == far.teacher.to_bits() {
            continue;
        }
        let mut told = format!("{} against {}: ", plan.short_of(narrow), plan.short_of(wide));
        _ = write!(
            told,
            "Teachers of accuracy {} and {}, mean gains over the Base {} and {}",
            number(near.teacher),
            number(far.teacher),
            signed(near.gain),
            signed(far.gain)
        );
        parts.push(told);
        have_other_pictures |= near.first.config.teacher_source != far.first.config.teacher_source;
    }
    if parts.is_empty() {
        return String::new();
    }
    let pictures = if have_other_pictures { " and in the pictures that they learned from" } else { "" };
    format!(
        "  The width alone is not what is compared: the Teachers differ in accuracy{pictures}, too. {}.\n",
        parts.join("; ")
    )
}
