//! Labelled pictures of one size, however they came here.
//!
//! Takes: decoded pictures ([`crate::bytes`]) or settings for rendered ones. Gives: [`LabelledImages`] and the
//! indices of a split or a batch. No tensors here. May import: `error`, `seed`, `bytes`.

pub mod collect;
#[cfg(not(target_arch = "wasm32"))]
pub mod file_shelf;
pub mod known;
pub mod normalisation;
pub mod pixels;
pub mod scenes;
pub mod split;

pub(crate) use collect::class_key;

use std::borrow::Cow;

use normalisation::Normalisation;
use pixels::Pixels;

use crate::error::{Error, Result};

/// Pictures of one size with their labels: RGB, eight bits, row-major, height x width x channel.
#[derive(Debug, Clone)]
pub struct LabelledImages {
    /// Width of every picture, pixels.
    pub width: usize,
    /// Height of every picture, pixels.
    pub height: usize,
    /// `[n * height * width * 3]`, picture after picture.
    pub pixels: Pixels,
    /// Class of each picture, an index into `class_names`.
    pub labels: Vec<usize>,
    /// Names of the classes in label order.
    pub class_names: Vec<String>,
    /// `[n * height * width]`, 255 on the object and 0 beside it, values between at its rim; where the truth is known.
    pub masks: Option<Vec<u8>>,
    /// How networks see them.
    pub normalisation: Normalisation,
}

impl LabelledImages {
    /// How many pictures there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no picture.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Bytes of one picture.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.width * self.height * 3
    }

    /// Pixels of picture `index`, `[height * width * 3]`; black where a file outside of the memory cannot be read, which
    /// [`Pixels::check`] then tells.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Self::len).
    #[must_use]
    pub fn picture(&self, index: usize) -> Cow<'_, [u8]> {
        self.pixels.picture(index, self.stride())
    }

    /// Mask of picture `index`, `[height * width]`, where masks are known.
    #[must_use]
    pub fn mask(&self, index: usize) -> Option<&[u8]> {
        let area = self.width * self.height;
        self.masks.as_ref().map(|masks| &masks[index * area..(index + 1) * area])
    }

    /// The pictures at `indices` alone, without masks: no others are read.
    ///
    /// # Panics
    /// If an index is not below [`len`](Self::len).
    #[must_use]
    pub fn only(&self, indices: impl Iterator<Item = usize>) -> Self {
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for index in indices {
            pixels.extend_from_slice(&self.picture(index));
            labels.push(self.labels[index]);
        }
        let (pixels, class_names) = (pixels.into(), self.class_names.clone());
        Self { pixels, labels, class_names, masks: None, ..*self }
    }

    /// Checks that the lengths agree and every label has a name.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the field that disagrees.
    pub fn validate(&self) -> Result<()> {
        let n = self.len();
        if self.pixels.len() != n * self.stride() {
            return Err(Error::config(
                "pixels",
                format!("{} bytes for {n} pictures of {} bytes", self.pixels.len(), self.stride()),
            ));
        }
        if let Some(masks) = &self.masks
            && masks.len() != n * self.width * self.height
        {
            return Err(Error::config("masks", format!("{} bytes for {n} pictures", masks.len())));
        }
        if let Some(label) = self.labels.iter().find(|&&label| label >= self.class_names.len()) {
            return Err(Error::config("labels", format!("label {label} has no name among {}", self.class_names.len())));
        }
        Ok(())
    }

    /// Pictures per class, in label order.
    #[must_use]
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.class_names.len()];
        for &label in &self.labels {
            counts[label] += 1;
        }
        counts
    }
}

/// The same pictures with the same labels, wherever the pixels lie.
impl PartialEq for LabelledImages {
    fn eq(&self, other: &Self) -> bool {
        let of = |images: &Self| (images.width, images.height, images.normalisation);
        of(self) == of(other)
            && self.labels == other.labels
            && self.class_names == other.class_names
            && self.masks == other.masks
            && (0..self.len()).all(|index| self.picture(index) == other.picture(index))
    }
}

/// The pictures to learn from and the held-out ones to judge by.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Name shown to people.
    pub name: String,
    /// Pictures to learn from.
    pub train: LabelledImages,
    /// Held-out pictures, never trained on.
    pub test: LabelledImages,
}
