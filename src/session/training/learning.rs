//! Runs: a Teacher, a Student beside its Base.

use std::cell::OnceCell;

use web_time::Instant;

use crate::dataset::collect::ErrorReport;
use crate::dataset::scenes::{self, ScenesConfig};
use crate::distillation::{DistillationConfig, RunConfig, Start, TeacherTrainingConfig, TrainingEvent, TrainingRun};
use crate::error::{Error, Result};
use crate::models::{NetworkConfig, Weights, kaiming};
use crate::seed::Purpose;
use crate::session::networks::model::Model;
use crate::session::record::config::WeightSource;
use crate::session::record::journal::digest_of_bytes;
use crate::session::record::report::{NetworkRecord, TrainingLog};
use crate::session::state::{Session, not_ready};
use crate::session::training::running::Running;
use crate::session::training::timeline::{MissingPoint, Timeline, TimelineConfig, TimelinePoint};
use crate::session::training::watch::Watch;

impl Session {
    /// Begins to train a Teacher, from random weights or from those that were given. On the Scenes it learns from pictures whose backgrounds tell
    /// nothing, whatever the dial: a Teacher that knows better is the point of the data set.
    ///
    /// # Errors
    /// [`crate::Error::InvalidConfig`], [`crate::Error::NotReady`], [`crate::Error::StepTooLarge`];
    /// [`crate::Error::WeightsMismatch`] when the given start is of another network.
    pub fn start_teacher(&mut self, config: &TeacherTrainingConfig) -> Result<()> {
        self.running = Some(self.teacher_run(config)?);
        Ok(())
    }

    pub(in crate::session) fn teacher_run(&self, config: &TeacherTrainingConfig) -> Result<Running> {
        let mut own = match &self.scenes {
            Some(scenes) => Some(scenes::render(&ScenesConfig { background_dial: 0.0, ..scenes.clone() })?),
            None => None,
        };
        if let Some(data) = &mut own {
            // As the Teacher will see them.
            (data.train.normalisation, data.test.normalisation) = (self.normalisation, self.normalisation);
        }
        let data = match &own {
            Some(data) => data,
            None => self.data()?,
        };
        let network = config.network.for_classes(data.train.class_names.len());
        network.validate()?;
        network.architecture.check_pictures(data.train.width, data.train.height)?;
        config.optimiser.validate()?;
        // Before the first large allocation.
        let steps = vec![self.step_of_teacher(config)?];
        let memory = self.memory_for(&steps)?;
        self.make_room();
        let (seed, purpose) = (config.optimiser.seed, Purpose::TeacherInit);
        let given = self.teacher_start.clone().filter(|_| config.start == Start::Given);
        let start = match (config.start, &given) {
            (Start::Random, _) => kaiming(&network, seed, purpose),
            (Start::Given, Some(given)) => given.weights.with_classifier_of(&network, seed, purpose),
            (Start::Given, None) => return Err(not_ready("Give the Teacher's starting weights")),
        };
        let mut run = TrainingRun::teacher(config, network, &start, &data.train, &self.device)?;
        run.set_memory(memory);
        let config = RunConfig::Teacher(config.clone());
        Ok(Running {
            run,
            network,
            config,
            steps,
            reports: 0,
            data: own,
            start: given,
            log: TrainingLog { memory, ..TrainingLog::default() },
            provenance: OnceCell::new(),
            resumed: None,
            watch: None,
        })
    }

    /// Begins to distil a Student beside its Base, through the recipe's assistants.
    ///
    /// # Errors
    /// [`crate::Error::InvalidConfig`], [`crate::Error::NotReady`]; [`crate::Error::WeightsMismatch`] when the given start
    /// is of another network; [`crate::Error::NoSuchLayer`] when a loss asks for a stage that the networks do not share;
    /// [`crate::Error::StepTooLarge`].
    pub fn start_distillation(&mut self, config: &DistillationConfig) -> Result<()> {
        self.running = Some(self.distillation_run(config)?);
        self.point = None;
        Ok(())
    }

