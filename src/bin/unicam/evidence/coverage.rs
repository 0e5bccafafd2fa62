//! Which planned runs have no record, and whether the Base had stopped improving.

use unicam::attribution::Estimate;

use super::plan::{Plan, Study};
use super::record::Record;
use super::tables::{none, number, rows, signed};

/// Runs that are planned and have no record.
pub fn missing(plan: &Plan, records: &[Record]) -> usize {
    plan.runs() - records.len()
}

/// The planned runs, study by study.
pub fn coverage_section(plan: &Plan, records: &[Record]) -> String {
    let list = |seeds: &[u64]| match seeds {
        [] => none(),
        seeds => seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
    };
    let lines = plan.studies.iter().map(|study| {
        let (done, open): (Vec<u64>, Vec<u64>) = plan
            .seeds_of(study)
            .iter()
            .partition(|&&seed| records.iter().any(|own| own.study == study.key && own.seed == seed));
        vec![study.title.clone(), format!("`{}`", study.key), list(&done), list(&open)]
    });
    let table = rows(&["study", "key", "seeds with a record", "planned, without one"], lines);
    let planned = plan.runs();
    let told = match missing(plan, records) {
        0 => format!("All {planned} planned runs have a record."),
        open => format!("{} of {planned} planned runs have a record, {open} have none yet.", records.len()),
    };
    format!("\n## Which runs there are\n\n{told}\n\n{table}")
}

const RULE: &str = "
## Whether the Base had stopped improving

A Base that is still improving at the end had too short a training to be compared with. By how much it was more accurate at the
last test than at the one before (the last quarter of the steps), mean over the seeds, is held against the binomial standard error
of the last test: **stopped** where it gained at most that. Records from before tests on the way were kept say nothing of it.

";

/// Whether each study's training was long enough.
pub fn course_section(plan: &Plan, records: &[Record]) -> String {
    let lines = plan.studies.iter().filter_map(|study| course_of(study, records));
    let lines: Vec<Vec<String>> = lines.collect();
    if lines.is_empty() {
        return format!("{RULE}No record says anything of it.\n");
    }
    RULE.to_owned() + &rows(&["study", "runs", "gain of the Base", "binomial error", "Base"], lines)
}

fn course_of(study: &Study, records: &[Record]) -> Option<Vec<String>> {
    let late: Vec<(f64, f64)> =
        records.iter().filter(|record| record.study == study.key).filter_map(Record::late_gain).collect();
    let gain = Estimate::of(&late.iter().map(|(gain, _)| *gain).collect::<Vec<f64>>())?.mean;
    let error = Estimate::of(&late.iter().map(|(_, error)| *error).collect::<Vec<f64>>())?.mean;
    let word = if gain <= error { "stopped" } else { "still improving" };
    Some(vec![study.title.clone(), late.len().to_string(), signed(gain), number(error), word.to_owned()])
}
