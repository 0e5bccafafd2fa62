//! Checks as tables for a terminal.

use unicam::attribution::Estimate;
use unicam::session::{
    ChecksReport, FaithfulnessReport, MapFaithfulness, PassingSide, SanityCheck, SanityReport, SpreadReport,
};

use crate::output::name_in_json;

/// Width of the first column: the longest name of a map and of a method.
const TITLE: usize = 38;

/// Faithfulness, sanity and spread of every layer, one table after the other.
pub fn tables(checks: &ChecksReport) -> String {
    let mut lines: Vec<String> = checks.faithfulness.iter().flat_map(faithfulness).collect();
    if !checks.faithfulness.is_empty() {
        lines.push(
            "gap: how much longer confidence stands with the least relevant pixels taken away first than with the most \
             relevant,\nhalved; above what random maps have for a map that tells what matters. Mean ± standard error"
                .to_owned(),
        );
    }
    lines.extend(checks.sanity.iter().flat_map(sanity));
    // One table a layer: the spreads are in the order of the layers.
    for layer in checks.spreads.chunk_by(|a, b| a.layer == b.layer) {
        lines.extend(spreads(layer));
    }
    lines.join("\n")
}

fn faithfulness(report: &FaithfulnessReport) -> Vec<String> {
    let FaithfulnessReport { layer, n, reference_hash, keep, .. } = report;
    let mut lines = vec![
        format!("Faithfulness at {layer} over {n} images, reference batch {reference_hash}"),
        format!("{:TITLE$}{:>16}{:>16}{:>16}{:>8}", "", "gap", "drop", "rise", "empty"),
    ];
    lines.extend(report.maps.iter().map(row));
    lines.push(format!("drop and rise of the confidence with the top {:.0} % kept", 100.0 * keep));
    lines
}

fn row(entry: &MapFaithfulness) -> String {
    let method = entry.method.map_or("UniCAM".to_owned(), |method| name_in_json(&method));
    let title = format!("{}, {method}", entry.map.name());
    let figures = match &entry.outcome {
        Some(outcome) => [&outcome.combined, &outcome.average_drop, &outcome.increase].map(figure).concat(),
        None => format!("{:>48}", "every map is empty"),
    };
    format!("{title:TITLE$}{figures}{:>8}", entry.empty)
}

fn figure(estimate: &Estimate) -> String {
    let error = estimate.standard_error.map_or(String::new(), |error| format!(" ± {error:.3}"));
    format!("{:>16}", format!("{:.3}{error}", estimate.mean))
}

fn sanity(report: &SanityReport) -> Vec<String> {
    let SanityReport { layer, n, reference_hash, .. } = report;
    let mut lines = vec![
        format!("Sanity at {layer} over {n} images, reference batch {reference_hash}"),
        format!("{:TITLE$}{:>16}{:>16}{:>16}", "", "found", "needed", "outcome"),
    ];
    lines.extend(report.checks.iter().map(|check| {
        let SanityCheck { name, statistic, threshold, side, passed, .. } = check;
        let found = statistic.map_or("none".to_owned(), |statistic| format!("{statistic:.3}"));
        let side = match side {
            PassingSide::AtMost => "at most",
            PassingSide::Above => "above",
        };
        let outcome = match passed {
            Some(true) => "passed",
            Some(false) => "not passed",
            None => "no number",
        };
        format!("{:TITLE$}{found:>16}{:>16}{outcome:>16}", name_in_json(name), format!("{side} {threshold:.2}"))
    }));
    lines
}

fn spreads(reports: &[SpreadReport]) -> Vec<String> {
    let first = &reports[0];
    let mut lines = vec![
        format!("Spread at {} over {} batches of {} images", first.layer, first.reference_hashes.len(), first.n),
        format!("{:TITLE$}{:>16}{:>16}{:>16}", "", "rank corr.", "deviation", "empty batches"),
    ];
    lines.extend(reports.iter().map(|report| {
        let title = format!("test image {}, {}", report.image, report.map.name());
        let ranks = report.rank_stability.map_or("none".to_owned(), |ranks| format!("{ranks:.3}"));
        format!("{title:TITLE$}{ranks:>16}{:>16.3}{:>16}", report.mean_deviation, report.empty)
    }));
    lines
}
