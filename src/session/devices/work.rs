//! What the device is used for.

use crate::attribution::Objective;

/// What asks for buffers of always the same sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::session) enum Work {
    /// Maps or distances of a layer over as many images.
    Look {
        /// Stage, counted from 1.
        layer: usize,
        /// Images of the reference batch.
        images: usize,
        /// Scalar that is explained, where there is one.
        objective: Option<Objective>,
    },
    /// One map over several batches.
    Spread {
        /// Stage, counted from 1.
        layer: usize,
        /// Images of each batch.
        images: usize,
    },
    /// Scores of every layer.
    Scores,
    /// Answers to every test picture.
    Answers,
    /// Maps put to the test.
    Checks {
        /// Stage, counted from 1.
        layer: usize,
    },
}
