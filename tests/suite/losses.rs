//! Every distillation loss and its gradients against PyTorch, on small odd shapes.

use std::collections::BTreeMap;

use burn::optim::{GradientsParams, SgdConfig};
use burn::tensor::{Device, Tensor};
use serde::Deserialize;
use unicam::distillation::losses::{
    Connector, ConnectorShape, attention_loss, class_attention_loss, decoupled_loss, hint_loss, negative_means,
    overhaul_loss, response_loss, softened_error_loss,
};
use unicam::models::{HostTensor, Weights};
use unicam::operations::cross_entropy::cross_entropy;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::{Array, SINGLE, assert_close, parse, read};

#[derive(Deserialize)]
struct Plain {
    value: f64,
    gradient: Array,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseCase {
    name: String,
    temperature: f64,
    labels: Vec<usize>,
    student: Array,
    teacher: Array,
    cross_entropy: Plain,
    response: Plain,
}

#[derive(Deserialize)]
struct Responses {
    cases: Vec<ResponseCase>,
}

/// What a loss is and how it falls off, leaf by leaf.
#[derive(Deserialize)]
struct Valued {
    value: f64,
    gradients: BTreeMap<String, Array>,
}

impl Valued {
    async fn check(&self, loss: &Tensor<1>, what: &str) {
        assert_close(&read(loss.clone().inner()).await, &[self.value], SINGLE, what);
    }

