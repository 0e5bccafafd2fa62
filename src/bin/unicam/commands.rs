//! The commands, one function each.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use pollster::block_on;
use unicam::session::{ExplainConfig, Report, Role, ScoreConfig, Session, SessionConfig, WeightSource};

use crate::arguments::{self, Arguments, Command, Inputs, Look, MapChoice, Trained, Voice};
use crate::failure::{Failure, Outcome};
use crate::folder::Folder;
use crate::inputs::{take_data, take_start, take_teacher};
use crate::interrupt::Interrupt;
use crate::output::Output;
use crate::settings::{Settings, circumstances};
use crate::training::Training;
use crate::{devices, evidence, files, maps, tables};

/// Runs the program.
pub fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let output = Output::new(voice_of(&command));
    match run(command, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.fail(&failure);
            failure.exit_code()
        }
    }
}

fn voice_of(command: &Command) -> Voice {
    match command {
        Command::Train(train) => train.voice,
        Command::Explain(explain) => explain.look.voice,
        Command::Score(look) => look.voice,
        Command::Report(report) => report.look.voice,
        Command::Evidence(evidence) => evidence.voice,
        Command::Schema => Voice { quiet: false, json: false },
        #[cfg(feature = "remote")]
        Command::Serve(_) => Voice { quiet: false, json: false },
    }
}

fn run(command: Command, output: &Output) -> Outcome<()> {
    match command {
        Command::Train(arguments) => train(&arguments, output),
        Command::Explain(arguments) => explain(&arguments, output),
        Command::Score(arguments) => score(&arguments, output),
        Command::Report(arguments) => report(&arguments, output),
        Command::Evidence(arguments) => evidence::evidence(&arguments, output),
        Command::Schema => {
            let schema = serde_json::to_string_pretty(&schemars::schema_for!(Report));
            output.print(&schema.map_err(|error| Failure::Unwritable(error.to_string()))?);
            Ok(())
        }
        #[cfg(feature = "remote")]
        Command::Serve(arguments) => crate::devices::serve(&arguments, output),
    }
}

fn train(arguments: &arguments::Train, output: &Output) -> Outcome<()> {
    let folder = Folder::make(&arguments.out)?;
    let former = if arguments.resume { Some(record_of(&folder)?) } else { None };
    let config = match &former {
        Some(_) => Settings::read(Some(&folder.run()))?.finish()?,
        None => {
            let mut settings = Settings::read(arguments.inputs.config.as_deref())?;
            settings.take_inputs(&arguments.inputs)?;
            settings.take_steps(&arguments.steps)?;
            settings.finish()?
        }
    };
    let mut session = open(&arguments.inputs, &config, output)?;
    let interrupt = Interrupt::listen()?;
    let checkpoint_every = arguments.steps.checkpoint_every;
    let training = Training { config: &config, folder: &folder, output, interrupt: &interrupt, checkpoint_every };
    train_all(&training, &mut session, former.as_ref(), arguments.teacher_only)?;
    output.say(&format!("Weights, settings and metrics are in {}.", folder.name()));
    output.emit(&session.report(circumstances(&config)));
    Ok(())
}

