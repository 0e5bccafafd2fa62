//! Networks under training: one, or a Student and its Base side by side.

use burn::module::Module;
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::{Device, Tensor};

use super::losses::{Connector, ConnectorShape};
use super::memory::Descended;
use super::{Algorithm, Compared, Guide, HostMoments, Memory, Optimiser};
use crate::error::{Error, Result};
use crate::models::{Network, NetworkConfig, Trace, Weights, for_each};
use crate::operations::cross_entropy::cross_entropy;
use crate::operations::flat::Layout;
use crate::tensors::readback::read_all;

/// Loss parts and hits of one step, still on the device.
#[derive(Debug, Clone)]
pub struct StepOutcome {
    /// `[3 + terms]` for the network that is guided: total loss, cross-entropy, share of the batch classified rightly,
    /// then every loss of the guide, unweighted; `[3]` more for each of the others.
    pub figures: Tensor<1>,
}

/// Networks of one shape, their optimiser and the connectors to the guide: no loop, no input or output.
///
/// The first network may be guided, the others learn from the labels alone. They share nothing but their kernels: each
/// ends where it would have ended by itself.
pub struct Learner {
    config: NetworkConfig,
    /// How many networks lie side by side.
    members: usize,
    // Taken out during a step, so that the optimiser may reuse its memory.
    network: Option<Network>,
    optimiser: Optimiser,
    shapes: Vec<ConnectorShape>,
    connectors: Vec<Connector>,
    connector_optimiser: Optimiser,
    gathered: Gathered,
    memory: Memory,
}

/// What the parts of a batch have left behind until the step is made.
#[derive(Default)]
struct Gathered {
    network: GradientsAccumulator<Network>,
    connectors: GradientsAccumulator<Vec<Connector>>,
    figures: Option<Tensor<1>>,
}

/// All that one network of a [`Learner`] is, on the host.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LearnerState {
    /// Of the network.
    pub weights: Weights,
    /// What the optimiser remembers of each parameter.
    pub moments: Vec<Option<HostMoments>>,
    /// Of each connector; none where the network is not guided.
    pub connectors: Vec<Weights>,
    /// What the optimiser remembers of their parameters.
    pub connector_moments: Vec<Option<HostMoments>>,
}

impl Learner {
    /// A learner that starts from `weights`.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMismatch`] when the weights are of another network.
    pub fn new(config: NetworkConfig, weights: &Weights, algorithm: Algorithm, device: &Device) -> Result<Self> {
        Self::side_by_side(config, &[weights], algorithm, device)
    }

    /// Several learners in one, each of which starts from its weights.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// # Panics
    /// If there are no weights.
    pub fn side_by_side(
        config: NetworkConfig,
        weights: &[&Weights],
        algorithm: Algorithm,
        device: &Device,
    ) -> Result<Self> {
        Ok(Self {
            config,
            members: weights.len(),
            network: Some(Network::side_by_side(&config, weights, &device.clone().autodiff())?),
            optimiser: Optimiser::new(algorithm),
            shapes: Vec::new(),
            connectors: Vec::new(),
            connector_optimiser: Optimiser::new(algorithm),
            gathered: Gathered::default(),
            memory: Memory::default(),
        })
    }

    /// Adds connectors with first weights under `seed`; they are trained along and never exported with the network.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMismatch`], which weights of the same shapes rule out.
    pub fn with_connectors(mut self, shapes: Vec<ConnectorShape>, seed: u64, device: &Device) -> Result<Self> {
        let first: Vec<Weights> =
            shapes.iter().zip(0..).map(|(shape, index)| shape.first_weights(seed, index)).collect();
        self.connectors = build(&shapes, &first, device)?;
        self.shapes = shapes;
        Ok(self)
    }

    /// Says how much of a step may be held in memory.
    pub fn set_memory(&mut self, memory: Memory) {
        self.memory = memory;
    }

    /// How many networks it trains.
    #[must_use]
    pub fn members(&self) -> usize {
        self.members
    }

    /// Takes over all that another learner of as many networks of the same shapes was after `steps` steps.
    ///
    /// # Errors
    /// [`Error::WeightsMismatch`]; [`Error::UnreadableCheckpoint`] where weights, connectors and what the optimiser
    /// remembers do not fit each other.
    ///
    /// # Panics
    /// If there are not as many states as networks.
    pub fn restored(
        mut self,
        mut states: Vec<LearnerState>,
        algorithm: Algorithm,
        steps: usize,
        device: &Device,
    ) -> Result<Self> {
        assert_eq!(states.len(), self.members, "a state for each network");
        let unfit = |reason: &str| Error::UnreadableCheckpoint { reason: reason.to_owned() };
        let weights: Vec<&Weights> = states.iter().map(|state| &state.weights).collect();
        let network = Network::side_by_side(&self.config, &weights, &device.clone().autodiff())?;
        if states[0].connectors.len() != self.shapes.len() {
            return Err(unfit("it has not as many connectors as the recipe"));
        }
        self.connectors = build(&self.shapes, &states[0].connectors, device)?;
        let bridged = std::mem::take(&mut states[0].connector_moments);
        let moments = joined(states.into_iter().map(|state| state.moments).collect())
            .ok_or_else(|| unfit("it remembers Student and Base differently"))?;
        let wrong = HostMoments::contradiction(&moments, &network, algorithm, steps)
            .or_else(|| HostMoments::contradiction(&bridged, &self.connectors, algorithm, steps));
        if let Some(reason) = wrong {
            return Err(unfit(reason));
        }
        self.network = Some(network);
        self.connector_optimiser = Optimiser::with_state(algorithm, bridged, device);
        self.optimiser = Optimiser::with_state(algorithm, moments, device);
        Ok(self)
    }

