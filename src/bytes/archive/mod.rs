//! Archives from memory: zip, tar, tar.gz and tar.xz, one file at a time.
//!
//! What the headers promise is checked before anything is unpacked for keeping; what unpacks is checked against the
//! promise. At most one unpacked file is held here at a time, and an archive inside an archive is not opened.

mod compression;
mod empty;
mod names;
mod package;
mod path;
mod tar;
#[cfg(test)]
pub(crate) mod tests;
mod zip;

use crate::error::{Error, Result};
pub use package::{MAX_PACKAGE_BYTES, Package, pack};
pub(crate) use path::{clean_path, is_hidden};

/// Most entries that an archive may list, folders and hidden files included.
pub const MAX_ENTRIES: usize = 200_000;
/// Most bytes that all entries together may unpack to: 1 GiB.
pub const MAX_TOTAL_BYTES: u64 = 1 << 30;
/// Most bytes that one entry may unpack to: 192 MiB, which a batch of CIFAR-100 takes. A larger one is an
/// error of its own row.
pub const MAX_ENTRY_BYTES: u64 = 192 << 20;
/// Most times that an archive may be larger unpacked than packed; in a zip, its entries over [`RATIO_FREE_BYTES`].
pub const MAX_RATIO: u64 = 200;
/// Entries of a zip up to this size may pack as well as they like: 1 MiB. A flat drawing saved as BMP packs to nearly
/// nothing.
pub const RATIO_FREE_BYTES: u64 = 1 << 20;
/// A tar.gz or tar.xz may unpack to so much whatever its size: 16 MiB. Headers of many small files pack well.
pub const STREAM_RATIO_FREE_BYTES: u64 = 16 << 20;
/// Most memory that unpacking an xz stream may take: 80 MiB, which holds the largest dictionary that `xz -9` makes.
pub const MAX_XZ_MEMORY_KIB: u32 = 80 << 10;

/// Kinds of archives that are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Zip,
    Tar,
    Gzip,
    Xz,
}

/// The kind of archive that `bytes` are by their beginning; an empty zip is one too.
pub(crate) fn kind_of(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [b'P', b'K', 3, 4, ..] if is_office_document(bytes) => None,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Some(Kind::Zip),
        [0x1F, 0x8B, ..] => Some(Kind::Gzip),
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some(Kind::Xz),
        _ => tar::begins(bytes).then_some(Kind::Tar),
    }
}

/// Whether `bytes` begin like an archive that [`Archive::open`] opens.
#[must_use]
pub fn is_archive(bytes: &[u8]) -> bool {
    kind_of(bytes).is_some()
}

/// Whether a zip is an office document, as ASIRRA's licence is: its first entry says so.
pub(crate) fn is_office_document(bytes: &[u8]) -> bool {
    let name = bytes.get(30..).unwrap_or_default();
    bytes.starts_with(b"PK\x03\x04") && (name.starts_with(b"[Content_Types].xml") || name.starts_with(b"mimetype"))
}

/// A file of an archive, or what ends the reading of it.
#[derive(Debug)]
pub struct Entry {
    /// Cleaned path with `/` between folders; nothing when it is the archive itself that cannot be read on.
    pub path: Option<String>,
    /// The file's bytes, or why there are none.
    pub content: Result<Vec<u8>>,
}

/// An opened archive: an iterator over its files in the archive's order.
///
/// `__MACOSX/`, `Thumbs.db`, `desktop.ini` and everything whose name begins with a dot are left out; a folder is an item
/// only where nothing lies in it, an [`Error::EmptyFolder`].
///
/// Each item has an error of its own: [`Error::CorruptArchive`] if the entry is damaged (the checksum is compared),
/// encrypted, longer than it says, or itself an archive; [`Error::ArchiveTooLarge`] if it is over [`MAX_ENTRY_BYTES`];
/// [`Error::UnsupportedImage`] if it is a link. A packed tar can turn out to be damaged or over a limit on the way:
/// its last item then has the error and what came before stands.
pub struct Archive<B: AsRef<[u8]>> {
    kind: Kind,
    files: Files<B>,
}

