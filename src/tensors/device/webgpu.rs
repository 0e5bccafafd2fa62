//! Burn's WebGPU backend: the browser's own interface, elsewhere Vulkan, Metal or DirectX 12.

pub use backend::open;

#[cfg(all(feature = "webgpu", not(target_arch = "wasm32")))]
mod backend {
    use std::sync::OnceLock;

    use burn::tensor::Device;
    use burn::tensor::wgpu::{WgpuBackend, wgpu::DeviceType};

    use super::super::DeviceReport;
    use super::{TASKS, refused, report};
    use crate::error::Result;

    /// Burn registers a backend once per process; every later session shares it, whatever its thread. Its refusal is kept
    /// as well: no adapter appears while a program runs.
    static OPENED: OnceLock<Result<(Device, DeviceReport)>> = OnceLock::new();

    #[allow(clippy::unused_async)] // the signature of the browser's
    pub async fn open() -> Result<(Device, DeviceReport)> {
        let first = || {
            let opened = Device::wgpu_options().graphics_api(WgpuBackend::Auto).tasks_max(TASKS).init_with_setup();
            let (device, setup) = opened.map_err(|error| refused(&error))?;
            let info = setup.adapter.get_info();
            let limits = setup.device.limits();
            let largest = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
            Ok((device, report(&[&info.name, &info.driver], info.device_type == DeviceType::Cpu, largest)))
        };
        OPENED.get_or_init(first).clone()
    }
}

#[cfg(all(feature = "webgpu", target_arch = "wasm32"))]
mod backend {
    use std::cell::RefCell;

    use burn::tensor::Device;
    use burn::tensor::wgpu::WgpuBackend;
    use cubecl::config::memory::PersistentMemory;
    use cubecl::config::{CubeClRuntimeConfig, RuntimeConfig};

    use super::super::browser::adapter_words;
    use super::super::{DeviceKind, DeviceReport};
    use super::{TASKS, refused, report};
    use crate::error::Result;

    thread_local! {
        /// Burn registers a backend once per worker; every later session shares it.
        static OPENED: RefCell<Option<(Device, DeviceReport)>> = const { RefCell::new(None) };
    }

    pub async fn open() -> Result<(Device, DeviceReport)> {
        if let Some(opened) = OPENED.with_borrow(Clone::clone) {
            return Ok(opened);
        }
        super::super::run_constructors_once();
        if DeviceKind::Webgpu.keeps_buffers() {
            keep_buffers();
        }
        let options = Device::wgpu_options().graphics_api(WgpuBackend::WebGpu).tasks_max(TASKS);
        let (device, setup) = options.init_with_setup_async().await.map_err(|error| refused(&error))?;
        let limits = setup.device.limits();
        let largest = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
        let report = match adapter_words().await {
            Some(words) => report(&[&words.name], words.fallback, largest),
            None => report(&[], false, largest),
        };
        let opened = (device, report);
        OPENED.set(Some(opened.clone()));
        Ok(opened)
    }

    /// Has every buffer kept for the next one of its size, until [`Device::memory_cleanup`] is called.
    fn keep_buffers() {
        let mut config = CubeClRuntimeConfig::default();
        config.memory.persistent_memory = PersistentMemory::Enforced;
        // A program that has settled it before knows why.
        CubeClRuntimeConfig::try_set(config);
    }
}

#[cfg(not(feature = "webgpu"))]
mod backend {
    use burn::tensor::Device;

    use super::super::DeviceReport;
    use crate::error::{Error, Result};

    const NO_BACKEND: &str = "this build has no WebGPU backend";

    #[cfg_attr(not(target_arch = "wasm32"), allow(clippy::unused_async))] // the signature of the module that it stands in for
    pub async fn open() -> Result<(Device, DeviceReport)> {
        Err(Error::NoWebGpu { reason: reason().await.to_owned() })
    }

    /// Where the browser itself gives no adapter, another engine would not help.
    #[cfg(target_arch = "wasm32")]
    async fn reason() -> &'static str {
        if super::super::browser::has_adapter().await { NO_BACKEND } else { "the browser gives no adapter" }
    }

    #[cfg(not(target_arch = "wasm32"))]
    async fn reason() -> &'static str {
        NO_BACKEND
    }
}

/// Kernels that are handed to the GPU together: a step has some two hundred, and each hand-over costs the page's worker
/// and the browser's GPU process a call.
#[cfg(feature = "webgpu")]
const TASKS: usize = 128;

/// Largest whole number that a JavaScript number holds exactly: some drivers set no limit to a buffer.
#[cfg(feature = "webgpu")]
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// By the first of the adapter's names that says something, or what people call it if it is a program; `largest` is how many
/// bytes a kernel can be given in one buffer.
#[cfg(feature = "webgpu")]
fn report(names: &[&str], is_processor: bool, largest: u64) -> super::DeviceReport {
    let renderer = super::software::renderer(names);
    let first = names.iter().copied().find(|name| !name.is_empty());
    let name = renderer.or(first).unwrap_or(if is_processor { "a fallback adapter" } else { "WebGPU adapter" });
    let software = is_processor || renderer.is_some();
    let largest_buffer = Some(largest.min(MAX_SAFE_INTEGER));
    super::DeviceReport { software, largest_buffer, ..super::DeviceReport::new(super::DeviceKind::Webgpu, name) }
}

#[cfg(feature = "webgpu")]
fn refused(error: &dyn std::error::Error) -> crate::error::Error {
    crate::error::Error::NoWebGpu { reason: error.to_string() }
}
