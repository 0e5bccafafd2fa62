//! Features of all images in blocks, and the distances between every two blocks.
//!
//! Two blocks are on the device at a time; the features of a block are computed again when its turn comes, which costs
//! less than keeping them: with `b` blocks, `(b + 1) / 2` forward passes an image.

use std::ops::Range;

use burn::tensor::{Device, Tensor};
use rand::seq::SliceRandom;

use crate::attribution::{DistanceMatrix, distances_between, distances_by_products, lengths};
use crate::error::{Error, Result};
use crate::scores::{Block, ClassDistances, LayerDistances, ModelDistances, Pixels, Stream, Values, Widths};
use crate::seed::{Purpose, stream};
use crate::session::maps::look::Trio;
use crate::session::scores::relevant_pixels::RelevantPixels;
use crate::session::scores::rows::rows;
use crate::session::scores::score_config::{HELD, ScoreConfig};
use crate::tensors::readback::read_all;

/// Images of one block at most.
const MAX_BLOCK: usize = 512;
/// Bytes that the features of two blocks may take on the device.
const BUDGET: usize = 512 << 20;

/// Features of a block: per layer those of Teacher, Student and Base.
struct BlockFeatures {
    /// `[images, width]`, moved by the layer's centre.
    rows: Vec<[Tensor<2>; 3]>,
    /// `[images]`: lengths of the rows before that.
    lengths: Vec<[Tensor<1>; 3]>,
}

/// One layer's sums over all images, and the distances of those that will be resampled.
struct LayerSums {
    name: String,
    /// Stages of Teacher, Student and Base, counted from 0.
    stages: [usize; 3],
    stream: Stream,
    widths: Widths,
    distances: [Vec<f64>; 3],
    lengths: [Vec<f64>; 3],
    /// A row amid each network's features, taken off all of them where distances come from products.
    centre: Option<[Tensor<2>; 3]>,
}

/// Distances of every layer, block pair by block pair.
pub(in crate::session) struct Pass {
    indices: Vec<usize>,
    labels: Vec<usize>,
    classes: ClassDistances,
    /// Positions among `indices` that are resampled, ascending.
    held: Vec<usize>,
    layers: Vec<LayerSums>,
    /// Layers of the Student that the Teacher has no counterpart of, shallowest first.
    unmatched: Vec<(String, Error)>,
    /// Maps by which pictures are imputed, where they are.
    relevant: Option<RelevantPixels>,
    blocks: Vec<Range<usize>>,
    /// The block whose turn it is against all later ones: its features, and its lengths per layer.
    current: Option<(BlockFeatures, Vec<Block>)>,
    next: (usize, usize),
    done: usize,
}

impl Pass {
    /// Plans the blocks; asks the networks for the width of their layers with one picture.
    ///
    /// # Errors
    /// [`crate::Error::TooFewImages`], [`crate::Error::OneClassOnly`], or classes with one embedding.
    pub async fn new(
        trio: &Trio<'_>,
        indices: &[usize],
        classes: ClassDistances,
        config: &ScoreConfig,
        device: &Device,
    ) -> Result<Self> {
        let n = indices.len();
        let labels: Vec<usize> = indices.iter().map(|&index| trio.images.labels[index]).collect();
        let mut held: Vec<usize> = (0..n).collect();
        if n > HELD {
            let mut random = stream(config.uncertainty.seed, Purpose::ResampledImages, 0);
            held = held.partial_shuffle(&mut random, HELD).0.to_vec();
            held.sort_unstable();
        }
        let traces = trio.traces(&indices[..n.min(1)], device);
        let (mut layers, mut unmatched) = (Vec::new(), Vec::new());
        for (stage, name) in trio.student.config.layers().into_iter().enumerate() {
            let stages = match trio.stages_at(stage) {
                Ok(stages) => stages,
                Err(error) => {
                    unmatched.push((name, error));
                    continue;
                }
            };
            layers.push(LayerSums {
                name,
                stages,
                stream: Stream::new(labels.clone(), classes.clone())?,
                widths: std::array::from_fn(|model| rows(&traces[model].stages[stages[model]]).dims()[1]),
                distances: std::array::from_fn(|_| vec![0.0; held.len() * held.len()]),
                lengths: std::array::from_fn(|_| vec![0.0; held.len()]),
                centre: None,
            });
        }
        if let (true, Some((_, error))) = (layers.is_empty(), unmatched.first()) {
            return Err(error.clone());
        }
        let relevant = match config.pixels {
            Pixels::Raw => None,
            Pixels::Imputed { share } => {
                let embedded = classes.matrix(&labels)?.u_centred();
                let stages: Vec<[usize; 3]> = layers.iter().map(|layer| layer.stages).collect();
                Some(
                    RelevantPixels::find(trio, indices, &stages, &embedded, share, config.uncertainty.seed, device)
                        .await?,
                )
            }
        };
        let numbers: usize = layers.iter().flat_map(|layer| layer.widths).sum();
        let block = (BUDGET / (2 * size_of::<f32>() * numbers)).clamp(1, MAX_BLOCK);
        let blocks = (0..n).step_by(block).map(|from| from..n.min(from + block)).collect();
        let indices = indices.to_vec();
        let (current, next, done) = (None, (0, 0), 0);
        Ok(Self { indices, labels, classes, held, layers, unmatched, relevant, blocks, current, next, done })
    }

