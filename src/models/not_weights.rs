//! What a file that holds no readable weights is instead, and what to do then.

use crate::bytes::look_of;
use crate::error::Error;

/// What to do with weights of another framework.
const EXPORT: &str =
    "Load them there and save the numbers under PyTorch's names as safetensors, or train a Teacher here";
/// What to do with a file that is not whole.
pub(super) const AGAIN: &str = "Download or copy it again";
/// What weights are expected to be.
const WANTED: &str = "Give a safetensors file or a PyTorch state_dict";

/// Beginnings of files that people mistake for weights, with the place where they stand, what they are, and what to do.
const KNOWN: [(usize, &[u8], &str, &str); 12] = [
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras and TensorFlow write it", EXPORT),
    (4, b"TFL3", "a TensorFlow Lite model", EXPORT),
    (0, b"GGUF", "a GGUF file of llama.cpp", EXPORT),
    (0, b"GGML", "a GGML file of llama.cpp", EXPORT),
    (0, b"\x93NUMPY", "a NumPy array", EXPORT),
    (0, b"MATLAB 5.0", "a MATLAB file", EXPORT),
    (
        0,
        b"version https://git-lfs",
        "a Git LFS pointer in place of the weights",
        "Fetch the file itself with git lfs pull, or download it from the repository's page",
    ),
    (0, b"\xFF\xD8\xFF", "a JPEG picture", WANTED),
    (0, b"\x89PNG", "a PNG picture", WANTED),
    (0, b"GIF8", "a GIF picture", WANTED),
    (0, b"PAR1", "a Parquet file", WANTED),
    (0, b"!<arch>", "a program library", WANTED),
];

