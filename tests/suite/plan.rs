//! What a step will take, told beforehand, against what is published and what networks make.

use burn::tensor::Tensor;
use unicam::distillation::{
    Algorithm, DistillationConfig, Loss, LossTerm, Memory, OptimiserConfig, PlannedStep, Schedule, Start,
    pictures_at_once,
};
use unicam::models::{
    Architecture, CifarResNetConfig, Network, NetworkConfig, ResNetConfig, TinyCnnConfig, VggConfig, kaiming,
};
use unicam::seed::Purpose;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;

fn resnet(depth: usize, width: usize) -> Architecture {
    Architecture::ResNet(ResNetConfig { depth, width, small_stem: false })
}

fn vgg(depth: usize, batch_norm: bool, width: usize) -> Architecture {
    Architecture::Vgg(VggConfig { depth, batch_norm, width })
}

/// One network of every kind of block, small enough to be run.
fn small() -> [Architecture; 8] {
    let wide = CifarResNetConfig { blocks: 2, width: 8, stem: Some(4), projection: true };
    [
        Architecture::cifar_resnet(2, 4),
        Architecture::CifarResNet(wide),
        resnet(18, 4),
        resnet(50, 4),
        Architecture::ResNet(ResNetConfig { depth: 34, width: 4, small_stem: true }),
        vgg(11, true, 4),
        vgg(13, false, 4),
        Architecture::TinyCnn(TinyCnnConfig { width: 4 }),
    ]
}

#[test]
fn multiply_adds_are_the_published_ones() {
    // Thousand millions for pictures of 224 pixels and 1000 classes as torchvision's documentation has them (GFLOPS), which
    // counts a product and its sum as one; ResNet-20's 41 millions are of many CIFAR tables.
    for (architecture, side, classes, expected) in [
        (resnet(18, 64), 224, 1000, 1.81),
        (resnet(34, 64), 224, 1000, 3.66),
        (resnet(50, 64), 224, 1000, 4.09),
        (resnet(101, 64), 224, 1000, 7.80),
        (vgg(11, false, 64), 224, 1000, 7.61),
        (vgg(16, true, 64), 224, 1000, 15.47),
        (Architecture::cifar_resnet(3, 16), 32, 10, 0.0408),
        (Architecture::cifar_resnet(9, 16), 32, 10, 0.1255),
    ] {
        let counted = architecture.for_classes(classes).shape(side, side).multiply_adds() as f64 / 1e9;
        let name = architecture.name();
        assert!(
            (counted / expected - 1.0).abs() < 0.01,
            "{name}: {counted} thousand millions, {expected} are published"
        );
    }
}

#[test]
fn every_trained_number_is_met_on_the_way() {
    let large =
        [resnet(18, 64), resnet(101, 64), vgg(16, true, 64), vgg(19, false, 64), Architecture::cifar_resnet(18, 16)];
    for architecture in small().into_iter().chain(large) {
        let network = architecture.for_classes(7);
        let met: u64 = network.shape(64, 64).layers().map(|layer| layer.parameters).sum();
        assert_eq!(met, network.parameters() as u64, "{}", architecture.name());
    }
}

/// Odd pictures, and some that are wider than high.
#[wasm_bindgen_test(unsupported = pollster::test)]
async fn stages_come_out_as_they_are_told() {
    let device = device().await;
    for architecture in small() {
        for [width, height] in [[64, 64], [51, 51], [70, 33]] {
            let network = architecture.for_classes(3);
            let weights = kaiming(&network, 1, Purpose::StudentInit);
            let built = Network::from_weights(&network, &weights, &device).expect("its own weights");
            let trace = built.forward(Tensor::zeros([1, 3, height, width], &device));
            let told = network.shape(width, height);
            let stages: Vec<[usize; 3]> =
                told.segments.iter().filter(|segment| segment.ends_stage).map(|segment| segment.output).collect();
            let made: Vec<[usize; 3]> =
                trace.stages.iter().map(|stage| stage.dims()[1..].try_into().expect("three more")).collect();
            assert_eq!(stages, made, "{} on {width} x {height}", architecture.name());
            assert_eq!(told.segments.len(), built.segments().len(), "{}", architecture.name());
        }
    }
}

