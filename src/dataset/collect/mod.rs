//! Users' files to a [`Dataset`]: one row of report per file, classes by folder, a given or a drawn split.
//!
//! Files come one at a time, so that only one is in memory at its full size; of each picture only the scaled square
//! stays. What is read: pictures, archives of pictures, and the binary batches of CIFAR-10 ([`crate::bytes::cifar`]).

mod arrange;
mod config;
mod place;
mod pool;
mod report;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::bytes::archive::{Archive, Entry, clean_path, is_archive, is_hidden};
use crate::bytes::cifar::{self, CifarFile};
use crate::bytes::image::{decode, format_of, scaled_square};
use crate::dataset::Dataset;
use crate::error::{Error, Result};
pub use config::ImagesConfig;
use place::{Part, place};
use pool::{Picture, Pool};
pub use report::{ErrorReport, FileReport, FilesRead, ImagesReport};

/// Most bytes that the scaled pictures take together: 512 MiB. The data set is made beside them, so it needs twice that.
///
/// They are 174,762 pictures of 32 x 32 pixels, or 10,922 of 128 x 128.
pub const MAX_PIXEL_BYTES: usize = 512 << 20;
/// Fewest pictures of a class: distance statistics need four.
pub const MIN_PER_CLASS: usize = 4;

/// Takes files one by one and makes a [`Dataset`] of those that are pictures.
#[derive(Debug)]
pub struct Collector {
    config: ImagesConfig,
    /// Names of the classes in the order in which they came; two numbers may have one name.
    names: Vec<String>,
    /// Numbers of the classes that a path names.
    numbers: HashMap<String, usize>,
    /// Numbers of the classes of CIFAR-10's batches, by their label.
    cifar: Option<[usize; 10]>,
    pool: Pool,
    broken: usize,
    open: Option<Open>,
}

/// A file that is read bit by bit.
#[derive(Debug)]
enum Open {
    Archive(String, Archive<Vec<u8>>),
    Rows(Vec<FileReport>),
}

impl Collector {
    /// An empty collection.
    ///
    /// # Errors
    /// As [`ImagesConfig::validate`].
    pub fn new(config: ImagesConfig) -> Result<Self> {
        config.validate()?;
        let pool = Pool::new(&config);
        let (names, numbers) = (Vec::new(), HashMap::new());
        Ok(Self { config, names, numbers, cifar: None, pool, broken: 0, open: None })
    }

    /// Adds a picture, or every picture of an archive or of a batch of CIFAR-10: a row for each file, in order.
    ///
    /// `path` is relative, with the folders that the user picked; it decides the class and, with a folder such as
    /// `train` or `test`, the part. A file that cannot be used is a row with an error and changes nothing. Files of the
    /// system (`.DS_Store`, `Thumbs.db`, everything whose name begins with a dot) and pictures that the limit per class
    /// leaves out give no row.
    pub fn add(&mut self, path: &str, bytes: &[u8]) -> Vec<FileReport> {
        let Some(path) = clean_path(path).filter(|path| !is_hidden(path)) else { return Vec::new() };
        if !is_archive(bytes) {
            return self.add_file(path, Ok(bytes)).into_iter().collect();
        }
        match Archive::open(bytes) {
            Ok(archive) => archive.filter_map(|entry| self.add_entry(&path, entry)).collect(),
            Err(error) => self.add_file(path, Err(error)).into_iter().collect(),
        }
    }

    /// Opens a file to be read by [`read`](Self::read) bit by bit, so that a large archive can tell its progress and be
    /// given up. One that is open already is given up.
    pub fn open(&mut self, path: &str, bytes: Vec<u8>) {
        let cleaned = clean_path(path).filter(|path| !is_hidden(path) && is_archive(&bytes));
        self.open = Some(match cleaned {
            None => Open::Rows(self.add(path, &bytes)),
            Some(path) => match Archive::open(bytes) {
                Ok(archive) => Open::Archive(path, archive),
                Err(error) => Open::Rows(self.add_file(path, Err(error)).into_iter().collect()),
            },
        });
    }

    /// Reads up to `files` more files of the open one; finished at once when none is open.
    pub fn read(&mut self, files: usize) -> FilesRead {
        match self.open.take() {
            None => FilesRead { rows: Vec::new(), progress: 1.0, finished: true },
            Some(Open::Rows(rows)) => FilesRead { rows, progress: 1.0, finished: true },
            Some(Open::Archive(path, mut archive)) => {
                let mut rows = Vec::new();
                for _ in 0..files.max(1) {
                    let Some(entry) = archive.next() else {
                        return FilesRead { rows, progress: 1.0, finished: true };
                    };
                    rows.extend(self.add_entry(&path, entry));
                }
                let progress = archive.progress();
                self.open = Some(Open::Archive(path, archive));
                FilesRead { rows, progress, finished: false }
            }
        }
    }

