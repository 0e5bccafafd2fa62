//! What people really have: layouts, links, archives and weight files that were met in bug reports.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::{Folder, bad, good, png, report, run, small, text};

/// Puts `n` pictures into each folder; their shades go on from `first`.
fn pictures(folder: &Folder, folders: &[&str], n: u8, first: u8) {
    for (class, name) in folders.iter().enumerate() {
        for index in 0..n {
            folder.write(&format!("{name}/{index}.png"), png(class as u8, first + index * 7));
        }
    }
}

/// Trains a Teacher for two steps on these data; what was said, and the run's report.
fn train(folder: &Folder, data: &Path, more: &[&str]) -> (String, unicam::session::Report) {
    let config = folder.write("run.json", small(1).to_string());
    let out = folder.path("out");
    let mut arguments =
        vec!["train", "--teacher-only", "--config", text(&config), "--device", "cpu", "--out", text(&out)];
    arguments.extend(["--data", text(data)]);
    arguments.extend(more);
    let output = good(&arguments);
    (String::from_utf8_lossy(&output.stderr).into_owned(), report(&out.join("run.json")))
}

/// A zip whose entries are stored, one of them under another method's number.
fn zip(files: &[(&str, &[u8])], method: u16) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let at = bytes.len() as u32;
        let crc = {
            let mut crc = flate2::Crc::new();
            crc.update(content);
            crc.sum()
        };
        let mut fields = method.to_le_bytes().to_vec();
        fields.extend([0, 0, 0x21, 0]);
        for number in [crc, content.len() as u32, content.len() as u32] {
            fields.extend(number.to_le_bytes());
        }
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        bytes.extend([&b"PK\x03\x04\x14\0\0\0"[..], &fields, name.as_bytes(), content].concat());
        directory.extend(
            [&b"PK\x01\x02\x14\0\x14\0\0\0"[..], &fields, &[0; 10], &at.to_le_bytes(), name.as_bytes()].concat(),
        );
    }
    let (count, start) = (files.len() as u16, bytes.len() as u32);
    let length = directory.len() as u32;
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend([length.to_le_bytes(), start.to_le_bytes()].concat());
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn the_first_reasons_are_told_before_the_data_are_refused() {
    let folder = Folder::new("reasons");
    let inner = zip(&[("train/cat.0.jpg", b"x")], 0);
    let contest = folder.write("contest.zip", zip(&[("train.zip", &inner), ("sample.csv", b"id,label")], 0));
    let out = folder.path("out");
    let arguments = ["train", "--data", text(&contest), "--device", "cpu", "--out", text(&out)];
    let words = bad(&arguments, 3, "dataset-too-small");
    assert!(words.contains("contest.zip/train.zip") && words.contains("unpack that first"), "{words}");
    let output = run(&[&arguments[..], &["--json"]].concat());
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let line: Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
    assert_eq!(line["leftOut"][0]["files"][0], "contest.zip/train.zip", "{line}");
    assert_eq!(line["leftOut"][1]["code"], "unsupported-image");
    // Windows packs what is large by a method of its own.
    let packed = folder.write("explorer.zip", zip(&[("cat/0.jpg", b"xxxx")], 9));
    let words =
        bad(&["train", "--data", text(&packed), "--device", "cpu", "--out", text(&out)], 3, "dataset-too-small");
    assert!(words.contains("Deflate64") && !words.contains("damaged"), "{words}");
}

