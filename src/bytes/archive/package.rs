//! A zip of named files that is written here and read back, with nothing believed of one that comes from outside.
//!
//! Written: the files in the order of their names, without a clock, so that the same files are the same bytes. Read: only
//! the names that are asked for, each checked against the limits before it is unpacked; no name leads to a disk.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::plain;
use super::zip::listed_entries;
use crate::error::{Error, Result};

/// Most bytes of a package: 512 MiB.
pub const MAX_PACKAGE_BYTES: usize = 512 << 20;
/// Most files in it.
const MAX_FILES: usize = 20_000;
/// Most bytes that all its files together may unpack to: 1 GiB.
const MAX_UNPACKED_BYTES: u64 = 1 << 30;
/// Files that do not pack any more, by the ends of their names.
const PACKED_ALREADY: [&str; 2] = [".png", ".safetensors"];

/// Packs files under their names.
///
/// # Errors
/// [`Error::Unwritable`] when there are more files or bytes than would be read back.
pub fn pack(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>> {
    let total: usize = files.values().map(Vec::len).sum();
    if files.len() > MAX_FILES || total > MAX_PACKAGE_BYTES {
        let (count, size, most) = (files.len(), total >> 20, MAX_PACKAGE_BYTES >> 20);
        return Err(unwritable(format!(
            "it would hold {count} files and {size} MiB, and may hold {MAX_FILES} and {most} MiB"
        )));
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        let method = if PACKED_ALREADY.iter().any(|end| path.ends_with(end)) {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        // The default time is the format's first day.
        zip.start_file(path, SimpleFileOptions::default().compression_method(method)).map_err(unwritten)?;
        zip.write_all(bytes).map_err(unwritten)?;
    }
    Ok(zip.finish().map_err(unwritten)?.into_inner())
}

/// A package that was opened; nothing of it is unpacked yet.
pub struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    places: BTreeMap<String, (usize, u64)>,
}

impl<'a> Package<'a> {
    /// Opens a package and checks what its directory promises.
    ///
    /// # Errors
    /// [`Error::UnreadableBundle`] if it is no zip, names a file twice, or promises too much.
    pub fn open(bytes: &'a [u8]) -> Result<Self> {
        if bytes.len() > MAX_PACKAGE_BYTES {
            return Err(unreadable(format!("it has {} MiB, over {}", bytes.len() >> 20, MAX_PACKAGE_BYTES >> 20)));
        }
        let listed = listed_entries(bytes);
        if listed > MAX_FILES {
            return Err(unreadable(format!("it lists {listed} files, over {MAX_FILES}")));
        }
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| unreadable(format!("it is no zip file ({})", plain(&error))))?;
        let metadata = zip.metadata();
        let mut places = BTreeMap::new();
        let mut total = 0u64;
        for index in 0..zip.len().min(MAX_FILES) {
            let entry = metadata.entry(index).map_err(failed)?;
            total = total.saturating_add(entry.size());
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            if entry.is_dir() {
                continue;
            }
            if places.insert(name.clone(), (index, entry.size())).is_some() {
                return Err(unreadable(format!("it names the file {name:?} twice")));
            }
        }
        if total > MAX_UNPACKED_BYTES {
            return Err(unreadable(format!("it unpacks to {} MiB, over {}", total >> 20, MAX_UNPACKED_BYTES >> 20)));
        }
        Ok(Self { zip, places })
    }

    /// The bytes of a file; nothing where there is none of this name.
    ///
    /// # Errors
    /// [`Error::UnreadableBundle`] if it is damaged, encrypted, or longer than it says.
    pub fn read(&mut self, path: &str) -> Result<Option<Vec<u8>>> {
        let Some(&(index, declared)) = self.places.get(path) else { return Ok(None) };
        let damaged = |reason: String| unreadable(format!("the file {path:?} in it is damaged ({reason})"));
        let entry = self.zip.by_index(index).map_err(|error| damaged(plain(&error)))?;
        let mut bytes = Vec::new();
        entry.take(declared.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| damaged(plain(&error)))?;
        if bytes.len() as u64 != declared {
            return Err(damaged("it is not as long as it says".to_owned()));
        }
        Ok(Some(bytes))
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    unreadable(plain(&error))
}

fn unreadable(reason: String) -> Error {
    Error::UnreadableBundle { reason }
}

fn unwritten(error: impl std::fmt::Display) -> Error {
    unwritable(plain(&error))
}

fn unwritable(reason: String) -> Error {
    let advice = "Draw the maps again over a smaller reference batch, then save it";
    Error::Unwritable { what: "The bundle", reason, advice }
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;
    use crate::seed::{Purpose, stream};

    fn files() -> BTreeMap<String, Vec<u8>> {
        let text: Vec<u8> = (0..5000u32).map(|i| (i % 7) as u8).collect();
        [("b/a.csv", text.clone()), ("a.json", b"{}".to_vec()), ("b/c.png", text), ("empty", Vec::new())]
            .into_iter()
            .map(|(name, bytes)| (name.to_owned(), bytes))
            .collect()
    }

    #[test]
    fn the_same_files_are_the_same_bytes_and_come_back() {
        let bytes = pack(&files()).expect("small");
        assert_eq!(bytes, pack(&files()).expect("small"));
        assert!(bytes.len() < 6000, "the table is packed, the picture is not: {}", bytes.len());
        let mut package = Package::open(&bytes).expect("its own");
        for (name, content) in files() {
            assert_eq!(package.read(&name).expect("whole"), Some(content), "{name}");
        }
        assert_eq!(package.read("../a.json").expect("not asked of the disk"), None);
    }

    #[test]
    fn what_is_too_much_is_said_of_the_writing_with_what_helps() {
        let many = (0..=MAX_FILES).map(|number| (number.to_string(), Vec::new())).collect();
        let error = pack(&many).expect_err("more than would be read back");
        assert_eq!(error.code(), "unwritable");
        let sentence = error.to_string();
        assert!(sentence.starts_with("The bundle cannot be written: it would hold 20001 files"), "{sentence}");
        assert!(sentence.ends_with("smaller reference batch, then save it."), "{sentence}");
    }

    #[test]
    fn what_is_no_package_or_a_damaged_one_is_an_error() {
        let whole = pack(&files()).expect("small");
        for bytes in [&b""[..], b"PK\x03\x04", b"not a zip", &whole[..whole.len() - 30]] {
            let error = Package::open(bytes).err().expect("refused");
            assert_eq!(error.code(), "unreadable-bundle", "{error}");
        }
        let mut rng = stream(1, Purpose::Augmentation, 0);
        let mut read = 0;
        for _ in 0..3000 {
            let mut bytes = whole.clone();
            for _ in 0..=rng.next_u32() % 6 {
                let at = rng.next_u32() as usize % bytes.len();
                bytes[at] = rng.next_u32() as u8;
            }
            if let Ok(mut package) = Package::open(&bytes) {
                // What is read is what was written: the checksum is compared.
                for (name, content) in files() {
                    if let Ok(Some(found)) = package.read(&name) {
                        assert_eq!(found, content);
                        read += 1;
                    }
                }
            }
        }
        assert!(read > 1000, "{read}");
    }
}
