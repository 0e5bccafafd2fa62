//! The Teacher's features before the ReLU, as far as they say something.

use burn::tensor::Tensor;

use super::{Connector, at_common_size};

/// `sum_l 2^(l - L) * d(max(teacher_l, margin_l), connector_l(student_l))`, mean over the batch: a scalar `[1]`.
///
/// `d(t, s)` is the partial squared distance: summed over channels and positions, but nothing where `s <= t <= 0`, since
/// the Student need not copy how far below zero the Teacher is. `L` is the number of pairs, so that the deepest counts
/// fully. Source: Heo et al., "A Comprehensive Overhaul of Feature Distillation", ICCV 2019, equations 2 to 5; the
/// weights of the stages are those of the authors' code. Default weight 0.001. Unequal extents are pooled
/// ([`at_common_size`]) before margin and connector.
///
/// # Shapes
/// - each stage: Student before its ReLU `[N, Cs, Hs, Ws]`, Teacher before its ReLU `[N, Ct, Ht, Wt]`, margins
///   `[1, Ct, 1, 1]` (see [`negative_means`]), and a connector that takes `Cs` channels to `Ct`
#[must_use]
pub fn overhaul_loss(stages: Vec<(Tensor<4>, Tensor<4>, Tensor<4>, &Connector)>) -> Tensor<1> {
    let deepest = stages.len();
    stages
        .into_iter()
        .enumerate()
        .map(|(place, (student, teacher, margins, connector))| {
            let n = student.dims()[0];
            let (student, teacher) = at_common_size(student, teacher);
            let student = connector.forward(student);
            let wanted = teacher.clone().max_pair(margins.expand(teacher.dims()));
            let counts = student.clone().greater(wanted.clone()).bool_or(wanted.clone().greater_elem(0.0)).float();
            let halvings = i32::try_from(deepest - 1 - place).expect("few stages");
            ((student - wanted).square() * counts).sum() * (0.5f64.powi(halvings) / n as f64)
        })
        .reduce(|sum, stage| sum + stage)
        .expect("aligned networks share at least one stage")
}

/// Mean of each channel's negative values over a batch, 0 where it has none: the margins of [`overhaul_loss`].
///
/// Heo et al. compute the same expectation from the statistics of the batch normalisation that comes last; measured, it
/// holds for networks without one too, and where a shortcut is added behind it.
///
/// # Shapes
/// - `[N, C, H, W]` to `[1, C, 1, 1]`
#[must_use]
pub fn negative_means(feature: Tensor<4>) -> Tensor<4> {
    means_of_negatives(negatives(feature))
}

/// Sum and number of each channel's negative values: twice `[C, 1]`. Those of parts of a batch add up.
///
/// # Shapes
/// - `[N, C, H, W]`
pub(in crate::distillation) fn negatives(feature: Tensor<4>) -> [Tensor<2>; 2] {
    let [n, channels, height, width] = feature.dims();
    let rows = feature.swap_dims(0, 1).reshape([channels, n * height * width]);
    let counts = rows.clone().lower_elem(0.0).float().sum_dim(1);
    [rows.clamp_max(0.0).sum_dim(1), counts]
}

/// The [`negative_means`] of what [`negatives`] has found, `[1, C, 1, 1]`.
pub(in crate::distillation) fn means_of_negatives([sums, counts]: [Tensor<2>; 2]) -> Tensor<4> {
    let channels = sums.dims()[0];
    (sums / counts.clamp_min(1.0)).reshape([1, channels, 1, 1])
}
