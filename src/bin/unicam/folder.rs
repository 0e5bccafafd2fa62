//! The folder that a run leaves behind.

use std::path::{Path, PathBuf};

use unicam::bytes::json;
use unicam::session::{Report, Role};

use crate::failure::{Failure, Outcome};
use crate::files;

/// First bytes of a checkpoint.
const MAGIC: &[u8; 8] = b"UNICAMC1";

/// A run's folder and the names in it.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes the folder if it is not there.
    pub fn make(path: &Path) -> Outcome<Self> {
        files::make_folder(path)?;
        Ok(Self { path: path.to_owned() })
    }

    /// A folder that is there.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The settings as they were used and what came of them: a report without maps and scores.
    pub fn run(&self) -> PathBuf {
        self.file("run.json")
    }

    /// What that file says.
    pub fn record(&self) -> Outcome<Report> {
        let path = self.run();
        json::read(&files::read(&path)?)
            .map_err(|error| Failure::Unreadable(format!("{} is no report of this version: {error}.", path.display())))
    }

    /// The weights of a network.
    pub fn weights(&self, role: Role) -> PathBuf {
        match role {
            Role::Teacher => self.file("teacher.safetensors"),
            Role::Student => self.file("student.safetensors"),
            Role::Base => self.file("base.safetensors"),
            Role::Assistant(number) => self.file(&format!("assistant-{number}.safetensors")),
        }
    }

    /// Where a training that has not ended keeps its place.
    pub fn checkpoint(&self, training: &str) -> PathBuf {
        self.file(&format!("{training}.checkpoint"))
    }

    /// Whether a training was begun here and not ended.
    pub fn is_interrupted(&self) -> bool {
        ["teacher", "distillation"].iter().any(|training| self.checkpoint(training).exists())
    }

    /// Gives up a training that was interrupted.
    pub fn forget_checkpoints(&self) -> Outcome<()> {
        ["teacher", "distillation"].iter().try_for_each(|training| files::remove(&self.checkpoint(training)))
    }

    /// Takes away what a former run left, so that nothing of it is taken for the new one's.
    pub fn clear(&self) -> Outcome<()> {
        let trio = [Role::Teacher, Role::Student, Role::Base].map(|role| self.weights(role));
        let assistants = (1..).map(|number| self.weights(Role::Assistant(number))).take_while(|path| path.exists());
        for path in trio.into_iter().chain(assistants) {
            files::remove(&path)?;
        }
        ["metrics.jsonl", "run.json"].iter().try_for_each(|name| files::remove(&self.file(name)))
    }

    /// Where the folder lies, for people.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }
}

/// A run under way and how long its metrics were then, in one file, so that the two belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Bytes of the metrics.
    pub metrics: u64,
    /// The session's own bytes.
    pub run: Vec<u8>,
}

impl Checkpoint {
    /// Writes it in place of the former one.
    pub fn write(&self, path: &Path) -> Outcome<()> {
        files::write(path, &[MAGIC.as_slice(), &self.metrics.to_le_bytes(), &self.run].concat())
    }

    /// The checkpoint at `path`, if there is one.
    pub fn read(path: &Path) -> Outcome<Option<Self>> {
        if !path.exists() {
            return Ok(None);
        }
        let bytes = files::read(path)?;
        let parts = bytes.strip_prefix(MAGIC).and_then(|rest| rest.split_first_chunk::<8>());
        let (length, run) = parts
            .ok_or_else(|| Failure::Unreadable(format!("{} is no checkpoint of this program.", path.display())))?;
        Ok(Some(Self { metrics: u64::from_le_bytes(*length), run: run.to_vec() }))
    }
}
