//! The methods that UniCAM is compared with, against PyTorch, on pictures of odd height and width.

use std::collections::BTreeMap;

use serde::Deserialize;
use unicam::attribution::{ClassEvidence, ClassMethod};
use unicam::models::Network;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::{SINGLE, assert_close, parse, read};
use crate::models::{Reference as Tiny, sine_picture};

#[derive(Deserialize)]
struct Layer {
    layer: usize,
    maps: BTreeMap<String, Vec<f64>>,
}

#[derive(Deserialize)]
struct Reference {
    shape: [usize; 4],
    frequency: f64,
    phase: f64,
    classes: Vec<usize>,
    layers: Vec<Layer>,
}

/// The method's name as the page and the fixture spell it.
fn name(method: ClassMethod) -> String {
    serde_json::to_value(method).expect("a plain enum").as_str().expect("a string").to_owned()
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn every_method_agrees_with_pytorch_at_every_layer() {
    let device = device().await;
    let reference: Reference = parse(include_str!("../fixtures/cams.json"));
    let tiny = Tiny::load();
    let (config, weights) = (tiny.config(), tiny.weights());
    let network = Network::from_weights(&config, &weights, &device).expect("the weights fit");
    let trace = network.forward(sine_picture(reference.shape, reference.frequency, reference.phase, &device));
    for Layer { layer, maps } in &reference.layers {
        let stage = &trace.stages[layer - 1];
        for at_once in [1, 2, 9] {
            let classes = &reference.classes;
            let evidence = ClassEvidence::gather(&config, &weights, *layer, stage, classes, at_once, &device);
            let evidence = evidence.expect("fits");
            for method in ClassMethod::ALL.into_iter().filter(|method| *method != ClassMethod::Random) {
                let what = format!("{} at layer {layer}, {at_once} at once", name(method));
                let ours = evidence.signed_maps(method, &[], 0);
                let [_, _, height, width] = stage.dims();
                assert_eq!(ours.dims(), [2, height, width], "{what}");
                assert_close(&read(ours).await, &maps[&name(method)], 5.0 * SINGLE, &what);
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn random_maps_depend_on_the_seed_and_the_picture_alone() {
    let device = device().await;
    let tiny = Tiny::load();
    let network = Network::from_weights(&tiny.config(), &tiny.weights(), &device).expect("the weights fit");
    let mut draws = Vec::new();
    for (phase, pictures, seed) in [(0.4, [3, 8], 1), (1.9, [8, 3], 1), (0.4, [3, 8], 2)] {
        let stage = network.forward(sine_picture([2, 3, 13, 9], 0.071, phase, &device)).stages.remove(1);
        let gathered = ClassEvidence::gather(&tiny.config(), &tiny.weights(), 2, &stage, &[0, 1], 2, &device);
        draws.push(read(gathered.expect("fits").signed_maps(ClassMethod::Random, &pictures, seed)).await);
    }
    let area = draws[0].len() / 2;
    assert_close(&draws[1][area..], &draws[0][..area], 0.0, "the picture's own noise");
    let differs = |a: &[f64], b: &[f64]| a.iter().zip(b).any(|(a, b)| (a - b).abs() > 0.1);
    assert!(differs(&draws[0][..area], &draws[0][area..]) && differs(&draws[0], &draws[2]));
    assert!(draws.iter().flatten().all(|value| (0.0..1.0).contains(value)));
}
