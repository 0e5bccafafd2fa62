//! Every family of networks against PyTorch and torchvision.

use burn::tensor::{Device, Tensor, TensorData};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use unicam::Error;
use unicam::attribution::{ClassEvidence, ClassMethod};
use unicam::models::{
    Architecture, HostTensor, Network, NetworkConfig, ResNetConfig, TinyCnnConfig, VggConfig, Weights, kaiming,
};
use unicam::seed::Purpose;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::{Array, SINGLE, assert_close, parse, read};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stage {
    shape: Vec<usize>,
    image_sums: Vec<f64>,
    head: Vec<f64>,
}

#[derive(Deserialize)]
struct Map {
    sums: Vec<f64>,
    head: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Case {
    pub name: String,
    architecture: Architecture,
    classes: usize,
    pictures: [usize; 4],
    browser: bool,
    parameters: usize,
    tensors: usize,
    digest: String,
    logits: Array,
    stages: Vec<Stage>,
    grad_cam: Vec<Map>,
}

#[derive(Deserialize)]
struct Known {
    name: String,
    architecture: Architecture,
    parameters: usize,
    digest: String,
}

#[derive(Deserialize)]
pub struct Reference {
    pub cases: Vec<Case>,
    torchvision: Vec<Known>,
}

impl Reference {
    pub fn load() -> Self {
        parse(include_str!("../fixtures/families.json"))
    }
}

impl Case {
    pub fn config(&self) -> NetworkConfig {
        self.architecture.for_classes(self.classes)
    }

    pub fn weights(&self) -> Weights {
        formula_weights(&self.config())
    }

