//! The training loop, pulled from outside one step at a time.
//!
//! Whoever holds a [`TrainingRun`] decides when the next step happens: not asking is a pause, dropping it is a cancel.

use burn::tensor::{Device, Tensor};
use web_time::Instant;

use super::batches::{Batches, labelled};
use super::link::{Link, Team, chain, sample};
use super::pace::Pace;
use super::{
    DistillationConfig, Evaluation, Guide, Losses, Memory, TeacherTrainingConfig, TermLoss, Trained, TrainingEvent,
    shifts,
};
use crate::dataset::{Dataset, LabelledImages};
use crate::error::{Error, Result};
use crate::models::{Network, NetworkConfig, Weights};
use crate::operations::flat::Layout;
use crate::tensors::layout::pictures;
use crate::tensors::readback::read_all;

/// Numbers in a [`super::StepOutcome`] beside the losses of the guide.
const FIGURES: usize = 3;

/// Held-out pictures by which two devices are compared.
const TRIAL_PICTURES: usize = 8;

/// What a run leaves behind.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Weights of the Student, or of the Teacher that was trained.
    pub student: Weights,
    /// Weights of the Base, where there was one.
    pub base: Option<Weights>,
    /// The assistants, the Teacher's own pupil first.
    pub assistants: Vec<(NetworkConfig, Weights)>,
}

/// Student and Base between two steps, in evaluation mode.
#[derive(Debug, Clone)]
pub struct Paired {
    /// Steps done.
    pub step: usize,
    /// The Student.
    pub student: Network,
    /// Its twin.
    pub base: Network,
}

/// Accuracies of the last evaluation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Accuracies {
    pub student: f64,
    pub base: Option<f64>,
}

/// A run under way: a distillation with its Base, through any number of assistants, or the training of a Teacher.
pub struct TrainingRun {
    pub(super) links: Vec<Link>,
    /// Which link is under way, counted from 0.
    pub(super) current: usize,
    pub(super) team: Team,
    pub(super) batches: Batches,
    pub(super) done: usize,
    /// Figures of steps that no report has told yet.
    pub(super) unread: Vec<Tensor<1>>,
    pub(super) evaluation: Option<Evaluation>,
    pub(super) teacher_accuracy: Option<f64>,
    pub(super) accuracies: Option<Accuracies>,
    /// Weights and accuracies of the assistants that are done.
    pub(super) assistants: Vec<(Weights, f64)>,
    announced: bool,
    ended: bool,
    pub(super) pace: Pace,
    pub(super) memory: Memory,
    pub(super) device: Device,
}

impl TrainingRun {
    /// A distillation: Student and Base from the same `start`, the Teacher frozen in evaluation mode; assistants are
    /// trained before them, one after the other.
    ///
    /// `device` is the plain device, without autodiff; `teacher` lives on it.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`]; [`Error::WeightsMismatch`] when `start` is of another network; [`Error::NoSuchLayer`]
    /// when a loss asks for a stage that two networks do not share.
    pub fn distillation(
        config: &DistillationConfig,
        student: NetworkConfig,
        start: &Weights,
        teacher: Network,
        images: &LabelledImages,
        device: &Device,
    ) -> Result<Self> {
        config.validate()?;
        let links = chain(config, student, start);
        for link in &links {
            link.network.validate()?;
        }
        let sample = || sample(images, links[0].optimiser.seed, device);
        let guide = Guide::new(teacher, config.alpha, config.terms.clone(), sample);
        let team = Team::of(&links[0], Some(guide), images, device)?;
        Ok(Self::new(links, team, images, device))
    }

    /// Training of a Teacher by cross-entropy from `start`.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`], or [`Error::WeightsMismatch`] when `start` is of another network.
    pub fn teacher(
        config: &TeacherTrainingConfig,
        network: NetworkConfig,
        start: &Weights,
        images: &LabelledImages,
        device: &Device,
    ) -> Result<Self> {
        config.optimiser.validate()?;
        let optimiser = config.optimiser.clone();
        let link = Link { trains: Trained::Teacher, network, optimiser, start: start.clone() };
        let team = Team::of(&link, None, images, device)?;
        Ok(Self::new(vec![link], team, images, device))
    }

    fn new(links: Vec<Link>, team: Team, images: &LabelledImages, device: &Device) -> Self {
        let first = &links[0].optimiser;
        let mut run = Self {
            batches: Batches::new(images.len(), first.batch_size, first.seed),
            links,
            current: 0,
            team,
            done: 0,
            unread: Vec::new(),
            evaluation: None,
            teacher_accuracy: None,
            accuracies: None,
            assistants: Vec::new(),
            announced: false,
            ended: false,
            pace: Pace::default(),
            memory: Memory::default(),
            device: device.clone(),
        };
        run.begin_evaluation();
        run
    }

