//! The Teacher's softened answers as a loss.
//!
//! Source: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015, section 2. With
//! `p = softmax(t / T)` and `q = softmax(s / T)`: `L = T^2 / N sum over n,k of p (log p - log q)` and
//! `dL/ds = T / N (q - p)`.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, Scalar, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_flex::FlexTensor;

use super::host::{Values, tensor};

/// Numbers that one workgroup may sum by itself.
#[cfg(any(feature = "webgpu", feature = "cuda"))]
pub(super) const MOST_OF_ONE_GROUP: usize = 1 << 16;

/// The operation on every backend.
#[backend_extension(
    Cube: cfg(any(feature = "webgpu", feature = "cuda")), Remote: cfg(feature = "remote"), Flex, Autodiff
)]
pub trait ResponseOps: Backend {
    /// Of `[N, K]` with `[N, K]`: the loss `[1]`.
    fn response(student: FloatTensor<Self>, teacher: FloatTensor<Self>, temperature: f64) -> FloatTensor<Self> {
        composed::forward::<Self>(student, teacher, temperature)
    }

    /// Gradient by the student's logits, times that of the loss `[1]`.
    fn response_gradient(
        gradient: FloatTensor<Self>,
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        temperature: f64,
    ) -> FloatTensor<Self> {
        composed::gradient::<Self>(gradient, student, teacher, temperature)
    }
}

/// From Burn's operations.
mod composed {
    use super::{Backend, FloatTensor, Scalar, Shape, TensorMetadata};

    fn softened<B: Backend>(logits: FloatTensor<B>, temperature: f64) -> FloatTensor<B> {
        B::float_div_scalar(logits, Scalar::Float(temperature))
    }

    pub fn forward<B: Backend>(student: FloatTensor<B>, teacher: FloatTensor<B>, temperature: f64) -> FloatTensor<B> {
        let rows = student.shape()[0];
        let (student, teacher) = (softened::<B>(student, temperature), softened::<B>(teacher, temperature));
        let answers = B::softmax(teacher.clone(), 1);
        let difference = B::float_sub(B::log_softmax(teacher, 1), B::log_softmax(student, 1));
        let factor = Scalar::Float(temperature * temperature / rows as f64);
        B::float_mul_scalar(B::float_sum(B::float_mul(answers, difference)), factor)
    }

    pub fn gradient<B: Backend>(
        gradient: FloatTensor<B>,
        student: FloatTensor<B>,
        teacher: FloatTensor<B>,
        temperature: f64,
    ) -> FloatTensor<B> {
        let rows = student.shape()[0];
        let answers = |logits| B::softmax(softened::<B>(logits, temperature), 1);
        let difference = B::float_sub(answers(student), answers(teacher));
        let factor = B::float_mul_scalar(gradient, Scalar::Float(temperature / rows as f64));
        B::float_mul(difference, B::float_reshape(factor, Shape::new([1, 1])))
    }
}

/// The softened logarithms of a row's answers.
fn log_answers(row: &[f32], temperature: f32) -> Vec<f32> {
    let softened: Vec<f32> = row.iter().map(|value| value / temperature).collect();
    let largest = softened.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let log_sum = largest + softened.iter().map(|value| (value - largest).exp()).sum::<f32>().ln();
    softened.iter().map(|value| value - log_sum).collect()
}

impl ResponseOps for Flex {
    fn response(student: FlexTensor, teacher: FlexTensor, temperature: f64) -> FlexTensor {
        let [rows, classes] = student.shape().dims();
        let (student, teacher) = (Values::of(student), Values::of(teacher));
        let pairs = student.slice().chunks_exact(classes).zip(teacher.slice().chunks_exact(classes));
        let mut loss = 0.0f32;
        for (student, teacher) in pairs {
            let (own, asked) = (log_answers(student, temperature as f32), log_answers(teacher, temperature as f32));
            loss += own.iter().zip(&asked).map(|(own, asked)| asked.exp() * (asked - own)).sum::<f32>();
        }
        tensor(vec![loss * (temperature * temperature / rows as f64) as f32], [1])
    }

