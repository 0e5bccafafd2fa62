//! How much of a step is held in memory until its gradients are known.
//!
//! Backpropagation wants what every layer has made. Where there is no room for all of it, the ends of the blocks alone are
//! held, and each block is computed a second time when its gradients are due, from the last one to the first: Chen et al.,
//! "Training Deep Nets with Sublinear Memory Cost", 2016, arXiv 1604.06174. The batch stays whole: parts of it whose gradients
//! are added up give batch normalisation other means and variances, and with them another network. They are gone through
//! only where the recipe asks for it (`accumulation` of [`OptimiserConfig`](super::OptimiserConfig)).

use burn::module::Module;
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::activation::relu;
use burn::tensor::{Gradients, Tensor};
use serde::{Deserialize, Serialize};

use crate::models::{Network, Segment, Trace};

/// What is held of a step until its gradients are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Memory {
    /// What every layer has made: the quickest way.
    #[default]
    Ample,
    /// The ends of the blocks; the rest is computed twice. The numbers are those of [`Ample`](Self::Ample) but for the
    /// order in which gradients that meet at the end of a stage are added.
    Scarce,
}

/// The figures of an objective and the gradients of what it depends on.
pub(super) struct Descended {
    /// Whatever the objective told beside its value.
    pub figures: Vec<Tensor<1>>,
    /// By the network's parameters.
    pub network: GradientsParams,
    /// By all else that the objective has parameters of.
    pub rest: Gradients,
}

impl Memory {
    /// Whether it is the way that is taken unless another one is asked for.
    #[must_use]
    pub fn is_ample(&self) -> bool {
        *self == Self::Ample
    }

    /// Runs `network` on a batch and differentiates `objective`, which gives its value and what is to be told of it.
    ///
    /// # Shapes
    /// - `pictures`: `[N, C, H, W]`, without autodiff
    pub(super) fn descend(
        self,
        network: &Network,
        pictures: Tensor<4>,
        before_relu: bool,
        objective: impl FnOnce(&Trace) -> (Tensor<1>, Vec<Tensor<1>>),
    ) -> Descended {
        match self {
            Self::Ample => at_once(network, pictures, before_relu, objective),
            Self::Scarce => by_blocks(network, pictures, before_relu, objective),
        }
    }
}

fn at_once(
    network: &Network,
    pictures: Tensor<4>,
    before_relu: bool,
    objective: impl FnOnce(&Trace) -> (Tensor<1>, Vec<Tensor<1>>),
) -> Descended {
    let pictures = Tensor::from_inner(pictures);
    let trace = if before_relu { network.forward_before_relu(pictures) } else { network.forward(pictures) };
    let (value, figures) = objective(&trace);
    let mut rest = value.backward();
    Descended { figures, network: GradientsParams::from_module(&mut rest, network), rest }
}

fn by_blocks(
    network: &Network,
    pictures: Tensor<4>,
    before_relu: bool,
    objective: impl FnOnce(&Trace) -> (Tensor<1>, Vec<Tensor<1>>),
) -> Descended {
    let segments = network.segments();
    let tapped = |segment: Segment| before_relu && segment.ends_stage();
    let onward = |segment: Segment, end: Tensor<4>| if tapped(segment) { relu(end) } else { end };
    let leaf = |end: &Tensor<4>| Tensor::from_inner(end.clone()).require_grad();

    // Without gradients nothing is recorded; batch normalisation sees the batch all the same.
    let unrecorded = network.clone().no_grad();
    let mut ends: Vec<Tensor<4>> = Vec::with_capacity(segments.len());
    for (place, &segment) in segments.iter().enumerate() {
        let input = match ends.last() {
            Some(end) => onward(segments[place - 1], end.clone()),
            None => pictures.clone(),
        };
        ends.push(unrecorded.segment(segment, Tensor::from_inner(input), tapped(segment)).inner());
    }
    drop(unrecorded);
    let statistics = network.running_statistics();

    let leaves: Vec<Option<Tensor<4>>> =
        segments.iter().zip(&ends).map(|(segment, end)| segment.ends_stage().then(|| leaf(end))).collect();
    let stage = |(&segment, leaf): (&Segment, &Option<Tensor<4>>)| Some(onward(segment, leaf.clone()?));
    let stages: Vec<Tensor<4>> = segments.iter().zip(&leaves).filter_map(stage).collect();
    let top = stages.last().expect("every network has stages").clone();
    let logits = network.forward_from(stages.len(), top);
    let taps = if before_relu { leaves.iter().flatten().cloned().collect() } else { Vec::new() };
    let trace = Trace { stages, before_relu: taps, logits };
    let (value, figures) = objective(&trace);
    drop(trace);
    let mut rest = value.backward();
    let mut own = GradientsAccumulator::new();
    own.accumulate(network, GradientsParams::from_module(&mut rest, network));
    // By what each segment has made: at first only what the objective itself asks for.
    let mut asked: Vec<Option<Tensor<4>>> =
        leaves.into_iter().map(|leaf| leaf.and_then(|leaf| leaf.grad_remove(&mut rest))).collect();

    for (place, &segment) in segments.iter().enumerate().rev() {
        ends.pop();
        // Nothing depends on this block where only an earlier stage is compared with the Teacher's.
        let Some(gradient) = asked.pop().flatten() else { continue };
        let below = ends.last().map(leaf);
        let input = match &below {
            Some(below) => onward(segments[place - 1], below.clone()),
            None => Tensor::from_inner(pictures.clone()),
        };
        let end = network.segment(segment, input, tapped(segment));
        // A stem without parameters hands the pictures on.
        if !end.is_tracked() {
            continue;
        }
        // The gradient of this product is the one that is asked for.
        let mut gradients = (end * Tensor::from_inner(gradient)).backward();
        own.accumulate(network, GradientsParams::from_module(&mut gradients, network));
        if let (Some(below), Some(slot)) = (below, asked.last_mut()) {
            let further = below.grad_remove(&mut gradients);
            *slot = match (slot.take(), further) {
                (Some(direct), Some(further)) => Some(direct + further),
                (direct, further) => direct.or(further),
            };
        }
    }
    // Each block has seen the batch twice, which is to count once.
    network.put_back(&statistics);
    Descended { figures, network: own.grads(), rest }
}