    /// As [`start_distillation`](Self::start_distillation), and watches a few pictures on the way: see [`Timeline`]. The
    /// networks learn the same as without. Where the test pictures allow no scores, the timeline says so and stays empty.
    ///
    /// # Errors
    /// As above; [`crate::Error::NoSuchLayer`] and [`crate::Error::NoMatchingLayer`] for the layer that is watched.
    pub fn start_watched(&mut self, config: &DistillationConfig, timeline: &TimelineConfig) -> Result<()> {
        let mut running = self.distillation_run(config)?;
        self.begin_watch(&mut running, timeline)?;
        self.running = Some(running);
        self.point = None;
        Ok(())
    }

    /// Settles what is watched, unless nothing is.
    pub(in crate::session) fn begin_watch(&self, running: &mut Running, timeline: &TimelineConfig) -> Result<()> {
        let (RunConfig::Distillation(recipe), Some(teacher)) = (&running.config, &self.teacher) else { return Ok(()) };
        timeline.settings.validate()?;
        if timeline.settings.pictures == 0 {
            return Ok(());
        }
        match Watch::new(timeline, recipe, &running.network, &teacher.config, &self.data()?.test) {
            Ok((watch, begun)) => {
                running.watch = Some(watch);
                running.log.timeline = Some(begun);
                Ok(())
            }
            // Of the pictures, and no reason not to learn from them.
            Err(Error::TooFewImages { .. } | Error::OneClassOnly { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The point that the last call of [`next`](Self::next) made, once.
    pub fn take_point(&mut self) -> Option<TimelinePoint> {
        self.point.take()
    }

    /// The timeline of the run under way, or of the last one that came to its end; nothing where it is not watched.
    #[must_use]
    pub fn timeline(&self) -> Option<&Timeline> {
        match &self.running {
            Some(running) => running.log.timeline.as_ref(),
            None => self.journal.timeline(),
        }
    }

    pub(in crate::session) fn distillation_run(&self, config: &DistillationConfig) -> Result<Running> {
        config.validate()?;
        let data = self.data()?;
        let teacher = self.teacher.as_ref().ok_or_else(|| not_ready("Choose or train a Teacher"))?;
        let network = config.student.for_classes(data.train.class_names.len());
        network.validate()?;
        let steps = self.steps_of_distillation(config)?;
        let memory = self.memory_for(&steps)?;
        self.make_room();
        let given = self.start.clone().filter(|_| config.start == Start::Given);
        let start = self.first_weights(config, &network)?;
        let mut run =
            TrainingRun::distillation(config, network, &start, teacher.network.clone(), &data.train, &self.device)?;
        run.set_memory(memory);
        let config = RunConfig::Distillation(config.clone());
        Ok(Running {
            run,
            network,
            config,
            steps,
            reports: 0,
            data: None,
            start: given,
            log: TrainingLog { memory, ..TrainingLog::default() },
            provenance: OnceCell::new(),
            resumed: None,
            watch: None,
        })
    }

    /// What Student and Base begin with.
    pub(in crate::session) fn first_weights(
        &self,
        config: &DistillationConfig,
        network: &NetworkConfig,
    ) -> Result<Weights> {
        let (seed, purpose) = (config.optimiser.seed, Purpose::StudentInit);
        match (config.start, &self.start) {
            (Start::Random, _) => Ok(kaiming(network, seed, purpose)),
            (Start::Given, Some(given)) => Ok(given.weights.with_classifier_of(network, seed, purpose)),
            (Start::Given, None) => Err(not_ready("Give the Student's starting weights")),
        }
    }

    /// Makes the run's next step. Not asking pauses it. With [`TrainingEvent::Finished`] the trained networks take the
    /// place of the former ones; nothing when no run is under way.
    ///
    /// # Errors
    /// [`crate::Error::NotFinite`] or [`crate::Error::DeviceFailed`]; the run is over then, and the former networks are
    /// kept.
    pub async fn next(&mut self) -> Result<Option<TrainingEvent>> {
        let Some(mut running) = self.running.take() else { return Ok(None) };
        let begun = Instant::now();
        let event = {
            let data = match &running.data {
                Some(data) => data,
                None => self.data()?,
            };
            running.run.next(data).await?
        };
        if let Some(event) = &event {
            running.log.note(event);
            if let TrainingEvent::Report { images_per_second, .. } = event {
                self.note_pace(&mut running, *images_per_second);
            }
        }
        if let Some(timeline) = &mut running.log.timeline {
            timeline.training_seconds += begun.elapsed().as_secs_f64();
        }
        self.point = self.look_on(&mut running).await?;
        if let Some(TrainingEvent::Finished { student, base, assistants, .. }) = &event {
            self.take_trained(running, *student, base.unwrap_or_default(), assistants).await?;
        } else {
            self.running = Some(running);
        }
        Ok(event)
    }

    /// Notes how fast the device is at what a run makes, for the plans of those to come; as long as it makes all of it.
    fn note_pace(&mut self, running: &mut Running, images_per_second: f64) {
        if running.run.has_spared_the_teacher() {
            return;
        }
        let step = running.steps[running.run.place()];
        let multiply_adds = step.plan(running.log.memory).multiply_adds as f64;
        let rate = multiply_adds * images_per_second / step.batch as f64;
        self.rates.note_run(self.device_report.kind, rate, running.reports == 0);
        running.reports += 1;
    }

    /// Makes a point of the timeline if one is due. A point that cannot be made is noted, and the learning goes on.
    async fn look_on(&self, running: &mut Running) -> Result<Option<TimelinePoint>> {
        let Running { run, watch: Some(watch), log: TrainingLog { timeline: Some(timeline), .. }, .. } = running else {
            return Ok(None);
        };
        let Some(step) = run.paired_steps() else { return Ok(None) };
        if !watch.is_due(step, timeline) {
            return Ok(None);
        }
        let teacher = self.teacher.as_ref().ok_or_else(|| not_ready("Choose or train a Teacher"))?;
        let begun = Instant::now();
        let pair = run.paired().expect("there are steps of the two");
        let looked = watch.look(pair, timeline, teacher, &self.data()?.test, &self.device).await;
        timeline.seconds += begun.elapsed().as_secs_f64();
        match looked {
            Ok(point) => {
                timeline.points.push(point.clone());
                Ok(Some(point))
            }
            Err(error @ Error::DeviceFailed { .. }) => Err(error),
            Err(error) => {
                timeline.missing.push(MissingPoint { step, error: ErrorReport::from(&error) });
                Ok(None)
            }
        }
    }

    /// Puts the networks of a finished run in the place of the former ones, with their accuracies.
    async fn take_trained(&mut self, running: Running, student: f64, base: f64, assistants: &[f64]) -> Result<()> {
        let Running { run, network, config, start, log, .. } = running;
        let finished = run.finish().await?;
        self.make_room();
        if matches!(config, RunConfig::Distillation(_)) {
            self.settle_teacher().await?;
        }
        let model = |weights| Model::of(network, weights, &self.device);
        let record = |model: &Model, accuracy| -> Result<NetworkRecord> {
            let digest = digest_of_bytes(&model.export()?);
            Ok(NetworkRecord { source: WeightSource::Trained, digest, summary: model.report(accuracy) })
        };
        let trained = model(finished.student)?;
        let note = record(&trained, student)?;
        match config {
            RunConfig::Teacher(config) => {
                self.forget_students();
                self.teacher = Some(trained);
                self.journal.note_teacher(note, Some((config, log)));
                self.journal.teacher_start = start.map(|start| start.record);
            }
            RunConfig::Distillation(config) => {
                let twin = finished.base.map(model).transpose()?;
                let twin_note = twin.as_ref().map(|twin| record(twin, base)).transpose()?;
                let between = finished.assistants.into_iter();
                let between = between.map(|(network, weights)| Model::of(network, weights, &self.device));
                let between = between.collect::<Result<Vec<_>>>()?;
                let between_notes = between.iter().zip(assistants).map(|(model, accuracy)| record(model, *accuracy));
                let between_notes = between_notes.collect::<Result<Vec<_>>>()?;
                self.end_looking();
                self.student = Some(trained);
                self.base = twin;
                self.assistants = between;
                self.journal.note_students(note, twin_note, between_notes, config, log);
                (self.began_with, self.journal.start) = start.map(|start| (start.weights, start.record)).unzip();
            }
        }
        Ok(())
    }

    /// Ends the run under way; the networks from before it are kept.
    pub fn cancel(&mut self) {
        self.running = None;
        self.make_room();
    }
}
