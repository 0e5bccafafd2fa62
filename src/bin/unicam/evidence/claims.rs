//! What the records say to each claim of the paper. The claims: `docs/EVIDENCE.md` names them; none is taken for true.

use unicam::attribution::Estimate;
use unicam::scores::PartialRelevance;
use unicam::session::MapKind;

use super::plan::{Gap, Plan, Study};
use super::record::Record;

/// Confidence level of every interval over seeds.
pub const LEVEL: f64 = 0.95;

/// What may be said of a difference that a claim holds to be above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The interval over the seeds lies above 0.
    Holds,
    /// It lies below 0.
    Reversed,
    /// It has 0 in it, or there is but one seed.
    CannotTell,
}

impl Verdict {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Reversed => "does not hold: the reverse is measured",
            Self::CannotTell => "cannot tell",
        }
    }
}

/// A difference that a claim holds to be above 0, measured once a seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Study or studies, and layer.
    pub place: String,
    /// What is subtracted from what.
    pub what: String,
    /// One value a seed.
    pub values: Vec<f64>,
}

impl Cell {
    /// Mean over the seeds with its error.
    pub fn estimate(&self) -> Option<Estimate> {
        Estimate::of(&self.values)
    }

    /// By Student's t interval over the seeds.
    pub fn verdict(&self) -> Verdict {
        match self.estimate().and_then(|estimate| estimate.interval(LEVEL)) {
            Some((lower, _)) if lower > 0.0 => Verdict::Holds,
            Some((_, upper)) if upper < 0.0 => Verdict::Reversed,
            _ => Verdict::CannotTell,
        }
    }
}

/// A claim with everything that was measured of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The claim, as a sentence.
    pub text: &'static str,
    /// What it was measured by.
    pub cells: Vec<Cell>,
}

impl Claim {
    /// Cells of a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.cells.iter().filter(|cell| cell.verdict() == verdict).count()
    }
}

/// Every claim over these records.
pub fn claims(plan: &Plan, records: &[Record]) -> Vec<Claim> {
    let studies: Vec<(&Study, Vec<&Record>)> = plan
        .studies
        .iter()
        .map(|study| (study, records.iter().filter(|record| record.study == study.key).collect()))
        .filter(|(_, records): &(_, Vec<&Record>)| !records.is_empty())
        .collect();
    let cells = |of: &dyn Fn(&Study, &[&Record]) -> Vec<Cell>| {
        studies.iter().flat_map(|(study, records)| of(study, records)).collect::<Vec<Cell>>()
    };
    let per_layer = |what: &'static str, value: &dyn Fn(&Record, &str) -> Option<f64>| {
        cells(&|study, records| layered(study, records, what, value))
    };
    let added = |value: &dyn Fn(PartialRelevance) -> f64, record: &Record, layer: &str| {
        record.layer(layer).map(|scores| value(scores.rs_distilled) - value(scores.rs_residual))
    };
    let share = |record: &Record, layer: &str, kind: MapKind| {
        let game = record.pointing(layer)?;
        let place = MapKind::ALL.iter().position(|own| *own == kind)?;
        Some((game.maps.get(place).copied().flatten()?.mean, game.object.mean))
    };
    let mut list = vec![
        Claim {
            text: "The Student is more accurate than its Base",
            cells: cells(&|study, records| {
                vec![cell(&study.title, "Student less Base, accuracy", records, |record| {
                    Some(record.student.summary.accuracy - record.base.summary.accuracy)
                })]
            }),
        },
        Claim {
            text: "The Student's features are more like the Teacher's than the Base's are (FSS)",
            cells: per_layer("Student less Base, FSS (corrected)", &|record, layer| {
                record.layer(layer).map(|scores| scores.fss_student.corrected - scores.fss_base.corrected)
            }),
        },
        Claim {
            text: "Distilled features lie on the object",
            cells: per_layer(
                "share of the distilled maps on the object, less its share of the area",
                &|record, layer| share(record, layer, MapKind::Distilled).map(|(share, area)| share - area),
            ),
        },
        Claim {
            text: "Residual features lie on the background",
            cells: per_layer(
                "the object's share of the area, less that of the residual maps on it",
                &|record, layer| share(record, layer, MapKind::Residual).map(|(share, area)| area - share),
            ),
        },
        Claim {
            text: "Distilled features lie more on the object than residual ones",
            cells: per_layer("distilled less residual, share of the maps on the object", &|record, layer| {
                record.pointing(layer)?.distilled_less_residual.map(|share| share.mean)
            }),
        },
        Claim {
            text: "RS of distilled features exceeds RS of residual ones",
            cells: [
                per_layer("distilled less residual, RS (semi-partial)", &|record, layer| {
                    added(&|rs| rs.semi_partial, record, layer)
                }),
                per_layer("distilled less residual, RS (partial)", &|record, layer| {
                    added(&|rs| rs.partial, record, layer)
                }),
            ]
            .concat(),
        },
    ];
    for gap in &plan.gaps {
        list.extend(gap_claims(plan, gap, records));
    }
    list.retain(|claim| !claim.cells.is_empty());
    list
}

