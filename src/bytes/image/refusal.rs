//! Why a picture is refused, in few words.

use std::error::Error as _;

use ::image::{ImageError, ImageFormat};

use crate::error::Error;

/// Longest reason taken over from a decoder, characters.
pub(super) const MAX_REASON: usize = 160;

/// The decoder's error as ours.
pub(super) fn describe(format: ImageFormat, error: &ImageError) -> Error {
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

/// A damaged file of a known format.
pub(super) fn corrupt(format: ImageFormat, reason: &str) -> Error {
    Error::CorruptImage { format: name_of(format).to_owned(), reason: shortened(reason) }
}

/// On one line, of bounded length, without the full stop that our sentence sets.
pub(super) fn shortened(reason: &str) -> String {
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
