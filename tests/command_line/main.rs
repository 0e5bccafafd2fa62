//! The `unicam` program from outside: files in, files and exit codes out.

#![cfg(not(target_arch = "wasm32"))]

mod checks;
mod devices;
mod evidence;
mod field;
mod parquet;
mod replay;
mod schema;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use unicam::session::{Report, digest_of_bytes};

/// A folder of its own for a test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("unicam-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a writable temporary folder");
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("writable");
        fs::write(&path, bytes).expect("writable");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn unicam(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unicam"));
    command.args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    unicam(arguments).output().expect("the program starts")
}

/// Runs it and expects success.
fn good(arguments: &[&str]) -> Output {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Runs it and expects this exit code and the error's code on the error stream.
fn bad(arguments: &[&str], status: i32, code: &str) -> String {
    let output = run(arguments);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {words}");
    assert!(words.contains(&format!("error[{code}]: ")), "{words}");
    words
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary folder with a plain name")
}

fn report(path: &Path) -> Report {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).expect("a report")
}

fn value(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("written")).expect("JSON")
}

fn published_schema() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report-schema.json")
}

/// A run that takes a second: tiny Scenes, tiny networks.
fn small(steps: usize) -> Value {
    let network = json!({ "family": "cifar-resnet", "blocks": 1, "width": 4 });
    let optimiser = json!({ "steps": steps, "batchSize": 6, "reportEvery": 1 });
    json!({
        "scenes": { "size": 16, "trainImages": 60, "testImages": 24 },
        "images": { "size": 16 },
        "teacherSource": "trained",
        "teacher": { "network": network, "optimiser": { "steps": 2, "batchSize": 6, "reportEvery": 1 } },
        "distillation": { "student": network, "optimiser": optimiser },
        "reference": { "images": 8 },
    })
}

fn png(class: u8, shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = RgbImage::from_fn(20, 16, |x, y| Rgb([shade, (x * 9) as u8 + class * 40, (y * 7) as u8]));
    picture.write_to(&mut bytes, ImageFormat::Png).expect("a small picture");
    bytes.into_inner()
}

#[test]
fn one_command_goes_from_a_configuration_to_the_report() {
    let folder = Folder::new("report");
    let config = folder.write("run.json", small(3).to_string());
    let out = folder.path("out");
    let arguments = ["report", "--config", text(&config), "--device", "cpu", "--out", text(&out), "--enlarge", "2"];
    let output = good(&arguments);
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(words.contains("RS of distilled features") && words.contains("layer3"), "{words}");

    let whole = report(&out.join("report.json"));
    for (record, file) in [(&whole.teacher, "teacher"), (&whole.student, "student"), (&whole.base, "base")] {
        let bytes = fs::read(out.join(format!("{file}.safetensors"))).expect("written");
        assert_eq!(record.as_ref().expect("trained").digest, digest_of_bytes(&bytes), "{file}");
    }
    assert!(whole.distillation.as_ref().is_some_and(|log| log.finished));
    assert_eq!(whole.scores.as_ref().expect("scored").n, 8);
    assert_eq!(whole.maps.len(), 3);
    assert!(whole.failures.is_empty(), "{:?}", whole.failures);
    let lines = fs::read_to_string(out.join("metrics.jsonl")).expect("written");
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    assert_eq!(
        events.iter().filter(|event| event["training"] == "distillation" && event["kind"] == "report").count(),
        3
    );
    assert_eq!(events.last().expect("some")["kind"], "finished");

    // The document is what the published schema says, and the check would see it if it were not.
    let published: Value = value(&published_schema());
    let mut document = value(&out.join("report.json"));
    for written in [&document, &value(&out.join("run.json"))] {
        assert_eq!(schema::violations(&published, written), [""; 0]);
    }
    document["student"]["summary"]["accuracy"] = json!("much");
    document["surprise"] = json!(1);
    assert_eq!(schema::violations(&published, &document).len(), 2);

    // The maps: 8 images, at layer2 half as wide as the pictures.
    let maps = out.join("maps/layer2");
    for (file, shape, header) in [("raw", 8 * 8 * 8, "(8, 8, 8,)"), ("scaled", 8 * 16 * 16, "(8, 16, 16,)")] {
        let bytes = fs::read(maps.join(format!("distilled-{file}.npy"))).expect("written");
        assert!(bytes.starts_with(b"\x93NUMPY\x01\x00"));
        let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        assert!(String::from_utf8_lossy(&bytes[10..10 + length]).contains(header), "{file}");
        assert_eq!(bytes.len(), 10 + length + 4 * shape);
    }
    for name in ["0007-picture", "0007-distilled", "0007-distilled-overlay", "0000-gradCamTeacher"] {
        let picture = image::open(maps.join(format!("{name}.png"))).expect("a picture");
        assert_eq!((picture.width(), picture.height()), (32, 32), "{name}");
    }
    assert_eq!(value(&maps.join("explanation.json"))["n"], 8);

    // The same networks again, from the run's folder and from files: the same numbers.
    let scores = value(&out.join("scores.json"));
    let again = folder.path("again");
    good(&["score", text(&out), "--device", "cpu", "--out", text(&again), "--quiet"]);
    assert!(value(&again.join("scores.json")) == scores, "the run's folder gives other scores");
    let weights = ["teacher", "student", "base"].map(|name| out.join(format!("{name}.safetensors")));
    let named = folder.path("named");
    let mut arguments = vec!["score", "--config", text(&config), "--device", "cpu", "--out", text(&named), "--quiet"];
    for (flag, path) in ["--teacher", "--student", "--base"].iter().zip(&weights) {
        arguments.extend([flag, text(path)]);
    }
    let output = good(&arguments);
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
    assert!(value(&named.join("scores.json")) == scores, "the weight files give other scores");
    let one = folder.path("one");
    good(&[
        "explain",
        text(&out),
        "--layer",
        "2",
        "--objective",
        "unique",
        "--no-png",
        "--signed",
        "--out",
        text(&one),
        "--device",
        "cpu",
    ]);
    assert_eq!(value(&one.join("maps/layer2/explanation.json"))["objective"], "unique");
    assert!(!one.join("maps/layer1").exists() && !one.join("maps/layer2/0000-picture.png").exists());

    let length = |name: &str| fs::metadata(one.join("maps/layer2").join(name)).expect("written").len();
    assert_eq!(length("distilled-signed.npy"), length("distilled-raw.npy"));

    // A report is a configuration.
    let repeated = folder.path("repeated");
    let from = out.join("report.json");
    good(&["train", "--config", text(&from), "--device", "cpu", "--out", text(&repeated), "--quiet"]);
    let student = |folder: &Path| fs::read(folder.join("student.safetensors")).expect("written");
    assert!(student(&repeated) == student(&out), "the same settings give another Student");
}

