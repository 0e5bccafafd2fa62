//! Whether the device has room for what is held of the reference batch at once, told before anything is asked for.

use crate::error::{Error, Result};
use crate::models::SegmentShape;
use crate::session::state::Session;
use crate::tensors::device::DeviceKind;

/// Bytes of a number.
const BYTES: u64 = 4;
/// How often the features of one network are held beside those of all three: their gradient, the parts that it is joined from,
/// and what a map or a second network makes of them.
const BESIDE: u64 = 3;

impl Session {
    /// Checks that there is room for the features of so many test pictures at one layer, counted from 1, or at each layer in
    /// turn, and for `maps` numbers a pixel of each. What a part of the batch takes on its way through a network is left out:
    /// see [`pictures_that_fit`](crate::distillation::pictures_that_fit).
    ///
    /// # Errors
    /// [`Error::BatchTooLarge`]; [`Error::NotReady`], [`Error::NoSuchLayer`], [`Error::NoMatchingLayer`].
    pub(in crate::session) fn check_capacity(&self, layer: Option<usize>, images: usize, maps: usize) -> Result<()> {
        let trio = self.trio()?;
        let (width, height) = (trio.images.width, trio.images.height);
        let images = images.min(trio.images.len());
        let layers = match layer {
            Some(layer) => vec![trio.layer(layer)?.1],
            None => (0..trio.student.config.layers().len()).filter_map(|stage| trio.stages_at(stage).ok()).collect(),
        };
        let shapes = trio.models().map(|(_, model)| model.config.shape(width, height));
        let (mut held, mut largest) = (0, 0);
        for stages in layers {
            let numbers = |model: usize| shapes[model].stage_ends().nth(stages[model]).map_or(0, SegmentShape::numbers);
            let of_each = [0, 1, 2].map(numbers);
            let most = of_each.into_iter().fold(0, u64::max);
            held = held.max(of_each.iter().sum::<u64>() + BESIDE * most);
            largest = largest.max(most);
        }
        let room = self.room.filter(|_| self.device_report.kind == DeviceKind::Cpu);
        let at_once = held + (maps * width * height) as u64;
        for (what, numbers, available) in
            [("in one buffer of the GPU", largest, self.device_report.largest_buffer), ("of memory", at_once, room)]
        {
            let needed = BYTES * numbers * images as u64;
            let Some(available) = available.filter(|&available| needed > available) else { continue };
            let fitting = available / (BYTES * numbers);
            let fewer = if fitting < 4 { String::new() } else { format!("a reference batch of {fitting} images, ") };
            return Err(Error::BatchTooLarge {
                images,
                needed: needed.div_ceil(1 << 20),
                what: what.to_owned(),
                available: available >> 20,
                advice: format!("Choose {fewer}a deeper layer, or smaller pictures"),
            });
        }
        Ok(())
    }
}
