//! Exact scores of any number of images: distances come in blocks, and none of them is kept.

use super::gram::{Gram, LABELS, Sums, UNIT, VIEWS};
use super::labels::ClassDistances;
use super::layer::unit_distance;
use crate::attribution::distance::MIN_IMAGES;
use crate::error::{Error, Result};

/// Names of the models in the order of the views.
const MODELS: [&str; 3] = ["Teacher", "Student", "Base"];

/// Some images in a row: the position of the first among all, and the lengths of the three networks' feature rows.
#[derive(Debug, Clone)]
pub struct Block {
    /// Position of the first image.
    pub start: usize,
    /// Euclidean lengths of the feature rows of Teacher, Student and Base, one number an image each.
    pub lengths: [Vec<f64>; 3],
}

impl Block {
    fn len(&self) -> usize {
        self.lengths[0].len()
    }
}

/// Adds up one layer's inner products block by block; holds a few numbers an image.
#[derive(Debug, Clone)]
pub struct Stream {
    labels: Vec<usize>,
    classes: ClassDistances,
    sums: Option<Sums>,
    pairs: u64,
}

impl Stream {
    /// Begins a layer for images with these labels.
    ///
    /// # Errors
    /// [`Error::TooFewImages`], and those of [`ClassDistances::check`].
    pub fn new(labels: Vec<usize>, classes: ClassDistances) -> Result<Self> {
        if labels.len() < MIN_IMAGES {
            return Err(Error::TooFewImages { n: labels.len(), needed: MIN_IMAGES });
        }
        classes.check(&labels)?;
        Ok(Self { labels, classes, sums: None, pairs: 0 })
    }

    /// Adds the distances between two blocks: `[rows, columns]`, row-major, of Teacher, Student and Base.
    ///
    /// Each pair of blocks comes once, in any order, a block with itself too; of that only what is right of the diagonal
    /// is used. Distances of rows of unit length follow from the distances and the lengths.
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn add(&mut self, rows: &Block, columns: &Block, distances: [&[f64]; 3]) {
        let width = columns.len();
        assert!(distances.iter().all(|block| block.len() == rows.len() * width), "distances of [rows, columns]");
        let mut views: [Vec<f64>; VIEWS] = std::array::from_fn(|_| Vec::with_capacity(width));
        for slot in 0..rows.len() {
            let image = rows.start + slot;
            let from = if rows.start == columns.start { slot + 1 } else { 0 };
            let others = columns.start + from..columns.start + width;
            if others.is_empty() {
                continue;
            }
            for (model, block) in distances.iter().enumerate() {
                let row = &block[slot * width + from..(slot + 1) * width];
                views[model].clear();
                views[model].extend_from_slice(row);
                let own = rows.lengths[model][slot];
                let unit = row.iter().zip(&columns.lengths[model][from..]);
                views[UNIT + model].clear();
                views[UNIT + model].extend(unit.map(|(&distance, &other)| unit_distance(distance, own, other)));
            }
            views[LABELS].clear();
            views[LABELS].extend(others.clone().map(|other| self.classes.at(self.labels[image], self.labels[other])));
            let row = views.each_ref().map(Vec::as_slice);
            let mean = |view: &[f64]| view.iter().sum::<f64>() / view.len() as f64;
            let sums = self.sums.get_or_insert_with(|| {
                let shift = row.map(|view| Some(mean(view)).filter(|mean| mean.is_finite()).unwrap_or(0.0));
                Sums::new(self.labels.len(), shift)
            });
            self.pairs += others.len() as u64;
            sums.add(image, others, row);
        }
    }

    /// The inner products, once every pair of images was added.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::ConstantFeatures`], naming the model and `layer`.
    ///
    /// # Panics
    /// If pairs are missing.
    pub fn gram(&self, layer: &str) -> Result<Gram> {
        let n = self.labels.len() as u64;
        assert_eq!(self.pairs, n * (n - 1) / 2, "every pair of images must have been added once");
        let sums = self.sums.as_ref().expect("four images have pairs");
        for (view, model) in MODELS.into_iter().enumerate() {
            if !sums.is_finite(view) || !sums.is_finite(UNIT + view) {
                return Err(Error::NotFinite {
                    what: format!("A distance between two images in {layer} of the {model}"),
                    advice: "The model has diverged: train it again with a lower learning rate.".to_owned(),
                });
            }
            if sums.is_constant(view) {
                return Err(Error::ConstantFeatures { model: model.to_owned(), layer: layer.to_owned() });
            }
        }
        Ok(sums.gram())
    }
}
