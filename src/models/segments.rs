//! A network in segments that can be run one by one: its stem, then its blocks.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::Tensor;

use super::Network;
use super::layers::Activation;

/// What batch normalisation remembers of the batches so far, in the order of the layers.
#[derive(Debug, Clone)]
pub struct RunningStatistics(Vec<Tensor<1>>);

/// A part of a network that can be run by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// From the pictures to the first stage.
    Stem,
    /// A block; stage and block are counted from 0.
    Block {
        /// The stage that it is of.
        stage: usize,
        /// Its place in the stage.
        block: usize,
        /// Whether the stage ends with it.
        ends_stage: bool,
    },
}

impl Segment {
    /// Whether a stage ends with it.
    #[must_use]
    pub fn ends_stage(self) -> bool {
        matches!(self, Self::Block { ends_stage: true, .. })
    }
}

impl Network {
    /// The segments, from the pictures on.
    #[must_use]
    pub fn segments(&self) -> Vec<Segment> {
        let network = self.staged();
        let blocks = |stage: usize| {
            let count = network.blocks(stage);
            (0..count).map(move |block| Segment::Block { stage, block, ends_stage: block + 1 == count })
        };
        std::iter::once(Segment::Stem).chain((0..network.stages()).flat_map(blocks)).collect()
    }

    /// Runs one segment on what the one before it has made; one that ends a stage, where it is asked for, without the ReLU.
    ///
    /// # Shapes
    /// - `input`: pictures `[N, 3, H, W]` or `[N, C, H, W]`; gives `[N, C', H', W']`
    #[must_use]
    pub fn segment(&self, segment: Segment, input: Tensor<4>, before_relu: bool) -> Tensor<4> {
        let last = if before_relu { Activation::None } else { Activation::Relu };
        match segment {
            Segment::Stem => self.staged().stem(input),
            Segment::Block { stage, block, .. } => self.staged().block(stage, block, input, last),
        }
    }

    /// What batch normalisation remembers now, of a network under training.
    #[must_use]
    pub fn running_statistics(&self) -> RunningStatistics {
        let mut found = RunningStatistics(Vec::new());
        self.visit(&mut found);
        found
    }

    /// Makes batch normalisation remember what it did when `statistics` were taken.
    pub fn put_back(&self, statistics: &RunningStatistics) {
        // Clones share their running statistics.
        let _ = self.clone().map(&mut Return { values: statistics.0.iter() });
    }
}

impl ModuleVisitor for RunningStatistics {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let value = parameter.val();
        if !value.is_require_grad() {
            self.0.push(value.flatten(0, D - 1));
        }
    }
}

struct Return<'a> {
    values: std::slice::Iter<'a, Tensor<1>>,
}

impl ModuleMapper for Return<'_> {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, value, mapper) = parameter.consume();
        if value.is_require_grad() {
            return Param::from_mapped_value(id, value, mapper);
        }
        let former = self.values.next().expect("taken of the same network").clone();
        Param::from_mapped_value(id, former.reshape(value.shape()), mapper)
    }
}
