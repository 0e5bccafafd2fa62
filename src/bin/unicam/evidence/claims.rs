//! What the records say to each claim of the paper. The claims: `docs/EVIDENCE.md` names them; none is taken for true.

use unicam::scores::PartialRelevance;
use unicam::session::MapKind;

use super::judging::{Cell, Judged, Verdict, judged};
use super::plan::{Gap, Plan, Study};
use super::record::Record;

/// The smallest difference of accuracies that would matter: two points of a hundred.
const ACCURACY: f64 = 0.02;
/// Of scores, which lie between -1 and 1.
const SCORE: f64 = 0.05;
/// Of shares of a map's mass.
const SHARE: f64 = 0.05;

/// A claim with everything that was measured of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Its name in the data for the page.
    pub key: &'static str,
    /// The claim, as a sentence.
    pub text: &'static str,
    /// What it was measured by: one family of tests.
    pub cells: Vec<Judged>,
}

impl Claim {
    /// Cells of a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.cells.iter().filter(|cell| cell.verdict == verdict).count()
    }

    /// The same if each difference stood alone.
    pub fn count_alone(&self, verdict: Verdict) -> usize {
        self.cells.iter().filter(|cell| cell.alone == verdict).count()
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
    let per_layer = |what: &'static str, margin: f64, value: &dyn Fn(&Record, &str) -> Option<f64>| {
        cells(&|study, records| layered(study, records, what, margin, value))
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
        claim(
            "accuracy",
            "The Student is more accurate than its Base",
            cells(&|study, records| {
                vec![cell(&study.title, "Student less Base, accuracy", ACCURACY, records, |record| {
                    Some(record.student.summary.accuracy - record.base.summary.accuracy)
                })]
            }),
        ),
        claim(
            "similarity",
            "The Student's features are more like the Teacher's than the Base's are (FSS)",
            per_layer("Student less Base, FSS (corrected)", SCORE, &|record, layer| {
                record.layer(layer).map(|scores| scores.fss_student.corrected - scores.fss_base.corrected)
            }),
        ),
        claim(
            "distilledOnObject",
            "Distilled features lie on the object",
            per_layer(
                "share of the distilled maps on the object, less its share of the area",
                SHARE,
                &|record, layer| share(record, layer, MapKind::Distilled).map(|(share, area)| share - area),
            ),
        ),
        claim(
            "residualOnBackground",
            "Residual features lie on the background",
            per_layer(
                "the object's share of the area, less that of the residual maps on it",
                SHARE,
                &|record, layer| share(record, layer, MapKind::Residual).map(|(share, area)| area - share),
            ),
        ),
        claim(
            "distilledOverResidual",
            "Distilled features lie more on the object than residual ones",
            per_layer("distilled less residual, share of the maps on the object", SHARE, &|record, layer| {
                record.pointing(layer)?.distilled_less_residual.map(|share| share.mean)
            }),
        ),
        claim(
            "relevance",
            "RS of distilled features exceeds RS of residual ones",
            [
                per_layer("distilled less residual, RS (semi-partial)", SCORE, &|record, layer| {
                    added(&|rs| rs.semi_partial, record, layer)
                }),
                per_layer("distilled less residual, RS (partial)", SCORE, &|record, layer| {
                    added(&|rs| rs.partial, record, layer)
                }),
            ]
            .concat(),
        ),
    ];
    list.extend(comparisons(plan, records));
    list.retain(|claim| !claim.cells.is_empty());
    list
}

fn claim(key: &'static str, text: &'static str, cells: Vec<Cell>) -> Claim {
    Claim { key, text, cells: judged(cells) }
}

/// The claims that compare studies, seed by seed.
fn comparisons(plan: &Plan, records: &[Record]) -> [Claim; 3] {
    let of = |key: &str, seed: u64| records.iter().find(|record| record.study == key && record.seed == seed);
    let gain = |record: &Record| Some(record.student.summary.accuracy - record.base.summary.accuracy);
    let deepest = |record: &Record| record.scores.last().map(|scores| scores.fss_student.corrected);
    let accuracy = |record: &Record| Some(record.student.summary.accuracy);
    let paired = |what: &str, margin: f64, more: &str, less: &str, value: &dyn Fn(&Record) -> Option<f64>| {
        // A seed that only one of the two has says nothing.
        let difference = |of_more: &Record| Some(value(of_more)? - value(of(less, of_more.seed)?)?);
        let values: Vec<f64> = records.iter().filter(|record| record.study == more).filter_map(difference).collect();
        let place = format!("{} against {}", plan.title_of(more), plan.title_of(less));
        (!values.is_empty()).then(|| Cell { place, what: what.to_owned(), margin, values })
    };
    let over_gaps =
        |pick: &dyn Fn(&Gap) -> [Option<Cell>; 2]| plan.gaps.iter().flat_map(pick).flatten().collect::<Vec<Cell>>();
    [
        claim(
            "fewLabels",
            "Distillation pays more where labels are few",
            plan.few_labels
                .iter()
                .filter_map(|pair| {
                    paired("gain over the Base, few labels less all", ACCURACY, &pair.few, &pair.all, &gain)
                })
                .collect(),
        ),
        claim(
            "gap",
            "A wide gap between Teacher and Student weakens the transfer",
            over_gaps(&|gap| {
                [
                    paired("gain over the Base, narrow less wide", ACCURACY, &gap.narrow, &gap.wide, &gain),
                    paired(
                        "FSS (corrected) at the deepest layer, narrow less wide",
                        SCORE,
                        &gap.narrow,
                        &gap.wide,
                        &deepest,
                    ),
                ]
            }),
        ),
        claim(
            "assistant",
            "An assistant repairs it",
            over_gaps(&|gap| {
                let (with, without) = (&gap.assistant, &gap.wide);
                [
                    paired(
                        "accuracy of the Student, with an assistant less without",
                        ACCURACY,
                        with,
                        without,
                        &accuracy,
                    ),
                    paired("FSS (corrected) at the deepest layer, with less without", SCORE, with, without, &deepest),
                ]
            }),
        ),
    ]
}

fn cell(title: &str, what: &str, margin: f64, records: &[&Record], value: impl Fn(&Record) -> Option<f64>) -> Cell {
    let values = records.iter().filter_map(|record| value(record)).collect();
    Cell { place: title.to_owned(), what: what.to_owned(), margin, values }
}

fn layered(
    study: &Study,
    records: &[&Record],
    what: &str,
    margin: f64,
    value: &dyn Fn(&Record, &str) -> Option<f64>,
) -> Vec<Cell> {
    let layers =
        records.first().map(|record| record.scores.iter().map(|scores| scores.layer.clone()).collect::<Vec<_>>());
    let cells = layers
        .unwrap_or_default()
        .into_iter()
        .map(|layer| cell(&format!("{}, {layer}", study.title), what, margin, records, |record| value(record, &layer)));
    cells.filter(|cell| !cell.values.is_empty()).collect()
}
