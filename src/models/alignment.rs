//! Which stages of two networks belong together.

/// Pairs of stages, counted from 0 and shallowest first, of two networks with `first` and `second` stages: the deepest
/// with the deepest, and so on upwards. Shallow stages that the other network has no counterpart for are left out.
///
/// What pictures mean to a network is in its last stages, whatever the number of those before; the counterpart of a
/// deepest stage is therefore the deepest one. Heights, widths and channels of a pair may differ.
pub fn aligned_stages(first: usize, second: usize) -> impl Iterator<Item = (usize, usize)> {
    let pairs = first.min(second);
    (0..pairs).map(move |pair| (first - pairs + pair, second - pairs + pair))
}

/// The stage, counted from 0, of a network with `theirs` stages that belongs to `stage` of one with `own`.
#[must_use]
pub fn counterpart(stage: usize, own: usize, theirs: usize) -> Option<usize> {
    aligned_stages(own, theirs).find_map(|(first, second)| (first == stage).then_some(second))
}