    async fn check_leaf<const D: usize>(&self, name: &str, gradient: Option<Tensor<D>>, what: &str) {
        let gradient = read(gradient.expect("a leaf of the loss")).await;
        assert_close(&gradient, &self.gradients[name].values, 5.0 * SINGLE, &format!("{what}: {name}"));
    }
}

#[derive(Deserialize)]
struct SoftenedCase {
    name: String,
    temperature: f64,
    student: Array,
    teacher: Array,
    #[serde(flatten)]
    expected: Valued,
}

#[derive(Deserialize)]
struct DecoupledCase {
    name: String,
    temperature: f64,
    alpha: f64,
    beta: f64,
    student: Array,
    teacher: Array,
    targets: Array,
    #[serde(flatten)]
    expected: Valued,
}

#[derive(Deserialize)]
struct Pair {
    student: Array,
    teacher: Array,
}

#[derive(Deserialize)]
struct HintCase {
    stage: usize,
    kernel: Array,
    bias: Array,
    #[serde(flatten)]
    expected: Valued,
}

#[derive(Deserialize)]
struct OverhaulConnector {
    kernel: Array,
    scale: Array,
    shift: Array,
    margins: Array,
}

#[derive(Deserialize)]
struct OverhaulCase {
    connectors: Vec<OverhaulConnector>,
    #[serde(flatten)]
    expected: Valued,
}

#[derive(Deserialize)]
struct Margins {
    feature: Array,
    margins: Array,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClassAttentionCase {
    stage: usize,
    resolution: usize,
    student_classifier: Array,
    teacher_classifier: Array,
    #[serde(flatten)]
    expected: Valued,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fixture {
    softened_error: Vec<SoftenedCase>,
    decoupled: Vec<DecoupledCase>,
    stages: Vec<Pair>,
    attention: Valued,
    hint: Vec<HintCase>,
    overhaul: OverhaulCase,
    positive_channel: Margins,
    class_attention: Vec<ClassAttentionCase>,
}

fn fixture() -> Fixture {
    parse(include_str!("../fixtures/losses.json"))
}

impl Fixture {
    /// The Student's stages as leaves, and the Teacher's.
    fn stages(&self, device: &Device) -> Vec<(Tensor<4>, Tensor<4>)> {
        self.stages
            .iter()
            .map(|pair| (pair.student.tensor(device).require_grad(), pair.teacher.tensor(device)))
            .collect()
    }
}

fn host(array: &Array) -> HostTensor {
    HostTensor { shape: array.shape.clone(), values: array.values.iter().map(|&value| value as f32).collect() }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn cross_entropy_and_response_agree_with_pytorch() {
    let tracked = device().await.autodiff();
    for case in parse::<Responses>(include_str!("../fixtures/distillation.json")).cases {
        let classes = case.student.shape[1];
        let mut targets = Array { shape: case.student.shape.clone(), values: vec![0.0; case.student.values.len()] };
        for (row, &label) in case.labels.iter().enumerate() {
            targets.values[row * classes + label] = 1.0;
        }
        let student = || case.student.tensor::<2>(&tracked).require_grad();
        let (a, b) = (student(), student());
        let (hard, _) = cross_entropy(a.clone(), targets.tensor(&tracked));
        let soft = response_loss(b.clone(), case.teacher.tensor(&tracked), case.temperature);
        for (leaf, loss, expected) in [(a, hard, &case.cross_entropy), (b, soft, &case.response)] {
            let gradient = leaf.grad(&loss.backward()).expect("a leaf of the loss");
            assert_close(&read(loss.inner()).await, &[expected.value], SINGLE, &case.name);
            assert_close(&read(gradient).await, &expected.gradient.values, 5.0 * SINGLE, &case.name);
        }
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn softened_error_agrees_with_pytorch() {
    let tracked = device().await.autodiff();
    for case in fixture().softened_error {
        let student = case.student.tensor::<2>(&tracked).require_grad();
        let loss = softened_error_loss(student.clone(), case.teacher.tensor(&tracked), case.temperature);
        case.expected.check(&loss, &case.name).await;
        case.expected.check_leaf("student", student.grad(&loss.backward()), &case.name).await;
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn decoupled_agrees_with_pytorch() {
    let tracked = device().await.autodiff();
    for case in fixture().decoupled {
        let student = case.student.tensor::<2>(&tracked).require_grad();
        let (teacher, targets) = (case.teacher.tensor(&tracked), case.targets.tensor(&tracked));
        let loss = decoupled_loss(student.clone(), teacher, targets, [case.alpha, case.beta], case.temperature);
        case.expected.check(&loss, &case.name).await;
        case.expected.check_leaf("student", student.grad(&loss.backward()), &case.name).await;
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn attention_agrees_with_pytorch() {
    let tracked = device().await.autodiff();
    let fixture = fixture();
    let stages = fixture.stages(&tracked);
    let loss = attention_loss(stages.clone());
    fixture.attention.check(&loss, "attention").await;
    let gradients = loss.backward();
    for (place, (student, _)) in stages.iter().enumerate() {
        fixture.attention.check_leaf(&format!("student{place}"), student.grad(&gradients), "attention").await;
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn attention_on_a_dead_stage_is_finite() {
    let tracked = device().await.autodiff();
    let dead = Tensor::<4>::zeros([2, 3, 4, 4], &tracked).require_grad();
    let loss = attention_loss(vec![(dead.clone(), Tensor::ones([2, 3, 4, 4], &tracked))]);
    let gradient = dead.grad(&loss.backward()).expect("a leaf of the loss");
    assert!(read(gradient).await.iter().all(|value| value.is_finite()));
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn hint_and_its_regressor_agree_with_pytorch() {
    let tracked = device().await.autodiff();
    let fixture = fixture();
    for case in &fixture.hint {
        let what = format!("hint on stage {}", case.stage);
        let (student, teacher) = fixture.stages(&tracked).swap_remove(case.stage);
        let shape = ConnectorShape { inputs: case.kernel.shape[1], outputs: case.kernel.shape[0], normalised: false };
        let weights: Weights =
            [("conv.weight".to_owned(), host(&case.kernel)), ("conv.bias".to_owned(), host(&case.bias))]
                .into_iter()
                .collect();
        let regressor = Connector::from_weights(&shape, &weights, &tracked).expect("the weights fit");
        let loss = hint_loss(student.clone(), teacher, &regressor);
        case.expected.check(&loss, &what).await;
        let mut gradients = loss.backward();
        case.expected.check_leaf("student", student.grad(&gradients), &what).await;
        let own = GradientsParams::from_module(&mut gradients, &regressor);
        let steps = [("conv.weight", "kernel"), ("conv.bias", "bias")];
        check_connector(regressor, own, &shape, &weights, &case.expected, &steps).await;
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn overhaul_and_its_connectors_agree_with_pytorch() {
    let tracked = device().await.autodiff();
    let fixture = fixture();
    let stages = fixture.stages(&tracked);
    let mut bridges = Vec::new();
    for (case, pair) in fixture.overhaul.connectors.iter().zip(&fixture.stages) {
        let shape = ConnectorShape { inputs: pair.student.shape[1], outputs: pair.teacher.shape[1], normalised: true };
        let mut tensors = vec![
            ("conv.weight".to_owned(), host(&case.kernel)),
            ("norm.weight".to_owned(), host(&case.scale)),
            ("norm.bias".to_owned(), host(&case.shift)),
        ];
        let first = shape.first_weights(3, 0);
        tensors.extend(
            ["norm.running_mean", "norm.running_var"]
                .map(|name| (name.to_owned(), first.get(name).expect("listed").clone())),
        );
        let weights: Weights = tensors.into_iter().collect();
        let connector = Connector::from_weights(&shape, &weights, &tracked).expect("the weights fit");
        let margins = negative_means(pair.teacher.tensor(&tracked));
        assert_close(&read(margins.clone().inner()).await, &case.margins.values, SINGLE, "margins");
        bridges.push((shape, weights, connector, margins));
    }
    let quartets = stages
        .iter()
        .zip(&bridges)
        .map(|((student, teacher), (_, _, connector, margins))| {
            (student.clone(), teacher.clone(), margins.clone(), connector)
        })
        .collect();
    let loss = overhaul_loss(quartets);
    let expected = &fixture.overhaul.expected;
    expected.check(&loss, "overhaul").await;
    let mut gradients = loss.backward();
    for (place, (student, _)) in stages.iter().enumerate() {
        expected.check_leaf(&format!("student{place}"), student.grad(&gradients), "overhaul").await;
    }
    for (place, (shape, weights, connector, _)) in bridges.into_iter().enumerate() {
        let own = GradientsParams::from_module(&mut gradients, &connector);
        let names = ["kernel", "scale", "shift"].map(|name| format!("{name}{place}"));
        let steps = [("conv.weight", &*names[0]), ("norm.weight", &*names[1]), ("norm.bias", &*names[2])];
        check_connector(connector, own, &shape, &weights, expected, &steps).await;
    }
}

/// One plain step of rate 1 moves every parameter by its gradient.
async fn check_connector(
    connector: Connector,
    gradients: GradientsParams,
    shape: &ConnectorShape,
    before: &Weights,
    expected: &Valued,
    names: &[(&str, &str)],
) {
    let after = SgdConfig::new().init().step(1.0, connector, gradients).to_weights(shape).await.expect("readable");
    for (name, leaf) in names {
        let values = |weights: &Weights| weights.get(name).expect("listed").values.clone();
        let moved: Vec<f64> =
            values(before).iter().zip(values(&after)).map(|(a, b)| f64::from(*a) - f64::from(b)).collect();
        assert_close(&moved, &expected.gradients[*leaf].values, 5.0 * SINGLE, &format!("{name} as {leaf}"));
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_channel_without_negative_values_has_no_margin() {
    let case = fixture().positive_channel;
    let margins = read(negative_means(case.feature.tensor(&device().await))).await;
    assert_close(&margins, &case.margins.values, SINGLE, "margins");
    assert!(margins[0] == 0.0 && margins[1] < 0.0, "{margins:?}");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn class_attention_agrees_with_pytorch() {
    let tracked = device().await.autodiff();
    let fixture = fixture();
    for case in &fixture.class_attention {
        let what = format!("class attention on stage {}", case.stage);
        let (student, teacher) = fixture.stages(&tracked).swap_remove(case.stage);
        let classifier = case.student_classifier.tensor::<2>(&tracked).require_grad();
        let guide = (teacher, case.teacher_classifier.tensor(&tracked));
        let loss = class_attention_loss((student.clone(), classifier.clone()), guide, case.resolution);
        case.expected.check(&loss, &what).await;
        let gradients = loss.backward();
        case.expected.check_leaf("student", student.grad(&gradients), &what).await;
        case.expected.check_leaf("classifier", classifier.grad(&gradients), &what).await;
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_connector_starts_from_its_seed_and_comes_back_as_it_was() {
    let device = device().await;
    let shape = ConnectorShape { inputs: 3, outputs: 5, normalised: true };
    let weights = shape.first_weights(4, 1);
    assert!(weights == shape.first_weights(4, 1));
    assert!(weights != shape.first_weights(5, 1) && weights != shape.first_weights(4, 2));
    let connector = Connector::from_weights(&shape, &weights, &device.autodiff()).expect("the weights fit");
    assert!(connector.to_weights(&shape).await.expect("readable") == weights);
    let other = ConnectorShape { normalised: false, ..shape };
    assert_eq!(other.first_weights(4, 1).names().collect::<Vec<_>>(), ["conv.bias", "conv.weight"]);
}
