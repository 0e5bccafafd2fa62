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
    let (height, width) = (images.height, images.width);
    let area = height * width;
    let (mean, deviation) = (images.normalisation.mean(), images.normalisation.deviation());
    let black: [f32; 3] = std::array::from_fn(|channel| -mean[channel] / deviation[channel]);
    let mut values = Vec::with_capacity(indices.len() * 3 * area);
    for (slot, &index) in indices.iter().enumerate() {
        let picture = images.picture(index);
        let shift = shifts.get(slot).copied().unwrap_or_default();
        for channel in 0..3 {
            for y in 0..height {
                let source_y = y as isize + shift.y;
                for x in 0..width {
                    let mirrored = if shift.flip { width - 1 - x } else { x };
                    let source_x = mirrored as isize + shift.x;
                    let inside = (0..height as isize).contains(&source_y) && (0..width as isize).contains(&source_x);
                    values.push(if inside {
                        let byte = picture[(source_y as usize * width + source_x as usize) * 3 + channel];
                        (f32::from(byte) / 255.0 - mean[channel]) / deviation[channel]
                    } else {
                        black[channel]
                    });
                }
            }
        }
    }
    values
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
