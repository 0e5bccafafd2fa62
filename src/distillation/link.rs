//! One network of a chain: what is trained, under whom.

use burn::tensor::{Device, Tensor};

use super::remembered::{Remembered, Shown};
use super::{
    Algorithm, DistillationConfig, Guide, Learner, LearnerState, Memory, OptimiserConfig, Trained, pictures_that_fit,
};
use crate::dataset::{LabelledImages, split};
use crate::error::Result;
use crate::models::{Network, NetworkConfig, Trace, Weights, kaiming};
use crate::seed::Purpose;
use crate::tensors::layout::pictures;

/// Training pictures from which margins are measured.
const SAMPLE: usize = 128;

/// What one link of a chain trains, and how.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub trains: Trained,
    pub network: NetworkConfig,
    pub optimiser: OptimiserConfig,
    pub start: Weights,
}

/// The links from the first assistant to the Student, which starts from `start`.
pub(super) fn chain(config: &DistillationConfig, student: NetworkConfig, start: &Weights) -> Vec<Link> {
    let assistants = config.assistants.iter().map(|assistant| {
        let network = assistant.network.for_classes(student.classes);
        let optimiser = assistant.optimiser.clone().unwrap_or_else(|| config.optimiser.clone());
        let start = kaiming(&network, optimiser.seed, Purpose::AssistantInit);
        Link { trains: Trained::Assistant, network, optimiser, start }
    });
    let optimiser = config.optimiser.clone();
    assistants.chain([Link { trains: Trained::Student, network: student, optimiser, start: start.clone() }]).collect()
}

/// Unmoved training pictures in the order of the first epoch, so that all classes are among them; in parts that may go through
/// a network together, each made when it is asked for.
pub(super) fn sample(images: &LabelledImages, seed: u64, device: &Device) -> impl Iterator<Item = Tensor<4>> {
    let mut order = split::epoch_order(images.len(), seed, 0);
    order.truncate(SAMPLE);
    let size = pictures_that_fit(images.width, images.height);
    let part = move |from| pictures(images, &order[from..order.len().min(from + size)], &[], device);
    (0..SAMPLE.min(images.len())).step_by(size).map(part)
}

/// Who takes part in a link: the network under training, its guide, and beside a Student its Base.
pub(super) struct Team {
    pub guide: Option<Guide>,
    remembered: Option<Remembered>,
    /// Student and Base in one where both learn in every parameter, otherwise one after the other.
    learners: Vec<Learner>,
}

impl Team {
    /// Everyone at the start of `link`.
    pub fn of(link: &Link, guide: Option<Guide>, images: &LabelledImages, device: &Device) -> Result<Self> {
        let seed = link.optimiser.seed;
        // A parameter without a gradient must stay as it is, which a network that shares its optimiser cannot tell from a
        // gradient of zero.
        let together = guide.as_ref().is_none_or(Guide::reaches_the_answers);
        let groups = match (link.trains, together) {
            (Trained::Student, true) => vec![2],
            (Trained::Student, false) => vec![1, 1],
            _ => vec![1],
        };
        let of = |members| {
            let starts = vec![&link.start; members];
            Learner::side_by_side(link.network, &starts, link.optimiser.algorithm, device)
        };
        let mut learners: Vec<Learner> = groups.into_iter().map(of).collect::<Result<_>>()?;
        if let Some(guide) = &guide {
            let first = learners.remove(0);
            let shape = link.network.shape(images.width, images.height);
            let channels: Vec<usize> = shape.stage_ends().map(|end| end.output[0]).collect();
            let shapes = guide.connectors(&first.snapshots()[0], &channels)?;
            learners.insert(0, first.with_connectors(shapes, seed, device)?);
        }
        let remembered = guide.as_ref().and_then(|guide| Remembered::of(guide, &link.optimiser, device));
        Ok(Self { guide, remembered, learners })
    }

