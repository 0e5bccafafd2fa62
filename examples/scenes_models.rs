//! Trains the weights that are shipped for the built-in Scenes, on the CPU, and writes them into the source tree, with a
//! manifest that says of each what it was trained with and how good it is.
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
use unicam::session::digest_of_bytes;

/// What one of the shipped networks is trained with.
struct Recipe {
    file: &'static str,
    role: &'static str,
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
            role: "Teacher of the Scenes",
            scenes: ScenesConfig { background_dial: 0.0, train_images: 6000, seed: 101, ..scenes.clone() },
            config: TeacherTrainingConfig { network: Architecture::cifar_resnet(1, 16), optimiser },
        },
        Recipe {
            file: "scenes-student-start.safetensors",
            role: "first weights of the Student and the Base on the Scenes",
            scenes: ScenesConfig { background_dial: 0.9, train_images: 3000, ..scenes },
            config: TeacherTrainingConfig { network: Architecture::cifar_resnet(1, 8), optimiser: short },
        },
    ]
}

/// A network that was trained.
struct Trained {
    weights: Weights,
    parameters: usize,
    /// Share of the test pictures that it names rightly.
    accuracy: f64,
    test_pictures: usize,
}

fn train(recipe: &Recipe) -> Result<Trained> {
    let device = Device::flex();
    let data = render(&recipe.scenes)?;
    let network: NetworkConfig = recipe.config.network.for_classes(data.train.class_names.len());
    let start = kaiming(&network, recipe.config.optimiser.seed, Purpose::TeacherInit);
    let mut run = TrainingRun::teacher(&recipe.config, network, &start, &data.train, &device)?;
    let mut accuracy = 0.0;
    while let Some(event) = block_on(run.next(&data))? {
        if let TrainingEvent::Evaluation { step, student, .. } = event {
            println!("{}: step {step}: accuracy {student:.3} on {} test pictures", recipe.file, data.test.len());
            accuracy = student;
        }
    }
    let (weights, parameters) = (block_on(run.finish())?.student, network.parameters());
    Ok(Trained { weights, parameters, accuracy, test_pictures: data.test.len() })
}

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/models/shipped");
    let mut entries = Vec::new();
    for recipe in recipes() {
        let Trained { mut weights, parameters, accuracy, test_pictures } = train(&recipe)?;
        let about = serde_json::json!({ "scenes": recipe.scenes, "training": recipe.config });
        weights.metadata.insert("unicam".to_owned(), about.to_string());
        let file = weights.to_safetensors(true)?;
        println!("{}: {} bytes", recipe.file, file.len());
        entries.push(serde_json::json!({
            "file": recipe.file,
            "role": recipe.role,
            "bytes": file.len(),
            "sha256": digest_of_bytes(&file),
            "parameters": parameters,
            "accuracy": accuracy,
            "testPictures": test_pictures,
            "seed": recipe.config.optimiser.seed,
            "scenes": recipe.scenes,
            "training": recipe.config,
        }));
        std::fs::write(folder.join(recipe.file), file).expect("the source tree is writable");
    }
    let manifest = serde_json::json!({
        "command": "cargo run --release --no-default-features --example scenes_models",
        "device": "CPU",
        "models": entries,
    });
    let text = serde_json::to_string_pretty(&manifest).expect("plain data") + "\n";
    std::fs::write(folder.join("manifest.json"), text).expect("the source tree is writable");
    Ok(())
}
