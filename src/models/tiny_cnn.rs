//! A tiny CNN for phones: three 3x3 convolutions of stride 2, and nothing else but the classifier.
//!
//! Ours. Plain convolutions, because depthwise ones save numbers but no time: their gradients are computed channel by
//! channel. Tensor names are those of a PyTorch module with `layer1` to `layer3`, each a `Sequential` of convolution and
//! batch normalisation, and `fc`.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::Weights;
use super::family::{Family, Staged, check_width, with_width};
use super::layers::{Activation, Assembly, Convolution, Normalised, Slot, classified, he_deviation};
use super::walk::Walk;
use crate::error::Result;
use crate::operations::global_mean::global_mean;

/// How many stages, and convolutions, the network has.
const STAGES: usize = 3;
/// Channels of the first stage where none are asked for: 24,346 numbers at ten classes.
const STANDARD_WIDTH: usize = 16;

fn standard_width() -> usize {
    STANDARD_WIDTH
}

/// Width of a tiny CNN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct TinyCnnConfig {
    /// Channels of the first stage, 4 to 256 and a multiple of 4; the next stages have twice and four times as many. 16
    /// where it is left out.
    #[serde(default = "standard_width")]
    pub width: usize,
}

impl TinyCnnConfig {
    /// Shape and class count as far as the weights tell them.
    pub(super) fn guess(weights: &Weights) -> (Self, Option<usize>) {
        (Self { width: weights.extent("layer1.0.weight").unwrap_or(STANDARD_WIDTH) }, weights.extent("fc.weight"))
    }

    /// The convolutions, one a stage.
    fn convolutions(&self) -> [Convolution; STAGES] {
        let mut inputs = 3;
        std::array::from_fn(|stage| {
            let outputs = self.width << stage;
            let inputs = std::mem::replace(&mut inputs, outputs);
            Convolution { inputs, outputs, kernel: 3, stride: 2, bias: false }
        })
    }
}

impl Family for TinyCnnConfig {
    fn validate(&self) -> Result<()> {
        check_width(self.width)
    }

    fn name(&self) -> String {
        with_width("Tiny CNN".to_owned(), self.width, STANDARD_WIDTH)
    }

    fn stages(&self) -> usize {
        STAGES
    }

    fn slots(&self, classes: usize) -> Vec<Slot> {
        Assembly::slots_of(|parts| TinyCnn::assemble(self, classes, parts))
    }

    fn walk(&self, walk: &mut Walk, classes: usize) {
        walk.end_stem();
        for shape in self.convolutions() {
            walk.normalised(shape);
            walk.end_block(true);
        }
        walk.mean();
        walk.linear(classes);
    }
}

/// A tiny CNN of any width and class count.
#[derive(Module, Debug)]
pub struct TinyCnn {
    stages: Vec<Normalised>,
    fc: Linear,
}

impl TinyCnn {
    /// Puts the network together from its named layers.
    pub(super) fn assemble(config: &TinyCnnConfig, classes: usize, parts: &mut Assembly<'_>) -> Self {
        let mut stages = Vec::with_capacity(STAGES);
        for (stage, shape) in (1..).zip(config.convolutions()) {
            stages.push(parts.normalised(&format!("layer{stage}.0"), &format!("layer{stage}.1"), shape));
        }
        let features = config.width << (STAGES - 1);
        Self { stages, fc: parts.linear("fc", features, classes, he_deviation(features)) }
    }
}

impl Staged for TinyCnn {
    fn stages(&self) -> usize {
        self.stages.len()
    }

    fn blocks(&self, _: usize) -> usize {
        1
    }

    fn stem(&self, pictures: Tensor<4>) -> Tensor<4> {
        pictures
    }

    fn block(&self, stage: usize, _: usize, input: Tensor<4>, last: Activation) -> Tensor<4> {
        self.stages[stage].forward(input, None, last)
    }

    fn classify(&self, top: Tensor<4>) -> Tensor<2> {
        classified(&self.fc, global_mean(top))
    }

    fn classifier(&self) -> Option<Tensor<2>> {
        Some(self.fc.weight.val().transpose())
    }
}
