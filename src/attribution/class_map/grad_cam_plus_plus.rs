//! Grad-CAM++: channels weighted by their positive gradients, evened out over how many positions carry them.

use burn::tensor::Tensor;

use super::weighted_sum::weighted_sum;

/// `sum over k of w_k * A_k` with `w_k = sum over i, j of a_kij * ReLU(g_kij)`.
///
/// Source: Chattopadhay et al., "Grad-CAM++", WACV 2018, equations 5 and 19: the exponential of the score is
/// differentiated, so that `a_kij = g^2 / (2 g^2 + (sum of A_k) g^3)`. Where `g` is not zero that is `1 / (2 + (sum of A_k)
/// g)`, which small gradients cannot bring to zero over zero; where it is zero, its weight is too. Stage outputs are not
/// negative, so that the divisor is at least 2 wherever the ReLU lets something through; elsewhere it is held there. The
/// factor `exp(score)` common to a picture's weights falls out with the scaling of the map and is left out.
pub fn maps(activation: &Tensor<4>, gradient: &Tensor<4>) -> Tensor<3> {
    let sums = activation.clone().sum_dim(3).sum_dim(2);
    let positive = gradient.clone().clamp_min(0.0);
    let divisor = (sums * positive.clone() + 2.0).clamp_min(2.0);
    weighted_sum(activation, (positive / divisor).sum_dim(3).sum_dim(2))
}
