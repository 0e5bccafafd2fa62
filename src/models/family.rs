//! What every family of networks has in common: its rules, its names, and its stages.

use burn::tensor::Tensor;

use super::layers::{Activation, Slot};
use super::walk::Walk;
use crate::error::{Error, Result};

/// Channels with which the networks for photographs begin.
pub(super) const STANDARD_WIDTH: usize = 64;
/// Largest width of any network.
const MAX_WIDTH: usize = 256;

/// [`STANDARD_WIDTH`], for settings that leave the width out.
pub(super) fn standard_width() -> usize {
    STANDARD_WIDTH
}

/// The rule that widths of every family follow.
pub(super) fn check_width(width: usize) -> Result<()> {
    if (4..=MAX_WIDTH).contains(&width) && width.is_multiple_of(4) {
        return Ok(());
    }
    Err(Error::config("width", format!("must be a multiple of 4 between 4 and {MAX_WIDTH}, is {width}")))
}

/// A name for people, with the width where it is not the standard one.
pub(super) fn with_width(name: String, width: usize, standard: usize) -> String {
    if width == standard { name } else { format!("{name}, width {width}") }
}

/// What a family says of a network before it is built.
pub(super) trait Family {
    /// Checks every rule.
    fn validate(&self) -> Result<()>;
    /// Name for people.
    fn name(&self) -> String;
    /// How many stages there are.
    fn stages(&self) -> usize;
    /// Every tensor of the network for `classes` classes, in PyTorch's order.
    fn slots(&self, classes: usize) -> Vec<Slot>;
    /// Goes through the network as its forward pass does, from shapes alone: the stem, every block, the classifier.
    fn walk(&self, walk: &mut Walk, classes: usize);
    /// Fewest pixels a side that leave every stage at least one position.
    fn smallest_side(&self) -> usize {
        1
    }
}

/// A network cut into stages and these into blocks. Each block ends in a ReLU, which the last one of a stage can do without.
pub(super) trait Staged {
    /// How many stages there are.
    fn stages(&self) -> usize;
    /// How many blocks a stage has, at least one.
    fn blocks(&self, stage: usize) -> usize;
    /// From the pictures to the input of the first stage.
    fn stem(&self, pictures: Tensor<4>) -> Tensor<4>;
    /// One block of a stage, both counted from 0, with `last` behind it.
    fn block(&self, stage: usize, block: usize, input: Tensor<4>, last: Activation) -> Tensor<4>;
    /// From the output of the last stage to the logits.
    fn classify(&self, top: Tensor<4>) -> Tensor<2>;
    /// See [`Network::classifier`](super::Network::classifier).
    fn classifier(&self) -> Option<Tensor<2>>;

    /// One stage, counted from 0, with `last` behind it.
    fn stage(&self, stage: usize, input: Tensor<4>, last: Activation) -> Tensor<4> {
        let top = self.blocks(stage) - 1;
        let behind = |block: usize| if block == top { last } else { Activation::Relu };
        (0..=top).fold(input, |input, block| self.block(stage, block, input, behind(block)))
    }
}
