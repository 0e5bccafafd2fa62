//! CIFAR ResNets of depth 6n+2 with parameter-free (option A) shortcuts.
//!
//! Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2. Tensor names are those of
//! the widespread PyTorch checkpoints: `conv1`, `bn1`, `layer1.0.conv1`, ..., `linear`.

use burn::module::{Module, Param, RunningState};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;
use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::{Trace, Weights};
use crate::error::{Error, Result};

/// How many stages every network of this family has.
const STAGES: usize = 3;
/// Largest number of blocks a stage: ResNet-110.
const MAX_BLOCKS: usize = 18;
/// Largest width of the first stage, channels.
const MAX_WIDTH: usize = 256;

/// Depth and width of a CIFAR ResNet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct CifarResNetConfig {
    /// Residual blocks per stage, 1 to 18; the depth is `6 * blocks + 2`: 1 is ResNet-8, 3 ResNet-20, 9 ResNet-56.
    pub blocks: usize,
    /// Channels of the first stage, 4 to 256 and a multiple of 4; the next stages have twice and four times as many. 16
    /// is the standard.
    pub width: usize,
}

impl CifarResNetConfig {
    /// Checks every rule.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        if !(1..=MAX_BLOCKS).contains(&self.blocks) {
            return Err(Error::config("blocks", format!("must lie between 1 and {MAX_BLOCKS}, is {}", self.blocks)));
        }
        if !(4..=MAX_WIDTH).contains(&self.width) || !self.width.is_multiple_of(4) {
            return Err(Error::config(
                "width",
                format!("must be a multiple of 4 between 4 and {MAX_WIDTH}, is {}", self.width),
            ));
        }
        Ok(())
    }

    /// Name for people, e.g. `ResNet-20` or `ResNet-8, width 8`.
    pub(super) fn name(&self) -> String {
        let depth = 6 * self.blocks + 2;
        if self.width == 16 { format!("ResNet-{depth}") } else { format!("ResNet-{depth}, width {}", self.width) }
    }

    /// Names of the stages, shallowest first.
    pub(super) fn layers(&self) -> Vec<String> {
        (1..=STAGES).map(|stage| format!("layer{stage}")).collect()
    }

    /// Name and shape of every tensor of the network for `classes` classes, in PyTorch's order and layout.
    pub(super) fn tensors(&self, classes: usize) -> Vec<(String, Vec<usize>)> {
        let mut slots = vec![("conv1.weight".to_owned(), vec![self.width, 3, 3, 3])];
        batch_norm_slots("bn1", self.width, &mut slots);
        for (stage, block, channels_in, channels_out) in self.block_shapes() {
            let path = format!("layer{stage}.{block}");
            slots.push((format!("{path}.conv1.weight"), vec![channels_out, channels_in, 3, 3]));
            batch_norm_slots(&format!("{path}.bn1"), channels_out, &mut slots);
            slots.push((format!("{path}.conv2.weight"), vec![channels_out, channels_out, 3, 3]));
            batch_norm_slots(&format!("{path}.bn2"), channels_out, &mut slots);
        }
        slots.push(("linear.weight".to_owned(), vec![classes, 4 * self.width]));
        slots.push(("linear.bias".to_owned(), vec![classes]));
        slots
    }

    /// Reads shape and class count off the weights.
    ///
    /// # Errors
    /// [`Error::WeightsMismatch`] when the tensors that tell the shape are missing.
    pub(super) fn infer(weights: &Weights) -> Result<(Self, usize)> {
        let first_extent = |name: &str| weights.get(name).and_then(|tensor| tensor.shape.first().copied());
        let blocks = (0..).take_while(|block| weights.get(&format!("layer1.{block}.conv1.weight")).is_some()).count();
        match (first_extent("conv1.weight"), first_extent("linear.weight"), blocks) {
            (Some(width), Some(classes), 1..) => Ok((Self { blocks, width }, classes)),
            (width, classes, blocks) => {
                let needed = [
                    ("conv1.weight", width.is_none()),
                    ("layer1.0.conv1.weight", blocks == 0),
                    ("linear.weight", classes.is_none()),
                ];
                Err(Error::WeightsMismatch {
                    network: "a CIFAR ResNet".to_owned(),
                    missing: needed
                        .iter()
                        .filter(|(_, missing)| *missing)
                        .map(|(name, _)| (*name).to_owned())
                        .collect(),
                    unexpected: weights.names().map(str::to_owned).collect(),
                    misshapen: Vec::new(),
                })
            }
        }
    }

    /// `(stage from 1, block from 0, channels in, channels out)` of every block.
    fn block_shapes(&self) -> impl Iterator<Item = (usize, usize, usize, usize)> + '_ {
        (1..=STAGES).flat_map(move |stage| {
            let channels_out = self.width << (stage - 1);
            (0..self.blocks).map(move |block| {
                let downsamples = stage > 1 && block == 0;
                (stage, block, if downsamples { channels_out / 2 } else { channels_out }, channels_out)
            })
        })
    }
}

