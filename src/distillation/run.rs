//! The training loop, pulled from outside one step at a time.
//!
//! Whoever holds a [`TrainingRun`] decides when the next step happens: not asking is a pause, dropping it is a cancel.

use burn::tensor::{Device, Tensor};
use web_time::Instant;

use super::{
    DistillationConfig, Evaluation, Learner, Losses, OptimiserConfig, TeacherTrainingConfig, TrainingEvent, shifts,
};
use crate::dataset::{Dataset, LabelledImages, split};
use crate::error::{Error, Result};
use crate::models::{Network, NetworkConfig, Weights};
use crate::tensors::layout::{one_hot, pictures};
use crate::tensors::readback::read_all;

/// Numbers in a [`super::StepOutcome`].
const FIGURES: usize = 4;

/// What a run leaves behind.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Weights of the Student, or of the Teacher that was trained.
    pub student: Weights,
    /// Weights of the Base, where there was one.
    pub base: Option<Weights>,
}

/// Accuracies of the last evaluation.
#[derive(Debug, Clone, Copy)]
struct Accuracies {
    student: f64,
    base: Option<f64>,
}

/// A run under way: a distillation with its Base, or the training of a Teacher.
pub struct TrainingRun {
    recipe: OptimiserConfig,
    soft: Option<(Network, DistillationConfig)>,
    student: Learner,
    base: Option<Learner>,
    device: Device,
    batch_size: usize,
    order: Vec<usize>,
    epoch: u64,
    position: usize,
    done: usize,
    unread: Vec<Tensor<1>>,
    evaluation: Option<Evaluation>,
    teacher_accuracy: Option<f64>,
    accuracies: Option<Accuracies>,
    ended: bool,
    pace: Pace,
}

impl TrainingRun {
    /// A distillation: Student and Base from the same `start`, the Teacher frozen in evaluation mode.
    ///
    /// `device` is the plain device, without autodiff; `teacher` lives on it.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`], or [`Error::WeightsMismatch`] when `start` is of another network.
    pub fn distillation(
        config: &DistillationConfig,
        student: NetworkConfig,
        start: &Weights,
        teacher: Network,
        images: &LabelledImages,
        device: &Device,
    ) -> Result<Self> {
        config.validate()?;
        let learner = || Learner::new(student, start, &config.optimiser, device);
        let (student, base) = (learner()?, learner()?);
        Ok(Self::new(config.optimiser.clone(), Some((teacher, config.clone())), student, Some(base), images, device))
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
        let learner = Learner::new(network, start, &config.optimiser, device)?;
        Ok(Self::new(config.optimiser.clone(), None, learner, None, images, device))
    }

    fn new(
        recipe: OptimiserConfig,
        soft: Option<(Network, DistillationConfig)>,
        student: Learner,
        base: Option<Learner>,
        images: &LabelledImages,
        device: &Device,
    ) -> Self {
        let mut run = Self {
            batch_size: recipe.batch_size.min(images.len()),
            order: split::epoch_order(images.len(), recipe.seed, 0),
            recipe,
            soft,
            student,
            base,
            device: device.clone(),
            epoch: 0,
            position: 0,
            done: 0,
            unread: Vec::new(),
            evaluation: None,
            teacher_accuracy: None,
            accuracies: None,
            ended: false,
            pace: Pace::default(),
        };
        run.begin_evaluation();
        run
    }

    /// Makes one step or classifies one batch of test pictures, and tells what happened; nothing once all is told.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when a loss has diverged; [`Error::DeviceFailed`] when a read fails.
    pub async fn next(&mut self, data: &Dataset) -> Result<Option<TrainingEvent>> {
        if self.ended {
            return Ok(None);
        }
        let begun = Instant::now();
        let (step, steps) = (self.done, self.recipe.steps);
        let event = if self.evaluation.is_some() {
            self.evaluate(data).await?
        } else if step == steps {
            self.ended = true;
            let Accuracies { student, base } =
                self.accuracies.expect("evaluated before the first and after the last step");
            TrainingEvent::Finished { step, steps, student, base, teacher: self.teacher_accuracy }
        } else {
            self.step(data).await?
        };
        self.pace.computed(begun.elapsed().as_secs_f64());
        Ok(Some(event))
    }

    /// The trained weights, read back from the device.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`] when the read fails.
    pub async fn finish(self) -> Result<Finished> {
        let base = match &self.base {
            Some(base) => Some(base.weights().await?),
            None => None,
        };
        Ok(Finished { student: self.student.weights().await?, base })
    }

