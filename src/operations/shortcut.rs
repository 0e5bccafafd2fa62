//! The parameter-free shortcut of CIFAR ResNets (option A): every second pixel, zero channels on both sides.
//!
//! Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2.
//! `y[n,o,r,c] = x[n,o-b,sr,sc]` where `0 <= o - b < I`, else 0; the gradient goes back the same way.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Slice, Tensor};
use burn_flex::FlexTensor;

use super::host::{Values, tensor};

/// Channels added and pixels skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Widening {
    /// Zero channels before the old ones; as many or one more come behind.
    pub before: usize,
    /// Channels of the output.
    pub outputs: usize,
    /// Pixels from one that is kept to the next.
    pub stride: usize,
}

impl Widening {
    fn output(self, [images, _, height, width]: [usize; 4]) -> [usize; 4] {
        [images, self.outputs, height.div_ceil(self.stride), width.div_ceil(self.stride)]
    }
}

/// The operation on every backend.
#[backend_extension(
    Cube: cfg(any(feature = "webgpu", feature = "cuda")), Remote: cfg(feature = "remote"), Flex, Autodiff
)]
pub trait ShortcutOps: Backend {
    /// Of `[N, I, H, W]`: `[N, O, ceil(H / s), ceil(W / s)]`.
    fn shortcut(input: FloatTensor<Self>, widening: Widening) -> FloatTensor<Self> {
        // A 1x1 mean pool is a slice with steps, on every backend.
        let kept = Self::avg_pool2d(input, [1; 2], [widening.stride; 2], [0; 2], true, false);
        let [images, inputs, height, width] = kept.shape().dims();
        let zeros = |channels: usize| {
            let shape = [images, channels, height, width].into();
            Self::float_zeros(shape, &kept.device(), kept.dtype().into())
        };
        let behind = widening.outputs - inputs - widening.before;
        Self::float_cat(vec![zeros(widening.before), kept.clone(), zeros(behind)], 1)
    }

    /// Gradient by the input, which stands there for its shape.
    fn shortcut_gradient(
        gradient: FloatTensor<Self>,
        input: FloatTensor<Self>,
        widening: Widening,
    ) -> FloatTensor<Self> {
        let channels = widening.before..widening.before + input.shape()[1];
        let own = Self::float_slice(gradient, &[Slice::full(), channels.into()]);
        Self::avg_pool2d_backward(input, own, [1; 2], [widening.stride; 2], [0; 2], true, false)
    }
}

/// Copies the kept pixels of each channel from where they are to where they go; both have their extents beside them.
fn copy(from: (&[f32], [usize; 4]), to: (&mut [f32], [usize; 4]), before: usize, step: [usize; 2]) {
    let ([images, wide_from, height, width], [_, wide_to, rows, pixels]) = (from.1, to.1);
    let (first_from, first_to) = if wide_from < wide_to { (0, before) } else { (before, 0) };
    let (height, width) = (height.div_ceil(step[0]).min(rows), width.div_ceil(step[0]).min(pixels));
    for image in 0..images {
        for channel in 0..wide_from.min(wide_to) {
            let source = (image * wide_from + first_from + channel) * from.1[2] * from.1[3];
            let target = (image * wide_to + first_to + channel) * rows * pixels;
            for y in 0..height {
                for x in 0..width {
                    to.0[target + y * step[1] * pixels + x * step[1]] =
                        from.0[source + y * step[0] * from.1[3] + x * step[0]];
                }
            }
        }
    }
}

impl ShortcutOps for Flex {
    fn shortcut(input: FlexTensor, widening: Widening) -> FlexTensor {
        let from: [usize; 4] = input.shape().dims();
        let to = widening.output(from);
        let mut output = vec![0.0; to.iter().product()];
        copy((Values::of(input).slice(), from), (&mut output, to), widening.before, [widening.stride, 1]);
        tensor(output, to)
    }

