//! The whole way, from pictures to scores, as the page goes it.

use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use unicam::Error;
use unicam::attribution::Objective;
use unicam::dataset::collect::ImagesConfig;
use unicam::dataset::scenes::ScenesConfig;
use unicam::distillation::{DistillationConfig, OptimiserConfig, Start, TeacherTrainingConfig, TrainingEvent};
use unicam::models::{Architecture, Weights};
use unicam::scores::LayerOutcome;
use unicam::session::{Defaults, ExplainConfig, MapKind, Part, RawSize, ReferenceConfig, Role, ScoreConfig, Session};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::choice;
use crate::families::formula_weights;
use crate::fixture::assert_close;

pub async fn open() -> Session {
    Session::create(choice()).await.expect("the device that this run proves")
}

pub fn small_scenes() -> ScenesConfig {
    ScenesConfig { size: 16, train_images: 60, test_images: 24, ..ScenesConfig::default() }
}

pub fn short(steps: usize) -> DistillationConfig {
    let defaults = Defaults::default();
    let optimiser = OptimiserConfig {
        steps,
        batch_size: 6,
        report_every: 1,
        evaluate_every: 100,
        ..defaults.distillation.optimiser.clone()
    };
    let student = Architecture::cifar_resnet(1, 4);
    DistillationConfig { student, optimiser, start: Start::Random, ..defaults.distillation }
}

pub fn teacher() -> TeacherTrainingConfig {
    TeacherTrainingConfig {
        network: Architecture::cifar_resnet(1, 4),
        optimiser: short(1).optimiser,
        start: Start::Random,
    }
}

pub const REFERENCE: ReferenceConfig = ReferenceConfig { images: 12, seed: 3 };