/// Trains the Teacher where none is given, then the Student beside its Base; what `former` tells of is not done again.
fn train_all(
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
        _ if trained => training.teacher(session)?,
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

/// The device, and the pictures on it.
fn open(inputs: &Inputs, config: &SessionConfig, output: &Output) -> Outcome<Session> {
    let mut session = devices::open(&inputs.device, output)?;
    session.plan(config);
    take_data(&mut session, config, output)?;
    Ok(session)
}

/// A session with trained networks, its settings, and the folder for what comes of it.
struct Looking {
    session: Session,
    config: SessionConfig,
    folder: Folder,
}

impl Looking {
    /// Loads the networks that the arguments name.
    fn begin(look: &Look, maps: Option<&MapChoice>, output: &Output) -> Outcome<Self> {
        let (config, former) = settings_of(look, maps)?;
        let folder = Folder::make(&out_of(look))?;
        let mut session = open(&look.inputs, &config, output)?;
        let run = look.trained.run.as_deref().map(Folder::at);
        let named = |given: Option<&Path>, role, flag: &str| match (given, &run) {
            (Some(path), _) => Ok(path.to_owned()),
            (None, Some(run)) => Ok(run.weights(role)),
            (None, None) => Err(Failure::Usage(format!("Name the folder of a run, or the weights with {flag}."))),
        };
        let student = files::read(&named(look.trained.student.as_deref(), Role::Student, "--student")?)?;
        let base = files::read(&named(look.trained.base.as_deref(), Role::Base, "--base")?)?;
        match &run {
            Some(run) if look.inputs.teacher.is_none() => {
                block_on(session.load_teacher(&files::read(&run.weights(Role::Teacher))?))?;
            }
            _ if config.teacher_source == Some(WeightSource::Trained) => {
                return Err(Failure::Usage("Name the Teacher's weights with --teacher.".to_owned()));
            }
            _ => take_teacher(&mut session, &config, output)?,
        }
        let [student, base] = block_on(session.load_students(&student, &base))?;
        output.say(&format!("Student: {}, accuracy {:.3}; Base {:.3}.", student.name, student.accuracy, base.accuracy));
        if let Some(former) = &former {
            session.take_over(former);
        }
        Ok(Self { session, config, folder })
    }

    fn score(&mut self, output: &Output) -> Outcome<()> {
        let config = ScoreConfig::with(self.config.reference, self.config.scores.clone());
        let scores = block_on(self.session.score(&config))?;
        files::write_json(&self.folder.file("scores.json"), &scores)?;
        output.print(&tables::scores(&scores));
        output.emit(&scores);
        Ok(())
    }

    /// Draws the wished layers; with `lenient`, a layer that fails is noted and the others go on.
    fn explain(&mut self, choice: &MapChoice, lenient: bool, output: &Output) -> Outcome<()> {
        let layers = self.layers();
        let enlarge = (!choice.no_png).then_some(choice.enlarge);
        for layer in layers {
            let maps = &self.config.maps;
            let config = ExplainConfig {
                class_method: maps.class_method,
                signed: choice.signed,
                ..ExplainConfig::new(self.config.reference, layer, maps.objective)
            };
            let explanation = match block_on(self.session.explain(&config)) {
                Ok(explanation) => explanation,
                Err(error) if lenient => {
                    output.say(&format!("Layer {layer}: {error}"));
                    self.session.note_failure(&format!("maps of layer {layer}"), &error);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let folder = self.folder.file("maps").join(&explanation.report.layer);
            let images = self.session.part(unicam::session::Part::Test)?;
            let mut bar = output.bar(&explanation.report.layer, "image", explanation.report.n);
            maps::write(&explanation, images, &folder, enlarge, |done| bar.at(done))?;
            bar.end();
            output.say(&format!("Maps of {} are in {}.", explanation.report.layer, folder.display()));
            output.emit(&explanation.report);
        }
        Ok(())
    }

    fn layers(&self) -> Vec<usize> {
        if !self.config.maps.layers.is_empty() {
            return self.config.maps.layers.clone();
        }
        let known =
            self.session.report(circumstances(&self.config)).student.map_or(0, |student| student.summary.layers.len());
        (1..=known).collect()
    }
}

/// The settings of the run, the file and the flags, each over the one before, and the run's own record.
fn settings_of(look: &Look, maps: Option<&MapChoice>) -> Outcome<(SessionConfig, Option<Report>)> {
    let run = look.trained.run.as_deref().map(Folder::at);
    let former = run.as_ref().map(record_of).transpose()?;
    let record = run.map(|run| run.run());
    let mut settings = Settings::read(look.inputs.config.as_deref().or(record.as_deref()))?;
    settings.take_inputs(&look.inputs)?;
    settings.take_images(look.images);
    if let Some(maps) = maps {
        settings.take_maps(maps);
    }
    Ok((settings.finish()?, former))
}

/// What a run's folder says of itself.
fn record_of(folder: &Folder) -> Outcome<Report> {
    let path = folder.run();
    serde_json::from_slice(&files::read(&path)?)
        .map_err(|error| Failure::Unreadable(format!("{} is no report of this version: {error}.", path.display())))
}

fn out_of(look: &Look) -> PathBuf {
    let Trained { run, .. } = &look.trained;
    look.out.clone().or_else(|| run.clone()).unwrap_or_else(|| PathBuf::from("unicam-run"))
}

fn explain(arguments: &arguments::Explain, output: &Output) -> Outcome<()> {
    Looking::begin(&arguments.look, Some(&arguments.maps), output)?.explain(&arguments.maps, false, output)
}

fn score(arguments: &Look, output: &Output) -> Outcome<()> {
    Looking::begin(arguments, None, output)?.score(output)
}

fn report(arguments: &arguments::Report, output: &Output) -> Outcome<()> {
    let look = &arguments.look;
    let given = look.trained.run.is_some() || look.trained.student.is_some();
    let mut looking = if given {
        Looking::begin(look, Some(&arguments.maps), output)?
    } else {
        let mut settings = Settings::read(look.inputs.config.as_deref())?;
        settings.take_inputs(&look.inputs)?;
        settings.take_steps(&arguments.steps)?;
        settings.take_images(look.images);
        settings.take_maps(&arguments.maps);
        let config = settings.finish()?;
        let folder = Folder::make(&out_of(look))?;
        let mut session = open(&look.inputs, &config, output)?;
        let interrupt = Interrupt::listen()?;
        let checkpoint_every = arguments.steps.checkpoint_every;
        let training = Training { config: &config, folder: &folder, output, interrupt: &interrupt, checkpoint_every };
        train_all(&training, &mut session, None, false)?;
        Looking { session, config, folder }
    };
    looking.score(output)?;
    looking.explain(&arguments.maps, true, output)?;
    let report = looking.session.report(circumstances(&looking.config));
    files::write_json(&looking.folder.file("report.json"), &report)?;
    output.say(&format!("The report is {}.", looking.folder.file("report.json").display()));
    output.emit(&report);
    Ok(())
}

/// Trains, scores and draws the maps of a whole run without pictures of them, and reports. A training of the same settings
/// that was interrupted in the folder goes on.
pub fn whole_run(config: &SessionConfig, folder: &Folder, device: &str, output: &Output) -> Outcome<Report> {
    let former = if folder.is_interrupted() { Some(record_of(folder)?) } else { None };
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
    let choice = MapChoice { layers: Vec::new(), objective: None, signed: false, no_png: true, enlarge: 1 };
    looking.explain(&choice, true, output)?;
    Ok(looking.session.report(circumstances(config)))
}
