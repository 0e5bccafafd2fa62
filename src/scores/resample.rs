//! Scores of permuted and of halved images.
//!
//! Permutations: the rows of the explained features (for a partial score those of the remaining matrix `P_{A|C}`, as in
//! `pdcov.test` of R's `energy`) are permuted against the labels; for FSS, against the Teacher's features. The same
//! permutations serve every score and every layer, so that differences between scores have a null, too.
//!
//! Halves: see [`super::Interval`].

use rand::seq::SliceRandom;

use super::config::UncertaintyConfig;
use super::gram::{BASE, Gram, LABELS, STUDENT, TEACHER, UNIT, dot};
use super::layer::LayerDistances;
use super::values::Values;
use crate::attribution::distance::MIN_IMAGES;
use crate::seed::{Purpose, stream};

/// `(a, b)`: the crossed products `<P_a, pi P_b>` that some score needs.
const CROSSED: [(usize, usize); 11] = [
    (TEACHER, LABELS),
    (STUDENT, LABELS),
    (BASE, LABELS),
    (TEACHER, TEACHER),
    (STUDENT, TEACHER),
    (BASE, TEACHER),
    (TEACHER, STUDENT),
    (STUDENT, STUDENT),
    (BASE, STUDENT),
    (STUDENT, BASE),
    (BASE, BASE),
];

/// The draws of one layer: made a few at a time, so that a caller on one thread can report and stop between them.
#[derive(Debug, Clone)]
pub struct Resampling {
    distances: LayerDistances,
    config: UncertaintyConfig,
    norms: Gram,
    centred: Option<CentredViews>,
    null: Vec<Values>,
    halves: Vec<Values>,
}

impl Resampling {
    /// Begins. Halves need eight images at least; below, none are drawn.
    #[must_use]
    pub fn new(distances: LayerDistances, config: UncertaintyConfig) -> Self {
        let norms = distances.gram();
        let centred = (config.permutations > 0).then(|| CentredViews::of(&distances));
        Self { distances, config, norms, centred, null: Vec::new(), halves: Vec::new() }
    }

    /// Draws still to be made.
    #[must_use]
    pub fn left(&self) -> usize {
        self.config.permutations - self.null.len() + self.wanted_halves() - self.halves.len()
    }

    /// Makes at most `draws` draws.
    pub fn advance(&mut self, draws: usize) {
        for _ in 0..draws.min(self.left()) {
            if self.null.len() < self.config.permutations {
                self.permute();
            } else {
                self.halve();
            }
        }
    }

    /// Images that the draws are made from.
    #[must_use]
    pub fn n(&self) -> usize {
        self.distances.n()
    }

    /// The scores of these images themselves.
    #[must_use]
    pub fn observed(&self) -> Values {
        Values::of(&self.norms, &self.norms)
    }

    /// Whether the label embeddings of these images are all equally far apart.
    #[must_use]
    pub fn labels_all_alike(&self) -> bool {
        self.norms.unbiased[LABELS][LABELS] == 0.0
    }

    /// Scores under permutations so far.
    #[must_use]
    pub fn null(&self) -> &[Values] {
        &self.null
    }

    /// Scores of halves so far.
    #[must_use]
    pub fn halves(&self) -> &[Values] {
        &self.halves
    }

    fn wanted_halves(&self) -> usize {
        if self.n() / 2 >= MIN_IMAGES { self.config.bootstrap } else { 0 }
    }

    fn permute(&mut self) {
        let Some(centred) = &mut self.centred else { return };
        let mut order: Vec<usize> = (0..self.distances.n()).collect();
        order.shuffle(&mut stream(self.config.seed, Purpose::Permutation, self.null.len() as u64));
        self.null.push(Values::of(&self.norms, &centred.crossed(&order)));
    }

    fn halve(&mut self) {
        let mut order: Vec<usize> = (0..self.n()).collect();
        let mut random = stream(self.config.seed, Purpose::HalfSample, self.halves.len() as u64);
        let (half, _) = order.partial_shuffle(&mut random, self.distances.n() / 2);
        half.sort_unstable();
        let gram = self.distances.subset_gram(half);
        self.halves.push(Values::of(&gram, &gram));
    }
}

/// One symmetric centred matrix: whole for reading in any order, its upper triangle and diagonal for products.
#[derive(Debug, Clone)]
struct Halved {
    whole: Vec<f64>,
    upper: Vec<f64>,
    diagonal: Vec<f64>,
}

impl Halved {
    fn new(n: usize, whole: Vec<f64>) -> Self {
        let upper = (0..n).flat_map(|i| whole[i * n + i + 1..(i + 1) * n].iter().copied()).collect();
        let diagonal = (0..n).map(|i| whole[i * n + i]).collect();
        Self { whole, upper, diagonal }
    }
}

/// The centred matrices of one layer, in the order of the views.
#[derive(Debug, Clone)]
struct CentredViews {
    n: usize,
    views: Vec<Halved>,
    permuted: Vec<f64>,
}

impl CentredViews {
    fn of(distances: &LayerDistances) -> Self {
        let n = distances.n();
        let unbiased = (0..UNIT).map(|view| Halved::new(n, distances.view(view).u_centred().values().to_vec()));
        let unit = (UNIT..UNIT + 3).map(|view| Halved::new(n, distances.view(view).double_centred()));
        Self { n, views: unbiased.chain(unit).collect(), permuted: Vec::new() }
    }

    /// Puts the upper triangle of a permuted view into `permuted`.
    fn permute(&mut self, view: usize, order: &[usize]) {
        let whole = &self.views[view].whole;
        self.permuted.clear();
        for (slot, &image) in order.iter().enumerate() {
            let row = &whole[image * self.n..(image + 1) * self.n];
            self.permuted.extend(order[slot + 1..].iter().map(|&other| row[other]));
        }
    }

    fn crossed(&mut self, order: &[usize]) -> Gram {
        let n = self.n as f64;
        let mut gram = Gram { unbiased: [[0.0; 4]; 4], unit: [[0.0; 3]; 3] };
        for b in [LABELS, TEACHER, STUDENT, BASE] {
            self.permute(b, order);
            for (a, _) in CROSSED.iter().filter(|(_, partner)| *partner == b) {
                // U-centred matrices are zero on the diagonal.
                gram.unbiased[*a][b] = 2.0 * dot(&self.views[*a].upper, &self.permuted) / (n * (n - 3.0));
            }
        }
        let teacher = UNIT + TEACHER;
        self.permute(teacher, order);
        let diagonal: Vec<f64> = order.iter().map(|&image| self.views[teacher].diagonal[image]).collect();
        for a in [STUDENT, BASE] {
            let own = &self.views[UNIT + a];
            let sum = 2.0 * dot(&own.upper, &self.permuted) + dot(&own.diagonal, &diagonal);
            gram.unit[a][TEACHER] = sum / (n * n);
        }
        gram
    }
}
