//! A frozen network that teaches, and what is asked of its pupil.

use burn::tensor::Tensor;

use super::losses::{
    Connector, ConnectorShape, attention_loss, class_attention_loss, decoupled_loss, hint_loss, means_of_negatives,
    negatives, overhaul_loss, response_loss, softened_error_loss,
};
use super::{Loss, LossTerm, objective};
use crate::error::{Error, Result};
use crate::models::{Network, Trace, aligned_stages, counterpart};

/// What losses compare of two networks, from what takes the least memory to what takes the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compared {
    /// Answers alone.
    Answers,
    /// Stages, too.
    Stages,
    /// Stages as they are after and before their ReLU.
    BeforeRelu,
}

impl Compared {
    /// What such losses compare.
    #[must_use]
    pub(super) fn by(terms: &[LossTerm]) -> Self {
        terms.iter().map(Self::by_term).max().unwrap_or(Self::Answers)
    }

    fn by_term(term: &LossTerm) -> Self {
        match term.loss {
            Loss::Response { .. } | Loss::SoftenedError { .. } | Loss::Decoupled { .. } => Self::Answers,
            Loss::Attention {} | Loss::Hint { .. } | Loss::ClassAttention { .. } => Self::Stages,
            Loss::Overhaul {} => Self::BeforeRelu,
        }
    }

    /// How often a stage is held for them.
    pub(super) fn taps(self) -> u64 {
        self as u64
    }
}

/// The Teacher of one link of a chain, in evaluation mode, with the weighted losses that its pupil learns by.
pub struct Guide {
    network: Network,
    alpha: f64,
    terms: Vec<LossTerm>,
    /// Channels of each stage; only known where a connector leads there.
    channels: Vec<usize>,
    /// Margins of each stage, `[1, C, 1, 1]`; only where a loss compares with them.
    margins: Vec<Tensor<4>>,
}

impl Guide {
    /// A guide without autodiff. `sample` gives training pictures, part by part: margins are measured on all of them, and
    /// channels counted in one picture, where a loss needs them.
    #[must_use]
    pub fn new<Parts: Iterator<Item = Tensor<4>>>(
        network: Network,
        alpha: f64,
        terms: Vec<LossTerm>,
        sample: impl FnOnce() -> Parts,
    ) -> Self {
        let (mut channels, mut margins) = (Vec::new(), Vec::new());
        if Compared::by(&terms) == Compared::BeforeRelu {
            margins = measured_margins(&network, sample());
            channels = margins.iter().map(|margins| margins.dims()[1]).collect();
        } else if terms.iter().any(|term| matches!(term.loss, Loss::Hint { .. })) {
            let one = sample().next().expect("there are training pictures").narrow(0, 0, 1);
            channels = network.forward(one).stages.iter().map(|stage| stage.dims()[1]).collect();
        }
        Self { network, alpha, terms, channels, margins }
    }

    /// Weight of the cross-entropy.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The losses and their weights.
    #[must_use]
    pub fn terms(&self) -> &[LossTerm] {
        &self.terms
    }

    /// Whether the losses depend on the pupil's answers, and with them on every parameter.
    #[must_use]
    pub fn reaches_the_answers(&self) -> bool {
        reach_the_answers(self.alpha, &self.terms)
    }

    /// What the losses compare.
    #[must_use]
    pub fn compares(&self) -> Compared {
        Compared::by(&self.terms)
    }

