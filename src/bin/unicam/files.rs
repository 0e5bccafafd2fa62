//! Files and folders: read whole, walked in one order, written so that a reader never sees half of one.

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
    /// Its path from the named folder on, that folder included, with `/` between.
    pub name: String,
}

/// Every file below `path`, or the file itself, in the order of the names on every platform.
pub fn walk(path: &Path) -> Outcome<Vec<Offered>> {
    let full = path.canonicalize().map_err(|error| Failure::unreadable(path, &error))?;
    let above = full.parent().unwrap_or(&full).to_owned();
    let mut found = Vec::new();
    for entry in WalkDir::new(&full).sort_by_file_name() {
        let entry = entry.map_err(|error| Failure::Unreadable(format!("{error}.")))?;
        if entry.file_type().is_file() {
            let below = entry.path().strip_prefix(&above).unwrap_or(entry.path());
            let folders: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            found.push(Offered { name: folders.join("/"), place: entry.into_path() });
        }
    }
    Ok(found)
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
