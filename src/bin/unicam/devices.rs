//! The device that is asked for.

use pollster::block_on;
use unicam::session::Session;
use unicam::tensors::device::{DeviceChoice, DeviceReport};

use crate::failure::{Failure, Outcome};
use crate::output::Output;

/// Opens a session on the device that `text` names.
pub fn open(text: &str, output: &Output) -> Outcome<Session> {
    let session = match text {
        "auto" => block_on(Session::create(DeviceChoice::Auto))?,
        "cpu" => block_on(Session::create(DeviceChoice::Cpu))?,
        "webgpu" => block_on(Session::create(DeviceChoice::Webgpu))?,
        other => other_device(other)?,
    };
    output.say(&in_words(session.device()));
    Ok(session)
}

fn in_words(report: &DeviceReport) -> String {
    let program = if report.software { ", in software" } else { "" };
    let trial = report.trial.as_ref().map_or_else(String::new, |trial| {
        format!("; tried: {:.1} ms on the CPU, {:.1} ms on {}", trial.cpu_ms, trial.webgpu_ms, trial.adapter)
    });
    format!("Device: {}{program}{trial}.", report.name)
}

fn other_device(text: &str) -> Outcome<Session> {
    let (kind, detail) = text.split_once('=').map_or((text, None), |(kind, detail)| (kind, Some(detail)));
    match (kind, detail) {
        #[cfg(feature = "cuda")]
        ("cuda", index) => {
            let index = index
                .map_or(Ok(0), str::parse)
                .map_err(|_| Failure::Usage(format!("--device cuda=N wants a number and got {text}.")))?;
            let (device, report) = unicam::tensors::device::cuda::open(index)?;
            Ok(Session::on(device, report))
        }
        #[cfg(feature = "remote")]
        ("remote", Some(address)) => {
            let (device, report) = block_on(unicam::tensors::device::remote::open(address, token().as_deref()))?;
            Ok(Session::on(device, report))
        }
        ("cuda" | "remote", _) => Err(Failure::Usage(format!(
            "This program was built without the device {text}: build it with --features {kind}; remote wants =ws://HOST:PORT."
        ))),
        _ => Err(Failure::Usage(format!("There is no device {text}: choose auto, cpu or webgpu."))),
    }
}

/// What a server asks of those who use its device, where the environment holds one: no argument, since every process of
/// the machine may read those.
#[cfg(feature = "remote")]
fn token() -> Option<String> {
    std::env::var("UNICAM_TOKEN").ok()
}

/// Lends a device to other processes until the program is told to end.
#[cfg(feature = "remote")]
pub fn serve(arguments: &crate::arguments::Serve, output: &Output) -> Outcome<()> {
    let choice = match arguments.device.as_str() {
        "auto" => DeviceChoice::Auto,
        "cpu" => DeviceChoice::Cpu,
        "webgpu" => DeviceChoice::Webgpu,
        other => {
            return Err(Failure::Usage(format!("There is no device {other} to serve: choose auto, cpu or webgpu.")));
        }
    };
    let (device, report) = block_on(unicam::tensors::device::open(choice))?;
    let refused =
        |error: std::io::Error| Failure::Usage(format!("{} cannot be listened on: {error}.", arguments.listen));
    let listener = std::net::TcpListener::bind(&arguments.listen).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    output.say(&format!("Device: {}. Use it with --device remote=ws://{address}.", report.name));
    output.print(&format!("ws://{address}"));
    Ok(unicam::tensors::device::remote::serve(device, listener, token().as_deref())?)
}
