//! A linear layer: `y = x w + b`; with `g` the gradient of `y`: `dx = g w^T`, `dw = x^T g`, `db = sum over n of g`.
//!
//! Several networks may lie side by side in the features, each with its own rows of the weight.

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
    /// For `M` networks, of `[N, M I]` with `[M I, O]` and `[M O]`: `[N, M O]`.
    fn linear_layer(input: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self> {
        composed::forward::<Self>(input, weight, bias)
    }

    /// Gradient by the input.
    fn linear_by_input(gradient: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        composed::by_input::<Self>(gradient, weight)
    }

    /// Gradients by weight and bias, where a network has so many outputs.
    fn linear_by_parameters(
        gradient: FloatTensor<Self>,
        input: FloatTensor<Self>,
        outputs: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        composed::by_parameters::<Self>(gradient, input, outputs)
    }
}

/// From Burn's operations, a product for each network.
mod composed {
    use super::{Backend, FloatTensor, Shape, TensorMetadata};

    pub fn forward<B: Backend>(input: FloatTensor<B>, weight: FloatTensor<B>, bias: FloatTensor<B>) -> FloatTensor<B> {
        let networks = bias.shape()[0] / weight.shape()[1];
        let product = B::float_matmul(apart::<B>(input, networks), stacked::<B>(weight, networks));
        let all = bias.shape()[0];
        B::float_add(together::<B>(product), B::float_reshape(bias, Shape::new([1, all])))
    }

    pub fn by_input<B: Backend>(gradient: FloatTensor<B>, weight: FloatTensor<B>) -> FloatTensor<B> {
        let networks = gradient.shape()[1] / weight.shape()[1];
        let turned = B::float_swap_dims(stacked::<B>(weight, networks), 1, 2);
        together::<B>(B::float_matmul(apart::<B>(gradient, networks), turned))
    }

    pub fn by_parameters<B: Backend>(
        gradient: FloatTensor<B>,
        input: FloatTensor<B>,
        outputs: usize,
    ) -> (FloatTensor<B>, FloatTensor<B>) {
        let ([_, all], [_, inputs]) = (gradient.shape().dims(), input.shape().dims());
        let networks = all / outputs;
        let turned = B::float_swap_dims(apart::<B>(input, networks), 1, 2);
        let by_weight = B::float_matmul(turned, apart::<B>(gradient.clone(), networks));
        let by_bias = B::float_reshape(B::float_sum_dim(gradient, 0), Shape::new([all]));
        (B::float_reshape(by_weight, Shape::new([inputs, outputs])), by_bias)
    }

    /// `[N, M X]` as `[M, N, X]`.
    fn apart<B: Backend>(rows: FloatTensor<B>, networks: usize) -> FloatTensor<B> {
        let [n, width] = rows.shape().dims();
        B::float_swap_dims(B::float_reshape(rows, Shape::new([n, networks, width / networks])), 0, 1)
    }

    /// `[M, N, X]` as `[N, M X]`.
    fn together<B: Backend>(stacked: FloatTensor<B>) -> FloatTensor<B> {
        let [networks, n, width] = stacked.shape().dims();
        B::float_reshape(B::float_swap_dims(stacked, 0, 1), Shape::new([n, networks * width]))
    }

