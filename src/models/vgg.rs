//! VGG-11, 13, 16 and 19, with and without batch normalisation.
//!
//! Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", ICLR 2015,
//! table 1. Tensor names are torchvision's: `features.0`, ..., `classifier.0`, `classifier.3`, `classifier.6`.
//!
//! A stage is one of the five blocks up to its last ReLU, **before** the max pool behind it: the pool only picks values
//! that the stage has made, spreads gradients over the picked positions alone, and would leave one single position of the
//! last stage for pictures of 32 pixels. It opens the next stage instead, as the stride does in a ResNet.
//!
//! Torchvision's dropout between the linear layers is left out: it does nothing in evaluation, and in training its draws
//! would have to be tied to the step for Student and Base to stay comparable. Weight decay stands in for it.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn::tensor::module::{adaptive_avg_pool2d, max_pool2d};
use burn::tensor::ops::MaxPoolOptions;
use serde::{Deserialize, Serialize};

use super::Weights;
use super::family::{Family, STANDARD_WIDTH, Staged, check_width, standard_width, with_width};
use super::layers::{Activation, Assembly, Convolution, Normalised, Slot, classified, he_deviation};
use super::walk::Walk;
use crate::error::{Error, Result};

/// Depth and convolutions of each block.
const DEPTHS: [(usize, [usize; 5]); 4] =
    [(11, [1, 1, 2, 2, 2]), (13, [2, 2, 2, 2, 2]), (16, [2, 2, 3, 3, 3]), (19, [2, 2, 4, 4, 4])];
/// Channels of each block over those of the first.
const WIDENING: [usize; 5] = [1, 2, 4, 8, 8];
/// Side of the map that the classifier reads.
const TOP_SIDE: usize = 7;
/// Units of a hidden linear layer over the channels of the first block: 4096 at the standard width.
const HIDDEN: usize = 64;
/// Deviation of the last linear layer's first weights (Simonyan and Zisserman 2015, section 3.1).
const OUTPUT_DEVIATION: f64 = 0.01;

/// Depth and width of a VGG.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct VggConfig {
    /// 11, 13, 16 or 19.
    pub depth: usize,
    /// Whether batch normalisation follows each convolution.
    pub batch_norm: bool,
    /// Channels of the first block, 4 to 256 and a multiple of 4; 64, the standard, where it is left out.
    #[serde(default = "standard_width")]
    pub width: usize,
}

impl VggConfig {
    /// Shape and class count as far as the weights tell them, the nearest depth and standard width where they do not.
    pub(super) fn guess(weights: &Weights) -> (Self, Option<usize>) {
        let features = || weights.names().filter_map(|name| name.strip_prefix("features.").map(|rest| (name, rest)));
        let rank = |name: &str| weights.get(name).map_or(0, |tensor| tensor.shape.len());
        let convolutions = features().filter(|(name, rest)| rest.ends_with(".weight") && rank(name) == 4).count();
        let (depth, _) = DEPTHS
            .into_iter()
            .min_by_key(|(_, blocks)| blocks.iter().sum::<usize>().abs_diff(convolutions))
            .expect("depths are listed");
        let batch_norm = features().any(|(_, rest)| rest.ends_with(".running_mean"));
        let width = weights.extent("features.0.weight").unwrap_or(STANDARD_WIDTH);
        (Self { depth, batch_norm, width }, weights.extent("classifier.6.weight"))
    }

    fn blocks(&self) -> Option<[usize; 5]> {
        DEPTHS.iter().find(|(depth, _)| *depth == self.depth).map(|(_, blocks)| *blocks)
    }

    /// The convolutions of every block.
    fn convolutions(&self) -> [Vec<Convolution>; 5] {
        let counts = self.blocks().expect("validated before building");
        let mut inputs = 3;
        std::array::from_fn(|block| {
            let outputs = WIDENING[block] * self.width;
            let conv = |_| {
                let inputs = std::mem::replace(&mut inputs, outputs);
                Convolution { inputs, outputs, kernel: 3, stride: 1, bias: true }
            };
            (0..counts[block]).map(conv).collect()
        })
    }
}

