//! Cross-entropy with one-hot labels, and the share of rows whose largest value is at the label.
//!
//! `L = -1/N sum over n,k of t[n,k] log softmax(x)[n,k]`, `dL/dx = (softmax(x) - t) / N` since each row of `t` sums to 1.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend, Backend, Dispatch, Flex, Scalar, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_flex::FlexTensor;

use super::host::{Values, tensor};

/// The operation on every backend.
#[backend_extension(
    Cube: cfg(any(feature = "webgpu", feature = "cuda")), Remote: cfg(feature = "remote"), Flex, Autodiff
)]
pub trait CrossEntropyOps: Backend {
    /// Of `[N, K]` with `[N, K]`: the loss and the share of hits, `[1]` each.
    fn cross_entropy(logits: FloatTensor<Self>, targets: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>) {
        composed::forward::<Self>(logits, targets)
    }

    /// Gradient by the logits, times that of the loss `[1]`.
    fn cross_entropy_gradient(
        gradient: FloatTensor<Self>,
        logits: FloatTensor<Self>,
        targets: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        composed::gradient::<Self>(gradient, logits, targets)
    }
}

/// From Burn's operations.
mod composed {
    use burn::tensor::{BoolStore, IntDType};

    use super::{Backend, FloatTensor, Scalar, Shape, TensorMetadata};

    pub fn forward<B: Backend>(logits: FloatTensor<B>, targets: FloatTensor<B>) -> (FloatTensor<B>, FloatTensor<B>) {
        let rows = logits.shape()[0];
        let products = B::float_mul(B::log_softmax(logits.clone(), 1), targets.clone());
        let loss = B::float_div_scalar(B::float_neg(B::float_sum(products)), Scalar::Float(rows as f64));
        let largest = |values| B::float_argmax(values, 1, IntDType::I32);
        let equal = B::int_equal(largest(logits.clone()), largest(targets), BoolStore::Native);
        let hits = B::float_mean(B::bool_into_float(equal, logits.dtype().into()));
        (loss, hits)
    }

    pub fn gradient<B: Backend>(
        gradient: FloatTensor<B>,
        logits: FloatTensor<B>,
        targets: FloatTensor<B>,
    ) -> FloatTensor<B> {
        let rows = logits.shape()[0];
        let difference = B::float_sub(B::softmax(logits, 1), targets);
        let factor = B::float_div_scalar(gradient, Scalar::Float(rows as f64));
        B::float_mul(difference, B::float_reshape(factor, Shape::new([1, 1])))
    }
}

/// A row's largest value, and the logarithm of the sum of its exponentials.
fn largest_and_log_sum(row: &[f32]) -> (f32, f32) {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    (largest, largest + row.iter().map(|value| (value - largest).exp()).sum::<f32>().ln())
}

/// Place of a row's largest value, the first of several.
fn place_of_largest(row: &[f32]) -> usize {
    let better = |best: usize, place: usize| if row[place] > row[best] { place } else { best };
    (1..row.len()).fold(0, better)
}

impl CrossEntropyOps for Flex {
    fn cross_entropy(logits: FlexTensor, targets: FlexTensor) -> (FlexTensor, FlexTensor) {
        let [rows, classes] = logits.shape().dims();
        let (logits, targets) = (Values::of(logits), Values::of(targets));
        let (mut loss, mut hits) = (0.0f32, 0usize);
        for (row, target) in logits.slice().chunks_exact(classes).zip(targets.slice().chunks_exact(classes)) {
            let (_, log_sum) = largest_and_log_sum(row);
            loss += row.iter().zip(target).map(|(value, target)| (log_sum - value) * target).sum::<f32>();
            hits += usize::from(place_of_largest(row) == place_of_largest(target));
        }
        (tensor(vec![loss / rows as f32], [1]), tensor(vec![hits as f32 / rows as f32], [1]))
    }

