//! The shipped recipe on the built-in Scenes: distillation has to work where a visitor first meets it.

use pollster::block_on;
use serde_json::Value;
use unicam::dataset::scenes::ScenesConfig;
use unicam::distillation::TrainingEvent;
use unicam::models::shipped::{MANIFEST, SCENES_STUDENT_START, SCENES_TEACHER};
use unicam::session::{Defaults, Session, digest_of_bytes};
use unicam::tensors::device::DeviceChoice;

/// Seed of the pictures and of the run: the second column of the README's table, not the one that was tuned on.
const SEED: u64 = 2;

#[test]
fn at_the_shipped_recipe_the_student_learns_what_its_base_does_not() {
    let mut settings = Defaults::default();
    settings.scenes.seed = 1000 + SEED;
    settings.distillation.optimiser.seed = SEED;
    let mut session = block_on(Session::create(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    let classes = session.use_scenes(&settings.scenes).expect("the shipped settings").class_names.len();
    block_on(session.use_shipped_teacher()).expect("the shipped Teacher");
    session.start_distillation(&settings.distillation).expect("the shipped recipe");
    let mut last = None;
    while let Some(event) = block_on(session.next()).expect("finite losses") {
        last = Some(event);
    }
    let Some(TrainingEvent::Finished { student, base: Some(base), .. }) = last else {
        panic!("the run ends with all accuracies: {last:?}")
    };
    println!("Student {student:.3}, Base {base:.3}, chance {:.3}", 1.0 / classes as f64);
    assert!(student > 0.5, "the Student is at {student}, where chance is {}", 1.0 / classes as f64);
    assert!(student >= base + 0.15, "the Student is at {student}, its Base at {base}");
}

#[test]
fn the_manifest_tells_the_truth_about_the_shipped_weights() {
    let manifest: Value = serde_json::from_str(MANIFEST).expect("JSON");
    let models = manifest["models"].as_array().expect("a list");
    assert_eq!(models.len(), 2);
    let mut session = block_on(Session::create(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    for (model, bytes) in models.iter().zip([SCENES_TEACHER, SCENES_STUDENT_START]) {
        assert_eq!(model["sha256"], digest_of_bytes(bytes), "{}", model["file"]);
        assert_eq!(model["bytes"], bytes.len());
        // The pictures it was measured on; those that it was trained with are not needed.
        let trained: ScenesConfig = serde_json::from_value(model["scenes"].clone()).expect("settings of the Scenes");
        session.use_scenes(&ScenesConfig { train_images: 60, ..trained }).expect("valid settings");
        let report = block_on(session.load_teacher(bytes)).expect("our own file");
        assert_eq!(model["parameters"], report.parameters);
        // Halved precision may turn a picture or two.
        let written = model["accuracy"].as_f64().expect("a number");
        assert!((written - report.accuracy).abs() < 0.005, "{}: {written}, now {}", model["file"], report.accuracy);
    }
    assert!(models[0]["accuracy"].as_f64().expect("a number") >= 0.95, "the floor of the Teacher");
}
