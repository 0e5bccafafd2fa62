//! The commands, one function each.

use std::process::ExitCode;

use clap::Parser;
use pollster::block_on;
use unicam::session::Report;

use crate::arguments::{self, Arguments, Command, Look, Voice};
use crate::failure::{Failure, Outcome};
use crate::folder::Folder;
use crate::inputs::open;
use crate::interrupt::Interrupt;
use crate::looking::{Looking, out_of};
use crate::output::Output;
use crate::settings::{Settings, circumstances};
use crate::training::Training;
use crate::whole_run::train_all;
use crate::{evidence, files, replay};

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
        Command::Check(check) => check.look.voice,
        Command::Report(report) => report.look.voice,
        Command::Replay(replay) => replay.voice,
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
        Command::Check(arguments) => check(&arguments, output),
        Command::Report(arguments) => report(&arguments, output),
        Command::Replay(arguments) => replay::replay(&arguments, output),
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
    let former = if arguments.resume { Some(folder.record()?) } else { None };
    let config = match &former {
        Some(_) => Settings::read(Some(&folder.run()))?.finish()?,
        None => {
            let mut settings = Settings::read(arguments.inputs.config.as_deref())?;
            settings.take_inputs(&arguments.inputs)?;
            settings.take_steps(&arguments.steps)?;
            settings.finish()?
        }
    };
    if !arguments.teacher_only && config.timeline.pictures > 0 {
        config.reference.validate()?;
    }
    let mut session = open(&arguments.inputs, &config, output)?;
    let interrupt = Interrupt::listen()?;
    let checkpoint_every = arguments.steps.checkpoint_every;
    let training = Training { config: &config, folder: &folder, output, interrupt: &interrupt, checkpoint_every };
    train_all(&training, &mut session, former.as_ref(), arguments.teacher_only)?;
    output.say(&format!("Weights, settings and metrics are in {}.", folder.name()));
    output.emit(&session.report(circumstances(&config)));
    Ok(())
}

fn explain(arguments: &arguments::Explain, output: &Output) -> Outcome<()> {
    Looking::begin(&arguments.look, Some(&arguments.maps.stages), output)?.explain(&arguments.maps, false, output)
}

fn score(arguments: &Look, output: &Output) -> Outcome<()> {
    Looking::begin(arguments, None, output)?.score(output)
}

fn check(arguments: &arguments::Check, output: &Output) -> Outcome<()> {
    Looking::begin(&arguments.look, Some(&arguments.stages), output)?.check(false, output)
}

fn report(arguments: &arguments::Report, output: &Output) -> Outcome<()> {
    let look = &arguments.look;
    let given = look.trained.run.is_some() || look.trained.student.is_some();
    let mut looking = if given {
        let mut looking = Looking::begin(look, Some(&arguments.maps.stages), output)?;
        if let (Some(run), Some(_)) = (&look.trained.run, &arguments.bundle) {
            looking.take_origins(&Folder::at(run), output)?;
        }
        looking
    } else {
        let mut settings = Settings::read(look.inputs.config.as_deref())?;
        settings.take_inputs(&look.inputs)?;
        settings.take_steps(&arguments.steps)?;
        settings.take_images(look.images);
        settings.take_stages(&arguments.maps.stages);
        let config = settings.finish()?;
        config.reference.validate()?;
        let folder = Folder::make(&out_of(look))?;
        let mut session = open(&look.inputs, &config, output)?;
        let interrupt = Interrupt::listen()?;
        let checkpoint_every = arguments.steps.checkpoint_every;
        let training = Training { config: &config, folder: &folder, output, interrupt: &interrupt, checkpoint_every };
        train_all(&training, &mut session, None, false)?;
        interrupt.release();
        Looking { session, config, folder }
    };
    looking.score(output)?;
    looking.explain(&arguments.maps, true, output)?;
    if arguments.check {
        looking.check(true, output)?;
    }
    let report = looking.session.report(circumstances(&looking.config));
    files::write_json(&looking.folder.file("report.json"), &report)?;
    if let Some(path) = &arguments.bundle {
        let bundle = block_on(looking.session.bundle(circumstances(&looking.config)))?;
        files::write(path, &bundle)?;
        output.say(&format!("The bundle is {}.", path.display()));
    }
    output.say(&format!("The report is {}.", looking.folder.file("report.json").display()));
    output.emit(&report);
    Ok(())
}
