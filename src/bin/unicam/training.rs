//! Training with a bar, a line of metrics for every event, and checkpoints.

use std::time::Duration;

use pollster::block_on;
use unicam::distillation::{RunConfig, TrainingEvent};
use unicam::session::{Role, RunPlan, Session, SessionConfig};

use crate::failure::{Failure, Outcome};
use crate::files;
use crate::folder::{Checkpoint, Folder};
use crate::interrupt::Interrupt;
use crate::metrics::Metrics;
use crate::output::Output;
use crate::settings::circumstances;

/// Everything that a training of this program touches beside the session.
pub struct Training<'a> {
    pub config: &'a SessionConfig,
    pub folder: &'a Folder,
    pub output: &'a Output,
    pub interrupt: &'a Interrupt,
    /// Steps between two checkpoints.
    pub checkpoint_every: u64,
}

impl Training<'_> {
    /// Trains a Teacher and writes its weights; goes on from its checkpoint, if there is one.
    pub fn teacher(&self, session: &mut Session) -> Outcome<()> {
        self.run(session, &RunConfig::Teacher(self.config.teacher.clone()))?;
        self.export(session, &[Role::Teacher])
    }

    /// Distils a Student beside its Base and writes the weights; goes on from its checkpoint, if there is one.
    pub fn students(&self, session: &mut Session) -> Outcome<()> {
        self.run(session, &RunConfig::Distillation(self.config.distillation.clone()))?;
        let assistants = (1..=self.config.distillation.assistants.len()).map(Role::Assistant);
        let roles: Vec<Role> = [Role::Teacher, Role::Student, Role::Base].into_iter().chain(assistants).collect();
        self.export(session, &roles)
    }

    /// Writes what is known of the run.
    pub fn write_record(&self, session: &Session) -> Outcome<()> {
        files::write_json(&self.folder.run(), &session.report(circumstances(self.config)))
    }

    fn run(&self, session: &mut Session, recipe: &RunConfig) -> Outcome<()> {
        let (name, title, steps) = match recipe {
            RunConfig::Teacher(config) => ("teacher", "Teacher", config.optimiser.steps),
            RunConfig::Distillation(config) => ("distillation", "Distil", config.optimiser.steps),
        };
        let place = self.folder.checkpoint(name);
        let mut metrics = Metrics::open(&self.folder.file("metrics.jsonl"), name)?;
        if let Some(Checkpoint { metrics: length, run }) = Checkpoint::read(&place)? {
            session.resume(recipe, &run)?;
            metrics.cut(length)?;
            self.output.say(&format!("{title}: going on from {}.", place.display()));
        } else {
            let plan = match recipe {
                RunConfig::Teacher(config) => session.plan_teacher(config)?,
                RunConfig::Distillation(config) => session.plan_distillation(config)?,
            };
            match recipe {
                RunConfig::Teacher(config) => session.start_teacher(config)?,
                RunConfig::Distillation(config) => session.start_watched(config, &self.config.timeline_config())?,
            }
            self.output.say(&format!("{title}: {}", planned(&plan)));
            // From the first step on there is something to go on from, and a mark that the run has not ended.
            let run = block_on(session.checkpoint())?;
            Checkpoint { metrics: metrics.length(), run }.write(&place)?;
        }
        let mut bar = self.output.bar(title, "step", steps);
        let mut unsaved = 0;
        while let Some(event) = block_on(session.next())? {
            bar.show(&event);
            if !matches!(event, TrainingEvent::Step { .. } | TrainingEvent::Evaluating { .. }) {
                let line = metrics.add(&event)?;
                self.output.emit(&line);
            }
            if matches!(event, TrainingEvent::Finished { .. }) {
                break;
            }
            unsaved += u64::from(matches!(event, TrainingEvent::Step { .. } | TrainingEvent::Report { .. }));
            if unsaved >= self.checkpoint_every || self.interrupt.asked() {
                let run = block_on(session.checkpoint())?;
                Checkpoint { metrics: metrics.length(), run }.write(&place)?;
                unsaved = 0;
            }
            if self.interrupt.asked() {
                bar.end();
                return Err(Failure::Interrupted(format!(
                    "Interrupted. Go on with: unicam train --resume --out {}",
                    self.folder.name()
                )));
            }
        }
        bar.end();
        Ok(())
    }

    /// Writes the weights, then the record, then forgets the checkpoint: whatever is cut off, the next start finds its way.
    fn export(&self, session: &Session, roles: &[Role]) -> Outcome<()> {
        for &role in roles {
            files::write(&self.folder.weights(role), &session.export_weights(role)?)?;
        }
        self.write_record(session)?;
        let name = if roles.contains(&Role::Student) { "distillation" } else { "teacher" };
        files::remove(&self.folder.checkpoint(name))
    }
}

/// What a run takes, in a sentence; its time only where a pace was measured.
fn planned(plan: &RunPlan) -> String {
    let sums = plan.step.multiply_adds as f64 / 1e9;
    let memory = plan.step.bytes.div_ceil(1 << 20);
    let time = plan.seconds.map(|seconds| {
        let time = humantime::format_duration(Duration::from_secs(seconds.round() as u64));
        format!("; {} steps take about {time}", plan.steps)
    });
    format!("a step computes {sums:.1} G multiply-adds and holds about {memory} MiB{}.", time.unwrap_or_default())
}
