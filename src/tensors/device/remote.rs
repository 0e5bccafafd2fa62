//! Devices of other processes, over Burn's own protocol in WebSockets.

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
    Ok((device, DeviceReport::new(DeviceKind::Remote, format!("remote, {address}"))))
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
