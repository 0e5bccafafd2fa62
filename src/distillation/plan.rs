//! What a step will take, before it is made: products that are summed, numbers that are held.
//!
//! Counted from shapes alone. Memory is the CPU backend's, in which every tensor is an allocation of its own, at the moment
//! of a step at which most of it is taken. In a browser's GPU buffers are kept for others of their size: there it is what all
//! sizes together have at most, each at its own moment. Left out: what the losses make for themselves, connectors between
//! features, running statistics, copies of the weights on the host, the pictures of the data, evaluations (which are kept
//! smaller than a step, see [`Evaluation`](super::Evaluation)), and whatever an allocator or a GPU's driver adds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::guide::reach_the_answers;
use super::{Algorithm, Compared, DistillationConfig, Memory, OptimiserConfig, TeacherTrainingConfig};
use crate::models::{LayerShape, NetworkConfig, NetworkShape, SegmentShape};
use crate::operations::convolution::PARTS;

/// Whether this build may meet a device that keeps buffers: a page's engine for the CPU alone does not carry the way to plan
/// for one.
const KNOWS_GPUS: bool = cfg!(any(feature = "webgpu", not(target_arch = "wasm32")));
/// Bytes of a number.
const BYTES: u64 = 4;
/// Tensors of a layer's outputs that its gradient works with: those that come, that pass the ReLU, that pass the
/// normalisation.
const GRADIENTS: u64 = 3;
/// Tensors of a layer's outputs, where nothing is learnt: what it sums, what it gives, and what waits at the shortcut.
const LOOKING: u64 = 3;
/// Copies of the trained numbers when they move, beside the numbers and their velocities: the gradients, the same in one piece,
/// and the numbers after the step.
const MOVING: u64 = 3;
/// Copies of the trained numbers of which each tensor has buffers of its own: as they come at the start, before they lie in one
/// piece, and their gradients. Where buffers are kept by size both stay, and serve nothing else.
const APART: u64 = 2;

/// What one step takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct StepPlan {
    /// How much of it is held.
    pub memory: Memory,
    /// Products that are summed: forwards through the Teacher, forwards and backwards through all that learn.
    pub multiply_adds: u64,
    /// Bytes of all weights, the Teacher's included.
    pub weights: u64,
    /// Bytes of the gradients by the trained numbers.
    pub gradients: u64,
    /// Bytes of what the optimiser remembers.
    pub moments: u64,
    /// Bytes of the pictures, once for each network that sees them.
    pub batch: u64,
    /// Bytes of what the Teacher made of them and is compared: nothing where answers alone are.
    pub teacher: u64,
    /// Bytes that are held for the gradients, with what the gradients themselves take where that is most.
    pub activations: u64,
    /// Bytes at once, at most.
    pub bytes: u64,
    /// Bytes of the largest single tensor.
    pub largest_buffer: u64,
}

/// A kind of step: who takes part, on how many pictures of which size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannedStep {
    /// Who guides, if anyone does.
    pub teacher: Option<NetworkConfig>,
    /// What is trained.
    pub pupil: NetworkConfig,
    /// How many networks of that shape: two where a Base learns beside the Student.
    pub networks: usize,
    /// How many of them lie side by side, as one; the others come one after the other.
    pub together: usize,
    /// What of the networks is held to be compared.
    pub compared: Compared,
    /// The update rule.
    pub algorithm: Algorithm,
    /// Pictures.
    pub batch: usize,
    /// In how many parts they go through the networks.
    pub parts: usize,
    /// Width and height of a picture, pixels.
    pub pictures: [usize; 2],
    /// How many steps of this kind a run makes.
    pub steps: usize,
    /// Whether the device keeps buffers for others of their size alone.
    pub kept_by_size: bool,
}