    /// Says how much of a step may be held in memory.
    pub fn set_memory(&mut self, memory: Memory) {
        self.learners.iter_mut().for_each(|learner| learner.set_memory(memory));
    }

    /// What the Teacher answers to a batch of what is `shown`, `[N, K]`, where its answers are remembered.
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`] when a read fails.
    pub async fn answers(
        &mut self,
        images: &LabelledImages,
        batch: &Tensor<4>,
        shown: &[Shown],
    ) -> Result<Option<Tensor<2>>> {
        let (Some(guide), Some(remembered)) = (&self.guide, &mut self.remembered) else { return Ok(None) };
        remembered.answers(guide, images, batch, shown).await.map(Some)
    }

    /// One step on one batch, which goes in so many parts; figures of the Student, then of the Base. The Teacher is not asked
    /// where its `answers` are there.
    pub fn step(
        &mut self,
        batch: &Tensor<4>,
        targets: &Tensor<2>,
        answers: Option<Tensor<2>>,
        parts: usize,
        rate: f64,
    ) -> Vec<Tensor<1>> {
        let pictures = batch.dims()[0];
        for part in 0..parts {
            let (first, end) = (part * pictures / parts, (part + 1) * pictures / parts);
            let own = end - first;
            let (batch, targets) = if own == pictures {
                (batch.clone(), targets.clone())
            } else {
                (batch.clone().narrow(0, first, own), targets.clone().narrow(0, first, own))
            };
            let answers = answers.clone().map(|answers| answers.narrow(0, first, own));
            self.learn(&batch, &targets, answers, own as f64 / pictures as f64);
        }
        self.learners.iter_mut().map(|learner| learner.make_step(rate).figures).collect()
    }

    fn learn(&mut self, batch: &Tensor<4>, targets: &Tensor<2>, answers: Option<Tensor<2>>, share: f64) {
        let lesson = self.guide.as_ref().map(|guide| {
            let trace = match answers {
                Some(logits) => Trace::of_answers(logits),
                None => guide.look(batch.clone()),
            };
            (guide, trace)
        });
        let mut guided = lesson.as_ref().map(|(guide, trace)| (*guide, trace));
        for learner in &mut self.learners {
            learner.learn(batch, targets, guided.take(), share);
        }
    }

    /// Whether answers were remembered, and the Teacher not asked for them.
    pub fn has_remembered(&self) -> bool {
        self.remembered.as_ref().is_some_and(Remembered::has_helped)
    }

    /// Whether a Base learns beside the Student.
    pub fn has_base(&self) -> bool {
        self.learners.iter().map(Learner::members).sum::<usize>() > 1
    }

    /// Student and Base, if there is one, for evaluation.
    pub fn snapshots(&self) -> Vec<Network> {
        self.learners.iter().flat_map(Learner::snapshots).collect()
    }

    /// Their weights.
    pub async fn weights(&self) -> Result<Vec<Weights>> {
        let mut all = Vec::new();
        for learner in &self.learners {
            all.extend(learner.weights().await?);
        }
        Ok(all)
    }

    /// All that they are.
    pub async fn states(&self) -> Result<Vec<LearnerState>> {
        let mut all = Vec::new();
        for learner in &self.learners {
            all.extend(learner.states().await?);
        }
        Ok(all)
    }

    /// Takes over what another team was after `steps` steps; `next` gives one state after the other.
    pub fn restored(
        mut self,
        mut next: impl FnMut() -> Result<LearnerState>,
        algorithm: Algorithm,
        steps: usize,
        device: &Device,
    ) -> Result<Self> {
        let mut restored = |learner: Learner| {
            let states = (0..learner.members()).map(|_| next()).collect::<Result<_>>()?;
            learner.restored(states, algorithm, steps, device)
        };
        self.learners = self.learners.into_iter().map(&mut restored).collect::<Result<_>>()?;
        Ok(self)
    }
}
