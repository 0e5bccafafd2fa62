//! First weights, drawn on the host so that every device starts from the same numbers.

use rand::Rng;

use super::layers::First;
use super::{HostTensor, NetworkConfig, Weights};
use crate::seed::{Purpose, stream};

/// First weights as suits each layer: normal convolutions of variance `2 / fan_in` (He et al., "Delving Deep into
/// Rectifiers", ICCV 2015, equation 10), unit scales, zero shifts, and linear layers after the family's custom.
///
/// `purpose` is [`Purpose::TeacherInit`] or [`Purpose::StudentInit`].
#[must_use]
pub fn kaiming(config: &NetworkConfig, seed: u64, purpose: Purpose) -> Weights {
    let mut random = stream(seed, purpose, 0);
    let tensors = config.slots().into_iter().map(|slot| {
        let count: usize = slot.shape.iter().product();
        let values = match slot.first {
            First::Normal(deviation) => normal(&mut random, count).map(|value| (value * deviation) as f32).collect(),
            First::Constant(value) => vec![value; count],
        };
        (slot.name, HostTensor { shape: slot.shape, values })
    });
    tensors.collect()
}

/// Standard normal numbers by the polar method of Marsaglia, whose only transcendental is one logarithm.
pub(crate) fn normal(random: &mut impl Rng, count: usize) -> impl Iterator<Item = f64> {
    let mut spare = None;
    (0..count).map(move |_| {
        spare.take().unwrap_or_else(|| {
            loop {
                let (x, y) = (uniform(random), uniform(random));
                let square = x * x + y * y;
                if square > 0.0 && square < 1.0 {
                    let factor = (-2.0 * square.ln() / square).sqrt();
                    spare = Some(y * factor);
                    return x * factor;
                }
            }
        })
    })
}

/// Uniform on `[-1, 1)` with 53 bits.
fn uniform(random: &mut impl Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}
