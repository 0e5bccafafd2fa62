//! Stages of unequal extents, made comparable.

use burn::tensor::Tensor;
use burn::tensor::module::adaptive_avg_pool2d;

/// Both stages at the smaller height and the smaller width of the two, by adaptive mean pooling (bins as in PyTorch).
///
/// # Shapes
/// - `[N, C1, H1, W1]` and `[N, C2, H2, W2]`; returns `[N, C1, H, W]` and `[N, C2, H, W]`
#[must_use]
pub fn at_common_size(first: Tensor<4>, second: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
    let [_, _, first_height, first_width] = first.dims();
    let [_, _, second_height, second_width] = second.dims();
    let size = [first_height.min(second_height), first_width.min(second_width)];
    (pooled_to(first, size), pooled_to(second, size))
}

/// Mean-pools to `size`; a stage of that size is left as it is.
pub(super) fn pooled_to(stage: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
    let [_, _, height, width] = stage.dims();
    if [height, width] == size { stage } else { adaptive_avg_pool2d(stage, size) }
}

/// What is added under the root of a squared norm: keeps the gradient finite at zero.
const NORM_FLOOR_SQUARED: f64 = 1e-12;

/// Rows divided by their Euclidean norm; a row of zeros stays one.
pub(super) fn unit_rows(rows: Tensor<2>) -> Tensor<2> {
    let norms = (rows.clone().square().sum_dim(1) + NORM_FLOOR_SQUARED).sqrt();
    rows / norms
}
