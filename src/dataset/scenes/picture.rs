//! One picture: what is drawn of it, and how it is painted.

use super::background::{Background, coverage};
use super::draws::{Draws, Point, cell, direction, dot, fraction, noise, turned};
use super::palette::{Palette, blend};
use super::shape::Object;
use super::{BACKGROUND_NAMES, ScenesConfig, Split, class_of};

/// Width of the bevel along the object's rim, units of the picture's side: one pixel of 32.
const BEVEL: f64 = 0.035;
/// Noise of the camera: largest change of a channel, of 1.
const GRAIN: f64 = 0.014;

/// Everything that was drawn for one picture, free of its resolution.
pub(super) struct Picture {
    background: Background,
    object: Object,
    palette: Palette,
    fill: Fill,
    /// Unit vector towards the lamp, which hangs above.
    lamp: Point,
    /// Salt of the camera's noise.
    grain: u32,
}

/// How the object's two tones lie on it.
struct Fill {
    /// 0: one runs into the other; 1: mottled; 2: finely hatched.
    kind: usize,
    axis: Point,
    salt: u32,
}

impl Picture {
    /// Draws picture `index` of `split`. Only the choice of the background depends on the dial.
    pub(super) fn compose(config: &ScenesConfig, split: Split, index: usize) -> Self {
        let class = class_of(index);
        let draws = &mut Draws::new(config.seed, split.purpose(), index);
        // Both numbers are drawn in either case, so that the dial shifts nothing that follows.
        let coin = draws.unit();
        let any = draws.below(BACKGROUND_NAMES.len());
        let tied = split == Split::Train && coin < f64::from(config.background_dial);
        Self {
            background: Background::draw(if tied { class } else { any }, draws),
            object: Object::draw(class, draws),
            palette: Palette::draw(draws),
            fill: Fill { kind: draws.below(3), axis: direction(draws.unit()), salt: draws.bits() },
            lamp: direction(draws.between(0.62, 0.88)),
            grain: draws.bits(),
        }
    }

    /// Index into [`BACKGROUND_NAMES`].
    pub(super) fn background(&self) -> usize {
        self.background.pattern()
    }

    /// Appends the picture, `size` pixels wide and high, to `pixels` (RGB) and its object to `masks` (0 to 255).
    ///
    /// The object casts no shadow: where its mask is zero, no byte of the picture depends on it.
    pub(super) fn paint(&self, size: usize, pixels: &mut Vec<u8>, masks: &mut Vec<u8>) {
        let pixel = 1.0 / size as f64;
        for row in 0..size {
            for column in 0..size {
                let point = [(column as f64 + 0.5) * pixel, (row as f64 + 0.5) * pixel];
                let [first, second] = self.palette.ground;
                let mut colour = blend(first, second, self.background.tone(point, pixel));
                let mut mask = 0;
                if self.object.near(point, pixel) {
                    let (covered, own) = self.object_at(point, pixel);
                    mask = byte(covered);
                    // Painted as the mask says, to the last of its 255 steps.
                    colour = blend(colour, own, f64::from(mask) / 255.0);
                }
                let light = self.light(point);
                let noise = GRAIN * (2.0 * cell(column as f64, row as f64, self.grain) - 1.0);
                pixels.extend(colour.map(|channel| byte(channel * light + noise)));
                masks.push(mask);
            }
        }
    }

    /// How much of the pixel the object covers, 0 to 1, and its colour there.
    fn object_at(&self, point: Point, pixel: f64) -> (f64, [f64; 3]) {
        let local = self.object.local(point);
        let seen = self.object.see(local);
        let covered = coverage(seen.distance, pixel);
        let [bright, shade] = self.palette.fill;
        // The rim catches the light on the lamp's side and turns from it on the other.
        let rim = (1.0 + seen.distance / BEVEL).clamp(0.0, 1.0);
        let light = 1.0 + rim * (0.18 * dot(seen.outward, self.lamp) - 0.02);
        (covered, blend(bright, shade, self.fill.tone(local)).map(|channel| channel * light))
    }

    /// Light that falls on `point`: a slope from the lamp and corners a little darker, around 1.
    fn light(&self, point: Point) -> f64 {
        let offset = [point[0] - 0.5, point[1] - 0.5];
        1.03 + 0.09 * dot(offset, self.lamp) - 0.13 * dot(offset, offset)
    }
}

impl Fill {
    /// How much of the darker tone shows at `local`, 0 to 1.
    fn tone(&self, local: Point) -> f64 {
        match self.kind {
            0 => (0.5 + 2.2 * dot(local, self.axis)).clamp(0.0, 1.0),
            1 => noise(local.map(|along| along / 0.06 + 50.0), self.salt),
            _ => {
                let along = fraction(turned(local, self.axis)[0] / 0.075);
                4.0 * along * (1.0 - along)
            }
        }
    }
}

/// 0 to 255 of a value from 0 to 1, rounded and held within.
fn byte(value: f64) -> u8 {
    (value * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(picture: &Picture) -> (Vec<u8>, Vec<u8>) {
        let (mut pixels, mut masks) = (Vec::new(), Vec::new());
        picture.paint(32, &mut pixels, &mut masks);
        (pixels, masks)
    }

    #[test]
    fn no_pixel_beside_the_mask_depends_on_the_object() {
        let config = ScenesConfig::default();
        for index in 0..60 {
            let (pixels, masks) = painted(&Picture::compose(&config, Split::Test, index));
            let mut moved = Picture::compose(&config, Split::Test, index);
            moved.object = Picture::compose(&config, Split::Test, index + 1).object;
            let (others, other_masks) = painted(&moved);
            for (at, (mask, other)) in masks.iter().zip(other_masks).enumerate() {
                if *mask == 0 && other == 0 {
                    assert_eq!(pixels[3 * at..3 * at + 3], others[3 * at..3 * at + 3], "picture {index}, pixel {at}");
                }
            }
        }
    }

    #[test]
    fn bytes_round_and_stay_within() {
        assert_eq!([-0.2, 0.0, 0.5, 1.0, 1.2].map(byte), [0, 0, 128, 255, 255]);
    }
}
