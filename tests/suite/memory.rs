//! A step that holds little in memory, against one that holds everything.

use unicam::dataset::Dataset;
use unicam::dataset::scenes::{ScenesConfig, render};
use unicam::distillation::{
    Algorithm, DistillationConfig, Finished, Loss, LossTerm, Memory, OptimiserConfig, Schedule, Start, TrainingEvent,
    TrainingRun,
};
use unicam::models::{Architecture, Network, ResNetConfig, TinyCnnConfig, VggConfig, Weights, kaiming};
use unicam::seed::Purpose;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::assert_close;

pub fn recipe(student: Architecture, alpha: f64, terms: &[LossTerm]) -> DistillationConfig {
    let optimiser = OptimiserConfig {
        steps: 2,
        batch_size: 5,
        accumulation: 1,
        learning_rate: 0.02,
        algorithm: Algorithm::Sgd { momentum: 0.9, weight_decay: 5e-4, nesterov: false },
        schedule: Schedule::Step { milestones: vec![], decay: 0.1 },
        crop_area: 1.0,
        crop_padding: 2,
        flip: true,
        report_every: 1,
        evaluate_every: 2,
        seed: 5,
    };
    DistillationConfig { student, optimiser, alpha, terms: terms.to_vec(), assistants: vec![], start: Start::Random }
}

pub async fn trained(config: &DistillationConfig, memory: Memory, data: &Dataset) -> (Vec<f64>, Finished) {
    let device = device().await;
    let student = config.student.for_classes(6);
    let teacher = Architecture::cifar_resnet(1, 8).for_classes(6);
    let guide = Network::from_weights(&teacher, &kaiming(&teacher, 2, Purpose::TeacherInit), &device).expect("fits");
    let start = kaiming(&student, config.optimiser.seed, Purpose::StudentInit);
    let run = TrainingRun::distillation(config, student, &start, guide, &data.train, &device);
    let mut run = run.expect("a valid recipe");
    run.set_memory(memory);
    let mut told = Vec::new();
    while let Some(event) = run.next(data).await.expect("finite losses") {
        if let TrainingEvent::Report { student, base, .. } = event {
            told.extend([student.total, student.hard, base.expect("there is a Base").total]);
            told.extend(student.terms.iter().map(|term| term.value));
        }
    }
    (told, run.finish().await.expect("the device answers"))
}

pub fn assert_alike(own: &Weights, other: &Weights, tolerance: f64, what: &str) {
    for name in own.names() {
        let values = |weights: &Weights| -> Vec<f64> {
            weights.get(name).expect("listed").values.iter().map(|&value| f64::from(value)).collect()
        };
        assert_close(&values(own), &values(other), tolerance, &format!("{name} of {what}"));
    }
}

fn in_two_parts(mut config: DistillationConfig) -> DistillationConfig {
    config.optimiser.accumulation = 2;
    config
}

/// Running statistics are among the weights: a batch that is seen twice must count once.
#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_step_by_blocks_is_the_step_that_holds_everything() {
    let data = render(&ScenesConfig { size: 33, train_images: 60, test_images: 24, ..ScenesConfig::default() });
    let data = data.expect("in range");
    let resnet = Architecture::cifar_resnet(1, 4);
    let response = LossTerm { weight: 0.9, loss: Loss::Response { temperature: 4.0 } };
    let usual: Vec<LossTerm> = LossTerm::usual().map(|term| LossTerm { weight: 0.02 * term.weight, ..term }).to_vec();
    let hint = [LossTerm { weight: 1.0, loss: Loss::Hint { layer: 1 } }];
    let photographs = ResNetConfig { depth: 50, width: 4, small_stem: false };
    for (config, what) in [
        (recipe(resnet, 0.1, &usual), "every loss at once"),
        (in_two_parts(recipe(resnet, 0.1, &usual)), "every loss at once, in parts"),
        // Nothing behind the first stage has a gradient in the Student; the Base learns by itself.
        (recipe(resnet, 0.0, &hint), "a hint alone"),
        (recipe(Architecture::TinyCnn(TinyCnnConfig { width: 4 }), 0.1, &[response]), "TinyCNN"),
        (recipe(Architecture::ResNet(photographs), 0.1, &[response]), "ResNet-50"),
        (recipe(Architecture::Vgg(VggConfig { depth: 11, batch_norm: true, width: 4 }), 0.1, &[response]), "VGG"),
    ] {
        let (figures, ample) = trained(&config, Memory::Ample, &data).await;
        let (others, scarce) = trained(&config, Memory::Scarce, &data).await;
        assert!(!figures.is_empty());
        assert_close(&figures, &others, 1e-4, what);
        assert_alike(&ample.student, &scarce.student, 1e-3, &format!("the Student of {what}"));
        let bases = (ample.base.expect("a Base"), scarce.base.expect("a Base"));
        assert_alike(&bases.0, &bases.1, 1e-3, &format!("the Base of {what}"));
    }
}

/// Where one loss alone depends on each number, nothing is added in another order.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn with_labels_and_answers_alone_both_are_the_same_to_the_last_bit() {
    let data = render(&ScenesConfig { size: 16, train_images: 60, test_images: 24, ..ScenesConfig::default() });
    let data = data.expect("in range");
    let response = LossTerm { weight: 0.9, loss: Loss::Response { temperature: 4.0 } };
    let config = recipe(Architecture::cifar_resnet(2, 4), 0.1, &[response]);
    let of = |memory| pollster::block_on(trained(&config, memory, &data)).1;
    let (ample, scarce) = (of(Memory::Ample), of(Memory::Scarce));
    assert!(ample.student == scarce.student, "the Student");
    assert!(ample.base == scarce.base, "the Base");
}
