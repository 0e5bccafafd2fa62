//! Pictures made for tests, whole and broken.

mod decoding;
mod refusing;

use std::io::Cursor;

use ::image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use rand_chacha::rand_core::Rng;

use super::{DecodedImage, Fit, decode};
use crate::seed::{Purpose, stream};

pub(crate) const FORMATS: [ImageFormat; 5] =
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Gif];

pub(crate) fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A picture of one colour.
pub(crate) fn plain(width: u32, height: u32, colour: [u8; 3]) -> RgbImage {
    RgbImage::from_pixel(width, height, Rgb(colour))
}

/// Noise, which no encoder packs into a few bytes.
fn noise(width: u32, height: u32) -> RgbImage {
    let mut rng = stream(9, Purpose::Augmentation, 0);
    RgbImage::from_fn(width, height, |_, _| Rgb([rng.next_u32() as u8, rng.next_u32() as u8, rng.next_u32() as u8]))
}

fn pixel(image: &DecodedImage, x: usize, y: usize) -> [u8; 3] {
    let at = (y * image.width + x) * 3;
    image.rgb[at..at + 3].try_into().unwrap()
}

fn near(found: [u8; 3], expected: [u8; 3], tolerance: u8) -> bool {
    found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= tolerance)
}

fn code(bytes: &[u8]) -> &'static str {
    decode(bytes, 8, Fit::Crop).map_or_else(|error| error.code(), |_| "decoded")
}

/// Chunk of a RIFF file.
fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let padding: &[u8] = if content.len() % 2 == 1 { &[0] } else { &[] };
    [name.as_slice(), &(content.len() as u32).to_le_bytes(), content, padding].concat()
}

fn webp(chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"RIFF", &[b"WEBP".to_vec(), chunks.concat()].concat())
}

/// A WebP of 9 x 9 pixels with a frame of each colour.
fn animated_webp(colours: &[[u8; 3]]) -> Vec<u8> {
    let mut chunks = vec![chunk(b"VP8X", &[2, 0, 0, 0, 8, 0, 0, 8, 0, 0]), chunk(b"ANIM", &[0; 6])];
    for &colour in colours {
        let still = encoded(plain(9, 9, colour), ImageFormat::WebP);
        let place = [0, 0, 0, 0, 0, 0, 8, 0, 0, 8, 0, 0, 100, 0, 0, 0];
        chunks.push(chunk(b"ANMF", &[&place, &still[12..]].concat()));
    }
    webp(&chunks)
}

/// A lossy WebP frame header for these sides with arbitrary data, which is a picture of some kind.
fn lossy_frame(width: u16, height: u16, seed: u64) -> Vec<u8> {
    let mut rng = stream(seed, Purpose::Augmentation, 1);
    let first = 40u32;
    let mut frame = (1 << 4 | first << 5).to_le_bytes()[..3].to_vec();
    frame.extend([0x9D, 0x01, 0x2A]);
    frame.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
    // Zeros for the settings at the beginning: one partition, no segments.
    frame.extend((0..400).map(|at| if at < 6 { 0 } else { rng.next_u32() as u8 }));
    frame
}

/// The JPEG `bytes` with an EXIF segment that says `orientation`.
fn turned(bytes: &[u8], orientation: u8) -> Vec<u8> {
    let exif = [b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".as_slice(), &[orientation, 0, 0, 0], &[0; 4]];
    let exif = exif.concat();
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&bytes[..2], &[0xFF, 0xE1], &length, &exif, &bytes[2..]].concat()
}

/// A JPEG of 8 x 8 pixels in inverted CMYK, as Photoshop writes it, each ink either 0 or full: all-DC blocks.
fn cmyk_jpeg(inks: [bool; 4]) -> Vec<u8> {
    let mut bits = String::new();
    for full in inks {
        // Full ink is stored as 0, so as the coefficient -128 in 8 bits; none as 127 in 7.
        bits.push_str(if full { "01011111110" } else { "0011111110" });
        // Then the end of the block, one bit.
    }
    while !bits.len().is_multiple_of(8) {
        bits.push('1');
    }
    let mut bytes = b"\xFF\xD8\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\0\xFF\xDB\0\x43\0".to_vec();
    bytes.extend([8u8; 64]);
    bytes.extend(b"\xFF\xC0\0\x14\x08\0\x08\0\x08\x04\x01\x11\0\x02\x11\0\x03\x11\0\x04\x11\0");
    bytes.extend(b"\xFF\xC4\0\x15\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x07\x08");
    bytes.extend(b"\xFF\xC4\0\x14\x10\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    bytes.extend(b"\xFF\xDA\0\x0E\x04\x01\0\x02\0\x03\0\x04\0\0\x3F\0");
    for byte in bits.as_bytes().chunks(8) {
        let byte = byte.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
        bytes.push(byte);
        if byte == 0xFF {
            bytes.push(0);
        }
    }
    bytes.extend([0xFF, 0xD9]);
    bytes
}
