//! Columns of a table: some of them, once or again and again, as networks side by side need their parts.
//!
//! `y[n, t C + c] = x[n, f + c]` for `C` columns from `f` on and every time `t`. Taken once, the gradient goes back to where
//! the columns came from, and is zero beside them.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Slice, Tensor};
use burn_flex::FlexTensor;

use super::host::{Values, tensor};

/// Which columns, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// The first one.
    pub from: usize,
    /// How many.
    pub count: usize,
    /// How often they stand in the output, one time behind the other.
    pub times: usize,
}

/// The operation on every backend; it is differentiated where columns are taken once.
#[backend_extension(
    Cube: cfg(any(feature = "webgpu", feature = "cuda")), Remote: cfg(feature = "remote"), Flex, Autodiff
)]
pub trait ColumnsOps: Backend {
    /// Of `[N, W]`: `[N, T C]`.
    fn columns(input: FloatTensor<Self>, columns: Columns) -> FloatTensor<Self> {
        let own = Self::float_slice(input, &[Slice::full(), Slice::from(columns.from..columns.from + columns.count)]);
        if columns.times == 1 { own } else { Self::float_repeat_dim(own, 1, columns.times) }
    }

    /// Gradient by an input of this width, of columns that were taken once.
    fn columns_gradient(gradient: FloatTensor<Self>, width: usize, columns: Columns) -> FloatTensor<Self> {
        let shape = [gradient.shape()[0], width].into();
        let zeros = Self::float_zeros(shape, &gradient.device(), gradient.dtype().into());
        let place = [Slice::full(), Slice::from(columns.from..columns.from + columns.count)];
        Self::float_slice_assign(zeros, &place, gradient)
    }
}

impl ColumnsOps for Flex {
    fn columns(input: FlexTensor, columns: Columns) -> FlexTensor {
        let Columns { from, count, times } = columns;
        let [rows, width] = input.shape().dims();
        let input = Values::of(input);
        let own = input.slice().chunks_exact(width).map(|row| &row[from..from + count]);
        tensor(own.flat_map(|row| row.repeat(times)).collect(), [rows, times * count])
    }

    fn columns_gradient(gradient: FlexTensor, width: usize, columns: Columns) -> FlexTensor {
        let Columns { from, count, .. } = columns;
        let [rows, _] = gradient.shape().dims();
        let gradient = Values::of(gradient);
        let mut output = vec![0.0; rows * width];
        for (row, own) in output.chunks_exact_mut(width).zip(gradient.slice().chunks_exact(count)) {
            row[from..from + count].copy_from_slice(own);
        }
        tensor(output, [rows, width])
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
mod kernel {
    //! On GPUs, one thread for each number that is written.

    use burn_cubecl::tensor::CubeTensor;
    use cubecl::prelude::*;

    use super::super::gpu::{buffer, contiguous, empty, line, thread};
    use super::Columns;

    pub fn forward(input: CubeTensor, Columns { from, count, times }: Columns) -> CubeTensor {
        let input = contiguous(input);
        let [rows, width] = input.meta.shape().dims();
        let output = empty(&input, [rows, times * count]);
        let values = rows * times * count;
        let (groups, dim) = line(values);
        // SAFETY: every index is held below `values` and within the columns.
        #[allow(unsafe_code)]
        unsafe {
            forward_kernel::launch_unchecked(
                &input.client,
                groups,
                dim,
                buffer(&input),
                buffer(&output),
                values,
                width,
                from,
                count,
                times,
            );
        }
        output
    }

    #[cube(launch_unchecked)]
    fn forward_kernel(
        input: &[f32],
        output: &mut [f32],
        values: usize,
        width: usize,
        from: usize,
        count: usize,
        times: usize,
    ) {
        let place = thread();
        if place >= values {
            terminate!();
        }
        output[place] = input[place / count / times * width + from + place % count];
    }

    pub fn gradient(gradient: CubeTensor, width: usize, Columns { from, count, .. }: Columns) -> CubeTensor {
        let gradient = contiguous(gradient);
        let [rows, _] = gradient.meta.shape().dims();
        let output = empty(&gradient, [rows, width]);
        let values = rows * width;
        let (groups, dim) = line(values);
        // SAFETY: every index is held below `values` and within the columns.
        #[allow(unsafe_code)]
        unsafe {
            gradient_kernel::launch_unchecked(
                &gradient.client,
                groups,
                dim,
                buffer(&gradient),
                buffer(&output),
                values,
                width,
                from,
                count,
            );
        }
        output
    }

    #[cube(launch_unchecked)]
    fn gradient_kernel(gradient: &[f32], output: &mut [f32], values: usize, width: usize, from: usize, count: usize) {
        let place = thread();
        if place >= values {
            terminate!();
        }
        let column = place % width;
        let inside = column >= from && column < from + count;
        let at = select(inside, column - from, 0);
        output[place] = select(inside, gradient[place / width * count + at], 0.0);
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
impl ColumnsOps for burn_cubecl::CubeBackend {
    fn columns(input: FloatTensor<Self>, columns: Columns) -> FloatTensor<Self> {
        kernel::forward(input, columns)
    }

    fn columns_gradient(gradient: FloatTensor<Self>, width: usize, columns: Columns) -> FloatTensor<Self> {
        kernel::gradient(gradient, width, columns)
    }
}

#[cfg(feature = "remote")]
impl ColumnsOps for burn::backend::Remote {}

/// The gradient's way back.
#[derive(Debug)]
struct Gradient;

impl<B: ColumnsOps> Backward<B, 1> for Gradient {
    type State = (usize, Columns);

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let (width, columns) = ops.state;
        unary::<B, _>(ops.parents, ops.node, gradients, |gradient| B::columns_gradient(gradient, width, columns));
    }
}

impl<B: ColumnsOps, C: CheckpointStrategy> ColumnsOps for Autodiff<B, C> {
    fn columns(input: FloatTensor<Self>, columns: Columns) -> FloatTensor<Self> {
        let width = input.shape()[1];
        let (input, node) = input.into_parts();
        match Gradient.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                assert_eq!(columns.times, 1, "only what is taken once is differentiated");
                prep.finish((width, columns), B::columns(input, columns))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::columns(input, columns)),
        }
    }
}

/// One of `of` equal parts of the columns, counted from 0.
///
/// # Shapes
/// - `table`: `[N, of C]`; gives `[N, C]`
#[must_use]
pub fn part(table: Tensor<2>, place: usize, of: usize) -> Tensor<2> {
    let count = table.dims()[1] / of;
    Tensor::from_dispatch(Dispatch::columns(table.into_dispatch(), Columns { from: place * count, count, times: 1 }))
}

/// All columns again and again; not differentiated.
///
/// # Shapes
/// - `table`: `[N, C]`; gives `[N, times C]`
///
/// # Panics
/// If the table is tracked.
#[must_use]
pub fn repeated(table: Tensor<2>, times: usize) -> Tensor<2> {
    let columns = Columns { from: 0, count: table.dims()[1], times };
    Tensor::from_dispatch(Dispatch::columns(table.into_dispatch(), columns))
}
