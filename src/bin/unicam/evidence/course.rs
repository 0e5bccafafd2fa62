//! Whether the trainings were long enough for their Bases to be compared with.

use unicam::attribution::Estimate;

use super::plan::{Plan, Study};
use super::record::Record;
use super::tables::{none, number, rows, signed};

const RULE: &str = "
## Whether the Base had stopped improving

A Base that is still improving at the end had too short a training to be compared with. Two things are asked. By how much was it
more accurate at the last test than at the one before (the last quarter of the steps), mean over the seeds, against the binomial
standard error of the last test? And did a longer training of the plan bring it more? The verdict:

- **still improving**: it gained more than that error;
- **level, more steps bring more**: it gained at most that error, but a longer training of the same study made the Base more
  accurate, with a 95 % interval over the seeds above 0;
- **level, not tried for longer**: it gained at most that error, and the plan has no longer training of the study;
- **stopped**: it gained at most that error, and no longer training brought it more in that sense.

The first question is a weak rule: the error of a small test set is large, and a Base that still gains steadily may stay below it.
So level is no proof of having stopped, as the longer trainings show. Most recipes lower the rate for the last time within the
last quarter, which raises the accuracy by itself; where a study's title has the last quarter at the lowest rate, this is over by
then, and a Base that is level there may be level because the rate is low. Intervals of the second question are not corrected for
their number. Records from before tests on the way were kept say nothing of the first.

";

const LONGER: &str = "
What more steps brought, in the accuracy of Student and Base, seed by seed; in brackets the 95 % interval over the seeds. The
schedule of the rate is spread over all steps, so that a longer training is not a shorter one that goes on.

";

/// How the Base of a study stood at the end of its training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It gained more in the last quarter than the error of a test.
    Improving,
    /// It did not, and a longer training brought it more.
    MoreBringsMore,
    /// It did not, and nothing longer was tried.
    NotTried,
    /// It did not, and no longer training brought it more.
    Stopped,
}

impl Standing {
    fn text(self) -> &'static str {
        match self {
            Self::Improving => "still improving",
            Self::MoreBringsMore => "level, more steps bring more",
            Self::NotTried => "level, not tried for longer",
            Self::Stopped => "stopped",
        }
    }
}

/// The numbers behind it.
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

    /// `longer`: 95 % intervals of what longer trainings brought the Base.
    fn standing(&self, longer: &[(f64, f64)]) -> Standing {
        if self.gain > self.error {
            Standing::Improving
        } else if longer.is_empty() {
            Standing::NotTried
        } else if longer.iter().any(|(lower, _)| *lower > 0.0) {
            Standing::MoreBringsMore
        } else {
            Standing::Stopped
        }
    }
}

/// How the Base of this study stood at the end, by the records; nothing where none has tests on the way.
pub fn standing(plan: &Plan, study: &Study, records: &[Record]) -> Option<Standing> {
    let longer: Vec<(f64, f64)> = lengths(plan)
        .filter(|(less, _)| *less == study.key)
        .filter_map(|(less, more)| gain(&pairs(less, more, records), base)?.interval(0.95))
        .collect();
    Some(Ending::of(study, records)?.standing(&longer))
}

/// Whether each study's training was long enough, and what longer ones brought.
pub fn course_section(plan: &Plan, records: &[Record]) -> String {
    let line = |study: &Study| {
        let ending = Ending::of(study, records)?;
        let numbers = [ending.runs.to_string(), signed(ending.gain), number(ending.error)];
        let word = standing(plan, study, records)?.text().to_owned();
        Some([vec![study.title.clone()], numbers.to_vec(), vec![word]].concat())
    };
    let lines: Vec<Vec<String>> = plan.studies.iter().filter_map(line).collect();
    if lines.is_empty() {
        return format!("{RULE}No record says anything of it.\n");
    }
    let mut text = RULE.to_owned() + &rows(&["study", "runs", "gain of the Base", "binomial error", "Base"], lines);
    let longer: Vec<Vec<String>> = lengths(plan).filter_map(|(less, more)| longer(plan, less, more, records)).collect();
    if !longer.is_empty() {
        text += LONGER;
        text += &rows(&["more steps", "than", "steps", "seeds", "Base", "Student"], longer);
    }
    text
}

/// Every study of the plan's lengths with each longer one of the same recipe.
fn lengths(plan: &Plan) -> impl Iterator<Item = (&str, &str)> {
    plan.lengths.iter().flat_map(|keys| {
        keys.iter().enumerate().flat_map(|(i, less)| keys[i + 1..].iter().map(|more| (less.as_str(), more.as_str())))
    })
}

/// Records of one seed in both studies.
fn pairs<'a>(less: &str, more: &str, records: &'a [Record]) -> Vec<(&'a Record, &'a Record)> {
    let of = |seed: u64| records.iter().find(|record| record.study == less && record.seed == seed);
    records.iter().filter(|record| record.study == more).filter_map(|more| Some((of(more.seed)?, more))).collect()
}

fn base(record: &Record) -> f64 {
    record.base.summary.accuracy
}

/// What the second of each pair has more of this accuracy.
fn gain(pairs: &[(&Record, &Record)], accuracy: fn(&Record) -> f64) -> Option<Estimate> {
    Estimate::of(&pairs.iter().map(|(less, more)| accuracy(more) - accuracy(less)).collect::<Vec<f64>>())
}

/// What the study `more` brought over `less`; nothing where no seed has both.
fn longer(plan: &Plan, less: &str, more: &str, records: &[Record]) -> Option<Vec<String>> {
    let pairs = pairs(less, more, records);
    let (first, last) = pairs.first()?;
    let steps = [first, last].map(|record| record.config.distillation.optimiser.steps.to_string());
    let told = |accuracy: fn(&Record) -> f64| {
        let Some(estimate) = gain(&pairs, accuracy) else { return none() };
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
        told(base),
        told(|record| record.student.summary.accuracy),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_that_is_level_has_stopped_only_where_a_longer_training_says_so() {
        let level = Ending { runs: 5, gain: 0.01, error: 0.01 };
        assert_eq!(level.standing(&[]), Standing::NotTried);
        assert_eq!(level.standing(&[(-0.01, 0.03)]), Standing::Stopped);
        assert_eq!(level.standing(&[(-0.01, 0.03), (0.006, 0.038)]), Standing::MoreBringsMore);
        assert_eq!(Ending { gain: 0.02, ..level }.standing(&[(-0.01, 0.03)]), Standing::Improving);
    }

    #[test]
    fn every_longer_training_is_asked() {
        let plan = Plan::read(r#"{"seeds": [1], "studies": [], "lengths": [["a", "b", "c"], ["d"]]}"#).expect("a plan");
        assert_eq!(lengths(&plan).collect::<Vec<_>>(), [("a", "b"), ("a", "c"), ("b", "c")]);
    }
}
