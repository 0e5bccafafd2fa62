//! A linear layer: `y = x w + b`; with `g` the gradient of `y`: `dx = g w^T`, `dw = x^T g`, `db = sum over n of g`.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};

/// The operation on every backend.
#[backend_extension(
    Cube: cfg(any(feature = "webgpu", feature = "cuda")), Remote: cfg(feature = "remote"), Flex, Autodiff
)]
pub trait LinearOps: Backend {
    /// Of `[N, I]` with `[I, O]` and `[O]`: `[N, O]`.
    fn linear_layer(input: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self> {
        composed::forward::<Self>(input, weight, bias)
    }

    /// Gradient by the input.
    fn linear_by_input(gradient: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        composed::by_input::<Self>(gradient, weight)
    }

    /// Gradients by weight and bias.
    fn linear_by_parameters(
        gradient: FloatTensor<Self>,
        input: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        composed::by_parameters::<Self>(gradient, input)
    }
}

/// From Burn's operations.
mod composed {
    use super::{Backend, FloatTensor, Shape, TensorMetadata};

    pub fn forward<B: Backend>(input: FloatTensor<B>, weight: FloatTensor<B>, bias: FloatTensor<B>) -> FloatTensor<B> {
        let outputs = bias.shape()[0];
        B::float_add(B::float_matmul(input, weight), B::float_reshape(bias, Shape::new([1, outputs])))
    }

    pub fn by_input<B: Backend>(gradient: FloatTensor<B>, weight: FloatTensor<B>) -> FloatTensor<B> {
        B::float_matmul(gradient, B::float_transpose(weight))
    }

    pub fn by_parameters<B: Backend>(
        gradient: FloatTensor<B>,
        input: FloatTensor<B>,
    ) -> (FloatTensor<B>, FloatTensor<B>) {
        let outputs = gradient.shape()[1];
        let by_weight = B::float_matmul(B::float_transpose(input), gradient.clone());
        (by_weight, B::float_reshape(B::float_sum_dim(gradient, 0), Shape::new([outputs])))
    }
}

impl LinearOps for Flex {}

#[cfg(feature = "remote")]
impl LinearOps for burn::backend::Remote {}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
mod kernel {
    //! On GPUs, one thread for each number that is written: classifiers are small, and a product that is made for large
    //! matrices gives them a single workgroup.

    use burn_cubecl::tensor::CubeTensor;
    use cubecl::prelude::*;

    use super::super::gpu::{buffer, contiguous, empty, line};

    /// Extents of a layer and its batch.
    #[derive(CubeLaunch, CubeType)]
    struct Sizes {
        images: usize,
        inputs: usize,
        outputs: usize,
    }

    pub fn forward(input: CubeTensor, weight: CubeTensor, bias: CubeTensor) -> CubeTensor {
        let [input, weight, bias] = [input, weight, bias].map(contiguous);
        let ([images, inputs], [outputs]) = (input.meta.shape().dims(), bias.meta.shape().dims());
        let output = empty(&input, [images, outputs]);
        let (count, dim) = line(images * outputs);
        // SAFETY: here and below, every index is held within the extents.
        #[allow(unsafe_code)]
        unsafe {
            forward_kernel::launch_unchecked(
                &input.client,
                count,
                dim,
                buffer(&input),
                buffer(&weight),
                buffer(&bias),
                buffer(&output),
                SizesLaunch::new(images, inputs, outputs),
            );
        }
        output
    }

    #[cube(launch_unchecked)]
    fn forward_kernel(input: &[f32], weight: &[f32], bias: &[f32], output: &mut [f32], sizes: Sizes) {
        let place = ABSOLUTE_POS_X as usize;
        if place >= sizes.images * sizes.outputs {
            terminate!();
        }
        let out = place % sizes.outputs;
        let row = place / sizes.outputs * sizes.inputs;
        let mut sum = 0.0f32;
        for k in 0..sizes.inputs {
            sum += input[row + k] * weight[k * sizes.outputs + out];
        }
        output[place] = sum + bias[out];
    }

    pub fn by_input(gradient: CubeTensor, weight: CubeTensor) -> CubeTensor {
        let [gradient, weight] = [gradient, weight].map(contiguous);
        let ([images, outputs], [inputs, _]) = (gradient.meta.shape().dims(), weight.meta.shape().dims());
        let output = empty(&gradient, [images, inputs]);
        let (count, dim) = line(images * inputs);
        #[allow(unsafe_code)]
        unsafe {
            by_input_kernel::launch_unchecked(
                &gradient.client,
                count,
                dim,
                buffer(&gradient),
                buffer(&weight),
                buffer(&output),
                SizesLaunch::new(images, inputs, outputs),
            );
        }
        output
    }