impl PlannedStep {
    /// The steps of a distillation, one kind for each of its links: first the assistants', then that of Student and Base.
    ///
    /// `images` is how many training pictures there are: no batch is larger.
    #[must_use]
    pub fn of_distillation(
        config: &DistillationConfig,
        teacher: NetworkConfig,
        pictures: [usize; 2],
        images: usize,
    ) -> Vec<Self> {
        let compared = Compared::by(&config.terms);
        let mut guide = teacher;
        let mut link = |pupil: NetworkConfig, optimiser: &OptimiserConfig, networks: usize, together: usize| {
            let teacher = Some(std::mem::replace(&mut guide, pupil));
            let alone = Self::of(pupil, optimiser, pictures, images);
            Self { teacher, networks, together, compared, ..alone }
        };
        let mut steps: Vec<Self> = Vec::with_capacity(config.assistants.len() + 1);
        for assistant in &config.assistants {
            let optimiser = assistant.optimiser.as_ref().unwrap_or(&config.optimiser);
            steps.push(link(assistant.network.for_classes(teacher.classes), optimiser, 1, 1));
        }
        // As Student and Base share kernels, or do not.
        let together = if reach_the_answers(config.alpha, &config.terms) { 2 } else { 1 };
        steps.push(link(config.student.for_classes(teacher.classes), &config.optimiser, 2, together));
        steps
    }

    /// The steps of a Teacher's training.
    #[must_use]
    pub fn of_teacher(
        config: &TeacherTrainingConfig,
        network: NetworkConfig,
        pictures: [usize; 2],
        images: usize,
    ) -> Self {
        Self::of(network, &config.optimiser, pictures, images)
    }

    fn of(pupil: NetworkConfig, optimiser: &OptimiserConfig, pictures: [usize; 2], images: usize) -> Self {
        let batch = optimiser.batch_size.min(images);
        Self {
            teacher: None,
            pupil,
            networks: 1,
            together: 1,
            compared: Compared::Answers,
            algorithm: optimiser.algorithm,
            batch,
            parts: optimiser.parts_of(batch),
            pictures,
            steps: optimiser.steps,
            kept_by_size: false,
        }
    }

    /// The same on a device that keeps buffers for others of their size alone, or does not.
    #[must_use]
    pub fn on(self, kept_by_size: bool) -> Self {
        Self { kept_by_size, ..self }
    }

    /// What such a step takes where this much of it is held.
    #[must_use]
    pub fn plan(&self, memory: Memory) -> StepPlan {
        let [width, height] = self.pictures;
        let pupil = self.pupil.shape(width, height);
        let teacher = self.teacher.map(|teacher| (teacher.parameters() as u64, teacher.shape(width, height)));
        let trained = self.networks as u64 * self.pupil.parameters() as u64;
        let largest = self.largest_part();
        let (images, part, together) = (self.batch as u64, largest.batch as u64, self.together as u64);
        let picture = 3 * (width * height) as u64;
        let moments = match self.algorithm {
            Algorithm::Sgd { .. } => 1,
            Algorithm::AdamW { .. } => 2,
        };
        // All of them, a part of them, and that once for each network.
        let copies = if together > 1 { part * together } else { 0 } + if self.parts > 1 { part } else { 0 };
        let taps = self.compared.taps();
        let (theirs, shown) = match &teacher {
            Some((parameters, shape)) => (*parameters, taps * shape.stages()),
            None => (0, 0),
        };
        let weights = BYTES * (trained + theirs);
        let (gradients, moments) = (BYTES * trained, BYTES * moments * trained);
        let (batch, lesson) = (BYTES * picture * (images + copies), BYTES * part * shown);
        let held = match memory {
            Memory::Ample => largest.at_once(&pupil),
            Memory::Scarce => largest.by_blocks(&pupil),
        };
        let looking = teacher.as_ref().map_or(0, |(_, shape)| BYTES * part * looking(shape, taps));
        let moving = (MOVING - 1) * gradients;
        // What former parts have gathered waits beside a part's own gradients.
        let gathered = if self.parts > 1 { gradients } else { 0 };
        let bytes = if KNOWS_GPUS && self.kept_by_size {
            let teacher = teacher.as_ref().map(|(_, shape)| shape);
            let apart = APART * gradients + gathered;
            weights + moments + batch + gradients + moving + apart + largest.by_size(&pupil, teacher, memory)
        } else {
            weights + moments + batch + (lesson + gradients + (gathered + held).max(moving)).max(gathered + looking)
        };
        StepPlan {
            memory,
            multiply_adds: images * self.multiply_adds(&pupil, teacher.as_ref().map(|(_, shape)| shape), memory),
            weights,
            gradients,
            moments,
            batch,
            teacher: lesson,
            activations: held,
            bytes,
            largest_buffer: self.largest_buffer(&pupil, teacher.as_ref().map(|(_, shape)| shape)),
        }
    }