#[test]
fn what_is_worth_knowing_of_the_pictures_is_said_on_the_terminal_and_in_json() {
    let folder = Folder::new("copies");
    pictures(&folder, &["p/train/a", "p/train/b"], 6, 0);
    pictures(&folder, &["p/test/a", "p/test/b"], 4, 100);
    folder.write("p/test/a/again.png", png(0, 0));
    folder.write("p/train/b/wrong.png", png(0, 7));
    let (words, report) = train(&folder, &folder.path("p"), &[]);
    for said in ["1 picture is for testing and, as a copy, for training", "2 pictures are in two classes at once"] {
        assert!(words.contains(said), "{said}: {words}");
    }
    let images = report.data.expect("pictures").summary.images.expect("from files");
    assert_eq!((images.copies_across, images.contradictions), (1, 2));
    let config = folder.path("run.json");
    let out = folder.path("again");
    let arguments =
        ["train", "--teacher-only", "--json", "--config", text(&config), "--device", "cpu", "--out", text(&out)];
    let output = good(&[&arguments[..], &["--data", text(&folder.path("p"))]].concat());
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let data =
        lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).find(|line| line["data"].is_object());
    let notes = data.expect("a line about the data")["data"]["images"]["notes"].clone();
    assert!(notes.as_array().expect("a list").iter().any(|note| note["code"] == "copies-across"), "{notes}");
    // A split that is drawn is said too.
    let (words, _) = train(&folder, &folder.path("p/train"), &[]);
    assert!(words.contains("No split was found in the folders"), "{words}");
}

#[test]
fn the_level_of_the_classes_is_said_and_chosen() {
    let folder = Folder::new("level");
    pictures(&folder, &["pets/cat/indoor", "pets/cat/outdoor", "pets/dog/indoor", "pets/dog/outdoor"], 4, 0);
    let (words, report) = train(&folder, &folder.path("pets"), &[]);
    assert_eq!(report.data.expect("pictures").summary.class_names, ["cat", "dog"]);
    assert!(words.contains("level 2 could (indoor, outdoor)"), "{words}");
    let (_, report) = train(&folder, &folder.path("pets"), &["--class-level", "2"]);
    assert_eq!(report.data.expect("pictures").summary.class_names, ["indoor", "outdoor"]);
    assert_eq!(report.config.images.class_level, 2);
    pictures(&folder, &["v/bus", "v/train"], 4, 0);
    let (_, report) = train(&folder, &folder.path("v"), &["--set", "images.split=drawn"]);
    assert_eq!(report.data.expect("pictures").summary.class_names, ["bus", "train"]);
}

