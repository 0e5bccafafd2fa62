//! Bytes `[H, W, 3]` to normalised planes `[3, H, W]`.

use burn::tensor::{Device, Tensor, TensorData};

use crate::dataset::LabelledImages;

/// How one picture is moved before the network sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shift {
    /// Pixels to the left by which the crop window is moved, negative to the right; what falls outside is black.
    pub x: isize,
    /// Pixels upwards by which the crop window is moved.
    pub y: isize,
    /// The part of the picture that is enlarged to the whole instead of being moved.
    pub window: Option<Window>,
    /// Whether left and right are swapped afterwards.
    pub flip: bool,
}

/// A part of a picture, pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Columns to the left of it.
    pub left: usize,
    /// Rows above it.
    pub top: usize,
    /// Its columns.
    pub width: usize,
    /// Its rows.
    pub height: usize,
}

/// The pictures at `indices` as a normalised tensor.
///
/// `shifts` is empty for unchanged pictures, or holds one entry a picture. What a crop window shows beyond the picture is
/// black, as in the usual recipe, which pads before it normalises. An enlarged part is interpolated bilinearly with half-pixel
/// centres, from the pixels within it alone.
///
/// # Shapes
/// - returns `[indices.len(), 3, height, width]`
///
/// # Panics
/// If an index is out of range.
#[must_use]
pub fn pictures(images: &LabelledImages, indices: &[usize], shifts: &[Shift], device: &Device) -> Tensor<4> {
    planes(picture_values(images, indices, shifts), indices.len(), (images.height, images.width), device)
}

/// The numbers of [`pictures`], row-major.
///
/// # Panics
/// If an index is out of range.
#[must_use]
pub fn picture_values(images: &LabelledImages, indices: &[usize], shifts: &[Shift]) -> Vec<f32> {
    let mut values = vec![0.0; indices.len() * 3 * images.height * images.width];
    write_pictures(images, indices, shifts, &mut values);
    values
}

/// Writes the numbers of [`pictures`], row-major.
///
/// # Panics
/// If an index or a window is out of range, or there is no room for all.
pub fn write_pictures(images: &LabelledImages, indices: &[usize], shifts: &[Shift], values: &mut [f32]) {
    let (height, width) = (images.height, images.width);
    assert_eq!(values.len(), indices.len() * 3 * height * width, "room for all pictures");
    // A batch has many more numbers than there are bytes.
    let normalised: [[f32; 256]; 3] =
        std::array::from_fn(|channel| std::array::from_fn(|byte| images.normalisation.apply(byte as u8, channel)));
    for (slot, planes) in values.chunks_exact_mut(3 * height * width).enumerate() {
        let picture = images.picture(indices[slot]);
        let picture = picture.as_ref();
        let shift = shifts.get(slot).copied().unwrap_or_default();
        if let Some(window) = shift.window {
            enlarge(picture, window, shift.flip, &normalised, (height, width), planes);
            continue;
        }
        let (rows, columns) = (seen(shift.y, height), seen(shift.x, width));
        for (channel, plane) in planes.chunks_exact_mut(height * width).enumerate() {
            let normalised = &normalised[channel];
            for (y, row) in plane.chunks_exact_mut(width).enumerate() {
                if !rows.contains(&y) || columns.is_empty() {
                    row.fill(normalised[0]);
                    continue;
                }
                let source = y.strict_add_signed(shift.y) * width + columns.start.strict_add_signed(shift.x);
                let pixels = picture[3 * source..].chunks_exact(3);
                for (value, pixel) in row[columns.clone()].iter_mut().zip(pixels) {
                    *value = normalised[usize::from(pixel[channel])];
                }
                row[..columns.start].fill(normalised[0]);
                row[columns.end..].fill(normalised[0]);
                if shift.flip {
                    row.reverse();
                }
            }
        }
    }
}

/// Writes the part of a picture at `window`, enlarged to `size` (height, width), as normalised planes.
fn enlarge(
    picture: &[u8],
    window: Window,
    flip: bool,
    normalised: &[[f32; 256]; 3],
    (height, width): (usize, usize),
    planes: &mut [f32],
) {
    let (rows, columns) = (between(window.top, window.height, height), between(window.left, window.width, width));
    for (channel, plane) in planes.chunks_exact_mut(height * width).enumerate() {
        let at = |y: usize, x: usize| normalised[channel][usize::from(picture[3 * (y * width + x) + channel])];
        for (row, &(upper, lower, down)) in plane.chunks_exact_mut(width).zip(&rows) {
            for (value, &(left, right, across)) in row.iter_mut().zip(&columns) {
                let above = (1.0 - across) * at(upper, left) + across * at(upper, right);
                let below = (1.0 - across) * at(lower, left) + across * at(lower, right);
                *value = (1.0 - down) * above + down * below;
            }
            if flip {
                row.reverse();
            }
        }
    }
}

/// For each of `to` places the two of `from` ones, counted on from `start`, between which it lies, and how much of the second.
fn between(start: usize, from: usize, to: usize) -> Vec<(usize, usize, f32)> {
    let scale = from as f32 / to as f32;
    let place = |index: usize| {
        let exact = ((index as f32 + 0.5) * scale - 0.5).max(0.0);
        let first = (exact as usize).min(from - 1);
        (start + first, start + (first + 1).min(from - 1), exact - first as f32)
    };
    (0..to).map(place).collect()
}

/// The places along one axis of a moved window that still show the picture.
fn seen(shift: isize, extent: usize) -> std::ops::Range<usize> {
    let end = extent.saturating_sub(shift.max(0).unsigned_abs());
    shift.min(0).unsigned_abs().min(end)..end
}

/// Normalised planes that were made on the host, one `[3, height, width]` after the other, as a tensor.
///
/// # Shapes
/// - returns `[n, 3, height, width]`
///
/// # Panics
/// If the length is not `n * 3 * height * width`.
#[must_use]
pub fn planes(values: Vec<f32>, n: usize, size: (usize, usize), device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(values, [n, 3, size.0, size.1]), device)
}

/// One picture as normalised planes `[3, height, width]` on the host, the same numbers as [`pictures`] gives.
///
/// # Panics
/// If `index` is out of range.
#[must_use]
pub fn normalised_planes(images: &LabelledImages, index: usize) -> Vec<f32> {
    let picture = images.picture(index);
    let plane = |channel: usize| {
        let bytes = picture.iter().skip(channel).step_by(3);
        bytes.map(move |&byte| images.normalisation.apply(byte, channel))
    };
    (0..3).flat_map(plane).collect()
}

/// Labels at `indices` as one-hot rows `[indices.len(), classes]`.
#[must_use]
pub fn one_hot(images: &LabelledImages, indices: &[usize], device: &Device) -> Tensor<2> {
    let shape = [indices.len(), images.class_names.len()];
    Tensor::from_data(TensorData::new(one_hot_values(images, indices), shape), device)
}

/// The numbers of [`one_hot`], row-major.
#[must_use]
pub fn one_hot_values(images: &LabelledImages, indices: &[usize]) -> Vec<f32> {
    let classes = images.class_names.len();
    let mut values = vec![0.0f32; indices.len() * classes];
    for (row, &index) in indices.iter().enumerate() {
        values[row * classes + images.labels[index]] = 1.0;
    }
    values
}
