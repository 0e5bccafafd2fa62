//! Which device computes: the browser's GPU or the CPU.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// What the user asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum DeviceChoice {
    /// WebGPU where an adapter is granted, else the CPU.
    #[default]
    Auto,
    /// WebGPU or an error.
    Webgpu,
    /// The CPU.
    Cpu,
}

/// What computes in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum DeviceKind {
    /// Burn's WebGPU backend.
    Webgpu,
    /// Burn's CPU backend, `flex`.
    Cpu,
    /// Burn's CUDA backend, in builds with the feature `cuda`.
    Cuda,
    /// A device of another process, in builds with the feature `remote`.
    Remote,
}

/// The device that makes the numbers, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct DeviceReport {
    /// Which backend.
    pub kind: DeviceKind,
    /// The adapter's name, or what the CPU backend runs on.
    pub name: String,
    /// Why it is the CPU although WebGPU would have been taken.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "string | null"))]
    pub notice: Option<String>,
}

/// Opens the device that `choice` asks for.
///
/// # Errors
/// [`crate::Error::NoWebGpu`] when WebGPU is demanded and no adapter is granted.
pub async fn open(choice: DeviceChoice) -> Result<(Device, DeviceReport)> {
    match choice {
        DeviceChoice::Cpu => Ok(cpu(None)),
        DeviceChoice::Webgpu => webgpu::open().await,
        DeviceChoice::Auto => match webgpu::open().await {
            Ok(opened) => Ok(opened),
            Err(error) => Ok(cpu(Some(error.to_string()))),
        },
    }
}

fn cpu(notice: Option<String>) -> (Device, DeviceReport) {
    let name = if cfg!(target_arch = "wasm32") { "WebAssembly SIMD, one thread" } else { "native, all cores" };
    (Device::flex(), DeviceReport { kind: DeviceKind::Cpu, name: name.to_owned(), notice })
}

/// The NVIDIA GPU of this number, counted from 0.
#[cfg(feature = "cuda")]
#[must_use]
pub fn cuda(index: usize) -> (Device, DeviceReport) {
    (Device::cuda(index), DeviceReport { kind: DeviceKind::Cuda, name: format!("CUDA device {index}"), notice: None })
}

/// Devices of other processes, over Burn's own protocol in WebSockets.
#[cfg(feature = "remote")]
pub mod remote {
    use std::net::TcpListener;

    use burn::tensor::Device;
    use burn::tensor::remote::RemoteHost;
    use burn::tensor::server::{RemoteServer, TokenAuthorizer, WebSocketTransport};

    use super::{DeviceKind, DeviceReport};
    use crate::error::{Error, Result};

    /// The first device of the server at `address`, such as `ws://127.0.0.1:3000`, to which `token` is shown.
    ///
    /// # Errors
    /// [`Error::NoDevice`] when nobody answers there, or the token is refused.
    pub async fn open(address: &str, token: Option<&str>) -> Result<(Device, DeviceReport)> {
        let host = RemoteHost::websocket(address);
        let host = match token {
            Some(token) => host.with_credential(token),
            None => host,
        };
        let opened = Device::remote_options(&host).init_async().await;
        let device = opened.map_err(|error| no_device(address, &error))?;
        Ok((device, DeviceReport { kind: DeviceKind::Remote, name: format!("remote, {address}"), notice: None }))
    }

    /// Lends `device` to those who show `token`, or to everybody, until the process is told to end.
    ///
    /// The traffic is not encrypted: for the loopback interface and trusted networks.
    ///
    /// # Errors
    /// [`Error::NoDevice`] when the listener fails or the token is empty.
    pub fn serve(device: Device, listener: TcpListener, token: Option<&str>) -> Result<()> {
        let mut server = RemoteServer::new([device]);
        if let Some(token) = token {
            let authorizer = TokenAuthorizer::new(token).map_err(|error| no_device("to be served", &error))?;
            server = server.with_authorizer(authorizer);
        }
        let transport = WebSocketTransport::from_listener(listener);
        server.serve(transport).map_err(|error| no_device("to be served", &error))
    }

    fn no_device(device: &str, error: &dyn std::error::Error) -> Error {
        Error::NoDevice { device: device.to_owned(), reason: error.to_string() }
    }
}

#[cfg(feature = "webgpu")]
mod webgpu {
    use std::cell::RefCell;

    use burn::tensor::Device;
    use burn::tensor::wgpu::WgpuBackend;

    use super::{DeviceKind, DeviceReport};
    use crate::error::{Error, Result};

    thread_local! {
        /// Burn registers a backend once per thread; every later session shares it.
        static OPENED: RefCell<Option<(Device, DeviceReport)>> = const { RefCell::new(None) };
    }

    /// The graphics interface that Burn is pinned to: the browser's own, elsewhere what the system offers.
    const API: WgpuBackend = if cfg!(target_arch = "wasm32") { WgpuBackend::WebGpu } else { WgpuBackend::Auto };

    pub async fn open() -> Result<(Device, DeviceReport)> {
        if let Some(opened) = OPENED.with_borrow(Clone::clone) {
            return Ok(opened);
        }
        let (device, setup) = Device::wgpu_options()
            .graphics_api(API)
            .init_with_setup_async()
            .await
            .map_err(|error| Error::NoWebGpu { reason: error.to_string() })?;
        let info = setup.adapter.get_info();
        let name = [info.name.as_str(), info.driver.as_str(), "WebGPU adapter"]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default()
            .to_owned();
        let opened = (device, DeviceReport { kind: DeviceKind::Webgpu, name, notice: None });
        OPENED.set(Some(opened.clone()));
        Ok(opened)
    }
}

#[cfg(not(feature = "webgpu"))]
mod webgpu {
    use burn::tensor::Device;

    use super::DeviceReport;
    use crate::error::{Error, Result};

    #[allow(clippy::unused_async)] // the signature of the module that it stands in for
    pub async fn open() -> Result<(Device, DeviceReport)> {
        Err(Error::NoWebGpu { reason: "this build has no WebGPU backend".to_owned() })
    }
}
