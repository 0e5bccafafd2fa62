//! ResNets for photographs: 18 and 34 with basic blocks, 50 and 101 with bottlenecks, projections (option B) as shortcuts.
//!
//! Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, table 1. Tensor names and the place of
//! the stride (in a bottleneck's 3x3 convolution) are torchvision's: `conv1`, `bn1`, `layer1.0.conv1`, ..., `fc`.
//!
//! For pictures of 32 pixels the field replaces the stem: a 3x3 convolution of stride 1 and no pool, as in pytorch-cifar.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::Tensor;
use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;
use serde::{Deserialize, Serialize};

use super::Weights;
use super::family::{Family, STANDARD_WIDTH, Staged, check_width, standard_width, with_width};
use super::layers::{Activation, Assembly, Convolution, Normalised, Slot, classified};
use super::walk::Walk;
use crate::error::{Error, Result};
use crate::operations::global_mean::global_mean;

/// Depth, blocks of each stage, and whether they are bottlenecks.
const DEPTHS: [(usize, [usize; 4], bool); 4] =
    [(18, [2, 2, 2, 2], false), (34, [3, 4, 6, 3], false), (50, [3, 4, 6, 3], true), (101, [3, 4, 23, 3], true)];
/// How many times more channels leave a bottleneck than pass through its middle.
const EXPANSION: usize = 4;

/// Depth and width of a ResNet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ResNetConfig {
    /// 18, 34, 50 or 101.
    pub depth: usize,
    /// Channels of the first convolution, 4 to 256 and a multiple of 4; 64, the standard, where it is left out.
    #[serde(default = "standard_width")]
    pub width: usize,
    /// Whether the stem is a 3x3 convolution alone, for small pictures, in place of a 7x7 one of stride 2 and a pool.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub small_stem: bool,
}

impl ResNetConfig {
    /// Shape and class count as far as the weights tell them, the nearest depth and standard width where they do not.
    pub(super) fn guess(weights: &Weights) -> (Self, Option<usize>) {
        let has = |name: &str| weights.get(name).is_some();
        let bottleneck = has("layer1.0.conv3.weight") || has("layer2.0.conv3.weight");
        // The third stage is the one that tells the depths apart.
        let blocks = (0..).take_while(|block| has(&format!("layer3.{block}.conv1.weight"))).count();
        let (depth, ..) = DEPTHS
            .into_iter()
            .filter(|(_, _, bottlenecks)| *bottlenecks == bottleneck)
            .min_by_key(|(_, stages, _)| stages[2].abs_diff(blocks))
            .expect("both kinds of blocks are listed");
        let small_stem = weights.get("conv1.weight").is_some_and(|stem| stem.shape.last() == Some(&3));
        let width = weights.extent("conv1.weight").unwrap_or(STANDARD_WIDTH);
        (Self { depth, width, small_stem }, weights.extent("fc.weight"))
    }

    fn shape(&self) -> Option<([usize; 4], bool)> {
        DEPTHS.iter().find(|(depth, ..)| *depth == self.depth).map(|(_, blocks, bottleneck)| (*blocks, *bottleneck))
    }

    /// The first convolution.
    fn stem(&self) -> Convolution {
        let (kernel, stride) = if self.small_stem { (3, 1) } else { (7, 2) };
        Convolution { inputs: 3, outputs: self.width, kernel, stride, bias: false }
    }

    /// The blocks of every stage.
    fn blocks(&self) -> [Vec<BlockShape>; 4] {
        let (blocks, bottleneck) = self.shape().expect("validated before building");
        let mut inputs = self.width;
        std::array::from_fn(|stage| {
            let middle = self.width << stage;
            let outputs = if bottleneck { EXPANSION * middle } else { middle };
            let block = |block: usize| {
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                BlockShape { inputs: std::mem::replace(&mut inputs, outputs), middle, outputs, stride }
            };
            (0..blocks[stage]).map(block).collect()
        })
    }
}

/// Channels and stride of a block.
#[derive(Debug, Clone, Copy)]
struct BlockShape {
    inputs: usize,
    middle: usize,
    outputs: usize,
    stride: usize,
}

impl BlockShape {
    /// The convolutions one after the other.
    fn branch(&self) -> Vec<Convolution> {
        let Self { inputs, middle, outputs, stride } = *self;
        let shapes = if middle == outputs {
            vec![(inputs, outputs, 3, stride), (outputs, outputs, 3, 1)]
        } else {
            vec![(inputs, middle, 1, 1), (middle, middle, 3, stride), (middle, outputs, 1, 1)]
        };
        let conv = |(inputs, outputs, kernel, stride)| Convolution { inputs, outputs, kernel, stride, bias: false };
        shapes.into_iter().map(conv).collect()
    }

    /// The convolution beside them, where the shortcut needs one.
    fn projection(&self) -> Option<Convolution> {
        let Self { inputs, outputs, stride, .. } = *self;
        let shape = Convolution { inputs, outputs, kernel: 1, stride, bias: false };
        (stride > 1 || inputs != outputs).then_some(shape)
    }
}

