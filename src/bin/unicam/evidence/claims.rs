//! What the records say to each claim of the paper. The claims: `docs/EVIDENCE.md` names them; none is taken for true.

use std::collections::BTreeSet;

use unicam::scores::PartialRelevance;
use unicam::session::{DataSource, MapKind};

use super::judging::{Cell, Judged, Verdict, judged};
use super::plan::{Gap, Plan, Study};
use super::record::{Record, layers_of};

/// The smallest difference of accuracies that would matter: two points of a hundred.
pub const ACCURACY: f64 = 0.02;
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
    /// Runs that gave at least one value.
    pub runs: usize,
    /// Whether all of them are of the built-in Scenes.
    pub is_of_scenes: bool,
    /// What it was measured by: one family of tests.
    pub cells: Vec<Judged>,
}

impl Claim {
    /// Cells of a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.cells.iter().filter(|cell| cell.verdict == verdict).count()
    }

    /// How many of them hold or are reversed.
    pub fn settled(&self) -> usize {
        self.cells.iter().filter(|cell| cell.verdict.is_settled()).count()
    }

    /// What would matter, where it is the same for all of them.
    pub fn margin(&self) -> Option<f64> {
        let margin = self.cells.first()?.cell.margin;
        self.cells.iter().all(|own| own.cell.margin.to_bits() == margin.to_bits()).then_some(margin)
    }

    /// The same as [`Claim::count`] if each difference stood alone.
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
            records,
            "accuracy",
            "The Student is more accurate than its Base",
            cells(&|study, records| {
                vec![cell(study, None, "Student less Base, accuracy", ACCURACY, records, |record| {
                    Some(record.student.summary.accuracy - record.base.summary.accuracy)
                })]
            }),
        ),
        claim(
            records,
            "similarity",
            "The Student's features are more like the Teacher's than the Base's are (FSS)",
            per_layer("Student less Base, FSS (corrected)", SCORE, &more_alike),
        ),
        claim(
            records,
            "distilledOnObject",
            "Distilled features lie on the object",
            per_layer(
                "share of the distilled maps on the object, less its share of the area",
                SHARE,
                &|record, layer| share(record, layer, MapKind::Distilled).map(|(share, area)| share - area),
            ),
        ),
        claim(
            records,
            "residualOnBackground",
            "Residual features lie on the background",
            per_layer(
                "the object's share of the area, less that of the residual maps on it",
                SHARE,
                &|record, layer| share(record, layer, MapKind::Residual).map(|(share, area)| area - share),
            ),
        ),
        claim(
            records,
            "distilledOverResidual",
            "Distilled features lie more on the object than residual ones",
            per_layer("distilled less residual, share of the maps on the object", SHARE, &|record, layer| {
                record.pointing(layer)?.distilled_less_residual.map(|share| share.mean)
            }),
        ),
        claim(
            records,
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

fn claim(records: &[Record], key: &'static str, text: &'static str, cells: Vec<Cell>) -> Claim {
    let runs: BTreeSet<(&str, u64)> =
        cells.iter().flat_map(|cell| &cell.runs).map(|(study, seed)| (study.as_str(), *seed)).collect();
    let is_of_scenes = records
        .iter()
        .filter(|record| runs.contains(&(record.study.as_str(), record.seed)))
        .all(|record| record.config.data_source == DataSource::Scenes);
    let runs = runs.len();
    Claim { key, text, runs, is_of_scenes, cells: judged(cells) }
}

/// What the Student has of the Teacher's arrangement and its Base has not, at a layer: bias-corrected FSS.
fn more_alike(record: &Record, layer: &str) -> Option<f64> {
    record.layer(layer).map(|scores| scores.fss_student.corrected - scores.fss_base.corrected)
}

/// The claims that compare studies, seed by seed.
fn comparisons(plan: &Plan, records: &[Record]) -> [Claim; 3] {
    let of = |key: &str, seed: u64| records.iter().find(|record| record.study == key && record.seed == seed);
    let gain = |record: &Record| Some(record.student.summary.accuracy - record.base.summary.accuracy);
    let accuracy = |record: &Record| Some(record.student.summary.accuracy);
    // The deepest layer that a run of these studies has scores of, so that none is compared with another layer.
    let deepest = |more: &str, less: &str| {
        let own: Vec<&Record> = records.iter().filter(|own| own.study == more || own.study == less).collect();
        let layer = layers_of(&own).pop();
        move |record: &Record| more_alike(record, layer.as_ref()?)
    };
    let paired = |what: &str, margin: f64, more: &str, less: &str, value: &dyn Fn(&Record) -> Option<f64>| {
        let against = |names: [&str; 2]| format!("{} against {}", names[0], names[1]);
        let mut cell = Cell {
            place: against([plan.title_of(more), plan.title_of(less)]),
            short: against([plan.short_of(more), plan.short_of(less)]),
            what: what.to_owned(),
            margin,
            values: Vec::new(),
            runs: Vec::new(),
        };
        for of_more in records.iter().filter(|record| record.study == more) {
            // A seed that only one of the two has says nothing.
            let Some(of_less) = of(less, of_more.seed) else { continue };
            if let (Some(higher), Some(lower)) = (value(of_more), value(of_less)) {
                cell.values.push(higher - lower);
                cell.runs.extend([of_more, of_less].map(|record| (record.study.clone(), record.seed)));
            }
        }
        (!cell.values.is_empty()).then_some(cell)
    };
    let over_gaps =
        |pick: &dyn Fn(&Gap) -> [Option<Cell>; 2]| plan.gaps.iter().flat_map(pick).flatten().collect::<Vec<Cell>>();
    [
        claim(
            records,
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
            records,
            "gap",
            "A wide gap between Teacher and Student weakens the transfer",
            over_gaps(&|Gap { narrow, wide, .. }| {
                [
                    paired("gain over the Base, narrow less wide", ACCURACY, narrow, wide, &gain),
                    paired(
                        "Student less Base, FSS (corrected) at the deepest layer, narrow less wide",
                        SCORE,
                        narrow,
                        wide,
                        &deepest(narrow, wide),
                    ),
                ]
            }),
        ),
        claim(
            records,
            "assistant",
            "An assistant repairs it",
            over_gaps(&|Gap { assistant, wide, .. }| {
                [
                    paired(
                        "accuracy of the Student, with an assistant less without",
                        ACCURACY,
                        assistant,
                        wide,
                        &accuracy,
                    ),
                    paired(
                        "Student less Base, FSS (corrected) at the deepest layer, with an assistant less without",
                        SCORE,
                        assistant,
                        wide,
                        &deepest(assistant, wide),
                    ),
                ]
            }),
        ),
    ]
}

fn cell(
    study: &Study,
    layer: Option<&str>,
    what: &str,
    margin: f64,
    records: &[&Record],
    value: impl Fn(&Record) -> Option<f64>,
) -> Cell {
    let at = |name: &str| layer.map_or_else(|| name.to_owned(), |layer| format!("{name}, {layer}"));
    let known = records.iter().filter_map(|record| Some(((record.study.clone(), record.seed), value(record)?)));
    let (runs, values) = known.unzip();
    Cell { place: at(&study.title), short: at(study.in_short()), what: what.to_owned(), margin, values, runs }
}

fn layered(
    study: &Study,
    records: &[&Record],
    what: &str,
    margin: f64,
    value: &dyn Fn(&Record, &str) -> Option<f64>,
) -> Vec<Cell> {
    let of = |layer: &str| cell(study, Some(layer), what, margin, records, |record| value(record, layer));
    layers_of(records).iter().map(|layer| of(layer)).filter(|cell| !cell.values.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::record::published;
    use super::*;

    fn plan() -> Plan {
        let study = |key: &str| format!(r#"{{"key": "{key}", "title": "{key}"}}"#);
        let studies = ["narrow", "wide", "assistant"].map(study).join(", ");
        let gap = r#"{"narrow": "narrow", "wide": "wide", "assistant": "assistant"}"#;
        Plan::read(&format!(r#"{{"seeds": [1], "studies": [{studies}], "gaps": [{gap}]}}"#)).expect("a plan")
    }

    #[test]
    fn what_a_gap_weakens_is_what_the_student_has_and_its_base_has_not() {
        let (narrow, mut wide) = (published("narrow", 1), published("wide", 1));
        // Under another Teacher both are less like it.
        let deepest = wide.scores.last_mut().expect("three layers");
        deepest.fss_student.corrected -= 0.25;
        deepest.fss_base.corrected -= 0.25;
        let claims = claims(&plan(), &[narrow, wide]);
        let gap = claims.iter().find(|claim| claim.key == "gap").expect("measured");
        assert!(gap.cells[1].cell.values[0].abs() < 1e-12, "{:?}", gap.cells[1].cell);
        assert_eq!((gap.runs, gap.is_of_scenes), (2, true));
    }

    #[test]
    fn a_claim_counts_the_runs_that_gave_it_a_value() {
        let with_masks = published("wide", 1);
        let mut without = published("narrow", 1);
        without.pointing.clear();
        without.config.data_source = DataSource::Images;
        let claims = claims(&plan(), &[with_masks, without]);
        let of = |key: &str| claims.iter().find(|claim| claim.key == key).expect("measured");
        let counted = |claim: &Claim| (claim.runs, claim.is_of_scenes);
        assert_eq!(counted(of("residualOnBackground")), (1, true));
        assert_eq!(counted(of("accuracy")), (2, false));
    }

    #[test]
    fn a_layer_that_the_first_run_has_no_scores_of_is_not_lost() {
        let mut records = [1, 2, 3].map(|seed| published("wide", seed));
        records[0].scores.remove(0);
        let claims = claims(&plan(), &records);
        let similarity = claims.iter().find(|claim| claim.key == "similarity").expect("measured");
        let counts: Vec<usize> = similarity.cells.iter().map(|own| own.cell.values.len()).collect();
        assert_eq!(counts, [2, 3, 3]);
    }
}