fn recipe(student: Architecture, alpha: f64, loss: Loss, batch_size: usize) -> DistillationConfig {
    let optimiser = OptimiserConfig {
        steps: 10,
        batch_size,
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
    let terms = vec![LossTerm { weight: 1.0, loss }];
    DistillationConfig { student, optimiser, alpha, terms, assistants: vec![], start: Start::Random }
}

fn step(config: &DistillationConfig, teacher: NetworkConfig, side: usize) -> PlannedStep {
    PlannedStep::of_distillation(config, teacher, [side, side], 10_000).pop().expect("the Student's")
}

#[test]
fn buffers_that_serve_their_own_size_alone_take_more() {
    let (teacher, student) = (resnet(50, 64).for_classes(2), resnet(18, 64));
    let terms = Loss::Response { temperature: 4.0 };
    let step = step(&recipe(student, 0.1, terms, 32), teacher, 224);
    let plan = |memory, kept| step.on(kept).plan(memory);
    let (ample, kept) = (plan(Memory::Ample, false), plan(Memory::Ample, true));
    // Counted in a browser by tests/web/e2e/full-size.spec.ts, beside the Teacher that was there before.
    let counted = 3_362_682_112 + 4 * teacher.parameters() as u64;
    assert!((kept.bytes as f64 / counted as f64 - 1.0).abs() < 0.01, "{kept:?}");
    assert!(ample.bytes < kept.bytes && plan(Memory::Scarce, true).bytes < kept.bytes);
    assert_eq!((kept.largest_buffer, kept.multiply_adds), (ample.largest_buffer, ample.multiply_adds));
}

#[test]
fn a_step_is_one_pass_of_the_teacher_and_three_of_each_that_learns() {
    let (teacher, student) = (resnet(50, 64).for_classes(10), resnet(18, 64));
    let config = recipe(student, 0.7, Loss::SoftenedError { temperature: 20.0 }, 32);
    let step = step(&config, teacher, 224);
    assert_eq!((step.networks, step.together, step.batch), (2, 2, 32));
    let forwards = |network: NetworkConfig| network.shape(224, 224).multiply_adds();
    let (theirs, own) = (forwards(teacher), forwards(student.for_classes(10)));
    // Nobody asks for the gradient by the pictures: 7 x 7 x 3 x 64 at 112 x 112 places.
    let spared = 7 * 7 * 3 * 64 * 112 * 112;
    let (ample, scarce) = (step.plan(Memory::Ample), step.plan(Memory::Scarce));
    assert_eq!(ample.multiply_adds, 32 * (theirs + 2 * (3 * own - spared)));
    assert!(scarce.multiply_adds > ample.multiply_adds && scarce.multiply_adds < 32 * (theirs + 2 * 4 * own));
    // What is held is what blocks spare; weights, gradients and pictures stay. At 224 pixels the stem is the largest segment,
    // and with its gradients not far from all of so short a network.
    assert!(scarce.activations * 10 < ample.activations * 9, "{scarce:?} {ample:?}");
    let rest = |plan: unicam::distillation::StepPlan| [plan.weights, plan.gradients, plan.moments, plan.batch];
    assert_eq!(rest(ample), rest(scarce));
    // 23.5 M numbers of the Teacher, twice 11.2 M of the Student.
    assert!((ample.weights as f64 / (4.0 * (23.53e6 + 2.0 * 11.18e6)) - 1.0).abs() < 0.01, "{ample:?}");
    assert_eq!(ample.moments, ample.gradients);
    // 64 channels of 112 x 112 places, of 32 pictures and two networks.
    assert_eq!(ample.largest_buffer, 4 * 2 * 32 * 64 * 112 * 112);
    assert_eq!(ample.batch, 4 * 3 * 32 * 3 * 224 * 224);
}

#[test]
fn assistants_and_networks_apart_are_planned_as_they_run() {
    let teacher = resnet(18, 8).for_classes(4);
    let mut config = recipe(Architecture::cifar_resnet(1, 8), 0.0, Loss::Hint { layer: 1 }, 16);
    let apart = step(&config, teacher, 32);
    assert_eq!((apart.networks, apart.together), (2, 1), "a hint alone leaves the classifier as it is");
    config.alpha = 1.0;
    let both = step(&config, teacher, 32);
    assert_eq!(both.together, 2);
    assert_eq!(apart.plan(Memory::Ample).multiply_adds, both.plan(Memory::Ample).multiply_adds);
    assert!(apart.plan(Memory::Ample).activations < both.plan(Memory::Ample).activations);

    let assistant = Architecture::cifar_resnet(1, 12);
    config.assistants = vec![unicam::distillation::AssistantConfig { network: assistant, optimiser: None }];
    let links = PlannedStep::of_distillation(&config, teacher, [32, 32], 10);
    let [first, last] = links.as_slice() else { panic!("two links, not {}", links.len()) };
    assert_eq!(
        (first.teacher, first.networks, first.batch),
        (Some(teacher), 1, 10),
        "no batch is larger than the data"
    );
    assert_eq!((last.teacher, last.networks), (Some(assistant.for_classes(4)), 2));
}

#[test]
fn large_photographs_are_looked_at_a_few_at_a_time() {
    assert_eq!(pictures_at_once(32, 32), 100);
    assert_eq!(pictures_at_once(64, 64), 100);
    assert_eq!(pictures_at_once(128, 128), 25);
    assert_eq!(pictures_at_once(224, 224), 8);
    assert_eq!(pictures_at_once(10_000, 10_000), 1);
}
