//! Distance matrices and their algebra, in f64.
//!
//! Source: Székely & Rizzo, "Partial distance correlation with methods for dissimilarities", Annals of Statistics 2014,
//! sections 2 and 3; the double-centred variant from Székely, Rizzo, Bakirov, Annals of Statistics 2007.

use crate::error::{Error, Result};

/// Fewest observations for which the unbiased inner product exists: `n (n - 3)` divides it.
pub const MIN_IMAGES: usize = 4;

/// Below this share of its norm before a removal, what the removal leaves is rounding: the distances come from f32.
const NOTHING_LEFT: f64 = 1e-10;

/// Pairwise distances of n observations: symmetric, zero on the diagonal, row-major `[n, n]`.
#[derive(Debug, Clone, PartialEq)]
pub struct DistanceMatrix {
    n: usize,
    values: Vec<f64>,
}

impl DistanceMatrix {
    /// Takes `n * n` distances.
    ///
    /// # Errors
    /// [`Error::TooFewImages`] below four; [`Error::NotFinite`] when a distance is.
    ///
    /// # Panics
    /// If the length is not a square of `n`.
    pub fn new(n: usize, values: Vec<f64>) -> Result<Self> {
        assert_eq!(values.len(), n * n, "a distance matrix is square");
        if n < MIN_IMAGES {
            return Err(Error::TooFewImages { n, needed: MIN_IMAGES });
        }
        if values.iter().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                what: "A distance between two images".to_owned(),
                advice: "The model has diverged: train it again with a lower learning rate.".to_owned(),
            });
        }
        Ok(Self { n, values })
    }

    /// Euclidean distances of the rows of `[n, d]`.
    ///
    /// # Errors
    /// As [`DistanceMatrix::new`].
    pub fn of_rows(rows: &[Vec<f64>]) -> Result<Self> {
        Self::new(rows.len(), row_distances(rows, rows))
    }

    /// Distances of one-hot label embeddings: `sqrt(2)` between classes, 0 within one.
    ///
    /// # Errors
    /// [`Error::TooFewImages`]; [`Error::OneClassOnly`] when all labels agree.
    pub fn of_labels(labels: &[usize], class_names: &[String]) -> Result<Self> {
        let apart = |a: usize, b: usize| if a == b { 0.0 } else { std::f64::consts::SQRT_2 };
        let values = labels.iter().flat_map(|&a| labels.iter().map(move |&b| apart(a, b))).collect();
        let matrix = Self::new(labels.len(), values)?;
        if labels.iter().all(|&label| label == labels[0]) {
            let class = class_names.get(labels[0]).cloned().unwrap_or_else(|| labels[0].to_string());
            return Err(Error::OneClassOnly { n: labels.len(), class });
        }
        Ok(matrix)
    }

    /// Observations.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// Distance between two observations.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.n + column]
    }

    /// All distances, row-major `[n, n]`.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Whether all observations coincide.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.values.iter().all(|&value| value == 0.0)
    }

    /// U-centring: `D_ij - row_i / (n-2) - column_j / (n-2) + total / ((n-1)(n-2))` off the diagonal, 0 on it.
    #[must_use]
    pub fn u_centred(&self) -> Centred {
        Centred { n: self.n, values: u_centre(self.n, &self.values) }
    }

    /// Double centring: minus row and column means, plus the grand mean.
    #[must_use]
    pub fn double_centred(&self) -> Vec<f64> {
        let n = self.n as f64;
        let sums = row_sums(self.n, &self.values);
        let total: f64 = sums.iter().sum();
        self.entries().map(|(i, j, value)| value - sums[i] / n - sums[j] / n + total / (n * n)).collect()
    }

    fn entries(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        self.values.iter().enumerate().map(|(k, &value)| (k / self.n, k % self.n, value))
    }
}

