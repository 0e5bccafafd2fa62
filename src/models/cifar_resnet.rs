//! CIFAR ResNets of depth 6n+2, with parameter-free (option A) shortcuts or projections (option B).
//!
//! Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2. Tensor names are those of
//! the widespread PyTorch checkpoints: `conv1`, `bn1`, `layer1.0.conv1`, ..., `linear`; with projections also
//! `layer2.0.downsample.0` and `.1`. Checkpoints of pytorch-cifar-models, RepDistiller and mdistiller have projections, and
//! their `x4` networks four times the channels behind a stem of twice the standard width.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::Weights;
use super::family::{Family, Staged, check_width, with_width};
use super::layers::{Activation, Assembly, Convolution, Normalised, Slot, classified, he_deviation};
use super::walk::Walk;
use crate::error::{Error, Result};
use crate::operations::global_mean::global_mean;
use crate::operations::shortcut::shortcut;

/// How many stages every network of this family has.
const STAGES: usize = 3;
/// Largest number of blocks a stage: ResNet-110.
const MAX_BLOCKS: usize = 18;
/// Channels of the first stage in the paper.
const STANDARD_WIDTH: usize = 16;

/// Depth and width of a CIFAR ResNet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct CifarResNetConfig {
    /// Residual blocks per stage, 1 to 18; the depth is `6 * blocks + 2`: 1 is ResNet-8, 3 ResNet-20, 9 ResNet-56.
    pub blocks: usize,
    /// Channels of the first stage, 4 to 256 and a multiple of 4; the next stages have twice and four times as many. 16
    /// is the standard.
    pub width: usize,
    /// Channels of the first convolution where they are not those of the first stage, by the same rules; needs projections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stem: Option<usize>,
    /// Whether a shortcut between stages is a 1x1 convolution with batch normalisation (option B) in place of every
    /// second pixel with zeros for the new channels (option A).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub projection: bool,
}

impl CifarResNetConfig {
    /// Shape and class count as far as the weights tell them, the standard ones where they do not.
    pub(super) fn guess(weights: &Weights) -> (Self, Option<usize>) {
        let blocks = (0..).take_while(|block| weights.get(&format!("layer1.{block}.conv1.weight")).is_some()).count();
        let stem = weights.extent("conv1.weight").unwrap_or(STANDARD_WIDTH);
        let width = weights.extent("layer1.0.conv1.weight").unwrap_or(stem);
        let projection = weights.names().any(|name| name.contains(".downsample."));
        let stem = (stem != width).then_some(stem);
        (Self { blocks, width, stem, projection }, weights.extent("linear.weight"))
    }

    /// Channels of the first convolution.
    fn stem_width(&self) -> usize {
        self.stem.unwrap_or(self.width)
    }

    /// `(stage from 0, block from 0, channels in, channels out)` of every block.
    fn block_shapes(&self) -> impl Iterator<Item = (usize, usize, usize, usize)> + '_ {
        (0..STAGES).flat_map(move |stage| {
            let outputs = self.width << stage;
            let before = if stage == 0 { self.stem_width() } else { outputs / 2 };
            (0..self.blocks).map(move |block| (stage, block, if block == 0 { before } else { outputs }, outputs))
        })
    }

    /// The two convolutions of a block, and the one in its shortcut where that needs one.
    fn convolutions(
        &self,
        (stage, block, inputs, outputs): (usize, usize, usize, usize),
    ) -> ([Convolution; 2], Option<Convolution>) {
        let stride = if stage > 0 && block == 0 { 2 } else { 1 };
        let first = conv(inputs, outputs, stride);
        let projection = (self.projection && inputs != outputs).then_some(Convolution { kernel: 1, ..first });
        ([first, conv(outputs, outputs, 1)], projection)
    }
}

/// A 3x3 convolution.
fn conv(inputs: usize, outputs: usize, stride: usize) -> Convolution {
    Convolution { inputs, outputs, kernel: 3, stride, bias: false }
}

impl Family for CifarResNetConfig {
    fn validate(&self) -> Result<()> {
        if !(1..=MAX_BLOCKS).contains(&self.blocks) {
            return Err(Error::config("blocks", format!("must lie between 1 and {MAX_BLOCKS}, is {}", self.blocks)));
        }
        check_width(self.width)?;
        match self.stem {
            Some(_) if !self.projection => Err(Error::config("stem", "needs projections".to_owned())),
            Some(stem) => check_width(stem),
            None => Ok(()),
        }
    }

