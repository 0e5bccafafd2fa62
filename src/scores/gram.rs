//! Inner products of centred distances: all that the scores of a layer need, however many images there are.
//!
//! U-centring is a projection, so `<P_A, P_B>` is the plain sum of products of distances less a correction from the row
//! sums (Huo & Székely, "Fast computing for distance covariance", Technometrics 2016, gives it for one dimension):
//!
//! `sum a_ij b_ij - 2 / (n-2) sum_i a_i b_i + a b / ((n-1)(n-2))`, over `i != j`, with row sums `a_i` and total `a`.
//!
//! No n x n matrix is held, and each pair of images is seen once. A constant added to all distances off the diagonal
//! changes nothing, so each kind of distance is shifted near zero first: otherwise the correction would cancel most of the
//! sum's digits where the distances are all nearly alike, as they are in high dimensions.

use std::ops::Range;

/// Kinds of distances of one layer: of the features of Teacher, Student and Base, of the label embeddings, and of the
/// three networks' features with rows of unit length.
pub const VIEWS: usize = 7;
/// Position of the Teacher among models and views.
pub const TEACHER: usize = 0;
/// Position of the Student.
pub const STUDENT: usize = 1;
/// Position of the Base.
pub const BASE: usize = 2;
/// Position of the labels among the views.
pub const LABELS: usize = 3;
/// Position of the Teacher's unit rows; those of Student and Base follow.
pub const UNIT: usize = 4;

/// Distances that differ by no more than this share of the largest are all alike, and what centring leaves is rounding.
const ALIKE: f64 = 1e-12;

/// Inner products between the centred distances of one layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gram {
    /// `<P_a, P_b>` of U-centred distances of Teacher, Student, Base and labels.
    pub unbiased: [[f64; 4]; 4],
    /// Mean over `n * n` of the products of double-centred distances of unit rows of Teacher, Student and Base.
    pub unit: [[f64; 3]; 3],
}

/// Whether two views have an inner product: raw distances with raw ones and unit ones with unit ones.
fn meet(a: usize, b: usize) -> bool {
    (a < UNIT) == (b < UNIT)
}

/// Sum of products, in eight lanes so that the compiler may use vector registers.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (ahead, behind) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = ahead.remainder().iter().zip(behind.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in ahead.zip(behind) {
        for (lane, (x, y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            *lane += x * y;
        }
    }
    lanes.iter().sum::<f64>() + rest
}

/// Sums over pairs of images from which a [`Gram`] follows.
#[derive(Debug, Clone)]
pub struct Sums {
    n: usize,
    shifts: [f64; VIEWS],
    rows: [Vec<f64>; VIEWS],
    products: [[f64; VIEWS]; VIEWS],
    smallest: [f64; VIEWS],
    largest: [f64; VIEWS],
    shifted: [Vec<f64>; VIEWS],
}

impl Sums {
    /// Begins for `n` images; `shifts` should be near the usual distance of each view, 0 is allowed.
    #[must_use]
    pub fn new(n: usize, shifts: [f64; VIEWS]) -> Self {
        Self {
            n,
            shifts,
            rows: std::array::from_fn(|_| vec![0.0; n]),
            products: [[0.0; VIEWS]; VIEWS],
            smallest: [f64::INFINITY; VIEWS],
            largest: [0.0; VIEWS],
            shifted: std::array::from_fn(|_| Vec::new()),
        }
    }

    /// Adds the distances from image `row` to the images `columns`. Each pair of different images must come exactly once.
    pub fn add(&mut self, row: usize, columns: Range<usize>, distances: [&[f64]; VIEWS]) {
        for (view, distances) in distances.into_iter().enumerate() {
            let (shift, shifted) = (self.shifts[view], &mut self.shifted[view]);
            shifted.clear();
            shifted.extend(distances.iter().map(|distance| distance - shift));
            for &distance in distances {
                self.smallest[view] = self.smallest[view].min(distance);
                self.largest[view] = self.largest[view].max(distance);
            }
            let rows = &mut self.rows[view];
            rows[row] += shifted.iter().sum::<f64>();
            for (sum, value) in rows[columns.clone()].iter_mut().zip(shifted.iter()) {
                *sum += value;
            }
        }
        for a in 0..VIEWS {
            for b in (a..VIEWS).filter(|&b| meet(a, b)) {
                self.products[a][b] += dot(&self.shifted[a], &self.shifted[b]);
            }
        }
    }

    /// Whether all distances of a view were 0.
    #[must_use]
    pub fn is_constant(&self, view: usize) -> bool {
        self.largest[view] == 0.0
    }

    /// Whether all distances of a view were numbers.
    #[must_use]
    pub fn is_finite(&self, view: usize) -> bool {
        self.rows[view].iter().all(|sum| sum.is_finite())
    }

    /// The inner products, once every pair was added. A view whose distances are all alike has the norm 0.
    #[must_use]
    pub fn gram(&self) -> Gram {
        let views: [View; VIEWS] = std::array::from_fn(|view| {
            let (rows, shift) = (&self.rows[view], self.shifts[view]);
            View { rows, total: rows.iter().sum(), shift }
        });
        let alike = |view: usize| self.largest[view] - self.smallest[view] <= ALIKE * self.largest[view];
        let mut unbiased = [[0.0; 4]; 4];
        for a in (0..UNIT).filter(|&a| !alike(a)) {
            for b in (a..UNIT).filter(|&b| !alike(b)) {
                let value = unbiased_inner(self.n, 2.0 * self.products[a][b], &views[a], &views[b]);
                (unbiased[a][b], unbiased[b][a]) = (value, value);
            }
        }
        let mut unit = [[0.0; 3]; 3];
        for a in 0..3 {
            for b in a..3 {
                let products = 2.0 * self.products[UNIT + a][UNIT + b];
                let value = biased_inner(self.n, products, &views[UNIT + a], &views[UNIT + b]);
                (unit[a][b], unit[b][a]) = (value, value);
            }
        }
        Gram { unbiased, unit }
    }
}

/// Row sums of one view, shifted off the diagonal.
struct View<'a> {
    rows: &'a [f64],
    total: f64,
    shift: f64,
}

fn unbiased_inner(n: usize, products: f64, a: &View<'_>, b: &View<'_>) -> f64 {
    let n = n as f64;
    let sum = products - 2.0 / (n - 2.0) * dot(a.rows, b.rows) + a.total * b.total / ((n - 1.0) * (n - 2.0));
    sum / (n * (n - 3.0))
}

/// As above for double centring, which sees the diagonal too: there a shifted distance is minus the shift.
fn biased_inner(n: usize, products: f64, a: &View<'_>, b: &View<'_>) -> f64 {
    let n = n as f64;
    let products = products + n * a.shift * b.shift;
    let rows: f64 = a.rows.iter().zip(b.rows).map(|(x, y)| (x - a.shift) * (y - b.shift)).sum();
    let totals = (a.total - n * a.shift) * (b.total - n * b.shift);
    (products - 2.0 / n * rows + totals / (n * n)) / (n * n)
}
