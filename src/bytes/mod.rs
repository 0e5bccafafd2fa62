//! Bytes from outside: pictures and archives of pictures, of which nothing is believed.
//!
//! Takes: the content of files that users pick. Gives: square RGB pictures ([`image`]), the files of a zip or
//! tar ([`archive`]), the records of CIFAR-10 and -100 ([`cifar`]) and NumPy's arrays, or an error that says what is wrong with the one file.
//! Nothing here knows classes or tensors. May import: `error`.
//!
//! Every size is read from a header and compared with a limit before memory is asked for, because a failed
//! allocation ends the whole page in WebAssembly.

pub mod archive;
pub mod cifar;
pub(crate) mod class_names;
pub mod image;
pub mod json;
pub(crate) mod npy;
pub(crate) mod pickle;

/// Beginnings of files that people mistake for pictures, with the place where they stand.
const KNOWN: [(usize, &[u8], &str); 36] = [
    (0, b"%PDF", "a PDF"),
    (0, b"II*\0", "a TIFF"),
    (0, b"MM\0*", "a TIFF"),
    (0, b"II+\0", "a BigTIFF"),
    (0, b"MM\0+", "a BigTIFF"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"PAR1", "a Parquet file, which is read where it lies in no archive"),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (128, b"DICM", "a DICOM file"),
    (0, b"\x76\x2F\x31\x01", "OpenEXR"),
    (0, b"#?RADIANCE", "a Radiance picture"),
    (0, b"SIMPLE  =", "a FITS file"),
    (4, b"ftypavi", "AVIF"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftyphev", "HEIC"),
    (4, b"ftypmif1", "AVIF or HEIC"),
    (4, b"ftypmsf1", "AVIF or HEIC"),
    (4, b"ftyp", "a video"),
    (0, b"\x1A\x45\xDF\xA3", "a video"),
    (8, b"AVI ", "a video"),
    (0, b"\xFF\x0A", "JPEG XL"),
    (0, b"\0\0\0\x0CJXL ", "JPEG XL"),
    (0, b"\0\0\0\x0CjP  ", "JPEG 2000"),
    (0, b"\0\0\x01\0", "an icon"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (0, b"\x1F\x8B", "a gzip archive"),
    (0, b"\xFD7zXZ\0", "an xz archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\x28\xB5\x2F\xFD", "a Zstandard archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"version https://git-lfs", "a Git LFS pointer in place of the file"),
    (0, b"\xFF\xFE", "text"),
    (0, b"\xFE\xFF", "text"),
];

/// What `bytes` look like, as a noun for a sentence.
pub(crate) fn look_of(bytes: &[u8]) -> &'static str {
    if bytes.is_empty() {
        return "an empty file";
    }
    let known = KNOWN.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    if archive::is_office_document(bytes) {
        return "an office document";
    }
    if let Some((.., name)) = known {
        return name;
    }
    let head = &bytes[..bytes.len().min(1024)];
    if head.iter().all(|&byte| byte == 0) {
        return "a file of zeros";
    }
    // Cut at 1024 bytes, the last character may be incomplete.
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or(""),
        Err(_) => "",
    };
    if text.is_empty() || text.contains(|c: char| c.is_control() && !c.is_whitespace()) {
        return "bytes of no known format";
    }
    let text = text.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    if text.starts_with("<!doctype html") || text.starts_with("<html") {
        "an HTML page"
    } else if text.contains("<svg") && text.starts_with('<') {
        "an SVG drawing"
    } else if text.starts_with("<?xml") {
        "an XML file"
    } else {
        "text"
    }
}
