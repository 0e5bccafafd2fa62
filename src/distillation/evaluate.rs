//! Accuracy on held-out pictures, batch by batch.

use burn::tensor::{Device, Tensor};

use super::batches::labelled;
use crate::dataset::LabelledImages;
use crate::error::Result;
use crate::models::Network;
use crate::operations::cross_entropy::cross_entropy;
use crate::operations::flat::Layout;
use crate::tensors::readback::read_all;

/// Most pictures of a call: few enough to stop within a step's time.
const BATCH: usize = 100;
/// Most pixels of a call, those of as many pictures of 64 x 64 or of eight of 224 x 224: a network makes many numbers of
/// each, and what is only looked at is not to take more memory than a step of the training.
const PIXELS: usize = BATCH * 64 * 64;

/// How many pictures of this size may go through a network together where nothing is learnt from them, at least 1.
#[must_use]
pub fn pictures_that_fit(width: usize, height: usize) -> usize {
    (PIXELS / (width * height).max(1)).max(1)
}

/// How many of them are to be looked at before it is asked again whether to go on, at least 1.
#[must_use]
pub fn pictures_at_once(width: usize, height: usize) -> usize {
    pictures_that_fit(width, height).min(BATCH)
}

/// Counts how many test pictures some networks classify rightly, all on the same batches.
pub struct Evaluation {
    networks: Vec<Network>,
    /// Pictures of each batch, and the share of them that each network classified rightly.
    shares: Vec<(usize, Tensor<1>)>,
    done: usize,
}

impl Evaluation {
    /// Begins with networks in evaluation mode.
    #[must_use]
    pub fn new(networks: Vec<Network>) -> Self {
        Self { networks, shares: Vec::new(), done: 0 }
    }

    /// Runs the next batch; says whether there are more.
    pub fn advance(&mut self, images: &LabelledImages, device: &Device) -> bool {
        let indices: Vec<usize> =
            (self.done..images.len().min(self.done + pictures_at_once(images.width, images.height))).collect();
        if !indices.is_empty() {
            let (batch, labels) = labelled(images, &indices, &[], device);
            let share = |network: &Network| cross_entropy(network.answers(batch.clone()), labels.clone()).1;
            let shares: Vec<Tensor<1>> = self.networks.iter().map(share).collect();
            self.shares.push((indices.len(), Layout::dense(shares.iter().map(|_| 1)).join(shares)));
            self.done += indices.len();
        }
        self.done < images.len()
    }

    /// Accuracies in `[0, 1]` in the order of the networks, over the pictures seen.
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`] when the read fails.
    pub async fn finish(self) -> Result<Vec<f64>> {
        let (counts, shares): (Vec<usize>, Vec<Tensor<1>>) = self.shares.into_iter().unzip();
        let shares = if shares.is_empty() { Vec::new() } else { read_all(shares).await? };
        // Shares in single precision are exact to far less than a picture.
        let hits = |network: usize| {
            let of_batch = |(&count, shares): (&usize, &Vec<f32>)| (f64::from(shares[network]) * count as f64).round();
            counts.iter().zip(&shares).map(of_batch).sum::<f64>()
        };
        Ok((0..self.networks.len()).map(|network| hits(network) / self.done.max(1) as f64).collect())
    }
}
