//! Which planned runs have no record.

use super::base_record::BaseRecord;
use super::plan::{Plan, Study};
use super::record::Record;
use super::tables::{none, rows};

/// Runs that are planned and have no record.
pub fn missing(plan: &Plan, records: &[Record]) -> usize {
    plan.runs() - records.len()
}

/// What seeds have in common, before a list of studies whose pictures they have in common, too.
const SAME: &str = "Where the pictures are the same for all seeds, seeds differ in starts, order, augmentation and reference batch alone, and an \
interval over them says nothing of other pictures. So it is in: ";

const ALONE: &str = "
Bases that were trained again, for longer and without a Student: first weights, pictures, batches and augmentation are those of the
study, the rates are spread over more steps. They say whether the Base of the study had stopped improving, and nothing of any claim.
Their records are in `docs/evidence/records/bases`.

";

/// Whether every seed of a study had pictures, or a split of them, of its own; nothing where fewer than two can be compared.
fn has_own_pictures(study: &Study, records: &[Record]) -> Option<bool> {
    let digests: Vec<&str> =
        records.iter().filter(|record| record.study == study.key).map(|record| record.data_digest.as_str()).collect();
    let first = digests.first().filter(|_| digests.len() > 1)?;
    Some(digests.iter().any(|digest| digest != first))
}

/// The planned runs, study by study.
pub fn coverage_section(plan: &Plan, records: &[Record], bases: &[BaseRecord]) -> String {
    let lines = plan.studies.iter().map(|study| {
        let (done, open): (Vec<u64>, Vec<u64>) = plan
            .seeds_of(study)
            .iter()
            .partition(|&&seed| records.iter().any(|own| own.study == study.key && own.seed == seed));
        let pictures = match has_own_pictures(study, records) {
            Some(true) => "differ".to_owned(),
            Some(false) => "are the same".to_owned(),
            None => none(),
        };
        vec![study.title.clone(), format!("`{}`", study.key), list(&done), list(&open), pictures]
    });
    let head = ["study", "key", "seeds with a record", "planned, without one", "pictures of the seeds"];
    let table = rows(&head, lines);
    let same: Vec<&str> = plan
        .studies
        .iter()
        .filter(|study| has_own_pictures(study, records) == Some(false))
        .map(Study::in_short)
        .collect();
    let same = if same.is_empty() { String::new() } else { format!("\n{SAME}{}.\n", same.join("; ")) };
    let planned = plan.runs();
    let told = match missing(plan, records) {
        0 => format!("All {planned} planned runs have a record."),
        open => format!("{} of {planned} planned runs have a record, {open} have none yet.", records.len()),
    };
    format!("\n## Which runs there are\n\n{told}\n\n{table}{same}{}", longer_bases(plan, bases))
}

/// The planned Bases without a Student.
fn longer_bases(plan: &Plan, bases: &[BaseRecord]) -> String {
    if plan.longer_bases.is_empty() {
        return String::new();
    }
    let lines = plan.longer_bases.iter().filter_map(|longer| {
        let study = plan.study(&longer.study).ok()?;
        let is_done = |seed: &u64| bases.iter().any(|own| own.is_of(longer) && own.seed == *seed);
        let (done, open): (Vec<u64>, Vec<u64>) = longer.seeds(plan, study).iter().partition(|seed| is_done(seed));
        Some(vec![
            study.title.clone(),
            format!("`{}`", longer.key()),
            longer.steps.to_string(),
            list(&done),
            list(&open),
        ])
    });
    let head = ["the Base of", "key", "steps", "seeds with a record", "planned, without one"];
    format!("{ALONE}{}", rows(&head, lines))
}

fn list(seeds: &[u64]) -> String {
    match seeds {
        [] => none(),
        seeds => seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::published;
    use super::*;

    #[test]
    fn pictures_that_all_seeds_share_are_told() {
        let plan = Plan::read(r#"{"seeds": [1, 2], "studies": [{"key": "a", "title": "A"}]}"#).expect("a plan");
        let mut records = [published("a", 1), published("a", 2)];
        assert_eq!(has_own_pictures(&plan.studies[0], &records[..1]), None);
        let text = coverage_section(&plan, &records, &[]);
        assert!(text.contains("are the same") && text.ends_with("So it is in: A.\n"), "{text}");
        records[1].data_digest.push('0');
        assert_eq!(has_own_pictures(&plan.studies[0], &records), Some(true));
    }
}