    #[cube(launch_unchecked)]
    fn by_input_kernel(gradient: &[f32], weight: &[f32], output: &mut [f32], sizes: Sizes) {
        let place = ABSOLUTE_POS_X as usize;
        if place >= sizes.images * sizes.inputs {
            terminate!();
        }
        let input = place % sizes.inputs;
        let row = place / sizes.inputs * sizes.outputs;
        let mut sum = 0.0f32;
        for k in 0..sizes.outputs {
            sum += gradient[row + k] * weight[input * sizes.outputs + k];
        }
        output[place] = sum;
    }

    pub fn by_parameters(gradient: CubeTensor, input: CubeTensor) -> (CubeTensor, CubeTensor) {
        let [gradient, input] = [gradient, input].map(contiguous);
        let ([images, outputs], [_, inputs]) = (gradient.meta.shape().dims(), input.meta.shape().dims());
        let (by_weight, by_bias) = (empty(&gradient, [inputs, outputs]), empty(&gradient, [outputs]));
        let (count, dim) = line((inputs + 1) * outputs);
        #[allow(unsafe_code)]
        unsafe {
            by_parameters_kernel::launch_unchecked(
                &gradient.client,
                count,
                dim,
                buffer(&gradient),
                buffer(&input),
                buffer(&by_weight),
                buffer(&by_bias),
                SizesLaunch::new(images, inputs, outputs),
            );
        }
        (by_weight, by_bias)
    }

    /// The bias stands behind the last row of the weight, as that of an input which is always one.
    #[cube(launch_unchecked)]
    fn by_parameters_kernel(gradient: &[f32], input: &[f32], by_weight: &mut [f32], by_bias: &mut [f32], sizes: Sizes) {
        let place = ABSOLUTE_POS_X as usize;
        if place >= (sizes.inputs + 1) * sizes.outputs {
            terminate!();
        }
        let out = place % sizes.outputs;
        let own = place / sizes.outputs;
        let mut sum = 0.0f32;
        if own < sizes.inputs {
            for image in 0..sizes.images {
                sum += input[image * sizes.inputs + own] * gradient[image * sizes.outputs + out];
            }
            by_weight[place] = sum;
        } else {
            for image in 0..sizes.images {
                sum += gradient[image * sizes.outputs + out];
            }
            by_bias[out] = sum;
        }
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
impl LinearOps for burn_cubecl::CubeBackend {
    fn linear_layer(input: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self> {
        if small(&weight.shape()) {
            return kernel::forward(input, weight, bias);
        }
        composed::forward::<Self>(input, weight, bias)
    }

    fn linear_by_input(gradient: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        if small(&weight.shape()) {
            return kernel::by_input(gradient, weight);
        }
        composed::by_input::<Self>(gradient, weight)
    }

    fn linear_by_parameters(
        gradient: FloatTensor<Self>,
        input: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        if small(&Shape::new([gradient.shape()[1], input.shape()[1]])) {
            return kernel::by_parameters(gradient, input);
        }
        composed::by_parameters::<Self>(gradient, input)
    }
}

/// Whether a weight is small enough for the kernels here; Burn's products are made for larger ones.
#[cfg(any(feature = "webgpu", feature = "cuda"))]
fn small(weight: &Shape) -> bool {
    weight.num_elements() <= 1 << 16
}

/// The written-out gradient.
#[derive(Debug)]
struct Gradient;

impl<B: LinearOps> Backward<B, 3> for Gradient {
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let gradient = gradients.consume::<B>(&ops.node);
        let (input, weight) = ops.state;
        let [by_input, by_weight, by_bias] = ops.parents;
        if let Some(node) = by_input {
            gradients.register::<B>(node.id, B::linear_by_input(gradient.clone(), weight));
        }
        if by_weight.is_some() || by_bias.is_some() {
            let (weight, bias) = B::linear_by_parameters(gradient, input);
            for (node, value) in [(by_weight, weight), (by_bias, bias)] {
                if let Some(node) = node {
                    gradients.register::<B>(node.id, value);
                }
            }
        }
    }
}

impl<B: LinearOps, C: CheckpointStrategy> LinearOps for Autodiff<B, C> {
    fn linear_layer(input: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [input.node(), weight.node(), bias.node()];
        let [input, weight, bias] = [input, weight, bias].map(FloatTensor::<Self>::into_primitive);
        match Gradient.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let output = B::linear_layer(input.clone(), weight.clone(), bias);
                prep.finish((input, weight), output)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::linear_layer(input, weight, bias)),
        }
    }
}

/// `input` times `weight`, plus `bias`.
///
/// # Shapes
/// - `input`: `[N, I]`, `weight`: `[I, O]`, `bias`: `[O]`; gives `[N, O]`
#[must_use]
pub fn linear(input: Tensor<2>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<2> {
    let output = Dispatch::linear_layer(input.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(output)
}
