//! Users' files to a [`Dataset`]: one row of report per file, classes by folder, a given or a drawn split.
//!
//! Files come one at a time, so that only one is in memory at its full size; of each picture only the scaled square
//! stays. What is read: pictures, archives of pictures, the batches of CIFAR-10 and -100 ([`crate::bytes::cifar`]), and
//! NumPy's arrays of pictures beside those of their labels. Which folder names a class and which a part is decided at the
//! end, by all of them together ([`tree`]).

mod arrange;
mod arrays;
mod config;
mod level;
mod notes;
mod part_name;
mod place;
mod pool;
mod report;
#[cfg(test)]
mod tests;
mod tree;
mod ways;

use std::collections::HashMap;
use std::sync::Arc;

use crate::bytes::archive::{Archive, Entry, clean_path, is_archive, is_hidden};
use crate::bytes::cifar::{self, Cifar, CifarFile};
use crate::bytes::image::{decode, format_of, scaled_picture};
use crate::bytes::npy::{self, Array};
use crate::dataset::Dataset;
use crate::dataset::pixels::Rack;
use crate::error::{Error, Result};
use arrange::{Collected, arrange};
use arrays::{Arrays, Pair};
pub use config::{ImagesConfig, MIN_PER_CLASS, SIDES, SplitSource};
use place::{Part, Spot, class_by_path};
use pool::Pool;
pub use pool::{MAX_PIXEL_BYTES, MAX_SHELF_BYTES};
pub use report::{ClassLevel, ErrorReport, Fact, FileReport, FilesRead, ImagesReport, LeftOut, Note, OutReason};
pub(crate) use tree::class_key;

