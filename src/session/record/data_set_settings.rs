//! The settings that go with a known data set.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::dataset::collect::ImagesConfig;
use crate::dataset::known::{DataSetName, KNOWN};
use crate::dataset::normalisation::Normalisation;
use crate::distillation::{DistillationConfig, Loss, LossTerm, OptimiserConfig, Start, TeacherTrainingConfig};
use crate::models::Architecture;
use crate::models::shipped::ShippedNetworks;
use crate::session::networks::shipped_pair::recipe_of;
use crate::session::record::defaults::Defaults;

/// A known data set, and the settings that go with it: how its pictures are taken, and how a Student learns from them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct DataSetSettings {
    /// Its name in settings.
    pub name: DataSetName,
    /// Its publisher's page.
    pub home: String,
    /// Its classes in label order, as the shipped networks have them.
    pub class_names: Vec<String>,
    /// Whether networks are shipped that know them.
    pub has_shipped_networks: bool,
    /// How its pictures are taken.
    pub images: ImagesConfig,
    /// How networks see them.
    pub normalisation: Normalisation,
    /// Training of a Teacher of one's own.
    pub teacher: TeacherTrainingConfig,
    /// Distillation of a Student from the shipped start, in a number of steps that a browser makes within minutes.
    pub distillation: DistillationConfig,
}

impl DataSetSettings {
    /// Those of one data set.
    #[must_use]
    pub fn of(name: DataSetName) -> Self {
        let set = name.known();
        let shipped = ShippedNetworks::of(name);
        let Defaults { teacher, distillation, .. } = Defaults::default();
        // Leaves are alike and soon told apart.
        let (steps, learning_rate) = if name == DataSetName::PotatoLeaves { (200, 0.02) } else { (400, 0.05) };
        Self {
            name,
            home: set.home.to_owned(),
            class_names: set.classes.iter().map(|class| class.name.to_owned()).collect(),
            has_shipped_networks: shipped.is_some(),
            images: ImagesConfig {
                size: set.size,
                test_share: set.test_share,
                per_class: set.per_class,
                data_set: Some(name),
                ..ImagesConfig::default()
            },
            normalisation: Normalisation::default(),
            teacher: TeacherTrainingConfig {
                optimiser: OptimiserConfig { learning_rate: 0.05, ..teacher.optimiser },
                ..teacher
            },
            distillation: DistillationConfig {
                // That of the shipped start.
                student: shipped.map_or(Architecture::cifar_resnet(1, 8), |networks| recipe_of(networks).student),
                optimiser: OptimiserConfig {
                    steps,
                    learning_rate,
                    crop_padding: 2,
                    flip: true,
                    ..distillation.optimiser
                },
                alpha: 0.1,
                terms: vec![LossTerm { weight: 0.9, loss: Loss::Response { temperature: 4.0 } }],
                start: Start::Given,
                ..distillation
            },
        }
    }

    /// Those of every data set, in the order in which they are offered.
    #[must_use]
    pub fn all() -> Vec<Self> {
        KNOWN.iter().map(|set| Self::of(set.name)).collect()
    }

    /// What is laid over the shipped settings for them.
    pub(in crate::session) fn changes(&self) -> Value {
        let Self { images, normalisation, teacher, distillation, has_shipped_networks, .. } = self;
        json!({
            "dataSource": "images",
            "images": images,
            "normalisation": normalisation,
            "teacherSource": has_shipped_networks.then_some("shipped"),
            "teacher": teacher,
            "distillation": distillation,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_of_every_data_set_keeps_its_rules() {
        for settings in DataSetSettings::all() {
            let name = settings.name;
            assert_eq!(settings.images.validate(), Ok(()), "{name:?}");
            assert_eq!(settings.distillation.validate(), Ok(()), "{name:?}");
            assert_eq!(settings.teacher.optimiser.validate(), Ok(()), "{name:?}");
            assert_eq!(settings.has_shipped_networks, ShippedNetworks::of(name).is_some());
        }
        assert!(DataSetSettings::of(DataSetName::Cifar10).has_shipped_networks);
    }
}
