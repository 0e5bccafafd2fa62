//! Archives from memory: zip, tar, tar.gz and tar.xz, one file at a time.
//!
//! What the headers promise is checked before anything is unpacked for keeping; what unpacks is checked against the
//! promise. At most one unpacked file is held here at a time, and an archive inside an archive is not opened.

mod compression;
mod empty;
mod entry;
mod limits;
mod names;
mod package;
mod path;
mod refusal;
mod tar;
#[cfg(test)]
pub(crate) mod tests;
mod zip;

use crate::error::Result;
pub use entry::Entry;
pub(crate) use entry::Kind;
pub use limits::{
    MAX_ENTRIES, MAX_ENTRY_BYTES, MAX_RATIO, MAX_TOTAL_BYTES, MAX_XZ_MEMORY_KIB, RATIO_FREE_BYTES,
    STREAM_RATIO_FREE_BYTES,
};
use limits::{check_count, check_total, refusal_by_size};
pub use package::{MAX_PACKAGE_BYTES, Package, pack};
pub(crate) use path::{clean_path, is_hidden};
use refusal::{corrupt, damaged, is_link, mebibytes, plain, too_large};

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

/// An opened archive: an iterator over its files in the archive's order.
///
/// `__MACOSX/`, `Thumbs.db`, `desktop.ini` and everything whose name begins with a dot are left out; a folder is an item
/// only where nothing lies in it, an [`crate::Error::EmptyFolder`].
///
/// Each item has an error of its own: [`crate::Error::CorruptArchive`] if the entry is damaged (the checksum is compared),
/// encrypted, longer than it says, or itself an archive; [`crate::Error::ArchiveTooLarge`] if it is over [`MAX_ENTRY_BYTES`];
/// [`crate::Error::UnsupportedImage`] if it is a link. A packed tar can turn out to be damaged or over a limit on the way:
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
    /// [`crate::Error::CorruptArchive`] if it cannot be read or lists no file, [`crate::Error::ArchiveTooLarge`] if it promises more
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
