//! Pictures from bytes: any of five formats to a small RGB square.
//!
//! The format is told by the first bytes alone, and the size by the header before any pixel is decoded. Colour
//! profiles are not applied: the numbers in the file are taken as sRGB.

use std::error::Error as _;
use std::io::Cursor;

use ::image::imageops::{self, FilterType};
use ::image::metadata::Orientation;
use ::image::{
    DynamicImage, GenericImageView, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage,
};

use crate::bytes::look_of;
use crate::error::{Error, Result};

/// Most pixels that are decoded, in millions.
pub const MAX_MEGAPIXELS: u32 = 50;
/// Largest side of the square that [`decode`] gives, pixels.
pub const MAX_SIZE: usize = 1024;
/// Most bytes that a decoder may ask for: four channels of 16 bits for every pixel of the largest picture.
const MAX_DECODER_BYTES: u64 = MAX_MEGAPIXELS as u64 * 1_000_000 * 8;
/// Averaging shrinks to no less than this many times the final side; the filter does the rest.
const FILTER_FROM: u32 = 4;
/// Why a picture that lacks its end is refused.
const ENDS_EARLY: &str = "it ends before the picture does";
/// Longest reason taken over from a decoder, characters.
const MAX_REASON: usize = 160;

/// A picture scaled and cropped to a square.
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
/// Turned as its EXIF orientation says, the first frame where it is animated, on white where it is transparent. The
/// largest centred square is scaled; a picture that has that size is given as decoded, byte by byte.
///
/// # Errors
/// [`Error::UnsupportedImage`] if the first bytes are of no such picture, [`Error::ImageTooLarge`] if the header
/// promises over [`MAX_MEGAPIXELS`], [`Error::CorruptImage`] if it cannot be decoded or ends early, and
/// [`Error::InvalidConfig`] if `size` is outside its range.
pub fn decode(bytes: &[u8], size: usize) -> Result<DecodedImage> {
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
    let decoded = DynamicImage::from_decoder(decoder).map_err(|error| describe(format, &error))?;
    // Turned when it is small, which spares a second copy of a large picture.
    let mut square = DynamicImage::ImageRgb8(central_square(&decoded, size as u32));
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

/// The part of `bytes` that the decoder may see, after checks that the decoders leave out.
fn checked_container(bytes: &[u8], format: ImageFormat) -> Result<&[u8]> {
    match format {
        ImageFormat::Jpeg if !jpeg_is_whole(bytes) => Err(corrupt(format, ENDS_EARLY)),
        // The decoder refuses the largest sizes before it tells them.
        ImageFormat::Png if bytes.get(12..16) == Some(b"IHDR") => {
            let side = |at| bytes.get(at..).and_then(<[u8]>::first_chunk).map(|four| u32::from_be_bytes(*four));
            if let (Some(width), Some(height)) = (side(16), side(20)) {
                check_dimensions(width, height, format)?;
            }
            Ok(bytes)
        }
        ImageFormat::WebP => {
            let length = 8 + u64::from(u32_at(bytes, 4).unwrap_or(0));
            // A missing last byte of padding is common and harmless.
            if length > bytes.len() as u64 + 1 {
                return Err(corrupt(format, ENDS_EARLY));
            }
            // Bytes after the end would be taken for further chunks.
            let bytes = &bytes[..bytes.len().min(length as usize)];
            check_webp(bytes)?;
            Ok(bytes)
        }
        _ => Ok(bytes),
    }
}

/// Whether a JPEG has a scan and, after it, the marker of its end. The decoder fills missing rows with grey.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let (mut at, mut scanned) = (2, false);
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == 0xFF)) {
        at += found + 1;
        match bytes.get(at) {
            Some(0xD9) => return scanned,
            // Fill bytes, an escaped 0xFF of the scan, and markers without content.
            Some(0xFF) => {}
            Some(0x00 | 0x01 | 0xD0..=0xD8) => at += 1,
            Some(&marker) => {
                scanned |= marker == 0xDA;
                let Some(&[high, low]) = bytes.get(at + 1..at + 3) else { return false };
                at += 1 + usize::from(u16::from_be_bytes([high, low]));
            }
            None => return false,
        }
    }
    false
}

