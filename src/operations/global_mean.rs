//! Mean over height and width: `y[n,c] = sum over r,s of x[n,c,r,s] / (H W)`; its gradient spreads evenly.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, Scalar, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_flex::FlexTensor;

use super::host::{Values, sum, tensor};

/// The operation on every backend.
#[backend_extension(
    Cube: cfg(any(feature = "webgpu", feature = "cuda")), Remote: cfg(feature = "remote"), Flex, Autodiff
)]
pub trait GlobalMeanOps: Backend {
    /// Of `[N, C, H, W]`: `[N, C]`.
    fn global_mean(input: FloatTensor<Self>) -> FloatTensor<Self> {
        let [images, channels, height, width] = input.shape().dims();
        let flat = Self::float_reshape(input, Shape::new([images, channels, height * width]));
        Self::float_reshape(Self::float_mean_dim(flat, 2), Shape::new([images, channels]))
    }

    /// Gradient by an input of these extents.
    fn global_mean_gradient(gradient: FloatTensor<Self>, extents: [usize; 4]) -> FloatTensor<Self> {
        let [images, channels, height, width] = extents;
        let share = Self::float_div_scalar(gradient, Scalar::Float((height * width) as f64));
        let narrow = Self::float_reshape(share, Shape::new([images, channels, 1, 1]));
        Self::float_expand(narrow, Shape::new(extents))
    }
}

impl GlobalMeanOps for Flex {
    fn global_mean(input: FlexTensor) -> FlexTensor {
        let [images, channels, height, width] = input.shape().dims();
        let input = Values::of(input);
        let planes = input.slice().chunks_exact(height * width);
        tensor(planes.map(|plane| sum(plane) / (height * width) as f32).collect(), [images, channels])
    }

    fn global_mean_gradient(gradient: FlexTensor, extents: [usize; 4]) -> FlexTensor {
        let area = extents[2] * extents[3];
        let gradient = Values::of(gradient);
        let shares = gradient.slice().iter().map(|value| value / area as f32);
        tensor(shares.flat_map(|share| std::iter::repeat_n(share, area)).collect(), extents)
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
mod kernel {
    //! On GPUs, some threads for each mean, and one for each number of a gradient.

    use burn_cubecl::tensor::CubeTensor;
    use cubecl::prelude::*;

    use super::super::gpu::{UNITS, buffer, contiguous, empty, line, thread};

    /// Threads that share a plane: neighbours read neighbouring numbers.
    const SHARES: usize = 8;

    pub fn forward(input: CubeTensor) -> CubeTensor {
        let input = contiguous(input);
        let [images, channels, height, width] = input.meta.shape().dims();
        let output = empty(&input, [images, channels]);
        let (count, dim) = line(images * channels * SHARES);
        // SAFETY: every index is held within the extents.
        #[allow(unsafe_code)]
        unsafe {
            let (input_buffer, output_buffer) = (buffer(&input), buffer(&output));
            let (values, area) = (images * channels, height * width);
            mean_kernel::launch_unchecked(&input.client, count, dim, input_buffer, output_buffer, values, area);
        }
        output
    }

    #[cube(launch_unchecked)]
    fn mean_kernel(input: &[f32], output: &mut [f32], values: usize, area: usize) {
        let place = thread() / SHARES;
        let unit = UNIT_POS as usize;
        let mut sum = 0.0f32;
        if place < values {
            let mut pixel = unit % SHARES;
            while pixel < area {
                sum += input[place * area + pixel];
                pixel += SHARES;
            }
        }
        let mut shared = Shared::<[f32]>::new_slice(UNITS);
        shared[unit] = sum;
        sync_cube();
        if unit.is_multiple_of(SHARES) && place < values {
            let mut total = 0.0f32;
            for other in 0..SHARES {
                total += shared[unit + other];
            }
            output[place] = total / area as f32;
        }
    }

    pub fn gradient(gradient: CubeTensor, extents: [usize; 4]) -> CubeTensor {
        let gradient = contiguous(gradient);
        let output = empty(&gradient, extents);
        let values = extents.iter().product::<usize>();
        let (count, dim) = line(values);
        // SAFETY: every index is held within the extents.
        #[allow(unsafe_code)]
        unsafe {
            let (input_buffer, output_buffer) = (buffer(&gradient), buffer(&output));
            let area = extents[2] * extents[3];
            spread_kernel::launch_unchecked(&gradient.client, count, dim, input_buffer, output_buffer, values, area);
        }
        output
    }

    #[cube(launch_unchecked)]
    fn spread_kernel(gradient: &[f32], output: &mut [f32], values: usize, area: usize) {
        let place = thread();
        if place >= values {
            terminate!();
        }
        output[place] = gradient[place / area] / area as f32;
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
impl GlobalMeanOps for burn_cubecl::CubeBackend {
    fn global_mean(input: FloatTensor<Self>) -> FloatTensor<Self> {
        kernel::forward(input)
    }

    fn global_mean_gradient(gradient: FloatTensor<Self>, extents: [usize; 4]) -> FloatTensor<Self> {
        kernel::gradient(gradient, extents)
    }
}

#[cfg(feature = "remote")]
impl GlobalMeanOps for burn::backend::Remote {}

/// The written-out gradient.
#[derive(Debug)]
struct Gradient;

impl<B: GlobalMeanOps> Backward<B, 1> for Gradient {
    type State = [usize; 4];

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let extents = ops.state;
        unary::<B, _>(ops.parents, ops.node, gradients, |gradient| B::global_mean_gradient(gradient, extents));
    }
}

impl<B: GlobalMeanOps, C: CheckpointStrategy> GlobalMeanOps for Autodiff<B, C> {
    fn global_mean(input: FloatTensor<Self>) -> FloatTensor<Self> {
        let (input, node) = input.into_parts();
        let extents = input.shape().dims();
        match Gradient.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(extents, B::global_mean(input)),
            OpsKind::UnTracked(prep) => prep.finish(B::global_mean(input)),
        }
    }
}

/// Mean over height and width: `[N, C, H, W]` to `[N, C]`.
#[must_use]
pub fn global_mean(input: Tensor<4>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::global_mean(input.into_dispatch()))
}
