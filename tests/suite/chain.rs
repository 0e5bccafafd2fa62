//! Runs by every loss and through assistants.

use unicam::dataset::Dataset;
use unicam::dataset::scenes::{ScenesConfig, render};
use unicam::distillation::{
    Algorithm, AssistantConfig, DistillationConfig, Loss, LossTerm, OptimiserConfig, Schedule, Start, Trained,
    TrainingEvent, TrainingRun,
};
use unicam::models::{Architecture, Network, kaiming};
#[cfg(not(target_arch = "wasm32"))]
use unicam::models::{TinyCnnConfig, VggConfig};
use unicam::seed::Purpose;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;

pub const SGD: Algorithm = Algorithm::Sgd { momentum: 0.9, weight_decay: 5e-4, nesterov: true };

pub fn scenes() -> ScenesConfig {
    // More test pictures than one batch of an evaluation, so that a run may stop within one.
    ScenesConfig { size: 16, train_images: 60, test_images: 120, ..ScenesConfig::default() }
}

pub fn optimiser(steps: usize, algorithm: Algorithm) -> OptimiserConfig {
    OptimiserConfig {
        steps,
        batch_size: 24,
        accumulation: 1,
        learning_rate: 0.01,
        algorithm,
        schedule: Schedule::Cosine { warm_up: 0.2, floor: 0.1 },
        crop_padding: 2,
        crop_area: 1.0,
        flip: true,
        report_every: 2,
        evaluate_every: 3,
        seed: 9,
    }
}

pub fn config(steps: usize, algorithm: Algorithm, terms: &[LossTerm], assistants: usize) -> DistillationConfig {
    let own = [None, Some(optimiser(2, SGD))];
    let assistant =
        |place: usize| AssistantConfig { network: Architecture::cifar_resnet(1, 8), optimiser: own[place % 2].clone() };
    DistillationConfig {
        student: Architecture::cifar_resnet(1, 4),
        optimiser: optimiser(steps, algorithm),
        alpha: 0.1,
        terms: terms.to_vec(),
        assistants: (0..assistants).map(assistant).collect(),
        start: Start::Random,
    }
}

async fn begin(config: &DistillationConfig, data: &Dataset) -> unicam::Result<TrainingRun> {
    begin_under(Architecture::cifar_resnet(1, 12), config, data).await
}

async fn begin_under(
    teacher: Architecture,
    config: &DistillationConfig,
    data: &Dataset,
) -> unicam::Result<TrainingRun> {
    let device = device().await;
    let (student, teacher) = (config.student.for_classes(6), teacher.for_classes(6));
    let guide = Network::from_weights(&teacher, &kaiming(&teacher, 2, Purpose::TeacherInit), &device).expect("fits");
    let start = kaiming(&student, config.optimiser.seed, Purpose::StudentInit);
    TrainingRun::distillation(config, student, &start, guide, &data.train, &device)
}

