//! A mean over images with its standard error.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A mean over images, and how far it may be off.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct Estimate {
    /// Mean over the images.
    pub mean: f64,
    /// Standard deviation over the images (divisor n - 1) by the root of n; nothing for a single image.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub standard_error: Option<f64>,
    /// Images.
    pub n: usize,
}

impl Estimate {
    /// The mean of `values`; nothing when there are none.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n as f64;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let standard_error = (n > 1).then(|| (squares / (n - 1) as f64 / n as f64).sqrt());
        (n > 0).then_some(Self { mean, standard_error, n })
    }
    /// Student's t interval of the mean at a confidence `level`, above 0 and below 1: `(lower, upper)`; nothing for a single
    /// value.
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let freedom = self.n.checked_sub(1)? as f64;
        let half = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(0.5 + level / 2.0) * self.standard_error?;
        Some((self.mean - half, self.mean + half))
    }
}

/// Several measurements of one thing, such as one recipe under several seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct Summary {
    /// Mean.
    pub mean: f64,
    /// Standard deviation (divisor n - 1); nothing for a single one.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub deviation: Option<f64>,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Measurements.
    pub n: usize,
}

impl Summary {
    /// Of finite `values`; nothing when there are none.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let Estimate { mean, standard_error, n } = Estimate::of(values)?;
        let deviation = standard_error.map(|error| error * (n as f64).sqrt());
        let fold = |pick: fn(f64, f64) -> f64| values.iter().copied().reduce(pick);
        Some(Self { mean, deviation, min: fold(f64::min)?, max: fold(f64::max)?, n })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_that_of_a_hand_calculation() {
        let estimate = Estimate::of(&[0.2, 0.25, 0.325, 0.425]).expect("four");
        let deviation = ((0.01 + 0.0025 + 0.000_625 + 0.015_625) / 3.0_f64).sqrt();
        // Student's t with 3 degrees of freedom at 0.975 is 3.182446.
        let half = 3.182_446 * deviation / 2.0;
        let (lower, upper) = estimate.interval(0.95).expect("more than one");
        assert!((lower - (0.3 - half)).abs() < 1e-6 && (upper - (0.3 + half)).abs() < 1e-6, "{lower} to {upper}");
        assert_eq!(Estimate::of(&[0.5]).expect("one").interval(0.95), None);
        let summary = Summary::of(&[0.2, 0.25, 0.325, 0.425]).expect("four");
        assert!((summary.deviation.expect("more than one") - deviation).abs() < 1e-12, "{summary:?}");
        assert_eq!((summary.min, summary.max, summary.n), (0.2, 0.425, 4));
        assert_eq!(Summary::of(&[]), None);
    }
}
