//! How a gradient becomes a step: once for a network, over all of its numbers in one flat tensor.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::optim::{AdamW, AdamWConfig, AdamWState, AdaptiveMomentumState, GradientsParams, Optimizer};
use burn::tensor::{Device, Tensor, TensorData};

use super::Algorithm;
use crate::operations::descent::{Descent, descend};
use crate::operations::flat::Layout;

/// What the rule remembers of one parameter: for SGD the velocity, for AdamW both means.
#[derive(Debug, Clone, PartialEq)]
pub struct HostMoments {
    /// Steps that this parameter has seen.
    pub time: usize,
    /// Flat, row-major, one list a moment.
    pub values: Vec<Vec<f32>>,
}

impl HostMoments {
    /// Why these cannot be what a rule remembers of the parameters of `module`, in their order, after `steps` steps;
    /// nothing where they can.
    pub(super) fn contradiction<M: Module>(
        state: &[Option<Self>],
        module: &M,
        algorithm: Algorithm,
        steps: usize,
    ) -> Option<&'static str> {
        let mut counts = Counts(Vec::new());
        module.visit(&mut counts);
        let Counts(counts) = counts;
        let moments = match algorithm {
            Algorithm::Sgd { .. } => 1,
            Algorithm::AdamW { .. } => 2,
        };
        let kept = || state.iter().zip(&counts).filter_map(|(slot, count)| Some((slot.as_ref()?, *count)));
        if state.len() > counts.len() {
            Some("it remembers more parameters than the network has")
        } else if kept().any(|(own, _)| own.values.len() != moments) {
            Some("it remembers a parameter as another optimiser does")
        } else if kept().any(|(own, count)| own.values.iter().any(|values| values.len() != count)) {
            Some("it remembers a parameter of another shape")
        } else if kept().any(|(own, _)| own.time == 0 || own.time > steps) {
            Some("it remembers steps that were not made")
        } else {
            None
        }
    }
}

/// How many numbers each parameter of a module has.
struct Counts(Vec<usize>);

impl ModuleVisitor for Counts {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        self.0.push(parameter.val().shape().num_elements());
    }
}

/// What the rule remembers of one parameter, on the device.
#[derive(Debug, Clone)]
struct Moments {
    time: usize,
    values: Vec<Tensor<1>>,
}

/// The parameters that take part, with all that the rule works on, laid out alike.
struct Flat {
    /// Identifier and place among all parameters of the module, of each part.
    parts: Vec<(ParamId, usize)>,
    layout: Layout,
    values: Tensor<1>,
    time: usize,
    moments: Vec<Tensor<1>>,
}

/// An update rule under way.
///
/// Burn's own `ModuleOptimizer` goes from parameter to parameter, keys its state by identifiers that are drawn anew for
/// every network and writes it only with blocking reads, which a browser forbids; here it lies in the order of the
/// parameters, and all of them move at once.
pub struct Optimiser {
    algorithm: Algorithm,
    /// By the place of the parameter; what is laid out in `flat` is taken out.
    waiting: Vec<Option<Moments>>,
    flat: Option<Flat>,
}

