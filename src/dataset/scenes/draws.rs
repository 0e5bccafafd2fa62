//! Random numbers and noise from exact arithmetic only.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use crate::seed::{Purpose, stream};

/// A point or a direction; x to the right, y downwards, in units of the picture's side.
pub(super) type Point = [f64; 2];

/// One picture's own stream. Every number takes exactly one step, so that a picture's numbers keep their places.
pub(super) struct Draws(ChaCha8Rng);

impl Draws {
    /// The stream of picture `index`.
    pub(super) fn new(seed: u64, purpose: Purpose, index: usize) -> Self {
        Self(stream(seed, purpose, index as u64))
    }

    /// 32 random bits.
    pub(super) fn bits(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// Uniform in [0, 1), a multiple of 2^-32.
    pub(super) fn unit(&mut self) -> f64 {
        f64::from(self.bits()) / 4_294_967_296.0
    }

    /// Uniform between `low` and `high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform among `0..n`, for small `n`: each value's probability is off by less than 2^-32.
    pub(super) fn below(&mut self, n: usize) -> usize {
        ((u64::from(self.bits()) * n as u64) >> 32) as usize
    }

    /// A fair coin.
    pub(super) fn coin(&mut self) -> bool {
        self.bits() >> 31 == 1
    }
}

/// Unit vector at about `turns` full turns from the x axis; exact at the multiples of a quarter, 0.92 degrees off at
/// most between them.
///
/// The half-angle formula stands for cosine and sine, whose last bits differ between platforms.
pub(super) fn direction(turns: f64) -> Point {
    let quarters = turns * 4.0;
    let nearest = (quarters + 0.5).floor();
    // tan(45/2 degrees) at half a quarter on either side.
    let half_tangent = (quarters - nearest) * 2.0 * 0.414_213_562_373_095_05;
    let square = half_tangent * half_tangent;
    let (cosine, sine) = ((1.0 - square) / (1.0 + square), 2.0 * half_tangent / (1.0 + square));
    match (nearest - 4.0 * (nearest * 0.25).floor()) as u8 {
        0 => [cosine, sine],
        1 => [-sine, cosine],
        2 => [-cosine, -sine],
        _ => [sine, -cosine],
    }
}

/// `point` seen in axes turned towards `axis`, a unit vector.
pub(super) fn turned(point: Point, axis: Point) -> Point {
    [dot(point, axis), point[1] * axis[0] - point[0] * axis[1]]
}

/// Scalar product.
pub(super) fn dot(a: Point, b: Point) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

/// Part of `x` after the floor, in [0, 1).
pub(super) fn fraction(x: f64) -> f64 {
    x - x.floor()
}

/// From 0 at `x <= 0` to 1 at `x >= 1`, flat at both ends.
pub(super) fn ease(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// Between `from` at 0 and `to` at 1.
pub(super) fn mix(from: f64, to: f64, share: f64) -> f64 {
    from + (to - from) * share
}

/// Random-looking value in [0, 1) of the lattice cell (`x`, `y`) under `salt`.
pub(super) fn cell(x: f64, y: f64, salt: u32) -> f64 {
    let mut bits = salt ^ (x as i32 as u32).wrapping_mul(0x9E37_79B1) ^ (y as i32 as u32).wrapping_mul(0x85EB_CA77);
    // Mixing steps of MurmurHash3: each input bit reaches every output bit.
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x85EB_CA6B);
    bits = (bits ^ (bits >> 13)).wrapping_mul(0xC2B2_AE35);
    f64::from(bits ^ (bits >> 16)) / 4_294_967_296.0
}

/// Smooth noise in [0, 1): random values at whole coordinates, eased between them.
pub(super) fn noise(point: Point, salt: u32) -> f64 {
    let [x, y] = point.map(f64::floor);
    let [along, down] = [ease(point[0] - x), ease(point[1] - y)];
    let top = mix(cell(x, y, salt), cell(x + 1.0, y, salt), along);
    let bottom = mix(cell(x, y + 1.0, salt), cell(x + 1.0, y + 1.0, salt), along);
    mix(top, bottom, down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_have_length_one_and_turn_the_right_way() {
        for step in -400..=400 {
            let turns = f64::from(step) / 200.0;
            let [x, y] = direction(turns);
            assert!((x * x + y * y - 1.0).abs() < 1e-12);
            let (sine, cosine) = (turns * std::f64::consts::TAU).sin_cos();
            assert!((x * sine - y * cosine).abs() < 0.017 && x * cosine + y * sine > 0.99, "{turns}");
        }
        assert_eq!([0.0, 0.25, 0.5, -0.25].map(direction), [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]);
    }

    #[test]
    fn draws_keep_their_ranges() {
        let mut draws = Draws::new(1, Purpose::TestScenes, 0);
        let mut counts = [0; 6];
        for _ in 0..6000 {
            counts[draws.below(6)] += 1;
            assert!((0.0..1.0).contains(&draws.unit()));
            assert!((2.0..3.0).contains(&draws.between(2.0, 3.0)));
        }
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
    }
}
