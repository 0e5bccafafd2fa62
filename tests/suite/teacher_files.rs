//! A Teacher's file that was made for pictures prepared otherwise, for classes in another order, or with another network.

use unicam::dataset::collect::ImagesConfig;
use unicam::dataset::normalisation::Normalisation;
use unicam::dataset::scenes::ScenesConfig;
use unicam::distillation::{OptimiserConfig, Start, TeacherTrainingConfig, TrainingEvent};
use unicam::models::{Architecture, HostTensor, TinyCnnConfig, Weights};
use unicam::session::{Role, Session, TeacherReading};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::session::{open, run_out, short, small_scenes, teacher as scenes_teacher};

/// Classes whose pictures differ in brightness alone.
const TONES: [(&str, u8); 3] = [("bright", 120), ("dark", 60), ("middling", 90)];
const SIDE: usize = 16;

/// A picture of this brightness with some noise, as a BMP.
fn picture(tone: u8, number: u8) -> Vec<u8> {
    let mut state = u32::from(tone) * 7919 + u32::from(number) * 104_729 + 1;
    let pixels: Vec<u8> = (0..SIDE * SIDE * 3)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            tone + (state >> 27) as u8
        })
        .collect();
    let mut bytes = b"BM".to_vec();
    for number in [54 + pixels.len() as u32, 0, 54, 40, SIDE as u32, SIDE as u32] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([1, 0, 24, 0]);
    bytes.extend([0; 24]);
    bytes.extend(pixels);
    bytes
}

/// A session with the tones as its data, their folders before the names.
async fn tones(normalisation: Normalisation) -> Session {
    let mut session = open().await;
    session.use_normalisation(normalisation).await.expect("a preset");
    session.begin_images(ImagesConfig { size: SIDE, ..ImagesConfig::default() }).expect("in range");
    for (name, tone) in TONES {
        for number in 0..16 {
            let rows = session.add_file(&format!("tones/{name}/{number}.bmp"), &picture(tone, number)).expect("begun");
            assert!(rows[0].error.is_none(), "{rows:?}");
        }
    }
    session.finish_images().expect("three classes");
    session
}

/// A Teacher that learned from numbers between 0 and 1, and its accuracy on them.
async fn teacher() -> (Weights, f64) {
    let mut session = tones(Normalisation::ZeroToOne).await;
    let optimiser = OptimiserConfig { steps: 80, batch_size: 12, learning_rate: 0.05, ..short(80).optimiser };
    let network = Architecture::TinyCnn(TinyCnnConfig { width: 8 });
    session.start_teacher(&TeacherTrainingConfig { network, optimiser, start: Start::Random }).expect("valid");
    run_out(&mut session).await;
    let file = session.export_weights(Role::Teacher).expect("trained");
    let accuracy = session.load_teacher(&file).await.expect("its own file").accuracy;
    (Weights::from_bytes(&file).expect("its own file"), accuracy)
}

/// The weights with their outputs in another order: output `k` is then what output `order[k]` was.
fn reordered(weights: &Weights, order: &[usize]) -> Weights {
    let turn = |name: &str, tensor: &HostTensor| {
        if !name.starts_with("fc.") {
            return tensor.clone();
        }
        let row = tensor.values.len() / order.len();
        let values = order.iter().flat_map(|&from| tensor.values[from * row..(from + 1) * row].to_vec()).collect();
        HostTensor { shape: tensor.shape.clone(), values }
    };
    weights.names().map(|name| (name.to_owned(), turn(name, weights.get(name).expect("named")))).collect()
}

