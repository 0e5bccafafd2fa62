//! Trains the weights that are shipped for the built-in Scenes, on the CPU, and writes them into the source tree.
//!
//! ```text
//! cargo run --release --no-default-features --example scenes_models
//! ```
//!
//! The Teacher learns from pictures whose backgrounds tell nothing. The Student's starting weights come from a network
//! that learnt, without a Teacher, from pictures whose backgrounds give the class away: it has fallen for the shortcut
//! that distillation is to mend. The Teacher's pictures are of a seed of their own; the start's are the default ones.

use std::path::Path;

use burn::tensor::Device;
use pollster::block_on;
use unicam::Result;
use unicam::dataset::scenes::{ScenesConfig, render};
use unicam::distillation::{Algorithm, OptimiserConfig, Schedule, TeacherTrainingConfig, TrainingEvent, TrainingRun};
use unicam::models::{Architecture, NetworkConfig, Weights, kaiming};
use unicam::seed::Purpose;

/// What one of the shipped networks is trained with.
struct Recipe {
    file: &'static str,
    scenes: ScenesConfig,
    config: TeacherTrainingConfig,
}

fn recipes() -> [Recipe; 2] {
    let optimiser = OptimiserConfig {
        steps: 700,
        batch_size: 64,
        learning_rate: 0.1,
        algorithm: Algorithm::Sgd { momentum: 0.9, weight_decay: 5e-4, nesterov: false },
        schedule: Schedule::Step { milestones: vec![0.5, 0.75, 0.9], decay: 0.25 },
        crop_padding: 2,
        flip: true,
        report_every: 10,
        evaluate_every: 175,
        seed: 1,
    };
    let short = OptimiserConfig {
        steps: 400,
        batch_size: 32,
        schedule: Schedule::Step { milestones: vec![0.6, 0.85], decay: 0.25 },
        crop_padding: 0,
        flip: false,
        evaluate_every: 100,
        ..optimiser.clone()
    };
    let scenes = ScenesConfig { test_images: 600, ..ScenesConfig::default() };
    [
        Recipe {
            file: "scenes-teacher.safetensors",
            scenes: ScenesConfig { background_dial: 0.0, train_images: 6000, seed: 101, ..scenes.clone() },
            config: TeacherTrainingConfig { network: Architecture::cifar_resnet(1, 16), optimiser },
        },
        Recipe {
            file: "scenes-student-start.safetensors",
            scenes: ScenesConfig { background_dial: 0.9, train_images: 3000, ..scenes },
            config: TeacherTrainingConfig { network: Architecture::cifar_resnet(1, 8), optimiser: short },
        },
    ]
}

fn train(recipe: &Recipe) -> Result<Weights> {
    let device = Device::flex();
    let data = render(&recipe.scenes)?;
    let network: NetworkConfig = recipe.config.network.for_classes(data.train.class_names.len());
    let start = kaiming(&network, recipe.config.optimiser.seed, Purpose::TeacherInit);
    let mut run = TrainingRun::teacher(&recipe.config, network, &start, &data.train, &device)?;
    while let Some(event) = block_on(run.next(&data))? {
        if let TrainingEvent::Evaluation { step, student, .. } = event {
            println!("{}: step {step}: accuracy {student:.3} on {} test pictures", recipe.file, data.test.len());
        }
    }
    Ok(block_on(run.finish())?.student)
}

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/models/shipped");
    for recipe in recipes() {
        let mut weights = train(&recipe)?;
        let about = serde_json::json!({ "scenes": recipe.scenes, "training": recipe.config });
        weights.metadata.insert("unicam".to_owned(), about.to_string());
        let file = weights.to_safetensors(true)?;
        println!("{}: {} bytes", recipe.file, file.len());
        std::fs::write(folder.join(recipe.file), file).expect("the source tree is writable");
    }
    Ok(())
}
