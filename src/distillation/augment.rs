//! Random crops and flips.

use rand::RngExt;

use super::OptimiserConfig;
use crate::seed::{Purpose, stream};
use crate::tensors::layout::Shift;

/// One shift per picture of the batch at step `step`, the same for Student, Base and Teacher.
///
/// A crop of a padded picture is a move of the window by up to `crop_padding` pixels each way.
#[must_use]
pub fn shifts(config: &OptimiserConfig, step: usize, count: usize) -> Vec<Shift> {
    let mut random = stream(config.seed, Purpose::Augmentation, step as u64);
    let reach = isize::try_from(config.crop_padding).expect("validated to be small");
    (0..count)
        .map(|_| {
            let (x, y) =
                (random.random_range(-reach as i64..=reach as i64), random.random_range(-reach as i64..=reach as i64));
            let coin = random.random_range(0..2u32) == 1;
            Shift { x: x as isize, y: y as isize, flip: config.flip && coin }
        })
        .collect()
}
