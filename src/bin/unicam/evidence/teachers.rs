//! Teachers that learned far less than those of other seeds.

use std::fmt::Write;

use unicam::attribution::Estimate;

use super::plan::{Plan, Study};
use super::record::Record;
use super::tables::{number, signed};

/// How far below its study's median the accuracy of such a Teacher lies at least.
const FAR_BELOW: f64 = 0.2;

/// Which runs had one, and what their studies' mean would be without them; nothing where there are none.
pub fn teachers_section(plan: &Plan, records: &[Record]) -> String {
    let lines: String = plan.studies.iter().filter_map(|study| line(study, records)).collect();
    if lines.is_empty() {
        return lines;
    }
    format!(
        "\n## Teachers that learned far less than others\n\nSome runs train their own Teacher or borrow one that another run trained. The \
         accuracy of these lies more than {FAR_BELOW} below the median of their study. Their runs were not left out: every mean and \
         interval contains them.\n\n{lines}"
    )
}

fn line(study: &Study, records: &[Record]) -> Option<String> {
    let own: Vec<&Record> = records.iter().filter(|record| record.study == study.key).collect();
    let teacher = |record: &Record| record.teacher.summary.accuracy;
    let median = median(own.iter().map(|record| teacher(record)).collect())?;
    let (weak, others): (Vec<&Record>, Vec<&Record>) =
        own.iter().partition(|record| median - teacher(record) > FAR_BELOW);
    if weak.is_empty() {
        return None;
    }
    let gain = |records: &[&Record]| {
        let of = |record: &&Record| record.student.summary.accuracy - record.base.summary.accuracy;
        Some(signed(Estimate::of(&records.iter().map(of).collect::<Vec<f64>>())?.mean))
    };
    let told: Vec<String> =
        weak.iter().map(|record| format!("seed {} ({})", record.seed, number(teacher(record)))).collect();
    let mut text = format!(
        "- {}: {}, where the median is {}. Student less Base, accuracy, is {} on average",
        study.in_short(),
        told.join(", "),
        number(median),
        gain(&own)?
    );
    _ = match gain(&others) {
        Some(gain) => writeln!(text, ", and {gain} without."),
        None => writeln!(text, "."),
    };
    Some(text)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    Some(if values.len() % 2 == 1 { upper } else { f64::midpoint(values[values.len() / 2 - 1], upper) })
}

#[cfg(test)]
mod tests {
    use super::super::record::published;
    use super::*;

    #[test]
    fn a_weak_teacher_is_named_with_what_the_mean_is_without() {
        let plan = Plan::read(r#"{"seeds": [1], "studies": [{"key": "a", "title": "A"}]}"#).expect("a plan");
        let runs = [(1, 1.0, 0.9), (2, 0.99, 0.9), (3, 0.4, 0.3)].map(|(seed, teacher, student)| {
            let mut record = published("a", seed);
            record.teacher.summary.accuracy = teacher;
            (record.student.summary.accuracy, record.base.summary.accuracy) = (student, 0.9);
            record
        });
        let text = teachers_section(&plan, &runs);
        let words = "- A: seed 3 (0.400), where the median is 0.990. Student less Base, accuracy, is -0.200 on average, and +0.000 without.";
        assert!(text.contains(words), "{text}");
        assert_eq!(teachers_section(&plan, &runs[..2]), "");
    }

    #[test]
    fn the_median_lies_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(Vec::new()), None);
    }
}
