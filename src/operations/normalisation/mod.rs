//! Batch normalisation with what usually stands behind it: a sum with a shortcut, and a ReLU.
//!
//! Source: Ioffe, Szegedy, "Batch Normalization", ICML 2015, algorithm 1 and section 3. With the mean `m` and the biased
//! variance `v` of a channel over `N, H, W`: `h = (x - m) / sqrt(v + e)`, `z = scale h + shift + r`, `y = max(z, 0)` or
//! `z`. With `g` the gradient of `z`, which is that of `y` where `y > 0`, `M = N H W` and sums over `N, H, W`:
//! `d scale = sum g h`, `d shift = sum g`, `d r = g` and
//! `d x = scale / sqrt(v + e) (g - d shift / M - h d scale / M)`.
//! Running statistics move by the momentum towards `m` and `v`, as Burn's do.

mod host;
#[cfg(any(feature = "webgpu", feature = "cuda"))]
mod kernel;
mod manner;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend, Backend, Dispatch, Flex, Scalar, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
pub use manner::Manner;

/// The operation on every backend.
#[backend_extension(
    Cube: cfg(any(feature = "webgpu", feature = "cuda")), Remote: cfg(feature = "remote"), Flex, Autodiff
)]
pub trait NormalisationOps: Backend {
    /// By the statistics of the batch: the output, the batch's statistics in a form of the backend's own, and both
    /// running statistics afterwards. Where no shortcut is added, any tensor of the input's shape may stand for it.
    fn normalise_batch(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        shortcut: FloatTensor<Self>,
        manner: Manner,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let moved = |old: FloatTensor<Self>, new: FloatTensor<Self>| {
            let (keep, take) = (Scalar::Float(1.0 - manner.momentum), Scalar::Float(manner.momentum));
            Self::float_add(Self::float_mul_scalar(old, keep), Self::float_mul_scalar(new, take))
        };
        let batch = Self::batch_norm_train(input, scale, shift, manner.epsilon);
        let statistics = Self::float_cat(vec![batch.mean.clone(), batch.variance.clone()], 0);
        let output = finish::<Self>(batch.output, shortcut, manner);
        (output, statistics, moved(mean, batch.mean), moved(variance, batch.variance))
    }

    /// Gradients of [`normalise_batch`](Self::normalise_batch) by its input, scale, shift and shortcut. `output` and
    /// `statistics` are what it gave.
    fn normalise_batch_gradient(
        gradient: FloatTensor<Self>,
        output: FloatTensor<Self>,
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        statistics: FloatTensor<Self>,
        manner: Manner,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let channels = scale.shape()[0];
        let row = |first: usize| Self::float_slice(statistics.clone(), &[(first..first + channels).into()]);
        let gradient = if manner.relu { Self::relu_backward(output, gradient) } else { gradient };
        let (mean, variance) = (row(0), row(channels));
        let by = Self::batch_norm_train_backward(input, scale, mean, variance, manner.epsilon, gradient.clone());
        (by.x_grad, by.gamma_grad, by.beta_grad, gradient)
    }

    /// By running statistics, which are constants.
    fn normalise(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        shortcut: FloatTensor<Self>,
        manner: Manner,
    ) -> FloatTensor<Self> {
        let normalised = Self::batch_norm(input, scale, shift, mean, variance, manner.epsilon);
        finish::<Self>(normalised, shortcut, manner)
    }

    /// Gradients of [`normalise`](Self::normalise) by its input and its shortcut. `output` is what it gave.
    fn normalise_gradient(
        gradient: FloatTensor<Self>,
        output: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        manner: Manner,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let channels = scale.shape()[0];
        let gradient = if manner.relu { Self::relu_backward(output, gradient) } else { gradient };
        let deviation = Self::float_sqrt(Self::float_add_scalar(variance, Scalar::Float(manner.epsilon)));
        let factor = Self::float_reshape(Self::float_div(scale, deviation), Shape::new([1, channels, 1, 1]));
        (Self::float_mul(gradient.clone(), factor), gradient)
    }
}

/// What follows the normalisation, from Burn's operations.
fn finish<B: Backend>(normalised: FloatTensor<B>, shortcut: FloatTensor<B>, manner: Manner) -> FloatTensor<B> {
    let sum = if manner.shortcut { B::float_add(normalised, shortcut) } else { normalised };
    if manner.relu { B::relu(sum) } else { sum }
}