    /// Says how much of a step may be held in memory. It is no part of the recipe: the numbers stay what they were.
    pub fn set_memory(&mut self, memory: Memory) {
        self.memory = memory;
        self.team.set_memory(memory);
    }

    /// The link under way.
    pub(super) fn link(&self) -> &Link {
        &self.links[self.current]
    }

    /// Makes one step or classifies one batch of test pictures, and tells what happened; nothing once all is told.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when a loss has diverged; [`Error::DeviceFailed`] when a read fails; for the next link of a
    /// chain those of [`distillation`](Self::distillation).
    pub async fn next(&mut self, data: &Dataset) -> Result<Option<TrainingEvent>> {
        if self.ended {
            return Ok(None);
        }
        let begun = Instant::now();
        let (step, steps) = (self.done, self.link().optimiser.steps);
        let event = if self.links.len() > 1 && !self.announced {
            self.announced = true;
            self.announcement()
        } else if self.evaluation.is_some() {
            self.evaluate(data).await?
        } else if step < steps {
            self.make_step(data).await?
        } else if self.current + 1 < self.links.len() {
            self.advance(data).await?;
            self.announcement()
        } else {
            self.ended = true;
            let Accuracies { student, base } = self.tested();
            let assistants = self.assistants.iter().map(|(_, accuracy)| *accuracy).collect();
            let gain = base.map(|base| student - base);
            TrainingEvent::Finished { assistants, step, steps, student, base, gain, teacher: self.teacher_accuracy }
        };
        self.pace.computed(begun.elapsed().as_secs_f64());
        Ok(Some(event))
    }

    /// Steps that Student and Base have done; nothing while an assistant or a Teacher is trained.
    #[must_use]
    pub fn paired_steps(&self) -> Option<usize> {
        (self.link().trains == Trained::Student && self.team.has_base()).then_some(self.done)
    }

    /// Student and Base as they are now; nothing while an assistant or a Teacher is trained. Looking at them changes nothing.
    #[must_use]
    pub fn paired(&self) -> Option<Paired> {
        let step = self.paired_steps()?;
        let mut both = self.team.snapshots().into_iter();
        let (student, base) = (both.next()?, both.next()?);
        Some(Paired { step, student, base })
    }

    /// Which link is under way, counted from 0.
    #[must_use]
    pub fn place(&self) -> usize {
        self.current
    }

    /// Steps done of the link under way.
    #[must_use]
    pub fn step(&self) -> usize {
        self.done
    }

    /// Whether the Teacher of the link under way was spared some pictures that it had answered before: its steps take less
    /// time than their plan has, then.
    #[must_use]
    pub fn has_spared_the_teacher(&self) -> bool {
        self.team.has_remembered()
    }

    /// Logits of everyone under training for a few held-out pictures: what tells whether another device computes the same
    /// networks alike. Asking changes nothing.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`] when the read fails.
    pub async fn trial_answers(&self, data: &Dataset) -> Result<Vec<f32>> {
        let indices: Vec<usize> = (0..data.test.len().min(TRIAL_PICTURES)).collect();
        let batch = pictures(&data.test, &indices, &[], &self.device);
        let logits = |network: Network| network.answers(batch.clone()).flatten(0, 1);
        Ok(read_all(self.team.snapshots().into_iter().map(logits).collect()).await?.concat())
    }

    /// The trained weights, read back from the device.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`] when the read fails.
    pub async fn finish(self) -> Result<Finished> {
        let mut weights = self.team.weights().await?.into_iter();
        let student = weights.next().expect("something was trained");
        let networks = self.links.iter().map(|link| link.network);
        let assistants = networks.zip(self.assistants).map(|(network, (weights, _))| (network, weights)).collect();
        Ok(Finished { student, base: weights.next(), assistants })
    }

    fn announcement(&self) -> TrainingEvent {
        let link = self.link();
        TrainingEvent::Link {
            number: self.current + 1,
            of: self.links.len(),
            trains: link.trains,
            network: link.network.name(),
        }
    }

    fn tested(&self) -> Accuracies {
        self.accuracies.expect("evaluated before the first and after the last step")
    }

    /// Makes the network that was trained the Teacher of the next one.
    async fn advance(&mut self, data: &Dataset) -> Result<()> {
        let weights = self.team.weights().await?.swap_remove(0);
        let accuracy = self.tested().student;
        let guide = self.team.guide.take().expect("only distillations have links");
        // Built from the weights that were read, as a resumed run builds it.
        let network = Network::from_weights(&self.link().network, &weights, &self.device)?;
        self.assistants.push((weights, accuracy));
        self.current += 1;
        let link = &self.links[self.current];
        let sample = || sample(&data.train, link.optimiser.seed, &self.device);
        let guide = Guide::new(network, guide.alpha(), guide.terms().to_vec(), sample);
        self.team = Team::of(link, Some(guide), &data.train, &self.device)?;
        self.team.set_memory(self.memory);
        self.batches = Batches::new(data.train.len(), link.optimiser.batch_size, link.optimiser.seed);
        self.done = 0;
        self.accuracies = None;
        self.pace = Pace::default();
        self.begin_evaluation();
        Ok(())
    }

