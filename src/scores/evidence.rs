//! What a score is worth: its null, its interval, and whether anything may be said of it.

use serde::{Deserialize, Serialize};

use super::config::UncertaintyConfig;
use super::t_test::{TTest, t_test};

/// What may be said of a score, or of a difference of scores, at the chosen level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Verdict {
    /// Above what chance gives; of a difference: the first is larger.
    Higher,
    /// Below what chance gives; of a difference: the second is larger.
    Lower,
    /// Chance covers it, or there is nothing to judge by: nothing may be said.
    Withheld,
}

/// A score's distribution when images are permuted, so that nothing connects the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Null {
    /// Images that were permuted: all, or a seeded part of a large set.
    pub images: usize,
    /// Permutations.
    pub draws: usize,
    /// The score of these images.
    pub score: f64,
    /// Mean under permutation: 0 for a bias-corrected score, and near 1 for a biased one in high dimension.
    pub mean: f64,
    /// Lower end: a score below it is below chance, two-sided at the chosen level.
    pub lower: f64,
    /// Upper end: a score above it is above chance, two-sided at the chosen level.
    pub upper: f64,
    /// One-sided p-value, `(1 + draws at or above the score) / (1 + draws)` (Phipson & Smyth 2010): never 0.
    pub p_value: f64,
}

/// A confidence interval over images.
///
/// By half-sampling, that is subsampling (Politis, Romano & Wolf 1999) with half of the images, drawn without replacement.
/// A bootstrap draws images several times, and copies lie at distance 0 from each other, which pulls a bias-corrected
/// score upwards; halves have no copies. To first order the score of a half scatters around that of the whole as the
/// score of the whole scatters around the truth, so the quantiles of the halves, moved to have the score as their mean,
/// make the interval. Near independence the scatter of halves is larger than that: the interval errs on the wide side.
/// (In simulations with 24 and 48 images, an interval at 0.95 covered the truth in 0.97 to 1.00 of the cases.)
/// Of a large set a seeded part is halved, and the quantiles are drawn in by `sqrt(images / n)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Interval {
    /// Images that were halved: all, or a seeded part of a large set.
    pub images: usize,
    /// Halves.
    pub draws: usize,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// The uncertainty of one score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The t-test, of all images; absent for the paper's biased convention, below five images and at a score of 1.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "TTest | null"))]
    pub t_test: Option<TTest>,
    /// The permutation null; absent without permutations.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Null | null"))]
    pub null: Option<Null>,
    /// The interval; absent without resamples and below eight images.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Interval | null"))]
    pub interval: Option<Interval>,
    /// By the permutation null where it is of all images, else by the t-test, else by the null of a part of the images.
    pub verdict: Verdict,
}

/// The difference of two scores of the same images.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Comparison {
    /// The first score less the second.
    pub difference: f64,
    /// The difference when images are permuted; absent without permutations.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Null | null"))]
    pub null: Option<Null>,
    /// The interval of the difference; absent without resamples and below eight images.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Interval | null"))]
    pub interval: Option<Interval>,
    /// Withheld unless the interval leaves 0 out and, where there is a null, the difference lies outside it on the same side.
    pub verdict: Verdict,
}

/// One number over all images, over the images that are resampled, under permutation and over halves.
pub(super) struct Draws {
    pub n: usize,
    pub images: usize,
    pub score: f64,
    pub sample: f64,
    pub null: Vec<f64>,
    pub halves: Vec<f64>,
    /// Least and largest value that the number can have.
    pub range: (f64, f64),
}

impl Draws {
    fn null(&self, config: &UncertaintyConfig) -> Option<Null> {
        let draws = self.null.len();
        let tail = config.tail(draws);
        if draws == 0 || tail == 0 {
            return None;
        }
        let mut sorted = self.null.clone();
        sorted.sort_by(f64::total_cmp);
        let at_or_above = sorted.iter().filter(|&&value| value >= self.sample).count();
        Some(Null {
            images: self.images,
            draws,
            score: self.sample,
            mean: sorted.iter().sum::<f64>() / draws as f64,
            // Outside these ends, at most `tail` of the draws and the score itself lie as far out: p <= (1 - level) / 2.
            lower: sorted[tail - 1],
            upper: sorted[draws - tail],
            p_value: (1 + at_or_above) as f64 / (1 + draws) as f64,
        })
    }

    fn interval(&self, config: &UncertaintyConfig) -> Option<Interval> {
        let draws = self.halves.len();
        let tail = config.tail(draws);
        if draws == 0 || tail == 0 {
            return None;
        }
        let mut sorted = self.halves.clone();
        sorted.sort_by(f64::total_cmp);
        let mean = sorted.iter().sum::<f64>() / draws as f64;
        let scale = (self.images as f64 / self.n as f64).sqrt();
        let end = |value: f64| (self.score + (value - mean) * scale).clamp(self.range.0, self.range.1);
        Some(Interval { images: self.images, draws, lower: end(sorted[tail - 1]), upper: end(sorted[draws - tail]) })
    }

    /// Evidence of a score; the t-test is for bias-corrected ones.
    pub fn evidence(&self, config: &UncertaintyConfig, bias_corrected: bool) -> Evidence {
        let t_test = if bias_corrected { t_test(self.score, self.n) } else { None };
        let null = self.null(config);
        let verdict = match (&null, &t_test) {
            (Some(null), _) if null.images == self.n => by_null(null),
            (_, Some(t_test)) => by_t_test(t_test, config.level),
            (Some(null), None) => by_null(null),
            (None, None) => Verdict::Withheld,
        };
        Evidence { t_test, null, interval: self.interval(config), verdict }
    }

    /// Evidence of a difference.
    pub fn comparison(&self, config: &UncertaintyConfig) -> Comparison {
        let (null, interval) = (self.null(config), self.interval(config));
        let by_interval = match &interval {
            Some(interval) if interval.lower > 0.0 => Verdict::Higher,
            Some(interval) if interval.upper < 0.0 => Verdict::Lower,
            _ => Verdict::Withheld,
        };
        let agrees = null.as_ref().is_none_or(|null| by_null(null) == by_interval);
        let verdict = if agrees { by_interval } else { Verdict::Withheld };
        Comparison { difference: self.score, null, interval, verdict }
    }
}

fn by_null(null: &Null) -> Verdict {
    match null.score {
        score if score > null.upper => Verdict::Higher,
        score if score < null.lower => Verdict::Lower,
        _ => Verdict::Withheld,
    }
}

fn by_t_test(test: &TTest, level: f64) -> Verdict {
    let tail = (1.0 - level) / 2.0;
    match test.p_value {
        p_value if p_value <= tail => Verdict::Higher,
        p_value if p_value >= 1.0 - tail => Verdict::Lower,
        _ => Verdict::Withheld,
    }
}
