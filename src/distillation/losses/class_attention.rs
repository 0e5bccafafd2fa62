//! Where the Teacher sees each class.

use burn::tensor::Tensor;

use super::comparable::{pooled_to, unit_rows};

/// Mean squared distance of the class activation maps at a low resolution, each map of unit length: a scalar `[1]`.
///
/// The class activation map of class `k` is `sum_c w_kc * feature_c` with the classifier's weights `w`, without its bias.
/// Source: Guo, Yan, Li, Lin, "Class Attention Transfer Based Knowledge Distillation", CVPR 2023, equations 1 to 3; the
/// mean over images, classes and positions is that of the authors' code. Defaults: resolution 2, weight 400. Both maps
/// are mean-pooled to the resolution, or to the smaller of the two sizes where that is lower.
///
/// # Shapes
/// - `student`, `teacher`: a last stage `[N, C, H, W]` and the classifier's weights `[K, C]`, `C` of each its own
#[must_use]
pub fn class_attention_loss(
    student: (Tensor<4>, Tensor<2>),
    teacher: (Tensor<4>, Tensor<2>),
    resolution: usize,
) -> Tensor<1> {
    let sizes = [student.0.dims(), teacher.0.dims()];
    let extent = |axis: usize| sizes.iter().fold(resolution, |least, dims| least.min(dims[axis]));
    let size = [extent(2), extent(3)];
    (class_maps(student, size) - class_maps(teacher, size)).square().mean()
}

/// Unit rows `[N * K, h * w]`. Pooling and the classifier are both linear: pooling first costs less.
fn class_maps((feature, classifier): (Tensor<4>, Tensor<2>), size: [usize; 2]) -> Tensor<2> {
    let [n, channels, _, _] = feature.dims();
    let area = size[0] * size[1];
    let columns = pooled_to(feature, size).reshape([n, channels, area]);
    let classes = classifier.dims()[0];
    unit_rows(classifier.unsqueeze::<3>().matmul(columns).reshape([n * classes, area]))
}
