//! The values of two sets of maps side by side.

use crate::bytes::npy::{Array, Values};
use crate::error::Result;
use crate::session::maps::explain::Explanation;
use crate::session::record::bundle::manifest::RAW;
use crate::session::record::bundle::reading::{Bundle, unreadable};
use crate::session::record::replay::figures::{Figure, FigureKind};

/// For each array of a layer's maps in the bundle, the value where the two differ most: the bundle's and the replay's, each
/// as a share of the largest value in the bundle's array.
///
/// # Errors
/// [`crate::Error::UnreadableBundle`] for an array that is none.
pub(in crate::session) fn worst_values(bundle: &Bundle, explanation: &Explanation) -> Result<[Vec<Figure>; 2]> {
    let layer = &explanation.report.layer;
    let replayed = explanation.raw_files();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for (name, bytes) in bundle.maps(layer).filter(|(name, _)| name.ends_with(RAW)) {
        let title = format!("{layer}, {}: value that differs most", name.trim_end_matches(RAW));
        let own = numbers(&name, bytes)?;
        let figure = |value: f32, top: f32| {
            let share = if top > 0.0 { f64::from(value) / f64::from(top) } else { f64::from(value) };
            Figure::number(FigureKind::Map, title.clone(), share)
        };
        let again = replayed.iter().find(|(other, _)| *other == name).map(|(_, bytes)| numbers(&name, bytes));
        let top = own.values.iter().copied().fold(0.0f32, f32::max);
        match again.transpose()? {
            Some(again) if again.shape == own.shape => {
                let apart = |place: &usize| (own.values[*place] - again.values[*place]).abs();
                let worst = (0..own.values.len()).max_by(|a, b| apart(a).total_cmp(&apart(b))).unwrap_or(0);
                let value = |of: &Numbers| of.values.get(worst).copied().unwrap_or(0.0);
                ours.push(figure(value(&own), top));
                theirs.push(figure(value(&again), top));
            }
            // Missing, or of another form: there is nothing to compare it with, which is a difference.
            _ => ours.push(figure(top, top)),
        }
    }
    Ok([ours, theirs])
}

struct Numbers {
    shape: Vec<usize>,
    values: Vec<f32>,
}

fn numbers(name: &str, bytes: &[u8]) -> Result<Numbers> {
    let array = Array::read(bytes).map_err(|error| unreadable(format!("its array {name:?} is none: {error}")))?;
    match array.values {
        Values::Numbers(values) => Ok(Numbers { shape: array.shape, values }),
        Values::Bytes(_) => Err(unreadable(format!("its array {name:?} is not of single precision"))),
    }
}