    /// One optimiser step on a batch that goes whole: see [`learn`](Self::learn) and [`make_step`](Self::make_step).
    pub fn step(
        &mut self,
        pictures: &Tensor<4>,
        targets: &Tensor<2>,
        guided: Option<(&Guide, &Trace)>,
        rate: f64,
    ) -> StepOutcome {
        self.learn(pictures, targets, guided, 1.0);
        self.make_step(rate)
    }

    /// Gathers the gradients of a part of a batch, which is `share` of it.
    ///
    /// `guided` holds the first network's guide and what it saw in this part, or nothing for plain cross-entropy.
    ///
    /// # Shapes
    /// - `pictures`: `[N, 3, H, W]`, `targets`: one-hot `[N, K]`; without autodiff
    ///
    /// # Panics
    /// Never: the network is only out while a step is made.
    pub fn learn(&mut self, pictures: &Tensor<4>, targets: &Tensor<2>, guided: Option<(&Guide, &Trace)>, share: f64) {
        let network = self.network.as_ref().expect("put back at the end of every step");
        let pictures = for_each(self.members, pictures.clone());
        let before_relu = guided.is_some_and(|(guide, _)| guide.compares() == Compared::BeforeRelu);
        let objective = |trace: &Trace| {
            let (value, figures) = self.objective(network, trace, targets, guided);
            (if share == 1.0 { value } else { value * share }, figures)
        };
        let Descended { figures, network: own, mut rest } =
            self.memory.descend(network, pictures, before_relu, objective);
        let gathered = &mut self.gathered;
        gathered.network.accumulate(network, own);
        if !self.connectors.is_empty() {
            let bridged = GradientsParams::from_module(&mut rest, &self.connectors);
            gathered.connectors.accumulate(&self.connectors, bridged);
        }
        let figures = Layout::dense(figures.iter().map(|_| 1)).join(figures);
        gathered.figures = Some(match gathered.figures.take() {
            Some(others) => others + figures * share,
            None if share == 1.0 => figures,
            None => figures * share,
        });
    }

    /// The optimiser's step by all that was gathered since the last one; what is told is the mean over the batch.
    ///
    /// # Panics
    /// If nothing was.
    pub fn make_step(&mut self, rate: f64) -> StepOutcome {
        let Gathered { network: mut own, connectors: mut bridged, figures } = std::mem::take(&mut self.gathered);
        if !self.connectors.is_empty() {
            let connectors = std::mem::take(&mut self.connectors);
            self.connectors = self.connector_optimiser.step(rate, connectors, bridged.grads());
        }
        let network = self.network.take().expect("put back at the end of every step");
        self.network = Some(self.optimiser.step(rate, network, own.grads()));
        StepOutcome { figures: figures.expect("a part at least") }
    }

    /// The sum of all networks' losses, and what is told of each: see [`StepOutcome`].
    fn objective(
        &self,
        network: &Network,
        trace: &Trace,
        targets: &Tensor<2>,
        guided: Option<(&Guide, &Trace)>,
    ) -> (Tensor<1>, Vec<Tensor<1>>) {
        let mut figures = Vec::new();
        let mut totals = Vec::with_capacity(self.members);
        for member in 0..self.members {
            let own = trace.member(member, self.members);
            let (hard, hits) = cross_entropy(own.logits.clone(), Tensor::from_inner(targets.clone()));
            let (total, parts) = match guided {
                Some((guide, lesson)) if member == 0 => {
                    // `[K, M C]`, a network's columns after the other's.
                    let own_columns = |weights: Tensor<2>| {
                        let count = weights.dims()[1] / self.members;
                        weights.narrow(1, 0, count)
                    };
                    let classifier = network.classifier().map(own_columns);
                    let parts = guide.losses(&own, classifier.as_ref(), lesson, targets, &self.connectors);
                    (weighted_sum(&hard, guide, &parts), parts)
                }
                _ => (hard.clone(), Vec::new()),
            };
            figures.extend([total.clone().inner(), hard.inner(), hits.inner()]);
            figures.extend(parts.into_iter().map(Tensor::inner));
            totals.push(total);
        }
        // No network's loss depends on the numbers of another: the gradient of the sum is each network's own.
        let sum = totals.into_iter().reduce(|sum, total| sum + total).expect("at least one network");
        (sum, figures)
    }

