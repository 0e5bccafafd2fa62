//! How maps and scores are put to the test, as settings.

use serde::{Deserialize, Serialize};

use crate::attribution::{ClassMethod, Objective};
use crate::error::{Error, Result};
use crate::session::checks::faithfulness::FaithfulnessConfig;
use crate::session::checks::sanity::SanityConfig;
use crate::session::checks::spread::{SpreadConfig, check_batches};
use crate::session::maps::look::{MAX_IMAGES, ReferenceConfig};
use crate::session::maps::map_kind::MapKind;

/// What is checked at every layer beside its maps: faithfulness, sanity, and the spread over batches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct CheckSettings {
    /// Class maps whose faithfulness is tested for each network beside that of the UniCAM maps; none may come twice.
    pub methods: Vec<ClassMethod>,
    /// Shares of the pixels that ROAD imputes, ascending between 0 and 1 (both excluded), 1 to 20 of them.
    pub shares: Vec<f64>,
    /// Share of the pixels that is kept for the change of confidence, above 0 and below 1.
    pub keep: f64,
    /// Shuffles of the labels in the sanity checks, 1 to 1,000.
    pub shuffles: usize,
    /// Pictures, the first of the reference batch, whose maps are drawn again over other batches; 0 to 512.
    pub spread_images: usize,
    /// Which of their maps; UniCAM's alone, since a class map does not depend on the batch.
    pub spread_maps: Vec<MapKind>,
    /// Reference batches of each of those maps, 2 to 64; their own seeds come from the reference batch's.
    pub batches: usize,
    /// Seed of ROAD's noise, of ties, of random maps and weights, and of the shuffles.
    pub seed: u64,
}

impl Default for CheckSettings {
    fn default() -> Self {
        Self {
            methods: vec![ClassMethod::GradCam, ClassMethod::Random],
            shares: vec![0.1, 0.3, 0.5, 0.7, 0.9],
            keep: 0.3,
            shuffles: 50,
            spread_images: 3,
            spread_maps: vec![MapKind::Distilled, MapKind::Residual],
            batches: 8,
            seed: 1,
        }
    }
}

impl CheckSettings {
    /// Checks every rule.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        let any = (ReferenceConfig { images: MAX_IMAGES, seed: 0 }, 1, Objective::default());
        self.faithfulness(any.0, any.1, any.2).validate()?;
        self.sanity(any.0, any.1, any.2).validate()?;
        if self.spread_images > MAX_IMAGES {
            let problem = format!("must be at most {MAX_IMAGES}, is {}", self.spread_images);
            return Err(Error::config("spreadImages", problem));
        }
        check_batches(self.batches)?;
        self.spread_maps.iter().try_for_each(|&map| self.spread(any.0, any.1, any.2, (0, map)).validate())
    }

    /// The test of the maps' faithfulness at one layer, counted from 1.
    #[must_use]
    pub fn faithfulness(&self, reference: ReferenceConfig, layer: usize, objective: Objective) -> FaithfulnessConfig {
        FaithfulnessConfig {
            reference,
            layer,
            objective,
            maps: Vec::new(),
            methods: self.methods.clone(),
            shares: self.shares.clone(),
            keep: self.keep,
            seed: self.seed,
        }
    }

    /// The sanity checks at one layer, counted from 1.
    #[must_use]
    pub fn sanity(&self, reference: ReferenceConfig, layer: usize, objective: Objective) -> SanityConfig {
        SanityConfig { reference, layer, objective, shuffles: self.shuffles, seed: self.seed }
    }

    /// The spread of one test picture's map at one layer, counted from 1.
    #[must_use]
    pub fn spread(
        &self,
        reference: ReferenceConfig,
        layer: usize,
        objective: Objective,
        (image, map): (usize, MapKind),
    ) -> SpreadConfig {
        SpreadConfig { image, map, layer, objective, reference, batches: self.batches }
    }

    /// Takes over what a test of faithfulness was made with.
    pub(in crate::session) fn used_for_faithfulness(&mut self, config: &FaithfulnessConfig) {
        self.methods.clone_from(&config.methods);
        self.shares.clone_from(&config.shares);
        (self.keep, self.seed) = (config.keep, config.seed);
    }

    /// Takes over what the sanity checks were made with.
    pub(in crate::session) fn used_for_sanity(&mut self, config: &SanityConfig) {
        (self.shuffles, self.seed) = (config.shuffles, config.seed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_message_of_its_own() {
        let usual = CheckSettings::default();
        assert_eq!(usual.validate(), Ok(()));
        let broken = [
            (CheckSettings { methods: vec![ClassMethod::GradCam; 2], ..usual.clone() }, "methods"),
            (CheckSettings { shares: vec![], ..usual.clone() }, "must be 1 to 20"),
            (CheckSettings { shares: vec![0.5, 0.2], ..usual.clone() }, "must ascend"),
            (CheckSettings { keep: f64::NAN, ..usual.clone() }, "keep"),
            (CheckSettings { shuffles: 0, ..usual.clone() }, "shuffles"),
            (CheckSettings { spread_images: 513, ..usual.clone() }, "spreadImages"),
            (CheckSettings { batches: 1, spread_maps: vec![], ..usual.clone() }, "batches"),
            (CheckSettings { spread_maps: vec![MapKind::GradCamBase], ..usual }, "UniCAM"),
        ];
        for (settings, named) in broken {
            let error = settings.validate().expect_err(named);
            assert!(error.code() == "invalid-config" && error.to_string().contains(named), "{error}");
        }
    }
}
