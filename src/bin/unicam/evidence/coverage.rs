//! Which planned runs have no record.

use super::plan::Plan;
use super::record::Record;
use super::tables::{none, rows};

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
