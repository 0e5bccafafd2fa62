//! Optimiser and run against PyTorch, and what a run promises.

use burn::tensor::Tensor;
use unicam::Error;
use unicam::dataset::Dataset;
use unicam::dataset::scenes::{ScenesConfig, render};
use unicam::distillation::{
    Algorithm, AssistantConfig, DistillationConfig, Finished, HostMoments, Learner, Loss, LossTerm, OptimiserConfig,
    Schedule, Start, TrainingEvent, TrainingRun, shifts,
};
use unicam::models::{Architecture, Network, ResNetConfig, TinyCnnConfig, VggConfig, Weights, kaiming};
use unicam::seed::Purpose;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::{Array, SINGLE, assert_close, read};
use crate::models::{Reference, sine_picture};

fn recipe() -> OptimiserConfig {
    OptimiserConfig {
        steps: 3,
        batch_size: 4,
        accumulation: 1,
        learning_rate: 0.05,
        algorithm: Algorithm::Sgd { momentum: 0.9, weight_decay: 5e-4, nesterov: false },
        schedule: Schedule::Step { milestones: vec![], decay: 0.1 },
        crop_padding: 2,
        crop_area: 1.0,
        flip: true,
        report_every: 2,
        evaluate_every: 2,
        seed: 5,
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn two_steps_of_sgd_agree_with_pytorch() {
    let device = device().await;
    let reference = Reference::load();
    let training = &reference.train;
    let (momentum, weight_decay) = (training.momentum, training.weight_decay);
    let algorithm = Algorithm::Sgd { momentum, weight_decay, nesterov: false };
    let mut learner =
        Learner::new(reference.config(), &reference.weights(), algorithm, &device).expect("the weights fit");
    let pictures = sine_picture([2, 3, 32, 32], 0.11, 0.7, &device);
    let one_hot = Array {
        shape: vec![2, 3],
        values: training
            .labels
            .iter()
            .flat_map(|&label| (0..3).map(move |k| f64::from(u8::from(k == label))))
            .collect(),
    };
    let targets: Tensor<2> = one_hot.tensor(&device);
    for (number, expected) in training.steps.iter().enumerate() {
        let outcome = learner.step(&pictures, &targets, None, training.learning_rate);
        let figures = read(outcome.figures).await;
        assert_close(&figures[..2], &[expected.loss; 2], 10.0 * SINGLE, &format!("loss of step {number}"));
        let weights = learner.weights().await.expect("the device answers").swap_remove(0);
        let values = |name: &str| -> Vec<f64> {
            weights.get(name).expect("listed").values.iter().map(|&value| f64::from(value)).collect()
        };
        for (name, norm) in &expected.weight_norms {
            let ours = values(name).iter().map(|value| value * value).sum::<f64>().sqrt();
            // Burn's running variance takes the batch's biased variance, PyTorch's the unbiased one: 1 part in 128 here.
            let tolerance = if name.ends_with("running_var") { 5e-3 } else { 10.0 * SINGLE };
            assert_close(&[ours], &[*norm], tolerance, name);
        }
        for (name, head) in &expected.weight_heads {
            assert_close(&values(name)[..head.len()], head, 5e-3, name);
        }
        for (name, running) in &expected.running {
            assert_close(&values(name), running, 5e-3, name);
        }
    }
}

/// Starts that differ, so that a number of the wrong network would be seen.
#[wasm_bindgen_test(unsupported = pollster::test)]
async fn networks_side_by_side_learn_what_each_learns_by_itself() {
    let device = device().await;
    let adamw = Algorithm::AdamW { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weight_decay: 0.01 };
    for (architecture, algorithm) in [
        (Architecture::cifar_resnet(1, 4), recipe().algorithm),
        (Architecture::TinyCnn(TinyCnnConfig { width: 4 }), adamw),
        (Architecture::ResNet(ResNetConfig { depth: 18, width: 4, small_stem: false }), recipe().algorithm),
        (Architecture::Vgg(VggConfig { depth: 11, batch_norm: true, width: 4 }), recipe().algorithm),
    ] {
        let config = architecture.for_classes(3);
        let starts = [3, 4].map(|seed| kaiming(&config, seed, Purpose::StudentInit));
        let together = Learner::side_by_side(config, &[&starts[0], &starts[1]], algorithm, &device);
        let mut together = together.expect("the weights fit");
        let alone = |start| Learner::new(config, start, algorithm, &device).expect("the weights fit");
        let mut apart = starts.each_ref().map(alone);
        for step in 0..3 {
            let pictures = sine_picture([4, 3, 32, 32], 0.11 + 0.05 * f64::from(step), 0.7, &device);
            let targets =
                Tensor::from_data([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], &device);
            let figures = read(together.step(&pictures, &targets, None, 0.01).figures).await;
            let mut others = Vec::new();
            for learner in &mut apart {
                others.extend(read(learner.step(&pictures, &targets, None, 0.01).figures).await);
            }
            assert_close(&figures, &others, 1e-3, &format!("{} at step {step}", config.name()));
        }
        let states = together.states().await.expect("the device answers");
        for (state, learner) in states.iter().zip(&apart) {
            let other = learner.states().await.expect("the device answers").swap_remove(0);
            for name in other.weights.names() {
                let values = |weights: &Weights| -> Vec<f64> {
                    weights.get(name).expect("listed").values.iter().map(|&value| f64::from(value)).collect()
                };
                assert_close(&values(&state.weights), &values(&other.weights), 2e-3, name);
            }
            assert_eq!(state.moments.len(), other.moments.len());
            for (own, other) in state.moments.iter().flatten().zip(other.moments.iter().flatten()) {
                assert_eq!(own.time, other.time);
                let counts = |moments: &HostMoments| moments.values.iter().map(Vec::len).collect::<Vec<_>>();
                assert_eq!(counts(own), counts(other));
            }
        }
    }
}

fn scenes() -> Dataset {
    render(&ScenesConfig { size: 16, train_images: 60, test_images: 24, ..ScenesConfig::default() }).expect("in range")
}

fn response(weight: f64) -> LossTerm {
    LossTerm { weight, loss: Loss::Response { temperature: 4.0 } }
}

fn config() -> DistillationConfig {
    DistillationConfig {
        student: Architecture::cifar_resnet(1, 4),
        optimiser: recipe(),
        alpha: 0.1,
        terms: vec![response(0.9)],
        assistants: vec![],
        start: Start::Random,
    }
}

async fn begin(config: &DistillationConfig, data: &Dataset) -> TrainingRun {
    let device = device().await;
    let student = config.student.for_classes(6);
    let teacher = Architecture::cifar_resnet(1, 8).for_classes(6);
    let guide = Network::from_weights(&teacher, &kaiming(&teacher, 2, Purpose::TeacherInit), &device).expect("fits");
    let start = kaiming(&student, config.optimiser.seed, Purpose::StudentInit);
    TrainingRun::distillation(config, student, &start, guide, &data.train, &device).expect("a valid recipe")
}

async fn complete(config: &DistillationConfig) -> (Vec<TrainingEvent>, Finished) {
    let data = scenes();
    let mut run = begin(config, &data).await;
    let mut events = Vec::new();
    while let Some(event) = run.next(&data).await.expect("finite losses") {
        events.push(event);
    }
    (events, run.finish().await.expect("the device answers"))
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_run_tells_its_story_in_order_and_the_teacher_makes_the_difference() {
    let (events, finished) = complete(&config()).await;
    let words: Vec<String> = events
        .iter()
        .map(|event| match event {
            TrainingEvent::Link { number, of, .. } => format!("link {number} of {of}"),
            TrainingEvent::Step { step, .. } => format!("step {step}"),
            TrainingEvent::Report { step, .. } => format!("report {step}"),
            TrainingEvent::Evaluating { step, .. } => format!("evaluating {step}"),
            TrainingEvent::Evaluation { step, .. } => format!("evaluation {step}"),
            TrainingEvent::Finished { step, .. } => format!("finished {step}"),
        })
        .collect();
    let expected = ["evaluation 0", "step 1", "report 2", "evaluation 2", "report 3", "evaluation 3", "finished 3"];
    assert_eq!(words, expected);
    let Some(TrainingEvent::Report { student, base: Some(base), seconds_left, images_per_second, .. }) = events.get(2)
    else {
        panic!("the second step is reported")
    };
    let soft = &student.terms[0];
    assert!(soft.name == "response" && soft.value > 0.0 && student.terms.len() == 1 && base.terms.is_empty());
    assert!((student.total - (0.1 * student.hard + 0.9 * soft.value)).abs() < 1e-3 * student.total);
    assert!((base.total - base.hard).abs() < 1e-6);
    assert!(*seconds_left >= 0.0 && *images_per_second > 0.0);
    let Some(TrainingEvent::Finished { teacher: Some(teacher), base: Some(_), .. }) = events.last() else {
        panic!("all three are judged")
    };
    assert!((0.0..=1.0).contains(teacher));
    assert!(Some(finished.student) != finished.base);
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_same_seed_gives_the_same_numbers_and_without_a_teacher_student_and_base_are_twins() {
    let run = |config: &DistillationConfig| pollster::block_on(complete(config)).1;
    let first = run(&config());
    assert!(first.student == run(&config()).student);
    let other_seed = DistillationConfig { optimiser: OptimiserConfig { seed: 6, ..recipe() }, ..config() };
    assert!(first.student != run(&other_seed).student);
    // Guidance of weight zero: the Student must be its Base to the last bit, or the control is none.
    let twins = run(&DistillationConfig { alpha: 1.0, terms: vec![response(0.0)], ..config() });
    assert!(Some(twins.student) == twins.base);
    assert!(first.base == twins.base);
}

/// On the CPU a Teacher answers a picture once, where nothing but answers is asked of it.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn answers_that_are_remembered_leave_every_number_as_it_was() {
    let attention = LossTerm { weight: 0.0, loss: Loss::Attention {} };
    // Pictures come again nine times, with moves three or four times, in parts of batches, after an assistant, too.
    let optimisers = [
        OptimiserConfig { steps: 140, crop_padding: 0, flip: false, ..recipe() },
        OptimiserConfig { steps: 60, crop_padding: 0, ..recipe() },
        OptimiserConfig { steps: 60, accumulation: 2, crop_padding: 0, flip: false, ..recipe() },
    ];
    for (number, optimiser) in optimisers.into_iter().enumerate() {
        let assistants = vec![AssistantConfig { network: Architecture::cifar_resnet(1, 4), optimiser: None }];
        let assistants = if number == 1 { assistants } else { vec![] };
        // A loss on features, though it weighs nothing, has the Teacher look at every batch.
        let run = |terms: Vec<LossTerm>| {
            let config =
                DistillationConfig { terms, optimiser: optimiser.clone(), assistants: assistants.clone(), ..config() };
            pollster::block_on(complete(&config)).1
        };
        let (kept, asked) = (run(vec![response(0.9)]), run(vec![response(0.9), attention]));
        assert!(kept.student == asked.student && kept.base == asked.base, "recipe {number}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn moves_stay_in_reach_and_follow_the_seed() {
    let recipe = recipe();
    let moved = shifts(&recipe, 7, 200, (16, 16));
    assert_eq!(moved, shifts(&recipe, 7, 200, (16, 16)));
    assert_ne!(moved, shifts(&recipe, 8, 200, (16, 16)));
    assert!(moved.iter().all(|shift| shift.window.is_none()));
    assert!(moved.iter().all(|shift| shift.x.abs() <= 2 && shift.y.abs() <= 2));
    assert!(moved.iter().any(|shift| shift.x == -2) && moved.iter().any(|shift| shift.y == 2));
    let flipped = moved.iter().filter(|shift| shift.flip).count();
    assert!((60..140).contains(&flipped), "{flipped} of 200 are mirrored");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_rate_falls_at_the_milestones() {
    let schedule = Schedule::Step { milestones: vec![0.5, 0.75], decay: 0.1 };
    let recipe = OptimiserConfig { steps: 100, schedule, learning_rate: 0.2, ..recipe() };
    let rates = [0, 49, 50, 74, 75, 99].map(|done| recipe.rate_after(done));
    for (rate, expected) in rates.iter().zip([0.2, 0.2, 0.02, 0.02, 0.002, 0.002]) {
        assert!((rate - expected).abs() < 1e-12);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_rule_of_the_recipe_names_its_field() {
    let sgd = |momentum, weight_decay, nesterov| Algorithm::Sgd { momentum, weight_decay, nesterov };
    let adamw = |beta1, beta2, epsilon| Algorithm::AdamW { beta1, beta2, epsilon, weight_decay: 0.01 };
    let with = |algorithm| OptimiserConfig { algorithm, ..recipe() };
    let along = |schedule| OptimiserConfig { schedule, ..recipe() };
    let broken = [
        ("steps", OptimiserConfig { steps: 0, ..recipe() }),
        ("batchSize", OptimiserConfig { batch_size: 1, ..recipe() }),
        ("accumulation", OptimiserConfig { accumulation: 0, ..recipe() }),
        ("accumulation", OptimiserConfig { accumulation: 3, ..recipe() }),
        ("learningRate", OptimiserConfig { learning_rate: f64::NAN, ..recipe() }),
        ("cropPadding", OptimiserConfig { crop_padding: 17, ..recipe() }),
        ("cropArea", OptimiserConfig { crop_area: 0.0, ..recipe() }),
        ("cropArea", OptimiserConfig { crop_area: f64::NAN, ..recipe() }),
        ("reportEvery", OptimiserConfig { report_every: 0, ..recipe() }),
        ("evaluateEvery", OptimiserConfig { evaluate_every: 0, ..recipe() }),
        ("seed", OptimiserConfig { seed: 1 << 53, ..recipe() }),
        ("momentum", with(sgd(1.0, 0.0, false))),
        ("weightDecay", with(sgd(0.9, -1.0, false))),
        ("nesterov", with(sgd(0.0, 0.0, true))),
        ("beta1", with(adamw(1.0, 0.999, 1e-8))),
        ("beta2", with(adamw(0.9, -0.1, 1e-8))),
        ("epsilon", with(adamw(0.9, 0.999, 0.0))),
        ("milestones", along(Schedule::Step { milestones: vec![0.8, 0.2], decay: 0.1 })),
        ("decay", along(Schedule::Step { milestones: vec![], decay: 0.0 })),
        ("warmUp", along(Schedule::Cosine { warm_up: 1.0, floor: 0.0 })),
        ("floor", along(Schedule::Cosine { warm_up: 0.0, floor: f64::NAN })),
    ];
    let names = |config: &DistillationConfig, field: &str| {
        let error = config.validate().expect_err(field);
        assert!(matches!(&error, Error::InvalidConfig { field: found, .. } if found == field), "{field}: {error}");
    };
    for (field, optimiser) in broken {
        names(&DistillationConfig { optimiser: optimiser.clone(), ..config() }, field);
        let network = Architecture::cifar_resnet(1, 4);
        let assistants = vec![AssistantConfig { network, optimiser: Some(optimiser) }];
        names(&DistillationConfig { assistants, ..config() }, field);
    }
    let learning = |alpha, terms: &[LossTerm]| DistillationConfig { alpha, terms: terms.to_vec(), ..config() };
    let second = |loss| learning(0.1, &[response(0.5), LossTerm { weight: 1.0, loss }]);
    for (field, config) in [
        ("alpha", learning(-0.1, &[])),
        ("alpha", learning(0.0, &[])),
        ("alpha", learning(0.0, &[response(0.0)])),
        ("terms[0].weight", learning(0.1, &[response(-1.0)])),
        ("terms[1].temperature", second(Loss::Response { temperature: 0.0 })),
        ("terms[1].temperature", second(Loss::SoftenedError { temperature: 101.0 })),
        ("terms[1].layer", second(Loss::Hint { layer: 0 })),
        ("terms[1].resolution", second(Loss::ClassAttention { resolution: 65 })),
        ("terms[1].alpha", second(Loss::Decoupled { alpha: f64::NAN, beta: 8.0, temperature: 4.0 })),
        ("terms[1].alpha", second(Loss::Decoupled { alpha: 0.0, beta: 0.0, temperature: 4.0 })),
        ("terms[1].beta", second(Loss::Decoupled { alpha: 1.0, beta: 101.0, temperature: 4.0 })),
    ] {
        names(&config, field);
    }
    assert_eq!(learning(1.0, &LossTerm::usual()).validate(), Ok(()));
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_diverged_loss_is_a_typed_error() {
    // Whatever the gradients are: at this rate and decay the weights alone grow eightfold with each step (the roots of
    // z² + 8.1 z + 0.9), past what single precision can hold within fifty.
    let wild = DistillationConfig {
        optimiser: OptimiserConfig {
            learning_rate: 10.0,
            algorithm: Algorithm::Sgd { momentum: 0.9, weight_decay: 1.0, nesterov: false },
            steps: 200,
            report_every: 1,
            evaluate_every: 1000,
            ..recipe()
        },
        ..config()
    };
    let data = scenes();
    let mut run = pollster::block_on(begin(&wild, &data));
    let error = loop {
        match pollster::block_on(run.next(&data)) {
            Ok(Some(_)) => {}
            Ok(None) => panic!("a rate of ten with a decay of one must diverge"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), "not-finite");
}