    fn shortcut_gradient(gradient: FlexTensor, input: FlexTensor, widening: Widening) -> FlexTensor {
        let (from, to): ([usize; 4], [usize; 4]) = (gradient.shape().dims(), input.shape().dims());
        let mut output = vec![0.0; to.iter().product()];
        copy((Values::of(gradient).slice(), from), (&mut output, to), widening.before, [1, widening.stride]);
        tensor(output, to)
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
mod kernel {
    //! On GPUs, one thread for each number that is written.

    use burn_cubecl::tensor::CubeTensor;
    use cubecl::prelude::*;

    use super::super::gpu::{buffer, contiguous, empty, line, thread};
    use super::Widening;

    /// Channels, height and width of the input, then of the output.
    #[derive(CubeLaunch, CubeType)]
    struct Sizes {
        inputs: usize,
        height: usize,
        width: usize,
        outputs: usize,
        out_height: usize,
        out_width: usize,
    }

    fn sizes([_, inputs, height, width]: [usize; 4], [_, outputs, out_height, out_width]: [usize; 4]) -> SizesLaunch {
        SizesLaunch::new(inputs, height, width, outputs, out_height, out_width)
    }

    pub fn forward(input: CubeTensor, widening: Widening) -> CubeTensor {
        let input = contiguous(input);
        let from: [usize; 4] = input.meta.shape().dims();
        let to = widening.output(from);
        let output = empty(&input, to);
        let values = to.iter().product::<usize>();
        let (count, dim) = line(values);
        // SAFETY: every index is held below `values` and within the extents.
        #[allow(unsafe_code)]
        unsafe {
            forward_kernel::launch_unchecked(
                &input.client,
                count,
                dim,
                buffer(&input),
                buffer(&output),
                sizes(from, to),
                values,
                widening.before,
                widening.stride,
            );
        }
        output
    }

    #[cube(launch_unchecked)]
    fn forward_kernel(
        input: &[f32],
        output: &mut [f32],
        sizes: Sizes,
        values: usize,
        before: usize,
        #[comptime] stride: usize,
    ) {
        let place = thread();
        if place >= values {
            terminate!();
        }
        let column = place % sizes.out_width;
        let row = place / sizes.out_width % sizes.out_height;
        let area = sizes.out_width * sizes.out_height;
        let channel = place / area % sizes.outputs;
        let image = place / area / sizes.outputs;
        let inside = channel >= before && channel < before + sizes.inputs;
        let source = select(inside, channel - before, 0);
        let at = ((image * sizes.inputs + source) * sizes.height + row * stride) * sizes.width + column * stride;
        output[place] = select(inside, input[at], 0.0);
    }

    pub fn gradient(gradient: CubeTensor, from: [usize; 4], widening: Widening) -> CubeTensor {
        let gradient = contiguous(gradient);
        let output = empty(&gradient, from);
        let values = from.iter().product::<usize>();
        let (count, dim) = line(values);
        // SAFETY: every index is held below `values` and within the extents.
        #[allow(unsafe_code)]
        unsafe {
            gradient_kernel::launch_unchecked(
                &gradient.client,
                count,
                dim,
                buffer(&gradient),
                buffer(&output),
                sizes(from, widening.output(from)),
                values,
                widening.before,
                widening.stride,
            );
        }
        output
    }

    #[cube(launch_unchecked)]
    fn gradient_kernel(
        gradient: &[f32],
        output: &mut [f32],
        sizes: Sizes,
        values: usize,
        before: usize,
        #[comptime] stride: usize,
    ) {
        let place = thread();
        if place >= values {
            terminate!();
        }
        let column = place % sizes.width;
        let row = place / sizes.width % sizes.height;
        let area = sizes.width * sizes.height;
        let channel = place / area % sizes.inputs;
        let image = place / area / sizes.inputs;
        let answer = (image * sizes.outputs + channel + before) * sizes.out_height + row / stride;
        let kept = row.is_multiple_of(stride) && column.is_multiple_of(stride);
        output[place] = select(kept, gradient[answer * sizes.out_width + column / stride], 0.0);
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
impl ShortcutOps for burn_cubecl::CubeBackend {
    fn shortcut(input: FloatTensor<Self>, widening: Widening) -> FloatTensor<Self> {
        kernel::forward(input, widening)
    }

    fn shortcut_gradient(
        gradient: FloatTensor<Self>,
        input: FloatTensor<Self>,
        widening: Widening,
    ) -> FloatTensor<Self> {
        kernel::gradient(gradient, input.shape().dims(), widening)
    }
}

#[cfg(feature = "remote")]
impl ShortcutOps for burn::backend::Remote {}

/// The gradient's way back.
#[derive(Debug)]
struct Gradient;

impl<B: ShortcutOps> Backward<B, 1> for Gradient {
    type State = (FloatTensor<B>, Widening);

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let (input, widening) = ops.state;
        unary::<B, _>(ops.parents, ops.node, gradients, |gradient| B::shortcut_gradient(gradient, input, widening));
    }
}

impl<B: ShortcutOps, C: CheckpointStrategy> ShortcutOps for Autodiff<B, C> {
    fn shortcut(input: FloatTensor<Self>, widening: Widening) -> FloatTensor<Self> {
        let (input, node) = input.into_parts();
        match Gradient.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let output = B::shortcut(input.clone(), widening);
                prep.finish((input, widening), output)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::shortcut(input, widening)),
        }
    }
}

/// Widens a shortcut from `channels.0` to `channels.1` channels at every `stride`-th pixel, for `M` networks side by side.
///
/// # Shapes
/// - `input`: `[N, M channels.0, H, W]`; gives `[N, M channels.1, ceil(H / stride), ceil(W / stride)]`
#[must_use]
pub fn shortcut(input: Tensor<4>, channels: (usize, usize), stride: usize) -> Tensor<4> {
    let ([images, all, height, width], (inputs, outputs)) = (input.dims(), channels);
    // As if every network had pictures of its own.
    let (networks, before) = (all / inputs, (outputs - inputs) / 2);
    let input = input.reshape([images * networks, inputs, height, width]);
    let widening = Widening { before, outputs, stride };
    let output: Tensor<4> = Tensor::from_dispatch(Dispatch::shortcut(input.into_dispatch(), widening));
    let [_, _, height, width] = output.dims();
    output.reshape([images, networks * outputs, height, width])
}