    /// Names of the losses in reports.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        objective::term_names(&self.terms)
    }

    /// The network that teaches.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The connectors that `pupil`, whose stages have these channels, needs for the losses, in their order.
    ///
    /// # Errors
    /// [`Error::NoSuchLayer`] for a hint at a stage that the two do not share; [`Error::InvalidConfig`] for class
    /// attention between networks that do not classify by the mean of their last stage.
    pub fn connectors(&self, pupil: &Network, own: &[usize]) -> Result<Vec<ConnectorShape>> {
        let shape = |(student, teacher): (usize, usize), normalised| ConnectorShape {
            inputs: own[student],
            outputs: self.channels[teacher],
            normalised,
        };
        let mut shapes = Vec::new();
        for (place, term) in self.terms.iter().enumerate() {
            match term.loss {
                Loss::Hint { layer } => {
                    let other = counterpart(layer - 1, own.len(), self.channels.len());
                    let other = other.ok_or(Error::NoSuchLayer { layer, layers: own.len() })?;
                    shapes.push(shape((layer - 1, other), false));
                }
                Loss::Overhaul {} => {
                    shapes.extend(aligned_stages(own.len(), self.channels.len()).map(|pair| shape(pair, true)));
                }
                Loss::ClassAttention { .. } if self.network.classifier().is_none() || pupil.classifier().is_none() => {
                    let problem = "classAttention needs networks that classify by one linear layer over the mean of \
                                   their last stage: choose another loss or another network";
                    return Err(Error::config(&format!("terms[{place}].loss"), problem));
                }
                _ => {}
            }
        }
        Ok(shapes)
    }

    /// Looks at a batch: answers without autodiff, and of the stages what the losses compare.
    #[must_use]
    // Two callers: a second copy would be fetched by every visitor.
    #[inline(never)]
    pub fn look(&self, pictures: Tensor<4>) -> Trace {
        match self.compares() {
            Compared::Answers => Trace::of_answers(self.network.answers(pictures)),
            Compared::Stages => self.network.forward(pictures),
            Compared::BeforeRelu => self.network.forward_before_relu(pictures),
        }
    }

    /// Every loss of a pupil's trace, unweighted, in the order of the terms: scalars `[1]`.
    ///
    /// # Shapes
    /// - `student`: with autodiff; `classifier`: the pupil's, `[K, C]`, with autodiff; `lesson`: what the guide saw in
    ///   the same batch, without; `targets`: one-hot `[N, K]`, without
    #[must_use]
    pub fn losses(
        &self,
        student: &Trace,
        classifier: Option<&Tensor<2>>,
        lesson: &Trace,
        targets: &Tensor<2>,
        connectors: &[Connector],
    ) -> Vec<Tensor<1>> {
        let answers = || (student.logits.clone(), lift(&lesson.logits));
        let (own_stages, other_stages) = (student.stages.len(), lesson.stages.len());
        let shared = || aligned_stages(own_stages, other_stages);
        let mut connectors = connectors.iter();
        let mut bridge = || connectors.next().expect("built for these terms");
        let loss = |term: &LossTerm| match term.loss {
            Loss::Response { temperature } => {
                let (student, teacher) = answers();
                response_loss(student, teacher, temperature)
            }
            Loss::SoftenedError { temperature } => {
                let (student, teacher) = answers();
                softened_error_loss(student, teacher, temperature)
            }
            Loss::Decoupled { alpha, beta, temperature } => {
                let (student, teacher) = answers();
                decoupled_loss(student, teacher, lift(targets), [alpha, beta], temperature)
            }
            Loss::Attention {} => {
                let both = |(own, other): (usize, usize)| (student.stages[own].clone(), lift(&lesson.stages[other]));
                attention_loss(shared().map(both).collect())
            }
            Loss::Hint { layer } => {
                let other = counterpart(layer - 1, own_stages, other_stages).expect("checked with the connectors");
                hint_loss(student.stages[layer - 1].clone(), lift(&lesson.stages[other]), bridge())
            }
            Loss::Overhaul {} => {
                let both = |(own, other): (usize, usize)| {
                    let (student, teacher) = (student.before_relu[own].clone(), lift(&lesson.before_relu[other]));
                    (student, teacher, lift(&self.margins[other]), bridge())
                };
                overhaul_loss(shared().map(both).collect())
            }
            Loss::ClassAttention { resolution } => {
                let last = |trace: &Trace| trace.stages.last().expect("every network has stages").clone();
                let own = classifier.expect("checked with the connectors").clone();
                let other = self.network.classifier().expect("checked with the connectors");
                class_attention_loss((last(student), own), (lift(&last(lesson)), lift(&other)), resolution)
            }
        };
        self.terms.iter().map(loss).collect()
    }
}

/// Whether such losses depend on the pupil's answers, and with them on every parameter.
pub(super) fn reach_the_answers(alpha: f64, terms: &[LossTerm]) -> bool {
    let asks = |term: &LossTerm| Compared::by_term(term) == Compared::Answers && term.weight > 0.0;
    alpha > 0.0 || terms.iter().any(asks)
}

/// Margins of every stage of a network over pictures that go through it part by part.
fn measured_margins(network: &Network, pictures: impl Iterator<Item = Tensor<4>>) -> Vec<Tensor<4>> {
    let mut all: Vec<[Tensor<2>; 2]> = Vec::new();
    for part in pictures {
        let found = network.forward_before_relu(part).before_relu.into_iter().map(negatives);
        all = if all.is_empty() {
            found.collect()
        } else {
            let both = |([sums, counts], [more, many]): ([Tensor<2>; 2], [Tensor<2>; 2])| [sums + more, counts + many];
            all.into_iter().zip(found).map(both).collect()
        };
    }
    all.into_iter().map(means_of_negatives).collect()
}

/// A constant among tensors with autodiff.
fn lift<const D: usize>(tensor: &Tensor<D>) -> Tensor<D> {
    Tensor::from_inner(tensor.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{Architecture, kaiming};
    use crate::seed::Purpose;
    use crate::tensors::device::{DeviceChoice, open};
    use crate::tensors::readback::read_all;

    #[pollster::test]
    async fn margins_of_parts_are_those_of_the_whole() {
        let (device, _) = open(DeviceChoice::Cpu).await.expect("the CPU backend is compiled in");
        let config = Architecture::cifar_resnet(1, 4).for_classes(3);
        let network = Network::from_weights(&config, &kaiming(&config, 3, Purpose::TeacherInit), &device);
        let network = network.expect("its own weights");
        let values: Vec<f32> = (0..7 * 3 * 64).map(|at| (at * 37 % 101) as f32 / 50.0 - 1.0).collect();
        let pictures = Tensor::<1>::from_floats(values.as_slice(), &device).reshape([7, 3, 8, 8]);
        let parts = [(0, 3), (3, 3), (6, 1)].map(|(from, count)| pictures.clone().narrow(0, from, count));
        let read = async |margins: Vec<Tensor<4>>| {
            read_all(margins.into_iter().map(|margins| margins.flatten(0, 3)).collect())
                .await
                .expect("readable")
                .concat()
        };
        let whole = read(measured_margins(&network, std::iter::once(pictures.clone()))).await;
        let by_parts = read(measured_margins(&network, parts.into_iter())).await;
        assert_eq!(whole.len(), 4 + 8 + 16);
        for (a, b) in whole.iter().zip(&by_parts) {
            assert!((a - b).abs() < 1e-5 * a.abs().max(1e-3), "{whole:?} {by_parts:?}");
        }
    }
}