#[test]
fn the_published_schema_is_that_of_the_structs() {
    let printed = good(&["schema"]).stdout;
    let same = printed == fs::read(published_schema()).expect("committed");
    assert!(same, "docs/report-schema.json is out of date: write it with `unicam schema > docs/report-schema.json`");
}

#[test]
fn a_broken_picture_is_a_marked_row_and_the_rest_goes_on() {
    let folder = Folder::new("pictures");
    for shade in 0..8 {
        folder.write(&format!("pets/cats/{shade}.png"), png(0, shade * 20));
        folder.write(&format!("pets/dogs/{shade}.png"), png(1, shade * 20));
    }
    let whole = png(0, 3);
    folder.write("pets/cats/broken.png", &whole[..whole.len() / 2]);
    folder.write("pets/readme.txt", "no picture");
    let config = folder.write("settings.json", small(1).to_string());
    let (pets, out) = (folder.path("pets"), folder.path("out"));
    let common = ["--config", text(&config), "--data", text(&pets), "--device", "cpu"];
    let output = good(&[&["train", "--json", "--out", text(&out)], common.as_slice()].concat());
    let lines = String::from_utf8(output.stdout).expect("JSON is text");
    assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{lines}");

    let record = report(&out.join("run.json"));
    let data = record.data.expect("collected");
    assert_eq!(data.summary.class_names, ["cats", "dogs"]);
    assert_eq!(data.files, 18);
    let codes: Vec<(String, String)> = data
        .left_out
        .iter()
        .map(|row| (row.path.clone(), row.error.as_ref().expect("left out").code.clone()))
        .collect();
    let expected = [("pets/cats/broken.png", "corrupt-image"), ("pets/readme.txt", "unsupported-image")];
    assert_eq!(codes, expected.map(|(path, code)| (path.to_owned(), code.to_owned())));
    assert_eq!(record.config.files.data, [pets.canonicalize().expect("there").to_string_lossy()]);

    // Too little is left: the sentence names the class.
    for shade in 1..8 {
        fs::remove_file(folder.path(&format!("pets/dogs/{shade}.png"))).expect("written above");
    }
    let words = bad(&[&["train", "--out", text(&out)], common.as_slice()].concat(), 3, "dataset-too-small");
    assert!(words.contains("dogs"), "{words}");
}

