//! The Teacher's features at one stage.

use burn::tensor::Tensor;

use super::{Connector, at_common_size};

/// Mean squared distance between the regressed feature of the Student and that of the Teacher: a scalar `[1]`.
///
/// Source: Romero et al., "FitNets: Hints for Thin Deep Nets", ICLR 2015, equation 3, with a 1x1 convolution as the
/// regressor. Taken over all elements, the mean does not grow with the network as the paper's half sum does; and hint and
/// labels are learnt together, where the paper learns the hint first. Defaults: stage 2, weight 100. Unequal extents are
/// pooled ([`at_common_size`]) before the regressor.
///
/// # Shapes
/// - `student`: `[N, Cs, Hs, Ws]`, `teacher`: `[N, Ct, Ht, Wt]`; the regressor takes `Cs` channels to `Ct`
#[must_use]
pub fn hint_loss(student: Tensor<4>, teacher: Tensor<4>, regressor: &Connector) -> Tensor<1> {
    let (student, teacher) = at_common_size(student, teacher);
    (regressor.forward(student) - teacher).square().mean()
}