    /// `[M I, O]` as `[M, I, O]`.
    fn stacked<B: Backend>(weight: FloatTensor<B>, networks: usize) -> FloatTensor<B> {
        let [rows, outputs] = weight.shape().dims();
        B::float_reshape(weight, Shape::new([networks, rows / networks, outputs]))
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

    use super::super::gpu::{buffer, contiguous, empty, line, thread};

    /// Extents of a batch and of one network's layer.
    #[derive(CubeLaunch, CubeType)]
    struct Sizes {
        images: usize,
        networks: usize,
        inputs: usize,
        outputs: usize,
    }

    pub fn forward(input: CubeTensor, weight: CubeTensor, bias: CubeTensor) -> CubeTensor {
        let [input, weight, bias] = [input, weight, bias].map(contiguous);
        let ([images, inputs], [_, outputs]) = (input.meta.shape().dims(), weight.meta.shape().dims());
        let [all] = bias.meta.shape().dims();
        let networks = all / outputs;
        let output = empty(&input, [images, all]);
        let (count, dim) = line(images * all);
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
                SizesLaunch::new(images, networks, inputs / networks, outputs),
            );
        }
        output
    }

    #[cube(launch_unchecked)]
    fn forward_kernel(input: &[f32], weight: &[f32], bias: &[f32], output: &mut [f32], sizes: Sizes) {
        let place = thread();
        if place >= sizes.images * sizes.networks * sizes.outputs {
            terminate!();
        }
        let out = place % sizes.outputs;
        // Every network's row of an image, one after the other.
        let own = place / sizes.outputs;
        let network = own % sizes.networks;
        let mut sum = 0.0f32;
        for k in 0..sizes.inputs {
            sum += input[own * sizes.inputs + k] * weight[(network * sizes.inputs + k) * sizes.outputs + out];
        }
        output[place] = sum + bias[network * sizes.outputs + out];
    }

    pub fn by_input(gradient: CubeTensor, weight: CubeTensor) -> CubeTensor {
        let [gradient, weight] = [gradient, weight].map(contiguous);
        let ([images, all], [inputs, outputs]) = (gradient.meta.shape().dims(), weight.meta.shape().dims());
        let networks = all / outputs;
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
                SizesLaunch::new(images, networks, inputs / networks, outputs),
            );
        }
        output
    }

    #[cube(launch_unchecked)]
    fn by_input_kernel(gradient: &[f32], weight: &[f32], output: &mut [f32], sizes: Sizes) {
        let place = thread();
        let inputs = sizes.networks * sizes.inputs;
        if place >= sizes.images * inputs {
            terminate!();
        }
        // Rows of the weight are the features of all networks.
        let input = place % inputs;
        let row = place / sizes.inputs * sizes.outputs;
        let mut sum = 0.0f32;
        for k in 0..sizes.outputs {
            sum += gradient[row + k] * weight[input * sizes.outputs + k];
        }
        output[place] = sum;
    }

    pub fn by_parameters(gradient: CubeTensor, input: CubeTensor, outputs: usize) -> (CubeTensor, CubeTensor) {
        let [gradient, input] = [gradient, input].map(contiguous);
        let ([images, all], [_, inputs]) = (gradient.meta.shape().dims(), input.meta.shape().dims());
        let networks = all / outputs;
        let (by_weight, by_bias) = (empty(&gradient, [inputs, outputs]), empty(&gradient, [all]));
        let (count, dim) = line((inputs + networks) * outputs);
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
                SizesLaunch::new(images, networks, inputs / networks, outputs),
            );
        }
        (by_weight, by_bias)
    }

    /// The bias stands behind the last row of a network's weight, as that of an input which is always one.
    #[cube(launch_unchecked)]
    fn by_parameters_kernel(gradient: &[f32], input: &[f32], by_weight: &mut [f32], by_bias: &mut [f32], sizes: Sizes) {
        let place = thread();
        if place >= sizes.networks * (sizes.inputs + 1) * sizes.outputs {
            terminate!();
        }
        let out = place % sizes.outputs;
        let own = place / sizes.outputs % (sizes.inputs + 1);
        let network = place / sizes.outputs / (sizes.inputs + 1);
        let mut sum = 0.0f32;
        if own < sizes.inputs {
            for image in 0..sizes.images {
                let row = image * sizes.networks + network;
                sum += input[row * sizes.inputs + own] * gradient[row * sizes.outputs + out];
            }
            by_weight[(network * sizes.inputs + own) * sizes.outputs + out] = sum;
        } else {
            for image in 0..sizes.images {
                sum += gradient[(image * sizes.networks + network) * sizes.outputs + out];
            }
            by_bias[network * sizes.outputs + out] = sum;
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
        outputs: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        if small(&Shape::new([input.shape()[1], outputs])) {
            return kernel::by_parameters(gradient, input, outputs);
        }
        composed::by_parameters::<Self>(gradient, input, outputs)
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
            gradients.register::<B>(node.id, B::linear_by_input(gradient.clone(), weight.clone()));
        }
        if by_weight.is_some() || by_bias.is_some() {
            let outputs = weight.shape()[1];
            let (weight, bias) = B::linear_by_parameters(gradient, input, outputs);
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

/// `input` times `weight`, plus `bias`, for `M` networks side by side.
///
/// # Shapes
/// - `input`: `[N, M I]`, `weight`: `[M I, O]`, `bias`: `[M O]`; gives `[N, M O]`
#[must_use]
pub fn linear(input: Tensor<2>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<2> {
    let output = Dispatch::linear_layer(input.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(output)
}
