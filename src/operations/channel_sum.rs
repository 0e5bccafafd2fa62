//! A weighted sum of channels: `y[n,r,c] = sum over k of w[n,k] x[n,k,r,c]`, what maps are made of.

use std::slice::ChunksExact;

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_flex::FlexTensor;
use multiversion::multiversion;

use super::host::{Values, each_chunk, tensor};

/// The operation on every backend; nothing is differentiated by it.
#[backend_extension(Cube: cfg(any(feature = "webgpu", feature = "cuda")), Remote: cfg(feature = "remote"), Flex)]
pub trait ChannelSumOps: Backend {
    /// Of `[N, C, H, W]` with `[N, C]`: `[N, H, W]`.
    fn channel_sum(input: FloatTensor<Self>, weights: FloatTensor<Self>) -> FloatTensor<Self> {
        let [images, channels, height, width] = input.shape().dims();
        let weights = Self::float_reshape(weights, Shape::new([images, channels, 1, 1]));
        let sum = Self::float_sum_dim(Self::float_mul(input, weights), 1);
        Self::float_reshape(sum, Shape::new([images, height, width]))
    }
}

impl ChannelSumOps for Flex {
    fn channel_sum(input: FlexTensor, weights: FlexTensor) -> FlexTensor {
        let [images, channels, height, width] = input.shape().dims();
        let (input, weights) = (Values::of(input), Values::of(weights));
        let area = height * width;
        let mut output = vec![0.0f32; images * area];
        each_chunk(&mut output, area, |image, output| {
            let weights = &weights.slice()[image * channels..(image + 1) * channels];
            let planes = input.slice()[image * channels * area..].chunks_exact(area);
            add_planes(weights, planes, output);
        });
        tensor(output, [images, height, width])
    }
}

#[multiversion(targets("x86_64+avx+avx2"))]
fn add_planes(weights: &[f32], planes: ChunksExact<f32>, output: &mut [f32]) {
    for (weight, plane) in weights.iter().zip(planes) {
        for (output, value) in output.iter_mut().zip(plane) {
            *output += weight * value;
        }
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
mod kernel {
    //! On GPUs, one thread for each number that is written.

    use burn_cubecl::tensor::CubeTensor;
    use cubecl::prelude::*;

    use super::super::gpu::{buffer, contiguous, empty, line, thread};

    pub fn forward(input: CubeTensor, weights: CubeTensor) -> CubeTensor {
        let [input, weights] = [input, weights].map(contiguous);
        let [images, channels, height, width] = input.meta.shape().dims();
        let output = empty(&input, [images, height, width]);
        let (values, area) = (images * height * width, height * width);
        let (count, dim) = line(values);
        // SAFETY: every index is held within the extents.
        #[allow(unsafe_code)]
        unsafe {
            forward_kernel::launch_unchecked(
                &input.client,
                count,
                dim,
                buffer(&input),
                buffer(&weights),
                buffer(&output),
                values,
                channels,
                area,
            );
        }
        output
    }

    #[cube(launch_unchecked)]
    fn forward_kernel(input: &[f32], weights: &[f32], output: &mut [f32], values: usize, channels: usize, area: usize) {
        let place = thread();
        if place >= values {
            terminate!();
        }
        let first = place / area * channels;
        let mut sum = 0.0f32;
        for channel in first..first + channels {
            sum += weights[channel] * input[channel * area + place % area];
        }
        output[place] = sum;
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
impl ChannelSumOps for burn_cubecl::CubeBackend {
    fn channel_sum(input: FloatTensor<Self>, weights: FloatTensor<Self>) -> FloatTensor<Self> {
        kernel::forward(input, weights)
    }
}

#[cfg(feature = "remote")]
impl ChannelSumOps for burn::backend::Remote {}

/// Sums the channels of each image by the image's own weights.
///
/// # Shapes
/// - `input`: `[N, C, H, W]`, `weights`: `[N, C]`, both without autodiff; gives `[N, H, W]`
#[must_use]
pub fn channel_sum(input: Tensor<4>, weights: Tensor<2>) -> Tensor<3> {
    Tensor::from_dispatch(Dispatch::channel_sum(input.into_dispatch(), weights.into_dispatch()))
}
