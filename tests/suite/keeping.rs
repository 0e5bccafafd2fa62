//! A session as bytes, and a run that goes on elsewhere.

use std::collections::BTreeMap;

use ciborium::Value;
use unicam::attribution::Objective;
use unicam::bytes::archive::{Package, pack};
use unicam::distillation::{DistillationConfig, RunConfig, Start, TeacherTrainingConfig, TrainingEvent};
use unicam::models::{Architecture, ResNetConfig, Weights};
use unicam::session::{
    Circumstances, FileNames, Origin, Part, Report, Role, ScoreConfig, Session, TimelineConfig, TimelineSettings,
    digest_of_bytes,
};

use crate::device::choice;
use crate::families::formula_weights;
use crate::session::{REFERENCE, run_out, short, small_scenes, teacher};
use crate::weight_files::pytorch_cifar;
use wasm_bindgen_test::wasm_bindgen_test;

const ROLES: [Role; 3] = [Role::Teacher, Role::Student, Role::Base];

fn timeline() -> TimelineConfig {
    let settings = TimelineSettings { pictures: 2, ..TimelineSettings::default() };
    TimelineConfig { settings, reference: REFERENCE, objective: Objective::Relevance }
}

async fn open() -> Session {
    Session::create(choice()).await.expect("the device that this run proves")
}

/// With data, a Teacher, a watched Student and Base, and scores.
async fn filled() -> Session {
    let mut session = open().await;
    session.use_scenes(&small_scenes()).expect("in range");
    session.start_teacher(&teacher()).expect("valid");
    run_out(&mut session).await;
    session.start_watched(&short(1), &timeline()).expect("valid");
    run_out(&mut session).await;
    session.score(&ScoreConfig::of(REFERENCE)).await.expect("scores");
    session
}

fn report(session: &Session) -> Report {
    let origin = Origin::CommandLine { arguments: Vec::new() };
    session.report(Circumstances { origin, created_at: String::new(), files: FileNames::default() })
}

