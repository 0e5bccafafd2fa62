//! Update rules and schedules against PyTorch, step by step.

use burn::optim::GradientsParams;
use serde::Deserialize;
use unicam::distillation::losses::{Connector, ConnectorShape, hint_loss};
use unicam::distillation::{Algorithm, HostMoments, Optimiser, OptimiserConfig, Schedule};
use unicam::models::{HostTensor, Weights};
use unicam::session::Defaults;
use unicam::tensors::readback::read_all;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::{Array, SINGLE, assert_close, parse};

#[derive(Deserialize)]
struct Run {
    algorithm: Algorithm,
    schedule: Schedule,
    rates: Vec<f64>,
    kernels: Vec<Array>,
    biases: Vec<Array>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fixture {
    steps: usize,
    learning_rate: f64,
    kernel: Array,
    bias: Array,
    inputs: Vec<Array>,
    wanted: Vec<Array>,
    runs: Vec<Run>,
}

const SHAPE: ConnectorShape = ConnectorShape { inputs: 3, outputs: 2, normalised: false };

fn fixture() -> Fixture {
    parse(include_str!("../fixtures/optimisers.json"))
}

impl Fixture {
    fn recipe(&self, run: &Run) -> OptimiserConfig {
        OptimiserConfig {
            steps: self.steps,
            learning_rate: self.learning_rate,
            algorithm: run.algorithm,
            schedule: run.schedule.clone(),
            ..Defaults::default().distillation.optimiser
        }
    }

    fn start(&self) -> Weights {
        let host = |array: &Array| HostTensor {
            shape: array.shape.clone(),
            values: array.values.iter().map(|&value| value as f32).collect(),
        };
        [("conv.weight".to_owned(), host(&self.kernel)), ("conv.bias".to_owned(), host(&self.bias))]
            .into_iter()
            .collect()
    }
}

fn values(weights: &Weights, name: &str) -> Vec<f64> {
    weights.get(name).expect("listed").values.iter().map(|&value| f64::from(value)).collect()
}

/// Moments on the host, as a checkpoint keeps them.
async fn moments(rule: &Optimiser) -> Vec<Option<HostMoments>> {
    let mut kept = Vec::new();
    for slot in rule.state() {
        kept.push(match slot {
            Some((time, tensors)) => {
                Some(HostMoments { time, values: read_all(tensors).await.expect("the device answers") })
            }
            None => None,
        });
    }
    kept
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn sgd_and_adamw_agree_with_pytorch_along_both_schedules() {
    let device = device().await;
    let tracked = device.clone().autodiff();
    let fixture = fixture();
    for run in &fixture.runs {
        let recipe = fixture.recipe(run);
        assert_eq!(recipe.validate(), Ok(()));
        let mut module = Connector::from_weights(&SHAPE, &fixture.start(), &tracked).expect("the weights fit");
        let mut rule = Optimiser::new(run.algorithm);
        for step in 0..fixture.steps {
            let what = format!("{:?} along {:?}, step {step}", run.algorithm, run.schedule);
            let rate = recipe.rate_after(step);
            assert!((rate - run.rates[step]).abs() < 1e-9, "{what}: rate {rate} instead of {}", run.rates[step]);
            let (input, wanted) =
                (fixture.inputs[step % 2].tensor(&tracked), fixture.wanted[step % 2].tensor(&tracked));
            let gradients = GradientsParams::from_grads(hint_loss(input, wanted, &module).backward(), &module);
            // Halfway the rule is taken down and set up again from what a checkpoint would keep.
            if step == fixture.steps / 2 {
                rule = Optimiser::with_state(run.algorithm, moments(&rule).await, &device);
            }
            module = rule.step(rate, module, gradients);
            let weights = module.to_weights(&SHAPE).await.expect("readable");
            assert_close(&values(&weights, "conv.weight"), &run.kernels[step].values, 5.0 * SINGLE, &what);
            assert_close(&values(&weights, "conv.bias"), &run.biases[step].values, 5.0 * SINGLE, &what);
        }
    }
}
