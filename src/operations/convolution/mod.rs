//! Convolution on square kernels, and its two gradients.
//!
//! `y[n,o,r,c] = sum over i,a,b of w[o,i,a,b] x[n,i,sr+a-p,sc+b-p]` with stride `s` and padding `p`, zero outside.
//! With `g` the gradient of `y`: `dx[n,i,r,c] = sum over o,a,b of w[o,i,a,b] g[n,o,(r+p-a)/s,(c+p-b)/s]` where both
//! quotients are whole and inside, and `dw[o,i,a,b] = sum over n,r,c of g[n,o,r,c] x[n,i,sr+a-p,sc+b-p]`.
//!
//! Several networks may lie side by side in the channels, each with its own part of the pictures and of the weight: a
//! convolution in as many groups.

mod extents;
mod host;
#[cfg(any(feature = "webgpu", feature = "cuda"))]
mod kernel;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::Tensor;
pub use extents::Movement;
use extents::{Extents, side_by_side};
pub use host::PARTS;

fn networks<B: Backend>(input: &FloatTensor<B>, weight: &FloatTensor<B>) -> usize {
    side_by_side(input.shape().dims(), weight.shape().dims())
}

/// The operation on every backend.
#[backend_extension(
    Cube: cfg(any(feature = "webgpu", feature = "cuda")), Remote: cfg(feature = "remote"), Flex, Autodiff
)]
pub trait ConvolutionOps: Backend {
    /// For `M` networks, of `[N, M I, H, W]` with `[M O, I, K, K]`: `[N, M O, H', W']`.
    fn convolution(input: FloatTensor<Self>, weight: FloatTensor<Self>, movement: Movement) -> FloatTensor<Self> {
        let options = movement.options(networks::<Self>(&input, &weight));
        Self::conv2d(input, weight, None, options)
    }

    /// Gradient by the input, of its shape.
    fn convolution_by_input(
        gradient: FloatTensor<Self>,
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        movement: Movement,
    ) -> FloatTensor<Self> {
        let options = movement.options(networks::<Self>(&input, &weight));
        Self::conv2d_x_backward(input, weight, gradient, options)
    }

    /// Gradient by the weight, of its shape.
    fn convolution_by_weight(
        gradient: FloatTensor<Self>,
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        movement: Movement,
    ) -> FloatTensor<Self> {
        let options = movement.options(networks::<Self>(&input, &weight));
        Self::conv2d_weight_backward(input, weight, gradient, options)
    }
}

impl ConvolutionOps for Flex {
    fn convolution(input: FloatTensor<Self>, weight: FloatTensor<Self>, movement: Movement) -> FloatTensor<Self> {
        host::forward(input, weight, movement)
    }

    fn convolution_by_input(
        gradient: FloatTensor<Self>,
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        movement: Movement,
    ) -> FloatTensor<Self> {
        host::by_input(gradient, input.shape().dims(), weight, movement)
    }

    fn convolution_by_weight(
        gradient: FloatTensor<Self>,
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        movement: Movement,
    ) -> FloatTensor<Self> {
        host::by_weight(gradient, input, weight.shape().dims(), movement)
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
impl ConvolutionOps for burn_cubecl::CubeBackend {
    fn convolution(input: FloatTensor<Self>, weight: FloatTensor<Self>, movement: Movement) -> FloatTensor<Self> {
        kernel::forward(input, weight, movement)
    }

    fn convolution_by_input(
        gradient: FloatTensor<Self>,
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        movement: Movement,
    ) -> FloatTensor<Self> {
        kernel::by_input(gradient, input.shape().dims(), weight, movement)
    }

    fn convolution_by_weight(
        gradient: FloatTensor<Self>,
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        movement: Movement,
    ) -> FloatTensor<Self> {
        kernel::by_weight(gradient, input, weight.shape().dims(), movement)
    }
}

#[cfg(feature = "remote")]
impl ConvolutionOps for burn::backend::Remote {}

/// The written-out gradient.
#[derive(Debug)]
struct Gradient;

impl<B: ConvolutionOps> Backward<B, 2> for Gradient {
    type State = (FloatTensor<B>, FloatTensor<B>, Movement);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let gradient = gradients.consume::<B>(&ops.node);
        let (input, weight, movement) = ops.state;
        let [by_input, by_weight] = ops.parents;
        if let Some(node) = by_weight {
            let value = B::convolution_by_weight(gradient.clone(), input.clone(), weight.clone(), movement);
            gradients.register::<B>(node.id, value);
        }
        if let Some(node) = by_input {
            gradients.register::<B>(node.id, B::convolution_by_input(gradient, input, weight, movement));
        }
    }
}

impl<B: ConvolutionOps, C: CheckpointStrategy> ConvolutionOps for Autodiff<B, C> {
    fn convolution(input: FloatTensor<Self>, weight: FloatTensor<Self>, movement: Movement) -> FloatTensor<Self> {
        let ((input, input_node), (weight, weight_node)) = (input.into_parts(), weight.into_parts());
        match Gradient.prepare::<C>([input_node, weight_node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let output = B::convolution(input.clone(), weight.clone(), movement);
                prep.finish((input, weight, movement), output)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::convolution(input, weight, movement)),
        }
    }
}

/// Convolves `input` with square kernels, for `M` networks side by side.
///
/// # Shapes
/// - `input`: `[N, M I, H, W]`, `weight`: `[M O, I, K, K]`; gives `[N, M O, H', W']` as [`Movement::output`] has it
///
/// # Panics
/// If the stride is not 1, 2 or 4, the padding reaches the kernel's side, or the channels are not those of whole networks.
#[must_use]
pub fn convolution(input: Tensor<4>, weight: Tensor<4>, movement: Movement) -> Tensor<4> {
    let networks = side_by_side(input.dims(), weight.dims());
    let whole = input.dims()[1] == networks * weight.dims()[1] && weight.dims()[0].is_multiple_of(networks);
    assert!(whole, "every network has all of its channels");
    assert!([1, 2, 4].contains(&movement.stride), "strides are 1, 2 or 4");
    assert!(movement.padding < weight.dims()[2], "the padding is smaller than the kernel");
    Tensor::from_dispatch(Dispatch::convolution(input.into_dispatch(), weight.into_dispatch(), movement))
}
