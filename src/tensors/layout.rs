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
    /// Whether left and right are swapped afterwards.
    pub flip: bool,
}

/// The pictures at `indices` as a normalised tensor.
///
/// `shifts` is empty for unchanged pictures, or holds one entry a picture. What a crop window shows beyond the picture is
/// black, as in the usual recipe, which pads before it normalises.
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
/// If an index is out of range, or there is no room for all.
pub fn write_pictures(images: &LabelledImages, indices: &[usize], shifts: &[Shift], values: &mut [f32]) {
    let (height, width) = (images.height, images.width);
    assert_eq!(values.len(), indices.len() * 3 * height * width, "room for all pictures");
    // A batch has many more numbers than there are bytes.
    let normalised: [[f32; 256]; 3] =
        std::array::from_fn(|channel| std::array::from_fn(|byte| images.normalisation.apply(byte as u8, channel)));
    for (slot, planes) in values.chunks_exact_mut(3 * height * width).enumerate() {
        let picture = images.picture(indices[slot]);
        let shift = shifts.get(slot).copied().unwrap_or_default();
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
