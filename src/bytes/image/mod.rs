//! Pictures from bytes: any of five formats to a small RGB square.
//!
//! The format is told by the first bytes alone, and the size by the header before any pixel is decoded. Colour
//! profiles are not applied: the numbers in the file are taken as sRGB.
//!
//! [`container`] is what is checked before a decoder runs, [`meaning`] what the numbers stand for, [`square`] what is made of the pixels, [`refusal`] how a
//! decoder's error is told.

mod container;
mod meaning;
mod refusal;
mod square;
#[cfg(test)]
pub(crate) mod tests;

pub use container::MAX_MEGAPIXELS;
pub use square::Fit;
pub(crate) use square::scaled_picture;

use std::io::Cursor;

use ::image::metadata::Orientation;
use ::image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use container::{check_dimensions, checked_container};
use meaning::meaningful;
use refusal::describe;
use square::squared;

use crate::bytes::look_of;
use crate::error::{Error, Result};

/// Largest side of the square that [`decode`] gives, pixels.
pub const MAX_SIZE: usize = 1024;
/// Most bytes that a decoder may ask for: four channels of 16 bits for every pixel of the largest picture.
const MAX_DECODER_BYTES: u64 = MAX_MEGAPIXELS as u64 * 1_000_000 * 8;

/// A picture scaled to a square.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedImage {
    /// Width, pixels.
    pub width: usize,
    /// Height, pixels: the same as the width.
    pub height: usize,
    /// `[height * width * 3]`, red, green and blue of eight bits, row by row.
    pub rgb: Vec<u8>,
    /// Width of the picture in the file as a viewer shows it, so after the camera's rotation; pixels.
    pub original_width: usize,
    /// Height of the picture in the file as a viewer shows it, pixels.
    pub original_height: usize,
}

/// Decodes a JPEG, PNG, WebP, BMP or GIF picture to a square of `size` x `size` pixels, `size` in 1..=[`MAX_SIZE`].
///
/// Turned as its EXIF orientation says, the first frame where it is animated, on white where it is transparent. What
/// `fit` takes of it is scaled; a picture that has that size is given as decoded, byte by byte.
///
/// # Errors
/// [`Error::UnsupportedImage`] if the first bytes are of no such picture, [`Error::ImageTooLarge`] if the header
/// promises over [`MAX_MEGAPIXELS`], [`Error::CorruptImage`] if it cannot be decoded or ends early, and
/// [`Error::InvalidConfig`] if `size` is outside its range.
pub fn decode(bytes: &[u8], size: usize, fit: Fit) -> Result<DecodedImage> {
    if !(1..=MAX_SIZE).contains(&size) {
        return Err(Error::config("size", format!("must be 1 to {MAX_SIZE} pixels, and is {size}")));
    }
    let format = format_of(bytes)?;
    let bytes = checked_container(bytes, format)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| describe(format, &error))?;
    let (width, height) = decoder.dimensions();
    check_dimensions(width, height, format)?;
    // A picture whose metadata are broken is still a picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut decoded = DynamicImage::from_decoder(decoder).map_err(|error| describe(format, &error))?;
    meaningful(&mut decoded, format);
    // Turned when it is small, which spares a second copy of a large picture.
    let mut square = DynamicImage::ImageRgb8(squared(&decoded, size as u32, fit));
    drop(decoded);
    square.apply_orientation(orientation);
    let (shown_width, shown_height) = if swaps_sides(orientation) { (height, width) } else { (width, height) };
    Ok(DecodedImage {
        width: size,
        height: size,
        rgb: square.into_rgb8().into_raw(),
        original_width: shown_width as usize,
        original_height: shown_height as usize,
    })
}

/// The picture format of `bytes` by their beginning.
///
/// # Errors
/// [`Error::UnsupportedImage`] saying what they look like instead.
pub(crate) fn format_of(bytes: &[u8]) -> Result<ImageFormat> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Ok(ImageFormat::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Ok(ImageFormat::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(ImageFormat::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(ImageFormat::WebP),
        // Two letters begin many a text, so the size of the second header must be one that exists.
        [b'B', b'M', rest @ ..] if rest.get(13..16) == Some(&[0; 3]) && matches!(rest[12], 12 | 16..=124) => {
            Ok(ImageFormat::Bmp)
        }
        _ => Err(Error::UnsupportedImage { found: look_of(bytes).to_owned() }),
    }
}

fn swaps_sides(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}
