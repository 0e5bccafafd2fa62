//! What a few paired differences can tell: the test, its correction for how many are tested, and its power.
//!
//! Sources: Student's one-sample t test of the differences; Holm, "A simple sequentially rejective multiple test procedure",
//! Scandinavian Journal of Statistics 1979, which holds even when the differences depend on each other; power by the noncentral
//! t distribution, e.g. Cohen, "Statistical Power Analysis", 1988, chapter 2.

use std::f64::consts::SQRT_2;

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::{erf::erfc, gamma::ln_gamma};
use unicam::attribution::Estimate;

/// How sure one wants to be of seeing a difference.
pub const POWER: f64 = 0.8;

/// Cells of the integral over the spread; even.
const CELLS: usize = 20_000;
/// Where that integral ends: a spread ten times the expected one has a probability below 1e-20, whatever the freedom.
const END: f64 = 10.0;

/// Two-sided p-value of the mean's being 0, by Student's t; nothing for a single value.
pub fn p_value(estimate: &Estimate) -> Option<f64> {
    let error = estimate.standard_error?;
    if error == 0.0 {
        // Values that are all the same: no chance is left, or nothing to tell.
        return Some(if estimate.mean == 0.0 { 1.0 } else { 0.0 });
    }
    let freedom = (estimate.n - 1) as f64;
    Some(2.0 * StudentsT::new(0.0, 1.0, freedom).ok()?.sf((estimate.mean / error).abs()))
}

/// Holm's adjusted p-values: a difference is one at a level for the whole family where its own is at most that level.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let (mut adjusted, mut highest) = (vec![0.0; p.len()], 0.0_f64);
    for (rank, &place) in order.iter().enumerate() {
        highest = highest.max((p.len() - rank) as f64 * p[place]).min(1.0);
        adjusted[place] = highest;
    }
    adjusted
}

/// The true difference, in standard errors, that a two-sided t test of `n` values at significance level `alpha` sees with a
/// probability of [`POWER`]; nothing for fewer than two values.
pub fn detectable(n: usize, alpha: f64) -> Option<f64> {
    let freedom = n.checked_sub(1).filter(|&freedom| freedom > 0)? as f64;
    let critical = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(1.0 - alpha / 2.0);
    let seen = |shift: f64| 1.0 - noncentral_t(critical, freedom, shift) + noncentral_t(-critical, freedom, shift);
    let (mut low, mut high) = (0.0, 2.0 * critical + 4.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if seen(middle) < POWER { low = middle } else { high = middle }
    }
    Some(f64::midpoint(low, high))
}

/// Distribution function of the noncentral t: a normal value with mean `shift`, divided by a spread with `freedom` degrees of
/// freedom, whose density is integrated over by Simpson's rule.
fn noncentral_t(t: f64, freedom: f64, shift: f64) -> f64 {
    let half = freedom / 2.0;
    let constant = std::f64::consts::LN_2 + half * half.ln() - ln_gamma(half);
    let normal = |z: f64| 0.5 * erfc(-z / SQRT_2);
    let value = |s: f64| {
        if s == 0.0 && freedom > 1.0 {
            return 0.0;
        }
        let power = if freedom > 1.0 { (freedom - 1.0) * s.ln() } else { 0.0 };
        (constant + power - half * s * s).exp() * normal(t * s - shift)
    };
    let width = END / CELLS as f64;
    let inner: f64 = (1..CELLS).map(|i| value(i as f64 * width) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
    (value(0.0) + inner + value(END)) * width / 3.0
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Written by `tests/reference/seeds.py` with SciPy.
    const REFERENCE: &str = include_str!("../../../../tests/fixtures/seeds.json");

    fn numbers(value: &Value) -> Vec<f64> {
        value.as_array().expect("a list").iter().map(|number| number.as_f64().expect("a number")).collect()
    }

    #[test]
    fn p_values_and_intervals_are_scipys() {
        let reference: Value = serde_json::from_str(REFERENCE).expect("JSON");
        for case in reference["tests"].as_array().expect("a list") {
            let estimate = Estimate::of(&numbers(&case["values"])).expect("values");
            let p = p_value(&estimate).expect("several");
            let wanted = case["p"].as_f64().expect("a number");
            assert!((p - wanted).abs() < 1e-7 * wanted.max(1e-3), "{p} for {wanted}");
            let (lower, upper) = estimate.interval(0.95).expect("several");
            let ends = numbers(&case["interval"]);
            assert!(
                (lower - ends[0]).abs() < 1e-7 && (upper - ends[1]).abs() < 1e-7,
                "{lower} to {upper} for {ends:?}"
            );
        }
    }

    #[test]
    fn holms_correction_is_the_closed_test_by_bonferroni() {
        let reference: Value = serde_json::from_str(REFERENCE).expect("JSON");
        for case in reference["families"].as_array().expect("a list") {
            let adjusted = holm(&numbers(&case["p"]));
            for (own, wanted) in adjusted.iter().zip(numbers(&case["adjusted"])) {
                assert!((own - wanted).abs() < 1e-9, "{adjusted:?} for {case}");
            }
        }
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn what_can_be_seen_is_what_scipys_noncentral_t_says() {
        let reference: Value = serde_json::from_str(REFERENCE).expect("JSON");
        for case in reference["detectable"].as_array().expect("a list") {
            let n = case["n"].as_u64().expect("a number") as usize;
            let own = detectable(n, case["alpha"].as_f64().expect("a number")).expect("several");
            let wanted = case["errors"].as_f64().expect("a number");
            assert!((own / wanted - 1.0).abs() < 1e-4, "{own} for {case}");
        }
        assert_eq!(detectable(1, 0.05), None);
    }

    #[test]
    fn values_that_are_all_the_same_leave_no_chance() {
        let of = |values: &[f64]| p_value(&Estimate::of(values).expect("values"));
        assert_eq!(of(&[0.0, 0.0, 0.0]), Some(1.0));
        assert_eq!(of(&[0.25, 0.25, 0.25]), Some(0.0));
        assert_eq!(of(&[0.25]), None);
    }
}
