//! One network under training.

use burn::module::Module;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Tensor};

use super::losses::{cross_entropy, response_loss};
use super::{DistillationConfig, OptimiserConfig};
use crate::error::Result;
use crate::models::{Network, NetworkConfig, Weights};

/// Loss parts and hits of one step, still on the device.
#[derive(Debug, Clone)]
pub struct StepOutcome {
    /// `[4]`: total loss, cross-entropy, `T^2 * KL` (0 without a Teacher), share of the batch classified rightly.
    pub figures: Tensor<1>,
}

/// A network, its optimiser and nothing else: no loop, no input or output.
pub struct Learner {
    config: NetworkConfig,
    // Taken out during a step, so that the optimiser may reuse its memory.
    network: Option<Network>,
    optimiser: ModuleOptimizer,
}

impl Learner {
    /// A learner that starts from `weights`.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMismatch`] when the weights are of another network.
    pub fn new(config: NetworkConfig, weights: &Weights, optimiser: &OptimiserConfig, device: &Device) -> Result<Self> {
        let network = Network::from_weights(&config, weights, &device.clone().autodiff())?;
        let momentum = MomentumConfig::new().with_momentum(optimiser.momentum).with_dampening(0.0);
        let decay = WeightDecayConfig::new(optimiser.weight_decay as f32);
        let optimiser = SgdConfig::new().with_momentum(Some(momentum)).with_weight_decay(Some(decay)).init();
        Ok(Self { config, network: Some(network), optimiser })
    }

    /// One optimiser step on a batch.
    ///
    /// `soft` holds the Teacher's logits and the recipe, or nothing for plain cross-entropy.
    ///
    /// # Shapes
    /// - `pictures`: `[N, 3, H, W]`, `targets`: one-hot `[N, K]`, Teacher's logits `[N, K]`; all without autodiff
    pub fn step(
        &mut self,
        pictures: &Tensor<4>,
        targets: &Tensor<2>,
        soft: Option<(&Tensor<2>, &DistillationConfig)>,
        rate: f64,
    ) -> StepOutcome {
        let network = self.network.take().expect("put back at the end of every step");
        let logits = network.forward(Tensor::from_inner(pictures.clone())).logits;
        let targets_tracked = Tensor::from_inner(targets.clone());
        let hard = cross_entropy(logits.clone(), targets_tracked);
        let (total, soft_part) = match soft {
            Some((teacher, config)) => {
                let soft = response_loss(logits.clone(), Tensor::from_inner(teacher.clone()), config.temperature);
                (hard.clone() * config.alpha + soft.clone() * config.beta, soft.inner())
            }
            None => (hard.clone(), hard.clone().inner().zeros_like()),
        };
        let gradients = GradientsParams::from_grads(total.backward(), &network);
        let hits = logits.inner().argmax(1).equal(targets.clone().argmax(1)).float().mean();
        let figures = Tensor::cat(vec![total.inner(), hard.inner(), soft_part, hits], 0);
        self.network = Some(self.optimiser.step(rate, network, gradients));
        StepOutcome { figures }
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
}
