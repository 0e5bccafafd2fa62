//! A session that changes its device.

use unicam::distillation::{AssistantConfig, DistillationConfig, Start, TrainingEvent};
use unicam::models::Architecture;
use unicam::scores::{LayerOutcome, ScoreReport};
use unicam::session::{Circumstances, FileNames, Origin, Role, ScoreConfig, Session};
use unicam::tensors::device::{DeviceChoice, DeviceKind, DeviceReport, open};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::{choice, is_gpu};
use crate::session::{REFERENCE, run_out, short, small_scenes, teacher};

const ROLES: [Role; 4] = [Role::Teacher, Role::Student, Role::Base, Role::Assistant(1)];

/// A session on the CPU; natively, where there is no other device to move to, under another device's name.
async fn elsewhere() -> Session {
    let (device, report) = open(DeviceChoice::Cpu).await.expect("compiled in");
    let report = if is_gpu() { report } else { DeviceReport::new(DeviceKind::Remote, "another processor") };
    Session::on(device, report)
}

/// With data, a Teacher, an assistant, a Student and its Base.
async fn filled() -> Session {
    let mut session = elsewhere().await;
    session.use_scenes(&small_scenes()).expect("in range");
    session.start_teacher(&teacher()).expect("valid");
    run_out(&mut session).await;
    let weights = session.export_weights(Role::Teacher).expect("trained");
    session.load_student_start(&weights).await.expect("of the same shape as the Student");
    let assistants = vec![AssistantConfig { network: Architecture::cifar_resnet(1, 4), optimiser: None }];
    session.start_distillation(&DistillationConfig { assistants, ..short(1) }).expect("valid");
    run_out(&mut session).await;
    session
}

fn weights(session: &Session) -> [Vec<u8>; 4] {
    ROLES.map(|role| session.export_weights(role).expect("trained"))
}

async fn scores(session: &mut Session) -> ScoreReport {
    session.score(&ScoreConfig::of(REFERENCE)).await.expect("scores")
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn data_networks_and_results_go_along_bit_for_bit() {
    let mut session = filled().await;
    let (kept, data) = (weights(&session), session.data().expect("chosen").clone());
    let before = scores(&mut session).await;
    let former = session.device().clone();
    let report = session.move_to(choice()).await.expect("the device that this run proves").clone();
    assert_eq!(report.kind, open(choice()).await.expect("open already").1.kind);

    assert!(weights(&session) == kept, "the same bytes");
    assert_eq!(session.data(), Ok(&data));
    let origin = Origin::CommandLine { arguments: Vec::new() };
    let circumstances = Circumstances { origin, created_at: String::new(), files: FileNames::default() };
    let document = session.report(circumstances);
    assert_eq!((document.device, document.former_devices), (report, vec![former]));
    assert_eq!(document.scores.as_ref(), Some(&before), "results from before the move stay");

    let after = scores(&mut session).await;
    let tolerance = if is_gpu() { 1e-3 } else { 0.0 };
    for (before, after) in before.layers.iter().zip(&after.layers) {
        let (LayerOutcome::Ok(before), LayerOutcome::Ok(after)) = (before, after) else { panic!("{after:?}") };
        assert!((before.fss_student.paper - after.fss_student.paper).abs() <= tolerance);
        assert!((before.rs_base - after.rs_base).abs() <= tolerance);
    }
    // What was measured there is measured here; sums in another order may turn one picture.
    let there = document.teacher.expect("noted").summary.accuracy;
    let here = session.load_teacher(&kept[0]).await.expect("its own file").accuracy;
    assert!((here - there).abs() <= if is_gpu() { 1.5 / 24.0 } else { 0.0 }, "{here} after {there}");
    // And goes on: with the first weights that were given before.
    session
        .start_distillation(&DistillationConfig { start: Start::Given, ..short(1) })
        .expect("a Teacher and first weights");
    assert!(matches!(run_out(&mut session).await.last(), Some(TrainingEvent::Finished { .. })));
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn under_work_that_is_under_way_the_device_stays() {
    let mut session = filled().await;
    let former = session.device().clone();
    session.start_distillation(&short(1)).expect("valid");
    session.next().await.expect("an evaluation");
    let error = session.move_to(choice()).await.expect_err("a run is under way");
    assert_eq!(error.code(), "under-way");
    assert!(error.to_string().starts_with("A run is under way"), "{error}");
    assert_eq!(session.device(), &former);
    run_out(&mut session).await;
    session.start_scoring(&ScoreConfig::of(REFERENCE)).expect("networks");
    assert_eq!(session.move_to(choice()).await.expect_err("a score").code(), "under-way");
    session.cancel_scoring();
    session.move_to(choice()).await.expect("nothing is under way");
    // Where it is already, nothing is done.
    let there = session.device().clone();
    assert_eq!(session.move_to(choice()).await, Ok(&there));
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn left_alone_a_session_tries_both_devices_and_takes_the_quicker() {
    let mut session = Session::create(DeviceChoice::Auto).await.expect("the CPU at least");
    let report = session.device().clone();
    match &report.trial {
        Some(trial) => {
            assert!(trial.cpu_ms > 0.0 && trial.webgpu_ms > 0.0, "{trial:?}");
            assert_eq!((report.kind, &report.notice), (trial.quicker(), &None));
        }
        None => {
            assert!(!is_gpu(), "an adapter is there to be tried");
            assert_eq!(report.kind, DeviceKind::Cpu);
            assert!(report.notice.as_ref().is_some_and(|notice| notice.contains("WebGPU")), "{report:?}");
        }
    }
    // What was found stays known, wherever the session goes.
    let moved = session.move_to(choice()).await.expect("the device that this run proves");
    assert_eq!(moved.trial, report.trial);
    assert_eq!(session.move_to(DeviceChoice::Auto).await.expect("tried before").kind, report.kind);
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_preparation_goes_the_whole_way_and_leaves_the_session_as_it_was() {
    let mut session = Session::create(choice()).await.expect("the device that this run proves");
    let mut pieces = 1;
    while session.advance_preparation().await.expect("the shipped recipe") {
        pieces += 1;
    }
    assert!(pieces > 8, "only {pieces} pieces");
    assert_eq!(session.advance_preparation().await, Ok(false), "once is enough");
    assert_eq!(session.data().expect_err("nothing was chosen").code(), "not-ready");
    assert_eq!(session.export_weights(Role::Teacher).expect_err("nor made").code(), "not-ready");
}
