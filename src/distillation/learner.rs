//! One network under training.

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};

use super::losses::{Connector, ConnectorShape};
use super::{Algorithm, Guide, HostMoments, Optimiser};
use crate::error::Result;
use crate::models::{Network, NetworkConfig, Trace, Weights};
use crate::operations::cross_entropy::cross_entropy;
use crate::operations::flat::Layout;
use crate::tensors::readback::read_all;

/// Loss parts and hits of one step, still on the device.
#[derive(Debug, Clone)]
pub struct StepOutcome {
    /// `[3 + terms]`: total loss, cross-entropy, share of the batch classified rightly, then every loss of the guide,
    /// unweighted.
    pub figures: Tensor<1>,
}

/// A network, its optimiser and its connectors to the guide: no loop, no input or output.
pub struct Learner {
    config: NetworkConfig,
    // Taken out during a step, so that the optimiser may reuse its memory.
    network: Option<Network>,
    optimiser: Optimiser,
    shapes: Vec<ConnectorShape>,
    connectors: Vec<Connector>,
    connector_optimiser: Optimiser,
}

/// All that a [`Learner`] is, on the host.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnerState {
    /// Of the network.
    pub weights: Weights,
    /// What the optimiser remembers of each parameter.
    pub moments: Vec<Option<HostMoments>>,
    /// Of each connector.
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
        Ok(Self {
            config,
            network: Some(Network::from_weights(&config, weights, &device.clone().autodiff())?),
            optimiser: Optimiser::new(algorithm),
            shapes: Vec::new(),
            connectors: Vec::new(),
            connector_optimiser: Optimiser::new(algorithm),
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

    /// Takes over all that another learner of the same network and shapes was.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMismatch`].
    pub fn restored(mut self, state: LearnerState, algorithm: Algorithm, device: &Device) -> Result<Self> {
        self.network = Some(Network::from_weights(&self.config, &state.weights, &device.clone().autodiff())?);
        self.optimiser = Optimiser::with_state(algorithm, state.moments, device);
        self.connectors = build(&self.shapes, &state.connectors, device)?;
        self.connector_optimiser = Optimiser::with_state(algorithm, state.connector_moments, device);
        Ok(self)
    }

    /// One optimiser step on a batch.
    ///
    /// `guided` holds the guide and what it saw in this batch, or nothing for plain cross-entropy.
    ///
    /// # Shapes
    /// - `pictures`: `[N, 3, H, W]`, `targets`: one-hot `[N, K]`; without autodiff
    pub fn step(
        &mut self,
        pictures: &Tensor<4>,
        targets: &Tensor<2>,
        guided: Option<(&Guide, &Trace)>,
        rate: f64,
    ) -> StepOutcome {
        let network = self.network.take().expect("put back at the end of every step");
        let pictures = Tensor::from_inner(pictures.clone());
        let trace = match guided {
            Some((guide, _)) => guide.trace(&network, pictures),
            None => network.forward(pictures),
        };
        let (hard, hits) = cross_entropy(trace.logits.clone(), Tensor::from_inner(targets.clone()));
        let (total, parts) = match guided {
            Some((guide, lesson)) => {
                let parts = guide.losses(&trace, network.classifier().as_ref(), lesson, targets, &self.connectors);
                (weighted_sum(&hard, guide, &parts), parts)
            }
            None => (hard.clone(), Vec::new()),
        };
        let mut gradients = total.backward();
        let own = GradientsParams::from_module(&mut gradients, &network);
        if !self.connectors.is_empty() {
            let connectors = std::mem::take(&mut self.connectors);
            let bridged = GradientsParams::from_module(&mut gradients, &connectors);
            self.connectors = self.connector_optimiser.step(rate, connectors, bridged);
        }
        let mut figures = vec![total.inner(), hard.inner(), hits.inner()];
        figures.extend(parts.into_iter().map(Tensor::inner));
        self.network = Some(self.optimiser.step(rate, network, own));
        StepOutcome { figures: Layout::dense(figures.iter().map(|_| 1)).join(figures) }
    }

    /// A snapshot for evaluation: running statistics, no gradients.
    ///
    /// # Panics
    /// Never: the network is only out during a step.
    #[must_use]
    pub fn snapshot(&self) -> Network {
        self.network.as_ref().expect("put back at the end of every step").valid()
    }

    /// The weights as they are now.
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`] when the read fails.
    pub async fn weights(&self) -> Result<Weights> {
        self.snapshot().to_weights(&self.config).await
    }

    /// All that the learner is.
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`] when a read fails.
    pub async fn state(&self) -> Result<LearnerState> {
        let mut connectors = Vec::with_capacity(self.connectors.len());
        for (connector, shape) in self.connectors.iter().zip(&self.shapes) {
            connectors.push(connector.to_weights(shape).await?);
        }
        Ok(LearnerState {
            weights: self.weights().await?,
            moments: moments(&self.optimiser).await?,
            connectors,
            connector_moments: moments(&self.connector_optimiser).await?,
        })
    }
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
async fn moments(optimiser: &Optimiser) -> Result<Vec<Option<HostMoments>>> {
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
