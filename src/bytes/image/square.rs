//! The middle square of a picture at the size that is asked for.

use ::image::imageops::{self, FilterType};
use ::image::{DynamicImage, GenericImageView, Rgb, RgbImage};

/// Averaging shrinks to no less than this many times the final side; the filter does the rest.
const FILTER_FROM: u32 = 4;

/// The largest centred square of `picture` on white, scaled to `size` x `size`.
///
/// Blocks of whole pixels are averaged first where there are many: one pass over a large picture, and no copy of it.
/// The cubic filter after it is a polynomial, so it gives the same bytes on every platform.
pub(super) fn central_square(picture: &DynamicImage, size: u32) -> RgbImage {
    let (width, height) = picture.dimensions();
    let side = width.min(height);
    let block = (side / (size * FILTER_FROM)).max(1);
    let reduced = side / block;
    let (left, top) = ((width - reduced * block) / 2, (height - reduced * block) / 2);
    let area = block * block;
    let averaged = RgbImage::from_fn(reduced, reduced, |x, y| {
        let mut sum = [0u32; 3];
        for row in 0..block {
            for column in 0..block {
                let [red, green, blue, alpha] = picture.get_pixel(left + x * block + column, top + y * block + row).0;
                for (sum, value) in sum.iter_mut().zip([red, green, blue]) {
                    *sum += on_white(value, alpha);
                }
            }
        }
        Rgb(sum.map(|sum| ((sum + area / 2) / area) as u8))
    });
    if reduced == size { averaged } else { imageops::resize(&averaged, size, size, FilterType::CatmullRom) }
}

/// The largest centred square of a picture of RGB pixels, `(width, height)`, scaled to `size` x `size` by the filter that
/// [`decode`](super::decode) uses; the bytes as they are where the sizes agree.
#[must_use]
pub(crate) fn scaled_picture(rgb: Vec<u8>, (width, height): (usize, usize), size: usize) -> Vec<u8> {
    if (width, height) == (size, size) {
        return rgb;
    }
    let picture = RgbImage::from_raw(width as u32, height as u32, rgb).expect("three bytes for each pixel");
    central_square(&DynamicImage::ImageRgb8(picture), size as u32).into_raw()
}

/// A channel of a transparent pixel over white, rounded; exact where the pixel is opaque.
fn on_white(value: u8, alpha: u8) -> u32 {
    (u32::from(value) * u32::from(alpha) + 255 * (255 - u32::from(alpha)) + 127) / 255
}
