//! How a gradient becomes a step.

use burn::module::{Module, ModuleMapper, Param};
use burn::optim::{AdamW, AdamWConfig, AdamWState, AdaptiveMomentumState, GradientsParams, Optimizer};
use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The update rule with its settings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Algorithm {
    /// Stochastic gradient descent as in PyTorch: the decay joins the gradient, the momentum has no dampening.
    Sgd {
        /// Momentum, 0 up to but not including 1.
        momentum: f64,
        /// Weight decay, 0 to 1, on every trained number.
        weight_decay: f64,
        /// Whether the step looks ahead (Nesterov); needs momentum.
        nesterov: bool,
    },
    /// Adam with decoupled weight decay (Loshchilov, Hutter, ICLR 2019), Burn's.
    #[serde(rename = "adamw")]
    AdamW {
        /// Decay of the mean of the gradients, 0 up to but not including 1; 0.9 is usual.
        beta1: f64,
        /// Decay of the mean of their squares, 0 up to but not including 1; 0.999 is usual.
        beta2: f64,
        /// Added to the root of that mean, above 0 and at most 1; 1e-8 is usual.
        epsilon: f64,
        /// Weight decay, 0 to 1, on every trained number, times the learning rate.
        weight_decay: f64,
    },
}

impl Algorithm {
    /// Checks every rule.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field.
    pub fn validate(&self) -> Result<()> {
        let below_one = |field: &str, value: f64| {
            if (0.0..1.0).contains(&value) {
                return Ok(());
            }
            Err(Error::config(field, format!("must be at least 0 and below 1, is {value}")))
        };
        let (Self::Sgd { weight_decay, .. } | Self::AdamW { weight_decay, .. }) = *self;
        if !(0.0..=1.0).contains(&weight_decay) {
            return Err(Error::config("weightDecay", format!("must lie between 0 and 1, is {weight_decay}")));
        }
        match *self {
            Self::Sgd { momentum, nesterov, .. } => {
                below_one("momentum", momentum)?;
                if nesterov && momentum == 0.0 {
                    return Err(Error::config("nesterov", "needs a momentum above 0"));
                }
            }
            Self::AdamW { beta1, beta2, epsilon, .. } => {
                below_one("beta1", beta1)?;
                below_one("beta2", beta2)?;
                if !(epsilon > 0.0 && epsilon <= 1.0) {
                    return Err(Error::config("epsilon", format!("must be above 0 and at most 1, is {epsilon}")));
                }
            }
        }
        Ok(())
    }
}

/// What the rule remembers of one parameter: for SGD the velocity, for AdamW both means.
#[derive(Debug, Clone, PartialEq)]
pub struct HostMoments {
    /// Steps that this parameter has seen.
    pub time: usize,
    /// Flat, row-major, one list a moment.
    pub values: Vec<Vec<f32>>,
}

#[derive(Debug, Clone)]
struct Moments {
    time: usize,
    values: Vec<Tensor<1>>,
}

/// An update rule under way.
///
/// Burn's own `ModuleOptimizer` keys its state by identifiers that are drawn anew for every network and writes it only
/// with blocking reads, which a browser forbids; here it lies in the order of the parameters.
pub struct Optimiser {
    algorithm: Algorithm,
    moments: Vec<Option<Moments>>,
}

impl Optimiser {
    /// A rule that has seen nothing yet.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self { algorithm, moments: Vec::new() }
    }

    /// A rule that goes on from the state of another one, as [`state`](Self::state) gave it.
    #[must_use]
    pub fn with_state(algorithm: Algorithm, state: Vec<Option<HostMoments>>, device: &Device) -> Self {
        let lift = |values: Vec<f32>| {
            let count = values.len();
            Tensor::from_data(TensorData::new(values, [count]), device)
        };
        let moments = state
            .into_iter()
            .map(|slot| {
                slot.map(|host| Moments { time: host.time, values: host.values.into_iter().map(lift).collect() })
            })
            .collect();
        Self { algorithm, moments }
    }

    /// The module after one step at `rate`. Parameters without a gradient stay as they are.
    pub fn step<M: Module>(&mut self, rate: f64, module: M, gradients: GradientsParams) -> M {
        let rule = Rule::new(self.algorithm);
        module.map(&mut Update { rule, rate, gradients, moments: &mut self.moments, place: 0 })
    }

    /// Moments of every parameter in order, as `(time, tensors)`; nothing for parameters that never had a gradient.
    #[must_use]
    pub fn state(&self) -> Vec<Option<(usize, Vec<Tensor<1>>)>> {
        self.moments.iter().map(|slot| slot.as_ref().map(|moments| (moments.time, moments.values.clone()))).collect()
    }
}