    async fn make_step(&mut self, data: &Dataset) -> Result<TrainingEvent> {
        let recipe = &self.links[self.current].optimiser;
        let indices = self.batches.next_batch();
        let moved = shifts(recipe, self.done, indices.len(), (data.train.height, data.train.width));
        let (batch, targets) = labelled(&data.train, &indices, &moved, &self.device);
        data.train.pixels.check()?;
        let rate = recipe.rate_after(self.done);
        let parts = recipe.parts_of(indices.len());
        let shown: Vec<_> = indices.into_iter().zip(moved).collect();
        let answers = self.team.answers(&data.train, &batch, &shown).await?;
        self.unread.extend(self.team.step(&batch, &targets, answers, parts, rate));
        self.done += 1;
        let (step, steps, report_every) = (self.done, recipe.steps, recipe.report_every);
        if step.is_multiple_of(recipe.evaluate_every) || step == steps {
            self.begin_evaluation();
        }
        if !step.is_multiple_of(report_every) && step != steps {
            return Ok(TrainingEvent::Step { step, steps });
        }
        let (student, base) = self.read_losses().await?;
        let (per_second, seconds_left) = self.pace.estimate(step, steps);
        let images_per_second = per_second * self.batches.size() as f64;
        Ok(TrainingEvent::Report { step, steps, learning_rate: rate, student, base, images_per_second, seconds_left })
    }

    /// Figures that a step leaves unread.
    pub(super) fn figures_of_a_step(&self) -> usize {
        let terms = self.team.guide.as_ref().map_or(0, |guide| guide.names().len());
        FIGURES + terms + if self.team.has_base() { FIGURES } else { 0 }
    }

    async fn read_losses(&mut self) -> Result<(Losses, Option<Losses>)> {
        let unread = std::mem::take(&mut self.unread);
        let figures = Layout::dense(unread.iter().map(|figures| figures.dims()[0])).join(unread);
        let values = read_all(vec![figures]).await?.remove(0);
        let names = self.team.guide.as_ref().map(Guide::names).unwrap_or_default();
        let (own, row) = (FIGURES + names.len(), self.figures_of_a_step());
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let network = if at % row >= own {
                "Base"
            } else if self.team.guide.is_none() {
                "Teacher"
            } else if self.current + 1 < self.links.len() {
                "assistant"
            } else {
                "Student"
            };
            // Steps are read several at a time; the first bad one is told.
            let step = self.done + 1 + at / row - values.len() / row;
            return Err(Error::NotFinite {
                what: format!("The loss of the {network} at step {step}"),
                advice: "It diverged: start again with a lower learning rate or smaller weights of the losses."
                    .to_owned(),
            });
        }
        let steps: Vec<&[f32]> = values.chunks_exact(row).collect();
        let mean = |figure: usize| steps.iter().map(|step| f64::from(step[figure])).sum::<f64>() / steps.len() as f64;
        let losses = |first: usize, names: Vec<String>| Losses {
            total: mean(first),
            hard: mean(first + 1),
            batch_accuracy: mean(first + 2),
            terms: (first + FIGURES..).zip(names).map(|(at, name)| TermLoss { name, value: mean(at) }).collect(),
        };
        Ok((losses(0, names), self.team.has_base().then(|| losses(own, Vec::new()))))
    }

    pub(super) fn begin_evaluation(&mut self) {
        let mut networks = self.team.snapshots();
        // The Teacher does not change: once is enough.
        if let (Some(guide), None) = (&self.team.guide, self.teacher_accuracy) {
            networks.push(guide.network().clone());
        }
        self.evaluation = Some(Evaluation::new(networks));
    }

    async fn evaluate(&mut self, data: &Dataset) -> Result<TrainingEvent> {
        let (step, steps) = (self.done, self.link().optimiser.steps);
        let mut evaluation = self.evaluation.take().expect("asked for only while there is one");
        let has_more = evaluation.advance(&data.test, &self.device);
        data.test.pixels.check()?;
        if has_more {
            self.evaluation = Some(evaluation);
            return Ok(TrainingEvent::Evaluating { step, steps });
        }
        let mut accuracies = evaluation.finish().await?.into_iter();
        let student = accuracies.next().expect("the Student is always evaluated");
        let base = if self.team.has_base() { accuracies.next() } else { None };
        self.teacher_accuracy = accuracies.next().or(self.teacher_accuracy);
        self.accuracies = Some(Accuracies { student, base });
        Ok(TrainingEvent::Evaluation { step, steps, student, base, teacher: self.teacher_accuracy })
    }
}
