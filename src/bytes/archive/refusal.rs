//! Why an archive, or a file in it, is not read.

use crate::error::Error;

pub(super) fn is_link() -> Error {
    Error::UnsupportedImage { found: "a link to another file".to_owned() }
}

pub(super) fn corrupt(reason: String) -> Error {
    Error::CorruptArchive { reason }
}

pub(super) fn damaged(reason: &str) -> Error {
    corrupt(format!("this file in it is damaged ({reason})"))
}

pub(super) fn too_large(problem: String) -> Error {
    Error::ArchiveTooLarge { problem }
}

/// An error of a reader as part of a sentence.
pub(super) fn plain(error: &dyn std::fmt::Display) -> String {
    error.to_string().trim_end_matches(['.', ' ', '\n']).to_owned()
}

pub(super) fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}