/// Why `bytes` are no weights, with advice; nothing where they may be weights after all.
pub(super) fn what_instead(bytes: &[u8]) -> Option<Error> {
    if let Some((_, _, what, advice)) =
        KNOWN.iter().find(|(at, magic, ..)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
    {
        return Some(refusal(what, advice));
    }
    if bytes.starts_with(b"PK") {
        return zip_without_weights(bytes);
    }
    if is_onnx(bytes) {
        return Some(refusal("an ONNX model", EXPORT));
    }
    if bytes.is_empty() || bytes.iter().take(4096).all(|&byte| byte == 0) {
        return Some(refusal(look_of(bytes), AGAIN));
    }
    match look_of(bytes) {
        "bytes of no known format" | "a tar archive" => None,
        "an HTML page" => {
            Some(refusal("an HTML page", "Open the link in a browser, and download the file that the page offers"))
        }
        // The first pickles were text.
        "text" if bytes.starts_with(b"(") || bytes.ends_with(b".") && !bytes.contains(&b' ') => None,
        "text" => Some(of_text(bytes)),
        archive if archive.ends_with("archive") => Some(refusal(archive, "Unpack it, and give the weight file in it")),
        other => Some(refusal(other, WANTED)),
    }
}

/// Why a parser failed: that the file is cut off where its own header tells, else the parser's reason.
pub(super) fn broken(bytes: &[u8], reason: &str) -> Error {
    if let Some(needed) = promised(bytes)
        && needed > bytes.len() as u64
    {
        let what = format!("incomplete: it has {} of the {needed} bytes that it says", bytes.len());
        return refusal(&what, AGAIN);
    }
    let lowered = reason.to_ascii_lowercase();
    if ["unexpected end", "eof", "failed to fill", "truncated", "out of bounds"].iter().any(|it| lowered.contains(it)) {
        return refusal(&format!("incomplete or damaged ({reason})"), AGAIN);
    }
    Error::UnreadableWeights { reason: reason.to_owned(), advice: WANTED.to_owned() }
}

/// A file of this kind that holds nothing of use.
pub(super) fn refusal(what: &str, advice: &str) -> Error {
    Error::UnreadableWeights { reason: format!("it is {what}"), advice: advice.to_owned() }
}

/// A file without tensors.
pub(super) fn no_tensors() -> Error {
    Error::UnreadableWeights { reason: "it holds no tensors".to_owned(), advice: WANTED.to_owned() }
}

/// The bytes that a safetensors file says it has.
fn promised(bytes: &[u8]) -> Option<u64> {
    let header = u64::from_le_bytes(*bytes.first_chunk()?);
    if header > 100 << 20 || bytes.get(8) != Some(&b'{') {
        return None;
    }
    let end = 8 + usize::try_from(header).ok()?;
    let Some(text) = bytes.get(8..end) else { return Some(end as u64) };
    let parsed: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(text).ok()?;
    let last = parsed.values().filter_map(|tensor| tensor["data_offsets"][1].as_u64()).max()?;
    Some(end as u64 + last)
}

/// A zip that is cut off, or holds no pickle as PyTorch's do.
fn zip_without_weights(bytes: &[u8]) -> Option<Error> {
    // The first entry of PyTorch's files is `<name>/data.pkl`, and the names stand again in the directory at the end.
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let tail = &bytes[bytes.len().saturating_sub(22 + usize::from(u16::MAX))..];
    if !tail.windows(4).any(|window| window == b"PK\x05\x06") {
        return Some(refusal("a zip or PyTorch file that is incomplete: its end is missing", AGAIN));
    }
    if has(b"data.pkl") {
        return None;
    }
    Some(if has(b"model.weights.h5") {
        refusal("a Keras 3 model", EXPORT)
    } else if has(b".mlmodel") {
        refusal("a Core ML model", EXPORT)
    } else if has(b".npy") {
        refusal("an archive of NumPy arrays", EXPORT)
    } else {
        refusal("a zip archive", "Unpack it, and give the weight file in it")
    })
}

/// A protocol buffer that begins as ONNX does: its version, then mostly who made it.
fn is_onnx(bytes: &[u8]) -> bool {
    let [0x08, version, next, length, ..] = *bytes else { return false };
    if !(1..=20).contains(&version) {
        return false;
    }
    let name = bytes.get(4..4 + usize::from(length)).unwrap_or_default();
    let is_name = name.len() > 2 && name.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    next == 0x12 && is_name || matches!(next, 0x3A | 0x42) && bytes.windows(4).take(4096).any(|it| it == b"onnx")
}

fn of_text(bytes: &[u8]) -> Error {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1 << 16)]);
    let text = head.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with(['{', '[']) {
        return refusal("a text file", WANTED);
    }
    if text.contains("weight_map") {
        return refusal(
            "the index of a model in several files (JSON), and holds no weights itself",
            "Load the model where it comes from, and save it as one file",
        );
    }
    refusal("JSON text", WANTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_weight_file_is_called_by_its_name() {
        let mut zeros = vec![0; 600];
        zeros.extend(*b"end");
        for (bytes, named) in [
            (&b""[..], "an empty file"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 9\n", "git lfs pull"),
            (b"<!DOCTYPE html><html><head><title>Virus scan warning", "an HTML page"),
            (b"  <HTML><body>404", "an HTML page"),
            (b"<?xml version=\"1.0\"?><Error><Code>AccessDenied", "an XML file"),
            (b"{ \"metadata\": {}, \"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\"} }", "several files"),
            (b"{\"error\": \"not found\"}", "JSON text"),
            (b"Not Found, sorry about that", "a text file"),
            (b"\x89HDF\r\n\x1a\n\0\0\0", "HDF5"),
            (b"\x08\x08\x12\x07pytorch\x1a\x052.1.0:\xf0\x01", "ONNX"),
            (b"\x08\x07:\x05onnx-", "ONNX"),
            (b"\x1c\0\0\0TFL3\0\0", "TensorFlow Lite"),
            (b"GGUF\x03\0\0\0", "GGUF"),
            (b"\x93NUMPY\x01\0v\0{'descr'", "NumPy array"),
            (b"Rar!\x1a\x07\0", "a RAR archive"),
            (b"7z\xBC\xAF\x27\x1C\0\x04", "a 7z archive"),
            (b"\x1F\x8B\x08\0\0\0\0", "a gzip archive"),
            (b"%PDF-1.4", "a PDF"),
            (b"\xFF\xD8\xFF\xE0", "a JPEG picture"),
            (b"PK\x03\x04\x14\0\0\0archive/data.pkl", "its end is missing"),
            (b"PK\x03\x04\x14\0\0\0readme.txt PK\x05\x06\0\0", "a zip archive"),
            (b"PK\x03\x04\x14\0\0\0model.weights.h5 PK\x05\x06\0\0", "Keras 3"),
            (&zeros[..600], "a file of zeros"),
        ] {
            let error =
                what_instead(bytes).unwrap_or_else(|| panic!("{:?} may be weights", &bytes[..bytes.len().min(20)]));
            assert_eq!(error.code(), "unreadable-weights");
            assert!(error.to_string().contains(named), "{named}: {error}");
        }
        for bytes in [&b"\x80\x02}q\x00."[..], b"PK\x03\x04\x14\0\0\0a/data.pkl PK\x05\x06\0\0", b"(dp0\n."] {
            assert_eq!(what_instead(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_file_that_is_cut_off_is_called_incomplete() {
        let header = br#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
        let whole = [&(header.len() as u64).to_le_bytes()[..], header, &[0; 8]].concat();
        assert_eq!(promised(&whole), Some(whole.len() as u64));
        for length in [40, whole.len() - 3] {
            let error = broken(&whole[..length], "the parser's own words");
            assert!(error.to_string().contains("incomplete"), "{error}");
        }
        assert!(broken(b"\x80\x02", "pickle: IO error: unexpected end of file").to_string().contains("incomplete"));
        assert!(broken(&whole, "what it said").to_string().contains("what it said"));
    }
}
