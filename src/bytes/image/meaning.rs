//! Numbers in a file that do not mean what their kind says.

use ::image::{DynamicImage, ImageFormat};

/// Bits that sensors give, and files of 16 bits hold.
const SENSOR_BITS: [u32; 3] = [8, 10, 12];

/// Corrects what programs commonly write and no viewer shows as it is written.
///
/// The fourth byte of a 32-bit BMP is unused in most of them, and zero: such a picture is opaque, not invisible. Cameras
/// and microscopes store 10 or 12 bits in the lower part of 16: the numbers are stretched to the whole range, which a
/// picture that uses less than a sixteenth of it cannot mean otherwise.
pub(super) fn meaningful(picture: &mut DynamicImage, format: ImageFormat) {
    match picture {
        DynamicImage::ImageRgba8(pixels)
            if format == ImageFormat::Bmp && pixels.pixels().all(|pixel| pixel.0[3] == 0) =>
        {
            pixels.pixels_mut().for_each(|pixel| pixel.0[3] = u8::MAX);
        }
        DynamicImage::ImageLuma16(pixels) => stretch(pixels, 1, 1),
        DynamicImage::ImageLumaA16(pixels) => stretch(pixels, 2, 1),
        DynamicImage::ImageRgb16(pixels) => stretch(pixels, 3, 3),
        DynamicImage::ImageRgba16(pixels) => stretch(pixels, 4, 3),
        _ => {}
    }
}

/// Stretches the first `coloured` of every `channels` numbers.
fn stretch(numbers: &mut [u16], channels: usize, coloured: usize) {
    let pixels = || numbers.chunks_exact(channels).flat_map(|pixel| &pixel[..coloured]);
    let highest = pixels().max().copied().unwrap_or(0);
    let Some(bits) = SENSOR_BITS.into_iter().find(|bits| u32::from(highest) < 1 << bits) else { return };
    if highest == 0 {
        return;
    }
    let top = (1u32 << bits) - 1;
    for pixel in numbers.chunks_exact_mut(channels) {
        for number in &mut pixel[..coloured] {
            *number = (u32::from(*number) * u32::from(u16::MAX) / top) as u16;
        }
    }
}

#[cfg(test)]
mod tests {
    use ::image::{ImageBuffer, Luma, Rgba};

    use super::*;

    #[test]
    fn the_numbers_of_a_sensor_fill_the_range() {
        let stretched = |numbers: Vec<u16>| {
            let mut picture = DynamicImage::ImageLuma16(ImageBuffer::<Luma<u16>, _>::from_raw(2, 1, numbers).unwrap());
            meaningful(&mut picture, ImageFormat::Png);
            picture.into_luma16().into_raw()
        };
        assert_eq!(stretched(vec![0, 4095]), [0, 65535]);
        assert_eq!(stretched(vec![512, 1023]), [32799, 65535]);
        assert_eq!(stretched(vec![100, 255]), [25700, 65535]);
        assert_eq!(stretched(vec![4096, 100]), [4096, 100]);
        assert_eq!(stretched(vec![0, 0]), [0, 0]);
    }

    #[test]
    fn an_unused_byte_is_no_transparency() {
        let alpha = |values: [u8; 2], format| {
            let pixels =
                ImageBuffer::<Rgba<u8>, _>::from_raw(2, 1, vec![9, 9, 9, values[0], 9, 9, 9, values[1]]).unwrap();
            let mut picture = DynamicImage::ImageRgba8(pixels);
            meaningful(&mut picture, format);
            picture.into_rgba8().pixels().map(|pixel| pixel.0[3]).collect::<Vec<_>>()
        };
        assert_eq!(alpha([0, 0], ImageFormat::Bmp), [255, 255]);
        assert_eq!(alpha([0, 7], ImageFormat::Bmp), [0, 7]);
        assert_eq!(alpha([0, 0], ImageFormat::Png), [0, 0]);
    }
}
