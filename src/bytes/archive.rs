//! Zip archives from memory, one entry at a time.
//!
//! What the archive's directory promises is checked before anything is unpacked; what unpacks is checked against the
//! promise. At most one unpacked entry is held here at a time.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::error::{Error, Result};

/// Most entries that an archive may list, folders and hidden files included.
pub const MAX_ENTRIES: usize = 20_000;
/// Most bytes that all entries together may unpack to: 1 GiB.
pub const MAX_TOTAL_BYTES: u64 = 1 << 30;
/// Most bytes that one entry may unpack to: 64 MiB. A larger one is an error of its own row.
pub const MAX_ENTRY_BYTES: u64 = 64 << 20;
/// Most times that the entries over [`RATIO_FREE_BYTES`] together may be larger unpacked than packed.
pub const MAX_RATIO: u64 = 200;
/// Entries up to this size may pack as well as they like: 1 MiB. A flat drawing saved as BMP packs to nearly nothing.
pub const RATIO_FREE_BYTES: u64 = 1 << 20;

/// Whether `bytes` begin like a zip archive, an empty one included.
#[must_use]
pub fn is_archive(bytes: &[u8]) -> bool {
    [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|magic| bytes.starts_with(*magic))
}

/// An opened archive whose directory keeps all limits.
#[derive(Debug)]
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    entries: Vec<Entry>,
}

/// A file that the directory lists.
#[derive(Debug)]
struct Entry {
    index: usize,
    path: String,
    declared: u64,
    refusal: Option<Error>,
}

impl<'a> Archive<'a> {
    /// Opens an archive and checks its directory; unpacks nothing.
    ///
    /// # Errors
    /// [`Error::CorruptArchive`] if the directory cannot be read or lists no file, [`Error::ArchiveTooLarge`] if it
    /// promises more than [`MAX_ENTRIES`], [`MAX_TOTAL_BYTES`] or [`MAX_RATIO`] allow.
    pub fn open(bytes: &'a [u8]) -> Result<Self> {
        check_count(listed_entries(bytes))?;
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| corrupt(plain(&error)))?;
        check_count(zip.len())?;
        let metadata = zip.metadata();
        let mut entries = Vec::with_capacity(zip.len());
        let (mut total, mut large, mut large_packed) = (0u64, 0u64, 0u64);
        for index in 0..zip.len() {
            let entry = metadata.entry(index).map_err(|error| corrupt(plain(&error)))?;
            let declared = entry.size();
            total = total.saturating_add(declared);
            if declared > RATIO_FREE_BYTES {
                large = large.saturating_add(declared);
                large_packed = large_packed.saturating_add(entry.compressed_size());
            }
            let Some(path) = clean_path(&decode_name(entry.name_raw(), || entry.name().ok().map(Into::into))) else {
                continue;
            };
            if entry.is_dir() || is_hidden(&path) {
                continue;
            }
            let refusal = if entry.encrypted() {
                Some(corrupt("this file in it is encrypted".to_owned()))
            } else if entry.is_symlink() {
                Some(Error::UnsupportedImage { found: "a link to another file".to_owned() })
            } else if declared > MAX_ENTRY_BYTES {
                let (size, limit) = (mebibytes(declared), mebibytes(MAX_ENTRY_BYTES));
                Some(Error::ArchiveTooLarge { problem: format!("holds this file of {size} MiB, over {limit} MiB") })
            } else {
                None
            };
            entries.push(Entry { index, path, declared, refusal });
        }
        if total > MAX_TOTAL_BYTES {
            let (size, limit) = (mebibytes(total), mebibytes(MAX_TOTAL_BYTES));
            return Err(Error::ArchiveTooLarge { problem: format!("unpacks to {size} MiB, over {limit} MiB") });
        }
        // Entries that share their packed bytes cannot hide the ratio behind a sum larger than the file.
        let packed = large_packed.min(bytes.len() as u64).max(1);
        if large / packed > MAX_RATIO {
            let problem = format!("unpacks to {} times its size, over {MAX_RATIO} times", large / packed);
            return Err(Error::ArchiveTooLarge { problem });
        }
        if entries.is_empty() {
            return Err(corrupt("it holds no files".to_owned()));
        }
        Ok(Self { zip, entries })
    }

    /// How many files [`files`](Self::files) will give.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no file; never after a successful [`open`](Self::open).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Unpacks the files one by one, in the directory's order: cleaned path with `/` between folders, and content.
    ///
    /// Folders, `__MACOSX/`, `Thumbs.db`, `desktop.ini` and everything whose name begins with a dot are left out.
    ///
    /// # Errors
    /// Each item for itself: [`Error::CorruptArchive`] if the entry is damaged (its checksum is compared), encrypted,
    /// longer than it says, or itself an archive; [`Error::ArchiveTooLarge`] if it is over [`MAX_ENTRY_BYTES`];
    /// [`Error::UnsupportedImage`] if it is a link.
    pub fn files(&mut self) -> impl Iterator<Item = (String, Result<Vec<u8>>)> {
        let Self { zip, entries } = self;
        entries.iter().map(move |entry| (entry.path.clone(), unpack(zip, entry)))
    }
}

