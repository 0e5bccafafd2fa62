//! Trained networks to look at: their maps and their scores.

use std::path::{Path, PathBuf};

use pollster::block_on;
use unicam::Error;
use unicam::distillation::Start;
use unicam::session::{
    ExplainConfig, Part, Report, Role, ScoreConfig, ScoringEvent, ScoringStage, Session, SessionConfig, StartRecord,
    WeightSource, digest_of_bytes,
};

use crate::arguments::{Look, MapChoice, Stages, Trained};
use crate::failure::{Failure, Outcome};
use crate::folder::Folder;
use crate::inputs::{open, take_start, take_teacher};
use crate::output::{Output, Progress};
use crate::settings::{Settings, circumstances};
use crate::{files, maps, tables};

/// A session with trained networks, its settings, and the folder for what comes of it.
pub struct Looking {
    /// With its networks loaded or trained.
    pub session: Session,
    /// The settings.
    pub config: SessionConfig,
    /// Where results go.
    pub folder: Folder,
}

impl Looking {
    /// Loads the networks that the arguments name.
    pub fn begin(look: &Look, stages: Option<&Stages>, output: &Output) -> Outcome<Self> {
        let (config, former) = settings_of(look, stages)?;
        let folder = Folder::make(&out_of(look))?;
        // The run's own record has what is worth knowing of its pictures and its Teacher.
        let opening = &output.results_only();
        let mut session = open(&look.inputs, &config, opening)?;
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
            _ => take_teacher(&mut session, &config, opening)?,
        }
        let [student, base] = block_on(session.load_students(&student, &base))?;
        output.say(&format!("Student: {}, accuracy {:.3}; Base {:.3}.", student.name, student.accuracy, base.accuracy));
        if let Some(former) = &former {
            session.take_over(former);
        }
        Ok(Self { session, config, folder })
    }

    /// Takes what a bundle holds beside the three networks: the start and the assistants that the record of `run` tells of.
    /// What is not to be had is told now, before the scores and maps.
    pub fn take_origins(&mut self, run: &Folder, output: &Output) -> Outcome<()> {
        // Empty of both where the networks are others than the record's.
        let told = self.session.report(circumstances(&self.config));
        match told.start.filter(|_| told.config.distillation.start == Start::Given) {
            Some(StartRecord { source: WeightSource::Shipped, .. }) => self.session.use_shipped_start()?,
            Some(_) => take_start(&mut self.session, &self.config, &output.results_only())?,
            None => {}
        }
        let assistants = told.assistants.iter().enumerate().map(|(place, record)| {
            let path = run.weights(Role::Assistant(place + 1));
            let bytes = files::read(&path)?;
            if digest_of_bytes(&bytes) == record.digest {
                return Ok(bytes);
            }
            Err(Failure::Unreadable(format!("{} is not the assistant that the run's record tells of.", path.display())))
        });
        self.session.load_assistants(&assistants.collect::<Outcome<Vec<_>>>()?)?;
        Ok(self.session.check_bundle()?)
    }

    /// Scores every layer.
    pub fn score(&mut self, output: &Output) -> Outcome<()> {
        let config = ScoreConfig::with(self.config.reference, self.config.scores.clone());
        self.session.start_scoring(&config)?;
        let mut bar: Option<(ScoringStage, Progress)> = None;
        let scores = loop {
            match block_on(self.session.next_scores())? {
                Some(ScoringEvent::Progress { stage, done, total }) => {
                    if bar.as_ref().is_none_or(|(shown, _)| *shown != stage) {
                        let (title, unit) = words(stage);
                        if let Some((_, former)) = bar.replace((stage, output.bar(title, unit, total))) {
                            former.end();
                        }
                    }
                    if let Some((_, bar)) = &mut bar {
                        bar.at(done);
                    }
                }
                Some(ScoringEvent::Finished { report }) => break report,
                None => return Err(Error::NotReady { needed: "Begin the scores".to_owned() }.into()),
            }
        };
        if let Some((_, bar)) = bar {
            bar.end();
        }
        self.session.check_pictures()?;
        files::write_json(&self.folder.file("scores.json"), &scores)?;
        output.print(&tables::scores(&scores));
        output.emit(&scores);
        Ok(())
    }

    /// Draws the wished layers; with `lenient`, a layer that fails is noted and the others go on.
    pub fn explain(&mut self, choice: &MapChoice, lenient: bool, output: &Output) -> Outcome<()> {
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
                Err(error) => {
                    self.forgive(&format!("maps of layer {layer}"), error, lenient, output)?;
                    continue;
                }
            };
            self.session.check_pictures()?;
            let folder = self.folder.file("maps").join(&explanation.report.layer);
            let images = self.session.part(Part::Test)?;
            let mut bar = output.bar(&explanation.report.layer, "image", explanation.report.n);
            maps::write(&explanation, images, &folder, enlarge, |done| bar.at(done))?;
            bar.end();
            output.say(&format!("Maps of {} are in {}.", explanation.report.layer, folder.display()));
            output.emit(&explanation.report);
        }
        Ok(())
    }

    /// Notes with `lenient` that `step` failed, else ends the command.
    pub fn forgive(&mut self, step: &str, error: Error, lenient: bool, output: &Output) -> Outcome<()> {
        if !lenient {
            return Err(error.into());
        }
        output.say(&format!("No {step}: {error}"));
        self.session.note_failure(step, &error);
        Ok(())
    }

    /// The layers that are asked for, counted from 1; all of the Student's where none is named.
    pub fn layers(&self) -> Vec<usize> {
        if !self.config.maps.layers.is_empty() {
            return self.config.maps.layers.clone();
        }
        (1..=self.session.student_layers().len()).collect()
    }
}

/// What a bar says of a stage, and what it counts.
fn words(stage: ScoringStage) -> (&'static str, &'static str) {
    match stage {
        ScoringStage::Prototypes => ("Class means", "batch"),
        ScoringStage::Distances => ("Distances", "block"),
        ScoringStage::Draws => ("Uncertainty", "draw"),
    }
}

/// The settings of the run, the file and the flags, each over the one before, and the run's own record.
fn settings_of(look: &Look, stages: Option<&Stages>) -> Outcome<(SessionConfig, Option<Report>)> {
    let run = look.trained.run.as_deref().map(Folder::at);
    let former = run.as_ref().map(Folder::record).transpose()?;
    let record = run.map(|run| run.run());
    let mut settings = Settings::read(look.inputs.config.as_deref().or(record.as_deref()))?;
    settings.take_inputs(&look.inputs)?;
    settings.take_images(look.images);
    if let Some(stages) = stages {
        settings.take_stages(stages);
    }
    let config = settings.finish()?;
    // Whoever chooses stages draws or checks maps; scores alone may be of more pictures.
    if stages.is_some() {
        config.reference.validate()?;
    }
    Ok((config, former))
}

/// Where the results of a command go.
pub fn out_of(look: &Look) -> PathBuf {
    let Trained { run, .. } = &look.trained;
    look.out.clone().or_else(|| run.clone()).unwrap_or_else(|| PathBuf::from("unicam-run"))
}