    fn name(&self) -> String {
        let name = with_width(format!("ResNet-{}", 6 * self.blocks + 2), self.width, STANDARD_WIDTH);
        let name = if self.projection { format!("{name}, projections") } else { name };
        self.stem.map_or_else(|| name.clone(), |stem| format!("{name}, stem {stem}"))
    }

    fn stages(&self) -> usize {
        STAGES
    }

    fn slots(&self, classes: usize) -> Vec<Slot> {
        Assembly::slots_of(|parts| CifarResNet::assemble(self, classes, parts))
    }

    fn walk(&self, walk: &mut Walk, classes: usize) {
        walk.normalised(conv(3, self.stem_width(), 1));
        walk.end_stem();
        for shape in self.block_shapes() {
            let before = walk.place();
            let (branch, projection) = self.convolutions(shape);
            branch.into_iter().for_each(|shape| walk.normalised(shape));
            if let Some(projection) = projection {
                walk.normalised_beside(before, projection);
            }
            walk.end_block(shape.1 + 1 == self.blocks);
        }
        walk.mean();
        walk.linear(classes);
    }
}

/// Two 3x3 convolutions and a shortcut.
#[derive(Module, Debug)]
struct BasicBlock {
    first: Normalised,
    second: Normalised,
    projection: Option<Normalised>,
}

impl BasicBlock {
    /// # Shapes
    /// - input `[N, Cin, H, W]`, output `[N, Cout, ceil(H / stride), ceil(W / stride)]`
    fn forward(&self, input: Tensor<4>, last: Activation) -> Tensor<4> {
        let hidden = self.first.forward(input.clone(), None, Activation::Relu);
        self.second.forward(hidden, Some(self.shortcut(input)), last)
    }

    fn shortcut(&self, input: Tensor<4>) -> Tensor<4> {
        let (inputs, outputs) = self.first.channels();
        let outputs = outputs / (input.dims()[1] / inputs);
        match &self.projection {
            Some(projection) => projection.forward(input, None, Activation::None),
            None if inputs == outputs => input,
            None => shortcut(input, (inputs, outputs), 2),
        }
    }
}

/// A CIFAR ResNet of any width and class count.
#[derive(Module, Debug)]
pub struct CifarResNet {
    stem: Normalised,
    stages: Vec<Vec<BasicBlock>>,
    linear: Linear,
}

impl CifarResNet {
    /// Puts the network together from its named layers.
    pub(super) fn assemble(config: &CifarResNetConfig, classes: usize, parts: &mut Assembly<'_>) -> Self {
        let stem = parts.normalised("conv1", "bn1", conv(3, config.stem_width(), 1));
        let mut stages: Vec<Vec<BasicBlock>> = (0..STAGES).map(|_| Vec::with_capacity(config.blocks)).collect();
        for shape in config.block_shapes() {
            let (stage, block, ..) = shape;
            let path = |layer: &str| format!("layer{}.{block}.{layer}", stage + 1);
            let ([first, second], projection) = config.convolutions(shape);
            let first = parts.normalised(&path("conv1"), &path("bn1"), first);
            let second = parts.normalised(&path("conv2"), &path("bn2"), second);
            let projection =
                projection.map(|shape| parts.normalised(&path("downsample.0"), &path("downsample.1"), shape));
            stages[stage].push(BasicBlock { first, second, projection });
        }
        let features = config.width << (STAGES - 1);
        Self { stem, stages, linear: parts.linear("linear", features, classes, he_deviation(features)) }
    }
}

impl Staged for CifarResNet {
    fn stages(&self) -> usize {
        self.stages.len()
    }

    fn blocks(&self, stage: usize) -> usize {
        self.stages[stage].len()
    }

    fn stem(&self, pictures: Tensor<4>) -> Tensor<4> {
        self.stem.forward(pictures, None, Activation::Relu)
    }

    fn block(&self, stage: usize, block: usize, input: Tensor<4>, last: Activation) -> Tensor<4> {
        self.stages[stage][block].forward(input, last)
    }

    fn classify(&self, top: Tensor<4>) -> Tensor<2> {
        classified(&self.linear, global_mean(top))
    }

    fn classifier(&self) -> Option<Tensor<2>> {
        Some(self.linear.weight.val().transpose())
    }
}
