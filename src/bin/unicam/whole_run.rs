//! A run from its first network to its report, as several commands make it.

use pollster::block_on;
use unicam::session::{Report, Role, Session, SessionConfig, WeightSource};

use crate::arguments::{MapChoice, Stages};
use crate::failure::{Failure, Outcome};
use crate::folder::Folder;
use crate::inputs::{take_data, take_start, take_teacher, take_teacher_start};
use crate::interrupt::Interrupt;
use crate::looking::Looking;
use crate::output::Output;
use crate::settings::circumstances;
use crate::training::Training;
use crate::{devices, files};

/// Trains the Teacher where none is given, then the Student beside its Base; what `former` tells of is not done again.
pub fn train_all(
    training: &Training<'_>,
    session: &mut Session,
    former: Option<&Report>,
    teacher_only: bool,
) -> Outcome<()> {
    let folder = training.folder;
    match former {
        None if folder.is_interrupted() => {
            let name = folder.name();
            return Err(Failure::Usage(format!(
                "{name} holds a run that was interrupted: go on with --resume, or choose another folder with --out."
            )));
        }
        None => {
            folder.clear()?;
            training.write_record(session)?;
        }
        Some(_) => {}
    }
    let ours = folder.weights(Role::Teacher);
    let trained = teacher_only || training.config.teacher_source == Some(WeightSource::Trained);
    match former {
        Some(former) if trained && ours.exists() && !folder.checkpoint("teacher").exists() => {
            block_on(session.load_teacher(&files::read(&ours)?))?;
            session.take_over(former);
        }
        _ if trained => {
            take_teacher_start(session, training.config, training.output)?;
            training.teacher(session)?;
        }
        _ => take_teacher(session, training.config, training.output)?,
    }
    if teacher_only {
        return Ok(());
    }
    take_start(session, training.config, training.output)?;
    if former.is_some() && folder.weights(Role::Student).exists() && !folder.is_interrupted() {
        return Err(Failure::Usage(format!("The run in {} has ended: nothing is left to resume.", folder.name())));
    }
    training.students(session)
}

/// Trains, scores and draws the maps of a whole run without pictures of them, and reports. A training of the same settings
/// that was interrupted in the folder goes on.
pub fn whole_run(config: &SessionConfig, folder: &Folder, device: &str, output: &Output) -> Outcome<Report> {
    config.reference.validate()?;
    let former = if folder.is_interrupted() { Some(folder.record()?) } else { None };
    let former = former.filter(|former| former.config == *config);
    if former.is_none() {
        folder.forget_checkpoints()?;
    }
    let mut session = devices::open(device, output)?;
    session.plan(config);
    take_data(&mut session, config, output)?;
    let interrupt = Interrupt::listen()?;
    let training = Training { config, folder, output, interrupt: &interrupt, checkpoint_every: 100 };
    train_all(&training, &mut session, former.as_ref(), false)?;
    let mut looking = Looking { session, config: config.clone(), folder: folder.clone() };
    looking.score(output)?;
    let stages = Stages { layers: Vec::new(), objective: None };
    let choice = MapChoice { stages, signed: false, no_png: true, enlarge: 1 };
    looking.explain(&choice, true, output)?;
    Ok(looking.session.report(circumstances(config)))
}
