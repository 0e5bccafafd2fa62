//! The pictures that a bundle was made with, given as files, with the bundle's settings.

use std::sync::Arc;

use crate::dataset::collect::{FileReport, FilesRead};
use crate::dataset::pixels::Rack;
use crate::error::{Error, Result};
use crate::session::data::dataset_report::DatasetReport;
use crate::session::record::replay::run::Replay;
use crate::session::state::not_ready;

impl Replay {
    /// Begins to collect the files of the bundle's pictures, with the bundle's settings; the pictures are put on a shelf
    /// outside of the memory, where there is one.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`].
    pub fn begin_images_on(&mut self, rack: Option<Arc<Rack>>) -> Result<()> {
        self.summary.has_pictures = false;
        self.session.begin_images_on(rack, self.bundle.report.config.images.clone())
    }

    /// As [`Session::add_file`](crate::session::Session::add_file).
    ///
    /// # Errors
    /// [`Error::NotReady`] before [`begin_images_on`](Self::begin_images_on).
    pub fn add_file(&mut self, path: &str, bytes: &[u8]) -> Result<Vec<FileReport>> {
        self.session.add_file(path, bytes)
    }

    /// As [`Session::refuse_file`](crate::session::Session::refuse_file).
    ///
    /// # Errors
    /// As [`add_file`](Self::add_file).
    pub fn refuse_file(&mut self, path: &str, reason: Error) -> Result<Vec<FileReport>> {
        self.session.refuse_file(path, reason)
    }

    /// As [`Session::open_file`](crate::session::Session::open_file).
    ///
    /// # Errors
    /// As [`add_file`](Self::add_file).
    pub fn open_file(&mut self, path: &str, bytes: Vec<u8>) -> Result<()> {
        self.session.open_file(path, bytes)
    }

    /// As [`Session::read_files`](crate::session::Session::read_files).
    ///
    /// # Errors
    /// As [`add_file`](Self::add_file).
    pub fn read_files(&mut self, files: usize) -> Result<FilesRead> {
        self.session.read_files(files)
    }

    /// Takes the collected pictures, if they are the bundle's.
    ///
    /// # Errors
    /// [`Error::OtherPictures`]; [`Error::NotReady`]; [`Error::DatasetTooSmall`]; [`Error::ShelfFailed`].
    pub fn finish_images(&mut self) -> Result<DatasetReport> {
        let report = self.session.finish_images()?;
        self.check_pictures()?;
        self.summary.has_pictures = true;
        Ok(report)
    }

    /// Their digest, which has to be the bundle's.
    ///
    /// # Errors
    /// [`Error::OtherPictures`]; [`Error::ShelfFailed`]; [`Error::NotReady`] before there are any.
    pub(in crate::session) fn check_pictures(&self) -> Result<String> {
        let found = self.session.digest_of_pictures().ok_or_else(|| not_ready("Choose the data"))?;
        // A picture that could not be read is black here.
        self.session.check_pictures()?;
        let expected = self.summary.data_digest.clone();
        if found == expected { Ok(found) } else { Err(Error::OtherPictures { expected, found }) }
    }
}
