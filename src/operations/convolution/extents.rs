//! How a kernel moves, and over what.

use burn::backend::ops::ConvOptions;

/// How a square kernel moves over the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// Pixels between two places of the kernel: 1, 2 or 4.
    pub stride: usize,
    /// Zeros around the picture, less than the kernel's side.
    pub padding: usize,
}

impl Movement {
    /// Extent of what comes out of `extent` pixels under a kernel of this side.
    #[must_use]
    pub fn output(self, extent: usize, kernel: usize) -> usize {
        (extent + 2 * self.padding - kernel) / self.stride + 1
    }

    pub(super) fn options(self, networks: usize) -> ConvOptions<2> {
        ConvOptions::new([self.stride; 2], [self.padding; 2], [1; 2], networks)
    }
}

/// Extents of a convolution; channels are those of one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extents {
    pub(super) images: usize,
    pub(super) networks: usize,
    pub(super) inputs: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) outputs: usize,
    pub(super) kernel: usize,
    pub(super) out_height: usize,
    pub(super) out_width: usize,
}

impl Extents {
    pub(super) fn new(input: [usize; 4], weight: [usize; 4], movement: Movement) -> Self {
        let [images, _, height, width] = input;
        let [outputs, inputs, kernel, _] = weight;
        let networks = side_by_side(input, weight);
        let (out_height, out_width) = (movement.output(height, kernel), movement.output(width, kernel));
        Self { images, networks, inputs, height, width, outputs: outputs / networks, kernel, out_height, out_width }
    }

    pub(super) fn output(&self) -> [usize; 4] {
        [self.images, self.networks * self.outputs, self.out_height, self.out_width]
    }
}

/// How many networks lie side by side in the channels of an input.
pub(super) fn side_by_side(input: [usize; 4], weight: [usize; 4]) -> usize {
    input[1] / weight[1]
}
