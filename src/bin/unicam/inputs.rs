//! Pictures and weights into the session.

use std::path::Path;
use std::sync::Arc;

use pollster::block_on;
use serde_json::{Value, json};
use unicam::Error;
use unicam::dataset::collect::{ErrorReport, FileReport};
use unicam::dataset::file_shelf::FileShelf;
use unicam::dataset::pixels::Rack;
use unicam::session::{DataSource, DatasetReport, Replay, Session, SessionConfig, WeightSource};

use crate::arguments::Inputs;
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::{devices, files, parquet};

/// Reasons for files left out that are told on a terminal.
const TOLD_REASONS: usize = 8;

/// The device, and the pictures on it.
pub fn open(inputs: &Inputs, config: &SessionConfig, output: &Output) -> Outcome<Session> {
    let mut session = devices::open(&inputs.device, output)?;
    session.plan(config);
    take_data(&mut session, config, output)?;
    Ok(session)
}

/// Takes the pictures that the settings name.
pub fn take_data(session: &mut Session, config: &SessionConfig, output: &Output) -> Outcome<DatasetReport> {
    let report = match config.data_source {
        DataSource::Scenes => session.use_scenes(&config.scenes)?,
        DataSource::Images => collect(session, config, output)?,
    };
    let count = |counts: &[usize]| counts.iter().sum::<usize>();
    output.say(&format!(
        "Pictures: {}, {} classes, {} to learn from, {} held out.",
        report.name,
        report.class_names.len(),
        count(&report.train_counts),
        count(&report.test_counts)
    ));
    for note in report.images.iter().flat_map(|images| &images.notes) {
        output.say(&format!("Note: {}", note.message));
    }
    output.emit(&json!({ "data": report }));
    Ok(report)
}

fn collect(session: &mut Session, config: &SessionConfig, output: &Output) -> Outcome<DatasetReport> {
    if config.files.data.is_empty() {
        return Err(Failure::Usage("Name the pictures with --data, or files.data in the settings.".to_owned()));
    }
    session.begin_images_on(rack(), config.images.clone())?;
    offer(session, &config.files.data, output)?;
    Ok(session.finish_images()?)
}

/// A temporary file for pictures; where none is to be had, they stay in memory.
pub fn rack() -> Option<Arc<Rack>> {
    FileShelf::create().ok().map(Rack::new)
}

/// What takes files of pictures, one by one.
pub trait TakesFiles {
    /// A picture or an archive.
    fn add_file(&mut self, path: &str, bytes: &[u8]) -> unicam::Result<Vec<FileReport>>;
    /// A file that cannot be opened.
    fn refuse_file(&mut self, path: &str, reason: Error) -> unicam::Result<Vec<FileReport>>;
}

impl TakesFiles for Session {
    fn add_file(&mut self, path: &str, bytes: &[u8]) -> unicam::Result<Vec<FileReport>> {
        Session::add_file(self, path, bytes)
    }

    fn refuse_file(&mut self, path: &str, reason: Error) -> unicam::Result<Vec<FileReport>> {
        Session::refuse_file(self, path, reason)
    }
}

impl TakesFiles for Replay {
    fn add_file(&mut self, path: &str, bytes: &[u8]) -> unicam::Result<Vec<FileReport>> {
        Replay::add_file(self, path, bytes)
    }

    fn refuse_file(&mut self, path: &str, reason: Error) -> unicam::Result<Vec<FileReport>> {
        Replay::refuse_file(self, path, reason)
    }
}

/// Hands every file below these paths to what collects them.
pub fn offer(session: &mut impl TakesFiles, paths: &[String], output: &Output) -> Outcome<()> {
    let mut offered = Vec::new();
    for path in paths {
        offered.extend(files::walk(Path::new(path))?);
    }
    let mut bar = output.bar("Pictures", "file", offered.len());
    let mut left_out = LeftOut::default();
    for (done, file) in offered.iter().enumerate() {
        // One file that cannot be read is one row that is marked, like one that cannot be decoded.
        let unreachable = |reason: String| Error::UnreachableFile { reason };
        let rows = if let Some(trouble) = &file.trouble {
            session.refuse_file(&file.name, unreachable(trouble.clone()))?
        } else if file.name.ends_with('/') {
            session.add_file(&file.name, &[])?
        } else if parquet::is_parquet(&file.place) {
            parquet::each_picture(&file.place, &file.name, |path, picture| -> Outcome<()> {
                left_out.note(&match picture {
                    Ok(bytes) => session.add_file(path, bytes)?,
                    Err(error) => session.refuse_file(path, error)?,
                });
                Ok(())
            })?;
            Vec::new()
        } else {
            match std::fs::read(&file.place) {
                Ok(bytes) => session.add_file(&file.name, &bytes)?,
                Err(error) => session.refuse_file(&file.name, unreachable(error.to_string()))?,
            }
        };
        left_out.note(&rows);
        bar.at(done + 1);
    }
    bar.end();
    left_out.tell(output);
    Ok(())
}