/// Waits until the run in `folder` has told of `step` of the distillation.
fn wait_for(folder: &Path, step: u64, running: &mut std::process::Child) {
    let reached = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap_or_default();
        event["training"] == "distillation" && event["step"].as_u64() >= Some(step)
    };
    while !fs::read_to_string(folder.join("metrics.jsonl")).unwrap_or_default().lines().any(reached) {
        let ended = running.try_wait().expect("our own process");
        assert!(ended.is_none(), "the run ended before it could be stopped");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

#[test]
fn a_run_that_was_killed_or_interrupted_goes_on_to_the_same_weights() {
    let folder = Folder::new("resume");
    let mut settings = small(30);
    // Large enough that a step takes longer than it takes to stop the run.
    settings["scenes"] = json!({ "size": 32, "trainImages": 120, "testImages": 24 });
    settings["distillation"]["student"]["width"] = json!(16);
    settings["distillation"]["optimiser"]["batchSize"] = json!(32);
    let config = folder.write("run.json", settings.to_string());
    let outs = ["straight", "killed", "interrupted"].map(|name| folder.path(name));
    let start = |out: &Path| {
        let arguments = ["train", "--config", text(&config), "--device", "cpu", "--quiet", "--out", text(out)];
        unicam(&[arguments.as_slice(), &["--checkpoint-every", "5"]].concat()).spawn().expect("the program starts")
    };
    assert!(start(&outs[0]).wait().expect("our own process").success());

    let mut killed = start(&outs[1]);
    wait_for(&outs[1], 17, &mut killed);
    killed.kill().expect("still running");
    killed.wait().expect("killed");
    let mut interrupted = start(&outs[2]);
    wait_for(&outs[2], 8, &mut interrupted);
    let asked = Command::new("kill").args(["-INT", &interrupted.id().to_string()]).status().expect("kill is there");
    assert!(asked.success());
    assert_eq!(interrupted.wait().expect("our own process").code(), Some(130));

    let straight = report(&outs[0].join("run.json"));
    for out in &outs[1..] {
        assert!(out.join("distillation.checkpoint").exists() && !out.join("student.safetensors").exists());
        // A new run does not wipe out one that can go on.
        bad(&["train", "--config", text(&config), "--device", "cpu", "--out", text(out)], 2, "usage");
        good(&["train", "--resume", "--device", "cpu", "--quiet", "--out", text(out)]);
        assert!(!out.join("distillation.checkpoint").exists());
        for name in ["teacher", "student", "base"] {
            let weights = |out: &Path| fs::read(out.join(format!("{name}.safetensors"))).expect("written");
            assert!(weights(out) == weights(&outs[0]), "{}: other weights of the {name}", out.display());
        }
        let record = report(&out.join("run.json"));
        assert_eq!(
            (&record.config, &record.teacher, &record.student),
            (&straight.config, &straight.teacher, &straight.student)
        );
        let kinds = |report: &Report| report.distillation.as_ref().expect("distilled").events.len();
        assert_eq!(kinds(&record), kinds(&straight));
        let lines = |out: &Path| fs::read_to_string(out.join("metrics.jsonl")).expect("written").lines().count();
        assert_eq!(lines(out), lines(&outs[0]));
    }
    bad(&["train", "--resume", "--device", "cpu", "--out", text(&outs[0])], 2, "usage");
    bad(&["train", "--resume", "--device", "cpu", "--out", text(&folder.path("nowhere"))], 4, "file-unreadable");
}

#[test]
fn a_teacher_goes_on_from_a_checkpoint_of_other_classes() {
    let folder = Folder::new("tuned");
    let scenes = folder.write("scenes.json", small(1).to_string());
    let former = folder.path("former");
    good(&["train", "--config", text(&scenes), "--device", "cpu", "--quiet", "--teacher-only", "--out", text(&former)]);
    let checkpoint = former.join("teacher.safetensors");
    for (number, class) in [(0, "cat"), (1, "dog")] {
        for picture in 0..8 {
            folder.write(&format!("pets/{class}/{picture}.png"), png(number, 25 * picture));
        }
    }
    let mut settings = small(1);
    // The checkpoint's own shape is taken where none is named.
    settings["teacher"].as_object_mut().expect("settings").remove("network");
    settings.as_object_mut().expect("settings").remove("teacherSource");
    let config = folder.write("pets.json", settings.to_string());
    let (out, pets) = (folder.path("out"), folder.path("pets"));
    let common = ["train", "--config", text(&config), "--data", text(&pets), "--device", "cpu", "--out", text(&out)];
    let tuned = [&common[..], &["--teacher-start", text(&checkpoint)]].concat();
    let output = good(&tuned);
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("The Teacher goes on from ResNet-8, width 4 of 6 classes."), "{words}");
    let record = report(&out.join("run.json"));
    let digest = digest_of_bytes(&fs::read(&checkpoint).expect("written"));
    assert_eq!(record.teacher_start.expect("it went on from it").digest, digest);
    assert_eq!(record.teacher.expect("trained").summary.name, "ResNet-8, width 4");
    assert_eq!(value(&out.join("run.json"))["config"]["teacher"]["start"], "given");
    // Whoever repeats the run from its record names no file again.
    let again = folder.path("again");
    good(&["train", "--config", text(&out.join("run.json")), "--device", "cpu", "--quiet", "--out", text(&again)]);
    let teacher = |out: &Path| fs::read(out.join("teacher.safetensors")).expect("written");
    assert!(teacher(&again) == teacher(&out), "the same Teacher");
    assert!(!run(&[&tuned[..], &["--teacher", "train"]].concat()).status.success());
}

