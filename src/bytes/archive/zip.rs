//! Zip: the directory tells everything beforehand, and each entry is unpacked on its own.

use std::io::{Cursor, Read};

use ::zip::{CompressionMethod, ZipArchive};

use super::empty::Folders;
use super::names::{Encoded, decode_name};
use super::{
    Entry, MAX_RATIO, RATIO_FREE_BYTES, check_count, check_total, clean_path, corrupt, damaged, is_hidden, is_link,
    plain, refusal_by_size, too_large,
};
use crate::error::{Error, Result};

/// An opened zip whose directory keeps all limits.
pub(super) struct ZipFiles<B: AsRef<[u8]>> {
    zip: ZipArchive<Cursor<B>>,
    listed: Vec<Listed>,
    given: usize,
}

/// A file that the directory lists.
struct Listed {
    index: usize,
    path: String,
    declared: u64,
    refusal: Option<Error>,
}

impl<B: AsRef<[u8]>> ZipFiles<B> {
    /// Opens a zip and checks its directory; unpacks nothing.
    ///
    /// # Errors
    /// As [`Archive::open`](super::Archive::open).
    pub(super) fn open(bytes: B) -> Result<Self> {
        check_count(listed_entries(bytes.as_ref()))?;
        let packed = bytes.as_ref().len() as u64;
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| corrupt(plain(&error)))?;
        check_count(zip.len())?;
        let metadata = zip.metadata();
        let encoded = Encoded::detect(zip.file_names_raw());
        let mut folders = Folders::default();
        let mut listed = Vec::with_capacity(zip.len());
        let (mut total, mut large, mut large_packed) = (0u64, 0u64, 0u64);
        for index in 0..zip.len() {
            let entry = metadata.entry(index).map_err(|error| corrupt(plain(&error)))?;
            let declared = entry.size();
            total = total.saturating_add(declared);
            if declared > RATIO_FREE_BYTES {
                large = large.saturating_add(declared);
                large_packed = large_packed.saturating_add(entry.compressed_size());
            }
            let Some(path) = clean_path(&decode_name(entry.name_raw(), encoded)) else {
                continue;
            };
            if is_hidden(&path) {
                continue;
            }
            if entry.is_dir() || entry.name_raw().ends_with(b"\\") {
                folders.list(path);
                continue;
            }
            folders.fill(&path);
            let refusal = if entry.encrypted() {
                Some(corrupt("this file in it is encrypted".to_owned()))
            } else if entry.is_symlink() {
                Some(is_link())
            } else if let Some(method) = unread_method(entry.compression()) {
                Some(corrupt(format!("this file in it is packed with {method}, which is not read here")))
            } else {
                refusal_by_size(declared)
            };
            listed.push(Listed { index, path, declared, refusal });
        }
        let files = listed.len();
        let empty =
            folders.into_empty().map(|path| Listed { index: 0, declared: 0, refusal: Some(Error::EmptyFolder), path });
        listed.extend(empty);
        check_total(total)?;
        // Entries that share their packed bytes cannot hide the ratio behind a sum larger than the file.
        let large_packed = large_packed.min(packed).max(1);
        if large / large_packed > MAX_RATIO {
            return Err(too_large(format!(
                "unpacks to {} times its size, over {MAX_RATIO} times",
                large / large_packed
            )));
        }
        if files == 0 {
            return Err(corrupt("it holds no files".to_owned()));
        }
        Ok(Self { zip, listed, given: 0 })
    }

    /// How many of the files were given, 0 to 1.
    pub(super) fn progress(&self) -> f64 {
        self.given as f64 / self.listed.len() as f64
    }
}

impl<B: AsRef<[u8]>> Iterator for ZipFiles<B> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let listed = self.listed.get_mut(self.given)?;
        self.given += 1;
        // Each path is given once, so it need not stay.
        let path = std::mem::take(&mut listed.path);
        let content = match listed.refusal.take() {
            Some(error) => Err(error),
            None => unpack(&mut self.zip, listed.index, listed.declared),
        };
        Some(Entry { path: Some(path), content })
    }
}