enum Files<B: AsRef<[u8]>> {
    Zip(Box<zip::ZipFiles<B>>),
    Tar(Box<tar::TarFiles<compression::Unpacked<B>>>),
}

impl<B: AsRef<[u8]>> std::fmt::Debug for Archive<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("kind", &self.kind).field("progress", &self.progress()).finish()
    }
}

impl<B: AsRef<[u8]>> Archive<B> {
    /// Opens an archive and checks what its headers promise; unpacks nothing.
    ///
    /// A zip's directory and an xz stream's index tell everything beforehand; tar and gzip tell as they go.
    ///
    /// # Errors
    /// [`Error::CorruptArchive`] if it cannot be read or lists no file, [`Error::ArchiveTooLarge`] if it promises more
    /// than [`MAX_ENTRIES`], [`MAX_TOTAL_BYTES`] or [`MAX_RATIO`] allow.
    pub fn open(bytes: B) -> Result<Self> {
        let kind = kind_of(bytes.as_ref()).ok_or_else(|| corrupt("it is neither zip nor tar".to_owned()))?;
        let files = match kind {
            Kind::Zip => Files::Zip(Box::new(zip::ZipFiles::open(bytes)?)),
            Kind::Tar | Kind::Gzip | Kind::Xz => {
                Files::Tar(Box::new(tar::TarFiles::new(compression::Unpacked::open(bytes, kind)?)))
            }
        };
        Ok(Self { kind, files })
    }

    /// How far the reading is, 0 to 1, by bytes of the archive or, in a zip, by its files.
    #[must_use]
    pub fn progress(&self) -> f64 {
        match &self.files {
            Files::Zip(files) => files.progress(),
            Files::Tar(files) => files.source().progress(),
        }
    }
}

impl<B: AsRef<[u8]>> Iterator for Archive<B> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let mut entry = match &mut self.files {
            Files::Zip(files) => files.next()?,
            Files::Tar(files) => files.next()?,
        };
        if entry.content.as_ref().is_ok_and(|content| is_archive(content)) {
            entry.content = Err(corrupt(
                "it lies inside an archive, and only the outer one is opened: unpack that first".to_owned(),
            ));
        }
        Some(entry)
    }
}

fn check_count(entries: usize) -> Result<()> {
    if entries > MAX_ENTRIES {
        return Err(too_large(format!("lists {entries} entries, over {MAX_ENTRIES}")));
    }
    Ok(())
}

fn check_total(bytes: u64) -> Result<()> {
    if bytes > MAX_TOTAL_BYTES {
        let (size, limit) = (mebibytes(bytes), mebibytes(MAX_TOTAL_BYTES));
        return Err(too_large(format!("unpacks to {size} MiB, over {limit} MiB")));
    }
    Ok(())
}

/// Why an entry that says it has so many bytes is not unpacked, if it is not.
fn refusal_by_size(declared: u64) -> Option<Error> {
    let (size, limit) = (mebibytes(declared), mebibytes(MAX_ENTRY_BYTES));
    (declared > MAX_ENTRY_BYTES).then(|| too_large(format!("holds this file of {size} MiB, over {limit} MiB")))
}

fn is_link() -> Error {
    Error::UnsupportedImage { found: "a link to another file".to_owned() }
}

fn corrupt(reason: String) -> Error {
    Error::CorruptArchive { reason }
}

fn damaged(reason: &str) -> Error {
    corrupt(format!("this file in it is damaged ({reason})"))
}

fn too_large(problem: String) -> Error {
    Error::ArchiveTooLarge { problem }
}

/// An error of a reader as part of a sentence.
fn plain(error: &dyn std::fmt::Display) -> String {
    error.to_string().trim_end_matches(['.', ' ', '\n']).to_owned()
}

fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}
