//! What a visitor can read in a minute.

use std::fmt::Write;

use unicam::attribution::Estimate;

use super::claims::Claim;
use super::course::has_stopped;
use super::coverage::missing;
use super::figures::{ACCURACY_FIGURE, OBJECT_FIGURE};
use super::judging::Verdict;
use super::plan::Plan;
use super::record::Record;
use super::tables::signed;

/// Most places that are named one by one.
const NAMED: usize = 3;

/// What holds, what is reversed, what goes both ways and what is not settled, with two figures.
pub fn opening(plan: &Plan, records: &[Record], claims: &[Claim]) -> String {
    let (fewest, most) = plan.fewest_and_most_seeds();
    let seeds = if fewest == most { most.to_string() } else { format!("{fewest} to {most}") };
    let mut text = String::from(
        "# Evidence\n\nThe paper's claims, tested: what holds, what does not, and what nobody can tell yet. ",
    );
    _ = writeln!(
        text,
        "{} runs stand behind this page, {}.\n\
         A claim says of each difference that it is above 0; settled is what can be said after a correction for how many there are.",
        records.len(),
        match missing(plan, records) {
            0 => format!("of {seeds} seeds a study"),
            1 => format!("of up to {most} seeds a study; one more is planned and has no record yet"),
            open => format!("of up to {most} seeds a study; {open} more are planned and have no record yet"),
        }
    );
    let of = |claim: &Claim| (claim.count(Verdict::Holds) > 0, claim.count(Verdict::Reversed) > 0);
    for (title, kind) in [
        ("What holds", (true, false)),
        ("What is reversed", (false, true)),
        ("What holds in one place and is reversed in another", (true, true)),
        ("What is not settled", (false, false)),
    ] {
        let own: Vec<&Claim> = claims.iter().filter(|claim| of(claim) == kind).collect();
        if !own.is_empty() {
            _ = write!(text, "\n## {title}\n\n");
            for claim in own {
                text += &line(claim);
                if claim.key == "accuracy" {
                    text += &settled(plan, records, claim);
                }
            }
        }
    }
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
fn settled(plan: &Plan, records: &[Record], claim: &Claim) -> String {
    let titles: Vec<&str> =
        plan.studies.iter().filter(|study| has_stopped(study, records)).map(|study| study.title.as_str()).collect();
    let own = || claim.cells.iter().filter(|own| titles.contains(&own.cell.place.as_str()));
    let words = ["holds", "is reversed", "no difference that matters", "cannot tell", "too few seeds to tell"];
    let counts = Verdict::ALL.map(|verdict| own().filter(|own| own.verdict == verdict).count());
    let told: Vec<String> = words
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{word} in {count}"))
        .collect();
    match own().count() {
        0 => String::new(),
        count => format!("  Of the {count} where the Base had stopped improving: {}.\n", told.join(", ")),
    }
}

/// A place without what stands in brackets: the tables have it.
fn in_short(place: &str) -> String {
    let mut depth = 0_usize;
    let outside = place.chars().filter(|letter| {
        depth += usize::from(*letter == '(');
        let is_outside = depth == 0;
        depth -= usize::from(*letter == ')' && depth > 0);
        is_outside
    });
    outside.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",")
}

fn line(claim: &Claim) -> String {
    let means: Vec<f64> = claim.cells.iter().filter_map(|own| Some(own.estimate?.mean)).collect();
    let above = means.iter().filter(|mean| **mean > 0.0).count();
    // Accuracies and scores have no mean together.
    let is_one_kind = claim.cells.iter().all(|own| own.cell.margin.to_bits() == claim.cells[0].cell.margin.to_bits());
    let average = Estimate::of(&means).filter(|_| is_one_kind).map(|all| format!(", on average {}", signed(all.mean)));
    let counted = |verdict: Verdict, word: &str| {
        let count = claim.count(verdict);
        (count > 0).then(|| format!("{word} {count}"))
    };
    let named = |verdict: Verdict, word: &str| {
        let is_short = claim.count(verdict) <= NAMED;
        counted(verdict, word)
            .map(|told| if is_short { format!("{told} ({})", places_of(claim, verdict).join("; ")) } else { told })
    };
    let settled = [
        named(Verdict::Holds, "holds in"),
        named(Verdict::Reversed, "reversed in"),
        counted(Verdict::NoneThatMatters, "no difference that matters in"),
    ];
    let open =
        [counted(Verdict::CannotTell, "cannot tell in"), counted(Verdict::TooFewSeeds, "too few seeds to tell in")];
    let told = |title: &str, parts: &[Option<String>]| {
        let parts: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
        if parts.is_empty() { String::new() } else { format!(" {title}: {}.", parts.join(", ")) }
    };
    let meaning = if claim.key == "residualOnBackground" && claim.count(Verdict::Reversed) > 0 {
        " What the Base has and the Student let go lies on the object, too. This is the finding of this project."
    } else {
        ""
    };
    format!(
        "- **{}**: above 0 in {above} of {} differences{}.{}{}{meaning}\n",
        claim.text,
        claim.cells.len(),
        average.unwrap_or_default(),
        told("Settled", &settled),
        told("Open", &open),
    )
}

/// Where a verdict was reached, each place once: one may be measured in two ways.
fn places_of(claim: &Claim, verdict: Verdict) -> Vec<String> {
    let mut places = Vec::new();
    for own in claim.cells.iter().filter(|own| own.verdict == verdict) {
        let place = in_short(&own.cell.place);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::in_short;

    #[test]
    fn what_stands_in_brackets_is_left_out() {
        let place = "Scenes, few labels (300 (of 3,000)) against CIFAR-10 (all), layer2";
        assert_eq!(in_short(place), "Scenes, few labels against CIFAR-10, layer2");
        assert_eq!(in_short("plain) text"), "plain) text");
    }
}