    /// The largest of the parts that its pictures go in, as a step of its own.
    fn largest_part(&self) -> Self {
        Self { batch: self.batch.div_ceil(self.parts), parts: 1, ..*self }
    }

    /// Of one picture.
    fn multiply_adds(&self, pupil: &NetworkShape, teacher: Option<&NetworkShape>, memory: Memory) -> u64 {
        let forwards = pupil.multiply_adds();
        // Nobody asks for a gradient by the pictures.
        let first = pupil.layers().map(|layer| layer.multiply_adds).find(|&sums| sums > 0).unwrap_or(0);
        let again = match memory {
            Memory::Ample => 0,
            Memory::Scarce => forwards - pupil.classifier.iter().map(|layer| layer.multiply_adds).sum::<u64>(),
        };
        let looked = teacher.map_or(0, NetworkShape::multiply_adds);
        looked + self.networks as u64 * (3 * forwards - first + again)
    }

    /// Bytes for the gradients where every layer's output is held: from the last layer to the first, as backpropagation goes.
    fn at_once(&self, pupil: &NetworkShape) -> u64 {
        let tapped = if self.compared == Compared::BeforeRelu { pupil.stages() } else { 0 };
        let mut held = tapped + pupil.layers().map(|layer| layer.held).sum::<u64>();
        let first = first_with_layers(pupil);
        let mut most = held.max(self.backwards(&pupil.classifier, &mut held, 0, false));
        for (place, segment) in pupil.segments.iter().enumerate().rev() {
            most = most.max(self.backwards(&segment.layers, &mut held, beside(segment), place == first));
        }
        self.of_the_batch(most)
    }

    /// Bytes of all that networks make of the batch, where a buffer serves none but its own size: of each size as many as are
    /// wanted at once.
    fn by_size(&self, pupil: &NetworkShape, teacher: Option<&NetworkShape>, memory: Memory) -> u64 {
        let images = BYTES * self.batch as u64;
        let mut wanted: BTreeMap<u64, u64> = BTreeMap::new();
        let mut want = |size: u64, bytes: u64| {
            let most = wanted.entry(size).or_default();
            *most = bytes.max(*most);
        };
        // The Teacher looks before the others learn; what it has made goes, but for its stages.
        let lesson = teacher.map_or(0, |teacher| {
            for layer in teacher.layers() {
                want(images * layer.output, images * LOOKING * layer.output);
            }
            images * teacher.stages() * self.compared.taps()
        });
        let of_the_batch = images * self.together as u64;
        let mut held = held_by_size(pupil, memory);
        if self.compared == Compared::BeforeRelu {
            for segment in pupil.segments.iter().filter(|segment| segment.ends_stage) {
                *held.entry(segment.numbers()).or_default() += segment.numbers();
            }
        }
        for (size, numbers) in held {
            want(of_the_batch * size, of_the_batch * (numbers + GRADIENTS * size));
        }
        lesson + wanted.values().sum::<u64>()
    }

    /// Bytes for the gradients where the ends of the blocks are held, and one block after the other is computed again.
    fn by_blocks(&self, pupil: &NetworkShape) -> u64 {
        let first = first_with_layers(pupil);
        let (mut below, mut most, mut input) = (0, 0, 0);
        for (place, segment) in pupil.segments.iter().enumerate() {
            let mut held = segment.held();
            // The gradient of its end, and the product by which that is led into the block.
            let led = held + 2 * segment.numbers();
            let back = self.backwards(&segment.layers, &mut held, beside(segment), place == first);
            most = most.max(below + forwards(segment, input).max(led).max(back));
            input = segment.numbers();
            // A stem without layers hands on the pictures, which are counted as such.
            below += if segment.layers.is_empty() { 0 } else { segment.numbers() };
        }
        let classifier: u64 = pupil.classifier.iter().map(|layer| layer.held + layer.input).sum();
        self.of_the_batch(most.max(below + classifier))
    }

