//! Which pictures come next, and how they get to the device.

use burn::tensor::{Device, Tensor, TensorData};

use crate::dataset::{LabelledImages, split};
use crate::operations::flat::Layout;
use crate::tensors::layout::{Shift, one_hot_values, write_pictures};

/// The pictures at `indices` and their one-hot labels, sent to the device together.
///
/// # Shapes
/// - pictures: `[N, 3, H, W]`, normalised and moved by `shifts`; labels: `[N, K]`
pub(super) fn labelled(
    images: &LabelledImages,
    indices: &[usize],
    shifts: &[Shift],
    device: &Device,
) -> (Tensor<4>, Tensor<2>) {
    let labels = one_hot_values(images, indices);
    let layout = Layout::aligned([indices.len() * 3 * images.height * images.width, labels.len()]);
    // Written where it is sent from: a step has no other large work on the host.
    let mut values = vec![0.0; layout.total()];
    write_pictures(images, indices, shifts, &mut values[layout.place(0)]);
    values[layout.place(1)].copy_from_slice(&labels);
    let both = Tensor::from_data(TensorData::new(values, [layout.total()]), device);
    let n = indices.len();
    let pictures = layout.part(&both, 0).reshape([n, 3, images.height, images.width]);
    (pictures, layout.part(&both, 1).reshape([n, images.class_names.len()]))
}

/// Batches of shuffled pictures, epoch after epoch, by the seed alone.
pub(super) struct Batches {
    seed: u64,
    size: usize,
    order: Vec<usize>,
    epoch: u64,
    position: usize,
}

impl Batches {
    /// Begins the first epoch over `pictures` of them; a batch is never larger than an epoch.
    pub fn new(pictures: usize, size: usize, seed: u64) -> Self {
        Self::at(pictures, size, seed, (0, 0))
    }

    /// Goes on from a [`position`](Self::position).
    pub fn at(pictures: usize, size: usize, seed: u64, (epoch, position): (u64, usize)) -> Self {
        let order = split::epoch_order(pictures, seed, epoch);
        Self { seed, size: size.min(pictures), order, epoch, position }
    }

    /// Pictures per batch.
    pub fn size(&self) -> usize {
        self.size
    }

    /// `(epoch, pictures of it that are used up)`.
    pub fn position(&self) -> (u64, usize) {
        (self.epoch, self.position)
    }

    /// Indices of the next batch; an epoch's rest that does not fill a batch is left out.
    pub fn next_batch(&mut self) -> Vec<usize> {
        if self.position + self.size > self.order.len() {
            self.epoch += 1;
            self.position = 0;
            self.order = split::epoch_order(self.order.len(), self.seed, self.epoch);
        }
        let batch = self.order[self.position..self.position + self.size].to_vec();
        self.position += self.size;
        batch
    }
}
