//! Two lists of numbers side by side.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::session::record::replay::figures::{Figure, FigureKind, FigureValue};
use crate::session::record::replay::tolerance::{Bound, bound_of};

/// What became of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum RowOutcome {
    /// It agrees as closely as it has to.
    Holds,
    /// It does not, or one of the two is missing.
    Differs,
    /// Nothing is asked of it on another device.
    Free,
}

/// One number of the bundle beside that of the replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ReplayRow {
    /// What it is about.
    pub kind: FigureKind,
    /// Its name.
    pub name: String,
    /// The bundle's value; nothing where the bundle has none.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "FigureValue | null"))]
    pub bundle: Option<FigureValue>,
    /// The replay's.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "FigureValue | null"))]
    pub replayed: Option<FigureValue>,
    /// How far the two numbers are apart; nothing for a text.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub difference: Option<f64>,
    /// How far they may be; nothing for a text, or where nothing is asked.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub allowed: Option<f64>,
    /// What became of it.
    pub outcome: RowOutcome,
}

/// Compares what the bundle says with what was computed again; in the bundle's order, then what only the replay has.
pub(in crate::session) fn compare(bundle: Vec<Figure>, replayed: Vec<Figure>, is_same: bool) -> Vec<ReplayRow> {
    let mut found: BTreeMap<(FigureKind, String), Figure> =
        replayed.into_iter().map(|figure| ((figure.kind, figure.name.clone()), figure)).collect();
    let mut rows: Vec<ReplayRow> = bundle
        .into_iter()
        .map(|figure| {
            let other = found.remove(&(figure.kind, figure.name.clone()));
            row(&figure, other.map(|other| other.value), is_same)
        })
        .collect();
    rows.extend(found.into_values().map(|extra| ReplayRow {
        kind: extra.kind,
        name: extra.name,
        bundle: None,
        replayed: Some(extra.value),
        difference: None,
        allowed: None,
        outcome: RowOutcome::Differs,
    }));
    rows
}

fn row(figure: &Figure, replayed: Option<FigureValue>, is_same: bool) -> ReplayRow {
    let bound = bound_of(figure, is_same);
    let difference = match (&figure.value, &replayed) {
        (FigureValue::Number(a), Some(FigureValue::Number(b))) => Some((a - b).abs()),
        _ => None,
    };
    let allowed = match (&figure.value, bound) {
        (FigureValue::Number(_), Bound::Exact) => Some(0.0),
        (FigureValue::Number(value), Bound::Within { absolute, relative }) => Some(absolute + relative * value.abs()),
        _ => None,
    };
    let holds = match (&figure.value, &replayed) {
        (FigureValue::Number(a), Some(FigureValue::Number(b))) => {
            // A difference of 0 is equal bits, but for the sign of zero.
            a == b || allowed.is_some_and(|allowed| (a - b).abs() <= allowed)
        }
        (FigureValue::Text(a), Some(FigureValue::Text(b))) => a == b,
        _ => false,
    };
    let outcome = match (holds, bound) {
        _ if replayed.is_none() => RowOutcome::Differs,
        (_, Bound::Free) => RowOutcome::Free,
        (true, _) => RowOutcome::Holds,
        (false, _) => RowOutcome::Differs,
    };
    ReplayRow {
        kind: figure.kind,
        name: figure.name.clone(),
        bundle: Some(figure.value.clone()),
        replayed,
        difference,
        allowed,
        outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn losses(values: &[(usize, f64)]) -> Vec<Figure> {
        let figure = |&(step, value): &(usize, f64)| Figure {
            step: Some(step),
            ..Figure::number(FigureKind::Loss, format!("at {step}"), value)
        };
        values.iter().map(figure).collect()
    }

    fn outcomes(rows: &[ReplayRow]) -> Vec<RowOutcome> {
        rows.iter().map(|row| row.outcome).collect()
    }

    #[test]
    fn the_same_device_owes_every_bit_and_another_one_the_first_steps() {
        use RowOutcome::{Differs, Free, Holds};
        let bundle = [(5, 1.0), (10, 2.0), (15, 3.0)];
        let replayed = [(5, 1.0 + f64::EPSILON), (10, 2.5), (15, 9.0)];
        let of = |is_same| outcomes(&compare(losses(&bundle), losses(&replayed), is_same));
        assert_eq!(of(true), [Differs, Differs, Differs]);
        assert_eq!(of(false), [Holds, Differs, Free]);
        assert_eq!(outcomes(&compare(losses(&bundle), losses(&bundle), true)), [Holds, Holds, Holds]);
    }

    #[test]
    fn what_only_one_side_has_differs() {
        let rows = compare(losses(&[(5, 1.0)]), losses(&[(15, 1.0)]), false);
        assert_eq!(outcomes(&rows), [RowOutcome::Differs, RowOutcome::Differs]);
        assert_eq!((rows[0].replayed.clone(), rows[1].bundle.clone()), (None, None));
    }
}