/// The files that were left out, by their reasons.
#[derive(Default)]
struct LeftOut {
    /// In the order in which the reasons were met first.
    reasons: Vec<(ErrorReport, Vec<String>)>,
}

impl LeftOut {
    fn note(&mut self, rows: &[FileReport]) {
        for row in rows {
            let Some(error) = &row.error else { continue };
            match self.reasons.iter_mut().find(|(known, _)| known == error) {
                Some((_, paths)) => paths.push(row.path.clone()),
                None => self.reasons.push((error.clone(), vec![row.path.clone()])),
            }
        }
    }

    /// Says how many there are, and of the first reasons which; for programs, each.
    fn tell(&self, output: &Output) {
        let count: usize = self.reasons.iter().map(|(_, paths)| paths.len()).sum();
        if count == 0 {
            return;
        }
        let files = if count == 1 { "1 file was" } else { &format!("{count} files were") };
        output.say(&format!("{files} left out; the report names each with its reason."));
        for (error, paths) in self.reasons.iter().take(TOLD_REASONS) {
            let more = if paths.len() > 1 { format!(" and {} more", paths.len() - 1) } else { String::new() };
            output.say(&format!("  {}{more}: {}", paths[0], error.message));
        }
        if self.reasons.len() > TOLD_REASONS {
            output.say(&format!("  and {} other reasons", self.reasons.len() - TOLD_REASONS));
        }
        let rows: Vec<Value> = self
            .reasons
            .iter()
            .map(|(error, paths)| json!({ "code": error.code, "message": error.message, "files": paths }))
            .collect();
        output.emit(&json!({ "leftOut": rows }));
    }
}

/// Takes the Teacher that the settings name, unless one is to be trained.
pub fn take_teacher(session: &mut Session, config: &SessionConfig, output: &Output) -> Outcome<()> {
    let report = match config.teacher_source {
        Some(WeightSource::Trained) => return Ok(()),
        Some(WeightSource::File) => {
            let name = config.files.teacher.as_deref().ok_or_else(|| {
                Failure::Usage(
                    "Name the Teacher's weights with --teacher, or files.teacher in the settings.".to_owned(),
                )
            })?;
            block_on(session.load_teacher_as(&files::read(Path::new(name))?, &config.teacher_reading))?
        }
        Some(WeightSource::Shipped) | None => block_on(session.use_shipped_teacher())?,
    };
    output.say(&format!("Teacher: {}, accuracy {:.3} on the held-out pictures.", report.name, report.accuracy));
    for note in report.reading.iter().flat_map(|reading| &reading.notes) {
        output.say(&format!("Note: {}", note.message));
    }
    output.emit(&json!({ "teacher": report }));
    Ok(())
}

/// Takes the checkpoint that the Teacher's training goes on from, where the settings name one.
pub fn take_teacher_start(session: &mut Session, config: &SessionConfig, output: &Output) -> Outcome<()> {
    if let Some(name) = &config.files.teacher_start {
        let report = session.load_teacher_start(&files::read(Path::new(name))?)?;
        output.say(&format!("The Teacher goes on from {} of {} classes.", report.name, report.classes));
    }
    Ok(())
}

/// Takes the Student's first weights, where the settings name a file.
pub fn take_start(session: &mut Session, config: &SessionConfig, output: &Output) -> Outcome<()> {
    if let Some(name) = &config.files.start {
        let report = block_on(session.load_student_start(&files::read(Path::new(name))?))?;
        output.say(&format!("Start: {}, accuracy {:.3}.", report.name, report.accuracy));
    }
    Ok(())
}
