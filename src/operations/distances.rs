//! Euclidean distances between rows: `y[i,j] = sqrt(sum over k of (a[i,k] - b[j,k])^2)`.
//!
//! By differences and not by the cheaper dot products, which lose the small distances of near duplicates to cancellation
//! in single precision.

use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Slice, Tensor};
use burn_flex::FlexTensor;
use multiversion::multiversion;

use super::host::{Values, each_chunk, tensor, total};

/// Differences held at once where Burn's operations make them, numbers: 64 MiB of f32.
const HELD: usize = 16 << 20;

/// The operation on every backend; on an autodiff device its gradient is that of Burn's operations.
#[backend_extension(
    Cube: cfg(any(feature = "webgpu", feature = "cuda")), Remote: cfg(feature = "remote"), Flex, Autodiff
)]
pub trait DistancesOps: Backend {
    /// Of `[N, F]` and `[M, F]`: `[N, M]`.
    fn distances(a: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        let ([n, width], [m, _]) = (a.shape().dims(), b.shape().dims());
        let step = (HELD / (m * width).max(1)).clamp(1, n.max(1));
        let others = Self::float_reshape(b, Shape::new([1, m, width]));
        let blocks = (0..n).step_by(step).map(|from| {
            let count = step.min(n - from);
            let own = Self::float_slice(a.clone(), &[Slice::from(from..from + count)]);
            let own = Self::float_reshape(own, Shape::new([count, 1, width]));
            let difference = Self::float_sub(own, others.clone());
            let squares = Self::float_sum_dim(Self::float_mul(difference.clone(), difference), 2);
            Self::float_sqrt(Self::float_reshape(squares, Shape::new([count, m])))
        });
        Self::float_cat(blocks.collect(), 0)
    }
}

impl DistancesOps for Flex {
    fn distances(a: FlexTensor, b: FlexTensor) -> FlexTensor {
        let ([n, width], [m, _]) = (a.shape().dims(), b.shape().dims());
        let (a, b) = (Values::of(a), Values::of(b));
        let (a, b) = (a.slice(), b.slice());
        let mut output = vec![0.0f32; n * m];
        each_chunk(&mut output, m.max(1), |row, output| {
            let own = &a[row * width..(row + 1) * width];
            distances_from(own, b, output);
        });
        tensor(output, [n, m])
    }
}

/// From one row to every other.
#[multiversion(targets("x86_64+avx+avx2"))]
fn distances_from(own: &[f32], others: &[f32], output: &mut [f32]) {
    for (output, other) in output.iter_mut().zip(others.chunks_exact(own.len())) {
        *output = squared_distance(own, other).sqrt();
    }
}

/// In eight lanes, which are emptied now and then so that long rows lose no digits.
#[inline(always)]
fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let mut sum = 0.0f64;
    for (a, b) in a.chunks(512).zip(b.chunks(512)) {
        let mut lanes = [0.0f32; 8];
        let (ahead, behind) = (a.chunks_exact(8), b.chunks_exact(8));
        let rest = ahead.remainder().iter().zip(behind.remainder());
        for (a, b) in ahead.zip(behind) {
            for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
                *lane += (a - b) * (a - b);
            }
        }
        for (lane, (a, b)) in lanes.iter_mut().zip(rest) {
            *lane += (a - b) * (a - b);
        }
        sum += f64::from(total(lanes));
    }
    sum as f32
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
mod kernel {
    //! On GPUs a workgroup sums the distances between four rows and four others, each thread over some of the numbers, so
    //! that a number that is read serves four pairs.

    use burn_cubecl::tensor::CubeTensor;
    use cubecl::prelude::*;

    use super::super::gpu::{UNITS, block, buffer, contiguous, empty, shared};

    /// Rows of each side that a workgroup compares.
    const TILE: usize = 4;

    pub fn forward(a: CubeTensor, b: CubeTensor) -> CubeTensor {
        // No two arguments of a kernel may lie in the same place: rows against themselves are one argument.
        let same = shared(&a, &b) && a.handle.offset_start == b.handle.offset_start && a.meta == b.meta;
        let b = if same { empty(&a, [1, 1]) } else { contiguous(b) };
        let a = contiguous(a);
        let b = if !same && shared(&a, &b) { b.copy() } else { b };
        let [n, width] = a.meta.shape().dims();
        let [m, _] = if same { [n, width] } else { b.meta.shape().dims() };
        let output = empty(&a, [n, m]);
        let (count, dim) = block(m.div_ceil(TILE), n.div_ceil(TILE), 1);
        // SAFETY: every index is held within the extents.
        #[allow(unsafe_code)]
        unsafe {
            forward_kernel::launch_unchecked(
                &a.client,
                count,
                dim,
                buffer(&a),
                buffer(&b),
                buffer(&output),
                n,
                m,
                width,
                u32::from(same),
            );
        }
        output
    }

    #[cube(launch_unchecked)]
    fn forward_kernel(a: &[f32], b: &[f32], output: &mut [f32], n: usize, m: usize, width: usize, same: u32) {
        let row = CUBE_POS_Y as usize * TILE;
        let column = CUBE_POS_X as usize * TILE;
        let unit = UNIT_POS as usize;
        let pairs = comptime!(TILE * TILE);
        let mut sums = Array::<f32>::new(pairs);
        #[unroll]
        for k in 0..pairs {
            sums[k] = 0.0;
        }
        let mut ahead = Array::<f32>::new(TILE);
        let mut at = unit;
        while at < width {
            #[unroll]
            for k in 0..TILE {
                ahead[k] = a[select(row + k < n, row + k, row) * width + at];
            }
            #[unroll]
            for k in 0..TILE {
                let other = select(column + k < m, column + k, column) * width + at;
                let mut behind = a[select(same == 1, other, 0)];
                if same == 0 {
                    behind = b[other];
                }
                #[unroll]
                for j in 0..TILE {
                    let difference = ahead[j] - behind;
                    sums[j * TILE + k] += difference * difference;
                }
            }
            at += UNITS;
        }
        let mut shared = Shared::<[f32]>::new_slice(comptime!(UNITS * TILE * TILE));
        #[unroll]
        for k in 0..pairs {
            shared[unit * pairs + k] = sums[k];
        }
        sync_cube();
        let (own, other) = (row + unit / TILE, column + unit % TILE);
        if unit < pairs && own < n && other < m {
            let mut sum = 0.0f32;
            for thread in 0..UNITS {
                sum += shared[thread * pairs + unit];
            }
            output[own * m + other] = f32::sqrt(sum);
        }
    }
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
impl DistancesOps for burn_cubecl::CubeBackend {
    fn distances(a: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        kernel::forward(a, b)
    }
}

#[cfg(feature = "remote")]
impl DistancesOps for burn::backend::Remote {}

impl<B: DistancesOps, C: CheckpointStrategy> DistancesOps for Autodiff<B, C> {}

/// Distances from each row of `a` to each row of `b`.
///
/// # Shapes
/// - `a`: `[N, F]`, `b`: `[M, F]`; gives `[N, M]`
#[must_use]
pub fn distances(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::distances(a.into_dispatch(), b.into_dispatch()))
}
