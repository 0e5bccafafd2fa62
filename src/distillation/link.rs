//! One network of a chain: what is trained, under whom.

use burn::tensor::{Device, Tensor};

use super::{DistillationConfig, Guide, Learner, OptimiserConfig, Trained};
use crate::dataset::{LabelledImages, split};
use crate::error::Result;
use crate::models::{NetworkConfig, Weights, kaiming};
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

/// Unmoved training pictures in the order of the first epoch, so that all classes are among them.
pub(super) fn sample(images: &LabelledImages, seed: u64, device: &Device) -> Tensor<4> {
    let mut order = split::epoch_order(images.len(), seed, 0);
    order.truncate(SAMPLE);
    pictures(images, &order, &[], device)
}

/// Who takes part in a link: the network under training, its guide, and beside a Student its Base.
pub(super) struct Team {
    pub guide: Option<Guide>,
    pub student: Learner,
    pub base: Option<Learner>,
}

impl Team {
    /// Everyone at the start of `link`.
    pub fn of(link: &Link, guide: Option<Guide>, images: &LabelledImages, device: &Device) -> Result<Self> {
        let seed = link.optimiser.seed;
        let learner = || Learner::new(link.network, &link.start, link.optimiser.algorithm, device);
        let mut student = learner()?;
        if let Some(guide) = &guide {
            let shapes = guide.connectors(&student.snapshot(), || sample(images, seed, device))?;
            student = student.with_connectors(shapes, seed, device)?;
        }
        let base = if link.trains == Trained::Student { Some(learner()?) } else { None };
        Ok(Self { guide, student, base })
    }

    /// One step on one batch; figures of the Student, then of the Base.
    pub fn step(&mut self, batch: &Tensor<4>, targets: &Tensor<2>, rate: f64) -> Vec<Tensor<1>> {
        let lesson = self.guide.as_ref().map(|guide| (guide, guide.look(batch.clone())));
        let guided = lesson.as_ref().map(|(guide, trace)| (*guide, trace));
        let mut figures = vec![self.student.step(batch, targets, guided, rate).figures];
        if let Some(base) = &mut self.base {
            figures.push(base.step(batch, targets, None, rate).figures);
        }
        figures
    }
}
