//! The classifier of weights that were trained for other classes, made anew.

use super::{NetworkConfig, Weights, kaiming};
use crate::seed::Purpose;

impl Weights {
    /// These weights as first weights of `network`: where they answer another number of classes, the classifier is drawn
    /// anew under the seed, and all else stays. Whether all else fits is for [`Network`](super::Network) to tell.
    #[must_use]
    pub fn with_classifier_of(&self, network: &NetworkConfig, seed: u64, purpose: Purpose) -> Self {
        let path = network.classifier_path();
        let names = ["weight", "bias"].map(|field| format!("{path}.{field}"));
        let mut own = self.clone();
        if names.iter().all(|name| self.extent(name).is_none_or(|classes| classes == network.classes)) {
            return own;
        }
        let fresh = kaiming(network, seed, purpose);
        for name in names {
            if let Some(tensor) = fresh.get(&name) {
                own.insert(name.clone(), &name, tensor.clone());
            }
        }
        own
    }
}