enum Rule {
    Sgd { momentum: f32, weight_decay: f32, nesterov: bool },
    AdamW(AdamW),
}

impl Rule {
    fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sgd { momentum, weight_decay, nesterov } => {
                Self::Sgd { momentum: momentum as f32, weight_decay: weight_decay as f32, nesterov }
            }
            Algorithm::AdamW { beta1, beta2, epsilon, weight_decay } => Self::AdamW(
                AdamWConfig::new()
                    .with_beta_1(beta1 as f32)
                    .with_beta_2(beta2 as f32)
                    .with_epsilon(epsilon as f32)
                    .with_weight_decay(weight_decay as f32)
                    .build(),
            ),
        }
    }

    fn apply<const D: usize>(
        &self,
        rate: f64,
        value: Tensor<D>,
        gradient: Tensor<D>,
        former: Option<Moments>,
    ) -> (Tensor<D>, Moments) {
        let shape = value.dims();
        match self {
            Self::Sgd { momentum, weight_decay, nesterov } => {
                let gradient = value.clone().mul_scalar(*weight_decay).add(gradient);
                let time = former.as_ref().map_or(0, |moments| moments.time) + 1;
                let velocity = match former.and_then(|mut moments| moments.values.pop()) {
                    Some(velocity) => gradient.clone().add(velocity.reshape(shape).mul_scalar(*momentum)),
                    None => gradient.clone(),
                };
                let direction =
                    if *nesterov { velocity.clone().mul_scalar(*momentum).add(gradient) } else { velocity.clone() };
                (value - direction.mul_scalar(rate), Moments { time, values: vec![flat(velocity)] })
            }
            Self::AdamW(rule) => {
                let former = former.map(|moments| {
                    let [first, second] = <[Tensor<1>; 2]>::try_from(moments.values).expect("AdamW keeps two moments");
                    AdamWState::new(AdaptiveMomentumState {
                        time: moments.time,
                        moment_1: first.reshape(shape),
                        moment_2: second.reshape(shape),
                        max_moment_2: None,
                    })
                });
                let (value, state) = rule.step(rate, value, gradient, former);
                let state = state.expect("AdamW always keeps its moments").momentum;
                let values = vec![flat(state.moment_1), flat(state.moment_2)];
                (value, Moments { time: state.time, values })
            }
        }
    }
}

fn flat<const D: usize>(tensor: Tensor<D>) -> Tensor<1> {
    let count = tensor.shape().num_elements();
    tensor.reshape([count])
}

/// One pass over the parameters of a module.
struct Update<'a> {
    rule: Rule,
    rate: f64,
    gradients: GradientsParams,
    moments: &'a mut Vec<Option<Moments>>,
    place: usize,
}

impl ModuleMapper for Update<'_> {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let place = self.place;
        self.place += 1;
        if self.moments.len() <= place {
            self.moments.push(None);
        }
        let (id, value, mapper) = parameter.consume();
        // Running statistics pass by here too: they have no gradient.
        let Some(gradient) = self.gradients.remove::<D>(id) else {
            return Param::from_mapped_value(id, value, mapper);
        };
        let trained = value.is_require_grad();
        let (value, moments) = self.rule.apply(self.rate, value.inner(), gradient, self.moments[place].take());
        self.moments[place] = Some(moments);
        let value = Tensor::from_inner(value);
        Param::from_mapped_value(id, if trained { value.require_grad() } else { value }, mapper)
    }
}
