//! Where one network sees a class: the methods that UniCAM is compared with, all on the same taps.
//!
//! One forward pass from a stage to the logits and one backward pass give the gradient of each picture's class score with
//! respect to the stage's output; every method is a way to make a map of the two. The maps come back signed: a method's
//! usual ReLU is left to whoever draws them, so that evidence against the class can be looked at as well.

mod grad_cam;
mod grad_cam_plus_plus;
mod hires_cam;
mod layer_cam;
mod random;
mod weighted_sum;

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::models::{Network, NetworkConfig, Weights};
use crate::operations::linear::linear;
use crate::tensors::parts::joined;

/// How a stage's output and its gradient become a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum ClassMethod {
    /// Channels weighted by their mean gradient (Selvaraju et al., ICCV 2017).
    #[default]
    GradCam,
    /// Channels weighted by their positive gradients, the more the fewer they are (Chattopadhay et al., WACV 2018).
    GradCamPlusPlus,
    /// Every position weighted by its own positive gradient (Jiang et al., IEEE TIP 2021).
    LayerCam,
    /// Every position weighted by its own gradient (Draelos & Carin, 2020).
    HiresCam,
    /// Seeded noise that knows nothing of picture and network: what any method has to beat.
    Random,
}

impl ClassMethod {
    /// Every method, in the order in which they are listed to people.
    pub const ALL: [Self; 5] = [Self::GradCam, Self::GradCamPlusPlus, Self::LayerCam, Self::HiresCam, Self::Random];
}

/// A stage's output over a batch and the gradient of each picture's class score with respect to it.
#[derive(Debug, Clone)]
pub struct ClassEvidence {
    /// `[N, C, H, W]`, without autodiff.
    pub activation: Tensor<4>,
    /// `[N, C, H, W]`, without autodiff.
    pub gradient: Tensor<4>,
}

impl ClassEvidence {
    /// One pass upwards from stage `layer` (counted from 1) and one back, for at most `at_once` pictures at a time: the way
    /// back wants what every layer above has made of them.
    ///
    /// The network runs in evaluation mode; batch-mates do not matter, since running statistics separate them. The score
    /// is the logit of the class.
    ///
    /// # Shapes
    /// - `activation`: output of the stage, `[N, C, H, W]`, without autodiff; `classes`: N class indices
    ///
    /// # Errors
    /// [`crate::Error::WeightsMismatch`] when weights and config disagree.
    ///
    /// # Panics
    /// If a class index is not below the network's classes, or nothing may be looked at at once.
    pub fn gather(
        config: &NetworkConfig,
        weights: &Weights,
        layer: usize,
        activation: &Tensor<4>,
        classes: &[usize],
        at_once: usize,
        device: &Device,
    ) -> Result<Self> {
        let tracked = device.clone().autodiff();
        // Frozen: running statistics although gradients flow.
        let network = Network::from_weights(config, weights, &tracked)?.freeze();
        let mut gradients = Vec::with_capacity(classes.len().div_ceil(at_once));
        for (part, classes) in classes.chunks(at_once).enumerate() {
            let own = activation.clone().narrow(0, part * at_once, classes.len());
            gradients.push(gradient(&network, config.classes, layer, own, classes));
        }
        Ok(Self { activation: activation.clone(), gradient: joined(gradients) })
    }

    /// The method's maps before the ReLU, `[N, H, W]` on the device.
    ///
    /// `pictures` (N indices that name the pictures) and `seed` matter to [`ClassMethod::Random`] only.
    #[must_use]
    pub fn signed_maps(&self, method: ClassMethod, pictures: &[usize], seed: u64) -> Tensor<3> {
        match method {
            ClassMethod::GradCam => grad_cam::maps(&self.activation, &self.gradient),
            ClassMethod::GradCamPlusPlus => grad_cam_plus_plus::maps(&self.activation, &self.gradient),
            ClassMethod::LayerCam => layer_cam::maps(&self.activation, &self.gradient),
            ClassMethod::HiresCam => hires_cam::maps(&self.activation, &self.gradient),
            ClassMethod::Random => random::maps(&self.activation, pictures, seed),
        }
    }
}

/// Gradient of each picture's class score by a stage's output, on the device of the network without autodiff.
fn gradient(network: &Network, of: usize, layer: usize, activation: Tensor<4>, classes: &[usize]) -> Tensor<4> {
    let leaf = Tensor::from_inner(activation).require_grad();
    let mut chosen = vec![0.0f32; classes.len() * of];
    for (row, &class) in classes.iter().enumerate() {
        chosen[row * of + class] = 1.0;
    }
    let count = chosen.len();
    let device = leaf.device();
    // The sum of the chosen logits, as a linear layer over all of them.
    let chosen = Tensor::from_data(TensorData::new(chosen, [count, 1]), &device);
    let logits = network.forward_from(layer, leaf.clone()).reshape([1, count]);
    let score = linear(logits, chosen, Tensor::zeros([1], &device));
    leaf.grad(&score.backward()).expect("every stage leads to the logits")
}