/// Checks what the WebP decoder believes: it asks for the memory that a chunk or a lossy frame says, and compares the
/// frame with its canvas only afterwards, or not at all and panics.
fn check_webp(bytes: &[u8]) -> Result<()> {
    let mut rest = bytes.get(12..).unwrap_or_default();
    match next_chunk(&mut rest)? {
        Some((b"VP8X", header)) => {
            let canvas = sides_at(header, 4).ok_or_else(contradictory_webp)?;
            check_webp_chunks(rest, canvas, header[0] & 2 != 0)
        }
        // The simple kinds have one chunk, whose header gives the size.
        _ => Ok(()),
    }
}

fn check_webp_chunks(mut rest: &[u8], canvas: [u32; 2], holds_frames: bool) -> Result<()> {
    let mut after_alpha = false;
    while let Some((name, content)) = next_chunk(&mut rest)? {
        let fits = match name {
            b"VP8 " => u32_at(content, 6).map(|sides| [sides & 0x3FFF, sides >> 16 & 0x3FFF]) == Some(canvas),
            // Decoded as a lossy frame, whatever its name says.
            _ if after_alpha => false,
            b"ANMF" => match (holds_frames, sides_at(content, 6), content.get(16..)) {
                (true, Some(frame), Some(chunks)) => {
                    check_webp_chunks(chunks, frame, false)?;
                    true
                }
                _ => false,
            },
            _ => true,
        };
        if !fits {
            return Err(contradictory_webp());
        }
        after_alpha = name == b"ALPH";
    }
    Ok(())
}

/// Takes the next chunk, its name and content, off `rest`.
fn next_chunk<'a>(rest: &mut &'a [u8]) -> Result<Option<(&'a [u8; 4], &'a [u8])>> {
    let Some((name, after)) = rest.split_first_chunk::<4>() else { return Ok(None) };
    let Some((length, after)) = after.split_first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_le_bytes(*length) as usize;
    let content = after.get(..length).ok_or_else(|| corrupt(ImageFormat::WebP, ENDS_EARLY))?;
    // Chunks begin at even places.
    *rest = after.get(length + (length & 1)..).unwrap_or_default();
    Ok(Some((name, content)))
}

fn contradictory_webp() -> Error {
    corrupt(ImageFormat::WebP, "its parts contradict each other")
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

/// Width and height as WebP writes them: three bytes each, one less.
fn sides_at(bytes: &[u8], at: usize) -> Option<[u32; 2]> {
    let &[a, b, c, d, e, f] = bytes.get(at..)?.first_chunk()?;
    Some([u32::from_le_bytes([a, b, c, 0]) + 1, u32::from_le_bytes([d, e, f, 0]) + 1])
}

fn check_dimensions(width: u32, height: u32, format: ImageFormat) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(corrupt(format, &format!("its header says {width} x {height} pixels")));
    }
    if u64::from(width) * u64::from(height) > u64::from(MAX_MEGAPIXELS) * 1_000_000 {
        return Err(Error::ImageTooLarge { width, height, limit_megapixels: MAX_MEGAPIXELS });
    }
    Ok(())
}