/// Takes files one by one and makes a [`Dataset`] of those that are pictures.
#[derive(Debug)]
pub struct Collector {
    config: ImagesConfig,
    /// Where pictures lie, in the order in which they came.
    spots: Vec<Spot>,
    /// Numbers of the spots.
    numbers: HashMap<Spot, usize>,
    /// Names of classes that files tell, each table in the order of its labels.
    tables: Vec<Vec<String>>,
    /// Which table is whose.
    cifar: HashMap<Cifar, usize>,
    arrays: Arrays,
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
        Self::on(None, config)
    }

    /// An empty collection whose pictures go to this shelf as they come; they stay in memory where there is none.
    ///
    /// # Errors
    /// As [`ImagesConfig::validate`].
    pub fn on(rack: Option<Arc<Rack>>, config: ImagesConfig) -> Result<Self> {
        config.validate()?;
        let pool = Pool::new(&config, rack);
        Ok(Self {
            config,
            spots: Vec::new(),
            numbers: HashMap::new(),
            tables: Vec::new(),
            cifar: HashMap::new(),
            arrays: Arrays::default(),
            pool,
            broken: 0,
            open: None,
        })
    }

    /// Adds a picture, or every picture of an archive or of a batch: a row for each file, in order.
    ///
    /// `path` is relative, with the folders that the user picked; with all others it decides the class and, with a folder
    /// such as `train` or `test`, the part. A path that ends in `/` is a folder without files. A file that cannot be used
    /// is a row with an error and adds no picture; where the shelf fails amid a batch, those that it has taken stay. Files of
    /// the system (`.DS_Store`, `Thumbs.db`, everything whose name begins with a dot) and pictures that the limit per class
    /// leaves out give no row.
    pub fn add(&mut self, path: &str, bytes: &[u8]) -> Vec<FileReport> {
        let is_folder = path.ends_with('/');
        let Some(path) = clean_path(path).filter(|path| !is_hidden(path)) else { return Vec::new() };
        if is_folder {
            return self.add_file(path, Err(Error::EmptyFolder)).into_iter().collect();
        }
        if !is_archive(bytes) {
            return self.add_file(path, Ok(bytes)).into_iter().collect();
        }
        match Archive::open(bytes) {
            Ok(archive) => archive.filter_map(|entry| self.add_entry(&path, entry)).collect(),
            Err(error) => self.add_file(path, Err(error)).into_iter().collect(),
        }
    }

    /// The row of a file that could not be opened, for this reason.
    pub fn refuse(&mut self, path: &str, error: Error) -> Vec<FileReport> {
        let path = clean_path(path).filter(|path| !is_hidden(path));
        path.and_then(|path| self.add_file(path, Err(error))).into_iter().collect()
    }

    /// Opens a file to be read by [`read`](Self::read) bit by bit, so that a large archive can tell its progress and be
    /// given up. One that is open already is given up.
    pub fn open(&mut self, path: &str, bytes: Vec<u8>) {
        let cleaned =
            clean_path(path).filter(|cleaned| !is_hidden(cleaned) && !path.ends_with('/') && is_archive(&bytes));
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

    /// Makes the data set: labels in the order of the folders' names by code points, as Python sorts them, or in that of
    /// the files that tell them; pictures in that of their paths.
    ///
    /// The outermost level of folders that tells pictures apart names the classes, or the one that the settings name. If
    /// there are pictures in folders for training and in folders for testing (or validation), that split stands, and
    /// pictures in neither and classes with none to learn from are left out. Otherwise the seed draws `test_share` of each
    /// class, and keeps pictures that are the same on one side.
    ///
    /// # Errors
    /// [`Error::DatasetTooSmall`] if there are fewer than two classes, fewer than [`MIN_PER_CLASS`] pictures of one of
    /// them, or none of one of them in a part; it names the class. [`Error::ShelfFailed`].
    pub fn finish(self) -> Result<(Dataset, ImagesReport)> {
        let alone = self.arrays.unlabelled();
        let over_limit = self.pool.over_limit();
        let (pictures, store) = self.pool.into_sorted();
        let collected = Collected {
            broken: self.broken,
            over_limit,
            pictures,
            store,
            spots: &self.spots,
            tables: &self.tables,
            alone,
        };
        arrange(collected, &self.config)
    }

    fn add_entry(&mut self, archive: &str, entry: Entry) -> Option<FileReport> {
        let path = entry.path.map_or_else(|| archive.to_owned(), |inner| format!("{archive}/{inner}"));
        self.add_file(path, entry.content.as_deref().map_err(Clone::clone))
    }

    /// The row of a file; none for one that is passed over.
    fn add_file(&mut self, path: String, content: Result<&[u8]>) -> Option<FileReport> {
        let class_name = class_by_path(&path);
        let mut row =
            FileReport { path, class_name, width: None, height: None, error: None, pictures: None, same_as: None };
        let added = content.and_then(|bytes| match cifar::file_of(&row.path, bytes) {
            Some((of, CifarFile::ClassNames)) => self.name_cifar(of, bytes).map(|()| false),
            Some((of, CifarFile::TrainBatch)) => self.add_batch(&mut row, of, bytes, Part::Train),
            Some((of, CifarFile::TestBatch)) => self.add_batch(&mut row, of, bytes, Part::Test),
            None if npy::is_array(bytes) => self.add_array(&mut row, bytes),
            None => self.add_picture(&mut row, bytes),
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
    fn add_picture(&mut self, row: &mut FileReport, bytes: &[u8]) -> Result<bool> {
        // First the reason that no other folder would mend.
        format_of(bytes)?;
        if row.class_name.is_none() {
            return Err(Error::NoClassFolder);
        }
        let spot = self.spot(Spot::of(&row.path));
        if !self.pool.wants(&row.path, spot)? {
            return Ok(false);
        }
        let image = decode(bytes, self.config.size, self.config.fit)?;
        row.same_as = self.pool.keep(row.path.clone(), spot, image.rgb)?;
        (row.width, row.height) = (Some(image.original_width), Some(image.original_height));
        Ok(true)
    }

    /// Adds the pictures of a batch of CIFAR-10 or -100.
    fn add_batch(&mut self, row: &mut FileReport, of: Cifar, bytes: &[u8], part: Part) -> Result<bool> {
        let records = cifar::records(of, &row.path, bytes)?;
        row.class_name = None;
        (row.width, row.height, row.pictures) = (Some(cifar::SIDE), Some(cifar::SIDE), Some(records.len()));
        let table = self.cifar_table(of);
        let path = row.path.clone();
        let (labels, pictures): (Vec<usize>, Vec<Vec<u8>>) = records.into_iter().unzip();
        let told = |label| Spot::Told { table, label, part: Some(part) };
        self.add_all(&path, labels.into_iter().map(told).collect(), pictures, (cifar::SIDE, cifar::SIDE))?;
        Ok(true)
    }

    /// Adds the pictures of an array, once that of their labels is there too.
    fn add_array(&mut self, row: &mut FileReport, bytes: &[u8]) -> Result<bool> {
        let (pair, pictures) = self.arrays.take(&row.path, Array::read(bytes)?)?;
        row.class_name = None;
        row.pictures = Some(pictures.unwrap_or(0));
        if let Some(Pair { path, part, size, pictures, labels }) = pair {
            let classes = labels.iter().max().map_or(0, |highest| highest + 1);
            let names: Vec<String> = (0..classes).map(|label| label.to_string()).collect();
            // Arrays of one data set share their classes.
            let known = self.tables.iter().position(|table| table.first().is_some_and(|name| name == "0"));
            let table = known.unwrap_or(self.tables.len());
            match self.tables.get_mut(table) {
                Some(table) if table.len() < classes => *table = names,
                Some(_) => {}
                None => self.tables.push(names),
            }
            let spots = labels.into_iter().map(|label| Spot::Told { table, label, part }).collect();
            self.add_all(&path, spots, pictures, size)?;
        }
        Ok(true)
    }

    /// Adds many pictures of one file, each under the file's path and its own number; none where there is no room for all.
    fn add_all(&mut self, path: &str, spots: Vec<Spot>, pictures: Vec<Vec<u8>>, size: (usize, usize)) -> Result<()> {
        let spots: Vec<usize> = spots.into_iter().map(|spot| self.spot(spot)).collect();
        self.pool.check_room(&spots)?;
        for (number, (spot, rgb)) in spots.into_iter().zip(pictures).enumerate() {
            let path = format!("{path}#{number:05}");
            if self.pool.wants(&path, spot)? {
                let rgb = scaled_picture(rgb, size, self.config.size, self.config.fit);
                self.pool.keep(path, spot, rgb)?;
            }
        }
        Ok(())
    }

    /// Gives the classes of the batches the names in their list, whether it comes before or after them.
    fn name_cifar(&mut self, of: Cifar, bytes: &[u8]) -> Result<()> {
        let names = cifar::class_names(of, bytes)?;
        let table = self.cifar_table(of);
        self.tables[table] = names;
        Ok(())
    }

    fn cifar_table(&mut self, of: Cifar) -> usize {
        let tables = &mut self.tables;
        *self.cifar.entry(of).or_insert_with(|| {
            tables.push(of.class_names());
            tables.len() - 1
        })
    }

    fn spot(&mut self, spot: Spot) -> usize {
        if let Some(&number) = self.numbers.get(&spot) {
            return number;
        }
        self.spots.push(spot.clone());
        self.numbers.insert(spot, self.spots.len() - 1);
        self.spots.len() - 1
    }
}