fn file(weights: &Weights) -> Vec<u8> {
    weights.to_safetensors(false).expect("plain tensors")
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn pictures_are_prepared_as_the_teacher_wants_them() {
    let (weights, accuracy) = teacher().await;
    assert!(accuracy > 0.9, "brightness is easy: {accuracy}");
    let mut session = tones(Normalisation::ImageNet).await;
    let report = session.load_teacher(&file(&weights)).await.expect("a tiny CNN");
    let reading = report.reading.expect("from a file");
    let better = reading.better_normalisation.expect("another one fits much better");
    assert_eq!(better.normalisation, Normalisation::ZeroToOne);
    assert!(better.accuracy >= report.accuracy + 0.15, "{} after {}", better.accuracy, report.accuracy);
    let note = reading.notes.iter().find(|note| note.code == "better-normalisation").expect("it is said");
    assert!(note.message.contains("normalisation=zeroToOne"), "{}", note.message);
    let again = session.use_normalisation(Normalisation::ZeroToOne).await.expect("a preset").expect("a Teacher");
    assert!((again.accuracy - accuracy).abs() < 1e-9, "{} and {accuracy}", again.accuracy);
    assert!(again.reading.is_some_and(|reading| reading.notes.is_empty()));
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn classes_in_another_order_are_matched_by_name_or_offered() {
    let (weights, accuracy) = teacher().await;
    let mut session = tones(Normalisation::ZeroToOne).await;
    // Its first output means "dark", its second "middling", its third "bright".
    let mut turned = reordered(&weights, &[1, 2, 0]);
    let report = session.load_teacher(&file(&turned)).await.expect("a tiny CNN");
    assert!(report.accuracy < accuracy - 0.3, "{}", report.accuracy);
    let better = report.reading.expect("from a file").better_order.expect("another order fits");
    assert_eq!(better.order, [2, 0, 1]);
    let wished = TeacherReading { order: better.order, network: None };
    let report = session.load_teacher_as(&file(&turned), &wished).await.expect("a permutation");
    assert!((report.accuracy - accuracy).abs() < 1e-9);
    let error = session
        .load_teacher_as(&file(&turned), &TeacherReading { order: vec![0, 0, 1], network: None })
        .await
        .expect_err("no permutation");
    assert_eq!(error.code(), "invalid-config");
    // A file that names its classes needs no guess.
    turned.metadata.insert("classes".to_owned(), r#"["dark","middling","bright"]"#.to_owned());
    let report = session.load_teacher(&file(&turned)).await.expect("a tiny CNN");
    assert!((report.accuracy - accuracy).abs() < 1e-9);
    let reading = report.reading.expect("from a file");
    assert_eq!((reading.order.as_slice(), reading.notes[0].code.as_str()), (&[2, 0, 1][..], "matched-by-name"));
    // What is written of it stands in the data's order and is not put in order a second time.
    let written = session.export_weights(Role::Teacher).expect("chosen");
    let report = session.load_teacher(&written).await.expect("our own file");
    assert!((report.accuracy - accuracy).abs() < 1e-9, "{}", report.accuracy);
    assert_eq!(report.reading.expect("from a file").order, Vec::<usize>::new());
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn one_of_several_networks_in_a_file_can_be_chosen() {
    let (weights, accuracy) = teacher().await;
    let other = reordered(&weights, &[1, 2, 0]);
    let both: Weights = [("teacher", &weights), ("ema.module", &other)]
        .iter()
        .flat_map(|(wrapping, network)| {
            network.names().map(move |name| (format!("{wrapping}.{name}"), network.get(name).expect("named").clone()))
        })
        .collect();
    let mut session = tones(Normalisation::ZeroToOne).await;
    let report = session.load_teacher(&file(&both)).await.expect("two tiny CNNs");
    let reading = report.reading.expect("from a file");
    assert_eq!((reading.network.as_str(), reading.networks.len()), ("teacher", 2));
    assert!((report.accuracy - accuracy).abs() < 1e-9 && reading.notes[0].code == "several-networks");
    let wished = |name: &str| TeacherReading { network: Some(name.to_owned()), order: Vec::new() };
    let report = session.load_teacher_as(&file(&both), &wished("ema")).await.expect("the other one");
    assert!(report.accuracy < accuracy - 0.3, "{}", report.accuracy);
    let error = session.load_teacher_as(&file(&both), &wished("net")).await.expect_err("there is none");
    assert!(error.to_string().contains("ema, teacher"), "{error}");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_teacher_of_the_scenes_learns_from_pictures_as_it_will_see_them() {
    let mut session = open().await;
    session.use_scenes(&ScenesConfig { background_dial: 0.0, ..small_scenes() }).expect("in range");
    let mut losses = Vec::new();
    for normalisation in [Normalisation::default(), Normalisation::ZeroToOne] {
        session.use_normalisation(normalisation).await.expect("a preset");
        session.start_teacher(&scenes_teacher()).expect("valid");
        let events = run_out(&mut session).await;
        let Some(TrainingEvent::Finished { student, .. }) = events.last() else { panic!("a run that ends") };
        let seen = session.describe_teacher().await.expect("trained").accuracy;
        assert!((student - seen).abs() < 1e-9, "{student} and {seen}");
        losses.extend(events.iter().find_map(|event| match event {
            TrainingEvent::Report { student, .. } => Some(student.total),
            _ => None,
        }));
    }
    assert!((losses[0] - losses[1]).abs() > 1e-3, "other pictures have another first loss: {losses:?}");
}