#[test]
fn the_side_of_pictures_and_what_is_shown_of_them_are_chosen() {
    let folder = Folder::new("fit");
    pictures(&folder, &["p/cat", "p/dog"], 4, 0);
    let (_, usual) = train(&folder, &folder.path("p"), &[]);
    assert_eq!(serde_json::to_value(&usual.config.images).expect("settings")["fit"], "crop");
    let (_, chosen) = train(&folder, &folder.path("p"), &["--size", "20", "--fit", "letterbox"]);
    let images = serde_json::to_value(&chosen.config.images).expect("settings");
    assert_eq!((&images["size"], &images["fit"]), (&json!(20), &json!("letterbox")));
    let set = ["--set", "distillation.optimiser.cropArea=0.25"];
    let (_, resized) = train(&folder, &folder.path("p"), &set);
    assert_eq!(resized.config.distillation.optimiser.crop_area, 0.25);
    let untold = serde_json::to_value(&usual.config.distillation.optimiser).expect("settings");
    assert!(untold.get("cropArea").is_none(), "{untold}");
    let data = folder.path("p");
    let unknown = ["train", "--teacher-only", "--device", "cpu", "--data", text(&data), "--fit", "squeeze"];
    assert!(!run(&unknown).status.success());
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_empty_folders_are_told() {
    use std::os::unix::fs::symlink;

    let folder = Folder::new("links");
    pictures(&folder, &["p/a", "elsewhere"], 5, 0);
    symlink(folder.path("elsewhere"), folder.path("p/b")).expect("a link");
    symlink(folder.path("nowhere"), folder.path("p/a/gone.png")).expect("a link");
    symlink(folder.path("p"), folder.path("p/b/round")).expect("a link");
    fs::create_dir(folder.path("p/fish")).expect("a folder");
    let (words, report) = train(&folder, &folder.path("p"), &[]);
    let data = report.data.expect("pictures");
    assert_eq!((data.summary.class_names.as_slice(), data.files), (&["a".to_owned(), "b".to_owned()][..], 13));
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for row in &data.left_out {
        seen.push((row.path.as_str(), row.error.as_ref().expect("left out").code.as_str()));
    }
    seen.sort_unstable();
    assert_eq!(
        seen,
        [("p/a/gone.png", "file-unreadable"), ("p/b/round", "file-unreadable"), ("p/fish", "empty-folder")]
    );
    assert!(words.contains("a link that leads nowhere") && words.contains("holds no file"), "{words}");
}

#[test]
fn two_held_out_pictures_train_and_are_not_scored() {
    let folder = Folder::new("four");
    pictures(&folder, &["four/a", "four/b"], 4, 0);
    let config = folder.write("run.json", small(2).to_string());
    let out = folder.path("out");
    good(&[
        "train",
        "--config",
        text(&config),
        "--data",
        text(&folder.path("four")),
        "--device",
        "cpu",
        "--out",
        text(&out),
    ]);
    let words = bad(&["score", text(&out), "--device", "cpu"], 3, "too-few-held-out");
    assert!(
        words.contains("2 held-out images") && words.contains("at least 4") && words.contains("testShare"),
        "{words}"
    );
}

#[test]
fn where_no_layer_can_be_scored_the_reasons_stand_in_place_of_the_table() {
    let folder = Folder::new("constant");
    let config = folder.write("run.json", small(1).to_string());
    let out = folder.path("out");
    good(&["train", "--config", text(&config), "--device", "cpu", "--out", text(&out)]);
    // Networks that give the same for every picture.
    for name in ["student.safetensors", "base.safetensors"] {
        let mut bytes = fs::read(out.join(name)).expect("written");
        let header = 8 + u64::from_le_bytes(*bytes.first_chunk().expect("a length")) as usize;
        bytes[header..].fill(0);
        fs::write(out.join(name), bytes).expect("writable");
    }
    let output = good(&["score", text(&out), "--device", "cpu"]);
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(words.contains("No layer could be scored") && words.contains("layer3: The features"), "{words}");
    assert!(!words.contains("RS of distilled features"), "{words}");
}

#[test]
fn a_diverging_run_names_the_network_and_the_step() {
    let folder = Folder::new("diverging");
    pictures(&folder, &["p/a", "p/b"], 12, 0);
    let config = folder.write("run.json", small(40).to_string());
    let out = folder.path("out");
    let mut arguments = vec!["train", "--config", text(&config), "--device", "cpu", "--out", text(&out)];
    let data = folder.path("p");
    arguments.extend(["--data", text(&data), "--set", "distillation.optimiser.learningRate=10000000"]);
    let output = run(&arguments);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    // Refused by its range, or stopped: never weights that are no numbers.
    if output.status.code() == Some(1) {
        assert!(words.contains("error[not-finite]") && words.contains("Student") || words.contains("Base"), "{words}");
        assert!(words.contains("at step"), "{words}");
    } else {
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(words.contains("learningRate"), "{words}");
    }
    assert!(!out.join("student.safetensors").exists());
}

#[test]
fn files_that_hold_no_weights_are_called_by_their_names() {
    let folder = Folder::new("no-weights");
    pictures(&folder, &["p/a", "p/b"], 4, 0);
    let data = folder.path("p");
    let out = folder.path("out");
    for (name, bytes, said) in [
        ("lfs.pth", &b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"[..], "git lfs pull"),
        ("page.pth", b"<!DOCTYPE html><html></html>", "HTML page"),
        ("empty.pt", b"", "an empty file"),
        ("model.h5", b"\x89HDF\r\n\x1a\n\0\0\0\0", "HDF5"),
        ("model.onnx", b"\x08\x08\x12\x07pytorch\x1a\x032.1", "ONNX"),
        ("index.json", b"{\"weight_map\": {}}", "several files"),
        ("half.pt", b"PK\x03\x04\0\0\0\0archive/data.pkl", "incomplete"),
    ] {
        let mut file = fs::File::create(folder.path(name)).expect("writable");
        file.write_all(bytes).expect("writable");
        let path = folder.path(name);
        let arguments =
            ["train", "--data", text(&data), "--teacher", text(&path), "--device", "cpu", "--out", text(&out)];
        let words = bad(&arguments, 3, "unreadable-weights");
        assert!(words.contains(said), "{name}: {words}");
    }
}