impl Family for VggConfig {
    fn validate(&self) -> Result<()> {
        if self.blocks().is_none() {
            return Err(Error::config("depth", format!("must be 11, 13, 16 or 19, is {}", self.depth)));
        }
        check_width(self.width)
    }

    fn name(&self) -> String {
        let normalised = if self.batch_norm { " with batch normalisation" } else { "" };
        with_width(format!("VGG-{}{normalised}", self.depth), self.width, STANDARD_WIDTH)
    }

    fn stages(&self) -> usize {
        WIDENING.len()
    }

    /// Five halvings must leave a pixel.
    fn smallest_side(&self) -> usize {
        1 << WIDENING.len()
    }

    fn slots(&self, classes: usize) -> Vec<Slot> {
        Assembly::slots_of(|parts| Vgg::assemble(self, classes, parts))
    }

    fn walk(&self, walk: &mut Walk, classes: usize) {
        walk.end_stem();
        for (stage, shapes) in self.convolutions().into_iter().enumerate() {
            let last = shapes.len() - 1;
            for (place, shape) in shapes.into_iter().enumerate() {
                if stage > 0 && place == 0 {
                    walk.pool(2, 2, 0);
                }
                if self.batch_norm {
                    walk.normalised(shape)
                } else {
                    walk.convolved(shape)
                }
                walk.end_block(place == last);
            }
        }
        walk.pool(2, 2, 0);
        walk.pooled_to(TOP_SIDE);
        for units in [HIDDEN * self.width, HIDDEN * self.width, classes] {
            walk.linear(units);
        }
    }
}

/// A VGG of any width and class count, for pictures of at least 32 pixels a side.
#[derive(Module, Debug)]
pub struct Vgg {
    stages: Vec<Vec<Normalised>>,
    classifier: Vec<Linear>,
}

impl Vgg {
    /// Puts the network together from its named layers.
    pub(super) fn assemble(config: &VggConfig, classes: usize, parts: &mut Assembly<'_>) -> Self {
        let (mut inputs, mut place) = (3, 0);
        let mut stages = Vec::with_capacity(WIDENING.len());
        for shapes in config.convolutions() {
            let mut own = Vec::with_capacity(shapes.len());
            for shape in shapes {
                let path = format!("features.{place}");
                // Places count every module of torchvision's list: the ReLUs too, and the pool behind a block.
                own.push(if config.batch_norm {
                    let norm = format!("features.{}", place + 1);
                    place += 3;
                    parts.normalised(&path, &norm, shape)
                } else {
                    place += 2;
                    parts.convolved(&path, shape)
                });
                inputs = shape.outputs;
            }
            place += 1;
            stages.push(own);
        }
        let hidden = HIDDEN * config.width;
        let flat = inputs * TOP_SIDE * TOP_SIDE;
        let classifier = vec![
            parts.linear("classifier.0", flat, hidden, he_deviation(flat)),
            parts.linear("classifier.3", hidden, hidden, he_deviation(hidden)),
            parts.linear("classifier.6", hidden, classes, OUTPUT_DEVIATION),
        ];
        Self { stages, classifier }
    }
}

/// Halves height and width, rounding down.
fn halved(activation: Tensor<4>) -> Tensor<4> {
    max_pool2d(activation, MaxPoolOptions::new([2, 2]).with_stride([2, 2]))
}

impl Staged for Vgg {
    fn stages(&self) -> usize {
        self.stages.len()
    }

    fn blocks(&self, stage: usize) -> usize {
        self.stages[stage].len()
    }

    fn stem(&self, pictures: Tensor<4>) -> Tensor<4> {
        pictures
    }

    fn block(&self, stage: usize, block: usize, input: Tensor<4>, last: Activation) -> Tensor<4> {
        let input = if stage > 0 && block == 0 { halved(input) } else { input };
        self.stages[stage][block].forward(input, None, last)
    }

    fn classify(&self, top: Tensor<4>) -> Tensor<2> {
        let flat: Tensor<2> = adaptive_avg_pool2d(halved(top), [TOP_SIDE, TOP_SIDE]).flatten(1, 3);
        let (last, earlier) = self.classifier.split_last().expect("three linear layers");
        classified(last, earlier.iter().fold(flat, |features, layer| relu(classified(layer, features))))
    }

    fn classifier(&self) -> Option<Tensor<2>> {
        None
    }
}