    /// Most numbers of a picture at once while gradients go back through some layers, of which nothing is held afterwards.
    /// `beside` is what waits at a shortcut meanwhile; nobody asks for a gradient by the pictures.
    fn backwards(&self, layers: &[LayerShape], held: &mut u64, beside: u64, reads_pictures: bool) -> u64 {
        let mut most = 0;
        for (place, layer) in layers.iter().enumerate().rev() {
            let by_input = if reads_pictures && place == 0 { 0 } else { layer.input };
            most = most.max(*held + beside + GRADIENTS * layer.output + by_input + self.sums(layer));
            *held -= layer.held;
        }
        most
    }

    /// Numbers of a picture in whose stead the sums of a gradient by the weight may be counted: a convolution makes several of
    /// them, which are added. A classifier makes one, and turns its weight around for the gradient by its input.
    fn sums(&self, layer: &LayerShape) -> u64 {
        let parts = if layer.is_linear { 1 } else { PARTS.min(self.batch) as u64 };
        layer.parameters * parts / self.batch.max(1) as u64
    }

    fn of_the_batch(&self, numbers: u64) -> u64 {
        BYTES * self.batch as u64 * self.together as u64 * numbers
    }

    fn largest_buffer(&self, pupil: &NetworkShape, teacher: Option<&NetworkShape>) -> u64 {
        let largest =
            |shape: &NetworkShape| shape.layers().map(|layer| layer.output.max(layer.input)).max().unwrap_or(0);
        let made = self.together as u64 * largest(pupil);
        let of_a_picture = made.max(teacher.map_or(0, largest));
        // All trained numbers lie in one, and so do all pictures.
        let trained = self.together as u64 * self.pupil.parameters() as u64;
        let [width, height] = self.pictures;
        let sent = 3 * (self.batch * width * height) as u64;
        BYTES * (self.largest_part().batch as u64 * of_a_picture).max(trained).max(sent)
    }
}

/// Numbers of a picture that are held for the gradients, by the size of what they are: everything, or the ends of the blocks
/// and what the largest block has of the size.
fn held_by_size(network: &NetworkShape, memory: Memory) -> BTreeMap<u64, u64> {
    let mut held: BTreeMap<u64, u64> = BTreeMap::new();
    let of = |layers: &[LayerShape]| {
        let mut own: BTreeMap<u64, u64> = BTreeMap::new();
        for layer in layers {
            *own.entry(layer.output).or_default() += layer.held;
        }
        own
    };
    let blocks = network.segments.iter().map(|segment| of(&segment.layers)).chain([of(&network.classifier)]);
    match memory {
        Memory::Ample => blocks.flatten().for_each(|(size, numbers)| *held.entry(size).or_default() += numbers),
        Memory::Scarce => {
            for (size, numbers) in blocks.flatten() {
                let most = held.entry(size).or_default();
                *most = numbers.max(*most);
            }
            for segment in network.segments.iter().filter(|segment| !segment.layers.is_empty()) {
                *held.entry(segment.numbers()).or_default() += segment.numbers();
            }
        }
    }
    held
}

/// The place of the first segment that computes something.
fn first_with_layers(network: &NetworkShape) -> usize {
    network.segments.iter().position(|segment| !segment.layers.is_empty()).unwrap_or(0)
}

/// Numbers that wait at a block's shortcut while its layers are gone through; a single layer has none.
fn beside(segment: &SegmentShape) -> u64 {
    if segment.layers.len() > 1 { segment.numbers() } else { 0 }
}

/// Most numbers of a picture at once in a segment of which nothing is held for gradients: what its shortcut keeps of its
/// `input`, what a layer reads, what it sums, what it gives.
fn forwards(segment: &SegmentShape, input: u64) -> u64 {
    let kept = if segment.layers.len() > 1 { input } else { 0 };
    let at_once = |layer: &LayerShape| kept + layer.output + layer.output.max(layer.input);
    segment.layers.iter().map(at_once).max().unwrap_or(0)
}

/// The same of a Teacher, of which each stage is kept so many times.
fn looking(teacher: &NetworkShape, taps: u64) -> u64 {
    let (mut kept, mut most, mut input) = (0, 0, 0);
    for segment in &teacher.segments {
        most = most.max(kept + forwards(segment, input));
        input = segment.numbers();
        kept += if segment.ends_stage { taps * input } else { 0 };
    }
    most
}