impl NormalisationOps for Flex {
    fn normalise_batch(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        shortcut: FloatTensor<Self>,
        manner: Manner,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        host::batch(input, [scale, shift, mean, variance], shortcut, manner)
    }

    fn normalise_batch_gradient(
        gradient: FloatTensor<Self>,
        output: FloatTensor<Self>,
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        statistics: FloatTensor<Self>,
        manner: Manner,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        host::batch_gradient(gradient, output, input, [scale, statistics], manner)
    }

    fn normalise(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        shortcut: FloatTensor<Self>,
        manner: Manner,
    ) -> FloatTensor<Self> {
        host::running(input, [scale, shift, mean, variance], shortcut, manner)
    }

    fn normalise_gradient(
        gradient: FloatTensor<Self>,
        output: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        manner: Manner,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        host::running_gradient(gradient, output, [scale, variance], manner)
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
impl NormalisationOps for burn_cubecl::CubeBackend {
    fn normalise_batch(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        shortcut: FloatTensor<Self>,
        manner: Manner,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        kernel::batch(input, [scale, shift, mean, variance], shortcut, manner)
    }

    fn normalise_batch_gradient(
        gradient: FloatTensor<Self>,
        output: FloatTensor<Self>,
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        statistics: FloatTensor<Self>,
        manner: Manner,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        kernel::batch_gradient(gradient, output, input, [scale, statistics], manner)
    }

    fn normalise(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        shortcut: FloatTensor<Self>,
        manner: Manner,
    ) -> FloatTensor<Self> {
        kernel::running(input, [scale, shift, mean, variance], shortcut, manner)
    }

    fn normalise_gradient(
        gradient: FloatTensor<Self>,
        output: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        manner: Manner,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        kernel::running_gradient(gradient, output, [scale, variance], manner)
    }
}

#[cfg(feature = "remote")]
impl NormalisationOps for burn::backend::Remote {}

/// The written-out gradient.
#[derive(Debug)]
struct Gradient;

/// What the gradient needs of the forward pass.
#[derive(Debug, Clone)]
struct State<B: Backend> {
    output: FloatTensor<B>,
    input: FloatTensor<B>,
    scale: FloatTensor<B>,
    statistics: FloatTensor<B>,
    manner: Manner,
}

impl<B: NormalisationOps> Backward<B, 4> for Gradient {
    type State = State<B>;

    fn backward(self, ops: Ops<Self::State, 4>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let gradient = gradients.consume::<B>(&ops.node);
        let State { output, input, scale, statistics, manner } = ops.state;
        let (by_input, by_scale, by_shift, by_shortcut) =
            B::normalise_batch_gradient(gradient, output, input, scale, statistics, manner);
        let [input, scale, shift, shortcut] = ops.parents;
        let shortcut = if manner.shortcut { shortcut } else { None };
        for (node, value) in [(input, by_input), (scale, by_scale), (shift, by_shift), (shortcut, by_shortcut)] {
            if let Some(node) = node {
                gradients.register::<B>(node.id, value);
            }
        }
    }
}

/// The same for running statistics.
#[derive(Debug)]
struct RunningGradient;

/// What that gradient needs of the forward pass.
#[derive(Debug, Clone)]
struct RunningState<B: Backend> {
    output: FloatTensor<B>,
    input: FloatTensor<B>,
    scale: FloatTensor<B>,
    mean: FloatTensor<B>,
    variance: FloatTensor<B>,
    manner: Manner,
}

impl<B: NormalisationOps> Backward<B, 4> for RunningGradient {
    type State = RunningState<B>;

    fn backward(self, ops: Ops<Self::State, 4>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let gradient = gradients.consume::<B>(&ops.node);
        let RunningState { output, input, scale, mean, variance, manner } = ops.state;
        let (by_input, passed) = B::normalise_gradient(gradient, output, scale, variance.clone(), manner);
        let [input_node, scale_node, shift_node, shortcut_node] = ops.parents;
        // Whoever normalises by running statistics seldom trains; from Burn's operations, then.
        let channels = mean.shape()[0];
        let row = |tensor| B::float_reshape(tensor, Shape::new([1, channels, 1, 1]));
        let summed = |tensor| {
            let sum = [0, 2, 3].into_iter().fold(tensor, |tensor, axis| B::float_sum_dim(tensor, axis));
            B::float_reshape(sum, Shape::new([channels]))
        };
        if let Some(node) = scale_node {
            let deviation = B::float_sqrt(B::float_add_scalar(variance, Scalar::Float(manner.epsilon)));
            let normalised = B::float_div(B::float_sub(input, row(mean)), row(deviation));
            gradients.register::<B>(node.id, summed(B::float_mul(passed.clone(), normalised)));
        }
        if let Some(node) = shift_node {
            gradients.register::<B>(node.id, summed(passed.clone()));
        }
        if let Some(node) = input_node {
            gradients.register::<B>(node.id, by_input);
        }
        if let (Some(node), true) = (shortcut_node, manner.shortcut) {
            gradients.register::<B>(node.id, passed);
        }
    }
}

impl<B: NormalisationOps, C: CheckpointStrategy> NormalisationOps for Autodiff<B, C> {
    fn normalise(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        shortcut: FloatTensor<Self>,
        manner: Manner,
    ) -> FloatTensor<Self> {
        let nodes = [input.node(), scale.node(), shift.node(), shortcut.node()];
        let [input, scale, shift, mean, variance, shortcut] =
            [input, scale, shift, mean, variance, shortcut].map(FloatTensor::<Self>::into_primitive);
        let (mean_too, variance_too) = (mean.clone(), variance.clone());
        let output = B::normalise(input.clone(), scale.clone(), shift, mean, variance, shortcut, manner);
        let (mean, variance) = (mean_too, variance_too);
        match RunningGradient.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let state = RunningState { output: output.clone(), input, scale, mean, variance, manner };
                prep.finish(state, output)
            }
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn normalise_batch(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        shortcut: FloatTensor<Self>,
        manner: Manner,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let nodes = [input.node(), scale.node(), shift.node(), shortcut.node()];
        let (input, scale) = (input.into_primitive(), scale.into_primitive());
        let (output, statistics, mean, variance) = B::normalise_batch(
            input.clone(),
            scale.clone(),
            shift.into_primitive(),
            mean.into_primitive(),
            variance.into_primitive(),
            shortcut.into_primitive(),
            manner,
        );
        let constant = |tensor: FloatTensor<B>| <Self as AutodiffBackend>::from_inner(tensor);
        let statistics_too = statistics.clone();
        let output = match Gradient.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                prep.finish(State { output: output.clone(), input, scale, statistics, manner }, output)
            }
            OpsKind::UnTracked(prep) => prep.finish(output),
        };
        (output, constant(statistics_too), constant(mean), constant(variance))
    }
}

