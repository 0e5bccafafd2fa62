//! Made-up features for tests of statistics, without a fixture.

use unicam::attribution::DistanceMatrix;
use unicam::scores::{ModelDistances, Values};

/// Normal numbers from a seed; good enough for simulations in tests.
pub struct Gaussian(u64);

impl Gaussian {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Uniform in (0, 1): xorshift64*.
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Standard normal, by Box and Muller.
    pub fn number(&mut self) -> f64 {
        let (radius, angle) = ((-2.0 * self.uniform().ln()).sqrt(), std::f64::consts::TAU * self.uniform());
        radius * angle.cos()
    }

    pub fn vector(&mut self, length: usize) -> Vec<f64> {
        (0..length).map(|_| self.number()).collect()
    }
}

/// A network's distances from its feature rows, in f64.
pub fn model(rows: &[Vec<f64>]) -> ModelDistances {
    ModelDistances {
        distances: DistanceMatrix::of_rows(rows).expect("finite rows, four at least"),
        lengths: lengths(rows),
        width: rows[0].len(),
    }
}

/// Euclidean lengths of rows.
pub fn lengths(rows: &[Vec<f64>]) -> Vec<f64> {
    rows.iter().map(|row| row.iter().map(|value| value * value).sum::<f64>().sqrt()).collect()
}

/// All scores in a row: both FSS (paper, corrected), the three RS, the four partial pairs (semi-partial, partial).
pub fn numbers(values: &Values) -> Vec<f64> {
    let mut numbers = Vec::new();
    for pair in [values.fss_student, values.fss_base] {
        numbers.extend([pair.paper, pair.corrected]);
    }
    numbers.extend([values.rs_teacher, values.rs_student, values.rs_base]);
    for pair in
        [values.rs_distilled, values.rs_residual, values.rs_student_given_teacher, values.rs_teacher_given_student]
    {
        numbers.extend([pair.semi_partial, pair.partial]);
    }
    numbers
}

/// Fails where two sets of scores differ by more than `tolerance`, relative to each score.
#[track_caller]
pub fn close_values(ours: &Values, theirs: &Values, tolerance: f64) {
    for (index, (a, b)) in numbers(ours).iter().zip(numbers(theirs)).enumerate() {
        assert!((a - b).abs() <= tolerance * b.abs(), "score {index}: {a} instead of {b}");
    }
}
