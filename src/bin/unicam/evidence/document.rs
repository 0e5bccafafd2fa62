//! The records as a document: what a visitor can read in a minute first, the tables behind it.

use std::fmt::Write;

use super::base_record::BaseRecord;
use super::claims::Claim;
use super::course::course_section;
use super::coverage::coverage_section;
use super::gaps::gap_section;
use super::judging::Verdict;
use super::opening::opening;
use super::plan::Plan;
use super::record::Record;
use super::studies::study_section;
use super::tables::{none, number, rows, signed};

/// The document.
pub fn document(plan: &Plan, records: &[Record], bases: &[BaseRecord], claims: &[Claim]) -> String {
    let mut text = opening(plan, records, bases, claims);
    text += METHOD;
    if plan.is_published() {
        text += LOOKS;
        text += &last_look(plan);
    }
    text += &coverage_section(plan, records, bases);
    text += &course_section(plan, records, bases);
    text += "\n## The claims, difference by difference\n\n";
    text += "Each verdict as it is among all the differences of its claim; in brackets what it would be if each stood alone.\n\n";
    let mut head = vec!["claim".to_owned()];
    head.extend(Verdict::ALL.map(|verdict| verdict.text(None)));
    head.extend(["differences", "runs"].map(String::from));
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    text += &rows(
        &head,
        claims.iter().map(|claim| {
            let counts =
                Verdict::ALL.map(|verdict| format!("{} ({})", claim.count(verdict), claim.count_alone(verdict)));
            let mut line = vec![claim.text.to_owned()];
            line.extend(counts);
            line.extend([claim.cells.len(), claim.runs].map(|count| count.to_string()));
            line
        }),
    );
    for claim in claims {
        text += &claim_section(claim);
        if claim.key == "gap" {
            text += &gap_section(plan, records);
        }
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
what is missing, on the CPU, in the background and resumable, with the public data sets in a folder
([evidence/README.md](evidence/README.md) names the files; with `--again` everything is run anew):

```sh
unicam evidence --data FOLDER
```

What the paper claims is a hypothesis here. Each difference is one that a claim holds to be above 0, taken within a seed: Student
and Base of one seed share pictures, first weights, batches and steps. Seeds differ in starts, order, augmentation and reference
batch, and in most studies in pictures: those of the Scenes are drawn anew; of CIFAR-10, and of ASIRRA where labels are few, the
seed decides which training and test pictures are kept; of PlantVillage, which of the leaves are held out. Intervals over seeds
that choose among the pictures of one collection say little of other collections, and where all seeds have the same pictures, as
the table of the runs says, nothing of other pictures. Over the seeds stand the mean, Student's t interval at 95 % and the
two-sided p-value of the paired t test.

- All differences of a claim are one family: p-values are adjusted by Holm's method, so that 5 % is the chance that even one of a
  claim's verdicts is owed to chance, even when the differences depend on each other. Both verdicts are given, that of the
  difference alone and that within the family; the second one counts. No correction is made across claims.
- **holds** and **reversed**: the adjusted p-value is at most 0.05, and the mean above or below 0. These are settled.
- **no difference above X**: the interval at 100 % less 5 % divided by the number of the claim's differences lies within X on
  either side of 0. X is the margin of interest: 0.02 for accuracies, 0.05 for FSS, RS and shares of maps.
- **too few seeds to tell**: neither, and a difference as large as X could well have been missed.
- **cannot tell**: neither, although so many seeds would have seen a difference of X.
- **seen from** is the smallest true difference that so many seeds with this spread see with a power of 80 % at the level of
  Holm's first step (5 % divided by the number of differences), by the noncentral t distribution. The spread is that of the same
  few seeds, and so this is rough, and with it what divides the last two verdicts.
";

/// How the seeds of the published plan came about. The history of plan and records in the repository has it.
const LOOKS: &str = "
## When seeds were added

Seeds were added after results had been looked at. The first nine studies, down to the capacity gap on the Scenes, had three seeds
at first. When these had been looked at, seeds 4 and 5, the further studies with five seeds each, and the correction and the
margins above were planned together. Trainings fifteen times as long were planned when those were done; ASIRRA under the shipped
Teacher, when the long trainings had shown that the Teacher of the other studies of ASIRRA is less accurate than a Base that
learns for long; trainings with the last quarter at the lowest rate, when they had shown that the rate's last fall hides whether a
Base has stopped.

Seeds 6 to 10 came in steps, each after a look at what the steps before had brought: first for the first nine studies and the five
with few labels; then for the trainings with the last quarter at the lowest rate and the second Teacher of the Scenes at both
dials; then for the second Teachers of CIFAR-10 and ASIRRA, the gap on CIFAR-10 and the long training of the Scenes at dial 0 %.
Which studies came first was chosen with the results in view. A fourth step was to bring all that were left, whatever had come of
them; as far as it has come, it did so in the order of what they cost. ";

/// What the last step was, and what all of them mean.
fn last_look(plan: &Plan) -> String {
    let (fewest, most) = plan.fewest_and_most_seeds();
    let last = if fewest == most {
        "The rest came last, so that in the end every study had them whatever had come of it.".to_owned()
    } else {
        let open = plan.studies.iter().filter(|study| plan.seeds_of(study).len() < most).count();
        format!("{open} of the {} studies have had no such step.", plan.studies.len())
    };
    format!("{last}{MEANING}")
}

const MEANING: &str = "

So up to three looks were taken at a study, and more at a claim, which is judged over all its studies; the 5 % of the correction
do not account for them, and the chance that one of a claim's verdicts is owed to chance is larger than 5 %. Verdicts moved where
seeds were added, nearly all of them away from too few seeds to tell. In the first step 53 differences moved so, and one of FSS
went back to it from no difference above 0.05. In the second 11 moved, among them ASIRRA's accuracy with the last quarter at the
lowest rate (reversed) and three differences of where residual features lie (reversed). In the third another 11, among them the
gain over the Base under the narrow gap on CIFAR-10 (holds: +0.006 with five seeds, +0.020 with ten). In the fourth, with
PlantVillage's second Teacher and the long training of the Scenes at dial 50 %, 5: two of FSS hold since. None went from holds to
reversed or back. These counts are from the documents of those days; a claim's family grew meanwhile with the plan, which moves
verdicts, too.

Bases that were trained alone, and the rule of when one has stopped, were planned together when it had been seen that the course of
a training does not tell; before that one training each of CIFAR-10 and ASIRRA had been looked at with 6,000 and 12,000 steps, from
another start. By the rule before it, which asked the last quarter first, no Base had stopped. Longer trainings of second Teachers
and of the gap were planned with them; those of few labels, when Bases of few labels had been seen to gain with more steps, for
which two comparisons of few labels with long trainings were taken out of the plan again. When Bases of CIFAR-10 and ASIRRA had
been seen to gain beyond 6,000 steps, long trainings with few labels of both were planned, then ASIRRA with 12,000 steps, and then
CIFAR-10 with pictures that are flipped and never moved. The last was sought for: Bases under two seeds that no study has were
looked at with 4,000 and 8,000 steps, without any change of the pictures and with flips, and of the two recipes, both of which had
stopped, the more accurate was taken. ASIRRA's few labels at length have seeds 6 to 10 because five did not tell whether their
Base had stopped, CIFAR-10's flipped pictures because five did not settle whose accuracy is higher. The recipe of these was then
planned for ASIRRA as it is, without a look at any seed.

No run was left out. The claims, their differences and the recipes of the first nine studies stayed as they were, but for one
measure: the second one of the gap and of the assistant was the Student's own FSS at the deepest layer, until ten seeds had been
looked at. Under another Teacher that is FSS to something else; it is now Student less Base.
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
                judged.alone.text(Some(judged.cell.margin)),
                judged.verdict.text(Some(judged.cell.margin)),
            ]
        }),
    );
    text
}

fn probability(p: f64) -> String {
    if p < 0.0005 { "< 0.001".to_owned() } else { number(p) }
}