fn gap_claims(plan: &Plan, gap: &Gap, records: &[Record]) -> [Claim; 2] {
    let of = |key: &str, seed: u64| records.iter().find(|record| record.study == key && record.seed == seed);
    let gain = |record: &Record| record.student.summary.accuracy - record.base.summary.accuracy;
    let deepest = |record: &Record| record.scores.last().map(|scores| scores.fss_student.corrected);
    let accuracy = |record: &Record| Some(record.student.summary.accuracy);
    let paired = |what: &str, more: &str, less: &str, value: &dyn Fn(&Record) -> Option<f64>| {
        let difference = |seed: &u64| Some(value(of(more, *seed)?)? - value(of(less, *seed)?)?);
        let values: Vec<f64> = plan.seeds.iter().filter_map(difference).collect();
        (!values.is_empty()).then(|| Cell { place: format!("{more} against {less}"), what: what.to_owned(), values })
    };
    [
        Claim {
            text: "A wide gap between Teacher and Student weakens the transfer",
            cells: [
                paired("gain over the Base, narrow less wide", &gap.narrow, &gap.wide, &|record| Some(gain(record))),
                paired("FSS (corrected) at the deepest layer, narrow less wide", &gap.narrow, &gap.wide, &deepest),
            ]
            .into_iter()
            .flatten()
            .collect(),
        },
        Claim {
            text: "An assistant repairs it",
            cells: [
                paired("accuracy of the Student, with an assistant less without", &gap.assistant, &gap.wide, &accuracy),
                paired("FSS (corrected) at the deepest layer, with less without", &gap.assistant, &gap.wide, &deepest),
            ]
            .into_iter()
            .flatten()
            .collect(),
        },
    ]
}

fn cell(title: &str, what: &str, records: &[&Record], value: impl Fn(&Record) -> Option<f64>) -> Cell {
    let values = records.iter().filter_map(|record| value(record)).collect();
    Cell { place: title.to_owned(), what: what.to_owned(), values }
}

fn layered(study: &Study, records: &[&Record], what: &str, value: &dyn Fn(&Record, &str) -> Option<f64>) -> Vec<Cell> {
    let layers =
        records.first().map(|record| record.scores.iter().map(|scores| scores.layer.clone()).collect::<Vec<_>>());
    let cells = layers
        .unwrap_or_default()
        .into_iter()
        .map(|layer| cell(&format!("{}, {layer}", study.title), what, records, |record| value(record, &layer)));
    cells.filter(|cell| !cell.values.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_needs_an_interval_that_leaves_zero_out() {
        let of = |values: &[f64]| Cell { place: String::new(), what: String::new(), values: values.to_vec() }.verdict();
        assert_eq!(of(&[0.1, 0.11, 0.12]), Verdict::Holds);
        assert_eq!(of(&[-0.1, -0.11, -0.12]), Verdict::Reversed);
        assert_eq!(of(&[0.1, -0.1, 0.3]), Verdict::CannotTell);
        assert_eq!(of(&[0.5]), Verdict::CannotTell, "one seed is no evidence");
        assert_eq!(of(&[]), Verdict::CannotTell);
    }
}
