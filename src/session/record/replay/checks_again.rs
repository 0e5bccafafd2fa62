//! The checks of a report, made again one by one.

use crate::error::Result;
use crate::session::checks::faithfulness::FaithfulnessConfig;
use crate::session::checks::report::CheckedWith;
use crate::session::checks::sanity::SanityConfig;
use crate::session::checks::spread::SpreadConfig;
use crate::session::maps::map_kind::MapKind;
use crate::session::record::bundle::reading::unreadable;
use crate::session::record::replay::check_figures::{of_faithfulness, of_sanity, of_spread};
use crate::session::record::replay::figures::Figure;
use crate::session::record::report::Report;
use crate::session::state::Session;

/// One check, by the place of its entry among those of its sort in the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum CheckTask {
    /// The faithfulness of one kind of map.
    Faithfulness(usize, MapKind),
    /// The sanity checks of a layer.
    Sanity(usize),
    /// A spread.
    Spread(usize),
}

/// Every check that stands in a report.
pub(in crate::session) fn tasks_of(report: &Report) -> Vec<CheckTask> {
    let checks = &report.checks;
    let mut all = Vec::new();
    for (place, layer) in checks.faithfulness.iter().enumerate() {
        let has = |kind: &MapKind| layer.maps.iter().any(|entry| entry.map == *kind);
        all.extend(MapKind::ALL.into_iter().filter(has).map(|kind| CheckTask::Faithfulness(place, kind)));
    }
    all.extend((0..checks.sanity.len()).map(CheckTask::Sanity));
    all.extend((0..checks.spreads.len()).map(CheckTask::Spread));
    all
}

/// Makes a check of `report` again: what the report says of it, and what comes out here.
///
/// # Errors
/// [`crate::Error::UnreadableBundle`] where it is of a layer that the Student has not, and those of the check.
pub(in crate::session) async fn again(
    report: &Report,
    task: CheckTask,
    session: &mut Session,
) -> Result<(Vec<Figure>, Vec<Figure>)> {
    let (checks, settings) = (&report.checks, &report.config.checks);
    let CheckedWith { faithfulness, sanity, spreads } = &checks.settings;
    let reference = report.config.reference;
    // Reports from before their settings stood beside them were made with those of the run.
    match task {
        CheckTask::Faithfulness(place, kind) => {
            let own = &checks.faithfulness[place];
            let layer = layer_of(report, &own.layer)?;
            let usual = || settings.faithfulness(reference, layer, own.objective);
            let used = faithfulness.clone().unwrap_or_else(usual);
            let found = session.faithfulness(&FaithfulnessConfig { layer, maps: vec![kind], ..used }).await?;
            Ok((of_faithfulness(own, kind), of_faithfulness(&found, kind)))
        }
        CheckTask::Sanity(place) => {
            let own = &checks.sanity[place];
            let layer = layer_of(report, &own.layer)?;
            let used = sanity.unwrap_or_else(|| settings.sanity(reference, layer, own.objective));
            let found = session.sanity(&SanityConfig { layer, ..used }).await?;
            Ok((of_sanity(own), of_sanity(&found)))
        }
        CheckTask::Spread(place) => {
            let own = &checks.spreads[place];
            let layer = layer_of(report, &own.layer)?;
            let (image, map) = (own.image, own.map);
            let used = spreads.unwrap_or_else(|| settings.spread(reference, layer, own.objective, (image, map)));
            let found = session.explain_spread(&SpreadConfig { image, map, layer, ..used }).await?;
            Ok((of_spread(own), of_spread(&found.report)))
        }
    }
}

/// Number of a stage of the report's Student, from 1.
fn layer_of(report: &Report, name: &str) -> Result<usize> {
    let layers = report.student.as_ref().map(|student| student.summary.layers.as_slice()).unwrap_or_default();
    let place = layers.iter().position(|layer| layer == name);
    place
        .map(|place| place + 1)
        .ok_or_else(|| unreadable(format!("it has checks of {name:?}, which its Student has not")))
}