fn batch_norm_slots(path: &str, channels: usize, slots: &mut Vec<(String, Vec<usize>)>) {
    for field in ["weight", "bias", "running_mean", "running_var"] {
        slots.push((format!("{path}.{field}"), vec![channels]));
    }
}

/// Two 3x3 convolutions and a shortcut.
#[derive(Module, Debug)]
struct BasicBlock {
    conv1: Conv2d,
    bn1: BatchNorm,
    conv2: Conv2d,
    bn2: BatchNorm,
}

impl BasicBlock {
    /// # Shapes
    /// - input `[N, Cin, H, W]`, output `[N, Cout, ceil(H / stride), ceil(W / stride)]`, its ReLU still to come
    fn sum(&self, input: Tensor<4>) -> Tensor<4> {
        let hidden = relu(self.bn1.forward(self.conv1.forward(input.clone())));
        let residual = self.bn2.forward(self.conv2.forward(hidden));
        residual + self.shortcut(input)
    }

    /// Option A: every second pixel, and zero channels on both sides of the old ones.
    fn shortcut(&self, input: Tensor<4>) -> Tensor<4> {
        let [channels_out, channels_in, ..] = self.conv1.weight.dims();
        if channels_out == channels_in {
            return input;
        }
        // A 1x1 mean pool of stride 2 is the slice [.., ::2, ::2], and has a gradient on every backend.
        let halved = avg_pool2d(input, AvgPoolOptions::new([1, 1]).with_stride([2, 2]));
        let [n, _, height, width] = halved.dims();
        let before = (channels_out - channels_in) / 2;
        let zeros = |channels| Tensor::zeros([n, channels, height, width], &halved.device());
        let (front, back) = (zeros(before), zeros(channels_out - channels_in - before));
        Tensor::cat(vec![front, halved, back], 1)
    }
}

/// A CIFAR ResNet of any width and class count.
///
/// Batch normalisation follows Burn's rule: batch statistics on an autodiff device unless the module is frozen, running
/// statistics otherwise.
#[derive(Module, Debug)]
pub struct CifarResNet {
    conv1: Conv2d,
    bn1: BatchNorm,
    layer1: Vec<BasicBlock>,
    layer2: Vec<BasicBlock>,
    layer3: Vec<BasicBlock>,
    linear: Linear,
}

impl CifarResNet {
    /// Builds the network from weights that were checked against [`CifarResNetConfig::tensors`].
    pub(super) fn build(config: &CifarResNetConfig, classes: usize, weights: &Weights, device: &Device) -> Self {
        let builder = Builder { weights, device };
        let mut layers: [Vec<BasicBlock>; STAGES] = Default::default();
        for (stage, block, channels_in, channels_out) in config.block_shapes() {
            let path = format!("layer{stage}.{block}");
            let stride = if channels_in == channels_out { 1 } else { 2 };
            layers[stage - 1].push(BasicBlock {
                conv1: builder.conv(&format!("{path}.conv1"), channels_in, channels_out, stride),
                bn1: builder.batch_norm(&format!("{path}.bn1"), channels_out),
                conv2: builder.conv(&format!("{path}.conv2"), channels_out, channels_out, 1),
                bn2: builder.batch_norm(&format!("{path}.bn2"), channels_out),
            });
        }
        let [layer1, layer2, layer3] = layers;
        Self {
            conv1: builder.conv("conv1", 3, config.width, 1),
            bn1: builder.batch_norm("bn1", config.width),
            layer1,
            layer2,
            layer3,
            linear: builder.linear("linear", 4 * config.width, classes),
        }
    }

    /// Runs the network and keeps every stage.
    pub(super) fn forward(&self, pictures: Tensor<4>) -> Trace {
        let mut activation = relu(self.bn1.forward(self.conv1.forward(pictures)));
        let mut stages = Vec::with_capacity(STAGES);
        let mut before_relu = Vec::with_capacity(STAGES);
        for blocks in self.stages() {
            let sum = run_stage(blocks, activation);
            activation = relu(sum.clone());
            before_relu.push(sum);
            stages.push(activation.clone());
        }
        Trace { logits: self.classify(activation), stages, before_relu }
    }

