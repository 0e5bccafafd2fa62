//! What a visitor can read in a minute.

use std::fmt::Write;

use super::claims::Claim;
use super::coverage::missing;
use super::figures::{ACCURACY_FIGURE, OBJECT_FIGURE};
use super::judging::Verdict;
use super::plan::Plan;
use super::record::Record;

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
         Verdicts are corrected for how many differences a claim is tested by.",
        records.len(),
        match missing(plan, records) {
            0 => format!("of {seeds} seeds a study"),
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
            own.iter().for_each(|claim| text += &line(claim));
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

fn line(claim: &Claim) -> String {
    let all = claim.cells.len();
    let mut parts = Vec::new();
    for (verdict, word) in [(Verdict::Holds, "holds"), (Verdict::Reversed, "reversed")] {
        let count = claim.count(verdict);
        let mut places: Vec<&str> = Vec::new();
        for own in claim.cells.iter().filter(|own| own.verdict == verdict) {
            // One place may be measured in two ways.
            if !places.contains(&own.cell.place.as_str()) {
                places.push(&own.cell.place);
            }
        }
        match count {
            0 => {}
            count if count <= NAMED => {
                parts.push(format!("{word} in {count} of {all} differences ({})", places.join("; ")))
            }
            count => parts.push(format!("{word} in {count} of {all} differences")),
        }
        let alone = claim.count_alone(verdict);
        if alone > count {
            let of = if parts.is_empty() { format!(" of {all} differences") } else { String::new() };
            parts.push(format!("{word} in {alone}{of} if each stood alone"));
        }
    }
    for (verdict, word) in [
        (Verdict::NoneThatMatters, "no difference that matters in"),
        (Verdict::CannotTell, "cannot tell in"),
        (Verdict::TooFewSeeds, "too few seeds to tell in"),
    ] {
        let count = claim.count(verdict);
        if count > 0 {
            let of = if parts.is_empty() { format!(" of {all} differences") } else { String::new() };
            parts.push(format!("{word} {count}{of}"));
        }
    }
    let meaning = if claim.key == "residualOnBackground" && claim.count(Verdict::Reversed) > 0 {
        " What the Base has and the Student let go lies on the object, too. This is the finding of this project."
    } else {
        ""
    };
    format!("- **{}**: {}.{meaning}\n", claim.text, parts.join(", "))
}