    fn response_gradient(
        gradient: FlexTensor,
        student: FlexTensor,
        teacher: FlexTensor,
        temperature: f64,
    ) -> FlexTensor {
        let [rows, classes] = student.shape().dims();
        let factor = Values::of(gradient).slice()[0] * (temperature / rows as f64) as f32;
        let (student, teacher) = (Values::of(student), Values::of(teacher));
        let pairs = student.slice().chunks_exact(classes).zip(teacher.slice().chunks_exact(classes));
        let mut output = Vec::with_capacity(rows * classes);
        for (student, teacher) in pairs {
            let (own, asked) = (log_answers(student, temperature as f32), log_answers(teacher, temperature as f32));
            output.extend(own.iter().zip(&asked).map(|(own, asked)| (own.exp() - asked.exp()) * factor));
        }
        tensor(output, [rows, classes])
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
pub(super) mod kernel {
    //! On GPUs: one workgroup for the sum, a thread a row for the gradient.

    use burn_cubecl::tensor::CubeTensor;
    use cubecl::prelude::*;

    use super::super::gpu::{UNITS, block, buffer, contiguous, empty, line, thread};

    /// Logarithm of the sum of the exponentials of a row's values over the temperature.
    #[cube]
    pub fn log_sum(values: &[f32], start: usize, count: usize, temperature: f32) -> f32 {
        let mut largest = values[start];
        for k in 1..count {
            largest = select(values[start + k] > largest, values[start + k], largest);
        }
        largest /= temperature;
        let mut sum = 0.0f32;
        for k in 0..count {
            sum += f32::exp(values[start + k] / temperature - largest);
        }
        largest + f32::ln(sum)
    }

    pub fn forward(student: CubeTensor, teacher: CubeTensor, temperature: f64) -> CubeTensor {
        let [student, teacher] = [student, teacher].map(contiguous);
        let [rows, classes] = student.meta.shape().dims();
        let loss = empty(&student, [1]);
        let (count, dim) = block(1, 1, 1);
        // SAFETY: here and below, every index is held within the extents.
        #[allow(unsafe_code)]
        unsafe {
            forward_kernel::launch_unchecked(
                &student.client,
                count,
                dim,
                buffer(&student),
                buffer(&teacher),
                buffer(&loss),
                rows,
                classes,
                temperature as f32,
            );
        }
        loss
    }

    #[cube(launch_unchecked)]
    fn forward_kernel(
        student: &[f32],
        teacher: &[f32],
        loss: &mut [f32],
        rows: usize,
        classes: usize,
        temperature: f32,
    ) {
        let unit = UNIT_POS as usize;
        let mut own_loss = 0.0f32;
        let mut row = unit;
        while row < rows {
            let start = row * classes;
            let own = log_sum(student, start, classes, temperature);
            let asked = log_sum(teacher, start, classes, temperature);
            for k in 0..classes {
                let answer = teacher[start + k] / temperature - asked;
                own_loss += f32::exp(answer) * (answer - (student[start + k] / temperature - own));
            }
            row += UNITS;
        }
        let mut shared = Shared::<[f32]>::new_slice(UNITS);
        shared[unit] = own_loss;
        sync_cube();
        if unit == 0 {
            let mut sum = 0.0f32;
            for other in 0..UNITS {
                sum += shared[other];
            }
            loss[0] = sum * temperature * temperature / rows as f32;
        }
    }

    pub fn gradient(gradient: CubeTensor, student: CubeTensor, teacher: CubeTensor, temperature: f64) -> CubeTensor {
        let [gradient, student, teacher] = [gradient, student, teacher].map(contiguous);
        let [rows, classes] = student.meta.shape().dims();
        let output = empty(&student, [rows, classes]);
        let (count, dim) = line(rows);
        #[allow(unsafe_code)]
        unsafe {
            gradient_kernel::launch_unchecked(
                &student.client,
                count,
                dim,
                buffer(&gradient),
                buffer(&student),
                buffer(&teacher),
                buffer(&output),
                rows,
                classes,
                temperature as f32,
            );
        }
        output
    }

    #[cube(launch_unchecked)]
    fn gradient_kernel(
        gradient: &[f32],
        student: &[f32],
        teacher: &[f32],
        output: &mut [f32],
        rows: usize,
        classes: usize,
        temperature: f32,
    ) {
        let row = thread();
        if row >= rows {
            terminate!();
        }
        let start = row * classes;
        let own = log_sum(student, start, classes, temperature);
        let asked = log_sum(teacher, start, classes, temperature);
        let factor = gradient[0] * temperature / rows as f32;
        for k in 0..classes {
            let difference =
                f32::exp(student[start + k] / temperature - own) - f32::exp(teacher[start + k] / temperature - asked);
            output[start + k] = difference * factor;
        }
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
impl ResponseOps for burn_cubecl::CubeBackend {
    fn response(student: FloatTensor<Self>, teacher: FloatTensor<Self>, temperature: f64) -> FloatTensor<Self> {
        if student.shape().num_elements() <= MOST_OF_ONE_GROUP {
            return kernel::forward(student, teacher, temperature);
        }
        composed::forward::<Self>(student, teacher, temperature)
    }

    fn response_gradient(
        gradient: FloatTensor<Self>,
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        temperature: f64,
    ) -> FloatTensor<Self> {
        kernel::gradient(gradient, student, teacher, temperature)
    }
}

#[cfg(feature = "remote")]
impl ResponseOps for burn::backend::Remote {}

/// The written-out gradient.
#[derive(Debug)]
struct Gradient;

impl<B: ResponseOps> Backward<B, 1> for Gradient {
    type State = (FloatTensor<B>, FloatTensor<B>, f64);

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let (student, teacher, temperature) = ops.state;
        let of = |gradient| B::response_gradient(gradient, student, teacher, temperature);
        unary::<B, _>(ops.parents, ops.node, gradients, of);
    }
}

impl<B: ResponseOps, C: CheckpointStrategy> ResponseOps for Autodiff<B, C> {
    fn response(student: FloatTensor<Self>, teacher: FloatTensor<Self>, temperature: f64) -> FloatTensor<Self> {
        let (student, node) = student.into_parts();
        let teacher = teacher.into_primitive();
        let loss = B::response(student.clone(), teacher.clone(), temperature);
        match Gradient.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((student, teacher, temperature), loss),
            OpsKind::UnTracked(prep) => prep.finish(loss),
        }
    }
}

/// `T^2 KL(softmax(teacher / T) || softmax(student / T))`, mean over the batch: a scalar `[1]` whose gradient goes to the
/// student alone.
///
/// # Shapes
/// - `student`, `teacher`: `[N, K]`
#[must_use]
pub fn response(student: Tensor<2>, teacher: Tensor<2>, temperature: f64) -> Tensor<1> {
    let loss = Dispatch::response(student.into_dispatch(), teacher.into_dispatch(), temperature);
    Tensor::from_dispatch(loss)
}
