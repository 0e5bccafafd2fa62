//! The document that a run leaves behind.

use unicam::attribution::Objective;
use unicam::dataset::scenes::ScenesConfig;
use unicam::distillation::{DistillationConfig, OptimiserConfig, Start, TeacherTrainingConfig, TrainingEvent};
use unicam::models::Architecture;
use unicam::session::{
    Circumstances, DataSource, Defaults, ExplainConfig, FORMAT, FileNames, Origin, ReferenceConfig, Report, Role,
    SCHEMA_VERSION, ScoreConfig, Session, SessionConfig, WeightSource, digest_of_bytes,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::choice;
use crate::families::formula_weights;

fn settings() -> SessionConfig {
    let Defaults { distillation, .. } = Defaults::default();
    let optimiser = OptimiserConfig { steps: 2, batch_size: 6, report_every: 1, ..distillation.optimiser.clone() };
    let network = Architecture::cifar_resnet(1, 4);
    SessionConfig {
        scenes: ScenesConfig { size: 16, train_images: 60, test_images: 24, ..ScenesConfig::default() },
        teacher: TeacherTrainingConfig { network, optimiser: optimiser.clone(), start: Start::Random },
        distillation: DistillationConfig { student: network, optimiser, start: Start::Random, ..distillation },
        reference: ReferenceConfig { images: 12, seed: 3 },
        ..SessionConfig::default()
    }
}

pub fn circumstances() -> Circumstances {
    let origin = Origin::CommandLine { arguments: vec!["report".to_owned()] };
    let files = FileNames { teacher: Some("teacher.th".to_owned()), ..FileNames::default() };
    Circumstances { origin, created_at: "2026-01-02T03:04:05Z".to_owned(), files }
}

async fn open() -> Session {
    Session::create(choice()).await.expect("the device that this run proves")
}

async fn run_out(session: &mut Session) {
    while session.next().await.expect("finite losses").is_some() {}
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_report_says_what_was_used_and_reads_back() {
    let config = settings();
    let mut session = open().await;
    let empty = session.report(circumstances());
    assert!(empty.data.is_none() && empty.teacher.is_none() && empty.scores.is_none() && empty.maps.is_empty());

    session.use_scenes(&config.scenes).expect("in range");
    session.start_teacher(&config.teacher).expect("valid");
    run_out(&mut session).await;
    session.start_distillation(&config.distillation).expect("valid");
    run_out(&mut session).await;
    for layer in [2, 1] {
        let asked = ExplainConfig::new(config.reference, layer, Objective::Relevance);
        session.explain(&asked).await.expect("maps");
    }
    let scores = session.score(&ScoreConfig::with(config.reference, config.scores.clone())).await.expect("scores");
    let missing = ExplainConfig::new(config.reference, 9, Objective::Relevance);
    let error = session.explain(&missing).await.expect_err("three layers");
    session.note_failure("maps of layer 9", &error);

    let report = session.report(circumstances());
    assert_eq!((report.format.as_str(), report.schema_version), (FORMAT, SCHEMA_VERSION));
    assert_eq!(report.config.data_source, DataSource::Scenes);
    assert_eq!(report.config.scenes, config.scenes);
    assert_eq!(report.config.teacher, config.teacher);
    assert_eq!(report.config.distillation, config.distillation);
    assert_eq!(report.config.reference, config.reference);
    assert_eq!(report.config.teacher_source, Some(WeightSource::Trained));
    assert_eq!(report.config.files, circumstances().files);
    let student = report.student.as_ref().expect("distilled");
    let exported = session.export_weights(Role::Student).expect("distilled");
    assert_eq!(student.digest, digest_of_bytes(&exported));
    let log = report.distillation.as_ref().expect("distilled");
    assert!(log.finished && !log.events.iter().any(|event| matches!(event, TrainingEvent::Step { .. })));
    assert!(
        matches!(log.events.last(), Some(TrainingEvent::Finished { student: accuracy, .. }) if *accuracy == student.summary.accuracy)
    );
    let layers: Vec<&str> = report.maps.iter().map(|map| map.layer.as_str()).collect();
    assert_eq!(layers, ["layer1", "layer2"]);
    assert_eq!(report.scores, Some(scores));
    assert_eq!(report.failures[0].error.code, "no-such-layer");

    let text = serde_json::to_string(&report).expect("plain data");
    let read: Report = serde_json::from_str(&text).expect("its own text");
    // The parser may miss a measured number by its last digit; settings and digests are read exactly.
    assert_eq!((read.config, read.failures), (report.config, report.failures));
    assert_eq!(read.student.expect("distilled").digest, digest_of_bytes(&exported));
    assert_eq!((read.maps.len(), read.scores.map(|scores| scores.layers.len())), (2, Some(3)));
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_later_session_takes_over_what_was_said_of_the_same_networks() {
    let config = settings();
    let mut first = open().await;
    first.use_scenes(&config.scenes).expect("in range");
    first.start_teacher(&config.teacher).expect("valid");
    run_out(&mut first).await;
    first.start_distillation(&config.distillation).expect("valid");
    run_out(&mut first).await;
    let former = first.report(circumstances());
    let weights = [Role::Teacher, Role::Student, Role::Base].map(|role| first.export_weights(role).expect("trained"));

    let mut second = open().await;
    second.use_scenes(&config.scenes).expect("in range");
    second.load_teacher(&weights[0]).await.expect("its own file");
    second.load_students(&weights[1], &weights[2]).await.expect("their own files");
    assert_eq!(second.report(circumstances()).student.expect("loaded").source, WeightSource::File);
    second.take_over(&former);
    let report = second.report(circumstances());
    assert_eq!(report.distillation, former.distillation);
    assert_eq!(report.teacher_training, former.teacher_training);
    assert_eq!(report.student, former.student);
    assert_eq!(report.config, former.config);
    assert_eq!(report.data, former.data);

    // Another Student than the one that the report tells of.
    second.load_students(&weights[2], &weights[1]).await.expect("their own files");
    second.take_over(&former);
    assert_eq!(second.report(circumstances()).distillation, None);
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_start_is_told_of_networks_that_began_with_it() {
    let config = settings();
    let file = |network: &Architecture, classes| {
        formula_weights(&network.for_classes(classes)).to_safetensors(false).expect("plain tensors")
    };
    let mut session = open().await;
    session.use_scenes(&config.scenes).expect("in range");
    session.use_shipped_teacher().await.expect("shipped for the Scenes");
    let told = |session: &Session| session.report(circumstances()).start;
    let Defaults { distillation, .. } = Defaults::default();
    let given =
        DistillationConfig { student: distillation.student, start: Start::Given, ..config.distillation.clone() };
    for (recipe, source) in [(&config.distillation, None), (&given, Some(WeightSource::Shipped))] {
        assert_eq!(told(&session), None, "no run began with the shipped start yet");
        session.start_distillation(recipe).expect("valid");
        // For a later run.
        session.load_student_start(&file(&given.student, 6)).await.expect("six classes");
        run_out(&mut session).await;
        assert_eq!(told(&session).map(|start| start.source), source);
        session.use_shipped_teacher().await.expect("shipped for the Scenes");
    }
    session.use_shipped_students().await.expect("for the Scenes");
    assert_eq!(told(&session).map(|start| start.source), Some(WeightSource::Shipped), "that they were distilled from");

    let told = |session: &Session| session.report(circumstances()).teacher_start;
    let [first, later] = [6, 4].map(|classes| file(&config.teacher.network, classes));
    session.load_teacher_start(&first).expect("our own file");
    assert_eq!(told(&session), None);
    session.start_teacher(&TeacherTrainingConfig { start: Start::Given, ..config.teacher.clone() }).expect("valid");
    run_out(&mut session).await;
    session.load_teacher_start(&later).expect("our own file");
    assert_eq!(told(&session).expect("it went on from it").digest, digest_of_bytes(&first));
    session.start_teacher(&config.teacher).expect("valid");
    run_out(&mut session).await;
    assert_eq!(told(&session), None, "it began at random");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_teacher_that_was_trained_is_described_and_stays_so() {
    let config = settings();
    let mut session = open().await;
    session.use_scenes(&config.scenes).expect("in range");
    assert_eq!(session.describe_teacher().await.expect_err("none").code(), "not-ready");
    session.start_teacher(&config.teacher).expect("valid");
    run_out(&mut session).await;
    let before = session.report(circumstances());
    let described = session.describe_teacher().await.expect("trained");
    assert_eq!(described, before.teacher.as_ref().expect("trained").summary);
    assert_eq!(session.report(circumstances()), before);
    assert!(before.teacher_training.is_some_and(|log| log.finished));
    assert_eq!(before.config.teacher_source, Some(WeightSource::Trained));
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_teacher_that_stays_is_measured_on_the_new_pictures_before_anything_rests_on_it() {
    let config = settings();
    let other = ScenesConfig { seed: config.scenes.seed + 1, test_images: 48, ..config.scenes.clone() };
    let mut session = open().await;
    session.use_scenes(&config.scenes).expect("in range");
    session.use_shipped_teacher().await.expect("shipped for the Scenes");
    let teacher = session.export_weights(Role::Teacher).expect("shipped");
    let weights = {
        session.start_distillation(&config.distillation).expect("valid");
        run_out(&mut session).await;
        [Role::Student, Role::Base].map(|role| session.export_weights(role).expect("trained"))
    };
    let mut fresh = open().await;
    fresh.use_scenes(&other).expect("in range");
    let accuracy = fresh.load_teacher(&teacher).await.expect("its own file").accuracy;

    let told = |session: &Session| session.report(circumstances()).teacher;
    for way in ["described", "distilled", "loaded"] {
        session.use_scenes(&config.scenes).expect("in range");
        session.use_scenes(&other).expect("in range");
        assert_eq!(told(&session), None, "an accuracy on former pictures would be none");
        match way {
            "described" => assert_eq!(session.describe_teacher().await.expect("it stayed").accuracy, accuracy),
            "distilled" => {
                session.start_distillation(&config.distillation).expect("valid");
                run_out(&mut session).await;
            }
            _ => drop(session.load_students(&weights[0], &weights[1]).await.expect("their own files")),
        }
        let record = told(&session).expect("measured");
        assert_eq!((record.source, record.summary.accuracy), (WeightSource::Shipped, accuracy), "{way}");
    }
}
