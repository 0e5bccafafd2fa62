//! Many tensors as one: what an update rule does to a network is done once, not once for each of its tensors.
//!
//! None of this carries a gradient: tensors come from and go to plain devices.

use burn::backend::Flex;
use burn::tensor::Tensor;

use super::host::{Values, tensor};

/// Parts begin at multiples of as many numbers, so that each can be bound by itself on every GPU (256 bytes).
const ALIGNMENT: usize = 64;

/// Where tensors lie in a flat one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// First number and count of each part.
    parts: Vec<(usize, usize)>,
    total: usize,
}

impl Layout {
    /// Parts of these counts, in this order, each at a place that a GPU can bind by itself.
    #[must_use]
    pub fn aligned(counts: impl IntoIterator<Item = usize>) -> Self {
        Self::of(counts, ALIGNMENT)
    }

    /// Parts of these counts one right behind the other, to be read as a whole.
    #[must_use]
    pub fn dense(counts: impl IntoIterator<Item = usize>) -> Self {
        Self::of(counts, 1)
    }

    fn of(counts: impl IntoIterator<Item = usize>, alignment: usize) -> Self {
        let mut layout = Self::default();
        for count in counts {
            layout.parts.push((layout.total, count));
            layout.total = (layout.total + count).next_multiple_of(alignment);
        }
        layout
    }

    /// How many parts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Numbers in all, gaps included.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Where a part lies.
    ///
    /// # Panics
    /// If there is no such part.
    #[must_use]
    pub fn place(&self, part: usize) -> std::ops::Range<usize> {
        let (start, count) = self.parts[part];
        start..start + count
    }

    /// The tensors as one `[total]`, in which gaps hold anything.
    ///
    /// # Panics
    /// If the tensors are not of the layout's counts.
    #[must_use]
    pub fn join(&self, parts: Vec<Tensor<1>>) -> Tensor<1> {
        assert_eq!(parts.len(), self.parts.len(), "as many tensors as parts");
        let counted = parts.iter().zip(&self.parts).all(|(tensor, (_, count))| tensor.dims() == [*count]);
        assert!(counted, "every tensor has the count of its part");
        #[cfg(any(feature = "webgpu", feature = "cuda"))]
        if let Some(gpu) = all(&parts) {
            return Tensor::from_primitive::<burn_cubecl::CubeBackend>(kernel::join(gpu, self));
        }
        let device = parts[0].device();
        match parts.iter().map(|part| part.clone().try_into_primitive::<Flex>().map(Values::of)).collect() {
            Ok(parts) => {
                let parts: Vec<Values> = parts;
                let values = self.join_values(&parts.iter().map(Values::slice).collect::<Vec<_>>());
                Tensor::from_primitive::<Flex>(tensor(values, [self.total]))
            }
            Err(_) => {
                let gap = |place: usize| {
                    let next = self.parts.get(place + 1).map_or(self.total, |(start, _)| *start);
                    Tensor::zeros([next - self.parts[place].0 - self.parts[place].1], &device)
                };
                let pieces = parts.into_iter().enumerate().flat_map(|(place, part)| [part, gap(place)]);
                Tensor::cat(pieces.filter(|piece| piece.dims() != [0]).collect(), 0)
            }
        }
    }

    /// Numbers on the host as one list, zeros in the gaps.
    ///
    /// # Panics
    /// If the lists are not of the layout's counts.
    #[must_use]
    pub fn join_values(&self, parts: &[&[f32]]) -> Vec<f32> {
        let mut values = vec![0.0f32; self.total];
        for (part, &(start, count)) in parts.iter().zip(&self.parts) {
            values[start..start + count].copy_from_slice(part);
        }
        values
    }

