//! Pictures and weights into the session.

use std::path::Path;

use pollster::block_on;
use unicam::session::{DataSource, DatasetReport, Session, SessionConfig, WeightSource};

use crate::arguments::Inputs;
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::{devices, files};

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
    Ok(report)
}

fn collect(session: &mut Session, config: &SessionConfig, output: &Output) -> Outcome<DatasetReport> {
    if config.files.data.is_empty() {
        return Err(Failure::Usage("Name the pictures with --data, or files.data in the settings.".to_owned()));
    }
    let mut offered = Vec::new();
    for path in &config.files.data {
        offered.extend(files::walk(Path::new(path))?);
    }
    session.begin_images(config.images.clone())?;
    let mut bar = output.bar("Pictures", "file", offered.len());
    let mut left_out = 0;
    for (done, file) in offered.iter().enumerate() {
        // One file that cannot be read is one row that is marked, like one that cannot be decoded.
        let rows = match std::fs::read(&file.place) {
            Ok(bytes) => session.add_file(&file.name, &bytes)?,
            Err(error) => {
                output.say(&format!("{}: {error}", file.place.display()));
                session.add_file(&file.name, &[])?
            }
        };
        left_out += rows.iter().filter(|row| row.error.is_some()).count();
        bar.at(done + 1);
    }
    bar.end();
    if left_out > 0 {
        output.say(&format!("{left_out} files were left out; the report names each with its reason."));
    }
    Ok(session.finish_images()?)
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
            block_on(session.load_teacher(&files::read(Path::new(name))?))?
        }
        Some(WeightSource::Shipped) | None => block_on(session.use_shipped_teacher())?,
    };
    output.say(&format!("Teacher: {}, accuracy {:.3} on the held-out pictures.", report.name, report.accuracy));
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
