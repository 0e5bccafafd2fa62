//! Looks at Student and Base between two steps of their learning.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use burn::tensor::{Device, Tensor};

use crate::attribution::{
    Centred, DistanceMatrix, Features, Heatmap, Objective, Strength, UniCam, measure, named_classes,
};
use crate::dataset::{LabelledImages, split};
use crate::distillation::{DistillationConfig, Paired};
use crate::error::{Error, Result};
use crate::models::{NetworkConfig, Trace, counterpart};
use crate::scores::{LayerDistances, ModelDistances};
use crate::session::maps::explain::RawSize;
use crate::session::maps::look::{parts, reference_hash};
use crate::session::networks::model::Model;
use crate::session::training::timeline::{
    Timeline, TimelineConfig, TimelinePoint, TimelineScores, WatchedAnswer, WatchedPicture,
};
use crate::tensors::parts::joined;
use crate::tensors::readback::read_all;

/// All that a point needs beside the two networks.
pub(in crate::session) struct Watch {
    /// The reference batch among the test pictures.
    indices: Vec<usize>,
    labels: DistanceMatrix,
    centred_labels: Centred,
    objective: Objective,
    classes: usize,
    layer: String,
    /// Stages of the Teacher and of the two, counted from 0.
    stages: [usize; 2],
    /// Of the Teacher, which does not change: measured with the first point.
    teacher: Option<ModelDistances>,
    /// Step of the next point.
    due: usize,
}

impl Watch {
    /// Settles everything, and begins a timeline without points.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`], [`Error::NoSuchLayer`], [`Error::NoMatchingLayer`]; [`Error::TooFewImages`] and
    /// [`Error::OneClassOnly`] where the test pictures allow no scores.
    pub fn new(
        config: &TimelineConfig,
        recipe: &DistillationConfig,
        student: &NetworkConfig,
        teacher: &NetworkConfig,
        images: &LabelledImages,
    ) -> Result<(Self, Timeline)> {
        config.settings.validate()?;
        config.reference.validate()?;
        let names = student.layers();
        let layer = if config.settings.layer == 0 { names.len() } else { config.settings.layer };
        let name = names.get(layer.wrapping_sub(1)).ok_or(Error::NoSuchLayer { layer, layers: names.len() })?;
        let theirs = counterpart(layer - 1, names.len(), teacher.layers().len())
            .ok_or_else(|| Error::NoMatchingLayer { model: "Teacher".to_owned(), layer: name.clone() })?;
        let wished = config.reference.images;
        let indices = split::balanced_draw(&images.labels, images.class_names.len(), wished, config.reference.seed);
        let of_images: Vec<usize> = indices.iter().map(|&index| images.labels[index]).collect();
        let labels = DistanceMatrix::of_labels(&of_images, &images.class_names)?;
        let optimiser = &recipe.optimiser;
        let shown = indices.iter().take(config.settings.pictures);
        let covered = |mask: &[u8]| mask.iter().map(|&cover| f32::from(cover)).sum::<f32>() / 255.0 / mask.len() as f32;
        let timeline = Timeline {
            config: *config,
            every: config.settings.spacing(optimiser.steps, optimiser.batch_size, indices.len()),
            steps: optimiser.steps,
            layer: name.clone(),
            reference_hash: reference_hash(images, &indices),
            n: indices.len(),
            raw_size: RawSize { width: 0, height: 0 },
            pictures: shown
                .map(|&index| WatchedPicture {
                    index,
                    label: images.labels[index],
                    mask_share: images.mask(index).map(covered),
                })
                .collect(),
            points: Vec::new(),
            missing: Vec::new(),
            seconds: 0.0,
            training_seconds: 0.0,
        };
        let watch = Self {
            indices,
            centred_labels: labels.u_centred(),
            labels,
            objective: config.objective,
            classes: student.classes,
            layer: name.clone(),
            stages: [theirs, layer - 1],
            teacher: None,
            due: 0,
        };
        Ok((watch, timeline))
    }

    /// Whether a point is due after so many steps; asked once for each step, in order.
    pub fn is_due(&mut self, step: usize, timeline: &Timeline) -> bool {
        let is_due = step >= self.due;
        if is_due {
            self.due = step.saturating_add(timeline.every).min(timeline.steps.max(step.saturating_add(1)));
        }
        is_due
    }

    /// Goes on behind the last point of a timeline that was begun before.
    pub fn go_on(&mut self, timeline: &Timeline) {
        let made = timeline.points.iter().map(|point| point.step);
        let last = made.chain(timeline.missing.iter().map(|point| point.step)).max();
        if let Some(step) = last {
            self.is_due(step.max(self.due), timeline);
        }
    }

