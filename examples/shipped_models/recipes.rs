//! What each of the shipped networks is made of: settings alone.

use serde::Serialize;
use unicam::dataset::collect::ImagesConfig;
use unicam::dataset::scenes::ScenesConfig;
use unicam::distillation::{
    Algorithm, DistillationConfig, Loss, LossTerm, OptimiserConfig, Schedule, Start, TeacherTrainingConfig,
};
use unicam::models::Architecture;
use unicam::session::Defaults;

/// Where the pictures of one stage of a training come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Pictures {
    /// Rendered by the crate.
    Scenes(ScenesConfig),
    /// CIFAR-10 out of the archive of JPEGs.
    Cifar10(ImagesConfig),
    /// Cats and dogs of ASIRRA.
    Asirra(ImagesConfig),
    /// Potato leaves of PlantVillage.
    Plantvillage(ImagesConfig),
}

/// One stage of a training by labels: the next one goes on from its weights.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// What is learnt from; the last stage's test pictures give the accuracy.
    #[serde(flatten)]
    pub pictures: Pictures,
    /// How.
    pub training: TeacherTrainingConfig,
}

/// How a file, or a pair of them, comes about.
#[derive(Debug, Clone)]
pub enum Recipe {
    /// One network by labels, from the weights of another file where one is named; what does not fit, as the head of other
    /// classes, begins at random.
    ByLabels { file: &'static str, role: &'static str, from: Option<&'static str>, stages: Vec<Stage> },
    /// A Student and its Base under a Teacher, from a start, all of which are files of the same folder.
    Distilled {
        /// Of the Student and of the Base.
        files: [&'static str; 2],
        roles: [&'static str; 2],
        teacher: &'static str,
        start: &'static str,
        pictures: Pictures,
        distillation: Box<DistillationConfig>,
    },
}

impl Recipe {
    /// What it is called on the command line.
    pub fn name(&self) -> &'static str {
        let file = match self {
            Self::ByLabels { file, .. } => file,
            Self::Distilled { files, .. } => files[0],
        };
        file.trim_end_matches(".safetensors")
    }
}

/// Every recipe, a Teacher before its Student.
pub fn all() -> Vec<Recipe> {
    [scenes(), cifar10(), asirra(), plantvillage()].concat()
}

fn sgd() -> Algorithm {
    Algorithm::Sgd { momentum: 0.9, weight_decay: 5e-4, nesterov: false }
}

/// The Teacher learns from pictures whose backgrounds tell nothing. The Student's starting weights come from a network
/// that learnt, without a Teacher, from pictures whose backgrounds give the class away: it has fallen for the shortcut
/// that distillation is to mend. The Teacher's pictures are of a seed of their own; the start's are the default ones.
fn scenes() -> Vec<Recipe> {
    let optimiser = OptimiserConfig {
        steps: 700,
        batch_size: 64,
        accumulation: 1,
        learning_rate: 0.1,
        algorithm: sgd(),
        schedule: Schedule::Step { milestones: vec![0.5, 0.75, 0.9], decay: 0.25 },
        crop_padding: 2,
        crop_area: 1.0,
        flip: true,
        report_every: 10,
        evaluate_every: 175,
        seed: 1,
    };
    let short = OptimiserConfig {
        steps: 400,
        batch_size: 32,
        accumulation: 1,
        schedule: Schedule::Step { milestones: vec![0.6, 0.85], decay: 0.25 },
        crop_padding: 0,
        crop_area: 1.0,
        flip: false,
        evaluate_every: 100,
        ..optimiser.clone()
    };
    let pictures = ScenesConfig { test_images: 600, ..ScenesConfig::default() };
    let unbiased = ScenesConfig { background_dial: 0.0, train_images: 6000, seed: 101, ..pictures.clone() };
    let biased = ScenesConfig { background_dial: 0.9, train_images: 3000, ..pictures };
    let Defaults { scenes, distillation, .. } = Defaults::default();
    vec![
        Recipe::ByLabels {
            file: "scenes-teacher.safetensors",
            role: "Teacher of the Scenes",
            from: None,
            stages: vec![Stage {
                pictures: Pictures::Scenes(unbiased),
                training: TeacherTrainingConfig {
                    network: Architecture::cifar_resnet(1, 16),
                    optimiser,
                    start: Start::Random,
                },
            }],
        },
        Recipe::ByLabels {
            file: "scenes-student-start.safetensors",
            role: "first weights of the Student and the Base on the Scenes",
            from: None,
            stages: vec![Stage {
                pictures: Pictures::Scenes(biased),
                training: TeacherTrainingConfig {
                    network: Architecture::cifar_resnet(1, 8),
                    optimiser: short,
                    start: Start::Random,
                },
            }],
        },
        Recipe::Distilled {
            files: ["scenes-student.safetensors", "scenes-base.safetensors"],
            roles: ["Student of the Scenes, by the recipe that the page starts with", "Base beside that Student"],
            teacher: "scenes-teacher.safetensors",
            start: "scenes-student-start.safetensors",
            pictures: Pictures::Scenes(scenes),
            distillation: Box::new(distillation),
        },
    ]
}

/// Steps of an epoch of CIFAR-10's 50,000 pictures in batches of 64.
const EPOCH: usize = 781;

/// The Teacher learns from small pictures first: a step at half the side costs a quarter.
fn cifar10() -> Vec<Recipe> {
    let optimiser = |epochs: f64, rate: f64, floor: f64| OptimiserConfig {
        steps: (epochs * EPOCH as f64) as usize,
        batch_size: 64,
        accumulation: 1,
        learning_rate: rate,
        algorithm: sgd(),
        schedule: Schedule::Cosine { warm_up: 0.05, floor },
        crop_padding: 2,
        crop_area: 1.0,
        flip: true,
        report_every: 20,
        evaluate_every: 2 * EPOCH,
        seed: 1,
    };
    let pictures = |size| Pictures::Cifar10(ImagesConfig { size, ..ImagesConfig::default() });
    let stage = |width, size, optimiser| Stage {
        pictures: pictures(size),
        training: TeacherTrainingConfig {
            network: Architecture::cifar_resnet(1, width),
            optimiser,
            start: Start::Random,
        },
    };
    let small = OptimiserConfig { crop_padding: 1, ..optimiser(6.0, 0.1, 0.6) };
    vec![
        Recipe::ByLabels {
            file: "cifar10-teacher.safetensors",
            role: "Teacher of CIFAR-10",
            from: None,
            stages: vec![
                stage(32, 16, small),
                stage(32, 24, optimiser(5.0, 0.06, 0.4)),
                stage(32, 32, OptimiserConfig { evaluate_every: 4 * EPOCH, ..optimiser(2.5, 0.03, 0.0) }),
                stage(32, 32, OptimiserConfig { evaluate_every: 2 * EPOCH, ..optimiser(6.0, 0.04, 0.0) }),
                stage(32, 32, OptimiserConfig { crop_padding: 1, seed: 2, ..optimiser(2.0, 0.02, 0.0) }),
            ],
        },
        Recipe::ByLabels {
            file: "cifar10-student-start.safetensors",
            role: "first weights of the Student and the Base on CIFAR-10",
            from: None,
            stages: vec![stage(8, 32, optimiser(1.0, 0.1, 0.0))],
        },
        Recipe::Distilled {
            files: ["cifar10-student.safetensors", "cifar10-base.safetensors"],
            roles: ["Student of CIFAR-10", "Base beside that Student"],
            teacher: "cifar10-teacher.safetensors",
            start: "cifar10-student-start.safetensors",
            pictures: pictures(32),
            distillation: Box::new(DistillationConfig {
                student: Architecture::cifar_resnet(1, 8),
                optimiser: optimiser(2.0, 0.05, 0.0),
                alpha: 0.1,
                terms: vec![LossTerm { weight: 0.9, loss: Loss::Response { temperature: 4.0 } }],
                assistants: Vec::new(),
                start: Start::Given,
            }),
        },
    ]
}

/// Side of the pictures of photographs: at 32 pixels a cat has no face.
const PHOTO: usize = 64;

/// A recipe for photographs: `epochs` of `pictures` of them, each time another part of the picture.
fn photographs(pictures: usize, epochs: usize, learning_rate: f64, crop_area: f64) -> OptimiserConfig {
    let steps = epochs * pictures / 32;
    OptimiserConfig {
        steps,
        batch_size: 32,
        accumulation: 1,
        learning_rate,
        algorithm: sgd(),
        schedule: Schedule::Cosine { warm_up: 0.05, floor: 0.0 },
        crop_padding: 0,
        crop_area,
        flip: true,
        report_every: 20,
        evaluate_every: steps.div_ceil(4),
        seed: 1,
    }
}

/// Answers at a temperature of 4 beside a little of the labels, from given first weights.
fn answers(optimiser: OptimiserConfig) -> Box<DistillationConfig> {
    Box::new(DistillationConfig {
        student: Architecture::cifar_resnet(1, 8),
        optimiser,
        alpha: 0.1,
        terms: vec![LossTerm { weight: 0.9, loss: Loss::Response { temperature: 4.0 } }],
        assistants: Vec::new(),
        start: Start::Given,
    })
}

/// A stage of a photographs' network of this width.
fn stage_on(pictures: Pictures, width: usize, optimiser: OptimiserConfig) -> Stage {
    let network = Architecture::cifar_resnet(1, width);
    Stage { pictures, training: TeacherTrainingConfig { network, start: Start::Random, optimiser } }
}

/// Two thousand photographs are few to learn cats and dogs from, so the networks of CIFAR-10, which know both, go on with
/// them: first as small as they know them, then at the size at which a cat has a face.
fn asirra() -> Vec<Recipe> {
    let of_size = |size| Pictures::Asirra(ImagesConfig { size, ..ImagesConfig::default() });
    let pictures = || of_size(PHOTO);
    vec![
        Recipe::ByLabels {
            file: "asirra-teacher.safetensors",
            role: "Teacher of ASIRRA's cats and dogs",
            from: Some("cifar10-teacher.safetensors"),
            stages: vec![
                stage_on(of_size(PHOTO / 2), 32, photographs(2000, 10, 0.03, 0.5)),
                stage_on(pictures(), 32, photographs(2000, 14, 0.02, 0.35)),
            ],
        },
        Recipe::ByLabels {
            file: "asirra-student-start.safetensors",
            role: "first weights of the Student and the Base on cats and dogs",
            from: Some("cifar10-student-start.safetensors"),
            stages: vec![stage_on(pictures(), 8, photographs(2000, 2, 0.02, 0.5))],
        },
        Recipe::Distilled {
            files: ["asirra-student.safetensors", "asirra-base.safetensors"],
            roles: ["Student of cats and dogs", "Base beside that Student"],
            teacher: "asirra-teacher.safetensors",
            start: "asirra-student-start.safetensors",
            pictures: pictures(),
            distillation: answers(photographs(2000, 10, 0.05, 0.5)),
        },
    ]
}

/// Leaves fill their pictures, and their spots tell them apart: three quarters of the area are enough of one.
fn plantvillage() -> Vec<Recipe> {
    let pictures = || Pictures::Plantvillage(ImagesConfig { size: PHOTO, ..ImagesConfig::default() });
    vec![
        Recipe::ByLabels {
            file: "plantvillage-teacher.safetensors",
            role: "Teacher of PlantVillage's potato leaves",
            from: None,
            stages: vec![stage_on(pictures(), 16, photographs(1614, 10, 0.05, 0.75))],
        },
        Recipe::ByLabels {
            file: "plantvillage-student-start.safetensors",
            role: "first weights of the Student and the Base on potato leaves",
            from: None,
            stages: vec![stage_on(pictures(), 8, photographs(1614, 1, 0.05, 0.75))],
        },
        Recipe::Distilled {
            files: ["plantvillage-student.safetensors", "plantvillage-base.safetensors"],
            roles: ["Student of potato leaves", "Base beside that Student"],
            teacher: "plantvillage-teacher.safetensors",
            start: "plantvillage-student-start.safetensors",
            pictures: pictures(),
            distillation: answers(photographs(1614, 10, 0.05, 0.75)),
        },
    ]
}