/// One layer's numbers, each `[C]`.
#[derive(Debug, Clone)]
pub struct Channels {
    /// Factor of the normalised values.
    pub scale: Tensor<1>,
    /// Added to them.
    pub shift: Tensor<1>,
    /// Running mean.
    pub mean: Tensor<1>,
    /// Running variance.
    pub variance: Tensor<1>,
}

/// Normalises by the statistics of the batch; gives the output and the running statistics afterwards, mean before
/// variance.
///
/// # Shapes
/// - `input`, `shortcut` and the output: `[N, C, H, W]`
#[must_use]
pub fn normalise_batch(
    input: Tensor<4>,
    channels: Channels,
    shortcut: Option<Tensor<4>>,
    manner: Manner,
) -> (Tensor<4>, Tensor<1>, Tensor<1>) {
    let shortcut = shortcut.unwrap_or_else(|| input.clone());
    let (output, _, mean, variance) = Dispatch::normalise_batch(
        input.into_dispatch(),
        channels.scale.into_dispatch(),
        channels.shift.into_dispatch(),
        channels.mean.into_dispatch(),
        channels.variance.into_dispatch(),
        shortcut.into_dispatch(),
        manner,
    );
    (Tensor::from_dispatch(output), Tensor::from_dispatch(mean), Tensor::from_dispatch(variance))
}

/// Normalises by running statistics.
///
/// # Shapes
/// - `input`, `shortcut` and the output: `[N, C, H, W]`
#[must_use]
pub fn normalise(input: Tensor<4>, channels: Channels, shortcut: Option<Tensor<4>>, manner: Manner) -> Tensor<4> {
    let shortcut = shortcut.unwrap_or_else(|| input.clone());
    Tensor::from_dispatch(Dispatch::normalise(
        input.into_dispatch(),
        channels.scale.into_dispatch(),
        channels.shift.into_dispatch(),
        channels.mean.into_dispatch(),
        channels.variance.into_dispatch(),
        shortcut.into_dispatch(),
        manner,
    ))
}