fn weights(session: &Session) -> [Vec<u8>; 3] {
    ROLES.map(|role| session.export_weights(role).expect("trained"))
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_packed_session_is_the_same_elsewhere() {
    let mut session = filled().await;
    let with_data = session.pack(true).expect("plain data");
    let without = session.pack(false).expect("plain data");
    assert!(without.len() < with_data.len());
    assert_eq!(session.pack(true).expect("plain data"), with_data, "the same session gives the same bytes");

    let mut elsewhere = open().await;
    elsewhere.unpack(&with_data).expect("our own file");
    assert!(weights(&elsewhere) == weights(&session));
    assert_eq!(elsewhere.data(), session.data());
    // The trial of a device belongs to the session that made it.
    assert_eq!(report(&elsewhere), report(&session));
    let again = elsewhere.score(&ScoreConfig::of(REFERENCE)).await.expect("scores");
    assert_eq!(again, session.score(&ScoreConfig::of(REFERENCE)).await.expect("scores"));

    let mut bare = open().await;
    let refused = bare.unpack(&without).expect_err("its pictures are not chosen");
    assert_eq!(refused.code(), "checkpoint-mismatch");
    bare.use_scenes(&small_scenes()).expect("in range");
    bare.unpack(&without).expect("the same pictures");
    assert!(weights(&bare) == weights(&session));
    assert_eq!(report(&bare), report(&session));
    assert_eq!(bare.part(Part::Test), session.part(Part::Test));
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn what_is_no_packed_session_changes_nothing() {
    let mut session = filled().await;
    let (packed, before) = (session.pack(true).expect("plain data"), weights(&session));
    let mut torn = packed.clone();
    let middle = torn.len() / 2;
    torn[middle] ^= 1;
    for bytes in [&packed[..middle], &torn, b"PK", b""] {
        let refused = session.unpack(bytes).expect_err("damaged");
        assert_eq!(refused.code(), "unreadable-checkpoint", "{refused}");
    }
    assert!(weights(&session) == before);
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn an_interrupted_run_says_so_and_ends_with_the_same_weights() {
    let config = RunConfig::Distillation(short(3));
    let RunConfig::Distillation(recipe) = &config else { unreachable!("just made") };
    let mut whole = filled().await;
    let packed = whole.pack(false).expect("plain data");
    whole.start_watched(recipe, &timeline()).expect("valid");
    let mut kept = None;
    while let Some(event) = whole.next().await.expect("finite losses") {
        if kept.is_none() && matches!(event, TrainingEvent::Step { step: 1.., .. } | TrainingEvent::Report { .. }) {
            kept = Some(whole.checkpoint().await.expect("a run is under way"));
        }
    }
    let kept = kept.expect("steps were made");

    let mut second = open().await;
    second.use_scenes(&small_scenes()).expect("in range");
    second.unpack(&packed).expect("the same pictures");
    assert_eq!(second.note_interruption("device-failed", 2).await.expect_err("no run").code(), "not-ready");
    second.resume(&config, &kept).expect("the same run");
    let noted = second.note_interruption("device-failed", 2).await.expect("resumed");
    assert_eq!((noted.resumed_at, noted.lost_at, noted.drift), (1, 2, 0.0));
    run_out(&mut second).await;
    assert!(weights(&second) == weights(&whole));
    let (told, story) = (report(&second).distillation, report(&whole).distillation);
    let (told, story) = (told.expect("distilled"), story.expect("distilled"));
    assert_eq!(told.interruptions, [noted]);
    let (told, story) = (told.timeline.expect("watched"), story.timeline.expect("watched"));
    assert_eq!(told.points, story.points, "to the last bit");
}

/// A small ResNet-18 as a file, its tensors called by `rename`.
fn resnet_file(rename: fn(&str) -> String) -> Vec<u8> {
    let ours = formula_weights(&small_resnet().for_classes(6));
    let named = ours.names().map(|name| (rename(name), ours.get(name).expect("named").clone()));
    named.collect::<Weights>().to_safetensors(false).expect("plain tensors")
}

fn small_resnet() -> Architecture {
    Architecture::ResNet(ResNetConfig { depth: 18, width: 4, small_stem: true })
}

/// A Teacher and first weights of both trainings, all of one file.
async fn given(file: &[u8]) -> Session {
    let mut session = open().await;
    session.use_scenes(&small_scenes()).expect("in range");
    session.load_teacher(file).await.expect("known names");
    session.load_student_start(file).await.expect("known names");
    session.load_teacher_start(file).expect("known names");
    session
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn weights_of_another_publisher_are_packed_with_the_rest() {
    let session = given(&resnet_file(pytorch_cifar)).await;
    let packed = session.pack(true).expect("plain data");
    let mut elsewhere = open().await;
    elsewhere.unpack(&packed).expect("our own file");
    let exported = session.export_weights(Role::Teacher).expect("loaded");
    assert!(elsewhere.export_weights(Role::Teacher) == Ok(exported.clone()), "with its publisher's names");
    let has = |name: &[u8]| exported.windows(name.len()).any(|part| part == name);
    assert!(has(b"layer2.0.shortcut.0.weight") && !has(b"layer2.0.downsample.0.weight"));
    assert_eq!(report(&elsewhere), report(&session));
    assert!(elsewhere.pack(true) == Ok(packed), "first weights included");
}

/// A packed session as it was before the starts that are loaded had records of their own: the journal has them.
fn as_before(packed: &[u8]) -> Vec<u8> {
    let mut package = Package::open(packed).expect("a zip");
    let mut read = |name: &str| package.read(name).expect("whole").expect("a part");
    let parts = ["teacher", "start", "teacher-start"].map(|name| (name.to_owned(), read(name)));
    let notes: Value = ciborium::from_reader(&*read("notes.cbor")).expect("CBOR");
    let mut notes = notes.into_map().expect("fields");
    let place = |map: &[(Value, Value)], name| map.iter().position(|(key, _)| key.as_text() == Some(name));
    for name in ["start", "teacher_start"] {
        let (_, record) = notes.remove(place(&notes, name).expect("written now"));
        let journal = place(&notes, "journal").expect("written ever since");
        let journal = notes[journal].1.as_map_mut().expect("fields");
        let own = place(journal, name).expect("written ever since");
        journal[own].1 = record;
    }
    let mut bytes = Vec::new();
    ciborium::into_writer(&Value::Map(notes), &mut bytes).expect("plain data");
    pack(&BTreeMap::from_iter(parts.into_iter().chain([("notes.cbor".to_owned(), bytes)]))).expect("small")
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn an_older_file_has_the_starts_of_the_next_runs() {
    let file = resnet_file(str::to_owned);
    let older = as_before(&given(&file).await.pack(false).expect("plain data"));
    let mut session = open().await;
    session.use_scenes(&small_scenes()).expect("in range");
    session.unpack(&older).expect("of the same version");
    let teacher = TeacherTrainingConfig { network: small_resnet(), start: Start::Given, ..teacher() };
    session.start_teacher(&teacher).expect("valid");
    run_out(&mut session).await;
    session
        .start_distillation(&DistillationConfig { student: small_resnet(), start: Start::Given, ..short(1) })
        .expect("valid");
    run_out(&mut session).await;
    let told = report(&session);
    for start in [told.start, told.teacher_start] {
        assert_eq!(start.map(|start| start.digest), Some(digest_of_bytes(&file)));
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_run_goes_on_with_the_same_numbers_whatever_their_names() {
    let recipe = DistillationConfig { student: small_resnet(), start: Start::Given, ..short(2) };
    let mut first = given(&resnet_file(pytorch_cifar)).await;
    first.start_distillation(&recipe).expect("valid");
    first.next().await.expect("an evaluation");
    let kept = first.checkpoint().await.expect("a run is under way");
    let mut second = given(&resnet_file(str::to_owned)).await;
    second.resume(&RunConfig::Distillation(recipe), &kept).expect("the same numbers");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_checkpoint_tells_of_the_weights_that_its_run_began_with() {
    let recipe = DistillationConfig { student: small_resnet(), start: Start::Given, ..short(2) };
    let mut first = given(&resnet_file(str::to_owned)).await;
    first.start_distillation(&recipe).expect("valid");
    first.next().await.expect("an evaluation");
    // For a later run.
    let other = formula_weights(&Architecture::cifar_resnet(1, 4).for_classes(6));
    let other = other.to_safetensors(false).expect("plain tensors");
    first.load_student_start(&other).await.expect("six classes");
    let kept = first.checkpoint().await.expect("a run is under way");
    let mut second = given(&resnet_file(str::to_owned)).await;
    second.resume(&RunConfig::Distillation(recipe), &kept).expect("as it began");
}
