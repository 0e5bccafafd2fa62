//! Whether the trainings were long enough for their Bases to be compared with.

use unicam::attribution::Estimate;
use unicam::distillation::{DistillationConfig, OptimiserConfig};
use unicam::session::SessionConfig;

use super::base_record::BaseRecord;
use super::claims::ACCURACY;
use super::plan::{LongerBase, Plan, Study};
use super::record::Record;
use super::tables::{none, number, rows, signed};

/// How many times as many steps have to be tried before a Base has stopped.
const TIMES: f64 = 2.0;

const RULE: &str = "
## Whether the Base had stopped improving

A Base that would still improve had too short a training to be compared with. It is asked directly: what did a longer training of
the same recipe bring the Base, with the same seeds and pictures? Longer trainings are other studies of the plan, and Bases that
were trained again by themselves, without a Student beside them. The verdict, with the 95 % interval over the seeds:

- **stopped**: at least twice the steps brought it at most 0.02 (the upper end of the interval), the margin of interest of
  accuracies;
- **more steps bring more**: a longer training brought it more than nothing (the lower end is above 0), and more than 0.02 could
  not be excluded;
- **too few seeds to tell**: neither.

Where nothing at least twice as long was tried, its own course has to do: by how much was it more accurate at the last test than at
the one before (the last quarter of the steps), mean over the seeds, against the binomial standard error of the last test?

- **still improving, not tried for longer**: it gained more than that error;
- **level, not tried for longer**: it gained at most that error. This is weak: the error of a small test set is large, and a Base
  that gains steadily may stay below it.

Studies that differ in their Teacher alone have one Base, seed by seed: what is known of it counts for all of them.

Most recipes lower the rate for the last time within the last quarter, which raises the accuracy by itself: so a Base may have
gained there and have stopped all the same. The rates are spread over all steps: a longer training is not a shorter one that goes
on. Intervals are not corrected for their number. Records from before tests on the way were kept say nothing of the course.

";

const LONGER: &str = "
What more steps brought, in the accuracy of Student and Base, seed by seed; in brackets the 95 % interval over the seeds.

";

/// How the Base of a study stood at the end of its training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// More steps bring it no more than the margin.
    Stopped,
    /// A longer training brought it more.
    MoreBringsMore,
    /// A longer training was tried, and its interval is too wide.
    Unclear,
    /// Nothing longer was tried, and it gained more in the last quarter than the error of a test.
    Improving,
    /// Nothing longer was tried, and it did not.
    Level,
    /// Nothing is known of it.
    Untested,
}

impl Standing {
    fn text(self) -> String {
        match self {
            Self::Stopped => "stopped".to_owned(),
            Self::MoreBringsMore => "more steps bring more".to_owned(),
            Self::Unclear => "too few seeds to tell".to_owned(),
            Self::Improving => "still improving, not tried for longer".to_owned(),
            Self::Level => "level, not tried for longer".to_owned(),
            Self::Untested => none(),
        }
    }

    /// `longer`: how many times as many steps, and the 95 % interval of what they brought the Base.
    fn of(longer: &[(f64, (f64, f64))], ending: Option<&Ending>) -> Self {
        let excluded = |upper: f64| upper <= ACCURACY;
        let long: Vec<f64> = longer.iter().filter(|(times, _)| *times >= TIMES).map(|(_, (_, upper))| *upper).collect();
        if longer.iter().any(|(_, (lower, upper))| *lower > 0.0 && !excluded(*upper)) {
            Self::MoreBringsMore
        } else if !long.is_empty() {
            if long.iter().all(|upper| excluded(*upper)) { Self::Stopped } else { Self::Unclear }
        } else {
            match ending {
                Some(ending) if ending.gain > ending.error => Self::Improving,
                Some(_) => Self::Level,
                None => Self::Untested,
            }
        }
    }
}

/// The numbers of its own course.
struct Ending {
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
        Some(Self { gain, error })
    }
}

