//! What the checks of a report say, value by value: each leaf of their part of the document under its own path.

use serde::Serialize;
use serde_json::Value;

use crate::session::checks::faithfulness::FaithfulnessReport;
use crate::session::checks::sanity::SanityReport;
use crate::session::checks::spread::SpreadReport;
use crate::session::maps::map_kind::MapKind;
use crate::session::record::replay::figures::{Figure, FigureKind};

/// Faithfulness of the maps of one kind, by every method that drew them, at one layer.
pub(in crate::session) fn of_faithfulness(report: &FaithfulnessReport, kind: MapKind) -> Vec<Figure> {
    let whole = format!("{}, faithfulness of {}", report.layer, kind.name());
    let mut all = leaves(&whole, &FaithfulnessReport { maps: Vec::new(), ..report.clone() });
    for entry in report.maps.iter().filter(|entry| entry.map == kind) {
        let method = entry.method.map(|method| format!(" by {}", word(&method))).unwrap_or_default();
        all.extend(leaves(&format!("{whole}{method}"), entry));
    }
    all
}

/// The sanity checks at one layer.
pub(in crate::session) fn of_sanity(report: &SanityReport) -> Vec<Figure> {
    let mut all = leaves(&format!("{}, sanity", report.layer), &SanityReport { checks: Vec::new(), ..report.clone() });
    for check in &report.checks {
        all.extend(leaves(&format!("{}, sanity, {}", report.layer, word(&check.name)), check));
    }
    all
}

/// The spread of one picture's map.
pub(in crate::session) fn of_spread(report: &SpreadReport) -> Vec<Figure> {
    leaves(&format!("{}, spread of {} of picture {}", report.layer, report.map.name(), report.image), report)
}

/// A name as the report writes it.
fn word<T: Serialize>(name: &T) -> String {
    serde_json::to_value(name).ok().and_then(|name| Some(name.as_str()?.to_owned())).unwrap_or_default()
}

fn leaves<T: Serialize>(name: &str, part: &T) -> Vec<Figure> {
    let mut all = Vec::new();
    add(&format!("{name}: "), "", &serde_json::to_value(part).expect("plain data"), &mut all);
    all
}

fn add(name: &str, path: &str, value: &Value, all: &mut Vec<Figure>) {
    let kind = if path.starts_with("referenceHash") { FigureKind::Data } else { FigureKind::Check };
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                add(name, &format!("{path}{dot}{field}"), value, all);
            }
        }
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(place, value)| add(name, &format!("{path}[{place}]"), value, all));
        }
        Value::Number(number) if number.is_f64() => {
            all.push(Figure::number(kind, format!("{name}{path}"), number.as_f64().unwrap_or(f64::NAN)));
        }
        Value::String(text) => all.push(Figure::text(kind, format!("{name}{path}"), text)),
        // Counts, too, are texts: one close call makes another of them.
        other => all.push(Figure::text(kind, format!("{name}{path}"), other.to_string())),
    }
}
