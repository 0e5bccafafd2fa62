//! `unicam evidence`: a small plan is really run, and the published document is what its records say.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::{Folder, good, run, small, text, value};

#[test]
fn a_small_plan_is_run_once_and_written_down() {
    let folder = Folder::new("evidence");
    let direct = small(2);
    let mut assisted = small(2);
    assisted["distillation"]["assistants"] =
        json!([{ "network": { "family": "cifar-resnet", "blocks": 1, "width": 8 } }]);
    let mut borrowing = small(2);
    borrowing.as_object_mut().expect("settings").remove("teacherSource");
    let plan = json!({
        "seeds": [1, 2],
        "studies": [
            { "key": "direct", "title": "Without an assistant", "settings": direct },
            { "key": "assisted", "title": "With an assistant", "settings": assisted },
            { "key": "photographs", "title": "Photographs", "archive": "not-here.zip" },
            { "key": "borrowing", "title": "Under another's Teacher", "teacherFrom": "direct", "seeds": [2], "settings": borrowing },
            { "key": "orphan", "title": "Under a Teacher that is not there", "teacherFrom": "photographs" }
        ],
        "gaps": [{ "narrow": "direct", "wide": "direct", "assistant": "assisted" }],
        "fewLabels": [{ "few": "direct", "all": "assisted" }],
        "longerBases": [{ "study": "direct", "steps": 2 }, { "study": "direct", "steps": 8 }, { "study": "photographs", "steps": 4 }]
    });
    let plan = folder.write("plan.json", plan.to_string());
    let (records, out, work) = (folder.path("records"), folder.path("evidence.md"), folder.path("work"));
    let arguments = [
        "evidence",
        "--quiet",
        "--plan",
        text(&plan),
        "--records",
        text(&records),
        "--out",
        text(&out),
        "--work",
        text(&work),
    ];
    good(&arguments);
    let document = fs::read_to_string(&out).expect("written");
    for words in [
        "The Student is more accurate than its Base",
        "An assistant repairs it",
        "Distillation pays more where labels are few",
        "5 of 9 planned runs have a record, 4 have none yet.",
        "too few seeds to tell",
        "(evidence/object.svg)",
        "layer3: RS of distilled features (semi-partial)",
        "layer1: share of the residual maps on the object",
        "accuracy of assistant 1",
        "Not run.",
        "Measured in 5 runs, all of the built-in Scenes.",
    ] {
        assert!(document.contains(words), "{words} is missing in:\n{document}");
    }
    assert!(!document.contains("## When seeds were added"), "that is the published plan's history");
    for figure in ["accuracy.svg", "object.svg"] {
        let figure = fs::read_to_string(folder.path("evidence").join(figure)).expect("written");
        assert!(figure.starts_with("<svg") && figure.contains("With an assistant"), "{figure}");
    }
    let claims = value(&folder.path("evidence").join("claims.json"));
    assert_eq!(claims["claims"]["residualOnBackground"]["differences"], 9);
    assert_eq!(claims["claims"]["residualOnBackground"]["runs"], 5);
    assert_eq!(claims["claims"]["fewLabels"]["runs"], 4);
    let digest = |name: &str| value(&records.join(name))["teacher"]["digest"].clone();
    assert_eq!(digest("borrowing-seed-2.json"), digest("direct-seed-2.json"), "one Teacher for both");
    let record = value(&records.join("assisted-seed-2.json"));
    let course = record["course"].as_array().expect("tests on the way");
    assert_eq!(course.last().expect("at the end")["base"], record["base"]["summary"]["accuracy"]);
    assert_eq!(record["config"]["scenes"]["seed"], 1002);
    assert_eq!(record["scores"].as_array().map(Vec::len), Some(3));
    let accuracy = record["student"]["summary"]["accuracy"].as_f64().expect("a number");
    assert!(document.contains(&format!("{accuracy:.3}")), "{accuracy} is in the document");

    // Alone, it is the Base that it is beside a Student.
    let alone = value(&records.join("bases/direct-base-2-seed-1.json"));
    let beside = value(&records.join("direct-seed-1.json"));
    assert_eq!(
        alone["course"].as_array().expect("tests").last().expect("at the end")["base"],
        beside["base"]["summary"]["accuracy"]
    );
    assert_eq!(alone["dataDigest"], beside["dataDigest"]);
    let longer = value(&records.join("bases/direct-base-8-seed-2.json"));
    assert_eq!(longer["config"]["distillation"]["optimiser"]["steps"], 8);
    assert_eq!(longer["course"].as_array().map(Vec::len), Some(5), "at the start and after every quarter");
    assert!(document.contains("Without an assistant: the Base alone") && document.contains("2 to 8"), "{document}");

    // A second start finds everything done: nothing is opened in the folder of the runs.
    fs::remove_dir_all(&work).expect("our own folder");
    good(&arguments);
    assert!(!work.exists(), "nothing was run again");
    assert_eq!(fs::read_to_string(&out).expect("written"), document);

    // A record of other settings is no evidence for these.
    let mut other = value(&records.join("direct-seed-1.json"));
    other["config"]["distillation"]["optimiser"]["steps"] = json!(3);
    fs::write(records.join("direct-seed-1.json"), other.to_string()).expect("writable");
    good(&[&arguments[..], &["--write-only"]].concat());
    let without = fs::read_to_string(&out).expect("written");
    assert!(without.len() < document.len(), "one run less");
    assert!(!run(&[&arguments[..], &["--write-only", "--again"]].concat()).status.success());
}