    /// Takes the next pair of blocks; tells how many pairs are done of how many.
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`].
    pub async fn advance(&mut self, trio: &Trio<'_>, device: &Device) -> Result<(usize, usize)> {
        let (own, other) = self.next;
        let columns = self.features(trio, other, device)?;
        let rows = self.current.as_ref().map_or(&columns, |(features, _)| features);
        let between = if self.indices.len() <= HELD { distances_between } else { distances_by_products };
        let mut reads = Vec::with_capacity(6 * self.layers.len());
        for (layer, (a, b)) in rows.rows.iter().zip(&columns.rows).enumerate() {
            for model in 0..3 {
                reads.push(between(&a[model], &b[model]).flatten(0, 1));
                reads.push(columns.lengths[layer][model].clone());
            }
        }
        let mut values = read_all(reads).await?.into_iter();
        let mut next = || values.next().expect("six reads a layer").into_iter().map(f64::from).collect::<Vec<f64>>();
        let mut own_blocks = Vec::with_capacity(self.layers.len());
        for (index, layer) in self.layers.iter_mut().enumerate() {
            let (mut distances, mut lengths) = ([const { Vec::new() }; 3], [const { Vec::new() }; 3]);
            for model in 0..3 {
                (distances[model], lengths[model]) = (next(), next());
            }
            let columns = Block { start: self.blocks[other].start, lengths };
            let rows = self.current.as_ref().map_or(&columns, |(_, blocks)| &blocks[index]);
            layer.stream.add(rows, &columns, distances.each_ref().map(Vec::as_slice));
            layer.hold(&self.held, rows, &columns, &distances);
            own_blocks.push(columns);
        }
        if own == other {
            self.current = Some((columns, own_blocks));
        }
        self.done += 1;
        self.next = (own, other + 1);
        if other + 1 == self.blocks.len() {
            self.next = (own + 1, own + 1);
            self.current = None;
        }
        Ok((self.done, self.steps()))
    }

    /// Pairs of blocks in all.
    pub fn steps(&self) -> usize {
        self.blocks.len() * (self.blocks.len() + 1) / 2
    }

    /// Every layer's scores over all images, and the distances to resample; or why there are none.
    pub fn finish(self) -> Vec<(String, Result<(Values, LayerDistances)>)> {
        let labels: Vec<usize> = self.held.iter().map(|&position| self.labels[position]).collect();
        let finish = |layer: LayerSums| {
            let name = layer.name.clone();
            (name, layer.finish(&labels, &self.classes))
        };
        // Stages are paired from the deepest, so what has no counterpart is shallower than the rest.
        let unmatched = self.unmatched.into_iter().map(|(name, error)| (name, Err(error)));
        unmatched.chain(self.layers.into_iter().map(finish)).collect()
    }

    /// Features of one block; the first one decides on the centres.
    fn features(&mut self, trio: &Trio<'_>, block: usize, device: &Device) -> Result<BlockFeatures> {
        let images = self.blocks[block].clone();
        let mut rows: Vec<[Tensor<2>; 3]> = match &self.relevant {
            None => {
                let traces = trio.traces(&self.indices[images], device);
                let of =
                    |layer: &LayerSums| std::array::from_fn(|model| rows(&traces[model].stages[layer.stages[model]]));
                self.layers.iter().map(of).collect()
            }
            Some(relevant) => {
                let mut all = Vec::with_capacity(self.layers.len());
                for (slot, layer) in self.layers.iter().enumerate() {
                    all.push(relevant.features(trio, slot, layer.stages, &self.indices, images.clone(), device)?);
                }
                all
            }
        };
        let lengths = rows.iter().map(|models| models.each_ref().map(lengths)).collect();
        if self.indices.len() > HELD {
            for (layer, rows) in self.layers.iter_mut().zip(&mut rows) {
                let centre = layer.centre.get_or_insert_with(|| rows.each_ref().map(|rows| rows.clone().mean_dim(0)));
                *rows = std::array::from_fn(|model| rows[model].clone() - centre[model].clone());
            }
        }
        Ok(BlockFeatures { rows, lengths })
    }
}

impl LayerSums {
    /// Keeps what lies between images that will be resampled.
    fn hold(&mut self, held: &[usize], rows: &Block, columns: &Block, distances: &[Vec<f64>; 3]) {
        let width = columns.lengths[0].len();
        let inside = |block: &Block| {
            let (start, end) = (block.start, block.start + block.lengths[0].len());
            held.partition_point(|&position| position < start)..held.partition_point(|&position| position < end)
        };
        for a in inside(rows) {
            for b in inside(columns).filter(|&b| b > a) {
                let at = (held[a] - rows.start) * width + held[b] - columns.start;
                for (kept, distances) in self.distances.iter_mut().zip(distances) {
                    (kept[a * held.len() + b], kept[b * held.len() + a]) = (distances[at], distances[at]);
                }
            }
        }
        for b in inside(columns) {
            for (kept, lengths) in self.lengths.iter_mut().zip(&columns.lengths) {
                kept[b] = lengths[held[b] - columns.start];
            }
        }
    }

    fn finish(self, labels: &[usize], classes: &ClassDistances) -> Result<(Values, LayerDistances)> {
        let gram = self.stream.gram(&self.name)?;
        let mut models = Vec::with_capacity(3);
        for ((distances, lengths), width) in self.distances.into_iter().zip(self.lengths).zip(self.widths) {
            models.push(ModelDistances { distances: DistanceMatrix::new(labels.len(), distances)?, lengths, width });
        }
        let models = models.try_into().expect("three models");
        Ok((Values::of(&gram, &gram), LayerDistances::new(models, classes.matrix(labels)?)))
    }
}
