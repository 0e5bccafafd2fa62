//! What is checked in a file before a decoder sees it: that it is whole, no larger than allowed, and of one mind.

use ::image::ImageFormat;

use super::refusal::corrupt;
use crate::error::{Error, Result};

/// Most pixels that are decoded, in millions.
pub const MAX_MEGAPIXELS: u32 = 50;
/// Why a picture that lacks its end is refused.
const ENDS_EARLY: &str = "it ends before the picture does";

/// The part of `bytes` that the decoder may see, after checks that the decoders leave out.
pub(super) fn checked_container(bytes: &[u8], format: ImageFormat) -> Result<&[u8]> {
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

/// Refuses a picture without pixels, and one of over [`MAX_MEGAPIXELS`].
pub(super) fn check_dimensions(width: u32, height: u32, format: ImageFormat) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(corrupt(format, &format!("its header says {width} x {height} pixels")));
    }
    if u64::from(width) * u64::from(height) > u64::from(MAX_MEGAPIXELS) * 1_000_000 {
        return Err(Error::ImageTooLarge { width, height, limit_megapixels: MAX_MEGAPIXELS });
    }
    Ok(())
}
