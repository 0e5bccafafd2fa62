//! The Teacher's class means.

use burn::tensor::{Device, Tensor};

use crate::dataset::LabelledImages;
use crate::distillation::pictures_at_once;
use crate::error::{Error, Result};
use crate::session::networks::model::Model;
use crate::tensors::layout::{one_hot, pictures};
use crate::tensors::readback::read_all;

/// Means over the training pictures of each class of the Teacher's last-stage features, flattened; summed up on the
/// device batch by batch.
pub(in crate::session) struct Prototypes {
    counts: Vec<usize>,
    sums: Option<Tensor<2>>,
    done: usize,
}

impl Prototypes {
    /// Begins for these pictures.
    pub fn new(train: &LabelledImages) -> Self {
        Self { counts: train.counts(), sums: None, done: 0 }
    }

    /// Runs the next batch; tells how many pictures are done of how many.
    pub fn advance(&mut self, teacher: &Model, train: &LabelledImages, device: &Device) -> (usize, usize) {
        let at_once = pictures_at_once(train.width, train.height);
        let indices: Vec<usize> = (self.done..train.len().min(self.done + at_once)).collect();
        if !indices.is_empty() {
            let mut trace = teacher.network.forward(pictures(train, &indices, &[], device));
            let last = trace.stages.pop().expect("a network has stages");
            let [n, channels, height, width] = last.dims();
            let rows = last.reshape([n, channels * height * width]);
            let sums = one_hot(train, &indices, device).transpose().matmul(rows);
            self.sums = Some(match self.sums.take() {
                Some(former) => former + sums,
                None => sums,
            });
            self.done += indices.len();
        }
        (self.done, train.len())
    }

    /// The means, one row a class.
    pub async fn finish(self, class_names: &[String]) -> Result<Vec<Vec<f64>>> {
        if let Some(class) = self.counts.iter().position(|&count| count == 0) {
            let problem = format!("prototypes need a training picture of each class, {} has none", class_names[class]);
            return Err(Error::config("labels", problem));
        }
        let sums = self.sums.expect("each class has a picture");
        let width = sums.dims()[1];
        let values = read_all(vec![sums.flatten(0, 1)]).await?.remove(0);
        let mean = |(sums, &count): (&[f32], &usize)| sums.iter().map(|&sum| f64::from(sum) / count as f64).collect();
        Ok(values.chunks_exact(width).zip(&self.counts).map(mean).collect())
    }
}