    fn cross_entropy_gradient(gradient: FlexTensor, logits: FlexTensor, targets: FlexTensor) -> FlexTensor {
        let [rows, classes] = logits.shape().dims();
        let factor = Values::of(gradient).slice()[0] / rows as f32;
        let (logits, targets) = (Values::of(logits), Values::of(targets));
        let mut output = Vec::with_capacity(rows * classes);
        for (row, target) in logits.slice().chunks_exact(classes).zip(targets.slice().chunks_exact(classes)) {
            let (_, log_sum) = largest_and_log_sum(row);
            output.extend(row.iter().zip(target).map(|(value, target)| ((value - log_sum).exp() - target) * factor));
        }
        tensor(output, [rows, classes])
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
mod kernel {
    //! On GPUs: one workgroup for the sum, a thread a row for the gradient.

    use burn_cubecl::tensor::CubeTensor;
    use cubecl::prelude::*;

    use super::super::gpu::{UNITS, block, buffer, contiguous, empty, line, thread};
    use super::super::response::kernel::log_sum;

    pub fn forward(logits: CubeTensor, targets: CubeTensor) -> (CubeTensor, CubeTensor) {
        let [logits, targets] = [logits, targets].map(contiguous);
        let [rows, classes] = logits.meta.shape().dims();
        let (loss, hits) = (empty(&logits, [1]), empty(&logits, [1]));
        let (count, dim) = block(1, 1, 1);
        // SAFETY: here and below, every index is held within the extents.
        #[allow(unsafe_code)]
        unsafe {
            forward_kernel::launch_unchecked(
                &logits.client,
                count,
                dim,
                buffer(&logits),
                buffer(&targets),
                buffer(&loss),
                buffer(&hits),
                rows,
                classes,
            );
        }
        (loss, hits)
    }

    #[cube(launch_unchecked)]
    fn forward_kernel(
        logits: &[f32],
        targets: &[f32],
        loss: &mut [f32],
        hits: &mut [f32],
        rows: usize,
        classes: usize,
    ) {
        let unit = UNIT_POS as usize;
        let mut own_loss = 0.0f32;
        let mut own_hits = 0.0f32;
        let mut row = unit;
        while row < rows {
            let start = row * classes;
            let sum = log_sum(logits, start, classes, 1.0);
            let mut best = 0usize;
            let mut label = 0usize;
            for k in 0..classes {
                own_loss += (sum - logits[start + k]) * targets[start + k];
                if logits[start + k] > logits[start + best] {
                    best = k;
                }
                if targets[start + k] > targets[start + label] {
                    label = k;
                }
            }
            if best == label {
                own_hits += 1.0;
            }
            row += UNITS;
        }
        let mut shared = Shared::<[f32]>::new_slice(comptime!(2 * UNITS));
        shared[unit] = own_loss;
        shared[UNITS + unit] = own_hits;
        sync_cube();
        if unit < 2 {
            let mut sum = 0.0f32;
            for other in 0..UNITS {
                sum += shared[unit * UNITS + other];
            }
            if unit == 0 {
                loss[0] = sum / rows as f32;
            } else {
                hits[0] = sum / rows as f32;
            }
        }
    }

    pub fn gradient(gradient: CubeTensor, logits: CubeTensor, targets: CubeTensor) -> CubeTensor {
        let [gradient, logits, targets] = [gradient, logits, targets].map(contiguous);
        let [rows, classes] = logits.meta.shape().dims();
        let output = empty(&logits, [rows, classes]);
        let (count, dim) = line(rows);
        #[allow(unsafe_code)]
        unsafe {
            gradient_kernel::launch_unchecked(
                &logits.client,
                count,
                dim,
                buffer(&gradient),
                buffer(&logits),
                buffer(&targets),
                buffer(&output),
                rows,
                classes,
            );
        }
        output
    }

    #[cube(launch_unchecked)]
    fn gradient_kernel(
        gradient: &[f32],
        logits: &[f32],
        targets: &[f32],
        output: &mut [f32],
        rows: usize,
        classes: usize,
    ) {
        let row = thread();
        if row >= rows {
            terminate!();
        }
        let start = row * classes;
        let sum = log_sum(logits, start, classes, 1.0);
        let factor = gradient[0] / rows as f32;
        for k in 0..classes {
            output[start + k] = (f32::exp(logits[start + k] - sum) - targets[start + k]) * factor;
        }
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
impl CrossEntropyOps for burn_cubecl::CubeBackend {
    fn cross_entropy(logits: FloatTensor<Self>, targets: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>) {
        if logits.shape().num_elements() <= super::response::MOST_OF_ONE_GROUP {
            return kernel::forward(logits, targets);
        }
        composed::forward::<Self>(logits, targets)
    }

    fn cross_entropy_gradient(
        gradient: FloatTensor<Self>,
        logits: FloatTensor<Self>,
        targets: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        kernel::gradient(gradient, logits, targets)
    }
}

#[cfg(feature = "remote")]
impl CrossEntropyOps for burn::backend::Remote {}

/// The written-out gradient.
#[derive(Debug)]
struct Gradient;

impl<B: CrossEntropyOps> Backward<B, 1> for Gradient {
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let (logits, targets) = ops.state;
        let of = |gradient| B::cross_entropy_gradient(gradient, logits, targets);
        unary::<B, _>(ops.parents, ops.node, gradients, of);
    }
}

impl<B: CrossEntropyOps, C: CheckpointStrategy> CrossEntropyOps for Autodiff<B, C> {
    fn cross_entropy(logits: FloatTensor<Self>, targets: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (logits, node) = logits.into_parts();
        let targets = targets.into_primitive();
        let (loss, hits) = B::cross_entropy(logits.clone(), targets.clone());
        let loss = match Gradient.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((logits, targets), loss),
            OpsKind::UnTracked(prep) => prep.finish(loss),
        };
        (loss, <Self as AutodiffBackend>::from_inner(hits))
    }
}

/// Mean cross-entropy in nats, which carries a gradient to the logits alone, and the share of rows classified rightly,
/// which carries none: two scalars `[1]`.
///
/// # Shapes
/// - `logits`: `[N, K]`, `targets`: one-hot `[N, K]`
#[must_use]
pub fn cross_entropy(logits: Tensor<2>, targets: Tensor<2>) -> (Tensor<1>, Tensor<1>) {
    let (loss, hits) = Dispatch::cross_entropy(logits.into_dispatch(), targets.into_dispatch());
    (Tensor::from_dispatch(loss), Tensor::from_dispatch(hits))
}