async fn run_out(run: &mut TrainingRun, data: &Dataset) -> Vec<TrainingEvent> {
    let mut events = Vec::new();
    while let Some(event) = run.next(data).await.expect("finite losses") {
        events.push(event);
    }
    events
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn all_losses_together_are_reported_by_name() {
    let data = render(&scenes()).expect("in range");
    let mut terms = LossTerm::usual().to_vec();
    terms.push(LossTerm { weight: 10.0, loss: Loss::Hint { layer: 3 } });
    let mut run = begin(&config(2, SGD, &terms, 0), &data).await.expect("a valid recipe");
    let events = run_out(&mut run, &data).await;
    let report = events.iter().find_map(|event| match event {
        TrainingEvent::Report { student, base: Some(base), .. } => Some((student, base)),
        _ => None,
    });
    let (student, base) = report.expect("every second step");
    let names: Vec<&str> = student.terms.iter().map(|term| term.name.as_str()).collect();
    let expected =
        ["response", "softenedError", "attention", "hint", "overhaul", "classAttention", "decoupled", "hint 2"];
    assert_eq!(names, expected);
    assert!(student.terms.iter().all(|term| term.value > 0.0), "{student:?}");
    let parts: f64 = student.terms.iter().zip(&terms).map(|(loss, term)| loss.value * term.weight).sum();
    assert!((student.total - (0.1 * student.hard + parts)).abs() < 1e-4 * student.total, "{student:?}");
    assert!(base.terms.is_empty() && (base.total - base.hard).abs() < 1e-6);
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn every_loss_alone_is_lowered_by_training_on_it() {
    let data = render(&scenes()).expect("in range");
    for term in LossTerm::usual() {
        let mut config = config(60, SGD, &[term], 0);
        config.alpha = 0.0;
        config.optimiser.report_every = 10;
        config.optimiser.evaluate_every = 1000;
        let mut run = pollster::block_on(begin(&config, &data)).expect("a valid recipe");
        let told: Vec<f64> = pollster::block_on(run_out(&mut run, &data))
            .iter()
            .filter_map(|event| match event {
                TrainingEvent::Report { student, .. } => Some(student.terms[0].value),
                _ => None,
            })
            .collect();
        let (first, last) = (told[0], told[told.len() - 1]);
        assert!(last < 0.9 * first, "{}: {told:?}", term.loss.name());
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_hint_at_a_stage_that_is_not_there_is_refused_at_the_start() {
    let data = render(&scenes()).expect("in range");
    let terms = [LossTerm { weight: 1.0, loss: Loss::Hint { layer: 4 } }];
    let error = begin(&config(2, SGD, &terms, 0), &data).await.err().expect("three stages");
    assert_eq!(error, unicam::Error::NoSuchLayer { layer: 4, layers: 3 });
}

// Natively alone: the VGG's hidden layers of 4,096 take software WebGPU many minutes.
#[cfg(not(target_arch = "wasm32"))]
#[pollster::test]
async fn a_vgg_teaches_a_tiny_cnn_by_its_deepest_stages() {
    let data = render(&scenes()).expect("in range");
    let vgg = Architecture::Vgg(VggConfig { depth: 11, batch_norm: true, width: 4 });
    let kinds = [Loss::Attention {}, Loss::Hint { layer: 1 }, Loss::Overhaul {}];
    let terms = kinds.map(|loss| LossTerm { weight: 0.1, loss });
    let mut config = config(2, SGD, &terms, 0);
    config.student = Architecture::TinyCnn(TinyCnnConfig { width: 4 });
    let mut run = begin_under(vgg, &config, &data).await.expect("three shared stages");
    let events = run_out(&mut run, &data).await;
    assert!(matches!(events.last(), Some(TrainingEvent::Finished { .. })));
    config.terms = vec![LossTerm { weight: 1.0, loss: Loss::ClassAttention { resolution: 2 } }];
    let error = begin_under(vgg, &config, &data).await.err().expect("a VGG has hidden linear layers");
    assert!(matches!(&error, unicam::Error::InvalidConfig { field, .. } if field == "terms[0].loss"), "{error}");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_chain_trains_one_network_after_the_other() {
    let data = render(&scenes()).expect("in range");
    let terms = [LossTerm { weight: 1.0, loss: Loss::Response { temperature: 4.0 } }];
    let mut run = begin(&config(3, SGD, &terms, 2), &data).await.expect("a valid recipe");
    let events = run_out(&mut run, &data).await;
    let mut links = Vec::new();
    for event in &events {
        match event {
            TrainingEvent::Link { number, of, trains, network } => {
                links.push((*number, *of, *trains, network.as_str(), 0))
            }
            TrainingEvent::Step { .. } | TrainingEvent::Report { .. } => {
                links.last_mut().expect("announced first").4 += 1
            }
            TrainingEvent::Evaluation { base, teacher, .. } => {
                let (.., trains, _, _) = *links.last().expect("announced first");
                assert_eq!(base.is_some(), trains == Trained::Student, "the Base is the Student's twin alone");
                assert!(teacher.is_some());
            }
            _ => {}
        }
    }
    let expected = [
        (1, 3, Trained::Assistant, "ResNet-8, width 8", 3),
        (2, 3, Trained::Assistant, "ResNet-8, width 8", 2),
        (3, 3, Trained::Student, "ResNet-8, width 4", 3),
    ];
    assert_eq!(links, expected);
    let Some(TrainingEvent::Finished { assistants, base: Some(_), .. }) = events.last() else {
        panic!("all are judged: {:?}", events.last())
    };
    assert!(assistants.len() == 2 && assistants.iter().all(|accuracy| (0.0..=1.0).contains(accuracy)));
    let finished = run.finish().await.expect("the device answers");
    assert_eq!(finished.assistants.len(), 2);
    assert!(finished.assistants[0].1 != finished.assistants[1].1);
}