    pub fn pictures(&self, device: &Device) -> Tensor<4> {
        let count = self.pictures.iter().product();
        let values: Vec<f32> = noise(100_000, count).map(|u| (1.5 * u) as f32).collect();
        Tensor::from_data(TensorData::new(values, self.pictures), device)
    }
}

/// The weights of `tests/reference/families.py`.
pub fn formula_weights(config: &NetworkConfig) -> Weights {
    let tensor = |(place, (name, shape)): (usize, (String, Vec<usize>))| {
        let fan_in: usize = shape[1..].iter().product();
        let field = name.rsplit('.').next().expect("every name has a field").to_owned();
        let value = |u: f64| match field.as_str() {
            _ if shape.len() > 1 => u * (6.0 / fan_in as f64).sqrt(),
            "weight" if name.contains(".bn") => 0.6 + 0.1 * u,
            "weight" => 1.0 + 0.2 * u,
            "running_var" => 1.0 + 0.25 * u.abs(),
            _ => 0.1 * u,
        };
        let values = noise(place as u64, shape.iter().product()).map(|u| value(u) as f32).collect();
        (name, HostTensor { shape, values })
    };
    config.tensors().into_iter().enumerate().map(tensor).collect()
}

/// The numbers of `noise` in `tests/reference/families.py`.
fn noise(place: u64, count: usize) -> impl Iterator<Item = f64> {
    const MASK: u64 = 0xFFFF_FFFF;
    (0..count as u64).map(move |index| {
        let mut hash = (index * 2_654_435_761 + (place + 1) * 40_503) & MASK;
        for (shift, factor) in [(16, 0x85EB_CA6B), (13, 0xC2B2_AE35)] {
            hash ^= hash >> shift;
            hash = (hash * factor) & MASK;
        }
        hash ^= hash >> 16;
        hash as f64 / f64::from(1u32 << 31) - 1.0
    })
}

fn digest(config: &NetworkConfig) -> String {
    let mut digest = Sha256::new();
    for (name, shape) in config.tensors() {
        let extents: Vec<String> = shape.iter().map(ToString::to_string).collect();
        digest.update(format!("{name} {}\n", extents.join("x")));
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn stages_logits_and_gradients_of_every_family_agree_with_pytorch() {
    let device = device().await;
    let cases = Reference::load().cases;
    for case in cases.iter().filter(|case| case.browser || cfg!(not(target_arch = "wasm32"))) {
        let (config, weights, name) = (case.config(), case.weights(), &case.name);
        assert_eq!((config.parameters(), config.tensors().len()), (case.parameters, case.tensors), "{name}");
        assert_eq!(digest(&config), case.digest, "{name}");
        assert_eq!(NetworkConfig::infer(&weights), Ok(config), "{name}");
        let network = Network::from_weights(&config, &weights, &device).expect("the weights fit");
        let trace = network.forward(case.pictures(&device));
        assert_close(&read(trace.logits).await, &case.logits.values, SINGLE, name);
        assert_eq!((trace.stages.len(), config.layers().len()), (case.stages.len(), case.stages.len()), "{name}");
        for (index, (stage, expected)) in trace.stages.iter().zip(&case.stages).enumerate() {
            let what = format!("{name}, layer{}", index + 1);
            assert_eq!(stage.dims().to_vec(), expected.shape, "{what}");
            let values = read(stage.clone()).await;
            let sums: Vec<f64> =
                values.chunks_exact(values.len() / expected.shape[0]).map(|image| image.iter().sum()).collect();
            assert_close(&sums, &expected.image_sums, SINGLE, &what);
            assert_close(&values[..4], &expected.head, SINGLE, &what);
            let logits = read(network.forward_from(index + 1, stage.clone())).await;
            assert_close(&logits, &case.logits.values, SINGLE, &what);
            let first_class = vec![0; case.pictures[0]];
            let evidence =
                ClassEvidence::gather(&config, &weights, index + 1, stage, &first_class, 1, &device).expect("fits");
            let maps = evidence.signed_maps(ClassMethod::GradCam, &[], 0).clamp_min(0.0);
            let maps = read(maps).await;
            let sums: Vec<f64> = maps.chunks_exact(maps.len() / case.pictures[0]).map(|map| map.iter().sum()).collect();
            assert_close(&sums, &case.grad_cam[index].sums, 5.0 * SINGLE, &what);
            assert_close(&maps[..4], &case.grad_cam[index].head, 5.0 * SINGLE, &what);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn torchvisions_networks_have_its_names_shapes_and_sizes() {
    for known in Reference::load().torchvision {
        let config = known.architecture.for_classes(1000);
        assert_eq!(config.parameters(), known.parameters, "{}", known.name);
        assert_eq!(digest(&config), known.digest, "{}", known.name);
        // Shapes are enough to tell a network by.
        let shapes = |(name, shape)| (name, HostTensor { shape, values: Vec::new() });
        let weights: Weights = config.tensors().into_iter().map(shapes).collect();
        assert_eq!(NetworkConfig::infer(&weights), Ok(config), "{}", known.name);
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn weights_of_every_family_survive_the_network() {
    let device = device().await;
    for case in Reference::load().cases.iter().filter(|case| case.browser || cfg!(not(target_arch = "wasm32"))) {
        let weights = case.weights();
        let network = Network::from_weights(&case.config(), &weights, &device).expect("the weights fit");
        let back = network.to_weights(&case.config()).await.expect("the device answers");
        assert!(back == weights, "{}: what went in comes out", case.name);
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn first_weights_carry_signals_through_every_family() {
    let device = device().await;
    for case in Reference::load().cases.iter().filter(|case| case.browser || cfg!(not(target_arch = "wasm32"))) {
        let config = case.config();
        let weights = kaiming(&config, 5, Purpose::StudentInit);
        assert_eq!(NetworkConfig::infer(&weights), Ok(config), "{}", case.name);
        let network = Network::from_weights(&config, &weights, &device).expect("the weights fit");
        let trace = network.forward(case.pictures(&device));
        for stage in trace.stages {
            let values = read(stage).await;
            let size = (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt();
            // A residual sum doubles in variance with each block while nothing is normalised yet: 2^54 for ResNet-110.
            assert!((0.05..1e9).contains(&size), "{}: a stage of size {size}", case.name);
        }
        let logits = read(trace.logits).await;
        assert!(logits.iter().any(|logit| logit.abs() > 1e-3), "{}: {logits:?}", case.name);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_custom_of_each_family_shapes_its_first_classifier() {
    let deviation = |architecture: Architecture, name: &str| {
        let weights = kaiming(&architecture.for_classes(40), 3, Purpose::TeacherInit);
        let values = &weights.get(name).expect("listed").values;
        (values.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
    };
    let resnet = Architecture::ResNet(ResNetConfig { depth: 18, width: 8, small_stem: false });
    let vgg = Architecture::Vgg(VggConfig { depth: 11, batch_norm: true, width: 4 });
    let tiny = Architecture::TinyCnn(TinyCnnConfig { width: 16 });
    for (name, found, expected) in [
        ("fc of a ResNet", deviation(resnet, "fc.weight"), (1.0f64 / (3.0 * 64.0)).sqrt()),
        ("stem of a ResNet", deviation(resnet, "conv1.weight"), (2.0f64 / 147.0).sqrt()),
        ("output of a VGG", deviation(vgg, "classifier.6.weight"), 0.01),
        ("hidden layer of a VGG", deviation(vgg, "classifier.0.weight"), (2.0f64 / 1568.0).sqrt()),
        ("fc of a tiny CNN", deviation(tiny, "fc.weight"), (2.0f64 / 64.0).sqrt()),
    ] {
        assert!((found / expected - 1.0).abs() < 0.06, "{name}: {found} instead of {expected}");
    }
    let weights = kaiming(&vgg.for_classes(2), 3, Purpose::TeacherInit);
    for (name, value) in [("features.1.weight", 1.0), ("features.1.running_var", 1.0), ("features.0.bias", 0.0)] {
        assert!(weights.get(name).expect("listed").values.iter().all(|&found| found == value), "{name}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_that_nearly_fits_is_told_what_differs_by_name() {
    let resnet = Architecture::ResNet(ResNetConfig { depth: 18, width: 4, small_stem: false }).for_classes(3);
    let complete = kaiming(&resnet, 1, Purpose::TeacherInit);
    let without = |gone: &str| -> Weights {
        let kept = complete.names().filter(|name| *name != gone);
        kept.map(|name| (name.to_owned(), complete.get(name).expect("named").clone())).collect()
    };
    let mismatch = |weights: &Weights| match NetworkConfig::infer(weights).expect_err("something differs") {
        Error::WeightsMismatch { network, missing, unexpected, misshapen } => (network, missing, unexpected, misshapen),
        error => panic!("{error}"),
    };
    let (network, missing, unexpected, misshapen) = mismatch(&without("layer3.1.bn2.running_mean"));
    assert_eq!((network.as_str(), &missing[..]), ("ResNet-18, width 4", &["layer3.1.bn2.running_mean".to_owned()][..]));
    assert!(unexpected.is_empty() && misshapen.is_empty());
    let (_, missing, ..) = mismatch(&without("fc.weight"));
    assert!(missing.contains(&"fc.weight".to_owned()), "{missing:?}");

    let tensor = |shape: &[usize]| HostTensor { shape: shape.to_vec(), values: vec![0.0; shape.iter().product()] };
    let with = |name: &str, shape: &[usize]| -> Weights {
        let kept = without(name);
        let kept = kept.names().map(|name| (name.to_owned(), kept.get(name).expect("named").clone()));
        kept.chain([(name.to_owned(), tensor(shape))]).collect()
    };
    let (_, missing, unexpected, _) = mismatch(&with("ema.decay", &[1]));
    assert_eq!((missing.len(), &unexpected[..]), (0, &["ema.decay".to_owned()][..]));
    let (.., misshapen) = mismatch(&with("layer2.0.downsample.0.weight", &[8, 4, 3, 3]));
    assert_eq!((&misshapen[0].expected[..], &misshapen[0].found[..]), (&[8, 4, 1, 1][..], &[8, 4, 3, 3][..]));

    let stranger: Weights = [("encoder.weight".to_owned(), tensor(&[2, 2]))].into_iter().collect();
    let error = NetworkConfig::infer(&stranger).expect_err("no family has it");
    assert!(error.to_string().contains("any network known here"), "{error}");
    assert!(error.to_string().contains("unknown: encoder.weight"), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn architectures_of_every_family_read_from_json_and_keep_their_rules() {
    let read = |json: &str| serde_json::from_str::<Architecture>(json);
    for (json, expected, name) in [
        (
            r#"{"family":"resnet","depth":18}"#,
            Architecture::ResNet(ResNetConfig { depth: 18, width: 64, small_stem: false }),
            "ResNet-18",
        ),
        (
            r#"{"family":"vgg","depth":16,"batchNorm":true,"width":8}"#,
            Architecture::Vgg(VggConfig { depth: 16, batch_norm: true, width: 8 }),
            "VGG-16 with batch normalisation, width 8",
        ),
        (r#"{"family":"tiny-cnn"}"#, Architecture::TinyCnn(TinyCnnConfig { width: 16 }), "Tiny CNN"),
    ] {
        let architecture = read(json).expect("a known family");
        assert_eq!((architecture, architecture.name().as_str()), (expected, name));
        assert_eq!(read(&serde_json::to_string(&architecture).expect("plain data")).expect("our own"), architecture);
    }
    for (field, json) in [
        ("depth", r#"{"family":"resnet","depth":20}"#),
        ("depth", r#"{"family":"vgg","depth":12,"batchNorm":false}"#),
        ("width", r#"{"family":"tiny-cnn","width":2}"#),
        ("width", r#"{"family":"vgg","depth":11,"batchNorm":false,"width":30}"#),
    ] {
        let error = read(json).expect("well formed").validate().expect_err("out of range");
        assert!(matches!(&error, Error::InvalidConfig { field: found, .. } if found == field), "{json}: {error}");
    }
    let vgg = read(r#"{"family":"vgg","depth":11,"batchNorm":false}"#).expect("well formed");
    assert_eq!(vgg.check_pictures(32, 40), Ok(()));
    let error = vgg.check_pictures(64, 31).expect_err("a stage would be empty").to_string();
    assert!(error.contains("at least 32 pixels a side for VGG-11, is 31"), "{error}");
    let tiny = read(r#"{"family":"tiny-cnn"}"#).expect("well formed");
    assert!(tiny.for_classes(10).parameters() < 30_000, "small enough for a phone");
}
