//! Maps as files: NumPy arrays and pictures in viridis.

use std::io::Cursor;

use image::imageops::{FilterType, resize};
use image::{ImageFormat, Rgb, RgbImage};

use crate::bytes::npy;
use crate::dataset::LabelledImages;
use crate::session::maps::explain::Explanation;
use crate::session::maps::map_kind::MapKind;

/// How opaque the weakest and the strongest value of a map lie over the picture.
const OPACITY: (f32, f32) = (0.3, 0.85);

/// A file by its name.
pub type NamedBytes = (String, Vec<u8>);

/// Which pictures of an image are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawing {
    /// Side of a drawn pixel, in pixels of the map.
    pub enlarge: u32,
    /// Whether the image itself and its maps over it are drawn too.
    pub over_image: bool,
}

impl Explanation {
    /// The maps of every image as NumPy files of single precision: `KIND-raw.npy`, `[n, rawHeight, rawWidth]` as the method
    /// gives them, and `KIND-signed.npy`, of the same shape before the ReLU, where signed maps were asked for.
    #[must_use]
    pub fn raw_files(&self) -> Vec<NamedBytes> {
        let report = &self.report;
        let areas: Vec<usize> = report.raw_sizes.iter().map(|size| size.area()).collect();
        let stride: usize = areas.iter().sum();
        let mut files = Vec::new();
        for (map, (kind, size)) in report.maps.iter().zip(&report.raw_sizes).enumerate() {
            let before: usize = areas[..map].iter().sum();
            let shape = [report.n, size.height, size.width];
            let file = |values: &[f32], what: &str| {
                let own = gather(values, stride, before, areas[map]);
                (format!("{}-{what}.npy", kind.name()), npy::encode(&shape, &own))
            };
            files.push(file(&self.raw, "raw"));
            if !self.signed.is_empty() {
                files.push(file(&self.signed, "signed"));
            }
        }
        files
    }

    /// The maps at the size of the images, `KIND-scaled.npy`, `[n, height, width]` in 0 to 1.
    #[must_use]
    pub fn scaled_files(&self) -> Vec<NamedBytes> {
        let report = &self.report;
        let area = report.width * report.height;
        let shape = [report.n, report.height, report.width];
        let file = |(map, kind): (usize, &MapKind)| {
            let own = gather(&self.scaled, report.maps.len() * area, map * area, area);
            (format!("{}-scaled.npy", kind.name()), npy::encode(&shape, &own))
        };
        report.maps.iter().enumerate().map(file).collect()
    }

    /// The maps of the image at `place` as PNG: `0000-KIND.png` in viridis, and where that is asked for `0000-picture.png`
    /// and `0000-KIND-overlay.png`. A map without positive evidence is black and leaves its overlay as the picture.
    ///
    /// # Panics
    /// If there is no image at `place`, or `images` are others than those that were explained.
    #[must_use]
    pub fn drawn_files(&self, images: &LabelledImages, place: usize, drawing: Drawing) -> Vec<NamedBytes> {
        let report = &self.report;
        let image = &report.images[place];
        let area = report.width * report.height;
        let picture = picture(images, image.index);
        let mut files = Vec::new();
        let mut add = |what: &str, drawn: &RgbImage| {
            files.push((format!("{place:04}-{what}.png"), png(drawn, drawing.enlarge)));
        };
        if drawing.over_image {
            add("picture", &picture);
        }
        for (map, kind) in report.maps.iter().enumerate() {
            let from = (place * report.maps.len() + map) * area;
            let (own, over) = paint(&self.scaled[from..from + area], &picture, image.strengths[map].empty);
            add(kind.name(), &own);
            if drawing.over_image {
                add(&format!("{}-overlay", kind.name()), &over);
            }
        }
        files
    }
}

/// One map of every image: `length` values from `offset` on in each row of `stride`.
fn gather(values: &[f32], stride: usize, offset: usize, length: usize) -> Vec<f32> {
    values.chunks_exact(stride).flat_map(|row| row[offset..offset + length].iter().copied()).collect()
}

fn picture(images: &LabelledImages, index: usize) -> RgbImage {
    let (width, height) = (images.width as u32, images.height as u32);
    RgbImage::from_raw(width, height, images.picture(index).to_vec()).expect("three bytes a pixel")
}

/// The map in viridis, and over its picture.
fn paint(values: &[f32], picture: &RgbImage, empty: bool) -> (RgbImage, RgbImage) {
    let (mut own, mut over) = (RgbImage::new(picture.width(), picture.height()), picture.clone());
    if empty {
        return (own, over);
    }
    for ((value, own), over) in values.iter().zip(own.pixels_mut()).zip(over.pixels_mut()) {
        let value = value.clamp(0.0, 1.0);
        let colour = colorous::VIRIDIS.eval_continuous(f64::from(value));
        *own = Rgb([colour.r, colour.g, colour.b]);
        let opacity = OPACITY.0 + (OPACITY.1 - OPACITY.0) * value;
        for (under, upper) in over.0.iter_mut().zip(own.0) {
            *under = (f32::from(*under) * (1.0 - opacity) + f32::from(upper) * opacity).round() as u8;
        }
    }
    (own, over)
}

fn png(image: &RgbImage, enlarge: u32) -> Vec<u8> {
    let shown = resize(image, image.width() * enlarge, image.height() * enlarge, FilterType::Nearest);
    let mut bytes = Cursor::new(Vec::new());
    shown.write_to(&mut bytes, ImageFormat::Png).expect("a picture of some pixels, into memory");
    bytes.into_inner()
}