#[test]
fn the_published_document_is_what_the_records_say() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let folder = Folder::new("published");
    let out = folder.path("evidence.md");
    let records = docs.join("evidence/records");
    good(&["evidence", "--quiet", "--write-only", "--records", text(&records), "--out", text(&out)]);
    let pairs = ["accuracy.svg", "object.svg", "claims.json"]
        .map(|name| (format!("evidence/{name}"), folder.path("evidence").join(name)));
    for (name, written) in pairs.into_iter().chain([("EVIDENCE.md".to_owned(), out)]) {
        let published = fs::read_to_string(docs.join(&name)).expect("published");
        let written = fs::read_to_string(&written).expect("written");
        assert!(
            published == written,
            "docs/{name} is stale: write it again with `unicam evidence --write-only`, and look at what changed"
        );
    }
}

/// The published records.
fn records() -> Vec<serde_json::Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/evidence/records");
    let files = fs::read_dir(folder).expect("published").map(|file| file.expect("readable").path());
    files.filter(|path| path.is_file()).map(|file| value(&file)).collect()
}

#[test]
fn the_page_names_as_many_runs_as_measured_its_finding() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let measured =
        records().iter().filter(|record| record["pointing"].as_array().is_some_and(|own| !own.is_empty())).count();
    let claims = value(&docs.join("evidence/claims.json"));
    assert_eq!(claims["claims"]["residualOnBackground"]["runs"], measured);
    assert!(measured < records().len(), "photographs have no masks");
}

#[test]
fn every_file_of_the_plan_is_described() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/evidence");
    let described = fs::read_to_string(docs.join("README.md")).expect("published");
    for study in value(&docs.join("plan.json"))["studies"].as_array().expect("studies") {
        for file in [&study["archive"], &study["teacher"]].into_iter().filter_map(serde_json::Value::as_str) {
            assert!(described.contains(&format!("`{file}`")), "docs/evidence/README.md does not name {file}");
        }
    }
}

/// README's table of the default demo has the means and deviations of its study in the evidence.
#[test]
fn what_the_readme_says_of_the_default_demo_are_numbers_of_the_evidence() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("there");
    let evidence = fs::read_to_string(root.join("docs/EVIDENCE.md")).expect("published");
    let section = evidence.split("\n`scenes-dial-90`: ").nth(1).expect("the study's section").split("\n### ").next();
    let cells =
        |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<String>>();
    let known: Vec<Vec<String>> =
        section.expect("one").lines().filter(|line| line.starts_with("| ")).map(cells).collect();
    let table =
        readme.split("| figure").nth(1).expect("a table").lines().skip(2).take_while(|line| line.starts_with("| "));
    let quoted: Vec<Vec<String>> = table.map(cells).collect();
    assert!(quoted.len() > 10, "{quoted:?}");
    for row in quoted {
        let own = known.iter().find(|own| own[0] == row[0]).unwrap_or_else(|| panic!("{row:?} is no row of the study"));
        assert_eq!(row[1..], own[own.len() - 2..], "{}", row[0]);
    }
}
