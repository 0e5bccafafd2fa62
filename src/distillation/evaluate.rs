//! Accuracy on held-out pictures, batch by batch.

use burn::tensor::{Device, Tensor};

use crate::dataset::LabelledImages;
use crate::error::Result;
use crate::models::Network;
use crate::tensors::layout::{one_hot, pictures};
use crate::tensors::readback::read_all;

/// Pictures per call of [`Evaluation::advance`]: small enough to stop within a step's time.
const BATCH: usize = 100;

/// Counts how many test pictures some networks classify rightly, all on the same batches.
pub struct Evaluation {
    networks: Vec<Network>,
    hits: Vec<Tensor<1>>,
    done: usize,
}

impl Evaluation {
    /// Begins with networks in evaluation mode.
    #[must_use]
    pub fn new(networks: Vec<Network>) -> Self {
        Self { networks, hits: Vec::new(), done: 0 }
    }

    /// Runs the next batch; says whether there are more.
    pub fn advance(&mut self, images: &LabelledImages, device: &Device) -> bool {
        let indices: Vec<usize> = (self.done..images.len().min(self.done + BATCH)).collect();
        if !indices.is_empty() {
            let batch = pictures(images, &indices, &[], device);
            let labels = one_hot(images, &indices, device).argmax(1);
            let hits = self
                .networks
                .iter()
                .map(|network| network.forward(batch.clone()).logits.argmax(1).equal(labels.clone()).float().sum());
            self.hits.push(Tensor::cat(hits.collect(), 0));
            self.done += indices.len();
        }
        self.done < images.len()
    }

    /// Accuracies in `[0, 1]` in the order of the networks, over the pictures seen.
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`] when the read fails.
    pub async fn finish(self) -> Result<Vec<f64>> {
        let counted = read_all(self.hits).await?;
        let networks = self.networks.len();
        let total = |network: usize| counted.iter().map(|batch| f64::from(batch[network])).sum::<f64>();
        Ok((0..networks).map(|network| total(network) / self.done.max(1) as f64).collect())
    }
}
