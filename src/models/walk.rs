//! What a network makes of a picture, layer by layer, from shapes alone: nothing is built and nothing computed.

use super::layers::Convolution;

/// Numbers for each number that leaves a pool: the largest, and where it stood, in eight bytes.
const POOLED: u64 = 3;

/// What one layer makes of one picture, in one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LayerShape {
    /// Products that it sums; 0 where it only picks or averages.
    pub multiply_adds: u64,
    /// Its trained numbers.
    pub parameters: u64,
    /// Numbers that it reads.
    pub input: u64,
    /// Numbers that it gives.
    pub output: u64,
    /// Numbers that it has to hold for its gradient, beside those that it reads.
    pub held: u64,
    /// Whether each output reads all inputs, as in a classifier.
    pub is_linear: bool,
}

/// A part of a network that can be run by itself: its stem, or a block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SegmentShape {
    /// Its layers in the order in which they are run; none in a stem that hands the pictures on.
    pub layers: Vec<LayerShape>,
    /// Channels, height and width of what leaves it.
    pub output: [usize; 3],
    /// Whether a stage ends with it.
    pub ends_stage: bool,
}

impl SegmentShape {
    /// Numbers that leave it.
    #[must_use]
    pub fn numbers(&self) -> u64 {
        self.output.iter().map(|&extent| extent as u64).product()
    }

    /// Numbers that its layers have to hold for their gradients.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.layers.iter().map(|layer| layer.held).sum()
    }
}

/// A network's segments, from the pictures on, and its classifier.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NetworkShape {
    /// Stem and blocks.
    pub segments: Vec<SegmentShape>,
    /// From the last stage to the logits.
    pub classifier: Vec<LayerShape>,
}

impl NetworkShape {
    /// Every layer, from the pictures on.
    pub fn layers(&self) -> impl DoubleEndedIterator<Item = &LayerShape> {
        self.segments.iter().flat_map(|segment| &segment.layers).chain(&self.classifier)
    }

    /// Products that a forward pass of one picture sums.
    #[must_use]
    pub fn multiply_adds(&self) -> u64 {
        self.layers().map(|layer| layer.multiply_adds).sum()
    }

    /// The segments that end the stages, shallowest first.
    pub fn stage_ends(&self) -> impl Iterator<Item = &SegmentShape> {
        self.segments.iter().filter(|segment| segment.ends_stage)
    }

    /// Numbers of all stages' outputs.
    #[must_use]
    pub fn stages(&self) -> u64 {
        self.stage_ends().map(SegmentShape::numbers).sum()
    }
}

/// A walk through a network, in the order of its forward pass.
pub(super) struct Walk {
    /// Channels, height and width of what goes on.
    place: [usize; 3],
    open: Vec<LayerShape>,
    segments: Vec<SegmentShape>,
}

impl Walk {
    /// Begins at a picture of these pixels.
    pub fn over(width: usize, height: usize) -> Self {
        Self { place: [3, height, width], open: Vec::new(), segments: Vec::new() }
    }

    /// Channels, height and width of what goes on.
    pub fn place(&self) -> [usize; 3] {
        self.place
    }

    /// A convolution with batch normalisation, which holds what it normalises and what comes out.
    pub fn normalised(&mut self, shape: Convolution) {
        self.place = self.convolution(self.place, shape, 2);
    }

    /// The same on what went on at an earlier place, beside what goes on now.
    pub fn normalised_beside(&mut self, from: [usize; 3], shape: Convolution) {
        let beside = self.convolution(from, shape, 2);
        debug_assert_eq!(beside, self.place, "a shortcut ends where its block does");
    }

    /// A convolution with a ReLU alone.
    pub fn convolved(&mut self, shape: Convolution) {
        self.place = self.convolution(self.place, shape, 1);
    }

    fn convolution(&mut self, from: [usize; 3], shape: Convolution, copies: u64) -> [usize; 3] {
        let Convolution { inputs, outputs, kernel, stride, bias } = shape;
        debug_assert_eq!(from[0], inputs, "as many channels as the layer before gives");
        let extent = |extent: usize| (extent + 2 * (kernel / 2) - kernel) / stride + 1;
        let to = [outputs, extent(from[1]), extent(from[2])];
        let weight = (inputs * outputs * kernel * kernel) as u64;
        // Scale and shift of a normalisation.
        let rows = u64::from(bias) + if copies > 1 { 2 } else { 0 };
        let output = numbers(to);
        self.open.push(LayerShape {
            multiply_adds: weight * (to[1] * to[2]) as u64,
            parameters: weight + rows * outputs as u64,
            input: numbers(from),
            output,
            held: copies * output,
            is_linear: false,
        });
        to
    }

    /// The largest of each square of pixels.
    pub fn pool(&mut self, side: usize, stride: usize, padding: usize) {
        let [channels, height, width] = self.place;
        let extent = |extent: usize| (extent + 2 * padding).saturating_sub(side) / stride + 1;
        self.picked([channels, extent(height), extent(width)], POOLED);
    }

    /// Means over as many squares of pixels as a side has.
    pub fn pooled_to(&mut self, side: usize) {
        self.picked([self.place[0], side, side], 1);
    }

    /// Means of the channels.
    pub fn mean(&mut self) {
        self.picked([self.place[0], 1, 1], 1);
    }

    fn picked(&mut self, to: [usize; 3], copies: u64) {
        let (input, output) = (numbers(self.place), numbers(to));
        self.open.push(LayerShape { input, output, held: copies * output, ..LayerShape::default() });
        self.place = to;
    }

    /// A linear layer on everything that goes on.
    pub fn linear(&mut self, units: usize) {
        let (input, output) = (numbers(self.place), units as u64);
        let weight = input * output;
        self.open.push(LayerShape {
            multiply_adds: weight,
            parameters: weight + output,
            input,
            output,
            held: output,
            is_linear: true,
        });
        self.place = [units, 1, 1];
    }

    /// The stem is over.
    pub fn end_stem(&mut self) {
        self.end_block(false);
    }

    /// A block is over, and with it a stage where it is the last one.
    pub fn end_block(&mut self, ends_stage: bool) {
        let layers = std::mem::take(&mut self.open);
        self.segments.push(SegmentShape { layers, output: self.place, ends_stage });
    }

    /// The way that was gone; what came after the last block is the classifier.
    pub fn ended(self) -> NetworkShape {
        NetworkShape { segments: self.segments, classifier: self.open }
    }
}

fn numbers(place: [usize; 3]) -> u64 {
    place.iter().map(|&extent| extent as u64).product()
}