/// The name of a way of packing that is not read.
fn unread_method(method: CompressionMethod) -> Option<String> {
    match method {
        CompressionMethod::Stored | CompressionMethod::Deflated => None,
        #[allow(deprecated)] // The only name that the crate has for methods which it is built without.
        CompressionMethod::Unsupported(number) => Some(match number {
            1 | 2..=6 | 10 | 18 => format!("a method of the 1990s ({number})"),
            9 => "Deflate64".to_owned(),
            12 => "bzip2".to_owned(),
            14 => "LZMA".to_owned(),
            20 | 93 => "Zstandard".to_owned(),
            95 => "xz".to_owned(),
            98 => "PPMd".to_owned(),
            number => format!("method {number}"),
        }),
        other => Some(other.to_string()),
    }
}

fn unpack<B: AsRef<[u8]>>(zip: &mut ZipArchive<Cursor<B>>, index: usize, declared: u64) -> Result<Vec<u8>> {
    let file = zip.by_index(index).map_err(|error| damaged(&plain(&error)))?;
    // The buffer grows with what really unpacks, since the declared size may be a lie.
    let mut content = Vec::new();
    // One byte more than declared, to see a longer one; that read also makes the reader compare the checksum.
    file.take(declared + 1).read_to_end(&mut content).map_err(|error| damaged(&plain(&error)))?;
    if content.len() as u64 != declared {
        let relation = if content.len() as u64 > declared { "longer" } else { "shorter" };
        return Err(damaged(&format!("it is {relation} than the {declared} bytes it says")));
    }
    Ok(content)
}

/// Entries by the record at the zip's end, 0 where it does not say.
///
/// Looked up before the reader builds its list, which takes several times the bytes of the directory.
pub(super) fn listed_entries(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(22 + usize::from(u16::MAX))..];
    let record = |magic: &'static [u8], length| tail.windows(length).rev().find(move |w| w.starts_with(magic));
    match record(b"PK\x05\x06", 12).map(|record| u16::from_le_bytes([record[10], record[11]])) {
        None => 0,
        // The largest number means that the 64-bit record before it counts.
        Some(u16::MAX) => record(b"PK\x06\x06", 40)
            .and_then(|record| record[32..].first_chunk())
            .map_or(0, |count| usize::try_from(u64::from_le_bytes(*count)).unwrap_or(usize::MAX)),
        Some(count) => usize::from(count),
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::Rng;

    use super::*;
    use crate::bytes::archive::tests::{unpacked, zip_of};
    use crate::bytes::archive::{Archive, MAX_ENTRIES, is_archive};
    use crate::seed::{Purpose, stream};

    /// Where the directory's header of entry `number` begins.
    fn header(bytes: &[u8], number: usize) -> usize {
        bytes.windows(4).enumerate().filter(|(_, w)| *w == b"PK\x01\x02").nth(number).unwrap().0
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
        let files: Vec<_> = unpacked(&bytes).into_iter().map(|(path, content)| (path, content.unwrap())).collect();
        assert_eq!(files, [("cats/1.jpg".into(), b"meow".to_vec()), ("dogs/2.jpg".into(), b"woof".to_vec())]);
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
        let mut bytes = zip_of(&[("a/video.mp4", &vec![1; 1_100_000]), ("a/1", b"fine")], false);
        let at = header(&bytes, 0);
        bytes[at + 24..at + 28].copy_from_slice(&((192u32 << 20) + 1).to_le_bytes());
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
        assert_eq!(ZipFiles::open(&bytes).unwrap().listed.len(), MAX_ENTRIES);
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
            if let Ok(archive) = Archive::open(&bytes) {
                readable += archive.filter(|entry| entry.content.is_ok()).count();
            }
        }
        assert!(readable > 1000, "{readable}");
    }
}
