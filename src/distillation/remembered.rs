//! What a frozen network answered, for when it is shown the same picture again.
//!
//! A Teacher in evaluation mode gives a picture the same answer in whatever batch it comes, so that on the CPU, where every
//! picture goes through the network by itself, what was answered once is the number that would come out again.

use burn::tensor::{Device, Tensor, TensorData};

use super::{Compared, Guide, OptimiserConfig};
use crate::dataset::LabelledImages;
use crate::error::Result;
use crate::tensors::layout::{Shift, pictures};
use crate::tensors::readback::read_all;

/// Most answers that are kept, some 20 MiB for ten classes: 2,000 pictures in each of the 50 ways that a crop padded by 2 and
/// a flip show them, and more.
const MOST: usize = 1 << 17;

/// A training picture by its index, as it was moved.
pub(super) type Shown = (usize, Shift);

/// Answers of one guide, on the host.
#[derive(Default)]
pub(super) struct Remembered {
    /// Of every picture the moves under which it was shown, `K` numbers each.
    answers: Vec<Vec<(Shift, Vec<f32>)>>,
    /// How many there are.
    count: usize,
    /// Whether one was given a second time.
    helped: bool,
}

impl Remembered {
    /// Nothing yet; none at all where it would not pay: where the losses ask for more than answers, where crops hardly ever
    /// come again, and on a GPU, where answers would have to be waited for.
    pub fn of(guide: &Guide, recipe: &OptimiserConfig, device: &Device) -> Option<Self> {
        let pays = guide.compares() == Compared::Answers && recipe.crop_area >= 1.0 && *device == Device::flex();
        pays.then(Self::default)
    }

    /// Whether a picture was shown that was known, so that steps take less time than their plan has.
    pub fn has_helped(&self) -> bool {
        self.helped
    }

    /// What `guide` answers to a batch, `[N, K]`; it is asked only for what was not shown before.
    ///
    /// # Shapes
    /// - `batch`: `[N, 3, H, W]`, pictures of `images` as `shown` says
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`] when the read fails.
    pub async fn answers(
        &mut self,
        guide: &Guide,
        images: &LabelledImages,
        batch: &Tensor<4>,
        shown: &[Shown],
    ) -> Result<Tensor<2>> {
        self.answers.resize_with(images.len(), Vec::new);
        let new: Vec<Shown> = shown.iter().copied().filter(|&shown| self.known(shown).is_none()).collect();
        self.helped |= new.len() < shown.len();
        let device = batch.device();
        let mut asked = Vec::new();
        if !new.is_empty() {
            let unknown = if new.len() == shown.len() {
                batch.clone()
            } else {
                let (indices, shifts): (Vec<usize>, Vec<Shift>) = new.iter().copied().unzip();
                pictures(images, &indices, &shifts, &device)
            };
            asked = read_all(vec![guide.look(unknown).logits.flatten(0, 1)]).await?.remove(0);
        }
        let classes = images.class_names.len();
        let mut rows = asked.chunks_exact(classes);
        let mut values = Vec::with_capacity(shown.len() * classes);
        for &shown in shown {
            if let Some(known) = self.known(shown) {
                values.extend_from_slice(known);
            } else {
                let row = rows.next().expect("one for each that was asked for");
                values.extend_from_slice(row);
                self.keep(shown, row);
            }
        }
        Ok(Tensor::from_data(TensorData::new(values, [shown.len(), classes]), &device))
    }

    fn known(&self, (index, shift): Shown) -> Option<&[f32]> {
        self.answers[index].iter().find(|(of, _)| *of == shift).map(|(_, answer)| answer.as_slice())
    }

    fn keep(&mut self, (index, shift): Shown, answer: &[f32]) {
        if self.count < MOST {
            self.answers[index].push((shift, answer.to_vec()));
            self.count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Loss, LossTerm};
    use super::*;
    use crate::dataset::scenes::{ScenesConfig, render};
    use crate::models::{Architecture, Network, kaiming};
    use crate::seed::Purpose;

    #[pollster::test]
    async fn a_picture_is_asked_for_once_and_its_answer_is_the_same_to_the_last_bit_in_any_batch() {
        let device = Device::flex();
        let config = Architecture::cifar_resnet(1, 8).for_classes(6);
        let network = Network::from_weights(&config, &kaiming(&config, 3, Purpose::TeacherInit), &device);
        let terms = vec![LossTerm { weight: 1.0, loss: Loss::Response { temperature: 4.0 } }];
        let guide = Guide::new(network.expect("its own weights"), 0.0, terms, std::iter::empty);
        let scenes = ScenesConfig { size: 16, train_images: 60, test_images: 24, ..ScenesConfig::default() };
        let images = render(&scenes).expect("in range").train;
        let still = Shift::default();
        let moved = Shift { x: 1, flip: true, ..still };
        let mut remembered = Remembered::default();
        let batches: [(&[usize], Shift, usize); 5] = [
            (&[0, 1, 2, 3], still, 4),
            (&[4, 2, 5, 0], still, 2),
            (&[3, 2, 1], still, 0),
            (&[2, 6, 0, 7, 8], still, 3),
            // A picture that was moved is another one.
            (&[2, 1], moved, 2),
        ];
        for (number, (indices, shift, unknown)) in batches.into_iter().enumerate() {
            let shown: Vec<Shown> = indices.iter().map(|&index| (index, shift)).collect();
            let batch = pictures(&images, indices, &vec![shift; indices.len()], &device);
            let before = remembered.count;
            let answers = remembered.answers(&guide, &images, &batch, &shown).await.expect("readable");
            assert_eq!(remembered.count - before, unknown, "batch {number}");
            assert_eq!(remembered.has_helped(), number > 0);
            let whole = guide.look(batch).logits;
            let read = read_all(vec![answers.flatten(0, 1), whole.flatten(0, 1)]).await.expect("readable");
            let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&read[0]), bits(&read[1]), "batch {number}");
        }
    }
}
