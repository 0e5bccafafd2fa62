//! `unicam report --bundle` and `unicam replay`: the bundle, its table, and what ends it.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};
use unicam::bytes::archive::{Package, pack};
use unicam::bytes::json;
use unicam::session::{BundleManifest, digest_of_bytes};

use super::{Folder, bad, good, small, text};

/// The bundle with its report changed, and a list of files that fits.
fn with_report(bytes: &[u8], change: impl Fn(&mut Value)) -> Vec<u8> {
    let mut package = Package::open(bytes).expect("a bundle");
    let manifest = package.read("bundle.json").expect("whole").expect("there");
    let mut manifest: BundleManifest = json::read(&manifest).expect("a manifest");
    let mut files = BTreeMap::new();
    for entry in &mut manifest.entries {
        let mut content = package.read(&entry.path).expect("whole").expect("listed");
        if entry.path == "report.json" {
            let mut report: Value = json::read(&content).expect("JSON");
            change(&mut report);
            content = serde_json::to_vec(&report).expect("plain data");
            entry.sha256 = digest_of_bytes(&content);
        }
        files.insert(entry.path.clone(), content);
    }
    files.insert("bundle.json".to_owned(), serde_json::to_vec(&manifest).expect("plain data"));
    pack(&files).expect("small")
}

#[test]
fn a_bundle_of_a_run_holds_and_a_changed_one_ends_with_its_line() {
    let folder = Folder::new("replay");
    let mut settings = small(3);
    settings["distillation"]["start"] = json!("random");
    let config = folder.write("run.json", settings.to_string());
    let (out, bundle) = (folder.path("out"), folder.path("run.zip"));
    let arguments = ["train", "--config", text(&config), "--device", "cpu", "--out", text(&out)];
    good(&arguments);
    // In a process of its own: losses come from the run's record, maps and scores are made here.
    good(&["report", text(&out), "--device", "cpu", "--no-png", "--bundle", text(&bundle)]);

    let output = good(&["replay", text(&bundle), "--device", "cpu"]);
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(words.contains("every number has to agree to its last bit"), "{words}");
    assert!(words.contains(" compared numbers hold."), "{words}");
    let losses = words.lines().find(|line| line.starts_with("loss")).expect("a line of the losses");
    let counts: Vec<&str> = losses.split_whitespace().collect();
    // Three reports of 4 numbers for the Student and 3 for the Base.
    assert_eq!(&counts[..4], ["loss", "21", "0", "0"], "{words}");

    let output = good(&["replay", text(&bundle), "--device", "cpu", "--networks-only", "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("one value");
    assert_eq!((&report["retrained"], &report["differing"]), (&json!(false), &json!(0)));
    assert!(report["rows"].as_array().expect("rows").iter().all(|row| row["kind"] != "loss"));

    let changed = with_report(&fs::read(&bundle).expect("written"), |report| {
        let score = &mut report["scores"]["layers"][2]["ok"]["rsDistilled"]["semiPartial"];
        *score = json!(score.as_f64().expect("a score") + 1e-9);
    });
    let changed = folder.write("changed.zip", changed);
    let words = bad(&["replay", text(&changed), "--device", "cpu", "--networks-only"], 6, "replay-differs");
    assert!(words.contains("The first: score \"layer3, rsDistilled-semi\" is "), "{words}");
    let broken = folder.write("broken.zip", b"PK no zip");
    let words = bad(&["replay", text(&broken), "--device", "cpu"], 3, "unreadable-bundle");
    assert!(words.contains("no zip"), "{words}");
}

#[test]
fn a_bundle_of_a_finished_run_has_what_it_began_with_and_went_through() {
    let folder = Folder::new("replay-origins");
    let mut settings = small(2);
    // A Student of the shipped start's shape.
    settings["distillation"].as_object_mut().expect("settings").remove("student");
    settings["teacherSource"] = json!("shipped");
    let between = json!({ "family": "cifar-resnet", "blocks": 1, "width": 8 });
    settings["distillation"]["assistants"] = json!([{ "network": between }]);
    let config = folder.write("run.json", settings.to_string());
    let (shipped, own, bundle) = (folder.path("shipped"), folder.path("own"), folder.path("run.zip"));
    let train = ["train", "--config", text(&config), "--device", "cpu", "--quiet", "--out"];
    let bundled = |out| ["report", out, "--device", "cpu", "--no-png", "--quiet", "--bundle", text(&bundle)];
    let replayed = |weights: usize| {
        let output = good(&["replay", text(&bundle), "--device", "cpu", "--json"]);
        let report: Value = serde_json::from_slice(&output.stdout).expect("one value");
        assert_eq!((&report["retrained"], &report["differing"]), (&json!(true), &json!(0)));
        let rows = report["rows"].as_array().expect("rows");
        assert_eq!(rows.iter().filter(|row| row["kind"] == "weights").count(), weights);
    };
    good(&[&train[..], &[text(&shipped)]].concat());
    good(&bundled(text(&shipped)));
    replayed(3);
    let (assistant, student) = (shipped.join("assistant-1.safetensors"), shipped.join("student.safetensors"));
    fs::copy(&student, &assistant).expect("written");
    let words = bad(&bundled(text(&shipped)), 4, "file-unreadable");
    assert!(words.contains("assistant-1.safetensors is not the assistant"), "{words}");

    // A start of one's own, which is elsewhere later.
    let [start, moved] = ["start.safetensors", "moved.safetensors"].map(|name| folder.path(name));
    fs::copy(shipped.join("base.safetensors"), &start).expect("written");
    let more = [text(&own), "--start", text(&start), "--set", "distillation.assistants=[]"];
    good(&[&train[..], &more].concat());
    fs::rename(&start, &moved).expect("on one disk");
    fs::copy(&student, &start).expect("written");
    let words = bad(&bundled(text(&own)), 2, "not-ready");
    assert!(words.contains(&digest_of_bytes(&fs::read(&moved).expect("there"))), "{words}");
    good(&[&bundled(text(&own))[..], &["--set", &format!("files.start={}", text(&moved))]].concat());
    replayed(2);
}

#[test]
fn pictures_of_ones_own_have_to_be_given() {
    let folder = Folder::new("replay-own");
    for number in 0..24u8 {
        let class = number % 2;
        folder.write(&format!("pets/{}/{number}.png", ["cats", "dogs"][usize::from(class)]), super::png(class, number));
        folder.write(
            &format!("other/{}/{number}.png", ["cats", "dogs"][usize::from(class)]),
            super::png(class, 100 + number),
        );
    }
    let mut settings = small(2);
    settings["reference"] = json!({ "images": 6 });
    let config = folder.write("run.json", settings.to_string());
    let (data, out, bundle) = (folder.path("pets"), folder.path("out"), folder.path("run.zip"));
    let begun = ["report", "--config", text(&config), "--data", text(&data), "--device", "cpu", "--no-png"];
    good(&[&begun[..], &["--out", text(&out), "--bundle", text(&bundle)]].concat());

    let words = bad(&["replay", text(&bundle), "--device", "cpu"], 2, "usage");
    assert!(words.contains("--data") && words.contains("pets"), "{words}");
    let other = folder.path("other");
    bad(&["replay", text(&bundle), "--device", "cpu", "--data", text(&other)], 3, "other-pictures");
    // Elsewhere, as a reviewer has them.
    let moved = folder.path("reviewer");
    fs::create_dir_all(&moved).expect("writable");
    fs::rename(&data, moved.join("pets")).expect("on one disk");
    good(&["replay", text(&bundle), "--device", "cpu", "--data", text(&moved.join("pets"))]);
}