    async fn step(&mut self, data: &Dataset) -> Result<TrainingEvent> {
        let indices = self.next_batch();
        let moved = shifts(&self.recipe, self.done, indices.len());
        let batch = pictures(&data.train, &indices, &moved, &self.device);
        let targets = one_hot(&data.train, &indices, &self.device);
        let rate = self.recipe.rate_after(self.done);
        let teacher = self.soft.as_ref().map(|(teacher, config)| (teacher.forward(batch.clone()).logits, config));
        let soft = teacher.as_ref().map(|(logits, config)| (logits, *config));
        self.unread.push(self.student.step(&batch, &targets, soft, rate).figures);
        if let Some(base) = &mut self.base {
            self.unread.push(base.step(&batch, &targets, None, rate).figures);
        }
        self.done += 1;
        let (step, steps) = (self.done, self.recipe.steps);
        if step.is_multiple_of(self.recipe.evaluate_every) || step == steps {
            self.begin_evaluation();
        }
        if !step.is_multiple_of(self.recipe.report_every) && step != steps {
            return Ok(TrainingEvent::Step { step, steps });
        }
        let (student, base) = self.read_losses().await?;
        let (per_second, seconds_left) = self.pace.estimate(step, steps);
        let images_per_second = per_second * self.batch_size as f64;
        Ok(TrainingEvent::Report { step, steps, learning_rate: rate, student, base, images_per_second, seconds_left })
    }

    async fn read_losses(&mut self) -> Result<(Losses, Option<Losses>)> {
        let unread = std::mem::take(&mut self.unread);
        let networks = if self.base.is_some() { 2 } else { 1 };
        let values = read_all(vec![Tensor::cat(unread, 0)]).await?.remove(0);
        if values.iter().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                what: format!("The loss at step {}", self.done),
                advice: "Start again with a lower learning rate.".to_owned(),
            });
        }
        let rows: Vec<&[f32]> = values.chunks_exact(FIGURES).collect();
        let mean = |network: usize| {
            let own = rows.iter().skip(network).step_by(networks);
            let count = own.len() as f64;
            let [total, hard, soft, batch_accuracy] =
                std::array::from_fn(|figure| own.clone().map(|row| f64::from(row[figure])).sum::<f64>() / count);
            Losses { total, hard, soft, batch_accuracy }
        };
        Ok((mean(0), (networks == 2).then(|| mean(1))))
    }

    fn begin_evaluation(&mut self) {
        let mut networks = vec![self.student.snapshot()];
        networks.extend(self.base.as_ref().map(Learner::snapshot));
        // The Teacher does not change: once is enough.
        if let (Some((teacher, _)), None) = (&self.soft, self.teacher_accuracy) {
            networks.push(teacher.clone());
        }
        self.evaluation = Some(Evaluation::new(networks));
    }

    async fn evaluate(&mut self, data: &Dataset) -> Result<TrainingEvent> {
        let (step, steps) = (self.done, self.recipe.steps);
        let mut evaluation = self.evaluation.take().expect("asked for only while there is one");
        if evaluation.advance(&data.test, &self.device) {
            self.evaluation = Some(evaluation);
            return Ok(TrainingEvent::Evaluating { step, steps });
        }
        let mut accuracies = evaluation.finish().await?.into_iter();
        let student = accuracies.next().expect("the Student is always evaluated");
        let base = if self.base.is_some() { accuracies.next() } else { None };
        self.teacher_accuracy = accuracies.next().or(self.teacher_accuracy);
        self.accuracies = Some(Accuracies { student, base });
        Ok(TrainingEvent::Evaluation { step, steps, student, base, teacher: self.teacher_accuracy })
    }

    /// Indices of the next batch; an epoch's rest that does not fill a batch is left out.
    fn next_batch(&mut self) -> Vec<usize> {
        if self.position + self.batch_size > self.order.len() {
            self.epoch += 1;
            self.position = 0;
            self.order = split::epoch_order(self.order.len(), self.recipe.seed, self.epoch);
        }
        let batch = self.order[self.position..self.position + self.batch_size].to_vec();
        self.position += self.batch_size;
        batch
    }
}

/// How fast the steps go, without the time in which nobody asked for one.
#[derive(Default)]
struct Pace {
    seconds: f64,
    /// Steps and seconds at the first report: before it, kernels are compiled, which tells nothing of the rest.
    warm: Option<(usize, f64)>,
}

impl Pace {
    fn computed(&mut self, seconds: f64) {
        self.seconds += seconds;
    }

    /// `(steps per second, seconds left)` after `step` of `steps`.
    fn estimate(&mut self, step: usize, steps: usize) -> (f64, f64) {
        let (from_step, from_seconds) = self.warm.unwrap_or((0, 0.0));
        let per_second = (step - from_step) as f64 / (self.seconds - from_seconds).max(1e-3);
        self.warm.get_or_insert((step, self.seconds));
        (per_second, (steps - step) as f64 / per_second.max(1e-6))
    }
}