    /// One part of the flat tensor; on the GPU without a copy, if the layout is aligned.
    ///
    /// # Panics
    /// If there is no such part.
    #[must_use]
    pub fn part(&self, flat: &Tensor<1>, place: usize) -> Tensor<1> {
        let (start, count) = self.parts[place];
        #[cfg(any(feature = "webgpu", feature = "cuda"))]
        if start.is_multiple_of(ALIGNMENT)
            && let Ok(flat) = flat.clone().try_into_primitive::<burn_cubecl::CubeBackend>()
        {
            let part = super::gpu::part(&flat, start, [count]);
            return Tensor::from_primitive::<burn_cubecl::CubeBackend>(part);
        }
        flat.clone().narrow(0, start, count)
    }
}

/// The tensors of the GPU backends, if all are.
#[cfg(any(feature = "webgpu", feature = "cuda"))]
fn all(tensors: &[Tensor<1>]) -> Option<Vec<burn_cubecl::tensor::CubeTensor>> {
    tensors.iter().map(|tensor| tensor.clone().try_into_primitive::<burn_cubecl::CubeBackend>().ok()).collect()
}

#[cfg(any(feature = "webgpu", feature = "cuda"))]
mod kernel {
    //! On GPUs: some tensors a kernel, a row of workgroups for each. A browser's least device binds eight buffers.

    use burn_cubecl::tensor::CubeTensor;
    use cubecl::prelude::*;

    use super::super::gpu::{buffer, contiguous, empty, lines, thread};
    use super::Layout;

    /// Tensors of a kernel, beside the buffer that it writes.
    const PARTS: usize = 7;

    /// Where a tensor goes, and how many numbers it has.
    #[derive(CubeLaunch, CubeType)]
    struct Place {
        start: usize,
        count: usize,
    }

    pub fn join(parts: Vec<CubeTensor>, layout: &Layout) -> CubeTensor {
        let parts: Vec<CubeTensor> = parts.into_iter().map(contiguous).collect();
        let flat = empty(&parts[0], [layout.total]);
        for (parts, places) in parts.chunks(PARTS).zip(layout.parts.chunks(PARTS)) {
            // In a shorter last chunk the other arguments are numbers that nobody reads: no two may lie in the same place.
            let part = |k: usize| parts.get(k).map_or_else(|| buffer(&empty(&flat, [1])), buffer);
            let place = |k: usize| {
                let (start, count) = places.get(k).copied().unwrap_or((0, 0));
                PlaceLaunch::new(start, count)
            };
            let longest = places.iter().map(|(_, count)| *count).max().unwrap_or(0);
            let (count, dim) = lines(longest, parts.len());
            // SAFETY: every index is held below the count of its tensor.
            #[allow(unsafe_code)]
            unsafe {
                join_kernel::launch_unchecked(
                    &flat.client,
                    count,
                    dim,
                    part(0),
                    part(1),
                    part(2),
                    part(3),
                    part(4),
                    part(5),
                    part(6),
                    buffer(&flat),
                    place(0),
                    place(1),
                    place(2),
                    place(3),
                    place(4),
                    place(5),
                    place(6),
                );
            }
        }
        flat
    }

    #[cube]
    fn copy(part: &[f32], flat: &mut [f32], place: &Place) {
        let at = thread();
        if at < place.count {
            flat[place.start + at] = part[at];
        }
    }

    #[cube(launch_unchecked)]
    #[allow(clippy::too_many_arguments)]
    fn join_kernel(
        part0: &[f32],
        part1: &[f32],
        part2: &[f32],
        part3: &[f32],
        part4: &[f32],
        part5: &[f32],
        part6: &[f32],
        flat: &mut [f32],
        place0: Place,
        place1: Place,
        place2: Place,
        place3: Place,
        place4: Place,
        place5: Place,
        place6: Place,
    ) {
        if CUBE_POS_Y == 0 {
            copy(part0, flat, &place0);
        } else if CUBE_POS_Y == 1 {
            copy(part1, flat, &place1);
        } else if CUBE_POS_Y == 2 {
            copy(part2, flat, &place2);
        } else if CUBE_POS_Y == 3 {
            copy(part3, flat, &place3);
        } else if CUBE_POS_Y == 4 {
            copy(part4, flat, &place4);
        } else if CUBE_POS_Y == 5 {
            copy(part5, flat, &place5);
        } else {
            copy(part6, flat, &place6);
        }
    }
}
