//! Tensors of the GPU backends as flat buffers, and how many workgroups a kernel gets.

use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

/// Threads of a workgroup: a multiple of every vendor's subgroup, and small enough that small tensors make many groups.
pub(super) const UNITS: usize = 64;
/// Workgroups that keep a large GPU busy; a sum with fewer is split.
pub(super) const ENOUGH_GROUPS: usize = 256;
/// Workgroups that a browser starts along one axis at most; beyond it, it starts none and nothing is computed.
const MOST_GROUPS: usize = 65_535;
/// Rows of small tensors begin at multiples of as many numbers, so that a row can be bound by itself (256 bytes).
pub(super) const ALIGNMENT: usize = 64;

/// Numbers one after the other, row-major; copied only where they do not lie that way already.
pub(super) fn contiguous(tensor: CubeTensor) -> CubeTensor {
    into_contiguous(tensor)
}

/// Room for a tensor beside `like`; what is in it is not defined.
pub(super) fn empty<const D: usize>(like: &CubeTensor, shape: [usize; D]) -> CubeTensor {
    let bytes = shape.iter().product::<usize>() * size_of::<f32>();
    let handle = like.client.empty(bytes);
    CubeTensor::new_contiguous(like.client.clone(), like.device.clone(), shape.into(), handle, like.dtype)
}

/// `count` numbers from `start` on, a multiple of [`ALIGNMENT`], as a tensor of their own without a copy.
pub(super) fn part<const D: usize>(flat: &CubeTensor, start: usize, shape: [usize; D]) -> CubeTensor {
    let bytes = |numbers: usize| (numbers * size_of::<f32>()) as u64;
    let end = bytes(start + shape.iter().product::<usize>());
    let handle = flat.handle.clone().offset_start(bytes(start)).offset_end(flat.handle.size_in_used() - end);
    CubeTensor::new_contiguous(flat.client.clone(), flat.device.clone(), shape.into(), handle, flat.dtype)
}

/// Whether two tensors lie in the same memory.
pub(super) fn shared(a: &CubeTensor, b: &CubeTensor) -> bool {
    a.handle.memory.descriptor() == b.handle.memory.descriptor()
}

/// The buffer as a kernel takes it.
pub(super) fn buffer(tensor: &CubeTensor) -> BufferArg {
    tensor.clone().into_buffer_arg()
}

/// Workgroups with a thread for each of `count`; a kernel's thread finds its place by [`thread`].
pub(super) fn line(count: usize) -> (CubeCount, CubeDim) {
    lines(count, 1)
}

/// As many lines one below the other: `CUBE_POS_Y` tells a thread in which it is.
pub(super) fn lines(count: usize, rows: usize) -> (CubeCount, CubeDim) {
    let groups = count.div_ceil(UNITS);
    let layers = groups.div_ceil(MOST_GROUPS).max(1);
    block(groups.div_ceil(layers), rows, layers)
}

/// Place of a thread in its line, which may lie in several layers.
#[cube]
pub(super) fn thread() -> usize {
    (CUBE_POS_Z as usize * CUBE_COUNT_X as usize + CUBE_POS_X as usize) * UNITS + UNIT_POS as usize
}

/// A block of workgroups.
pub(super) fn block(x: usize, y: usize, z: usize) -> (CubeCount, CubeDim) {
    (CubeCount::Static(x as u32, y as u32, z as u32), CubeDim::new_1d(UNITS as u32))
}
