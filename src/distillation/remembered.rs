//! What a frozen network answered, for when it is shown the same picture again.
//!
//! A Teacher in evaluation mode gives a picture the same answer in whatever batch it comes, so that on the CPU, where every
//! picture goes through the network by itself, what was answered once is the number that would come out again.

use std::collections::HashMap;

use burn::tensor::{Device, Int, Tensor, TensorData};

use super::{Guide, OptimiserConfig};
use crate::tensors::layout::Shift;

/// Most answers that are kept, some 30 MiB: 2,000 pictures in each of the 50 ways that a crop padded by 2 and a flip show
/// them, and more.
const MOST: usize = 1 << 17;

/// A training picture by its index, as it was moved.
pub(super) type Shown = (usize, Shift);

/// Answers of one guide.
#[derive(Default)]
pub(super) struct Remembered {
    /// `[1, K]` each, a row of the batch that it came in.
    answers: HashMap<Shown, Tensor<2>>,
    /// Whether one was given a second time.
    helped: bool,
}

impl Remembered {
    /// Nothing yet; none at all where it would not pay: where the losses ask for more than answers, where crops hardly ever
    /// come again, and on a GPU, which goes through a batch in the time that it takes to gather one from its rows.
    pub fn of(guide: &Guide, recipe: &OptimiserConfig, device: &Device) -> Option<Self> {
        let pays = guide.asks_for_answers_alone() && recipe.crop_area >= 1.0 && *device == Device::flex();
        pays.then(Self::default)
    }

    /// Whether a picture was shown that was known, so that steps take less time than their plan has.
    pub fn has_helped(&self) -> bool {
        self.helped
    }

    /// Answers to a batch, `[N, K]`; `ask` is given those of its pictures that were not shown before, if there are any.
    ///
    /// # Shapes
    /// - `pictures`: `[N, C, H, W]`, as `shown` says; `ask`: of `[M, C, H, W]`, `[M, K]`
    pub fn answers(
        &mut self,
        pictures: &Tensor<4>,
        shown: &[Shown],
        ask: impl FnOnce(Tensor<4>) -> Tensor<2>,
    ) -> Tensor<2> {
        let new: Vec<usize> = (0..shown.len()).filter(|&place| !self.answers.contains_key(&shown[place])).collect();
        if new.len() == shown.len() {
            let answers = ask(pictures.clone());
            self.keep(shown.iter().copied(), &answers);
            return answers;
        }
        self.helped = true;
        let mut asked = None;
        if !new.is_empty() {
            let places: Vec<i64> = new.iter().map(|&place| place as i64).collect();
            let count = places.len();
            let places = Tensor::<1, Int>::from_data(TensorData::new(places, [count]), &pictures.device());
            let answers = ask(pictures.clone().select(0, places));
            self.keep(new.iter().map(|&place| shown[place]), &answers);
            asked = Some(answers);
        }
        let mut next = 0;
        let row = |(place, shown): (usize, &Shown)| match (&asked, new.get(next)) {
            (Some(asked), Some(&first)) if first == place => {
                next += 1;
                asked.clone().narrow(0, next - 1, 1)
            }
            _ => self.answers[shown].clone(),
        };
        Tensor::cat(shown.iter().enumerate().map(row).collect(), 0)
    }

    fn keep(&mut self, shown: impl Iterator<Item = Shown>, answers: &Tensor<2>) {
        for (row, shown) in shown.enumerate() {
            if self.answers.len() < MOST {
                self.answers.insert(shown, answers.clone().narrow(0, row, 1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{Architecture, Network, kaiming};
    use crate::seed::Purpose;
    use crate::tensors::readback::read_all;

    #[pollster::test]
    async fn a_picture_is_asked_for_once_and_its_answer_is_the_same_to_the_last_bit_in_any_batch() {
        let device = Device::flex();
        let config = Architecture::cifar_resnet(1, 8).for_classes(10);
        let network = Network::from_weights(&config, &kaiming(&config, 3, Purpose::TeacherInit), &device);
        let network = network.expect("its own weights");
        let values: Vec<f32> = (0..9 * 3 * 12 * 11).map(|at| (at * 37 % 101) as f32 / 50.0 - 1.0).collect();
        let all = Tensor::<1>::from_floats(values.as_slice(), &device).reshape([9, 3, 12, 11]);
        let batch = |indices: &[usize]| {
            let of = |&index: &usize| all.clone().narrow(0, index, 1);
            Tensor::cat(indices.iter().map(of).collect(), 0)
        };
        let still = Shift::default();
        let moved = Shift { x: 1, ..still };
        let mut remembered = Remembered::default();
        // A picture that was moved is another one, here in name alone.
        let batches: [(&[usize], Shift, usize); 5] = [
            (&[0, 1, 2, 3], still, 4),
            (&[4, 2, 5, 0], still, 2),
            (&[3, 2, 1], still, 0),
            (&[2, 6, 0, 7, 8], still, 3),
            (&[2, 1], moved, 2),
        ];
        for (indices, shift, unknown) in batches {
            let shown: Vec<Shown> = indices.iter().map(|&index| (index, shift)).collect();
            let mut asked = 0;
            let answers = remembered.answers(&batch(indices), &shown, |pictures| {
                asked = pictures.dims()[0];
                network.forward(pictures).logits
            });
            assert_eq!(asked, unknown, "{indices:?}");
            let whole = network.forward(batch(indices)).logits;
            let read = read_all(vec![answers.flatten(0, 1), whole.flatten(0, 1)]).await.expect("readable");
            let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&read[0]), bits(&read[1]), "{indices:?}");
        }
    }
}
