//! The distances of one layer, held whole.

use super::gram::{Gram, Sums, VIEWS};
use super::values::Values;
use crate::attribution::{DistanceMatrix, Features};

/// Numbers in one image's features at a layer.
pub type Widths = [usize; 3];

/// One network's distances at a layer.
#[derive(Debug, Clone)]
pub struct ModelDistances {
    /// Distances between the images' flattened features.
    pub distances: DistanceMatrix,
    /// Euclidean length of each image's features.
    pub lengths: Vec<f64>,
    /// Numbers in one image's features.
    pub width: usize,
}

impl ModelDistances {
    /// Distances of the features with rows of unit length.
    fn unit(&self) -> DistanceMatrix {
        let n = self.distances.n();
        let between =
            |k: usize| unit_distance(self.distances.at(k / n, k % n), self.lengths[k / n], self.lengths[k % n]);
        DistanceMatrix::new(n, (0..n * n).map(between).collect()).expect("from distances that were checked")
    }
}

impl From<Features> for ModelDistances {
    fn from(features: Features) -> Self {
        let width = features.activation.dims()[1..].iter().product();
        Self { distances: features.distances, lengths: features.lengths, width }
    }
}

/// Distance of two rows scaled to unit length, from their distance and their lengths `a` and `b`:
/// `|x/a - y/b|^2 = (|x - y|^2 - (a - b)^2) / (a b)`. A row of zeros stays where it is.
pub(super) fn unit_distance(distance: f64, a: f64, b: f64) -> f64 {
    let size = a * b;
    if size > 0.0 {
        ((distance - (a - b)) * (distance + (a - b)) / size).max(0.0).sqrt()
    } else if a == b {
        0.0
    } else {
        1.0
    }
}

/// Distances of the three networks' features and of the labels over the same images.
#[derive(Debug, Clone)]
pub struct LayerDistances {
    n: usize,
    /// Teacher, Student, Base, labels, then Teacher, Student, Base with rows of unit length.
    views: [DistanceMatrix; VIEWS],
    widths: Widths,
    shifts: [f64; VIEWS],
}

impl LayerDistances {
    /// Takes the features of Teacher, Student and Base, in this order, and the label distances.
    ///
    /// # Panics
    /// If they are not of the same number of images.
    #[must_use]
    pub fn new(models: [ModelDistances; 3], labels: DistanceMatrix) -> Self {
        let widths = models.each_ref().map(|model| model.width);
        let unit = models.each_ref().map(ModelDistances::unit);
        let ([teacher, student, base], [unit_teacher, unit_student, unit_base]) =
            (models.map(|model| model.distances), unit);
        Self::of_views([teacher, student, base, labels, unit_teacher, unit_student, unit_base], widths)
    }

    fn of_views(views: [DistanceMatrix; VIEWS], widths: Widths) -> Self {
        let n = views[0].n();
        assert!(views.iter().all(|view| view.n() == n), "all distances must be of the same images");
        let shifts = views.each_ref().map(|view| view.values().iter().sum::<f64>() / (n * (n - 1)) as f64);
        Self { n, views, widths, shifts }
    }

    /// Images.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// Numbers in one image's features: Teacher, Student, Base.
    #[must_use]
    pub fn widths(&self) -> Widths {
        self.widths
    }

    /// All distances of one kind.
    pub(super) fn view(&self, view: usize) -> &DistanceMatrix {
        &self.views[view]
    }

    /// Inner products over all images.
    #[must_use]
    pub fn gram(&self) -> Gram {
        self.subset_gram(&(0..self.n).collect::<Vec<_>>())
    }

    /// Inner products over some of the images, each at most once.
    #[must_use]
    pub fn subset_gram(&self, subset: &[usize]) -> Gram {
        let m = subset.len();
        let mut sums = Sums::new(m, self.shifts);
        let mut rows: [Vec<f64>; VIEWS] = std::array::from_fn(|_| Vec::with_capacity(m));
        for (slot, &image) in subset.iter().enumerate() {
            for (row, view) in rows.iter_mut().zip(&self.views) {
                let distances = &view.values()[image * self.n..(image + 1) * self.n];
                row.clear();
                row.extend(subset[slot + 1..].iter().map(|&other| distances[other]));
            }
            sums.add(slot, slot + 1..m, rows.each_ref().map(Vec::as_slice));
        }
        sums.gram()
    }

    /// Every score over all images.
    #[must_use]
    pub fn values(&self) -> Values {
        let gram = self.gram();
        Values::of(&gram, &gram)
    }
}
