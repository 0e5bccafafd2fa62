//! Whether the trainings were long enough for their Bases to be compared with.

use unicam::attribution::Estimate;

use super::plan::{Plan, Study};
use super::record::Record;
use super::tables::{none, number, rows, signed};

const RULE: &str = "
## Whether the Base had stopped improving

A Base that is still improving at the end had too short a training to be compared with. By how much it was more accurate at the
last test than at the one before (the last quarter of the steps), mean over the seeds, is held against the binomial standard error
of the last test: **stopped** where it gained at most that. Most recipes lower the rate for the last time within that quarter, which
brings a gain of its own; where a study's title has the last quarter at the lowest rate, this is over by then. Records from before
tests on the way were kept say nothing of it.

";

const LONGER: &str = "
What more steps brought, in the accuracy of Student and Base, seed by seed; in brackets the 95 % interval over the seeds. The
schedule of the rate is spread over all steps, so that a longer training is not a shorter one that goes on.

";

/// How the Base of a study stood at the end of its training.
struct Ending {
    runs: usize,
    /// Mean over the runs of what the Base gained in the last quarter.
    gain: f64,
    /// Mean over the runs of the binomial standard error of its last test.
    error: f64,
}

impl Ending {
    /// Nothing where no record has tests on the way.
    fn of(study: &Study, records: &[Record]) -> Option<Self> {
        let late: Vec<(f64, f64)> =
            records.iter().filter(|record| record.study == study.key).filter_map(Record::late_gain).collect();
        let gain = Estimate::of(&late.iter().map(|(gain, _)| *gain).collect::<Vec<f64>>())?.mean;
        let error = Estimate::of(&late.iter().map(|(_, error)| *error).collect::<Vec<f64>>())?.mean;
        Some(Self { runs: late.len(), gain, error })
    }

    fn has_stopped(&self) -> bool {
        self.gain <= self.error
    }
}

/// Whether the Base of this study is known to have stopped improving.
pub fn has_stopped(study: &Study, records: &[Record]) -> bool {
    Ending::of(study, records).is_some_and(|ending| ending.has_stopped())
}

/// Whether each study's training was long enough, and what longer ones brought.
pub fn course_section(plan: &Plan, records: &[Record]) -> String {
    let line = |study: &Study| {
        let ending = Ending::of(study, records)?;
        let word = if ending.has_stopped() { "stopped" } else { "still improving" };
        let numbers = [ending.runs.to_string(), signed(ending.gain), number(ending.error)];
        Some([vec![study.title.clone()], numbers.to_vec(), vec![word.to_owned()]].concat())
    };
    let lines: Vec<Vec<String>> = plan.studies.iter().filter_map(line).collect();
    if lines.is_empty() {
        return format!("{RULE}No record says anything of it.\n");
    }
    let mut text = RULE.to_owned() + &rows(&["study", "runs", "gain of the Base", "binomial error", "Base"], lines);
    let longer: Vec<Vec<String>> = plan
        .lengths
        .iter()
        .flat_map(|keys| keys.windows(2))
        .filter_map(|pair| longer(plan, &pair[0], &pair[1], records))
        .collect();
    if !longer.is_empty() {
        text += LONGER;
        text += &rows(&["more steps", "than", "steps", "seeds", "Base", "Student"], longer);
    }
    text
}

/// What the study `more` brought over `less`; nothing where no seed has both.
fn longer(plan: &Plan, less: &str, more: &str, records: &[Record]) -> Option<Vec<String>> {
    let of = |key: &str, seed: u64| records.iter().find(|record| record.study == key && record.seed == seed);
    let pairs: Vec<(&Record, &Record)> = records
        .iter()
        .filter(|record| record.study == more)
        .filter_map(|record| Some((of(less, record.seed)?, record)))
        .collect();
    let (first, last) = pairs.first()?;
    let steps = [first, last].map(|record| record.config.distillation.optimiser.steps.to_string());
    let gain = |accuracy: fn(&Record) -> f64| {
        let gains: Vec<f64> = pairs.iter().map(|(less, more)| accuracy(more) - accuracy(less)).collect();
        let Some(estimate) = Estimate::of(&gains) else { return none() };
        match estimate.interval(0.95) {
            Some((lower, upper)) => format!("{} [{}, {}]", signed(estimate.mean), signed(lower), signed(upper)),
            None => signed(estimate.mean),
        }
    };
    Some(vec![
        plan.title_of(more).to_owned(),
        plan.title_of(less).to_owned(),
        steps.join(" to "),
        pairs.len().to_string(),
        gain(|record| record.base.summary.accuracy),
        gain(|record| record.student.summary.accuracy),
    ])
}