impl Family for ResNetConfig {
    fn validate(&self) -> Result<()> {
        if self.shape().is_none() {
            return Err(Error::config("depth", format!("must be 18, 34, 50 or 101, is {}", self.depth)));
        }
        check_width(self.width)
    }

    fn name(&self) -> String {
        let name = with_width(format!("ResNet-{}", self.depth), self.width, STANDARD_WIDTH);
        if self.small_stem { format!("{name}, 3x3 stem") } else { name }
    }

    fn stages(&self) -> usize {
        DEPTHS[0].1.len()
    }

    fn slots(&self, classes: usize) -> Vec<Slot> {
        Assembly::slots_of(|parts| ResNet::assemble(self, classes, parts))
    }

    fn walk(&self, walk: &mut Walk, classes: usize) {
        walk.normalised(self.stem());
        if !self.small_stem {
            walk.pool(3, 2, 1);
        }
        walk.end_stem();
        for blocks in self.blocks() {
            for (block, left) in blocks.iter().zip((0..blocks.len()).rev()) {
                let before = walk.place();
                block.branch().into_iter().for_each(|shape| walk.normalised(shape));
                if let Some(projection) = block.projection() {
                    walk.normalised_beside(before, projection);
                }
                walk.end_block(left == 0);
            }
        }
        walk.mean();
        walk.linear(classes);
    }
}

/// Two 3x3 convolutions, or a 3x3 one between two 1x1 ones, beside a shortcut.
#[derive(Module, Debug)]
struct Block {
    branch: Vec<Normalised>,
    projection: Option<Normalised>,
}

impl Block {
    fn assemble(path: &str, block: &BlockShape, parts: &mut Assembly<'_>) -> Self {
        let mut branch = Vec::new();
        for (index, shape) in (1..).zip(block.branch()) {
            branch.push(parts.normalised(&format!("{path}.conv{index}"), &format!("{path}.bn{index}"), shape));
        }
        let projection = block.projection().map(|shape| {
            let (projection, norm) = (format!("{path}.downsample.0"), format!("{path}.downsample.1"));
            parts.normalised(&projection, &norm, shape)
        });
        Self { branch, projection }
    }

    /// # Shapes
    /// - input `[N, Cin, H, W]`, output `[N, Cout, ceil(H / stride), ceil(W / stride)]`
    fn forward(&self, input: Tensor<4>, last: Activation) -> Tensor<4> {
        let (layer, earlier) = self.branch.split_last().expect("two or three convolutions");
        let hidden = earlier.iter().fold(input.clone(), |input, layer| layer.forward(input, None, Activation::Relu));
        let shortcut = match &self.projection {
            Some(projection) => projection.forward(input, None, Activation::None),
            None => input,
        };
        layer.forward(hidden, Some(shortcut), last)
    }
}

/// A ResNet of any width and class count, for pictures of any size.
#[derive(Module, Debug)]
pub struct ResNet {
    stem: Normalised,
    stages: Vec<Vec<Block>>,
    fc: Linear,
    /// Whether a pool follows the stem.
    pooled: bool,
}

impl ResNet {
    /// Puts the network together from its named layers.
    pub(super) fn assemble(config: &ResNetConfig, classes: usize, parts: &mut Assembly<'_>) -> Self {
        let stem = parts.normalised("conv1", "bn1", config.stem());
        let (mut inputs, mut stages) = (config.width, Vec::new());
        for (stage, blocks) in (1..).zip(config.blocks()) {
            let mut own = Vec::with_capacity(blocks.len());
            for (block, shape) in blocks.iter().enumerate() {
                own.push(Block::assemble(&format!("layer{stage}.{block}"), shape, parts));
                inputs = shape.outputs;
            }
            stages.push(own);
        }
        // PyTorch starts a linear layer uniformly within one over the root of its inputs: the same variance.
        let deviation = (1.0 / (3.0 * inputs as f64)).sqrt();
        Self { stem, stages, fc: parts.linear("fc", inputs, classes, deviation), pooled: !config.small_stem }
    }
}

impl Staged for ResNet {
    fn stages(&self) -> usize {
        self.stages.len()
    }

    fn blocks(&self, stage: usize) -> usize {
        self.stages[stage].len()
    }

    fn stem(&self, pictures: Tensor<4>) -> Tensor<4> {
        let stem = self.stem.forward(pictures, None, Activation::Relu);
        if !self.pooled {
            return stem;
        }
        max_pool2d(stem, MaxPoolOptions::new([3, 3]).with_stride([2, 2]).with_padding([1, 1]))
    }

    fn block(&self, stage: usize, block: usize, input: Tensor<4>, last: Activation) -> Tensor<4> {
        self.stages[stage][block].forward(input, last)
    }

    fn classify(&self, top: Tensor<4>) -> Tensor<2> {
        classified(&self.fc, global_mean(top))
    }

    fn classifier(&self) -> Option<Tensor<2>> {
        Some(self.fc.weight.val().transpose())
    }
}
