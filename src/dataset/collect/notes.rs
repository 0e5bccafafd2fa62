//! What is worth knowing of collected pictures, in sentences: the same on the page and on a terminal.

use super::report::{ClassLevel, ImagesReport, LeftOut, Note, OutReason};

/// Most times that the largest class may be as large as the smallest before a word is said about it.
const NOTABLE_IMBALANCE: f64 = 1.5;
/// Folders that a note names before it only counts them.
const NAMED: usize = 4;

/// The notes on a report whose own are still to be written.
pub(super) fn notes(report: &ImagesReport) -> Vec<Note> {
    let mut notes = vec![split(report)];
    notes.extend(levels(report));
    for reason in [
        OutReason::OutsideTheSplit,
        OutReason::NoClassFolder,
        OutReason::Unlabelled,
        OutReason::Untaught,
        OutReason::NoLabels,
    ] {
        notes.extend(left_out(&report.left_out, reason));
    }
    if report.broken > 0 {
        let files = if report.broken == 1 { "1 file was".to_owned() } else { format!("{} files were", report.broken) };
        notes.push(note("broken", format!("{files} left out; the row of each says why.")));
    }
    if report.imbalance >= NOTABLE_IMBALANCE {
        let message = format!(
            "The largest class has {:.1} times as many training pictures as the smallest: accuracy alone says little.",
            report.imbalance
        );
        notes.push(note("imbalance", message));
    }
    if report.over_limit > 0 {
        notes.push(note("over-limit", format!("{} left out by the limit of each class.", are(report.over_limit))));
    }
    if report.copies > 0 {
        let end = if report.split_given { "." } else { "; they stay together on one side of the split." };
        notes.push(note("copies", format!("{} the same as another of the class{end}", are(report.copies))));
    }
    if report.copies_across > 0 {
        let message =
            format!("{} for testing and, as a copy, for training: test accuracy flatters.", are(report.copies_across));
        notes.push(note("copies-across", message));
    }
    if report.contradictions > 0 {
        notes.push(note("contradictions", format!("{} in two classes at once.", are(report.contradictions))));
    }
    notes
}

fn split(report: &ImagesReport) -> Note {
    let message = if report.split_given {
        "The folders say which pictures are for training and which for testing."
    } else {
        "No split was found in the folders: the seed draws which pictures are kept for testing."
    };
    note(if report.split_given { "split-given" } else { "split-drawn" }, message.to_owned())
}

/// Which level names the classes, where another could.
fn levels(report: &ImagesReport) -> Option<Note> {
    let is_chosen = |level: &&ClassLevel| level.level == report.class_level;
    let others: Vec<&ClassLevel> = report.levels.iter().filter(|level| !is_chosen(level)).collect();
    if others.is_empty() {
        return None;
    }
    let chosen = report.levels.iter().find(is_chosen).map_or_else(String::new, |level| format!(" ({})", names(level)));
    let others: Vec<String> =
        others.iter().map(|level| format!("level {} could ({})", level.level, names(level))).collect();
    let message = format!(
        "Level {} of the folders names the classes{chosen}, and {} as well: several folders feed one class. The setting classLevel chooses.",
        report.class_level,
        others.join(", ")
    );
    Some(note("class-level", message))
}

fn names(level: &ClassLevel) -> String {
    let more = level.classes.saturating_sub(level.names.len());
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", level.names.join(", "))
}

fn left_out(all: &[LeftOut], reason: OutReason) -> Option<Note> {
    let rows: Vec<&LeftOut> = all.iter().filter(|row| row.reason == reason).collect();
    let pictures: usize = rows.iter().map(|row| row.pictures).sum();
    if pictures == 0 {
        return None;
    }
    let mut folders: Vec<&str> = rows.iter().take(NAMED).map(|row| row.folder.as_str()).collect();
    let more = format!("{} more", rows.len().saturating_sub(NAMED));
    if rows.len() > NAMED {
        folders.push(&more);
    }
    let folders = folders.join(", ");
    let (code, why) = match reason {
        OutReason::OutsideTheSplit => ("outside-the-split", "the folders give a split, and these lie outside it"),
        OutReason::NoClassFolder => ("no-class-folder", "no folder names their class"),
        OutReason::Unlabelled => ("unlabelled", "their folder is for pictures without a class"),
        OutReason::Untaught => ("untaught", "their class is met in the folders for testing only"),
        OutReason::NoLabels => ("no-labels", "no array of labels lies beside their array"),
    };
    Some(note(code, format!("{} left out, since {why}: {folders}.", are(pictures))))
}

fn note(code: &str, message: String) -> Note {
    Note { code: code.to_owned(), message }
}

fn are(pictures: usize) -> String {
    if pictures == 1 { "1 picture is".to_owned() } else { format!("{pictures} pictures are") }
}
