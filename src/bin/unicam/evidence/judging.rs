//! What may be said of a claim's differences, once for each by itself and once for all of them together.

use unicam::attribution::Estimate;

use super::paired::{detectable, holm, p_value};

/// Significance level, of each difference by itself or of a claim's family as a whole.
pub const ALPHA: f64 = 0.05;

/// What may be said of a difference that a claim holds to be above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is above 0.
    Holds,
    /// It is below 0.
    Reversed,
    /// Its interval lies within the margin of interest: there is none above it.
    NoDifference,
    /// These seeds would most likely have seen one as large as the margin, and neither of the above can be said.
    CannotTell,
    /// One as large as the margin could well have been missed.
    TooFewSeeds,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Holds, Self::Reversed, Self::NoDifference, Self::CannotTell, Self::TooFewSeeds];

    /// In words, of differences of one margin or of several.
    pub fn text(self, margin: Option<f64>) -> String {
        match (self, margin) {
            (Self::Holds, _) => "holds".to_owned(),
            (Self::Reversed, _) => "reversed".to_owned(),
            (Self::NoDifference, Some(margin)) => format!("no difference above {margin}"),
            (Self::NoDifference, None) => "no difference above the margin".to_owned(),
            (Self::CannotTell, _) => "cannot tell".to_owned(),
            (Self::TooFewSeeds, _) => "too few seeds to tell".to_owned(),
        }
    }

    /// Whether there is a difference, one way or the other.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Holds | Self::Reversed)
    }
}

/// A difference that a claim holds to be above 0, measured once a seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Study or studies, and layer.
    pub place: String,
    /// The same by the short names.
    pub short: String,
    /// What is subtracted from what.
    pub what: String,
    /// The smallest difference that would matter.
    pub margin: f64,
    /// One value a seed.
    pub values: Vec<f64>,
    /// Runs that these values are of: their studies and seeds.
    pub runs: Vec<(String, u64)>,
}

/// A difference with what may be said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The difference.
    pub cell: Cell,
    /// Mean over the seeds with its error; nothing without a seed.
    pub estimate: Option<Estimate>,
    /// Student's t interval at `1 - ALPHA`; nothing for one seed.
    pub interval: Option<(f64, f64)>,
    /// Two-sided p-value by itself.
    pub p: Option<f64>,
    /// The same by Holm, among all differences of the claim.
    pub adjusted: Option<f64>,
    /// The smallest true difference that so many seeds with this spread see with a power of 80 % at `ALPHA` divided by the
    /// number of the claim's differences: at the level of Holm's first step.
    pub detectable: Option<f64>,
    /// What would be said of it by itself.
    pub alone: Verdict,
    /// What may be said of it among all the claim's differences.
    pub verdict: Verdict,
}

