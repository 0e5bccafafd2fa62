//! Burn's CUDA backend. It loads NVIDIA's driver and compiler at run time, so that it builds on machines without them.

use burn::tensor::{Device, DeviceType};
use cudarc::nvrtc;

use super::{DeviceKind, DeviceReport};
use crate::error::{Error, Result};

/// The NVIDIA GPU of this number, counted from 0.
///
/// # Errors
/// [`Error::NoDevice`] when the driver, its run-time compiler or a GPU of that number is missing: Burn would panic at its
/// first kernel.
pub fn open(index: usize) -> Result<(Device, DeviceReport)> {
    let refused = |reason: String| Error::NoDevice { device: format!("cuda={index}"), reason };
    let count = Device::enumerate(DeviceType::Cuda).len();
    if count == 0 {
        return Err(refused("no NVIDIA driver with a GPU is found here".to_owned()));
    }
    if index >= count {
        return Err(refused(format!("there are {count}, counted from 0")));
    }
    // SAFETY: the call only tries to load the library, under the names that NVIDIA gives it.
    #[allow(unsafe_code)]
    if !unsafe { nvrtc::sys::is_culib_present() } {
        return Err(refused("NVIDIA's run-time compiler (libnvrtc of the CUDA toolkit) is not found here".to_owned()));
    }
    let device = Device::cuda(index);
    Ok((device, DeviceReport::new(DeviceKind::Cuda, format!("CUDA device {index}"))))
}
