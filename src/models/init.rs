//! First weights, drawn on the host so that every device starts from the same numbers.

use rand::Rng;

use super::{HostTensor, NetworkConfig, Weights};
use crate::seed::{Purpose, stream};

/// Normal weights with the variance `2 / fan_in`, unit scales and zero shifts.
///
/// Source: He et al., "Delving Deep into Rectifiers", ICCV 2015, equation 10. `purpose` is
/// [`Purpose::TeacherInit`] or [`Purpose::StudentInit`].
#[must_use]
pub fn kaiming(config: &NetworkConfig, seed: u64, purpose: Purpose) -> Weights {
    let mut random = stream(seed, purpose, 0);
    let tensors = config.tensors().into_iter().map(|(name, shape)| {
        let count: usize = shape.iter().product();
        let values = if shape.len() > 1 {
            let fan_in: usize = shape[1..].iter().product();
            let deviation = (2.0 / fan_in as f64).sqrt();
            normal(&mut random, count).map(|value| (value * deviation) as f32).collect()
        } else if name.ends_with("running_var") || (name.contains("bn") && name.ends_with("weight")) {
            vec![1.0; count]
        } else {
            vec![0.0; count]
        };
        (name, HostTensor { shape, values })
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