fn unpack(zip: &mut ZipArchive<Cursor<&[u8]>>, entry: &Entry) -> Result<Vec<u8>> {
    if let Some(refusal) = &entry.refusal {
        return Err(refusal.clone());
    }
    let damaged = |reason: String| corrupt(format!("this file in it is damaged ({reason})"));
    let file = zip.by_index(entry.index).map_err(|error| damaged(plain(&error)))?;
    // The buffer grows with what really unpacks, since the declared size may be a lie.
    let mut content = Vec::new();
    // One byte more than declared, to see a longer one; that read also makes the reader compare the checksum.
    file.take(entry.declared + 1).read_to_end(&mut content).map_err(|error| damaged(plain(&error)))?;
    if content.len() as u64 != entry.declared {
        let relation = if content.len() as u64 > entry.declared { "longer" } else { "shorter" };
        return Err(damaged(format!("it is {relation} than the {} bytes it says", entry.declared)));
    }
    if is_archive(&content) {
        return Err(corrupt("an archive inside an archive is not opened".to_owned()));
    }
    Ok(content)
}

/// Entries by the record at the archive's end, 0 where it does not say.
///
/// Looked up before the reader builds its list, which takes several times the bytes of the directory.
fn listed_entries(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(22 + usize::from(u16::MAX))..];
    let record = tail.windows(12).rev().find(|window| window.starts_with(b"PK\x05\x06"));
    match record.map(|record| u16::from_le_bytes([record[10], record[11]])) {
        // The large number means that the 64-bit record counts; the reader's own list is checked after.
        None | Some(u16::MAX) => 0,
        Some(count) => usize::from(count),
    }
}

fn check_count(entries: usize) -> Result<()> {
    if entries > MAX_ENTRIES {
        return Err(Error::ArchiveTooLarge { problem: format!("lists {entries} entries, over {MAX_ENTRIES}") });
    }
    Ok(())
}

/// The name as text: UTF-8 where it is, since many packers write that without the flag that says so.
fn decode_name(raw: &[u8], fallback: impl FnOnce() -> Option<String>) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => fallback().unwrap_or_else(|| String::from_utf8_lossy(raw).into_owned()),
    }
}

