//! Pictures that keep what a map values, for scores in the paper's way.

use std::ops::Range;

use burn::tensor::{Device, Tensor};

use crate::attribution::road::{RemovalOrder, impute};
use crate::attribution::{Centred, Heatmap, Objective, UniCam, measure};
use crate::error::Result;
use crate::models::Trace;
use crate::session::maps::look::Trio;
use crate::session::scores::rows::rows;
use crate::tensors::readback::read_all;

/// Which network's features each network's map is drawn given: the Teacher's given the Student's, the Student's given the
/// Base's, the Base's given the Student's.
const GIVEN: [usize; 3] = [1, 2, 1];

/// Scaled UniCAM maps of every image, and how much of each picture goes by them.
pub(in crate::session) struct RelevantPixels {
    /// Per layer, those of Teacher, Student and Base: `[n][height * width]`.
    maps: Vec<[Vec<Vec<f32>>; 3]>,
    share: f64,
    seed: u64,
}

impl RelevantPixels {
    /// Draws the maps of all images at every layer, one layer after the other.
    ///
    /// # Errors
    /// Those of the distances, naming model and layer; [`crate::Error::DeviceFailed`].
    pub async fn find(
        trio: &Trio<'_>,
        indices: &[usize],
        layers: &[[usize; 3]],
        labels: &Centred,
        share: f64,
        seed: u64,
        device: &Device,
    ) -> Result<Self> {
        let names = trio.student.config.layers();
        let size = (trio.images.height, trio.images.width);
        let mut maps = Vec::with_capacity(layers.len());
        for stages in layers {
            // One layer at a time is held: looking again costs less than keeping all of them.
            let mut traces = trio.traces_at(*stages, indices, device);
            let stage = |((model, _), trace): ((&str, _), &mut Trace)| {
                (model.to_owned(), names[stages[1]].clone(), trace.stages.swap_remove(0))
            };
            let made = trio.models().into_iter().zip(&mut traces).map(stage);
            let features = measure(made.collect()).await?.into_iter().collect::<Result<Vec<_>>>()?;
            let drawn: [Tensor<3>; 3] = std::array::from_fn(|model| {
                UniCam::of(&features[model], &features[GIVEN[model]], labels, Objective::Relevance).maps()
            });
            let sizes = drawn.each_ref().map(|maps| maps.dims());
            let values = read_all(drawn.map(|maps| maps.flatten(0, 2)).to_vec()).await?;
            maps.push(std::array::from_fn(|model| {
                let [_, height, width] = sizes[model];
                let scaled = |raw: &[f32]| Heatmap::new(raw.to_vec(), (height, width), size, None).scaled;
                values[model].chunks_exact(height * width).map(scaled).collect()
            }));
        }
        Ok(Self { maps, share, seed })
    }

    /// Features at one layer, given by its place among the layers and its stages, of the imputed pictures `images` (places
    /// among `indices`): each network sees pictures of its own.
    ///
    /// # Errors
    /// [`crate::Error::InvalidConfig`] for a share outside its range.
    pub fn features(
        &self,
        trio: &Trio<'_>,
        layer: usize,
        stages: [usize; 3],
        indices: &[usize],
        images: Range<usize>,
        device: &Device,
    ) -> Result<[Tensor<2>; 3]> {
        let networks = [trio.teacher, trio.student, trio.base];
        let mut features = Vec::with_capacity(3);
        for (model, network) in networks.into_iter().enumerate() {
            let maps: Vec<&[f32]> = self.maps[layer][model][images.clone()].iter().map(Vec::as_slice).collect();
            let order = RemovalOrder::LeastRelevantFirst;
            let batch = impute(trio.images, &indices[images.clone()], &maps, self.share, order, self.seed, device)?;
            features.push(rows(&network.network.forward_to(stages[model], batch)));
        }
        Ok(features.try_into().expect("three networks"))
    }
}
