//! The shipped recipe for the built-in data.

use serde::{Deserialize, Serialize};

use crate::dataset::collect::ImagesConfig;
use crate::dataset::scenes::ScenesConfig;
use crate::distillation::{
    Algorithm, DistillationConfig, Loss, LossTerm, OptimiserConfig, Schedule, Start, TeacherTrainingConfig,
};
use crate::models::Architecture;
use crate::session::maps::look::ReferenceConfig;
use crate::session::training::timeline::TimelineSettings;

/// Every setting with which the page starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Defaults {
    /// The built-in pictures.
    pub scenes: ScenesConfig,
    /// The user's own pictures.
    pub images: ImagesConfig,
    /// Training of a Teacher.
    pub teacher: TeacherTrainingConfig,
    /// Distillation of the Student.
    pub distillation: DistillationConfig,
    /// The batch that maps and scores belong to.
    pub reference: ReferenceConfig,
    /// What of the distillation is watched.
    pub timeline: TimelineSettings,
}

impl Default for Defaults {
    fn default() -> Self {
        let optimiser = OptimiserConfig {
            steps: 400,
            batch_size: 32,
            accumulation: 1,
            learning_rate: 0.02,
            algorithm: Algorithm::Sgd { momentum: 0.9, weight_decay: 5e-4, nesterov: false },
            schedule: Schedule::Step { milestones: vec![0.6, 0.85], decay: 0.25 },
            crop_padding: 0,
            crop_area: 1.0,
            flip: false,
            report_every: 5,
            evaluate_every: 100,
            seed: 1,
        };
        Self {
            scenes: ScenesConfig::default(),
            images: ImagesConfig::default(),
            teacher: TeacherTrainingConfig {
                network: Architecture::cifar_resnet(1, 16),
                optimiser: OptimiserConfig {
                    steps: 400,
                    learning_rate: 0.1,
                    crop_padding: 2,
                    crop_area: 1.0,
                    flip: true,
                    ..optimiser.clone()
                },
                start: Start::Random,
            },
            distillation: DistillationConfig {
                student: Architecture::cifar_resnet(1, 8),
                optimiser,
                alpha: 0.0,
                terms: vec![LossTerm { weight: 1.0, loss: Loss::Response { temperature: 4.0 } }],
                assistants: Vec::new(),
                start: Start::Given,
            },
            reference: ReferenceConfig { images: 48, seed: 1 },
            timeline: TimelineSettings::default(),
        }
    }
}