/// What a longer training brought over a study.
struct Longer {
    title: String,
    /// Steps of the study and of the longer training.
    steps: [usize; 2],
    base: Estimate,
    /// Nothing where the Base was trained by itself.
    student: Option<Estimate>,
}

impl Longer {
    /// Of the seeds that both have; nothing where there is none.
    fn study(plan: &Plan, less: &str, more: &str, records: &[Record]) -> Option<Self> {
        let pairs: Vec<(&Record, &Record)> = records
            .iter()
            .filter(|record| record.study == more)
            .filter_map(|more| Some((record_of(less, more.seed, records)?, more)))
            .collect();
        let (first, last) = pairs.first()?;
        let gain = |accuracy: fn(&Record) -> f64| {
            Estimate::of(&pairs.iter().map(|(less, more)| accuracy(more) - accuracy(less)).collect::<Vec<f64>>())
        };
        Some(Self {
            title: plan.title_of(more).to_owned(),
            steps: [first, last].map(|record| record.config.distillation.optimiser.steps),
            base: gain(|record| record.base.summary.accuracy)?,
            student: gain(|record| record.student.summary.accuracy),
        })
    }

    fn base(plan: &Plan, less: &str, alone: &LongerBase, records: &[Record], bases: &[BaseRecord]) -> Option<Self> {
        let mut begun = None;
        let gains: Vec<f64> = bases
            .iter()
            .filter(|base| base.is_of(alone))
            .filter_map(|base| {
                let before = record_of(less, base.seed, records)?;
                begun = Some(before.config.distillation.optimiser.steps);
                Some(base.accuracy()? - before.base.summary.accuracy)
            })
            .collect();
        let first = begun.filter(|begun| *begun < alone.steps)?;
        let title = format!("{}: the Base alone", plan.title_of(&alone.study));
        Some(Self { title, steps: [first, alone.steps], base: Estimate::of(&gains)?, student: None })
    }
}

fn record_of<'a>(study: &str, seed: u64, records: &'a [Record]) -> Option<&'a Record> {
    records.iter().find(|record| record.study == study && record.seed == seed)
}

/// Every longer training of a study's recipe.
fn longer(plan: &Plan, key: &str, records: &[Record], bases: &[BaseRecord]) -> Vec<Longer> {
    let others = longer_keys(plan, key);
    let studies = others.iter().filter_map(|more| Longer::study(plan, key, more, records));
    let alone = others.iter().chain([&key]).flat_map(|owner| {
        let own = plan.longer_bases.iter().filter(move |longer| longer.study == **owner);
        own.filter_map(|longer| Longer::base(plan, key, longer, records, bases))
    });
    studies.chain(alone).collect()
}

/// The studies after this one among those that differ in their length alone.
fn longer_keys<'a>(plan: &'a Plan, key: &str) -> Vec<&'a str> {
    let after = |keys: &'a Vec<String>| keys.iter().skip_while(|own| *own != key).skip(1).map(String::as_str);
    plan.lengths.iter().flat_map(after).collect()
}

/// The settings of a run that its Base depends on.
fn of_the_base(config: &SessionConfig) -> impl PartialEq {
    let SessionConfig { data_source, scenes, images, normalisation, distillation, .. } = config.clone();
    let DistillationConfig { student, optimiser, start, .. } = distillation;
    // How often a run is told and tested of is nothing to its networks.
    let optimiser = OptimiserConfig { report_every: 1, evaluate_every: 1, ..optimiser };
    (data_source, scenes, images, normalisation, student, optimiser, start)
}

/// This study and those that have the same Base under another Teacher.
fn with_this_base<'a>(plan: &'a Plan, study: &Study, records: &[Record]) -> Vec<&'a str> {
    let first = |key: &str| records.iter().find(|record| record.study == key);
    let same = |key: &str| {
        let own = first(&study.key)?;
        let other = record_of(key, own.seed, records)?;
        Some(of_the_base(&own.config) == of_the_base(&other.config))
    };
    plan.studies.iter().map(|other| other.key.as_str()).filter(|key| same(key) == Some(true)).collect()
}

