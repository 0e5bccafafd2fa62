//! What a visitor can read in a minute.

use std::fmt::Write;

use unicam::attribution::Estimate;

use super::base_record::BaseRecord;
use super::claims::Claim;
use super::course::{Standing, standing};
use super::coverage::missing;
use super::figures::{ACCURACY_FIGURE, OBJECT_FIGURE};
use super::gaps::gaps_in_short;
use super::judging::{Judged, Verdict};
use super::plan::{Plan, Study};
use super::record::Record;
use super::tables::signed;
use super::teachers::teachers_section;

/// Most places that are named one by one.
const NAMED: usize = 3;

/// What holds, what is reversed, what goes both ways and what is not settled, with two figures.
pub fn opening(plan: &Plan, records: &[Record], bases: &[BaseRecord], claims: &[Claim]) -> String {
    let (fewest, most) = plan.fewest_and_most_seeds();
    let seeds = if fewest == most { most.to_string() } else { format!("{fewest} to {most}") };
    let mut text = String::from(
        "# Evidence\n\nThe paper's claims, tested: what holds, what does not, and what nobody can tell yet. ",
    );
    _ = writeln!(
        text,
        "{} runs stand behind this page, {}.\n\
         Each claim predicts positive differences. “Settled” means: still significant after correction for the number of differences.",
        records.len(),
        match missing(plan, records) {
            0 => format!("of {seeds} seeds a study"),
            1 => format!("of up to {most} seeds a study; one more is planned and has no record yet"),
            open => format!("of up to {most} seeds a study; {open} more are planned and have no record yet"),
        }
    );
    let of = |claim: &Claim| (claim.count(Verdict::Holds) > 0, claim.count(Verdict::Reversed) > 0);
    for (title, kind) in [
        ("Holds wherever it is settled", (true, false)),
        ("Reversed wherever it is settled", (false, true)),
        ("Holds in one place and is reversed in another", (true, true)),
        ("Settled nowhere", (false, false)),
    ] {
        let own: Vec<&Claim> = claims.iter().filter(|claim| of(claim) == kind).collect();
        if !own.is_empty() {
            _ = write!(text, "\n## {title}\n\n");
            for claim in own {
                text += &line(claim);
                match claim.key {
                    "accuracy" => text += &where_stopped(plan, records, bases, claim),
                    "gap" => text += &gaps_in_short(plan, records),
                    _ => {}
                }
            }
        }
    }
    text += &teachers_section(plan, records);
    if claims.iter().any(|claim| claim.key == "accuracy") {
        _ = write!(
            text,
            "\n## Two figures\n\n![Accuracy of the Student less that of its Base, study by study, with 95 % intervals over the \
             seeds](evidence/{ACCURACY_FIGURE})\n"
        );
    }
    if claims.iter().any(|claim| claim.key == "residualOnBackground") {
        _ = write!(
            text,
            "\n![How much more of the distilled and of the residual maps lies on the object than its share of the area, study \
             by study and layer by layer](evidence/{OBJECT_FIGURE})\n"
        );
    }
    text
}

/// The same of those studies alone whose trainings were long enough.
fn where_stopped(plan: &Plan, records: &[Record], bases: &[BaseRecord], claim: &Claim) -> String {
    let has_stopped = |study: &&Study| standing(plan, study, records, bases) == Standing::Stopped;
    let stopped: Vec<&Judged> = plan
        .studies
        .iter()
        .filter(has_stopped)
        .flat_map(|study| claim.cells.iter().filter(|own| own.cell.place == study.title))
        .collect();
    if stopped.is_empty() {
        return "  No training is known to have been so long that its Base had stopped improving.\n".to_owned();
    }
    format!(
        "  Of the {} whose Base had stopped improving, as longer trainings say: {}.\n",
        stopped.len(),
        told(&stopped, &Verdict::ALL, claim.margin()).join(", ")
    )
}

