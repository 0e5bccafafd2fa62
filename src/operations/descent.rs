//! A step of stochastic gradient descent as in PyTorch, over any number of parameters at once.
//!
//! With weight decay `d`, momentum `m` and rate `r`: `g' = g + d w`, `v' = m v + g'`, `w' = w - r v'`, or with Nesterov's
//! look ahead `w' = w - r (g' + m v')`. A velocity of zero is none.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, Scalar, backend_extension};
use burn::tensor::Tensor;
use burn_flex::FlexTensor;
use multiversion::multiversion;

use super::host::{Values, tensor};

/// The numbers of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Descent {
    /// Learning rate.
    pub rate: f32,
    /// How much of the velocity is kept.
    pub momentum: f32,
    /// Weight decay.
    pub decay: f32,
    /// Whether the step looks ahead.
    pub nesterov: bool,
}

/// The operation on every backend; nothing is differentiated by it.
#[backend_extension(Cube: cfg(any(feature = "webgpu", feature = "cuda")), Remote: cfg(feature = "remote"), Flex)]
pub trait DescentOps: Backend {
    /// Of three `[P]`: values and velocity afterwards.
    fn descend(
        values: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        velocity: FloatTensor<Self>,
        step: Descent,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let scaled = |tensor, factor: f32| Self::float_mul_scalar(tensor, Scalar::Float(f64::from(factor)));
        let gradient = Self::float_add(scaled(values.clone(), step.decay), gradient);
        let velocity = Self::float_add(gradient.clone(), scaled(velocity, step.momentum));
        let direction = if step.nesterov {
            Self::float_add(scaled(velocity.clone(), step.momentum), gradient)
        } else {
            velocity.clone()
        };
        (Self::float_sub(values, scaled(direction, step.rate)), velocity)
    }
}

impl DescentOps for Flex {
    fn descend(
        values: FlexTensor,
        gradient: FlexTensor,
        velocity: FlexTensor,
        step: Descent,
    ) -> (FlexTensor, FlexTensor) {
        let [values, gradient, velocity] = [values, gradient, velocity].map(Values::of);
        let (mut moved, mut speed) = (values.slice().to_vec(), velocity.slice().to_vec());
        descend_in_place(&mut moved, gradient.slice(), &mut speed, step);
        let count = moved.len();
        (tensor(moved, [count]), tensor(speed, [count]))
    }
}

#[multiversion(targets("x86_64+avx+avx2"))]
fn descend_in_place(values: &mut [f32], gradient: &[f32], velocity: &mut [f32], step: Descent) {
    for ((value, speed), gradient) in values.iter_mut().zip(velocity).zip(gradient) {
        let gradient = *value * step.decay + gradient;
        *speed = gradient + *speed * step.momentum;
        let direction = if step.nesterov { *speed * step.momentum + gradient } else { *speed };
        *value -= direction * step.rate;
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
mod kernel {
    //! On GPUs, one thread for each parameter.

    use burn_cubecl::tensor::CubeTensor;
    use cubecl::prelude::*;

    use super::super::gpu::{buffer, contiguous, empty, line, thread};
    use super::Descent;

    pub fn descend(
        values: CubeTensor,
        gradient: CubeTensor,
        velocity: CubeTensor,
        step: Descent,
    ) -> (CubeTensor, CubeTensor) {
        let [values, gradient, velocity] = [values, gradient, velocity].map(contiguous);
        let [parameters] = values.meta.shape().dims();
        let (moved, speed) = (empty(&values, [parameters]), empty(&values, [parameters]));
        let (count, dim) = line(parameters);
        // SAFETY: every index is held below `parameters`.
        #[allow(unsafe_code)]
        unsafe {
            descend_kernel::launch_unchecked(
                &values.client,
                count,
                dim,
                buffer(&values),
                buffer(&gradient),
                buffer(&velocity),
                buffer(&moved),
                buffer(&speed),
                parameters,
                step.rate,
                step.momentum,
                step.decay,
                u32::from(step.nesterov),
            );
        }
        (moved, speed)
    }

    #[cube(launch_unchecked)]
    fn descend_kernel(
        values: &[f32],
        gradient: &[f32],
        velocity: &[f32],
        moved: &mut [f32],
        speed: &mut [f32],
        parameters: usize,
        rate: f32,
        momentum: f32,
        decay: f32,
        nesterov: u32,
    ) {
        let at = thread();
        if at >= parameters {
            terminate!();
        }
        let own = values[at] * decay + gradient[at];
        let faster = own + velocity[at] * momentum;
        let mut direction = faster;
        if nesterov == 1 {
            direction = faster * momentum + own;
        }
        moved[at] = values[at] - direction * rate;
        speed[at] = faster;
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
impl DescentOps for burn_cubecl::CubeBackend {
    fn descend(
        values: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        velocity: FloatTensor<Self>,
        step: Descent,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        kernel::descend(values, gradient, velocity, step)
    }
}

#[cfg(feature = "remote")]
impl DescentOps for burn::backend::Remote {}

/// Makes a step; gives values and velocity afterwards.
///
/// # Shapes
/// - all `[P]`, without autodiff
#[must_use]
pub fn descend(values: Tensor<1>, gradient: Tensor<1>, velocity: Tensor<1>, step: Descent) -> (Tensor<1>, Tensor<1>) {
    let (values, velocity) =
        Dispatch::descend(values.into_dispatch(), gradient.into_dispatch(), velocity.into_dispatch(), step);
    (Tensor::from_dispatch(values), Tensor::from_dispatch(velocity))
}
