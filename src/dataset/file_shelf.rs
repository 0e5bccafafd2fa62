//! A temporary file as a shelf, where there is a file system.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use super::pixels::Shelf;

/// Files of this process so far.
static OPENED: AtomicU32 = AtomicU32::new(0);

/// A file in the system's folder for temporary ones, removed with it.
#[derive(Debug)]
pub struct FileShelf {
    path: PathBuf,
    name: String,
    file: Mutex<File>,
}

impl FileShelf {
    /// Makes an empty one.
    ///
    /// # Errors
    /// What the system says.
    pub fn create() -> io::Result<Self> {
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        let name = format!("unicam-pictures-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(&name);
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        // Without a name it goes with the process, however that ends; where an open file keeps its name, at the end.
        let _ = fs::remove_file(&path);
        Ok(Self { path, name, file: Mutex::new(file) })
    }

    fn at<T>(&self, place: u64, work: impl FnOnce(&mut File) -> io::Result<T>) -> std::result::Result<T, String> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let done = file.seek(SeekFrom::Start(place)).and_then(|_| work(&mut file));
        done.map_err(|error| format!("the system's temporary file: {error}"))
    }
}

impl Shelf for FileShelf {
    fn name(&self) -> &str {
        &self.name
    }

    fn write(&self, place: u64, bytes: &[u8]) -> std::result::Result<(), String> {
        self.at(place, |file| file.write_all(bytes))
    }

    fn read(&self, place: u64, into: &mut [u8]) -> std::result::Result<(), String> {
        self.at(place, |file| file.read_exact(into))
    }
}

impl Drop for FileShelf {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
