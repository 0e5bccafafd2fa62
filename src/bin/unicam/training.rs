//! Training with a bar, a line of metrics for every event, and checkpoints.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use pollster::block_on;
use serde::Serialize;
use unicam::distillation::TrainingEvent;
use unicam::session::{Role, Session, SessionConfig};

use crate::failure::{Failure, Outcome};
use crate::files;
use crate::interrupt::Interrupt;
use crate::output::Output;
use crate::settings::circumstances;

/// The folder that a run leaves behind.
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

    /// The weights of a network.
    pub fn weights(&self, role: Role) -> PathBuf {
        match role {
            Role::Teacher => self.file("teacher.safetensors"),
            Role::Student => self.file("student.safetensors"),
            Role::Base => self.file("base.safetensors"),
            Role::Assistant(number) => self.file(&format!("assistant-{number}.safetensors")),
        }
    }

    /// Where the folder lies, for people.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }
}

/// One line of `metrics.jsonl`.
#[derive(Serialize)]
struct Line<'a> {
    /// `teacher` or `distillation`.
    training: &'a str,
    #[serde(flatten)]
    event: &'a TrainingEvent,
}

/// Everything that a training of this program touches beside the session.
pub struct Training<'a> {
    pub config: &'a SessionConfig,
    pub folder: &'a Folder,
    pub output: &'a Output,
    pub interrupt: &'a Interrupt,
}

impl Training<'_> {
    /// Trains a Teacher and writes its weights.
    pub fn teacher(&self, session: &mut Session) -> Outcome<()> {
        session.start_teacher(&self.config.teacher)?;
        self.run(session, "teacher", self.config.teacher.optimiser.steps)?;
        self.export(session, &[Role::Teacher])
    }

    /// Distils a Student beside its Base and writes the weights.
    pub fn students(&self, session: &mut Session) -> Outcome<()> {
        session.start_distillation(&self.config.distillation)?;
        self.run(session, "distillation", self.config.distillation.optimiser.steps)?;
        let assistants = (1..=self.config.distillation.assistants.len()).map(Role::Assistant);
        let roles: Vec<Role> = [Role::Teacher, Role::Student, Role::Base].into_iter().chain(assistants).collect();
        self.export(session, &roles)
    }

    /// Writes what is known of the run.
    pub fn write_record(&self, session: &Session) -> Outcome<()> {
        files::write_json(&self.folder.run(), &session.report(circumstances(self.config)))
    }

    fn run(&self, session: &mut Session, name: &str, steps: usize) -> Outcome<()> {
        let mut metrics = Metrics::open(&self.folder.file("metrics.jsonl"))?;
        let title = if name == "teacher" { "Teacher" } else { "Distil" };
        let mut bar = self.output.bar(title, "step", steps);
        while let Some(event) = block_on(session.next())? {
            bar.show(&event);
            if !matches!(event, TrainingEvent::Step { .. } | TrainingEvent::Evaluating { .. }) {
                metrics.add(&Line { training: name, event: &event })?;
                self.output.emit(&Line { training: name, event: &event });
            }
            if self.interrupt.asked() {
                bar.end();
                return Err(Failure::Interrupted("Interrupted.".to_owned()));
            }
        }
        bar.end();
        Ok(())
    }

    fn export(&self, session: &Session, roles: &[Role]) -> Outcome<()> {
        for &role in roles {
            files::write(&self.folder.weights(role), &session.export_weights(role)?)?;
        }
        self.write_record(session)
    }
}

/// A file of JSON lines.
struct Metrics {
    path: PathBuf,
    file: File,
}

impl Metrics {
    fn open(path: &Path) -> Outcome<Self> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(|error| Failure::unwritable(path, &error))?;
        Ok(Self { path: path.to_owned(), file })
    }

    fn add(&mut self, line: &Line<'_>) -> Outcome<()> {
        let mut text = serde_json::to_vec(line).map_err(|error| Failure::Unwritable(error.to_string()))?;
        text.push(b'\n');
        self.file.write_all(&text).map_err(|error| Failure::unwritable(&self.path, &error))
    }
}
