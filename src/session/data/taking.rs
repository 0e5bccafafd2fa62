//! Pictures into the session: rendered here, or collected from files.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::dataset::Dataset;
use crate::dataset::collect::{Collector, FileReport, FilesRead, ImagesConfig, ImagesReport};
use crate::dataset::normalisation::Normalisation;
use crate::dataset::pixels::Rack;
use crate::dataset::scenes::{self, ScenesConfig};
use crate::error::{Error, Result};
use crate::session::data::dataset_report::DatasetReport;
use crate::session::networks::model::{Model, NetworkReport};
use crate::session::record::config::DataSource;
use crate::session::record::journal::Files;
use crate::session::state::{Session, not_ready};

/// Where data come from.
enum DataOrigin {
    /// Rendered here.
    Scenes(ScenesConfig),
    /// Collected from files.
    Files(ImagesReport, Files),
}

impl Session {
    /// Renders the built-in Scenes and takes them as the data.
    ///
    /// # Errors
    /// [`crate::Error::InvalidConfig`].
    pub fn use_scenes(&mut self, config: &ScenesConfig) -> Result<DatasetReport> {
        let data = scenes::render(config)?;
        self.journal.config.data_source = DataSource::Scenes;
        self.journal.config.scenes = config.clone();
        self.take_data(data, DataOrigin::Scenes(config.clone()))
    }

    /// Begins to collect the user's files; what was collected before is forgotten.
    ///
    /// # Errors
    /// [`crate::Error::InvalidConfig`].
    pub fn begin_images(&mut self, config: ImagesConfig) -> Result<()> {
        self.begin_images_on(None, config)
    }

    /// The same for pictures that are put on a shelf outside of the memory, where there is one.
    ///
    /// # Errors
    /// [`crate::Error::InvalidConfig`].
    pub fn begin_images_on(&mut self, rack: Option<Arc<Rack>>, config: ImagesConfig) -> Result<()> {
        self.collector = Some((Collector::on(rack, config.clone())?, config, Files::default()));
        Ok(())
    }

    /// Forgets the files that were collected since [`begin_images`](Self::begin_images); the data stay as they were.
    pub fn forget_images(&mut self) {
        self.collector = None;
    }

    /// Adds a picture or an archive of pictures: one row a picture, broken ones marked.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] before [`begin_images`](Self::begin_images).
    pub fn add_file(&mut self, path: &str, bytes: &[u8]) -> Result<Vec<FileReport>> {
        let (collector, _, files) = self.collector.as_mut().ok_or_else(|| not_ready("Begin a set of images"))?;
        let rows = collector.add(path, bytes);
        files.note(&rows);
        Ok(rows)
    }

    /// Notes a file that could not be opened, as a row with this reason.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] before [`begin_images`](Self::begin_images).
    pub fn refuse_file(&mut self, path: &str, reason: Error) -> Result<Vec<FileReport>> {
        let (collector, _, files) = self.collector.as_mut().ok_or_else(|| not_ready("Begin a set of images"))?;
        let rows = collector.refuse(path, reason);
        files.note(&rows);
        Ok(rows)
    }

    /// Opens a picture or an archive to be read by [`read_files`](Self::read_files) bit by bit, so that a large archive
    /// can tell its progress and be given up.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] before [`begin_images`](Self::begin_images).
    pub fn open_file(&mut self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let (collector, ..) = self.collector.as_mut().ok_or_else(|| not_ready("Begin a set of images"))?;
        collector.open(path, bytes);
        Ok(())
    }

    /// Reads up to `files` more files of the open one.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] before [`begin_images`](Self::begin_images).
    pub fn read_files(&mut self, files: usize) -> Result<FilesRead> {
        let (collector, _, offered) = self.collector.as_mut().ok_or_else(|| not_ready("Begin a set of images"))?;
        let read = collector.read(files);
        offered.note(&read.rows);
        Ok(read)
    }

    /// Takes the collected pictures as the data.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`]; [`crate::Error::DatasetTooSmall`].
    pub fn finish_images(&mut self) -> Result<DatasetReport> {
        let (collector, config, files) = self.collector.take().ok_or_else(|| not_ready("Begin a set of images"))?;
        let (data, images) = collector.finish()?;
        self.journal.config.data_source = DataSource::Images;
        self.journal.config.images = config;
        self.take_data(data, DataOrigin::Files(images, files))
    }

    /// Prepares pictures for networks in another way, those that are here and those to come. A Teacher stays and is
    /// measured anew; what was trained on pictures that were prepared otherwise goes. Nothing is done where they are
    /// prepared so already.
    ///
    /// # Errors
    /// [`crate::Error::InvalidConfig`]; [`crate::Error::DeviceFailed`].
    pub async fn use_normalisation(&mut self, normalisation: Normalisation) -> Result<Option<NetworkReport>> {
        normalisation.validate()?;
        self.journal.config.normalisation = normalisation;
        if normalisation == self.normalisation {
            return Ok(None);
        }
        self.normalisation = normalisation;
        if let Some(data) = &mut self.data {
            (data.train.normalisation, data.test.normalisation) = (normalisation, normalisation);
            self.running = None;
            self.forget_students();
        }
        self.measure_teacher().await
    }

    /// Takes new data. A Teacher that answers to them stays, and is measured on them before anything rests on it; what was
    /// trained on the old pictures goes.
    fn take_data(&mut self, mut data: Dataset, origin: DataOrigin) -> Result<DatasetReport> {
        let (scenes, images, files) = match origin {
            DataOrigin::Scenes(config) => (Some(config), None, Files::default()),
            DataOrigin::Files(images, files) => (None, Some(images), files),
        };
        data.train.validate()?;
        data.test.validate()?;
        (data.train.normalisation, data.test.normalisation) = (self.normalisation, self.normalisation);
        let same_classes = self.data.as_ref().is_some_and(|former| former.train.class_names == data.train.class_names);
        let (width, height) = (data.train.width, data.train.height);
        let fits = |model: &Model| model.config.architecture.check_pictures(width, height).is_ok();
        let stays = same_classes && self.teacher.as_ref().is_none_or(fits);
        if !stays {
            self.teacher = None;
            self.start = None;
        }
        self.forget_students();
        self.running = None;
        (self.data, self.scenes) = (Some(data), scenes);
        self.pictures_digest = OnceCell::new();
        let shipped = self.shipped_networks();
        let data = self.data()?;
        let report = DatasetReport {
            name: data.name.clone(),
            size: data.train.width,
            class_names: data.train.class_names.clone(),
            train_counts: data.train.counts(),
            test_counts: data.test.counts(),
            has_masks: data.test.masks.is_some(),
            has_shipped_networks: shipped.is_some(),
            data_set: shipped.and_then(|shipped| shipped.data_set),
            images,
        };
        self.journal.note_data(&report, files, stays);
        Ok(report)
    }
}
