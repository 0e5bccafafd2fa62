//! Maps as files: NPY arrays, PNG pictures, and the report that says what they are.

use std::path::Path;

use unicam::dataset::LabelledImages;
use unicam::session::{Drawing, Explanation};

use crate::failure::Outcome;
use crate::files;

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
    let put = |named: Vec<(String, Vec<u8>)>| -> Outcome<()> {
        named.iter().try_for_each(|(name, bytes)| files::put(&folder.join(name), bytes))
    };
    put(explanation.raw_files())?;
    put(explanation.scaled_files())?;
    let Some(enlarge) = enlarge else { return Ok(()) };
    let drawing = Drawing { enlarge, over_image: true };
    for place in 0..report.images.len() {
        put(explanation.drawn_files(images, place, drawing))?;
        step(place + 1);
    }
    Ok(())
}