/// Each verdict that one of these differences has, in words with their number.
fn told(cells: &[&Judged], verdicts: &[Verdict], margin: Option<f64>) -> Vec<String> {
    let of = |verdict: &Verdict| {
        let own: Vec<&Judged> = cells.iter().filter(|own| own.verdict == *verdict).copied().collect();
        let named = matches!(verdict, Verdict::Holds | Verdict::Reversed) && own.len() <= NAMED;
        let places = if named { places_of(&own) } else { String::new() };
        (!own.is_empty()).then(|| format!("{} in {}{places}", verdict.text(margin), own.len()))
    };
    verdicts.iter().filter_map(of).collect()
}

fn line(claim: &Claim) -> String {
    let means: Vec<f64> = claim.cells.iter().filter_map(|own| Some(own.estimate?.mean)).collect();
    let above = means.iter().filter(|mean| **mean > 0.0).count();
    // Accuracies and scores have no mean together.
    let average = Estimate::of(&means).filter(|_| claim.margin().is_some());
    let average = average.map_or_else(String::new, |all| format!(", on average {}", signed(all.mean)));
    let cells: Vec<&Judged> = claim.cells.iter().collect();
    let part = |before: &str, verdicts: &[Verdict], after: &str| match told(&cells, verdicts, claim.margin()) {
        none if none.is_empty() => String::new(),
        some => format!("{before}{}{after}", some.join(", ")),
    };
    let settled = part(": ", &[Verdict::Holds, Verdict::Reversed], "");
    let open = part(" Not settled: ", &[Verdict::NoDifference, Verdict::CannotTell, Verdict::TooFewSeeds], ".");
    let scenes = if claim.is_of_scenes { ", all of the built-in Scenes" } else { "" };
    let meaning = if claim.key == "residualOnBackground" && claim.count(Verdict::Reversed) > 0 {
        " What the Base has and the Student let go lies on the object, too. This is the finding of this project."
    } else {
        ""
    };
    format!(
        "- **{}**: settled in {} of {count} differences{settled}.{open} The mean is above 0 in {above} of {count}{average}. Measured in \
         {} runs{scenes}.{meaning}\n",
        claim.text,
        claim.settled(),
        claim.runs,
        count = claim.cells.len(),
    )
}

/// Where these were measured, each place once, in brackets: one may have been measured in two ways, which is said.
fn places_of(cells: &[&Judged]) -> String {
    let mut places: Vec<&str> = Vec::new();
    for own in cells {
        if !places.contains(&own.cell.short.as_str()) {
            places.push(&own.cell.short);
        }
    }
    let twice = cells.len() - places.len();
    let told = places.join("; ");
    match (places.len(), twice) {
        (_, 0) => format!(" ({told})"),
        (1, _) => format!(" (at 1 place, in {} ways: {told})", cells.len()),
        (count, 1) => format!(" (at {count} places, one of them in two ways: {told})"),
        (count, twice) => format!(" (at {count} places, {twice} of them in two ways: {told})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::judging::{Cell, judged};

    fn at(place: &str) -> Cell {
        let (place, what) = (place.to_owned(), String::new());
        Cell { short: place.clone(), place, what, margin: 0.02, values: vec![0.1, 0.11, 0.12], runs: Vec::new() }
    }

    #[test]
    fn counts_and_places_agree() {
        let of = |places: &[&str]| {
            let cells = judged(places.iter().map(|place| at(place)).collect());
            places_of(&cells.iter().collect::<Vec<_>>())
        };
        assert_eq!(of(&["a", "b"]), " (a; b)");
        assert_eq!(of(&["a", "a", "b"]), " (at 2 places, one of them in two ways: a; b)");
        assert_eq!(of(&["a", "a"]), " (at 1 place, in 2 ways: a)");
        assert_eq!(of(&["a", "a", "b", "b"]), " (at 2 places, 2 of them in two ways: a; b)");
    }

    #[test]
    fn a_verdict_has_one_family_of_words() {
        let cells = judged(vec![at("a"), Cell { values: vec![0.001, -0.001, 0.0], ..at("b") }]);
        let cells: Vec<_> = cells.iter().collect();
        let words = ["holds in 1 (a)", "no difference above 0.02 in 1"];
        assert_eq!(told(&cells, &Verdict::ALL, Some(0.02)), words);
        assert_eq!(told(&cells, &Verdict::ALL, None)[1], "no difference above the margin in 1");
    }
}
