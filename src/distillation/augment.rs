//! Random crops and flips.

use rand::{Rng, RngExt};

use super::OptimiserConfig;
use crate::seed::{Purpose, stream};
use crate::tensors::layout::{Shift, Window};

/// Narrowest and widest of the resized crops, width by height: those of Szegedy et al., "Going Deeper with Convolutions",
/// CVPR 2015, and of torchvision's `RandomResizedCrop`.
const RATIOS: (f64, f64) = (3.0 / 4.0, 4.0 / 3.0);
/// Crops that are drawn before the whole picture is shown, as torchvision has it.
const TRIES: usize = 10;

/// One shift per picture of the batch at step `step`, the same for Student, Base and Teacher.
///
/// A crop of a padded picture is a move of the window by up to `crop_padding` pixels each way. Where `crop_area` is below 1,
/// a part of the picture is enlarged instead. `size` is that of the pictures, height and width.
#[must_use]
pub fn shifts(config: &OptimiserConfig, step: usize, count: usize, size: (usize, usize)) -> Vec<Shift> {
    let mut random = stream(config.seed, Purpose::Augmentation, step as u64);
    let resizes = config.crop_area < 1.0;
    let reach = if resizes { 0 } else { i64::try_from(config.crop_padding).expect("validated to be small") };
    (0..count)
        .map(|_| {
            let (x, y) = (random.random_range(-reach..=reach), random.random_range(-reach..=reach));
            let flip = random.random_range(0..2u32) == 1 && config.flip;
            let window = resizes.then(|| window(&mut random, config.crop_area, size));
            Shift { x: x as isize, y: y as isize, window, flip }
        })
        .collect()
}

/// A random part of a picture of `size` (height, width): of `least` to all of its area, uniformly, of a ratio of the sides
/// from 3:4 to 4:3, uniformly in its logarithm, anywhere within. Where ten draws do not fit, the largest part in the middle
/// that keeps to these ratios.
fn window(random: &mut impl Rng, least: f64, (height, width): (usize, usize)) -> Window {
    let ratios = (libm::log(RATIOS.0), libm::log(RATIOS.1));
    for _ in 0..TRIES {
        let share = random.random_range(least..=1.0);
        let log_ratio = random.random_range(ratios.0..=ratios.1);
        if let Some((across, down)) = crop_sides(share, log_ratio, (height, width)) {
            let top = random.random_range(0..=(height - down) as u64) as usize;
            let left = random.random_range(0..=(width - across) as u64) as usize;
            return Window { left, top, width: across, height: down };
        }
    }
    let widest = (height as f64 * RATIOS.1).round_ties_even().max(1.0) as usize;
    let highest = (width as f64 / RATIOS.0).round_ties_even().max(1.0) as usize;
    let (across, down) = (width.min(widest), height.min(highest));
    Window { left: (width - across) / 2, top: (height - down) / 2, width: across, height: down }
}

/// Width and height, pixels, of a crop with this share of the area and this logarithm of its ratio; none where it does not
/// fit into a picture of `size` (height, width). The functions of [`libm`], for the same crops on every platform.
#[must_use]
pub fn crop_sides(share: f64, log_ratio: f64, (height, width): (usize, usize)) -> Option<(usize, usize)> {
    let (area, ratio) = (share * (height * width) as f64, libm::exp(log_ratio));
    let across = (area * ratio).sqrt().round_ties_even() as usize;
    let down = (area / ratio).sqrt().round_ties_even() as usize;
    ((1..=width).contains(&across) && (1..=height).contains(&down)).then_some((across, down))
}
