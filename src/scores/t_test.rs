//! The t-test of the bias-corrected distance correlation.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// From this many degrees of freedom on, Student's t and the normal distribution agree to ten digits, and the incomplete
/// beta function loses some.
const NORMAL_FROM: f64 = 1e10;
/// Fewest images: with four, there is one degree of freedom.
const MIN_IMAGES: usize = 5;

/// The high-dimensional t-test of independence.
///
/// Source: Székely & Rizzo, "The distance correlation t-test of independence in high dimension", Journal of Multivariate
/// Analysis 2013: with `v = n (n - 3) / 2`, `T = sqrt(v - 1) R* / sqrt(1 - R*^2)` has Student's t distribution with `v - 1`
/// degrees of freedom under independence, as both dimensions grow. Label embeddings have few dimensions and images of a
/// class coincide in them, and a partial score has a removal before it: for those it is an approximation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct TTest {
    /// `T`.
    pub statistic: f64,
    /// `v - 1`.
    pub degrees_of_freedom: f64,
    /// Probability of a `T` at least this large under independence: small when the score is above chance.
    pub p_value: f64,
}

/// Tests `R*` of `n` images; nothing below five images, and where the score is 1 or -1, which leaves no spread.
#[must_use]
pub fn t_test(score: f64, n: usize) -> Option<TTest> {
    let rest = 1.0 - score * score;
    if n < MIN_IMAGES || rest <= 0.0 {
        return None;
    }
    let n = n as f64;
    let degrees_of_freedom = n * (n - 3.0) / 2.0 - 1.0;
    let statistic = degrees_of_freedom.sqrt() * score / rest.sqrt();
    let freedom = if degrees_of_freedom < NORMAL_FROM { degrees_of_freedom } else { f64::INFINITY };
    let p_value = StudentsT::new(0.0, 1.0, freedom).ok()?.sf(statistic);
    (statistic.is_finite() && p_value.is_finite()).then_some(TTest { statistic, degrees_of_freedom, p_value })
}
