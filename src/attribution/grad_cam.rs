//! Plain Grad-CAM: where one model sees the class it names.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};

use crate::error::Result;
use crate::models::{Network, NetworkConfig, Weights};

/// `ReLU(sum over k of alpha_k * A_k)` with `alpha_k` the mean over `H, W` of the gradient of each picture's class
/// score: `[N, H, W]` on the device.
///
/// Source: Selvaraju et al., "Grad-CAM", ICCV 2017, equations 1 and 2. The network runs in evaluation mode from stage
/// `layer` (counted from 1) upwards; batch-mates do not matter, since running statistics separate them.
///
/// # Shapes
/// - `activation`: output of the stage, `[N, C, H, W]`, without autodiff; `classes`: N class indices
///
/// # Errors
/// [`crate::Error::WeightsMismatch`] when weights and config disagree.
pub fn grad_cam(
    config: &NetworkConfig,
    weights: &Weights,
    layer: usize,
    activation: &Tensor<4>,
    classes: &[usize],
    device: &Device,
) -> Result<Tensor<3>> {
    let [n, _, height, width] = activation.dims();
    let tracked = device.clone().autodiff();
    // Frozen: running statistics although gradients flow.
    let network = Network::from_weights(config, weights, &tracked)?.freeze();
    let leaf = Tensor::from_inner(activation.clone()).require_grad();
    let mut chosen = vec![0.0f32; n * config.classes];
    for (row, &class) in classes.iter().enumerate() {
        chosen[row * config.classes + class] = 1.0;
    }
    let chosen = Tensor::from_data(TensorData::new(chosen, [n, config.classes]), &tracked);
    let score = (network.forward_from(layer, leaf.clone()) * chosen).sum();
    let gradient = leaf.grad(&score.backward()).expect("every stage leads to the logits");
    let alpha = gradient.mean_dim(3).mean_dim(2);
    Ok((activation.clone() * alpha).sum_dim(1).reshape([n, height, width]).clamp_min(0.0))
}
