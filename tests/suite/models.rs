//! The networks and their weight files against PyTorch.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use serde::Deserialize;
use unicam::Error;
use unicam::attribution::{ClassEvidence, ClassMethod};
use unicam::models::shipped::{SCENES, ShippedRole, ShippedWeights};
use unicam::models::{
    Architecture, HostTensor, Network, NetworkConfig, Trace, Weights, aligned_stages, counterpart, kaiming,
};
use unicam::seed::Purpose;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::{Array, SINGLE, assert_close, parse, read};

#[derive(Deserialize)]
pub struct Slot {
    pub name: String,
    pub shape: Vec<usize>,
    head: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stage {
    shape: Vec<usize>,
    abs_sum: f64,
    image_sums: Vec<f64>,
}

#[derive(Deserialize)]
struct GradCam {
    classes: Vec<usize>,
    raw: Vec<Array>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Look {
    name: String,
    frequency: f64,
    phase: f64,
    shape: [usize; 4],
    logits: Array,
    stages: Vec<Stage>,
    grad_cam: GradCam,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub loss: f64,
    pub weight_norms: BTreeMap<String, f64>,
    pub weight_heads: BTreeMap<String, Vec<f64>>,
    pub running: BTreeMap<String, Vec<f64>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Training {
    pub labels: Vec<usize>,
    pub learning_rate: f64,
    pub momentum: f64,
    pub weight_decay: f64,
    pub steps: Vec<Step>,
}

#[derive(Deserialize)]
pub struct Reference {
    pub blocks: usize,
    pub width: usize,
    pub classes: usize,
    pub tensors: Vec<Slot>,
    eval: Vec<Look>,
    pub train: Training,
}

impl Reference {
    pub fn load() -> Self {
        parse(include_str!("../fixtures/resnet.json"))
    }

    pub fn config(&self) -> NetworkConfig {
        Architecture::cifar_resnet(self.blocks, self.width).for_classes(self.classes)
    }

    /// The weights of `tests/reference/resnet.py`: sines of the flat index, shifted by the tensor's place.
    pub fn weights(&self) -> Weights {
        let tensor = |(place, slot): (usize, &Slot)| {
            let count: usize = slot.shape.iter().product();
            let norm = slot.name.contains("bn");
            let value = |i: usize| {
                let sine = (0.37 * i as f64 + place as f64).sin();
                match slot.name.rsplit('.').next() {
                    Some("running_mean") => 0.1 * sine,
                    Some("running_var") => 1.0 + 0.5 * sine.abs(),
                    Some("weight") if norm => 1.0 + 0.2 * sine,
                    _ if norm => 0.1 * sine,
                    _ => 0.3 * sine,
                }
            };
            let values = (0..count).map(|i| value(i) as f32).collect();
            (slot.name.clone(), HostTensor { shape: slot.shape.clone(), values })
        };
        self.tensors.iter().enumerate().map(tensor).collect()
    }
}

/// The picture of `tests/reference/resnet.py`.
pub fn sine_picture(shape: [usize; 4], frequency: f64, phase: f64, device: &Device) -> Tensor<4> {
    let count: usize = shape.iter().product();
    let values: Vec<f32> = (0..count).map(|i| (frequency * i as f64 + phase).sin() as f32).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

#[wasm_bindgen_test(unsupported = test)]
fn tensors_have_pytorchs_names_shapes_and_order() {
    let reference = Reference::load();
    let theirs: Vec<_> = reference.tensors.iter().map(|slot| (slot.name.clone(), slot.shape.clone())).collect();
    assert_eq!(reference.config().tensors(), theirs);
    let weights = reference.weights();
    for slot in &reference.tensors {
        let ours: Vec<f64> =
            weights.get(&slot.name).expect("listed").values.iter().take(3).map(|&value| f64::from(value)).collect();
        assert_close(&ours[..slot.head.len()], &slot.head, 1e-6, &slot.name);
    }
    assert_eq!(NetworkConfig::infer(&weights), Ok(reference.config()));
}

#[wasm_bindgen_test(unsupported = test)]
fn the_field_knows_these_networks_by_their_sizes() {
    // Parameter counts of He et al. 2016, table 6, as the checkpoints have them.
    let count = |blocks| Architecture::cifar_resnet(blocks, 16).for_classes(10).parameters();
    assert_eq!((count(3), count(9)), (269_722, 853_018));
    assert_eq!(Architecture::cifar_resnet(9, 16).for_classes(10).name(), "ResNet-56");
    assert_eq!(Architecture::cifar_resnet(1, 8).for_classes(6).name(), "ResNet-8, width 8");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn pictures_that_are_looked_at_in_parts_are_seen_as_they_are_at_once() {
    let device = device().await;
    let reference = Reference::load();
    let network = Network::from_weights(&reference.config(), &reference.weights(), &device).expect("the weights fit");
    let pictures = sine_picture([5, 3, 19, 14], 0.071, 0.4, &device);
    let parts = |size: usize| {
        let part = |from: usize| pictures.clone().narrow(0, from, size.min(5 - from));
        Trace::joined((0..5).step_by(size).map(|from| network.forward_before_relu(part(from))).collect())
    };
    let whole = network.forward_before_relu(pictures.clone());
    for size in [1, 2, 5] {
        let joined = parts(size);
        assert_eq!(joined.stages.len(), whole.stages.len());
        let pairs = joined.stages.iter().zip(&whole.stages).chain(joined.before_relu.iter().zip(&whole.before_relu));
        for (own, other) in pairs {
            assert_eq!(own.dims(), other.dims());
            assert_close(&read(own.clone()).await, &read(other.clone()).await, SINGLE, &format!("{size} at once"));
        }
        assert_close(&read(joined.logits).await, &read(whole.logits.clone()).await, SINGLE, "logits");
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn stages_logits_and_grad_cam_agree_with_pytorch() {
    let device = device().await;
    let reference = Reference::load();
    let (config, weights) = (reference.config(), reference.weights());
    let network = Network::from_weights(&config, &weights, &device).expect("the weights fit");
    for look in &reference.eval {
        let trace = network.forward(sine_picture(look.shape, look.frequency, look.phase, &device));
        assert_close(&read(trace.logits.clone()).await, &look.logits.values, SINGLE, &look.name);
        for (layer, expected) in look.stages.iter().enumerate() {
            let stage = trace.stages[layer].clone();
            assert_eq!(stage.dims().to_vec(), expected.shape, "{}", look.name);
            let values = read(stage.clone()).await;
            let sums: Vec<f64> = values.chunks_exact(values.len() / 2).map(|image| image.iter().sum()).collect();
            assert_close(&sums, &expected.image_sums, SINGLE, &look.name);
            assert_close(&[values.iter().map(|v| v.abs()).sum()], &[expected.abs_sum], SINGLE, &look.name);
            let logits = network.forward_from(layer + 1, stage.clone());
            assert_close(&read(logits).await, &look.logits.values, SINGLE, &look.name);
            let classes = &look.grad_cam.classes;
            let evidence =
                ClassEvidence::gather(&config, &weights, layer + 1, &stage, classes, 2, &device).expect("fits");
            let maps = evidence.signed_maps(ClassMethod::GradCam, &[], 0).clamp_min(0.0);
            assert_close(&read(maps).await, &look.grad_cam.raw[layer].values, 5.0 * SINGLE, &look.name);
        }
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn weights_survive_the_network_and_the_file() {
    let device = device().await;
    let config = Architecture::cifar_resnet(2, 4).for_classes(5);
    let mut weights = kaiming(&config, 11, Purpose::StudentInit);
    let network = Network::from_weights(&config, &weights, &device).expect("the weights fit");
    assert!(network.to_weights(&config).await.expect("the device answers") == weights);
    assert_eq!(network.num_params(), config.tensors().iter().map(|(_, s)| s.iter().product::<usize>()).sum::<usize>());
    weights.metadata.insert("who".to_owned(), "Student".to_owned());
    let file = weights.to_safetensors(false).expect("equal lengths");
    assert!(Weights::from_bytes(&file).expect("our own file") == weights);
    let half = Weights::from_bytes(&weights.to_safetensors(true).expect("equal lengths")).expect("our own file");
    for name in weights.names() {
        let (full, half) = (weights.get(name).expect("named"), half.get(name).expect("kept"));
        assert!(full.values.iter().zip(&half.values).all(|(a, b)| (a - b).abs() <= 1e-3 * a.abs().max(1e-3)));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn first_weights_depend_on_the_seed_and_the_purpose_alone() {
    let config = Architecture::cifar_resnet(1, 4).for_classes(3);
    let draw = |seed, purpose| kaiming(&config, seed, purpose);
    assert!(draw(1, Purpose::StudentInit) == draw(1, Purpose::StudentInit));
    assert!(draw(1, Purpose::StudentInit) != draw(2, Purpose::StudentInit));
    assert!(draw(1, Purpose::StudentInit) != draw(1, Purpose::TeacherInit));
    let weights = draw(3, Purpose::StudentInit);
    let spread = &weights.get("layer3.0.conv2.weight").expect("listed").values;
    let variance = spread.iter().map(|&v| f64::from(v * v)).sum::<f64>() / spread.len() as f64;
    assert!((variance / (2.0 / 144.0) - 1.0).abs() < 0.1, "variance {variance} is not 2 / fan-in");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_mismatch_names_the_tensor_and_both_shapes() {
    let config = Architecture::cifar_resnet(1, 4).for_classes(3);
    let weights = kaiming(&config, 1, Purpose::StudentInit);
    let other = NetworkConfig { classes: 7, ..config };
    let error = Network::from_weights(&other, &weights, &device().await).expect_err("another class count");
    let Error::WeightsMismatch { misshapen, missing, unexpected, .. } = &error else { panic!("{error}") };
    assert!(missing.is_empty() && unexpected.is_empty());
    assert_eq!(misshapen[0].name, "linear.weight");
    assert_eq!((&misshapen[0].expected[..], &misshapen[0].found[..]), (&[7, 16][..], &[3, 16][..]));
    assert!(error.to_string().contains("linear.weight should be [7, 16] and is [3, 16]"), "{error}");
    let deeper = Architecture::cifar_resnet(2, 4).for_classes(3);
    let error = Network::from_weights(&deeper, &weights, &device().await).expect_err("another depth");
    assert!(error.to_string().contains("missing: layer1.1.conv1.weight"), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn unreadable_weights_are_refused_with_a_reason() {
    for bytes in [&b""[..], b"not weights at all", b"\x80\x02}q\x00.", &[8, 0, 0, 0, 0, 0, 0, 0, b'{', 0, 0, 0]] {
        assert_eq!(Weights::from_bytes(bytes).expect_err("no weights").code(), "unreadable-weights");
    }
    let config = Architecture::cifar_resnet(1, 4).for_classes(3);
    let mut file = kaiming(&config, 1, Purpose::StudentInit).to_safetensors(false).expect("equal lengths");
    let last = file.len() - 4;
    file[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert_eq!(Weights::from_bytes(&file).expect_err("a NaN").code(), "not-finite");
}

#[wasm_bindgen_test(unsupported = test)]
fn shapes_outside_the_family_are_refused_by_name() {
    let rules = [
        ("blocks", Architecture::cifar_resnet(0, 8).for_classes(2)),
        ("width", Architecture::cifar_resnet(1, 6).for_classes(2)),
        ("classes", Architecture::cifar_resnet(1, 8).for_classes(1)),
    ];
    for (field, config) in rules {
        let error = config.validate().expect_err("out of range");
        assert!(matches!(&error, Error::InvalidConfig { field: found, .. } if found == field), "{error}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_architecture_reads_and_writes_the_json_of_a_settings_file() {
    let json = r#"{"family":"cifar-resnet","blocks":1,"width":8}"#;
    let architecture: Architecture = serde_json::from_str(json).expect("as the page sends it");
    assert_eq!(architecture, Architecture::cifar_resnet(1, 8));
    assert_eq!(serde_json::to_string(&architecture).expect("plain data"), json);
    for (json, complaint) in [
        (r#"{"blocks":1,"width":8}"#, "family"),
        (r#"{"family":"transformer","blocks":1,"width":8}"#, "transformer"),
        (r#"{"family":"cifar-resnet","blocks":1,"width":8,"depth":3}"#, "depth"),
    ] {
        let error = serde_json::from_str::<Architecture>(json).expect_err("not an architecture").to_string();
        assert!(error.contains(complaint), "{error}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_shipped_weights_tell_their_shape() {
    for (role, width) in [(ShippedRole::Teacher, 16), (ShippedRole::Start, 8)] {
        let bytes = ShippedWeights::default().get(&SCENES.file(role)).expect("inside");
        let weights = Weights::from_bytes(&bytes).expect("shipped");
        assert_eq!(NetworkConfig::infer(&weights), Ok(Architecture::cifar_resnet(1, width).for_classes(6)));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn stages_are_paired_from_the_deepest() {
    let pairs = |first, second| aligned_stages(first, second).collect::<Vec<_>>();
    assert_eq!(pairs(3, 3), [(0, 0), (1, 1), (2, 2)]);
    assert_eq!(pairs(3, 5), [(0, 2), (1, 3), (2, 4)]);
    assert_eq!(pairs(5, 4), [(1, 0), (2, 1), (3, 2), (4, 3)]);
    assert_eq!([0, 1, 2, 3, 4].map(|stage| counterpart(stage, 5, 3)), [None, None, Some(0), Some(1), Some(2)]);
}
