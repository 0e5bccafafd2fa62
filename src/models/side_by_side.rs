//! Networks of one shape as one network, side by side in the channels: a step of training takes the kernels of one.
//!
//! Every layer keeps its networks apart: `[M I]` channels go into a convolution whose weight is `[M O, I, K, K]`, and
//! normalisation goes channel by channel anyway. So each tensor of the whole is those of its parts one after the other.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::Tensor;

use super::{Network, Trace};
use crate::operations::columns::{part, repeated};

impl Network {
    /// One of `of` networks that lie side by side, counted from 0.
    ///
    /// Clones of a network share their running statistics: what goes in here is a network that nobody else has.
    #[must_use]
    pub fn into_member(self, place: usize, of: usize) -> Self {
        if of == 1 { self } else { self.map(&mut Member { place, of }) }
    }
}

/// Pictures `[N, C, H, W]`, without autodiff, once for each of `networks` side by side: `[N, M C, H, W]`.
#[must_use]
pub fn for_each(networks: usize, pictures: Tensor<4>) -> Tensor<4> {
    if networks == 1 {
        return pictures;
    }
    let [images, channels, height, width] = pictures.dims();
    let all = repeated(pictures.reshape([images, channels * height * width]), networks);
    all.reshape([images, networks * channels, height, width])
}

impl Trace {
    /// What one of `of` networks side by side has made, counted from 0.
    #[must_use]
    pub fn member(&self, place: usize, of: usize) -> Self {
        if of == 1 {
            return self.clone();
        }
        // Views, which cost nothing unless a loss asks for them; the logits are asked for at every step.
        let view = |stage: &Tensor<4>| {
            let own = stage.dims()[1] / of;
            stage.clone().narrow(1, place * own, own)
        };
        let views = |stages: &[Tensor<4>]| stages.iter().map(view).collect();
        Self {
            stages: views(&self.stages),
            before_relu: views(&self.before_relu),
            logits: part(self.logits.clone(), place, of),
        }
    }
}

/// Leaves one network's part of every tensor.
struct Member {
    place: usize,
    of: usize,
}

impl ModuleMapper for Member {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, value, mapper) = parameter.consume();
        let mut shape = value.dims();
        shape[0] /= self.of;
        // As one row, whose columns are those of the networks.
        let all = value.shape().num_elements();
        let own = part(value.reshape([1, all]), self.place, self.of);
        Param::from_mapped_value(id, own.reshape(shape), mapper)
    }
}