/// The largest centred square of `picture` on white, scaled to `size` x `size`.
///
/// Blocks of whole pixels are averaged first where there are many: one pass over a large picture, and no copy of it.
/// The cubic filter after it is a polynomial, so it gives the same bytes on every platform.
fn central_square(picture: &DynamicImage, size: u32) -> RgbImage {
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

/// A square of `side` x `side` RGB pixels scaled to `size` x `size`, by the filter that [`decode`] uses; the bytes as
/// they are where the sizes agree.
#[must_use]
pub(crate) fn scaled_square(rgb: Vec<u8>, side: usize, size: usize) -> Vec<u8> {
    if side == size {
        return rgb;
    }
    let picture = RgbImage::from_raw(side as u32, side as u32, rgb).expect("three bytes for each pixel");
    central_square(&DynamicImage::ImageRgb8(picture), size as u32).into_raw()
}

/// A channel of a transparent pixel over white, rounded; exact where the pixel is opaque.
fn on_white(value: u8, alpha: u8) -> u32 {
    (u32::from(value) * u32::from(alpha) + 255 * (255 - u32::from(alpha)) + 127) / 255
}

fn swaps_sides(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

/// The decoder's error as ours.
fn describe(format: ImageFormat, error: &ImageError) -> Error {
    // The cause says it without the words about formats that our own sentence has already.
    let reason = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    match error {
        ImageError::Unsupported(_) => {
            Error::UnsupportedImage { found: format!("a rare kind of {} ({})", name_of(format), shortened(&reason)) }
        }
        ImageError::Limits(_) => corrupt(format, "it asks for more memory than its size allows"),
        _ => corrupt(format, &reason),
    }
}

fn corrupt(format: ImageFormat, reason: &str) -> Error {
    Error::CorruptImage { format: name_of(format).to_owned(), reason: shortened(reason) }
}

/// On one line, of bounded length, without the full stop that our sentence sets.
fn shortened(reason: &str) -> String {
    let line: String = reason.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_REASON).collect();
    line.trim_end_matches(['.', '!', ' ']).to_owned()
}

fn name_of(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Png => "PNG",
        ImageFormat::Gif => "GIF",
        ImageFormat::WebP => "WebP",
        _ => "BMP",
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use ::image::codecs::gif::GifEncoder;
    use ::image::{Frame, ImageBuffer, Luma, LumaA, Rgba, RgbaImage};
    use rand_chacha::rand_core::Rng;

    use super::*;
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

    /// A picture of many smooth colours.
    fn gradient(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            Rgb([(255 * x / width) as u8, (255 * y / height) as u8, (255 * (x + y) / (width + height)) as u8])
        })
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

    fn found(bytes: &[u8]) -> String {
        match decode(bytes, 8) {
            Err(Error::UnsupportedImage { found }) => found,
            other => panic!("{other:?}"),
        }
    }

    fn code(bytes: &[u8]) -> &'static str {
        decode(bytes, 8).map_or_else(|error| error.code(), |_| "decoded")
    }

    #[test]
    fn every_format_decodes_to_the_square() {
        for format in FORMATS {
            for (width, height) in [(40, 30), (30, 40), (300, 200), (7, 5), (1, 1)] {
                let image = decode(&encoded(plain(width, height, [200, 40, 90]), format), 32).unwrap();
                assert_eq!((image.width, image.height, image.rgb.len()), (32, 32, 32 * 32 * 3));
                assert_eq!((image.original_width, image.original_height), (width as usize, height as usize));
                for at in [0, 31, 500] {
                    assert!(near(pixel(&image, at % 32, at / 32), [200, 40, 90], 3), "{format:?} {width}x{height}");
                }
            }
        }
    }

    #[test]
    fn a_picture_of_the_size_passes_unchanged() {
        let picture = noise(32, 32);
        for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp] {
            assert_eq!(decode(&encoded(picture.clone(), format), 32).unwrap().rgb, *picture.as_raw(), "{format:?}");
        }
        // Of a longer one the middle.
        let wide = noise(40, 32);
        let middle = imageops::crop_imm(&wide, 4, 0, 32, 32).to_image();
        assert_eq!(decode(&encoded(wide, ImageFormat::Png), 32).unwrap().rgb, middle.into_raw());
    }

    #[test]
    fn scaling_keeps_the_middle_of_the_gradient() {
        for (width, height) in [(64, 64), (1000, 1000), (1003, 1001), (20, 20)] {
            let image = decode(&encoded(gradient(width, height), ImageFormat::Png), 32).unwrap();
            for (x, y) in [(5, 5), (16, 16), (26, 9)] {
                let expected = [(x * 8 + 4) as u8, (y * 8 + 4) as u8, ((x + y) * 4 + 4) as u8];
                assert!(near(pixel(&image, x, y), expected, 9), "{width}: {:?}, {expected:?}", pixel(&image, x, y));
            }
        }
        // A fine checkerboard becomes grey, not a pattern of its own.
        let board = RgbImage::from_fn(640, 640, |x, y| Rgb([if (x + y).is_multiple_of(2) { 0 } else { 254 }; 3]));
        let image = decode(&encoded(board, ImageFormat::Png), 32).unwrap();
        assert!(image.rgb.iter().all(|value| value.abs_diff(127) <= 1));
    }

    #[test]
    fn the_middle_square_is_taken() {
        let flag = RgbImage::from_fn(96, 32, |x, _| Rgb(if (32..64).contains(&x) { [0, 255, 0] } else { [255, 0, 0] }));
        let image = decode(&encoded(flag, ImageFormat::Png), 16).unwrap();
        assert!(image.rgb.chunks(3).all(|pixel| pixel == [0, 255, 0]));
    }

    #[test]
    fn transparency_is_white_and_deep_or_grey_pixels_are_converted() {
        let corner = |picture: DynamicImage| pixel(&decode(&encoded(picture, ImageFormat::Png), 8).unwrap(), 3, 3);
        assert_eq!(corner(RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0])).into()), [255; 3]);
        assert_eq!(corner(RgbaImage::from_pixel(8, 8, Rgba([255, 0, 0, 51])).into()), [255, 204, 204]);
        assert_eq!(corner(RgbaImage::from_pixel(8, 8, Rgba([1, 2, 3, 255])).into()), [1, 2, 3]);
        assert_eq!(corner(ImageBuffer::from_pixel(8, 8, Luma([77u8])).into()), [77; 3]);
        assert_eq!(corner(ImageBuffer::from_pixel(8, 8, LumaA([0u8, 0])).into()), [255; 3]);
        assert_eq!(corner(ImageBuffer::from_pixel(8, 8, Luma([0x8080u16])).into()), [128; 3]);
        assert_eq!(corner(ImageBuffer::from_pixel(8, 8, Rgb([65535u16, 0, 257])).into()), [255, 0, 1]);
        assert_eq!(corner(ImageBuffer::from_pixel(8, 8, Rgba([0u16, 0, 0, 0])).into()), [255; 3]);
        let webp = encoded(RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0])), ImageFormat::WebP);
        assert_eq!(pixel(&decode(&webp, 8).unwrap(), 3, 3), [255; 3]);
        let jpeg = encoded(ImageBuffer::from_pixel(9, 9, Luma([77u8])), ImageFormat::Jpeg);
        assert!(near(pixel(&decode(&jpeg, 8).unwrap(), 3, 3), [77; 3], 2));
    }

    #[test]
    fn an_animation_gives_its_first_frame() {
        let mut bytes = Vec::new();
        let frames = [[255, 0, 0, 255], [0, 0, 255, 255]].map(|c| Frame::new(RgbaImage::from_pixel(9, 9, Rgba(c))));
        GifEncoder::new(&mut bytes).encode_frames(frames).unwrap();
        assert_eq!(pixel(&decode(&bytes, 8).unwrap(), 4, 4), [255, 0, 0]);
        let image = decode(&animated_webp(&[[255, 0, 0], [0, 0, 255]]), 8).unwrap();
        // Its decoder blends even what is opaque, to within one.
        assert!(near(pixel(&image, 4, 4), [255, 0, 0], 1), "{:?}", pixel(&image, 4, 4));
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
        let exif =
            [b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".as_slice(), &[orientation, 0, 0, 0], &[0; 4]];
        let exif = exif.concat();
        let length = (exif.len() as u16 + 2).to_be_bytes();
        [&bytes[..2], &[0xFF, 0xE1], &length, &exif, &bytes[2..]].concat()
    }

    #[test]
    fn exif_orientation_is_honoured() {
        // Red in the corner at the upper left as stored; where it is seen under each orientation.
        let stored = RgbImage::from_fn(64, 32, |x, y| Rgb(if x < 32 && y < 16 { [255, 0, 0] } else { [0, 0, 255] }));
        let jpeg = encoded(stored, ImageFormat::Jpeg);
        let corners = [(0, 0), (15, 0), (15, 15), (0, 15)];
        for (orientation, corner) in [(1, 0), (2, 1), (3, 2), (4, 3), (5, 0), (6, 1), (7, 2), (8, 3), (0, 0), (9, 0)] {
            let image = decode(&turned(&jpeg, orientation), 16).unwrap();
            let sides = (image.original_width, image.original_height);
            assert_eq!(sides, if (5..=8).contains(&orientation) { (32, 64) } else { (64, 32) }, "{orientation}");
            for (number, (x, y)) in corners.into_iter().enumerate() {
                let red = near(pixel(&image, x, y), [255, 0, 0], 60);
                assert_eq!(red, number == corner, "orientation {orientation}, corner {number}");
            }
        }
        // Broken metadata do not spoil the picture.
        let mut broken = turned(&jpeg, 6);
        broken[12..16].copy_from_slice(b"????");
        assert_eq!(decode(&broken, 16).unwrap().original_width, 64);
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

    #[test]
    fn cmyk_jpegs_have_their_colours() {
        for (inks, colour) in [
            ([false; 4], [255, 255, 255]),
            ([false, true, true, false], [255, 0, 0]),
            ([true, false, false, false], [0, 255, 255]),
            ([false, false, false, true], [0, 0, 0]),
        ] {
            let image = decode(&cmyk_jpeg(inks), 8).unwrap();
            assert!(near(pixel(&image, 4, 4), colour, 4), "{inks:?}: {:?}", pixel(&image, 4, 4));
        }
    }

    #[test]
    fn other_files_are_named() {
        for (bytes, name) in [
            (b"".as_slice(), "an empty file"),
            (b"%PDF-1.7", "a PDF"),
            (b"\n<!DOCTYPE html><html>", "an HTML page"),
            (b"<?xml version='1.0'?><svg xmlns=''>", "an SVG drawing"),
            (b"<?xml version='1.0'?><a/>", "an XML file"),
            (b"II*\0\x08\0\0\0", "a TIFF"),
            (b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF"),
            (b"\0\0\0\x1cftypheic\0\0\0\0", "HEIC"),
            (b"\0\0\0\x1cftypmp42\0\0\0\0", "a video"),
            (b"PK\x03\x04....", "a zip archive"),
            (b"name,label\n1.jpg,cat\n", "text"),
            (b"BMW and others", "text"),
            ("Größe".as_bytes(), "text"),
            (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer in place of the file"),
            (&[0; 2000], "a file of zeros"),
            (&[1, 2, 3, 200, 201], "bytes of no known format"),
            (b"\x89PNG\n\x1a\n", "bytes of no known format"),
        ] {
            assert_eq!(found(bytes), name, "{bytes:?}");
        }
        // A character of several bytes across the place where the look ends.
        assert_eq!(found(&[b"x".as_slice(), "ü".repeat(1000).as_bytes()].concat()), "text");
    }

    fn png_header(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = encoded(plain(8, 8, [1, 2, 3]), ImageFormat::Png);
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        // The checksum of the header, bit by bit.
        let mut crc = u32::MAX;
        for &byte in &bytes[12..29] {
            crc ^= u32::from(byte);
            for _ in 0..8 {
                crc = crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 };
            }
        }
        bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
        bytes
    }

    #[test]
    fn sizes_are_refused_by_the_header() {
        let too_large = |width, height| Err(Error::ImageTooLarge { width, height, limit_megapixels: 50 });
        assert_eq!(decode(&png_header(100_000, 100_000), 8), too_large(100_000, 100_000));
        assert_eq!(decode(&png_header(50_000, 1001), 8), too_large(50_000, 1001));
        assert_eq!(decode(&png_header(u32::MAX >> 1, 9), 8), too_large(u32::MAX >> 1, 9));
        assert_eq!(code(&png_header(0, 5)), "corrupt-image");
        assert_eq!(code(&png_header(5000, 5000)), "corrupt-image");
        assert_eq!(code(&png_header(8, 8)), "decoded");
        let mut jpeg = encoded(plain(8, 8, [1, 2, 3]), ImageFormat::Jpeg);
        let frame = jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
        assert_eq!(decode(&jpeg, 8), too_large(65535, 65535));
        let mut gif = encoded(plain(8, 8, [1, 2, 3]), ImageFormat::Gif);
        gif[6..10].copy_from_slice(&[0xFF; 4]);
        assert_eq!(decode(&gif, 8), too_large(65535, 65535));
        let mut bmp = encoded(plain(8, 8, [1, 2, 3]), ImageFormat::Bmp);
        bmp[18..26].copy_from_slice(&[0x40, 0x42, 0x0F, 0, 0x40, 0x42, 0x0F, 0]);
        assert_ne!(code(&bmp), "decoded");
        let lying = webp(&[chunk(b"VP8 ", &lossy_frame(16383, 16383, 1))]);
        assert_eq!(decode(&lying, 8), too_large(16383, 16383));
        let lying =
            webp(&[chunk(b"VP8X", &[0, 0, 0, 0, 8, 0, 0, 8, 0, 0]), chunk(b"VP8 ", &lossy_frame(16383, 16383, 1))]);
        assert_eq!(code(&lying), "corrupt-image");
        let mut exif = webp(&[chunk(b"VP8X", &[8, 0, 0, 0, 8, 0, 0, 8, 0, 0]), chunk(b"EXIF", b"Exif\0\0")]);
        let at = exif.len() - 10;
        exif[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(code(&exif), "corrupt-image");
        for size in [0, MAX_SIZE + 1, usize::MAX] {
            assert_eq!(decode(&png_header(8, 8), size).unwrap_err().code(), "invalid-config");
        }
    }

    #[test]
    fn contradictory_webp_is_refused_before_decoding() {
        // Each of these made the decoder panic or ask for memory without end.
        let canvas = |flags| chunk(b"VP8X", &[flags, 0, 0, 0, 8, 0, 0, 8, 0, 0]);
        let alpha = chunk(b"ALPH", &[b"\0".as_slice(), &[77; 81]].concat());
        let frame =
            |chunks: &[u8]| chunk(b"ANMF", &[&[0, 0, 0, 0, 0, 0, 8, 0, 0, 8, 0, 0, 100, 0, 0, 0], chunks].concat());
        let animated = |chunks: &[u8]| webp(&[canvas(18), chunk(b"ANIM", &[0; 6]), frame(chunks)]);
        let whole = lossy_frame(9, 9, 1);
        assert_eq!(code(&animated(&[alpha.clone(), chunk(b"VP8 ", &whole)].concat())), "decoded");
        for bytes in [
            animated(&[alpha.clone(), chunk(b"VP8 ", &lossy_frame(8, 9, 1))].concat()),
            animated(&[alpha.clone(), chunk(b"VP9 ", &whole)].concat()),
            animated(&chunk(b"VP8 ", &lossy_frame(8, 9, 1))),
            webp(&[canvas(0), frame(&chunk(b"VP8 ", &whole))]),
            webp(&[chunk(b"VP8X", &[0; 4]), chunk(b"VP8 ", &whole)]),
        ] {
            assert!(decode(&bytes, 8).unwrap_err().to_string().contains("contradict"), "{bytes:?}");
        }
    }

    #[test]
    fn truncated_files_are_errors() {
        for format in FORMATS {
            let bytes = encoded(noise(48, 48), format);
            assert_eq!(code(&bytes), "decoded");
            for tenths in 1..10 {
                let cut = &bytes[..(bytes.len() * tenths / 10).max(30)];
                assert_eq!(code(cut), "corrupt-image", "{format:?} {tenths}");
            }
            assert!([bytes.as_slice(), b"trailing"].concat().len() > bytes.len());
            assert_eq!(code(&[bytes.as_slice(), b"trailing"].concat()), "decoded", "{format:?}");
        }
        let jpeg = encoded(noise(48, 48), ImageFormat::Jpeg);
        let error = decode(&jpeg[..jpeg.len() - 2], 8).unwrap_err().to_string();
        assert!(error.starts_with("The JPEG file is damaged: it ends before the picture does. Save"), "{error}");
        // A whole thumbnail inside the metadata does not stand for the picture.
        let mut nested = turned(&jpeg[..jpeg.len() / 2], 1);
        nested.splice(2..2, [[0xFF, 0xE5].as_slice(), &(jpeg.len() as u16 + 2).to_be_bytes(), &jpeg].concat());
        assert_eq!(code(&nested), "corrupt-image");
    }

    #[test]
    fn reasons_are_short_single_lines() {
        let mut png = encoded(noise(20, 20), ImageFormat::Png);
        let at = png.len() - 30;
        png[at] ^= 1;
        let error = decode(&png, 8).unwrap_err().to_string();
        assert!(error.starts_with("The PNG file is damaged: ") && !error.contains('\n'), "{error}");
        assert_eq!(shortened("a\n b. "), "a b");
        assert_eq!(shortened(&"x".repeat(500)).len(), MAX_REASON);
    }

    /// Decodes damaged copies of pictures of each kind; a panic fails the test.
    fn damage(rounds: u32, seed: u64) -> usize {
        let mut rng = stream(seed, Purpose::Augmentation, 2);
        let mut seeds: Vec<Vec<u8>> = FORMATS.iter().map(|&format| encoded(noise(24, 17), format)).collect();
        seeds.push(encoded(ImageBuffer::from_pixel(9, 9, Rgba([9u16, 8, 7, 6])), ImageFormat::Png));
        seeds.push(turned(&seeds[0], 6));
        seeds.push(cmyk_jpeg([true, false, true, false]));
        seeds.push(animated_webp(&[[255, 0, 0], [0, 0, 255]]));
        seeds.push(webp(&[chunk(b"VP8 ", &lossy_frame(33, 20, seed))]));
        let alpha = [b"\0".as_slice(), &[77; 81]].concat();
        let frame = [chunk(b"ALPH", &alpha), chunk(b"VP8 ", &lossy_frame(9, 9, seed))].concat();
        let canvas = |flags| chunk(b"VP8X", &[flags, 0, 0, 0, 8, 0, 0, 8, 0, 0]);
        seeds.push(webp(&[canvas(16), frame.clone()]));
        let place = [0, 0, 0, 0, 0, 0, 8, 0, 0, 8, 0, 0, 100, 0, 0, 0];
        seeds.push(webp(&[canvas(18), chunk(b"ANIM", &[0; 6]), chunk(b"ANMF", &[&place, frame.as_slice()].concat())]));
        for (number, bytes) in seeds.iter().enumerate() {
            assert!(decode(bytes, 16).is_ok(), "seed {number}: {:?}", decode(bytes, 16));
        }
        let mut decoded = 0;
        for round in 0..rounds {
            let mut bytes = seeds[round as usize % seeds.len()].clone();
            let reach = if rng.next_u32().is_multiple_of(2) { bytes.len() } else { bytes.len().min(80) };
            for _ in 0..=rng.next_u32() % 5 {
                let at = rng.next_u32() as usize % reach;
                bytes[at] = match rng.next_u32() % 4 {
                    0 => 0,
                    1 => 0xFF,
                    2 => bytes[at] ^ 1 << (rng.next_u32() % 8),
                    _ => rng.next_u32() as u8,
                };
            }
            match rng.next_u32() % 8 {
                0 => bytes.truncate(rng.next_u32() as usize % bytes.len()),
                1 => bytes.extend_from_within(bytes.len() / 2..),
                _ => {}
            }
            decoded += usize::from(decode(&bytes, 16).is_ok());
        }
        decoded
    }

    #[test]
    fn random_damage_never_panics() {
        assert!(damage(2000, 1) > 100);
        let mut rng = stream(3, Purpose::Augmentation, 3);
        for _ in 0..500 {
            let bytes: Vec<u8> = (0..rng.next_u32() % 100).map(|_| rng.next_u32() as u8).collect();
            assert!(decode(&bytes, 8).is_err());
        }
    }
}
