//! Files and folders: read whole, walked in one order, written so that a reader never sees half of one.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use walkdir::WalkDir;

use crate::failure::{Failure, Outcome};

/// The bytes of a file.
pub fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| Failure::unreadable(path, &error))
}

/// A file that was offered as data: where it lies, and its name with the folders below the one that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Where it lies.
    pub place: PathBuf,
    /// Its path from the named folder on, that folder included, with `/` between; a folder that holds no file ends in one.
    pub name: String,
    /// Why it cannot be opened, where that is known already: a link that leads nowhere, or round in a circle.
    pub trouble: Option<String>,
}

/// Every file below `path`, or the file itself, in the order of the names on every platform. Links are followed; folders
/// without files are among them.
pub fn walk(path: &Path) -> Outcome<Vec<Offered>> {
    let full = path.canonicalize().map_err(|error| Failure::unreadable(path, &error))?;
    let above = full.parent().unwrap_or(&full).to_owned();
    let name_of = |place: &Path| -> String {
        let below = place.strip_prefix(&above).unwrap_or(place);
        below.iter().map(text_of).collect::<Vec<_>>().join("/")
    };
    let (mut found, mut filled) = (Vec::new(), HashSet::new());
    for entry in WalkDir::new(&full).follow_links(true).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {
                let name = format!("{}/", name_of(entry.path()));
                found.push(Offered { name, place: entry.into_path(), trouble: None });
            }
            Ok(entry) if entry.file_type().is_file() => {
                let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
                let name = name_of(entry.path());
                if !is_hidden {
                    filled.extend(folders_above(&name));
                }
                found.push(Offered { name, place: entry.into_path(), trouble: None });
            }
            Ok(_) => {}
            Err(error) => {
                let place = error.path().unwrap_or(&full).to_owned();
                let trouble = match error.loop_ancestor() {
                    Some(_) => "a link that leads back to a folder above it".to_owned(),
                    None if place.is_symlink() => "a link that leads nowhere".to_owned(),
                    None => error.io_error().map_or_else(|| error.to_string(), ToString::to_string),
                };
                let name = name_of(&place);
                filled.extend(folders_above(&name));
                found.push(Offered { name, place, trouble: Some(trouble) });
            }
        }
    }
    // Of a folder that holds only empty ones, these tell.
    let inner: HashSet<String> = found
        .iter()
        .filter_map(|offered| offered.name.strip_suffix('/'))
        .filter_map(|name| name.rsplit_once('/').map(|(above, _)| format!("{above}/")))
        .collect();
    found.retain(|offered| {
        !offered.name.ends_with('/') || !filled.contains(&offered.name) && !inner.contains(&offered.name)
    });
    Ok(found)
}

/// A name as text; bytes that are none are written out, so that two names never become one.
fn text_of(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("%{byte:02X}")));
    }
    text
}

/// `a/` and `a/b/` of `a/b/c.png`.
fn folders_above(name: &str) -> Vec<String> {
    name.match_indices('/').map(|(at, _)| name[..=at].to_owned()).collect()
}

/// Makes a folder and those above it.
pub fn make_folder(path: &Path) -> Outcome<()> {
    fs::create_dir_all(path).map_err(|error| Failure::unwritable(path, &error))
}

/// Writes beside the target, then renames: the target is the old file or the new one, never a part.
pub fn write(path: &Path, bytes: &[u8]) -> Outcome<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let written = fs::File::create(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| Failure::unwritable(path, &error))
}

/// Writes one of many files that are worth nothing by themselves, without waiting for the disk.
pub fn put(path: &Path, bytes: &[u8]) -> Outcome<()> {
    fs::write(path, bytes).map_err(|error| Failure::unwritable(path, &error))
}

/// Writes a value as indented JSON.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Outcome<()> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|error| Failure::Unwritable(error.to_string()))?;
    text.push(b'\n');
    write(path, &text)
}

/// Removes a file that may be gone already.
pub fn remove(path: &Path) -> Outcome<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::unwritable(path, &error)),
        _ => Ok(()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn names_that_are_no_text_stay_different() {
        let text = |bytes: &[u8]| text_of(OsStr::from_bytes(bytes));
        assert_eq!([text(b"caf\xE9"), text(b"caf\xEA"), text("café".as_bytes())], ["caf%E9", "caf%EA", "café"]);
        assert_eq!(folders_above("a/b/c.png"), ["a/", "a/b/"]);
    }
}
