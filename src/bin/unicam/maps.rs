//! Maps as files: NPY arrays, PNG pictures, and the report that says what they are.

use std::path::Path;

use image::imageops::{FilterType, resize};
use image::{Rgb, RgbImage};
use unicam::dataset::LabelledImages;
use unicam::session::{Explanation, MapKind};

use crate::failure::{Failure, Outcome};
use crate::files;
use crate::npy;
use crate::output::name_in_json;

/// How opaque the weakest and the strongest value of a map lie over the picture.
const OPACITY: (f32, f32) = (0.3, 0.85);

/// The kind's name in files and reports.
pub fn name_of(kind: MapKind) -> String {
    name_in_json(&kind)
}

/// Writes the maps of one layer into `folder`:
///
/// - `explanation.json`: the report;
/// - `KIND-raw.npy`, `[n, rawHeight, rawWidth]` as the method gives them, `KIND-scaled.npy`, `[n, height, width]` in 0 to 1;
/// - `KIND-signed.npy`, shaped as the raw ones, where signed maps were asked for;
/// - with `enlarge`, for image `i` of the report: `0000-picture.png`, `0000-KIND.png` in viridis and `0000-KIND-overlay.png`.
///   A map without positive evidence leaves its overlay as the picture, and its own file black.
pub fn write(
    explanation: &Explanation,
    images: &LabelledImages,
    folder: &Path,
    enlarge: Option<u32>,
    mut step: impl FnMut(usize),
) -> Outcome<()> {
    files::make_folder(folder)?;
    let report = &explanation.report;
    files::write_json(&folder.join("explanation.json"), report)?;
    let area = report.width * report.height;
    let raw_areas: Vec<usize> = report.raw_sizes.iter().map(|size| size.width * size.height).collect();
    let raw_stride: usize = raw_areas.iter().sum();
    for (map, kind) in report.maps.iter().enumerate() {
        let name = name_of(*kind);
        let before: usize = raw_areas[..map].iter().sum();
        let raw = gather(&explanation.raw, raw_stride, before, raw_areas[map]);
        let raw_shape = [report.n, report.raw_sizes[map].height, report.raw_sizes[map].width];
        files::put(&folder.join(format!("{name}-raw.npy")), &npy::encode(&raw_shape, &raw))?;
        if !explanation.signed.is_empty() {
            let signed = gather(&explanation.signed, raw_stride, before, raw_areas[map]);
            files::put(&folder.join(format!("{name}-signed.npy")), &npy::encode(&raw_shape, &signed))?;
        }
        let scaled = gather(&explanation.scaled, report.maps.len() * area, map * area, area);
        let shape = [report.n, report.height, report.width];
        files::put(&folder.join(format!("{name}-scaled.npy")), &npy::encode(&shape, &scaled))?;
    }
    let Some(enlarge) = enlarge else { return Ok(()) };
    for (place, image) in report.images.iter().enumerate() {
        let picture = picture(images, image.index);
        save(&picture, enlarge, &folder.join(format!("{place:04}-picture.png")))?;
        for (map, kind) in report.maps.iter().enumerate() {
            let from = (place * report.maps.len() + map) * area;
            let values = &explanation.scaled[from..from + area];
            let empty = image.strengths[map].empty;
            let (own, over) = paint(values, &picture, empty);
            let name = name_of(*kind);
            save(&own, enlarge, &folder.join(format!("{place:04}-{name}.png")))?;
            save(&over, enlarge, &folder.join(format!("{place:04}-{name}-overlay.png")))?;
        }
        step(place + 1);
    }
    Ok(())
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

fn save(image: &RgbImage, enlarge: u32, path: &Path) -> Outcome<()> {
    let shown = resize(image, image.width() * enlarge, image.height() * enlarge, FilterType::Nearest);
    let mut bytes = std::io::Cursor::new(Vec::new());
    shown
        .write_to(&mut bytes, image::ImageFormat::Png)
        .map_err(|error| Failure::Unwritable(format!("{}: {error}.", path.display())))?;
    files::put(path, &bytes.into_inner())
}