impl Optimiser {
    /// A rule that has seen nothing yet.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self { algorithm, waiting: Vec::new(), flat: None }
    }

    /// A rule that goes on from the state of another one, as [`state`](Self::state) gave it.
    #[must_use]
    pub fn with_state(algorithm: Algorithm, state: Vec<Option<HostMoments>>, device: &Device) -> Self {
        let lift = |values: Vec<f32>| {
            let count = values.len();
            Tensor::from_data(TensorData::new(values, [count]), device)
        };
        let lifted =
            |host: HostMoments| Moments { time: host.time, values: host.values.into_iter().map(lift).collect() };
        let waiting = state.into_iter().map(|slot| slot.map(lifted)).collect();
        Self { algorithm, waiting, flat: None }
    }

    /// The module after one step at `rate`. Parameters without a gradient stay as they are.
    ///
    /// A module that goes in must be what came out of the last step, or one whose parameters have identifiers of their
    /// own.
    pub fn step<M: Module>(&mut self, rate: f64, module: M, gradients: GradientsParams) -> M {
        let mut gathered = Gathered { gradients, parts: Vec::new(), of: Vec::new(), values: Vec::new(), place: 0 };
        module.visit(&mut gathered);
        if gathered.parts.is_empty() {
            return module;
        }
        let mut flat = self.laid_out(gathered.parts, gathered.values);
        let gradient = flat.layout.join(gathered.of);
        let rule = Rule::new(self.algorithm);
        (flat.values, flat.moments) = rule.apply(rate, flat.values, gradient, flat.time, flat.moments);
        flat.time += 1;
        let module = module.map(&mut Scattered { flat: &flat, part: 0 });
        self.flat = Some(flat);
        module
    }

    /// Moments of every parameter in order, as `(time, tensors)`; nothing for parameters that never had a gradient.
    #[must_use]
    pub fn state(&self) -> Vec<Option<(usize, Vec<Tensor<1>>)>> {
        let mut slots: Vec<Option<(usize, Vec<Tensor<1>>)>> =
            self.waiting.iter().map(|slot| slot.as_ref().map(|own| (own.time, own.values.clone()))).collect();
        for (place, moments) in self.flat.iter().flat_map(Flat::moments) {
            if slots.len() <= place {
                slots.resize(place + 1, None);
            }
            slots[place] = Some((moments.time, moments.values));
        }
        slots
    }

    /// The parameters that have a gradient now, laid out; as they are from the last step if they are the same.
    fn laid_out(&mut self, parts: Vec<(ParamId, usize)>, values: Vec<Tensor<1>>) -> Flat {
        let former = self.flat.take();
        if let Some(flat) = former {
            if flat.parts == parts {
                return flat;
            }
            for (place, moments) in flat.moments() {
                if self.waiting.len() <= place {
                    self.waiting.resize(place + 1, None);
                }
                self.waiting[place] = Some(moments);
            }
        }
        let layout = Layout::aligned(values.iter().map(|values| values.dims()[0]));
        let mut own: Vec<Option<Moments>> =
            parts.iter().map(|(_, place)| self.waiting.get_mut(*place).and_then(Option::take)).collect();
        let count = own.iter().flatten().map(|moments| moments.values.len()).max().unwrap_or(0);
        let time = own.iter().flatten().map(|moments| moments.time).max().unwrap_or(0);
        let row = |moment: usize| {
            let of = |(own, values): (&mut Option<Moments>, &Tensor<1>)| match own {
                Some(own) => own.values[moment].clone(),
                // What starts later has moments of zero.
                None => values.zeros_like(),
            };
            layout.join(own.iter_mut().zip(&values).map(of).collect())
        };
        let moments = (0..count).map(row).collect();
        Flat { values: layout.join(values), parts, layout, time, moments }
    }
}

impl Flat {
    /// Place and moments of each part.
    fn moments(&self) -> impl Iterator<Item = (usize, Moments)> + '_ {
        self.parts.iter().enumerate().map(|(part, (_, place))| {
            let values = self.moments.iter().map(|moment| self.layout.part(moment, part)).collect();
            (*place, Moments { time: self.time, values })
        })
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

    /// Values and moments after a step; `moments` are empty before the first one.
    fn apply(
        &self,
        rate: f64,
        value: Tensor<1>,
        gradient: Tensor<1>,
        time: usize,
        mut moments: Vec<Tensor<1>>,
    ) -> (Tensor<1>, Vec<Tensor<1>>) {
        match self {
            Self::Sgd { momentum, weight_decay, nesterov } => {
                let velocity = moments.pop().unwrap_or_else(|| value.zeros_like());
                let step =
                    Descent { rate: rate as f32, momentum: *momentum, decay: *weight_decay, nesterov: *nesterov };
                let (value, velocity) = descend(value, gradient, velocity, step);
                (value, vec![velocity])
            }
            Self::AdamW(rule) => {
                let former = <[Tensor<1>; 2]>::try_from(moments).ok().map(|[moment_1, moment_2]| {
                    AdamWState::new(AdaptiveMomentumState { time, moment_1, moment_2, max_moment_2: None })
                });
                let (value, state) = rule.step(rate, value, gradient, former);
                let state = state.expect("AdamW always keeps its moments").momentum;
                (value, vec![state.moment_1, state.moment_2])
            }
        }
    }
}

/// The parameters of a module that have a gradient, flat, in their order.
struct Gathered {
    gradients: GradientsParams,
    parts: Vec<(ParamId, usize)>,
    of: Vec<Tensor<1>>,
    values: Vec<Tensor<1>>,
    place: usize,
}

impl ModuleVisitor for Gathered {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let place = self.place;
        self.place += 1;
        // Running statistics pass by here too: they have no gradient.
        if let Some(gradient) = self.gradients.remove::<D>(parameter.id) {
            self.parts.push((parameter.id, place));
            self.of.push(flat(gradient));
            self.values.push(flat(parameter.val().inner()));
        }
    }
}

fn flat<const D: usize>(tensor: Tensor<D>) -> Tensor<1> {
    let count = tensor.shape().num_elements();
    tensor.reshape([count])
}

/// Puts the parts of a flat tensor in the place of a module's parameters.
struct Scattered<'a> {
    flat: &'a Flat,
    part: usize,
}

impl ModuleMapper for Scattered<'_> {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, value, mapper) = parameter.consume();
        if self.flat.parts.get(self.part).is_none_or(|(own, _)| *own != id) {
            return Param::from_mapped_value(id, value, mapper);
        }
        let trained = value.is_require_grad();
        let moved = self.flat.layout.part(&self.flat.values, self.part).reshape(value.shape());
        self.part += 1;
        let moved = Tensor::from_inner(moved);
        Param::from_mapped_value(id, if trained { moved.require_grad() } else { moved }, mapper)
    }
}
