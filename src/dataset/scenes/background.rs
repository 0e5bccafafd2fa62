//! The six patterns behind the object.

use super::draws::{Draws, Point, cell, direction, ease, fraction, mix, noise, turned};

/// What is drawn of a background. Every field is drawn for every pattern, so that the choice of the pattern never
/// shifts a number drawn later.
pub(super) struct Background {
    /// Index into [`BACKGROUND_NAMES`](super::BACKGROUND_NAMES).
    pattern: usize,
    /// Axis of stripes and waves: any direction, unit vector.
    axis: Point,
    /// Axis of the lattices: within 26 degrees of the picture's sides, which hides no lattice.
    tilt: Point,
    /// The same for bricks, which lie almost level: within 8 degrees.
    level: Point,
    /// Where the pattern begins, units of the picture's side.
    phase: Point,
    /// Coarseness: 0 finest to 1 coarsest.
    scale: f64,
    /// A second measure, such as the height of waves: 0 to 1.
    form: f64,
    /// Salt of the pattern's noise.
    salt: u32,
}

impl Background {
    /// Draws everything but the pattern, which the dial has chosen.
    pub(super) fn draw(pattern: usize, draws: &mut Draws) -> Self {
        let axis = direction(draws.unit());
        let lean = draws.between(-1.0, 1.0);
        Self {
            pattern,
            axis,
            tilt: direction(lean * 0.07),
            level: direction(lean * 0.02),
            phase: [draws.between(4.0, 5.0), draws.between(4.0, 5.0)],
            scale: draws.unit(),
            form: draws.unit(),
            salt: draws.bits(),
        }
    }

    /// Index into [`BACKGROUND_NAMES`](super::BACKGROUND_NAMES).
    pub(super) fn pattern(&self) -> usize {
        self.pattern
    }

    /// How much of the second tone shows at `point`, 0 to 1, seen through a pixel `pixel` wide.
    pub(super) fn tone(&self, point: Point, pixel: f64) -> f64 {
        let point = [point[0] + self.phase[0], point[1] + self.phase[1]];
        match self.pattern {
            0 => self.stripes(point, pixel),
            1 => self.dots(point, pixel),
            2 => self.checks(point, pixel),
            3 => self.waves(point, pixel),
            4 => self.bricks(point, pixel),
            _ => self.clouds(point),
        }
    }

    fn stripes(&self, point: Point, pixel: f64) -> f64 {
        let period = mix(0.15, 0.2, self.scale);
        band(turned(point, self.axis)[0], period, mix(0.45, 0.55, self.form), pixel)
    }

    fn dots(&self, point: Point, pixel: f64) -> f64 {
        let spacing = mix(0.18, 0.23, self.scale);
        let radius = spacing * mix(0.3, 0.34, self.form);
        let [x, y] = turned(point, self.tilt).map(|along| along / spacing);
        // Every other row is set off by half a step.
        let shift = fraction(y.floor() * 0.5);
        let [dx, dy] = [fraction(x + shift) - 0.5, fraction(y) - 0.5];
        coverage((dx * dx + dy * dy).sqrt() * spacing - radius, pixel)
    }

    fn checks(&self, point: Point, pixel: f64) -> f64 {
        let period = 2.0 * mix(0.12, 0.155, self.scale);
        let [across, down] = turned(point, self.tilt).map(|along| band(along, period, 0.5, pixel));
        across * down + (1.0 - across) * (1.0 - down)
    }

    fn waves(&self, point: Point, pixel: f64) -> f64 {
        let period = mix(0.17, 0.21, self.scale);
        let length = mix(0.36, 0.45, self.form);
        let height = 0.3 * period + 0.02;
        let [along, across] = turned(point, self.axis);
        // Two parabolas stand for a sine: up over the first half of the wave, down over the second.
        let turn = 2.0 * fraction(along / length);
        let (sign, local) = if turn < 1.0 { (1.0, turn) } else { (-1.0, turn - 1.0) };
        let rise = sign * 4.0 * local * (1.0 - local);
        let slope = height * 8.0 * (1.0 - 2.0 * local) / length;
        // A pixel sees more of a steep edge: its width counts across the edge.
        band(across + height * rise, period, 0.5, pixel * (1.0 + slope * slope).sqrt())
    }

    fn bricks(&self, point: Point, pixel: f64) -> f64 {
        let height = mix(0.14, 0.17, self.scale);
        let width = height * mix(1.9, 2.3, self.form);
        let [x, y] = turned(point, self.level);
        let row = (y / height).floor();
        let x = x + width * fraction(row * 0.5);
        let column = (x / width).floor();
        let inside = [x - column * width, width - (x - column * width), y - row * height, height - (y - row * height)];
        let depth = inside.into_iter().fold(f64::INFINITY, f64::min);
        let mortar = coverage(depth - 0.019, pixel);
        // Bricks come out of the kiln a little different from each other.
        mix(0.3 * cell(column, row, self.salt), 1.0, mortar)
    }

    fn clouds(&self, point: Point) -> f64 {
        let size = mix(0.26, 0.36, self.scale);
        let [x, y] = turned(point, self.axis).map(|along| along / size);
        let broad = noise([x, y], self.salt);
        let middle = noise([2.1 * x + 7.3, 2.1 * y + 1.7], self.salt ^ 0x5bd1_e995);
        let fine = noise([4.3 * x + 3.1, 4.3 * y + 9.2], self.salt ^ 0x1b87_3593);
        ease((0.56 * broad + 0.29 * middle + 0.15 * fine - 0.24) / 0.52)
    }
}

/// How much of a pixel `pixel` wide lies within an edge that is `distance` away, negative inside: 0 to 1.
pub(super) fn coverage(distance: f64, pixel: f64) -> f64 {
    (0.5 - distance / pixel).clamp(0.0, 1.0)
}

/// Parallel bands: 1 over the share `duty` of every `period`, 0 over the rest, soft over one pixel.
fn band(along: f64, period: f64, duty: f64, pixel: f64) -> f64 {
    let from_middle = (fraction(along / period) - 0.5) * period;
    coverage(from_middle.max(-from_middle) - 0.5 * duty * period, pixel)
}