/// `path` with `/` between its parts and no part that leads elsewhere: no root, drive, `.` or `..`.
///
/// Control characters become U+FFFD, so that a path can be shown. `None` if nothing is left.
pub(crate) fn clean_path(path: &str) -> Option<String> {
    let parts: Vec<String> = path
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | "..") && !is_drive(part))
        .map(|part| part.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect())
        .collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn is_drive(part: &str) -> bool {
    matches!(part.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

/// Whether a cleaned path is one of the files that systems leave beside the user's own.
pub(crate) fn is_hidden(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
        || ["Thumbs.db", "desktop.ini"].iter().any(|hidden| name.eq_ignore_ascii_case(hidden))
}

fn corrupt(reason: String) -> Error {
    Error::CorruptArchive { reason }
}

/// An error of the reader as part of a sentence.
fn plain(error: &dyn std::fmt::Display) -> String {
    error.to_string().trim_end_matches(['.', ' ', '\n']).to_owned()
}

fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use rand_chacha::rand_core::Rng;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;
    use crate::seed::{Purpose, stream};

    /// A zip of these files, packed or as they are.
    pub(crate) fn zip_of(files: &[(&str, &[u8])], pack: bool) -> Vec<u8> {
        let method = if pack { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, content) in files {
            let options = SimpleFileOptions::default().compression_method(method);
            if path.ends_with('/') {
                writer.add_directory(*path, options).unwrap();
            } else {
                writer.start_file(*path, options).unwrap();
                writer.write_all(content).unwrap();
            }
        }
        writer.finish().unwrap().into_inner()
    }

    /// Where the directory's header of entry `number` begins.
    fn header(bytes: &[u8], number: usize) -> usize {
        bytes.windows(4).enumerate().filter(|(_, w)| *w == b"PK\x01\x02").nth(number).unwrap().0
    }

    fn unpacked(bytes: &[u8]) -> Vec<(String, Result<Vec<u8>>)> {
        Archive::open(bytes).unwrap().files().collect()
    }

    #[test]
    fn files_come_back_whole_and_system_files_do_not() {
        let bytes = zip_of(
            &[
                ("cats/", b""),
                ("cats/1.jpg", b"meow"),
                ("__MACOSX/cats/._1.jpg", b"x"),
                ("cats/.DS_Store", b"x"),
                (".git/config", b"x"),
                ("dogs/THUMBS.DB", b"x"),
                ("dogs\\2.jpg", b"woof"),
            ],
            true,
        );
        assert!(is_archive(&bytes));
        let mut archive = Archive::open(&bytes).unwrap();
        assert_eq!((archive.len(), archive.is_empty()), (2, false));
        let files: Vec<_> = archive.files().map(|(path, content)| (path, content.unwrap())).collect();
        assert_eq!(files, [("cats/1.jpg".into(), b"meow".to_vec()), ("dogs/2.jpg".into(), b"woof".to_vec())]);
    }

    #[test]
    fn paths_lead_nowhere_else() {
        for (path, clean) in [
            ("../../etc/cats/1.jpg", Some("etc/cats/1.jpg")),
            ("/cats/1.jpg", Some("cats/1.jpg")),
            ("C:\\pets\\..\\cats\\1.jpg", Some("pets/cats/1.jpg")),
            ("./cats//1\n.jpg", Some("cats/1\u{fffd}.jpg")),
            ("Häuser/ü.png", Some("Häuser/ü.png")),
            ("..", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(clean_path(path).as_deref(), clean, "{path:?}");
        }
    }

    #[test]
    fn a_damaged_entry_is_an_error_of_its_own() {
        for pack in [false, true] {
            let content: Vec<u8> = (0..200u8).collect();
            let mut bytes = zip_of(&[("a/1", &content), ("a/2", &content), ("a/3", &content)], pack);
            let second = bytes.windows(3).position(|w| w == b"a/2").unwrap();
            bytes[second + 60] ^= 0x55;
            let files = unpacked(&bytes);
            assert_eq!(files[0].1.as_ref().unwrap(), &content);
            assert_eq!(files[1].1.as_ref().unwrap_err().code(), "corrupt-archive", "{:?}", files[1]);
            assert_eq!(files[2].1.as_ref().unwrap(), &content);
        }
    }

    #[test]
    fn an_entry_that_lies_about_its_size_is_an_error() {
        for declared in [10u32, 5000] {
            let mut bytes = zip_of(&[("a/1", &[7; 3000]), ("a/2", b"fine")], true);
            let at = header(&bytes, 0);
            bytes[at + 24..at + 28].copy_from_slice(&declared.to_le_bytes());
            let files = unpacked(&bytes);
            assert_eq!(files[0].1.as_ref().unwrap_err().code(), "corrupt-archive", "declared {declared}");
            assert_eq!(files[1].1.as_ref().unwrap(), b"fine");
        }
    }

    #[test]
    fn bombs_are_refused_before_unpacking() {
        // A megabyte and a bit of zeros packs to about a thousandth.
        let bytes = zip_of(&[("a/1", &vec![0; (1 << 20) + 1])], true);
        let error = Archive::open(&bytes).unwrap_err();
        assert_eq!(error.code(), "archive-too-large", "{error}");
        assert!(error.to_string().contains("times its size"), "{error}");
        // One byte less is free.
        assert!(unpacked(&zip_of(&[("a/1", &vec![0; 1 << 20])], true))[0].1.is_ok());
        // Seventeen entries that each say 64 MiB, over pretended packed bytes of as many.
        let names: Vec<String> = (0..17).map(|i| format!("a/{i}")).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
        let mut bytes = zip_of(&files, false);
        for number in 0..17 {
            let at = header(&bytes, number);
            bytes[at + 20..at + 24].copy_from_slice(&(64u32 << 20).to_le_bytes());
            bytes[at + 24..at + 28].copy_from_slice(&(64u32 << 20).to_le_bytes());
        }
        let error = Archive::open(&bytes).unwrap_err();
        assert!(error.to_string().contains("1088 MiB"), "{error}");
    }

    #[test]
    fn a_huge_entry_is_refused_alone() {
        let mut bytes = zip_of(&[("a/video.mp4", &vec![1; 400_000]), ("a/1", b"fine")], false);
        let at = header(&bytes, 0);
        bytes[at + 24..at + 28].copy_from_slice(&((64u32 << 20) + 1).to_le_bytes());
        let files = unpacked(&bytes);
        assert_eq!(files[0].1.as_ref().unwrap_err().code(), "archive-too-large");
        assert_eq!(files[1].1.as_ref().unwrap(), b"fine");
    }

    #[test]
    fn too_many_entries_are_refused() {
        let names: Vec<String> = (0..=MAX_ENTRIES).map(|i| format!("a/{i}")).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
        let bytes = zip_of(&files, false);
        assert_eq!(listed_entries(&bytes), MAX_ENTRIES + 1);
        assert_eq!(Archive::open(&bytes).unwrap_err().code(), "archive-too-large");
        let bytes = zip_of(&files[1..], false);
        assert_eq!(Archive::open(&bytes).unwrap().len(), MAX_ENTRIES);
    }

    #[test]
    fn encrypted_entries_and_inner_archives_are_rows() {
        let inner = zip_of(&[("cats/1.jpg", b"meow")], true);
        let mut bytes = zip_of(&[("a/1", b"secret"), ("a/inner.zip", &inner), ("a/3", b"fine")], false);
        // Header 0 is the inner archive's, which stands in the file as it is.
        let at = header(&bytes, 1);
        bytes[at + 8] |= 1;
        bytes[6] |= 1;
        let files = unpacked(&bytes);
        let reasons: Vec<String> = files[..2].iter().map(|f| f.1.as_ref().unwrap_err().to_string()).collect();
        assert!(reasons[0].contains("encrypted"), "{reasons:?}");
        assert!(reasons[1].contains("inside an archive"), "{reasons:?}");
        assert_eq!(files[2].1.as_ref().unwrap(), b"fine");
    }

    #[test]
    fn empty_and_truncated_archives_are_errors() {
        let bytes = zip_of(&[("a/1", &[3; 500])], false);
        assert_eq!(Archive::open(&zip_of(&[], false)).unwrap_err().code(), "corrupt-archive");
        assert_eq!(Archive::open(&zip_of(&[("a/", b"")], false)).unwrap_err().code(), "corrupt-archive");
        for length in [0, 1, 4, 30, 100, bytes.len() - 1] {
            assert_eq!(Archive::open(&bytes[..length]).unwrap_err().code(), "corrupt-archive", "{length} bytes");
        }
    }

    #[test]
    fn random_damage_never_panics() {
        let content: Vec<u8> = (0..600u32).map(|i| (i * i % 251) as u8).collect();
        let whole = zip_of(&[("cats/1", &content), ("dogs/2", &content), ("dogs/3", b"short")], true);
        let mut rng = stream(1, Purpose::Augmentation, 0);
        let mut readable = 0;
        for _ in 0..3000 {
            let mut bytes = whole.clone();
            for _ in 0..=rng.next_u32() % 6 {
                let at = rng.next_u32() as usize % bytes.len();
                bytes[at] = rng.next_u32() as u8;
            }
            if rng.next_u32().is_multiple_of(4) {
                bytes.truncate(rng.next_u32() as usize % bytes.len());
            }
            if let Ok(mut archive) = Archive::open(&bytes) {
                readable += archive.files().filter(|(_, content)| content.is_ok()).count();
            }
        }
        assert!(readable > 1000, "{readable}");
    }
}
