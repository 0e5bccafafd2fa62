//! The events of a run as JSON lines.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use unicam::distillation::TrainingEvent;

use crate::failure::{Failure, Outcome};

/// One line: which training, and what happened.
#[derive(Serialize)]
pub struct Line<'a> {
    /// `teacher` or `distillation`.
    training: &'a str,
    #[serde(flatten)]
    event: &'a TrainingEvent,
}

/// The file of a run's folder, open at its end.
pub struct Metrics {
    path: PathBuf,
    file: File,
    training: String,
    length: u64,
}

impl Metrics {
    /// Opens the file, to add the events of `training`.
    pub fn open(path: &Path, training: &str) -> Outcome<Self> {
        let opened = OpenOptions::new().create(true).append(true).open(path);
        let file = opened.map_err(|error| Failure::unwritable(path, &error))?;
        let length = file.metadata().map_err(|error| Failure::unreadable(path, &error))?.len();
        Ok(Self { path: path.to_owned(), file, training: training.to_owned(), length })
    }

    /// Bytes so far.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Adds an event.
    pub fn add<'a>(&'a mut self, event: &'a TrainingEvent) -> Outcome<Line<'a>> {
        let line = Line { training: &self.training, event };
        let mut text = serde_json::to_vec(&line).map_err(|error| Failure::Unwritable(error.to_string()))?;
        text.push(b'\n');
        self.file.write_all(&text).map_err(|error| Failure::unwritable(&self.path, &error))?;
        self.length += text.len() as u64;
        Ok(line)
    }

    /// Cuts off what came after a checkpoint.
    pub fn cut(&mut self, length: u64) -> Outcome<()> {
        self.length = length.min(self.length);
        self.file.set_len(self.length).map_err(|error| Failure::unwritable(&self.path, &error))
    }
}