    /// A snapshot of each network for evaluation: running statistics, no gradients.
    ///
    /// # Panics
    /// Never: the network is only out during a step.
    #[must_use]
    pub fn snapshots(&self) -> Vec<Network> {
        let all = self.network.as_ref().expect("put back at the end of every step");
        (0..self.members).map(|place| all.valid().into_member(place, self.members)).collect()
    }

    /// The weights of each network as they are now.
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`] when the read fails.
    pub async fn weights(&self) -> Result<Vec<Weights>> {
        let mut all = Vec::with_capacity(self.members);
        for network in self.snapshots() {
            all.push(network.to_weights(&self.config).await?);
        }
        Ok(all)
    }

    /// All that each network is; connectors are the first one's.
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`] when a read fails.
    pub async fn states(&self) -> Result<Vec<LearnerState>> {
        let moments = parted(read_moments(&self.optimiser).await?, self.members);
        let state = |(weights, moments)| LearnerState { weights, moments, ..LearnerState::default() };
        let mut states: Vec<LearnerState> = self.weights().await?.into_iter().zip(moments).map(state).collect();
        for (connector, shape) in self.connectors.iter().zip(&self.shapes) {
            states[0].connectors.push(connector.to_weights(shape).await?);
        }
        states[0].connector_moments = read_moments(&self.connector_optimiser).await?;
        Ok(states)
    }
}

/// What an optimiser remembers of several networks as if they were one; nothing where they have not learnt the same steps.
fn joined(states: Vec<Vec<Option<HostMoments>>>) -> Option<Vec<Option<HostMoments>>> {
    let mut states = states.into_iter();
    let mut all = states.next().unwrap_or_default();
    let own: Vec<Option<Vec<usize>>> = all.iter().map(lengths).collect();
    for state in states {
        if state.iter().map(lengths).collect::<Vec<_>>() != own {
            return None;
        }
        for (slot, other) in all.iter_mut().flatten().zip(state.into_iter().flatten()) {
            slot.values.iter_mut().zip(other.values).for_each(|(own, other)| own.extend(other));
        }
    }
    Some(all)
}

/// Time and lengths of what is remembered of a parameter.
fn lengths(slot: &Option<HostMoments>) -> Option<Vec<usize>> {
    let HostMoments { time, values } = slot.as_ref()?;
    Some([*time].into_iter().chain(values.iter().map(Vec::len)).collect())
}

/// The reverse of [`joined`].
fn parted(all: Vec<Option<HostMoments>>, members: usize) -> Vec<Vec<Option<HostMoments>>> {
    let row = |values: &Vec<f32>, member: usize| {
        let own = values.len() / members;
        values[member * own..(member + 1) * own].to_vec()
    };
    let slot = |slot: &Option<HostMoments>, member: usize| {
        slot.as_ref().map(|HostMoments { time, values }| HostMoments {
            time: *time,
            values: values.iter().map(|values| row(values, member)).collect(),
        })
    };
    (0..members).map(|member| all.iter().map(|own| slot(own, member)).collect()).collect()
}

/// What the guide asks for as one number. Factors of zero and one cost nothing: neither on the way there nor back.
fn weighted_sum(hard: &Tensor<1>, guide: &Guide, parts: &[Tensor<1>]) -> Tensor<1> {
    let weights = std::iter::once(guide.alpha()).chain(guide.terms().iter().map(|term| term.weight));
    let summands = weights.zip(std::iter::once(hard).chain(parts)).filter(|(weight, _)| *weight != 0.0);
    let weighted = |(weight, part): (f64, &Tensor<1>)| if weight == 1.0 { part.clone() } else { part.clone() * weight };
    summands.map(weighted).reduce(|sum, part| sum + part).expect("a recipe asks for something")
}

fn build(shapes: &[ConnectorShape], weights: &[Weights], device: &Device) -> Result<Vec<Connector>> {
    let tracked = device.clone().autodiff();
    shapes.iter().zip(weights).map(|(shape, weights)| Connector::from_weights(shape, weights, &tracked)).collect()
}

/// Reads all that an optimiser remembers in one round trip.
async fn read_moments(optimiser: &Optimiser) -> Result<Vec<Option<HostMoments>>> {
    let (slots, tensors): (Vec<_>, Vec<_>) = optimiser
        .state()
        .into_iter()
        .map(|slot| match slot {
            Some((time, tensors)) => (Some((time, tensors.len())), tensors),
            None => (None, Vec::new()),
        })
        .unzip();
    let tensors: Vec<Tensor<1>> = tensors.into_iter().flatten().collect();
    let mut values = if tensors.is_empty() { Vec::new() } else { read_all(tensors).await? }.into_iter();
    let mut host = |(time, count)| HostMoments { time, values: values.by_ref().take(count).collect() };
    Ok(slots.into_iter().map(|slot| slot.map(&mut host)).collect())
}
