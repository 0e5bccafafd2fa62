//! The square of a picture at the size that is asked for.

use ::image::imageops::{self, FilterType};
use ::image::{DynamicImage, GenericImageView, Rgb, RgbImage};
use serde::{Deserialize, Serialize};

/// Averaging shrinks to no less than this many times the final side; the filter does the rest.
const FILTER_FROM: u32 = 4;
/// What is beside a picture and behind a transparent one.
const WHITE: u8 = 255;

/// What of a picture that is no square is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Fit {
    /// The largest centred square; what is beside it is cut off.
    #[default]
    Crop,
    /// The whole picture between two white bars of the same width. White as behind a transparent picture, so that a data
    /// set has one ground; and not the mean of the networks' normalisation, which may still change after the pictures
    /// were brought to their size.
    Letterbox,
}

/// `picture` on white, scaled to `size` x `size`.
pub(super) fn squared(picture: &DynamicImage, size: u32, fit: Fit) -> RgbImage {
    let (width, height) = picture.dimensions();
    match fit {
        Fit::Crop => {
            let side = width.min(height);
            scaled(picture, (side, side), (size, size))
        }
        Fit::Letterbox => {
            let longer = width.max(height);
            let (shown_width, shown_height) = (shown(width, longer, size), shown(height, longer, size));
            let whole = scaled(picture, (width, height), (shown_width, shown_height));
            if (shown_width, shown_height) == (size, size) {
                return whole;
            }
            let mut square = RgbImage::from_pixel(size, size, Rgb([WHITE; 3]));
            let (left, top) = ((size - shown_width) / 2, (size - shown_height) / 2);
            imageops::replace(&mut square, &whole, i64::from(left), i64::from(top));
            square
        }
    }
}

/// Pixels that a side takes of `size` where the longer one takes all: as many fewer as two bars of whole pixels of the same
/// width leave, so that a turned picture gives the turned square. At least one or two.
fn shown(side: u32, longer: u32, size: u32) -> u32 {
    let beside = u64::from(size) * u64::from(longer - side);
    let bar = (beside + u64::from(longer)) / (2 * u64::from(longer));
    size - 2 * (bar as u32).min((size - 1) / 2)
}

/// The middle of `picture`, `region` (width, height) pixels of it, on white and scaled to `to` (width, height).
///
/// Blocks of whole pixels are averaged first where there are many: one pass over a large picture, and no copy of it.
/// The cubic filter after it is a polynomial, so it gives the same bytes on every platform.
fn scaled(picture: &DynamicImage, region: (u32, u32), to: (u32, u32)) -> RgbImage {
    let (width, height) = picture.dimensions();
    let block = |from: u32, to: u32| (from / (to * FILTER_FROM)).max(1);
    let (across, down) = (block(region.0, to.0), block(region.1, to.1));
    let (columns, rows) = (region.0 / across, region.1 / down);
    let (left, top) = ((width - columns * across) / 2, (height - rows * down) / 2);
    let area = across * down;
    let averaged = RgbImage::from_fn(columns, rows, |x, y| {
        let mut sum = [0u32; 3];
        for row in 0..down {
            for column in 0..across {
                let [red, green, blue, alpha] = picture.get_pixel(left + x * across + column, top + y * down + row).0;
                for (sum, value) in sum.iter_mut().zip([red, green, blue]) {
                    *sum += on_white(value, alpha);
                }
            }
        }
        Rgb(sum.map(|sum| ((sum + area / 2) / area) as u8))
    });
    if (columns, rows) == to { averaged } else { imageops::resize(&averaged, to.0, to.1, FilterType::CatmullRom) }
}

/// A picture of RGB pixels, `(width, height)`, brought to `size` x `size` as [`decode`](super::decode) does it; the bytes as
/// they are where the sizes agree.
#[must_use]
pub(crate) fn scaled_picture(rgb: Vec<u8>, (width, height): (usize, usize), size: usize, fit: Fit) -> Vec<u8> {
    if (width, height) == (size, size) {
        return rgb;
    }
    let picture = RgbImage::from_raw(width as u32, height as u32, rgb).expect("three bytes for each pixel");
    squared(&DynamicImage::ImageRgb8(picture), size as u32, fit).into_raw()
}

/// A channel of a transparent pixel over white, rounded; exact where the pixel is opaque.
fn on_white(value: u8, alpha: u8) -> u32 {
    (u32::from(value) * u32::from(alpha) + u32::from(WHITE) * (255 - u32::from(alpha)) + 127) / 255
}
