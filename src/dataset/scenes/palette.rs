//! Colours that go together: muted grounds, a fuller object, and a guaranteed step of lightness between them.

use super::draws::{Draws, direction};

/// Red, green and blue as they are stored (sRGB), 0 to 1.
pub(super) type Colour = [f64; 3];

/// The colours of one picture.
pub(super) struct Palette {
    /// The two tones of the background's pattern.
    pub(super) ground: [Colour; 2],
    /// The two tones of the object's fill, close to each other.
    pub(super) fill: [Colour; 2],
}

/// A colour by what the eye sees: lightness 0 to 1, chroma (0 grey, 0.15 full), hue in turns.
#[derive(Clone, Copy)]
pub(super) struct Tone {
    pub(super) lightness: f64,
    pub(super) chroma: f64,
    pub(super) hue: f64,
}

/// The tones of one picture: `[ground, ground, fill, fill]`.
///
/// Half the pictures have a light object before a dark ground and half the reverse. Hue and chroma are free of class
/// and background, so that colour gives nothing away; the fill's hue lies across the circle from the ground's.
pub(super) fn draw_tones(draws: &mut Draws) -> [Tone; 4] {
    let dark_ground = draws.coin();
    let swapped = draws.coin();
    let hue = draws.unit();
    let base = draws.unit();
    // Steps that the eye sees as a pattern without competing with the object.
    let step = draws.between(0.17, 0.2);
    let chroma = draws.between(0.025, 0.075);
    let neighbour = draws.between(-0.07, 0.07);
    let fill_lightness = draws.unit();
    let fill_chroma = draws.between(0.08, 0.125);
    let fill_hue = hue + draws.between(0.3, 0.7);
    let fill_step = draws.between(0.04, 0.06);

    // Either tone of the fill stays 0.15 or more from either tone of the ground; a test holds the ranges to it.
    let (dark, light, fill) = if dark_ground {
        let dark = 0.32 + 0.06 * base;
        (dark, dark + step, 0.79 + 0.06 * fill_lightness)
    } else {
        let light = 0.85 + 0.06 * base;
        (light - step, light, 0.43 + 0.07 * fill_lightness)
    };
    let ground =
        [Tone { lightness: dark, chroma, hue }, Tone { lightness: light, chroma: chroma * 0.8, hue: hue + neighbour }];
    let [first, second] = if swapped { [ground[1], ground[0]] } else { ground };
    [
        first,
        second,
        Tone { lightness: fill, chroma: fill_chroma, hue: fill_hue },
        Tone { lightness: fill - fill_step, chroma: fill_chroma, hue: fill_hue + neighbour * 0.5 },
    ]
}

impl Palette {
    /// Draws the colours of one picture.
    pub(super) fn draw(draws: &mut Draws) -> Self {
        let [first, second, fill, shade] = draw_tones(draws).map(Tone::colour);
        Self { ground: [first, second], fill: [fill, shade] }
    }
}

impl Tone {
    /// This tone in sRGB, greyer where the screen cannot show its full chroma.
    pub(super) fn colour(self) -> Colour {
        let mut tone = self;
        // 0.85^12 leaves a seventh of the chroma, which every lightness in use can show.
        for _ in 0..12 {
            if tone.linear().iter().all(|channel| (0.0..=1.0).contains(channel)) {
                break;
            }
            tone.chroma *= 0.85;
        }
        tone.linear().map(encode)
    }

    /// Linear red, green and blue by Oklab's published matrices (Ottosson 2020).
    fn linear(self) -> [f64; 3] {
        let [cosine, sine] = direction(self.hue);
        let (a, b) = (self.chroma * cosine, self.chroma * sine);
        let cube = |x: f64| x * x * x;
        let l = cube(self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
        let m = cube(self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
        let s = cube(self.lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ]
    }
}

/// sRGB's transfer curve to within 0.001 above 0.01 (0.011 below), from square roots alone, since `pow` differs between platforms.
fn encode(linear: f64) -> f64 {
    let half = linear.clamp(0.0, 1.0).sqrt();
    let quarter = half.sqrt();
    let eighth = quarter.sqrt();
    (0.585_122_381 * half + 0.783_140_355 * quarter - 0.368_262_736 * eighth).clamp(0.0, 1.0)
}

/// Between `from` at 0 and `to` at 1, channel by channel.
pub(super) fn blend(from: Colour, to: Colour, share: f64) -> Colour {
    [0, 1, 2].map(|channel| from[channel] + (to[channel] - from[channel]) * share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Purpose;

    /// Least step of lightness between the object and either tone of the ground.
    const MIN_CONTRAST: f64 = 0.15;

    #[test]
    fn the_fill_stands_out_from_both_tones_of_the_ground() {
        for index in 0..5000 {
            let [first, second, fill, shade] = draw_tones(&mut Draws::new(3, Purpose::TestScenes, index));
            for ground in [first, second] {
                for object in [fill, shade] {
                    let step = object.lightness - ground.lightness;
                    assert!(step.max(-step) >= MIN_CONTRAST, "picture {index}: {step}");
                    // On the same side of both tones, so that no part of the rim melts into the pattern.
                    assert_eq!(step > 0.0, fill.lightness > first.lightness);
                }
            }
        }
    }

    #[test]
    fn tones_become_the_known_colours() {
        let colour = |lightness, chroma, hue| Tone { lightness, chroma, hue }.colour();
        assert!(colour(0.0, 0.0, 0.0).iter().all(|&channel| channel < 0.01));
        assert!(colour(0.999, 0.0, 0.0).iter().all(|&channel| channel > 0.99));
        // Oklab's axes lead to red and green, to yellow and blue.
        let [red, green, blue] = colour(0.6, 0.1, 0.0);
        assert!(red > green + 0.2 && red > blue + 0.05);
        let [red, green, blue] = colour(0.6, 0.1, 0.75);
        assert!(blue > red + 0.2 && blue > green + 0.1);
    }

    #[test]
    fn the_transfer_curve_is_the_standards() {
        for step in 10..=1000 {
            let linear = f64::from(step) / 1000.0;
            let exact = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
            assert!((encode(linear) - exact).abs() < 0.001, "{linear}");
        }
    }
}
