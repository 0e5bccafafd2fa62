//! Teacher and Student of different families: stages pair from the deepest, and everything behind them works.

use burn::tensor::Tensor;
use unicam::Error;
use unicam::attribution::{ClassEvidence, ClassMethod, DistanceMatrix, Objective, UniCam, measure};
use unicam::dataset::scenes::ScenesConfig;
use unicam::distillation::{DistillationConfig, OptimiserConfig, Start, TeacherTrainingConfig, TrainingEvent};
use unicam::models::{Architecture, Network, ResNetConfig, TinyCnnConfig, VggConfig, Weights, aligned_stages, kaiming};
use unicam::scores::LayerOutcome;
use unicam::seed::Purpose;
use unicam::session::{Defaults, ExplainConfig, RawSize, ReferenceConfig, Role, ScoreConfig, Session};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::{choice, device};
use crate::fixture::read;

const TINY: Architecture = Architecture::TinyCnn(TinyCnnConfig { width: 4 });
const RESNET: Architecture = Architecture::ResNet(ResNetConfig { depth: 18, width: 4, small_stem: false });
const VGG: Architecture = Architecture::Vgg(VggConfig { depth: 11, batch_norm: true, width: 4 });

const REFERENCE: ReferenceConfig = ReferenceConfig { images: 12, seed: 3 };

