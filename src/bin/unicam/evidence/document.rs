//! The records as a document: what a visitor can read in a minute first, the tables behind it.

use std::fmt::Write;

use super::claims::Claim;
use super::course::course_section;
use super::coverage::coverage_section;
use super::judging::Verdict;
use super::opening::opening;
use super::plan::Plan;
use super::record::Record;
use super::studies::study_section;
use super::tables::{none, number, rows, signed};

/// The document.
pub fn document(plan: &Plan, records: &[Record], claims: &[Claim]) -> String {
    let mut text = opening(plan, records, claims);
    text += METHOD;
    text += &coverage_section(plan, records);
    text += &course_section(plan, records);
    text += "\n## The claims, difference by difference\n\n";
    text += "Each verdict as it is among all the differences of its claim; in brackets what it would be if each stood alone.\n\n";
    let mut head = vec!["claim".to_owned()];
    head.extend(
        ["holds", "reversed", "none that matters", "cannot tell", "too few seeds", "differences"].map(String::from),
    );
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    text += &rows(
        &head,
        claims.iter().map(|claim| {
            let counts =
                Verdict::ALL.map(|verdict| format!("{} ({})", claim.count(verdict), claim.count_alone(verdict)));
            let mut line = vec![claim.text.to_owned()];
            line.extend(counts);
            line.push(claim.cells.len().to_string());
            line
        }),
    );
    for claim in claims {
        text += &claim_section(claim);
    }
    text += "\n## The studies\n";
    for study in &plan.studies {
        let own: Vec<&Record> = records.iter().filter(|record| record.study == study.key).collect();
        match own.first() {
            Some(first) => text += &study_section(study, first, &own),
            None => _ = write!(text, "\n### {}\n\nNot run.\n", study.title),
        }
    }
    text
}

const METHOD: &str = "
## How it is judged

Written by `unicam evidence` from the records in `docs/evidence/records`, one file a run; a test fails where this page, its
figures, the numbers that the web page shows and the records disagree. `docs/evidence/plan.json` says which runs there are. To run
what is missing, on the CPU, in the background and resumable, with the public data sets in a folder (the README of the tests' data
names the files; with `--again` everything is run anew):

```sh
unicam evidence --data ../shared/data
```

What the paper claims is a hypothesis here. Each difference is one that a claim holds to be above 0, taken within a seed: Student
and Base of one seed share pictures, first weights, batches and steps. Seeds differ in pictures (of photographs: in their split and
in which are kept), starts, order, augmentation and reference batch. Over the seeds stand the mean, Student's t interval at 95 % and
the two-sided p-value of the paired t test.

- All differences of a claim are one family: p-values are adjusted by Holm's method, so that 5 % is the chance that even one of a
  claim's verdicts is owed to chance, however its differences hang together. Both verdicts are given, that of the difference alone
  and that within the family; the second one counts. No correction is made across claims.
- **holds** and **reversed**: the adjusted p-value is at most 0.05, and the mean above or below 0.
- **none above X**: the interval at the family's level (95 % divided among its differences, by Bonferroni) lies within X on either
  side of 0. X is the margin of interest: 0.02 for accuracies, 0.05 for FSS, RS and shares of maps.
- **too few seeds to tell**: neither, and a difference as large as X could well have been missed.
- **cannot tell**: neither, although so many seeds would have seen a difference of X.
- **seen from** is the smallest true difference that so many seeds with this spread see with a power of 80 % at the level of Holm's
  first step (5 % divided by the number of differences), by the noncentral t distribution.

Seeds 4 and 5 and the later studies were planned after the first three seeds had been looked at, seeds 6 to 10 after the first five:
short studies got them whatever had come of them, for what most differences lacked was power. No run was left out. The claims, their
differences and the recipes of the first nine studies were not changed then. ASIRRA under the shipped Teacher was planned when
the long trainings had shown that the Teacher of the other studies of ASIRRA is less accurate than a Base that learns for long;
trainings with the last quarter at the lowest rate, when the long ones had shown that the rate's last fall hides whether a Base has
stopped.
";

fn claim_section(claim: &Claim) -> String {
    let mut text = format!("\n### {}\n\n", claim.text);
    text += &rows(
        &["where", "what", "seeds", "mean", "95 % interval", "p", "adjusted", "seen from", "alone", "among all"],
        claim.cells.iter().map(|judged| {
            vec![
                judged.cell.place.clone(),
                judged.cell.what.clone(),
                judged.cell.values.len().to_string(),
                judged.estimate.map_or_else(none, |estimate| signed(estimate.mean)),
                judged.interval.map_or_else(none, |(lower, upper)| format!("{} to {}", signed(lower), signed(upper))),
                judged.p.map_or_else(none, probability),
                judged.adjusted.map_or_else(none, probability),
                judged.detectable.map_or_else(none, number),
                judged.alone.text(judged.cell.margin),
                judged.verdict.text(judged.cell.margin),
            ]
        }),
    );
    text
}

fn probability(p: f64) -> String {
    if p < 0.0005 { "< 0.001".to_owned() } else { number(p) }
}