#[test]
fn a_run_into_a_used_folder_leaves_no_network_of_the_former_one() {
    let folder = Folder::new("used");
    let out = folder.path("out");
    let mut settings = small(1);
    let network = settings["distillation"]["student"].clone();
    for assistants in [2, 0] {
        settings["distillation"]["assistants"] = json!(vec![json!({ "network": network }); assistants]);
        let config = folder.write("run.json", settings.to_string());
        good(&["train", "--config", text(&config), "--device", "cpu", "--quiet", "--out", text(&out)]);
        let is_there = |number: &usize| out.join(format!("assistant-{number}.safetensors")).exists();
        assert_eq!((1..=2).filter(is_there).count(), assistants);
    }
}

#[test]
fn what_cannot_be_done_is_said_with_its_code() {
    let folder = Folder::new("errors");
    let config = folder.write("run.json", small(1).to_string());
    let slip = folder.write("slip.json", r#"{ "distillation": { "stepps": 7 } }"#);
    let broken = folder.write("broken.json", "{");
    let teacher = folder.write("teacher.th", "no weights");
    let out = folder.path("out");
    let train = |more: &[&str]| -> Vec<String> {
        let all = [&["train", "--out", text(&out), "--device", "cpu"], more].concat();
        all.into_iter().map(str::to_owned).collect()
    };
    let cases: [(Vec<String>, i32, &str, &str); 7] = [
        (train(&["--config", text(&slip)]), 2, "invalid-config", "stepps"),
        (train(&["--config", text(&broken)]), 4, "file-unreadable", "broken.json"),
        (train(&["--config", "/nowhere/at/all.json"]), 4, "file-unreadable", "/nowhere/at/all.json"),
        (train(&["--config", text(&config), "--steps", "0"]), 2, "invalid-config", "steps"),
        (train(&["--config", text(&config), "--teacher", text(&teacher)]), 3, "unreadable-weights", "cannot be read"),
        (train(&["--config", text(&config), "--set", "scenes.size"]), 2, "usage", "PATH=VALUE"),
        (train(&["--data", "/nowhere/at/all"]), 4, "file-unreadable", "/nowhere/at/all"),
    ];
    for (arguments, status, code, named) in cases {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let words = bad(&arguments, status, code);
        assert!(words.contains(named), "{words}");
    }
    let output = run(&["score", "--json", "--device", "cpu", "--config", text(&config), "--out", text(&out)]);
    assert_eq!(output.status.code(), Some(2));
    let error: Value = serde_json::from_slice(&output.stderr).expect("one JSON value");
    assert_eq!(error["error"]["code"], "usage");
    assert_eq!(run(&["dance"]).status.code(), Some(2));
}

#[test]
fn a_reference_batch_that_no_map_can_have_is_refused_before_anything_is_trained() {
    let folder = Folder::new("reference");
    let config = folder.write("run.json", small(1).to_string());
    let out = folder.path("out");
    let common = ["--config", text(&config), "--device", "cpu", "--out", text(&out), "--set", "reference.images=1000"];
    for command in [["report"].as_slice(), &["train"]] {
        let words = bad(&[command, &common].concat(), 2, "invalid-config");
        assert!(words.contains("4 and 512") && !out.join("teacher.safetensors").exists(), "{words}");
    }
    // Without a timeline nothing but scores may come of it, and these take more.
    good(&[&["train", "--set", "timeline.pictures=0"], common.as_slice()].concat());
    good(&["score", text(&out), "--device", "cpu"]);
    bad(&["explain", text(&out), "--device", "cpu"], 2, "invalid-config");
    good(&["explain", text(&out), "--device", "cpu", "--images", "8", "--no-png"]);
}
