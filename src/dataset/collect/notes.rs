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
        let message = format!("{files} left out; the row of each says why.");
        notes.push(Note::new("broken", message, &[("files", &report.broken)]));
    }
    if report.imbalance >= NOTABLE_IMBALANCE {
        let times = format!("{:.1}", report.imbalance);
        let message = format!(
            "The largest class has {times} times as many training pictures as the smallest: accuracy alone says little."
        );
        notes.push(Note::new("imbalance", message, &[("times", &times)]));
    }
    let counted = |code: &str, pictures: usize, rest: &str| {
        Note::new(code, format!("{} {rest}", are(pictures)), &[("pictures", &pictures)])
    };
    if report.over_limit > 0 {
        notes.push(counted("over-limit", report.over_limit, "left out by the limit of each class."));
    }
    if report.copies > 0 {
        let (code, rest) = if report.split_given {
            ("copies", "the same as another of the class.")
        } else {
            ("copies-together", "the same as another of the class; they stay together on one side of the split.")
        };
        notes.push(counted(code, report.copies, rest));
    }
    if report.copies_across > 0 {
        let rest = "for testing and, as a copy, for training: test accuracy flatters.";
        notes.push(counted("copies-across", report.copies_across, rest));
    }
    if report.contradictions > 0 {
        notes.push(counted("contradictions", report.contradictions, "in two classes at once."));
    }
    notes
}

fn split(report: &ImagesReport) -> Note {
    let (code, message) = if report.split_given {
        ("split-given", "The folders say which pictures are for training and which for testing.")
    } else {
        ("split-drawn", "No split was found in the folders: the seed draws which pictures are kept for testing.")
    };
    Note::new(code, message, &[])
}

/// Which level names the classes, where another could.
fn levels(report: &ImagesReport) -> Option<Note> {
    let is_chosen = |level: &&ClassLevel| level.level == report.class_level;
    let others: Vec<&ClassLevel> = report.levels.iter().filter(|level| !is_chosen(level)).collect();
    if others.is_empty() {
        return None;
    }
    let chosen = report.levels.iter().find(is_chosen).map_or_else(String::new, |level| format!(" ({})", names(level)));
    let could: Vec<String> =
        others.iter().map(|level| format!("level {} could ({})", level.level, names(level))).collect();
    let level = report.class_level;
    let message = format!(
        "Level {level} of the folders names the classes{chosen}, and {} as well: several folders feed one class. The setting classLevel chooses.",
        could.join(", ")
    );
    let levels: Vec<String> = others.iter().map(|other| other.level.to_string()).collect();
    Some(Note::new("class-level", message, &[("level", &level), ("others", &levels.join(", "))]))
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
    let named = folders.join(", ");
    let more = format!("{} more", rows.len().saturating_sub(NAMED));
    if rows.len() > NAMED {
        folders.push(&more);
    }
    let message = |why: &str| format!("{} left out, since {why}: {}.", are(pictures), folders.join(", "));
    let (code, why) = match reason {
        OutReason::OutsideTheSplit => ("outside-the-split", "the folders give a split, and these lie outside it"),
        OutReason::NoClassFolder => ("no-class-folder", "no folder names their class"),
        OutReason::Unlabelled => ("unlabelled", "their folder is for pictures without a class"),
        OutReason::Untaught => ("untaught", "their class is met in the folders for testing only"),
        OutReason::NoLabels => ("no-labels", "no array of labels lies beside their array"),
    };
    let named = if rows.len() > NAMED { format!("{named} …") } else { named };
    Some(Note::new(code, message(why), &[("pictures", &pictures), ("folders", &named)]))
}

fn are(pictures: usize) -> String {
    if pictures == 1 { "1 picture is".to_owned() } else { format!("{pictures} pictures are") }
}
