//! What the web page says of the claims, as data: it shows these numbers where it states a claim.

use std::collections::BTreeMap;

use serde::Serialize;

use super::claims::Claim;
use super::judging::Verdict;

/// Verdicts of every claim.
#[derive(Debug, Serialize)]
pub struct PageData {
    /// By the claims' keys.
    claims: BTreeMap<&'static str, Counts>,
}

/// In how many runs a claim was measured, and how many of its differences have which verdict, corrected for all of them;
/// `alone`: if each stood alone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    runs: usize,
    differences: usize,
    holds: usize,
    reversed: usize,
    holds_alone: usize,
    reversed_alone: usize,
    no_difference: usize,
    cannot_tell: usize,
    too_few_seeds: usize,
}

impl PageData {
    /// Of these claims.
    pub fn of(claims: &[Claim]) -> Self {
        let counts = |claim: &Claim| Counts {
            runs: claim.runs,
            differences: claim.cells.len(),
            holds: claim.count(Verdict::Holds),
            reversed: claim.count(Verdict::Reversed),
            holds_alone: claim.count_alone(Verdict::Holds),
            reversed_alone: claim.count_alone(Verdict::Reversed),
            no_difference: claim.count(Verdict::NoDifference),
            cannot_tell: claim.count(Verdict::CannotTell),
            too_few_seeds: claim.count(Verdict::TooFewSeeds),
        };
        Self { claims: claims.iter().map(|claim| (claim.key, counts(claim))).collect() }
    }
}