    /// Makes a point: three reads from the device.
    ///
    /// # Errors
    /// [`Error::ConstantFeatures`], [`Error::NotFinite`], [`Error::DeviceFailed`].
    pub async fn look(
        &mut self,
        pair: Paired,
        timeline: &mut Timeline,
        teacher: &Model,
        images: &LabelledImages,
        device: &Device,
    ) -> Result<TimelinePoint> {
        let Paired { step, student, base } = pair;
        // The step of the learning holds its own memory meanwhile: parts of the batch, and of each the watched stage alone.
        let [theirs, own] = self.stages;
        let (mut looked, mut taught) = ([const { Vec::new() }; 2], Vec::new());
        for batch in parts(images, &self.indices, device) {
            for (traces, network) in looked.iter_mut().zip([&student, &base]) {
                let mut trace = network.forward(batch.clone());
                trace.stages = vec![trace.stages.swap_remove(own)];
                traces.push(trace);
            }
            if self.teacher.is_none() {
                taught.push(teacher.network.forward_to(theirs, batch));
            }
        }
        let mut traces = looked.map(Trace::joined);
        let stage = |model: &str, output: Tensor<4>| (model.to_owned(), self.layer.clone(), output);
        let [of_student, of_base] = traces.each_mut().map(|trace| trace.stages.swap_remove(0));
        let mut stages = vec![stage("Student", of_student), stage("Base", of_base)];
        if self.teacher.is_none() {
            stages.push(stage("Teacher", joined(taught)));
        }
        let mut measured = measure(stages).await?.into_iter();
        let mut next = || measured.next().expect("a result a stage");
        let (student, base) = (next()?, next()?);
        if self.teacher.is_none() {
            self.teacher = Some(next()?.into());
        }
        let answers = read_all(traces.map(|trace| trace.logits.flatten(0, 1)).to_vec()).await?;
        let named: Vec<Vec<usize>> = answers.iter().map(|logits| named_classes(logits, self.classes)).collect();
        let maps = self.maps(&student, &base).await?;
        timeline.raw_size = maps.size;
        let heat = maps.scaled(images, &self.indices);
        let teacher = self.teacher.clone().expect("measured above");
        let distances = LayerDistances::new([teacher, student.into(), base.into()], self.labels.clone());
        let right = |named: &[usize]| {
            let hits = self.indices.iter().zip(named).filter(|&(&index, &named)| images.labels[index] == named);
            hits.count() as f64 / self.indices.len() as f64
        };
        let former = timeline.points.last();
        let pictures = timeline.pictures.iter().enumerate().map(|(slot, picture)| {
            let since = |network: usize| {
                let before = former.and_then(|point| point.pictures.get(slot));
                let before = before.and_then(|answer| [answer.student_since, answer.base_since][network]);
                (named[network][slot] == picture.label).then(|| before.unwrap_or(step))
            };
            WatchedAnswer {
                student: named[0][slot],
                base: named[1][slot],
                student_since: since(0),
                base_since: since(1),
                distilled: heat[0][slot],
                residual: heat[1][slot],
            }
        });
        Ok(TimelinePoint {
            step,
            student_right: right(&named[0]),
            base_right: right(&named[1]),
            scores: TimelineScores::from(distances.values()),
            distilled_inside: mean_inside(&heat[0]),
            residual_inside: mean_inside(&heat[1]),
            pictures: pictures.collect(),
            maps: maps.in_bytes(timeline.pictures.len()),
        })
    }

    async fn maps(&self, student: &Features, base: &Features) -> Result<Maps> {
        let of = |explained, given| UniCam::of(explained, given, &self.centred_labels, self.objective).signed;
        let maps = [of(student, base), of(base, student)];
        let size = RawSize::of(&maps[0]);
        let values = read_all(maps.map(|map| map.flatten(0, 2)).to_vec()).await?;
        if values.iter().flatten().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                what: format!("A map of {}", self.layer),
                advice: "Start again with a lower learning rate.".to_owned(),
            });
        }
        Ok(Maps { size, values })
    }
}

/// Distilled and residual maps of the whole batch, before their ReLU.
struct Maps {
    size: RawSize,
    values: Vec<Vec<f32>>,
}

impl Maps {
    fn of_picture(&self, kind: usize, slot: usize) -> &[f32] {
        &self.values[kind][slot * self.size.area()..(slot + 1) * self.size.area()]
    }

    /// Strengths of the maps at the size of the pictures: `[2][n]`.
    fn scaled(&self, images: &LabelledImages, indices: &[usize]) -> [Vec<Strength>; 2] {
        let (from, to) = ((self.size.height, self.size.width), (images.height, images.width));
        [0, 1].map(|kind| {
            let strength = |(slot, &index): (usize, &usize)| {
                Heatmap::of_signed(self.of_picture(kind, slot), from, to, images.mask(index)).strength
            };
            indices.iter().enumerate().map(strength).collect()
        })
    }

    fn in_bytes(&self, shown: usize) -> String {
        let mut bytes = Vec::with_capacity(2 * shown * self.size.area());
        for slot in 0..shown {
            for kind in [0, 1] {
                let own = self.of_picture(kind, slot);
                let largest = own.iter().copied().fold(0.0f32, f32::max);
                let byte =
                    |value: &f32| if largest > 0.0 { (255.0 * value.max(0.0) / largest).round() as u8 } else { 0 };
                bytes.extend(own.iter().map(byte));
            }
        }
        STANDARD.encode(bytes)
    }
}

fn mean_inside(strengths: &[Strength]) -> Option<f64> {
    let shares: Vec<f64> = strengths.iter().filter_map(|strength| strength.inside_mask.map(f64::from)).collect();
    (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
}