    /// Weights of the linear layer that classifies the mean of the last stage.
    pub(super) fn classifier(&self) -> Tensor<2> {
        self.linear.weight.val().transpose()
    }

    /// Continues from the output of stage `layer` (counted from 1) to the logits.
    pub(super) fn forward_from(&self, layer: usize, activation: Tensor<4>) -> Tensor<2> {
        let top =
            self.stages()[layer..].iter().fold(activation, |activation, blocks| relu(run_stage(blocks, activation)));
        self.classify(top)
    }

    /// Every tensor, flattened row-major in PyTorch's layout, in the order of [`CifarResNetConfig::tensors`].
    pub(super) fn flat_tensors(&self) -> Vec<Tensor<1>> {
        let mut flat: Vec<Tensor<1>> = vec![self.conv1.weight.val().flatten(0, 3)];
        push_batch_norm(&self.bn1, &mut flat);
        for block in self.stages().into_iter().flatten() {
            flat.push(block.conv1.weight.val().flatten(0, 3));
            push_batch_norm(&block.bn1, &mut flat);
            flat.push(block.conv2.weight.val().flatten(0, 3));
            push_batch_norm(&block.bn2, &mut flat);
        }
        // Burn keeps [in, out], PyTorch [out, in].
        flat.push(self.linear.weight.val().transpose().flatten(0, 1));
        flat.push(self.linear.bias.as_ref().expect("built with a bias").val());
        flat
    }

    fn stages(&self) -> [&Vec<BasicBlock>; STAGES] {
        [&self.layer1, &self.layer2, &self.layer3]
    }

    fn classify(&self, activation: Tensor<4>) -> Tensor<2> {
        let [n, channels, height, width] = activation.dims();
        let pooled = activation.reshape([n, channels, height * width]).mean_dim(2).reshape([n, channels]);
        self.linear.forward(pooled)
    }
}

/// Output of a stage before its last ReLU.
fn run_stage(blocks: &[BasicBlock], activation: Tensor<4>) -> Tensor<4> {
    let (last, earlier) = blocks.split_last().expect("validated to have blocks");
    last.sum(earlier.iter().fold(activation, |activation, block| relu(block.sum(activation))))
}

fn push_batch_norm(norm: &BatchNorm, flat: &mut Vec<Tensor<1>>) {
    flat.extend([norm.gamma.val(), norm.beta.val(), norm.running_mean.value_sync(), norm.running_var.value_sync()]);
}

/// Puts checked weights into Burn's layers.
struct Builder<'a> {
    weights: &'a Weights,
    device: &'a Device,
}

impl Builder<'_> {
    fn tensor<const D: usize>(&self, name: &str) -> Tensor<D> {
        let tensor = self.weights.get(name).expect("checked before building");
        Tensor::from_data(TensorData::new(tensor.values.clone(), tensor.shape.clone()), self.device)
    }

    fn conv(&self, path: &str, channels_in: usize, channels_out: usize, stride: usize) -> Conv2d {
        let mut conv = Conv2dConfig::new([channels_in, channels_out], [3, 3])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
            .with_bias(false)
            .init(self.device);
        conv.weight = Param::from_tensor(self.tensor(&format!("{path}.weight")));
        conv
    }

    fn batch_norm(&self, path: &str, channels: usize) -> BatchNorm {
        let mut norm = BatchNormConfig::new(channels).init(self.device);
        norm.gamma = Param::from_tensor(self.tensor(&format!("{path}.weight")));
        norm.beta = Param::from_tensor(self.tensor(&format!("{path}.bias")));
        norm.running_mean = RunningState::new(self.tensor(&format!("{path}.running_mean")));
        norm.running_var = RunningState::new(self.tensor(&format!("{path}.running_var")));
        norm
    }

    fn linear(&self, path: &str, inputs: usize, outputs: usize) -> Linear {
        let mut linear = LinearConfig::new(inputs, outputs).init(self.device);
        // PyTorch keeps [out, in], Burn [in, out]; on the host the transposition is exact and free of kernels.
        let source = self.weights.get(&format!("{path}.weight")).expect("checked before building");
        let mut values = vec![0.0; inputs * outputs];
        for row in 0..outputs {
            for column in 0..inputs {
                values[column * outputs + row] = source.values[row * inputs + column];
            }
        }
        linear.weight = Param::from_tensor(Tensor::from_data(TensorData::new(values, [inputs, outputs]), self.device));
        linear.bias = Some(Param::from_tensor(self.tensor(&format!("{path}.bias"))));
        linear
    }
}