/// Euclidean distances from each row of `a` to each row of `b`, row-major `[a.len(), b.len()]`.
#[must_use]
pub fn row_distances(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<f64> {
    a.iter().flat_map(|a| b.iter().map(move |b| squared_distance(a, b).sqrt())).collect()
}

/// In eight lanes, so that the compiler may use vector registers.
fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (ahead, behind) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest = ahead.remainder().iter().zip(behind.remainder());
    let rest: f64 = rest.map(|(x, y)| (x - y) * (x - y)).sum();
    for (x, y) in ahead.zip(behind) {
        for (lane, (x, y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            *lane += (x - y) * (x - y);
        }
    }
    lanes.iter().sum::<f64>() + rest
}

fn row_sums(n: usize, values: &[f64]) -> Vec<f64> {
    values.chunks_exact(n).map(|row| row.iter().sum()).collect()
}

/// U-centring of any symmetric matrix; a projection, and its own adjoint off the diagonal.
fn u_centre(n: usize, values: &[f64]) -> Vec<f64> {
    let sums: Vec<f64> = (0..n).map(|i| (0..n).filter(|&j| j != i).map(|j| values[i * n + j]).sum::<f64>()).collect();
    let total: f64 = sums.iter().sum();
    let (row_factor, total_factor) = ((n - 2) as f64, ((n - 1) * (n - 2)) as f64);
    let mut centred = vec![0.0; n * n];
    for i in 0..n {
        for j in (0..n).filter(|&j| j != i) {
            // In this order equal distances stay exactly equal.
            centred[i * n + j] = values[i * n + j] - sums[i] / row_factor - sums[j] / row_factor + total / total_factor;
        }
    }
    centred
}

/// A U-centred matrix: an element of the space in which unbiased distance statistics are inner products.
#[derive(Debug, Clone, PartialEq)]
pub struct Centred {
    n: usize,
    values: Vec<f64>,
}

impl Centred {
    /// The zero of the space.
    #[must_use]
    pub fn zeros(n: usize) -> Self {
        Self { n, values: vec![0.0; n * n] }
    }

    /// Observations.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// All entries, row-major `[n, n]`.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Entry `(row, column)`.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.n + column]
    }

    /// `sum over i != j of P_ij Q_ij / (n (n - 3))`.
    ///
    /// # Panics
    /// If the sizes differ.
    #[must_use]
    pub fn inner(&self, other: &Self) -> f64 {
        assert_eq!(self.n, other.n, "both statistics must be of the same images");
        let sum: f64 = self.values.iter().zip(&other.values).map(|(a, b)| a * b).sum();
        sum / (self.n * (self.n - 3)) as f64
    }

    /// Whether nothing but zeros is left.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.values.iter().all(|&value| value == 0.0)
    }

    /// What is left of `self` when `other` is removed: `P - <P,Q>/<Q,Q> Q`.
    ///
    /// Removing nothing leaves `self`; removing a multiple of `self` leaves exact zeros, since what remains below the
    /// precision of the distances would otherwise be drawn as if it meant something.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let norm = other.inner(other);
        if norm == 0.0 {
            return self.clone();
        }
        let left = self.projected_out(other, norm);
        if left.inner(&left) <= NOTHING_LEFT * self.inner(self) {
            return Self::zeros(self.n);
        }
        left
    }

    fn projected_out(&self, other: &Self, norm: f64) -> Self {
        let share = self.inner(other) / norm;
        let values = self.values.iter().zip(&other.values).map(|(a, b)| a - share * b).collect();
        Self { n: self.n, values }
    }

    /// Bias-corrected distance correlation `R*` in `[-1, 1]`; 0 where either side is zero.
    #[must_use]
    pub fn correlation(&self, other: &Self) -> f64 {
        let norms = self.inner(self) * other.inner(other);
        if norms > 0.0 { (self.inner(other) / norms.sqrt()).clamp(-1.0, 1.0) } else { 0.0 }
    }

    /// Gradient with respect to the distances of `A` of `R*(P_{A|C}, labels)`, where `self` is `P_{A|C}`.
    ///
    /// Entry `(i, j)` is the derivative by `D_ij` with `D_ji` counted apart. U-centring and removal are orthogonal
    /// projections, so each is its own adjoint and the chain rule applies them once more to the gradient of the quotient.
    pub(super) fn relevance_gradient(&self, labels: &Self, removed: &Self) -> Vec<f64> {
        let (own, other) = (self.inner(self), labels.inner(labels));
        if own == 0.0 || other == 0.0 {
            return vec![0.0; self.values.len()];
        }
        let (size, relevance) = ((own * other).sqrt(), self.inner(labels) / (own * other).sqrt());
        let values = labels.values.iter().zip(&self.values).map(|(g, u)| g / size - relevance * u / own).collect();
        let gradient = Self { n: self.n, values };
        let norm = removed.inner(removed);
        let gradient = if norm > 0.0 { gradient.projected_out(removed, norm) } else { gradient };
        let factor = (self.n * (self.n - 3)) as f64;
        gradient.values.into_iter().map(|value| value / factor).collect()
    }

    /// `sum over i of max over j of U_ij` and its gradient with respect to the distances of `A`, as above.
    ///
    /// At a tie the first index carries the gradient; the diagonal, which is zero, takes part in the maximum.
    pub(super) fn unique_gradient(&self, removed: &Self) -> (f64, Vec<f64>) {
        let n = self.n;
        let mut objective = 0.0;
        let mut chosen = vec![0.0; n * n];
        for i in 0..n {
            let row = &self.values[i * n..(i + 1) * n];
            let (mut best, mut largest) = (0, row[0]);
            for (j, &value) in row.iter().enumerate().skip(1) {
                if value > largest {
                    (best, largest) = (j, value);
                }
            }
            objective += largest;
            if best != i {
                // Symmetric halves: U is symmetric, and so is every change that distances can make to it.
                chosen[i * n + best] += 0.5;
                chosen[best * n + i] += 0.5;
            }
        }
        let chosen = Self { n, values: chosen };
        let norm = removed.inner(removed);
        let chosen = if norm > 0.0 { chosen.projected_out(removed, norm) } else { chosen };
        (objective, u_centre(n, &chosen.values))
    }
}

/// Biased squared distance correlation of double-centred matrices, `mean(A B) / sqrt(mean(A A) mean(B B) + epsilon)`, no
/// root taken; 0 where either side is constant.
#[must_use]
pub fn biased_correlation(a: &[f64], b: &[f64], epsilon: f64) -> f64 {
    let mean = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>() / x.len() as f64;
    let norms = mean(a, a) * mean(b, b);
    if norms > 0.0 { mean(a, b) / (norms + epsilon).sqrt() } else { 0.0 }
}