/// How the Base of this study stood at the end, by the records of all that have it.
pub fn standing(plan: &Plan, study: &Study, records: &[Record], bases: &[BaseRecord]) -> Standing {
    let all = with_this_base(plan, study, records);
    let told = all.iter().flat_map(|key| longer(plan, key, records, bases)).map(|longer| {
        let [first, last] = longer.steps.map(|steps| steps as f64);
        // One seed has no interval: anything may be true of the others.
        (last / first, longer.base.interval(0.95).unwrap_or((f64::NEG_INFINITY, f64::INFINITY)))
    });
    Standing::of(&told.collect::<Vec<_>>(), Ending::of(study, records).as_ref())
}

/// Whether each study's training was long enough, and what longer ones brought.
pub fn course_section(plan: &Plan, records: &[Record], bases: &[BaseRecord]) -> String {
    let line = |study: &Study| {
        let standing = standing(plan, study, records, bases);
        let ending = Ending::of(study, records);
        let numbers = ending.map_or_else(|| [none(), none()], |ending| [signed(ending.gain), number(ending.error)]);
        (standing != Standing::Untested)
            .then(|| [vec![study.title.clone(), standing.text()], numbers.to_vec()].concat())
    };
    let lines: Vec<Vec<String>> = plan.studies.iter().filter_map(line).collect();
    if lines.is_empty() {
        return format!("{RULE}No record says anything of it.\n");
    }
    let mut text = RULE.to_owned() + &rows(&["study", "Base", "its gain in the last quarter", "binomial error"], lines);
    let told = |estimate: &Estimate| match estimate.interval(0.95) {
        Some((lower, upper)) => format!("{} [{}, {}]", signed(estimate.mean), signed(lower), signed(upper)),
        None => signed(estimate.mean),
    };
    let of_study = |study: &Study| {
        let line = |longer: Longer| {
            let steps = longer.steps.map(|steps| steps.to_string()).join(" to ");
            let student = longer.student.as_ref().map_or_else(none, told);
            vec![longer.title, study.title.clone(), steps, longer.base.n.to_string(), told(&longer.base), student]
        };
        longer(plan, &study.key, records, bases).into_iter().map(line).collect::<Vec<_>>()
    };
    let longer: Vec<Vec<String>> = plan.studies.iter().flat_map(of_study).collect();
    if !longer.is_empty() {
        text += LONGER;
        text += &rows(&["more steps", "than", "steps", "seeds", "Base", "Student"], longer);
    }
    text
}

#[cfg(test)]
mod tests {
    use unicam::models::Architecture;

    use super::super::base_record::TestedBase;
    use super::super::record::published;
    use super::*;

    #[test]
    fn a_base_has_stopped_only_where_twice_the_steps_say_so() {
        let (level, rising) = (Ending { gain: 0.01, error: 0.01 }, Ending { gain: 0.02, error: 0.01 });
        let of = |longer: &[(f64, (f64, f64))]| Standing::of(longer, Some(&rising));
        assert_eq!((of(&[]), Standing::of(&[], Some(&level))), (Standing::Improving, Standing::Level));
        assert_eq!(Standing::of(&[], None), Standing::Untested);
        assert_eq!(of(&[(4.0, (-0.01, 0.02))]), Standing::Stopped);
        assert_eq!(of(&[(4.0, (0.001, 0.004))]), Standing::Stopped, "more, and not worth a word");
        assert_eq!(of(&[(4.0, (-0.01, 0.03))]), Standing::Unclear);
        assert_eq!(of(&[(4.0, (-0.01, 0.02)), (2.0, (0.006, 0.038))]), Standing::MoreBringsMore);
        assert_eq!(of(&[(1.5, (-0.01, 0.01))]), Standing::Improving, "not twice as long");
        assert_eq!(of(&[(1.5, (0.006, 0.038))]), Standing::MoreBringsMore);
    }