pub async fn run_out(session: &mut Session) -> Vec<TrainingEvent> {
    let mut events = Vec::new();
    while let Some(event) = session.next().await.expect("finite losses") {
        events.push(event);
    }
    events
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn from_scenes_to_maps_and_scores() {
    let mut session = open().await;
    let report = session.use_scenes(&small_scenes()).expect("in range");
    assert!(report.has_masks && report.class_names.len() == 6 && report.train_counts == vec![10; 6]);
    session.start_teacher(&teacher()).expect("valid");
    assert!(matches!(run_out(&mut session).await.last(), Some(TrainingEvent::Finished { base: None, .. })));
    session.start_distillation(&short(2)).expect("valid");
    let events = run_out(&mut session).await;
    assert!(matches!(events.last(), Some(TrainingEvent::Finished { base: Some(_), teacher: Some(_), .. })));

    let explanation = session.explain(&ExplainConfig::new(REFERENCE, 2, Objective::Relevance)).await.expect("maps");
    let report = &explanation.report;
    assert_eq!((report.n, report.width, report.height), (12, 16, 16));
    assert_eq!(report.raw_sizes, vec![RawSize { width: 8, height: 8 }; report.maps.len()]);
    assert_eq!(explanation.scaled.len(), 12 * report.maps.len() * 256);
    assert_eq!(explanation.raw.len(), 12 * report.maps.len() * 64);
    assert!(explanation.scaled.iter().all(|value| (0.0..=1.0).contains(value)));
    assert!(explanation.raw.iter().all(|value| value.is_finite() && *value >= 0.0));
    let classes: Vec<usize> = report.images.iter().map(|image| image.label).collect();
    assert!((0..6).all(|class| classes.iter().filter(|&&label| label == class).count() == 2), "{classes:?}");
    let residual = report.maps.iter().position(|kind| *kind == MapKind::Residual).expect("drawn");
    for kind in [0, residual] {
        assert!(report.images.iter().any(|image| !image.strengths[kind].empty), "some map of {kind} shows something");
    }

    let scores = session.score(&ScoreConfig::of(REFERENCE)).await.expect("scores");
    assert_eq!((scores.n, scores.layers.len()), (12, 3));
    assert_eq!(scores.reference_hash, report.reference_hash);
    for layer in &scores.layers {
        let LayerOutcome::Ok(layer) = layer else { panic!("{layer:?}") };
        assert!((0.0..=1.0).contains(&layer.fss_student.paper));
        for score in [layer.rs_teacher, layer.rs_student, layer.rs_distilled.semi_partial, layer.rs_residual.partial] {
            assert!((-1.0..=1.0).contains(&score), "{score}");
        }
    }

    let exported = session.export_weights(Role::Student).expect("trained");
    assert!(Weights::from_bytes(&exported).expect("our own file").metadata.contains_key("unicam"));
    session.load_student_start(&exported).await.expect("our own file");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn the_base_alone_learns_what_it_learns_beside_a_student() {
    let mut session = open().await;
    session.use_scenes(&small_scenes()).expect("in range");
    assert_eq!(session.base_alone(&short(3)).err(), None, "without a Teacher");
    session.start_teacher(&teacher()).expect("valid");
    run_out(&mut session).await;
    session.start_distillation(&short(3)).expect("valid");
    let Some(TrainingEvent::Finished { base: Some(beside), .. }) = run_out(&mut session).await.pop() else {
        panic!("a run that ends")
    };
    let weights = session.export_weights(Role::Base).expect("trained");
    let beside_it = Weights::from_bytes(&weights).expect("our own file");

    let mut alone = session.base_alone(&short(3)).expect("valid");
    let mut last = None;
    while let Some(event) = alone.next(session.data().expect("chosen")).await.expect("finite losses") {
        last = Some(event);
    }
    assert!(
        matches!(last, Some(TrainingEvent::Finished { base: None, student, .. }) if (student - beside).abs() < 0.05)
    );
    let alone = alone.finish().await.expect("the device answers").student;
    for name in beside_it.names() {
        let values = |weights: &Weights| -> Vec<f64> {
            weights.get(name).expect("listed").values.iter().map(|&value| f64::from(value)).collect()
        };
        assert_close(&values(&alone), &values(&beside_it), 2e-3, name);
    }
    let given = DistillationConfig { start: Start::Given, ..short(3) };
    assert_eq!(session.base_alone(&given).err().map(|error| error.code()), Some("not-ready"));
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn cancelling_keeps_what_was_there_and_the_next_run_is_untouched() {
    let mut session = open().await;
    session.use_scenes(&small_scenes()).expect("in range");
    session.start_teacher(&teacher()).expect("valid");
    session.next().await.expect("an evaluation");
    session.cancel();
    assert_eq!(session.next().await, Ok(None));
    assert_eq!(session.export_weights(Role::Teacher).expect_err("cancelled").code(), "not-ready");
    session.start_teacher(&teacher()).expect("valid");
    run_out(&mut session).await;
    let kept = session.export_weights(Role::Teacher).expect("trained");
    session.start_distillation(&short(50)).expect("valid");
    session.next().await.expect("an evaluation");
    session.cancel();
    assert!(session.export_weights(Role::Teacher) == Ok(kept), "the Teacher from before the run");
    assert_eq!(session.export_weights(Role::Student).expect_err("cancelled").code(), "not-ready");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn every_call_that_comes_too_early_says_what_comes_first() {
    let mut session = open().await;
    let explain = ExplainConfig::new(REFERENCE, 1, Objective::Unique);
    assert_eq!(session.explain(&explain).await.expect_err("nothing yet").code(), "not-ready");
    assert_eq!(session.score(&ScoreConfig::of(REFERENCE)).await.expect_err("nothing yet").code(), "not-ready");
    assert_eq!(session.start_distillation(&short(1)).expect_err("nothing yet").code(), "not-ready");
    assert_eq!(session.part(Part::Test).expect_err("nothing yet").code(), "not-ready");
    assert_eq!(session.add_file("cats/1.png", &[]).expect_err("nothing yet").code(), "not-ready");
    assert_eq!(session.use_shipped_teacher().await.expect_err("no scenes").code(), "not-ready");
    session.use_scenes(&small_scenes()).expect("in range");
    let error = session.start_distillation(&short(1)).expect_err("no Teacher");
    assert_eq!(error, Error::NotReady { needed: "Choose or train a Teacher".to_owned() });
    assert_eq!(error.to_string(), "Choose or train a Teacher first.");
}

/// A small picture whose colour tells its class.
pub fn png(side: u32, class: u8, shade: u8) -> Vec<u8> {
    let pixels: Vec<u8> = (0..side * side)
        .flat_map(|k| {
            let texture = ((k * 37 + u32::from(shade) * 11) % 90) as u8;
            if class == 0 { [200, 40 + texture, shade] } else { [30 + texture, 90, 220 - shade / 2] }
        })
        .collect();
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes).write_image(&pixels, side, side, ExtendedColorType::Rgb8).expect("in memory");
    bytes
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn the_users_images_with_broken_ones_among_them_go_all_the_way() {
    let mut session = open().await;
    session.begin_images(ImagesConfig { size: 16, ..ImagesConfig::default() }).expect("in range");
    for shade in 0..12u8 {
        for (class, name) in [(0, "cats"), (1, "dogs")] {
            let rows = session.add_file(&format!("{name}/{shade}.png"), &png(20, class, shade * 9)).expect("begun");
            assert_eq!(rows[0].error, None);
            assert_eq!(rows[0].class_name.as_deref(), Some(name));
        }
    }
    let mut broken = png(20, 0, 1);
    broken.truncate(60);
    let rows = session.add_file("cats/broken.png", &broken).expect("begun");
    assert_eq!(rows[0].error.as_ref().expect("marked").code, "corrupt-image");
    let report = session.finish_images().expect("two classes");
    assert_eq!(report.class_names, ["cats", "dogs"]);
    assert_eq!(report.train_counts.iter().chain(&report.test_counts).sum::<usize>(), 24);
    session.start_teacher(&teacher()).expect("valid");
    run_out(&mut session).await;
    session.start_distillation(&short(1)).expect("valid");
    run_out(&mut session).await;
    let few = session.score(&ScoreConfig::of(ReferenceConfig { images: 3, seed: 1 })).await.expect_err("three images");
    assert_eq!(few.code(), "invalid-config");
    let scores =
        session.score(&ScoreConfig::of(ReferenceConfig { images: 64, seed: 1 })).await.expect("as many as there are");
    assert_eq!(scores.n, report.test_counts.iter().sum::<usize>());
    let layer = ExplainConfig::new(REFERENCE, 4, Objective::Relevance);
    assert_eq!(session.explain(&layer).await.expect_err("three layers"), Error::NoSuchLayer { layer: 4, layers: 3 });
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn weights_of_other_classes_are_refused_with_both_counts() {
    let mut session = open().await;
    session.use_scenes(&small_scenes()).expect("in range");
    session.start_teacher(&teacher()).expect("valid");
    run_out(&mut session).await;
    let six = session.export_weights(Role::Teacher).expect("trained");
    session.begin_images(ImagesConfig { size: 16, ..ImagesConfig::default() }).expect("in range");
    for shade in 0..6u8 {
        for (class, name) in [(0, "cats"), (1, "dogs")] {
            session.add_file(&format!("{name}/{shade}.png"), &png(16, class, shade * 9)).expect("begun");
        }
    }
    session.finish_images().expect("two classes");
    assert_eq!(session.export_weights(Role::Teacher).expect_err("other classes").code(), "not-ready");
    let error = session.load_teacher(&six).await.expect_err("six classes for two");
    assert_eq!(error, Error::ClassCountMismatch { weights: 6, data: 2 });
}

/// Weights of a CIFAR ResNet of so many blocks as a file.
fn file_of(blocks: usize) -> Vec<u8> {
    formula_weights(&Architecture::cifar_resnet(blocks, 4).for_classes(6)).to_safetensors(false).expect("plain tensors")
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_base_of_another_shape_is_refused_when_it_is_loaded() {
    let mut session = open().await;
    session.use_scenes(&small_scenes()).expect("in range");
    let (shallow, deep) = (file_of(1), file_of(3));
    let error = session.load_students(&shallow, &deep).await.expect_err("no twins");
    assert_eq!(error.code(), "base-mismatch");
    assert!(error.to_string().starts_with("The Base (ResNet-20"), "{error}");
    assert_eq!(session.export_weights(Role::Student).expect_err("refused").code(), "not-ready");
    session.load_students(&deep, &deep).await.expect("twins");
    let packed = session.pack(true).expect("plain data");
    open().await.unpack(&packed).expect("our own file");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn another_teacher_ends_the_distillation_from_the_former_one() {
    let mut session = open().await;
    session.use_scenes(&small_scenes()).expect("in range");
    session.load_teacher(&file_of(1)).await.expect("six classes");
    session.start_distillation(&short(3)).expect("valid");
    session.next().await.expect("an evaluation");
    session.load_teacher(&file_of(3)).await.expect("six classes");
    assert_eq!(session.next().await, Ok(None));
    assert_eq!(session.export_weights(Role::Student).expect_err("ended").code(), "not-ready");
}
