//! What an archive gives: its files, and of which kind it is.

use crate::error::Result;

/// Kinds of archives that are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Zip,
    Tar,
    Gzip,
    Xz,
}

/// A file of an archive, or what ends the reading of it.
#[derive(Debug)]
pub struct Entry {
    /// Cleaned path with `/` between folders; nothing when it is the archive itself that cannot be read on.
    pub path: Option<String>,
    /// The file's bytes, or why there are none.
    pub content: Result<Vec<u8>>,
}
