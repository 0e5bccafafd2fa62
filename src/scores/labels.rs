//! How far apart the classes are.

use crate::attribution::DistanceMatrix;
use crate::attribution::distance::row_distances;
use crate::error::{Error, Result};

/// Distances between the embeddings of the classes, in label order.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassDistances {
    class_names: Vec<String>,
    values: Vec<f64>,
}

impl ClassDistances {
    /// One-hot embeddings: `sqrt(2)` between any two classes.
    #[must_use]
    pub fn one_hot(class_names: &[String]) -> Self {
        let classes = class_names.len();
        let apart = |k: usize| if k / classes == k % classes { 0.0 } else { std::f64::consts::SQRT_2 };
        Self { class_names: class_names.to_vec(), values: (0..classes * classes).map(apart).collect() }
    }

    /// Embeddings of any kind: one row a class, all of one length.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the row that breaks a rule.
    pub fn of_rows(rows: &[Vec<f64>], class_names: &[String]) -> Result<Self> {
        let broken = |problem: String| Err(Error::config("labels.rows", problem));
        if rows.len() != class_names.len() {
            return broken(format!("must be one a class: {} rows for {} classes", rows.len(), class_names.len()));
        }
        let width = rows.first().map_or(0, Vec::len);
        if width == 0 {
            return broken("must hold at least one number each".to_owned());
        }
        for (class, row) in rows.iter().enumerate() {
            let name = &class_names[class];
            if row.len() != width {
                return broken(format!("must be of one length: {width} numbers at first, {} for {name}", row.len()));
            }
            if row.iter().any(|value| !value.is_finite()) {
                return broken(format!("must be finite, which the row of {name} is not"));
            }
        }
        let values = row_distances(rows, rows);
        if values.iter().any(|value| !value.is_finite()) {
            return broken("are too large: a distance between two of them overflows".to_owned());
        }
        if values.iter().all(|&value| value == 0.0) {
            return broken("are all the same: they tell no class from another".to_owned());
        }
        Ok(Self { class_names: class_names.to_vec(), values })
    }

    /// Distance between two classes.
    #[must_use]
    pub fn at(&self, a: usize, b: usize) -> f64 {
        self.values[a * self.class_names.len() + b]
    }

    /// Checks that `labels` can be told apart at all.
    ///
    /// # Errors
    /// [`Error::OneClassOnly`] when all agree; [`Error::InvalidConfig`] when their embeddings do.
    pub fn check(&self, labels: &[usize]) -> Result<()> {
        let Some(&first) = labels.first() else { return Ok(()) };
        if labels.iter().all(|&label| label == first) {
            return Err(Error::OneClassOnly { n: labels.len(), class: self.class_names[first].clone() });
        }
        if labels.iter().all(|&label| self.at(label, first) == 0.0) {
            return Err(Error::config("labels", "the classes of the drawn images share one embedding"));
        }
        Ok(())
    }

    /// Distances between the label embeddings of the images.
    ///
    /// # Errors
    /// [`Error::TooFewImages`], and those of [`check`](Self::check).
    pub fn matrix(&self, labels: &[usize]) -> Result<DistanceMatrix> {
        let values = labels.iter().flat_map(|&a| labels.iter().map(move |&b| self.at(a, b))).collect();
        let matrix = DistanceMatrix::new(labels.len(), values)?;
        self.check(labels)?;
        Ok(matrix)
    }
}
