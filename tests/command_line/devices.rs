//! Devices other than the CPU: what is not there says so, what another process lends gives the same numbers.

use super::{Folder, bad, small, text};

#[test]
fn a_device_that_is_not_there_is_refused_by_its_code() {
    let folder = Folder::new("devices");
    let config = folder.write("run.json", small(1).to_string());
    let out = folder.path("out");
    let train = |device: &str, status: i32, code: &str| {
        bad(&["train", "--config", text(&config), "--device", device, "--out", text(&out)], status, code)
    };
    train("abacus", 2, "usage");
    // A machine of four hundred GPUs may change this test.
    let (status, code) = if cfg!(feature = "cuda") { (5, "no-device") } else { (2, "usage") };
    let words = train("cuda=400", status, code);
    assert!(words.contains("cuda=400"), "{words}");
    // Nobody listens there.
    let (status, code) = if cfg!(feature = "remote") { (5, "no-device") } else { (2, "usage") };
    let words = train("remote=ws://127.0.0.1:1", status, code);
    assert!(words.contains("remote"), "{words}");
}

#[cfg(feature = "remote")]
#[test]
fn another_process_computes_and_the_numbers_are_its_devices() {
    use std::fs;
    use std::io::{BufRead, BufReader};
    use std::path::Path;
    use std::process::Stdio;

    use super::{unicam, value};

    let folder = Folder::new("remote");
    let config = folder.write("run.json", small(3).to_string());
    let mut server = unicam(&["serve", "--listen", "127.0.0.1:0", "--device", "cpu"])
        .env("UNICAM_TOKEN", "open sesame")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut address = String::new();
    BufReader::new(server.stdout.take().expect("piped")).read_line(&mut address).expect("an address");
    let device = format!("remote={}", address.trim());
    let train = |device: &str, name: &str, token: &str| {
        let out = folder.path(name);
        let arguments = ["report", "--config", text(&config), "--device", device, "--out", text(&out), "--no-png"];
        let output = unicam(&arguments).env("UNICAM_TOKEN", token).output().expect("the program starts");
        (output, out)
    };
    let (refused, _) = train(&device, "refused", "open barley");
    let (there, remote) = train(&device, "remote", "open sesame");
    let (here, local) = train("cpu", "local", "");
    server.kill().expect("still running");
    server.wait().expect("killed");
    assert_eq!(refused.status.code(), Some(5), "{}", String::from_utf8_lossy(&refused.stderr));
    assert!(there.status.success(), "{}", String::from_utf8_lossy(&there.stderr));
    assert!(here.status.success(), "{}", String::from_utf8_lossy(&here.stderr));
    let student = |folder: &Path| fs::read(folder.join("student.safetensors")).expect("written");
    assert!(student(&remote) == student(&local), "the same backend in another process gives another Student");
    assert_eq!(value(&remote.join("report.json"))["device"]["kind"], "remote");
    let scores = |folder: &Path| value(&folder.join("scores.json"));
    assert!(scores(&remote) == scores(&local), "the same backend in another process gives other scores");
}