    #[test]
    fn a_base_alone_is_longer_than_every_study_before_its_own() {
        let plan = r#"{
            "seeds": [1, 2],
            "studies": [{"key": "a", "title": "A"}, {"key": "b", "title": "B"}, {"key": "c", "title": "C"}],
            "lengths": [["a", "b"]],
            "longerBases": [{"study": "b", "steps": 9000}]
        }"#;
        let plan = Plan::read(plan).expect("a plan");
        let mut records = Vec::new();
        for (study, steps) in [("a", 400), ("b", 1600), ("c", 400)] {
            for seed in [1, 2] {
                let mut record = published(study, seed);
                record.config.distillation.optimiser.steps = steps;
                record.base.summary.accuracy = 0.5 + steps as f64 / 10_000.0;
                records.push(record);
            }
        }
        let bases: Vec<BaseRecord> = [1, 2].map(|seed| base_of(&records[2], seed, 9000, 0.75)).into();
        let told = |key: &str| {
            let longer = longer(&plan, key, &records, &bases).into_iter();
            longer.map(|longer| (longer.steps, (longer.base.mean * 100.0).round())).collect::<Vec<_>>()
        };
        assert_eq!(told("a"), [([400, 1600], 12.0), ([400, 9000], 21.0)]);
        assert_eq!(told("b"), [([1600, 9000], 9.0)]);
        assert!(told("c").is_empty());
        let standing = |bases: &[BaseRecord]| standing(&plan, &plan.studies[1], &records, bases);
        assert_eq!(standing(&bases[..1]), Standing::Unclear, "one seed was tried");
        let text = course_section(&plan, &records, &bases);
        assert!(text.contains("B: the Base alone") && text.contains("1600 to 9000"), "{text}");
    }

    #[test]
    fn studies_under_other_teachers_share_what_is_known_of_their_base() {
        let plan = r#"{
            "seeds": [1, 2, 3],
            "studies": [
                {"key": "a", "title": "A"}, {"key": "long", "title": "B"}, {"key": "teacher", "title": "C"},
                {"key": "width", "title": "D"}
            ],
            "lengths": [["a", "long"]]
        }"#;
        let plan = Plan::read(plan).expect("a plan");
        let mut records = Vec::new();
        for (study, gain) in [("a", 0.0), ("long", 0.1), ("teacher", 0.0), ("width", 0.0)] {
            for seed in [1, 2, 3] {
                let mut record = published(study, seed);
                let distillation = &mut record.config.distillation;
                match study {
                    "long" => distillation.optimiser.steps = 1600,
                    "teacher" => distillation.optimiser.evaluate_every = 7,
                    "width" => distillation.student = Architecture::cifar_resnet(1, 4),
                    _ => {}
                }
                record.config.teacher_source = None;
                record.base.summary.accuracy = 0.5 + gain + seed as f64 / 1000.0 * gain;
                record.course.clear();
                records.push(record);
            }
        }
        let standings: Vec<Standing> = plan.studies.iter().map(|study| standing(&plan, study, &records, &[])).collect();
        let expected = [Standing::MoreBringsMore, Standing::Untested, Standing::MoreBringsMore, Standing::Untested];
        assert_eq!(standings, expected);
    }

    fn base_of(record: &Record, seed: u64, steps: usize, accuracy: f64) -> BaseRecord {
        let mut config = record.config.clone();
        config.distillation.optimiser.steps = steps;
        BaseRecord {
            study: record.study.clone(),
            seed,
            crate_version: record.crate_version.clone(),
            device: record.device.clone(),
            config,
            test_pictures: record.test_pictures,
            data_digest: record.data_digest.clone(),
            course: vec![TestedBase { step: steps, base: accuracy }],
        }
    }
}
