//! What the web page says of the claims, as data: it shows these numbers where it states a claim.

use std::collections::BTreeMap;

use serde::Serialize;

use super::claims::Claim;
use super::judging::Verdict;
use super::record::Record;

/// Verdicts of every claim.
#[derive(Debug, Serialize)]
pub struct PageData {
    /// Runs behind them.
    runs: usize,
    /// By the claims' keys.
    claims: BTreeMap<&'static str, Counts>,
}

/// How many of a claim's differences have which verdict, corrected for all of them; `alone`: if each stood alone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    differences: usize,
    holds: usize,
    reversed: usize,
    holds_alone: usize,
    reversed_alone: usize,
    none_that_matters: usize,
    cannot_tell: usize,
    too_few_seeds: usize,
}

impl PageData {
    /// Of these claims.
    pub fn of(records: &[Record], claims: &[Claim]) -> Self {
        let counts = |claim: &Claim| Counts {
            differences: claim.cells.len(),
            holds: claim.count(Verdict::Holds),
            reversed: claim.count(Verdict::Reversed),
            holds_alone: claim.count_alone(Verdict::Holds),
            reversed_alone: claim.count_alone(Verdict::Reversed),
            none_that_matters: claim.count(Verdict::NoneThatMatters),
            cannot_tell: claim.count(Verdict::CannotTell),
            too_few_seeds: claim.count(Verdict::TooFewSeeds),
        };
        Self { runs: records.len(), claims: claims.iter().map(|claim| (claim.key, counts(claim))).collect() }
    }
}
