//! `unicam replay`: a bundle computed again and compared.

use pollster::block_on;
use unicam::session::{
    FigureKind, FigureValue, ReplayEvent, ReplayOptions, ReplayReport, ReplayRow, ReplayStage, RowOutcome, TOLERANCES,
};

use crate::arguments;
use crate::devices;
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::inputs::{offer, rack};
use crate::output::{Output, Progress, name_in_json};

/// Rows that differ and are shown.
const SHOWN: usize = 20;

/// Replays a bundle and prints what came of it.
pub fn replay(arguments: &arguments::Replay, output: &Output) -> Outcome<()> {
    let bytes = files::read(&arguments.bundle)?;
    let session = devices::open(&arguments.device, output)?;
    let mut replay = session.open_replay(&bytes)?;
    let summary = replay.summary();
    output.say(&format!(
        "Bundle: {} under {}, on {}, written {} by version {}.",
        summary.student, summary.teacher, summary.data_name, summary.created_at, summary.crate_version
    ));
    if !arguments.data.is_empty() {
        replay.begin_images_on(rack())?;
        offer(&mut replay, &arguments.data, output)?;
        replay.finish_images()?;
    } else if !summary.has_pictures {
        return Err(Failure::Usage(format!(
            "Name the files that the bundle's pictures were collected from with --data: {}. Their digest is {}.",
            summary.data_files.join(", "),
            summary.data_digest
        )));
    }
    replay.start(ReplayOptions { networks_only: arguments.networks_only })?;
    let mut bar: Option<(ReplayStage, Progress)> = None;
    let report = loop {
        match block_on(replay.next())? {
            Some(ReplayEvent::Progress { stage, done, total }) => {
                if bar.as_ref().is_none_or(|(shown, _)| *shown != stage) {
                    let former = bar.replace((stage, output.bar(&name_in_json(&stage), "step", total)));
                    former.into_iter().for_each(|(_, bar)| bar.end());
                }
                bar.iter_mut().for_each(|(_, bar)| bar.at(done));
            }
            Some(ReplayEvent::Finished { report }) => break report,
            None => return Err(unicam::Error::NotReady { needed: "Begin the replay".to_owned() }.into()),
        }
    };
    bar.into_iter().for_each(|(_, bar)| bar.end());
    output.print(&table(&report, arguments.rows));
    output.emit(&report);
    match report.first_difference {
        None => Ok(()),
        Some(place) => Err(Failure::Differs(format!(
            "{} of {} compared numbers differ from the bundle's. The first: {}.",
            report.differing,
            report.held + report.differing,
            line(&report.rows[place])
        ))),
    }
}

/// A line for each kind of number, then what differs, or with `all` every number.
fn table(report: &ReplayReport, all: bool) -> String {
    let mut lines = vec![
        if report.bundle.unlike.is_empty() {
            "The same device: every number has to agree to its last bit.".to_owned()
        } else {
            let how: Vec<String> = report.bundle.unlike.iter().map(name_in_json).collect();
            format!(
                "The bundle's numbers were made elsewhere ({}; {} there, {} here): docs/REPLAY.md has the tolerances.",
                how.join(", "),
                report.bundle.device.name,
                report.device.name
            )
        },
        format!("{:12}{:>8}{:>8}{:>14}{:>24}", "", "holds", "differs", "not compared", "largest difference"),
    ];
    for kind in TOLERANCES.iter().map(|tolerance| tolerance.kind) {
        lines.extend(counts(kind, &report.rows));
    }
    let wanted = |row: &&ReplayRow| all || row.outcome == RowOutcome::Differs;
    let most = if all { usize::MAX } else { SHOWN };
    lines.extend(
        report.rows.iter().filter(wanted).take(most).map(|row| format!("{}: {}", mark(row.outcome), line(row))),
    );
    if report.differing > most {
        lines.push(format!("and {} more that differ: --rows lists all", report.differing - most));
    }
    if report.first_difference.is_none() {
        lines.push(format!("All {} compared numbers hold.", report.held));
    }
    lines.join("\n")
}

fn counts(kind: FigureKind, rows: &[ReplayRow]) -> Option<String> {
    let own: Vec<&ReplayRow> = rows.iter().filter(|row| row.kind == kind).collect();
    if own.is_empty() {
        return None;
    }
    let count = |outcome| own.iter().filter(|row| row.outcome == outcome).count();
    let compared = own.iter().filter(|row| row.outcome != RowOutcome::Free);
    let largest = compared.filter_map(|row| row.difference).max_by(f64::total_cmp);
    let largest = largest.map_or_else(|| "none".to_owned(), |largest| format!("{largest:.3e}"));
    let [holds, differs, free] = [RowOutcome::Holds, RowOutcome::Differs, RowOutcome::Free].map(count);
    Some(format!("{:12}{holds:>8}{differs:>8}{free:>14}{largest:>24}", name_in_json(&kind)))
}

fn mark(outcome: RowOutcome) -> &'static str {
    match outcome {
        RowOutcome::Holds => "holds",
        RowOutcome::Differs => "differs",
        RowOutcome::Free => "not compared",
    }
}

fn line(row: &ReplayRow) -> String {
    let kind = name_in_json(&row.kind);
    let value = |value: &Option<FigureValue>| match value {
        None => "none".to_owned(),
        Some(FigureValue::Number(number)) => number.to_string(),
        Some(FigureValue::Text(text)) => text.clone(),
    };
    let allowed = row.allowed.map_or_else(String::new, |allowed| format!(", at most {allowed:.1e} apart"));
    let (bundle, again) = (value(&row.bundle), value(&row.replayed));
    format!("{kind} \"{}\" is {bundle} in the bundle and {again} here{allowed}", row.name)
}
