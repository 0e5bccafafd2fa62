//! Where the Teacher looks, stage by stage.

use burn::tensor::Tensor;

use super::at_common_size;
use super::comparable::unit_rows;

/// Mean squared distance of the attention maps, summed over the pairs of stages: a scalar `[1]`.
///
/// The attention map of a stage is the mean over its channels of the squared activations, flattened and divided by its
/// Euclidean norm. Source: Zagoruyko, Komodakis, "Paying More Attention to Attention", ICLR 2017, equation 2 with
/// `p = 2`. The mean over images and positions is their scaling of `beta` by batch and map size. Default weight 1000.
/// Unequal extents are pooled ([`at_common_size`]) before the squares are taken.
///
/// # Shapes
/// - `stages`: pairs of Student `[N, Cs, Hs, Ws]` and Teacher `[N, Ct, Ht, Wt]`, at least one
#[must_use]
pub fn attention_loss(stages: Vec<(Tensor<4>, Tensor<4>)>) -> Tensor<1> {
    stages
        .into_iter()
        .map(|(student, teacher)| {
            let (student, teacher) = at_common_size(student, teacher);
            (attention_map(student) - attention_map(teacher)).square().mean()
        })
        .reduce(|sum, stage| sum + stage)
        .expect("aligned networks share at least one stage")
}

/// `[N, C, H, W]` to unit rows `[N, H * W]`.
fn attention_map(stage: Tensor<4>) -> Tensor<2> {
    let [n, _, height, width] = stage.dims();
    unit_rows(stage.square().mean_dim(1).reshape([n, height * width]))
}