/// Six pictures of 32 x 40 pixels, two of each class.
fn pictures(device: &burn::tensor::Device) -> (Tensor<4>, Vec<usize>) {
    let labels = vec![0, 1, 2, 0, 1, 2];
    let count = labels.len() * 3 * 32 * 40;
    let values: Vec<f32> = (0..count)
        .map(|i| {
            let class = labels[i / (3 * 32 * 40)] as f64;
            ((0.013 + 0.004 * class) * i as f64).sin() as f32 + 0.3 * (1.7 * i as f64).cos() as f32
        })
        .collect();
    (Tensor::<1>::from_floats(values.as_slice(), device).reshape([labels.len(), 3, 32, 40]), labels)
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn every_pair_of_families_has_maps_and_scores_at_every_aligned_stage() {
    let device = device().await;
    let (batch, labels) = pictures(&device);
    let names: Vec<String> = (0..3).map(|class| class.to_string()).collect();
    let wanted = DistanceMatrix::of_labels(&labels, &names).expect("three classes").u_centred();
    let mut measured = Vec::new();
    for architecture in [TINY, RESNET, VGG] {
        let config = architecture.for_classes(3);
        let weights = kaiming(&config, 7, Purpose::TeacherInit);
        let network = Network::from_weights(&config, &weights, &device).expect("the weights fit");
        let stages = network.forward(batch.clone()).stages;
        let stages = config.layers().into_iter().zip(stages).map(|(layer, stage)| (config.name(), layer, stage));
        let features = measure(stages.collect()).await.expect("the device answers");
        let features: Vec<_> = features.into_iter().map(|stage| stage.expect("varied pictures")).collect();
        measured.push((config, weights, features));
    }
    for (first, (_, _, own)) in measured.iter().enumerate() {
        for (_, _, theirs) in measured.iter().skip(first + 1) {
            let pairs: Vec<_> = aligned_stages(own.len(), theirs.len()).collect();
            assert_eq!(pairs.last(), Some(&(own.len() - 1, theirs.len() - 1)), "deepest with deepest");
            for (one, other) in pairs {
                let (a, b) = (&own[one], &theirs[other]);
                let what = format!("{} {} and {} {}", a.model, a.layer, b.model, b.layer);
                let (mine, other) = (a.distances.u_centred(), b.distances.u_centred());
                let scores = [mine.correlation(&other), mine.without(&other).correlation(&wanted)];
                assert!(scores.iter().all(|score| (-1.0..=1.0).contains(score)), "{what}: {scores:?}");
                for (explained, given) in [(a, b), (b, a)] {
                    let [_, _, height, width] = explained.activation.dims();
                    let maps = read(UniCam::of(explained, given, &wanted, Objective::Unique).maps()).await;
                    assert_eq!(maps.len(), labels.len() * height * width, "{what}");
                    assert!(maps.iter().all(|value| value.is_finite()), "{what}");
                    assert!(maps.iter().any(|value| *value != 0.0), "{what}: something is left");
                }
            }
        }
    }
    for (config, weights, features) in &measured {
        for (layer, stage) in (1..).zip(features) {
            let evidence = ClassEvidence::gather(config, weights, layer, &stage.activation, &labels, 8, &device);
            let maps = read(evidence.expect("the weights fit").signed_maps(ClassMethod::GradCam, &[], 0)).await;
            assert!(maps.iter().all(|value| value.is_finite()), "{} layer{layer}", config.name());
        }
    }
}

async fn open(size: usize) -> Session {
    let mut session = Session::create(choice()).await.expect("the device that this run proves");
    let scenes = ScenesConfig { size, train_images: 60, test_images: 24, ..ScenesConfig::default() };
    session.use_scenes(&scenes).expect("in range");
    session
}

fn short() -> OptimiserConfig {
    OptimiserConfig { steps: 1, batch_size: 6, report_every: 1, ..Defaults::default().distillation.optimiser }
}

async fn run_out(session: &mut Session) {
    let mut last = None;
    while let Some(event) = session.next().await.expect("finite losses") {
        last = Some(event);
    }
    assert!(matches!(last, Some(TrainingEvent::Finished { .. })), "{last:?}");
}

/// A Teacher and a Student of these families, each trained for one step on pictures of 32 x 32.
async fn trained(teacher: Architecture, student: Architecture) -> Session {
    let mut session = open(32).await;
    session
        .start_teacher(&TeacherTrainingConfig { network: teacher, optimiser: short(), start: Start::Random })
        .expect("valid");
    run_out(&mut session).await;
    let defaults = Defaults::default().distillation;
    let config = DistillationConfig { student, optimiser: short(), start: Start::Random, ..defaults };
    session.start_distillation(&config).expect("valid");
    run_out(&mut session).await;
    session
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_tiny_student_under_a_vgg_goes_all_the_way() {
    let mut session = trained(VGG, TINY).await;
    let scores = session.score(&ScoreConfig::of(REFERENCE)).await.expect("scores");
    let names: Vec<&str> = scores
        .layers
        .iter()
        .map(|layer| match layer {
            LayerOutcome::Ok(scores) => scores.layer.as_str(),
            LayerOutcome::Error(failure) => panic!("{failure:?}"),
        })
        .collect();
    assert_eq!(names, ["layer1", "layer2", "layer3"], "the Student's names");
    let explain = ExplainConfig {
        reference: REFERENCE,
        layer: 2,
        objective: Objective::Relevance,
        class_method: ClassMethod::GradCam,
        signed: false,
    };
    let explanation = session.explain(&explain).await.expect("maps");
    let report = &explanation.report;
    // The Student's second stage has 8 x 8 positions, the Teacher's fourth 4 x 4.
    let sides: Vec<RawSize> = [8, 8, 8, 4, 4, 8, 8].iter().map(|&side| RawSize { width: side, height: side }).collect();
    assert_eq!(report.raw_sizes, sides);
    let area: usize = report.raw_sizes.iter().map(|size| size.width * size.height).sum();
    assert_eq!(explanation.raw.len(), report.n * area);
    assert_eq!(explanation.scaled.len(), report.n * report.maps.len() * 32 * 32);
    assert!(explanation.scaled.iter().all(|value| (0.0..=1.0).contains(value)));
    let exported = session.export_weights(Role::Student).expect("trained");
    let weights = Weights::from_bytes(&exported).expect("our own file");
    assert!(weights.metadata["unicam"].contains(r#""family":"tiny-cnn""#), "{:?}", weights.metadata);
}

#[cfg(not(target_arch = "wasm32"))]
#[pollster::test]
async fn stages_that_the_teacher_has_not_are_refused_by_name_and_the_deeper_ones_work() {
    let mut session = trained(TINY, RESNET).await;
    let scores = session.score(&ScoreConfig::of(REFERENCE)).await.expect("scores");
    let outcomes: Vec<Result<&str, &str>> = scores
        .layers
        .iter()
        .map(|layer| match layer {
            LayerOutcome::Ok(scores) => Ok(scores.layer.as_str()),
            LayerOutcome::Error(failure) => Err(failure.code.as_str()),
        })
        .collect();
    assert_eq!(outcomes, [Err("no-matching-layer"), Ok("layer2"), Ok("layer3"), Ok("layer4")]);
    let explain = |layer| ExplainConfig {
        reference: REFERENCE,
        layer,
        objective: Objective::Unique,
        class_method: ClassMethod::GradCam,
        signed: false,
    };
    let expected = Error::NoMatchingLayer { model: "Teacher".to_owned(), layer: "layer1".to_owned() };
    assert_eq!(session.explain(&explain(1)).await.expect_err("three stages"), expected);
    assert_eq!(session.explain(&explain(4)).await.expect("deepest with deepest").report.layer, "layer4");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn pictures_that_are_too_small_for_a_vgg_are_refused_before_anything_runs() {
    let mut session = open(16).await;
    let error = session
        .start_teacher(&TeacherTrainingConfig { network: VGG, optimiser: short(), start: Start::Random })
        .expect_err("sixteen pixels are four halvings");
    assert!(matches!(&error, Error::InvalidConfig { field, .. } if field == "size"), "{error}");
    let weights = kaiming(&VGG.for_classes(6), 1, Purpose::TeacherInit).to_safetensors(true).expect("plain tensors");
    let error = session.load_teacher(&weights).await.expect_err("the same pictures");
    assert!(matches!(&error, Error::InvalidConfig { field, .. } if field == "size"), "{error}");
}