    /// How many pictures are in.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pool.len()
    }

    /// Whether no picture is in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes the data set: labels in the alphabetical order of the class names, pictures in that of their paths.
    ///
    /// If there are pictures in folders for training and in folders for testing (or validation), that split stands,
    /// pictures in neither are learned from, and classes with none to learn from are left out. Otherwise the seed draws
    /// `test_share` of each class, and keeps pictures that are the same on one side.
    ///
    /// # Errors
    /// [`Error::DatasetTooSmall`] if there are fewer than two classes, fewer than [`MIN_PER_CLASS`] pictures of one of
    /// them, or none of one of them in a part; it names the class.
    pub fn finish(self) -> Result<(Dataset, ImagesReport)> {
        let (broken, over_limit) = (self.broken, self.pool.over_limit());
        let (data, report) = arrange::arrange(self.pool.into_sorted(), &self.names, &self.config)?;
        Ok((data, ImagesReport { broken, over_limit, ..report }))
    }

    fn add_entry(&mut self, archive: &str, entry: Entry) -> Option<FileReport> {
        let path = entry.path.map_or_else(|| archive.to_owned(), |inner| format!("{archive}/{inner}"));
        self.add_file(path, entry.content.as_deref().map_err(Clone::clone))
    }

    /// The row of a file; none for one that is passed over.
    fn add_file(&mut self, path: String, content: Result<&[u8]>) -> Option<FileReport> {
        let (class_name, part) = place(&path);
        let mut row =
            FileReport { path, class_name, width: None, height: None, error: None, pictures: None, same_as: None };
        let added = content.and_then(|bytes| match cifar::file_of(&row.path) {
            Some(CifarFile::ClassNames) => self.name_cifar(bytes).map(|()| false),
            Some(CifarFile::TrainBatch) => self.add_batch(&mut row, bytes, Part::Train),
            Some(CifarFile::TestBatch) => self.add_batch(&mut row, bytes, Part::Test),
            None => self.add_picture(&mut row, bytes, part),
        });
        match added {
            Ok(true) => Some(row),
            Ok(false) => None,
            Err(error) => {
                self.broken += 1;
                Some(FileReport { error: Some(ErrorReport::from(&error)), ..row })
            }
        }
    }

    /// Whether the picture was decoded; the limit per class may pass over it.
    fn add_picture(&mut self, row: &mut FileReport, bytes: &[u8], part: Option<Part>) -> Result<bool> {
        // First the reason that no other folder would mend.
        format_of(bytes)?;
        let class_name = row.class_name.as_deref().ok_or(Error::NoClassFolder)?;
        let class = self.class(class_name);
        if !self.pool.wants(&row.path, class, part)? {
            return Ok(false);
        }
        let image = decode(bytes, self.config.size)?;
        row.same_as = self.pool.keep(Picture::new(row.path.clone(), class, part, image.rgb));
        (row.width, row.height) = (Some(image.original_width), Some(image.original_height));
        Ok(true)
    }

    /// Adds the pictures of a batch of CIFAR-10, each under the file's path and its own number.
    fn add_batch(&mut self, row: &mut FileReport, bytes: &[u8], part: Part) -> Result<bool> {
        let records = cifar::records(bytes)?;
        row.class_name = None;
        (row.width, row.height, row.pictures) = (Some(cifar::SIDE), Some(cifar::SIDE), Some(records.len()));
        let classes = self.cifar_classes();
        for (number, (label, rgb)) in records.enumerate() {
            let path = format!("{}#{number:05}", row.path);
            if self.pool.wants(&path, classes[label], Some(part))? {
                let rgb = scaled_square(rgb, cifar::SIDE, self.config.size);
                self.pool.keep(Picture::new(path, classes[label], Some(part), rgb));
            }
        }
        Ok(true)
    }

    /// Gives the classes of the batches the names in their list, whether it comes before or after them.
    fn name_cifar(&mut self, bytes: &[u8]) -> Result<()> {
        let names = cifar::class_names(bytes)?;
        for (class, name) in self.cifar_classes().into_iter().zip(names) {
            self.names[class] = name;
        }
        Ok(())
    }

    fn cifar_classes(&mut self) -> [usize; 10] {
        let names = &mut self.names;
        *self.cifar.get_or_insert_with(|| {
            let before = names.len();
            names.extend(cifar::CLASS_NAMES.map(str::to_owned));
            std::array::from_fn(|label| before + label)
        })
    }

    fn class(&mut self, name: &str) -> usize {
        if let Some(&class) = self.numbers.get(name) {
            return class;
        }
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }
}