/// Judges the differences of one claim, which are one family. One with fewer than two seeds takes part with a p-value of 1.
pub fn judged(cells: Vec<Cell>) -> Vec<Judged> {
    let family = cells.len().max(1) as f64;
    let estimates: Vec<Option<Estimate>> = cells.iter().map(|cell| Estimate::of(&cell.values)).collect();
    let p: Vec<Option<f64>> = estimates.iter().map(|estimate| p_value(estimate.as_ref()?)).collect();
    let adjusted = holm(&p.iter().map(|p| p.unwrap_or(1.0)).collect::<Vec<f64>>());
    // In standard errors, for each number of seeds once: an integral each time.
    let mut known: Vec<(usize, f64, f64)> = Vec::new();
    let mut in_errors = |n: usize, level: f64| {
        if let Some(&(.., errors)) = known.iter().find(|(of, at, _)| *of == n && (at - level).abs() < f64::EPSILON) {
            return Some(errors);
        }
        let errors = detectable(n, level)?;
        known.push((n, level, errors));
        Some(errors)
    };
    let mut list = Vec::new();
    for (((cell, estimate), p), adjusted) in cells.into_iter().zip(estimates).zip(p).zip(adjusted) {
        let mut smallest = |level: f64| {
            let estimate = estimate?;
            Some(in_errors(estimate.n, level)? * estimate.standard_error?)
        };
        let (alone_detectable, detectable) = (smallest(ALPHA), smallest(ALPHA / family));
        let interval = |level: f64| estimate.and_then(|estimate| estimate.interval(1.0 - level));
        let mean = estimate.map_or(0.0, |estimate| estimate.mean);
        let say = |p: Option<f64>, level: f64, detectable: Option<f64>| match (p, interval(level), detectable) {
            (Some(p), ..) if p <= ALPHA => {
                if mean > 0.0 {
                    Verdict::Holds
                } else {
                    Verdict::Reversed
                }
            }
            (_, Some((lower, upper)), _) if -cell.margin < lower && upper < cell.margin => Verdict::NoDifference,
            (_, _, Some(detectable)) if detectable <= cell.margin => Verdict::CannotTell,
            _ => Verdict::TooFewSeeds,
        };
        let adjusted = p.map(|_| adjusted);
        let (alone, verdict) = (say(p, ALPHA, alone_detectable), say(adjusted, ALPHA / family, detectable));
        let interval = interval(ALPHA);
        list.push(Judged { cell, estimate, interval, p, adjusted, detectable, alone, verdict });
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64], margin: f64) -> Cell {
        let words = String::new;
        Cell { place: words(), short: words(), what: words(), margin, values: values.to_vec(), runs: Vec::new() }
    }

    fn alone(values: &[f64], margin: f64) -> Verdict {
        judged(vec![of(values, margin)]).remove(0).verdict
    }

    #[test]
    fn a_verdict_needs_an_interval_that_leaves_zero_out() {
        assert_eq!(alone(&[0.1, 0.11, 0.12], 0.02), Verdict::Holds);
        assert_eq!(alone(&[-0.1, -0.11, -0.12], 0.02), Verdict::Reversed);
        assert_eq!(alone(&[0.1, -0.1, 0.3], 0.02), Verdict::TooFewSeeds);
        assert_eq!(alone(&[0.5], 0.02), Verdict::TooFewSeeds, "one seed is no evidence");
        assert_eq!(alone(&[], 0.02), Verdict::TooFewSeeds);
    }

    #[test]
    fn no_difference_is_said_where_the_interval_lies_within_the_margin_and_only_there() {
        let near = [0.001, -0.002, 0.001, 0.0, -0.001];
        assert_eq!(alone(&near, 0.02), Verdict::NoDifference);
        assert_eq!(alone(&near, 0.001), Verdict::TooFewSeeds, "a margin that these seeds could not have seen");
        // Mean 0.012, standard error 0.005: the interval reaches from below 0 to beyond the margin of 0.021, which four
        // in five such samples would have seen.
        let between = [0.0, 0.01, 0.015, 0.02, 0.03].map(|value| value - 0.003);
        assert_eq!(alone(&between, 0.021), Verdict::CannotTell);
    }

    #[test]
    fn the_more_are_tested_the_more_each_needs() {
        // p = 0.018 by itself.
        let weak = [0.05, 0.12, 0.03, 0.16, 0.09];
        assert_eq!(alone(&weak, 0.02), Verdict::Holds);
        let many: Vec<Cell> = (0..10).map(|i| of(&weak.map(|value| value - 0.09 * f64::from(i > 0)), 0.02)).collect();
        let family = judged(many);
        assert_eq!((family[0].alone, family[0].verdict), (Verdict::Holds, Verdict::TooFewSeeds));
        let (p, adjusted) = (family[0].p.expect("five"), family[0].adjusted.expect("five"));
        assert!((adjusted - (10.0 * p).min(1.0)).abs() < 1e-12, "{p} and {adjusted}");
        let alone = judged(vec![of(&weak, 0.02)]).remove(0);
        assert!(family[0].detectable > alone.detectable);
    }
}
