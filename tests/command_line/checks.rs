//! Faithfulness, sanity and spread from the command line.

use serde_json::{Value, json};
use unicam::session::CheckSettings;

use super::{Folder, bad, good, published_schema, report, schema, small, text, value};

/// Checks of a second or so.
fn quick() -> Value {
    json!({ "methods": ["random"], "shares": [0.3, 0.6], "shuffles": 4, "spreadImages": 1, "batches": 2 })
}

#[test]
fn a_run_is_put_to_the_test_and_the_report_says_what_was_found() {
    let folder = Folder::new("checks");
    let mut settings = small(2);
    settings["checks"] = quick();
    let config = folder.write("run.json", settings.to_string());
    let run = folder.path("run");
    let whole = ["report", "--check", "--config", text(&config), "--device", "cpu", "--out", text(&run), "--no-png"];
    let output = good(&whole);
    let words = String::from_utf8_lossy(&output.stdout);
    for title in ["Faithfulness at layer3 over 8 images", "Sanity at layer1", "Spread at layer2 over 2 batches"] {
        assert!(words.contains(title), "{title}: {words}");
    }
    let written = value(&run.join("report.json"));
    assert_eq!(schema::violations(&value(&published_schema()), &written), [""; 0]);
    assert!(written["checks"] == value(&run.join("checks.json")));
    let document = report(&run.join("report.json"));
    assert!(document.failures.is_empty(), "{:?}", document.failures);
    let used = CheckSettings { shares: vec![0.3, 0.6], ..document.config.checks.clone() };
    assert!(document.config.checks == used && used.shuffles == 4 && used.batches == 2);
    let checks = &document.checks;
    let layers: Vec<&str> = checks.faithfulness.iter().map(|layer| layer.layer.as_str()).collect();
    assert_eq!(layers, ["layer1", "layer2", "layer3"]);
    assert!(checks.faithfulness.iter().all(|layer| layer.maps.len() == 4 + 3 && layer.shares == [0.3, 0.6]));
    assert_eq!(checks.sanity.iter().map(|layer| layer.checks.len()).collect::<Vec<usize>>(), [5; 3]);
    // One picture, distilled and residual, at three layers.
    assert_eq!(checks.spreads.len(), 6);
    assert!(checks.spreads.iter().all(|spread| spread.image == document.maps[0].images[0].index));

    // The run's folder alone, with the settings that it was made with: the same numbers.
    let again = folder.path("again");
    good(&["check", text(&run), "--device", "cpu", "--layer", "2", "--out", text(&again), "--quiet"]);
    let second = value(&again.join("checks.json"));
    for list in ["faithfulness", "sanity"] {
        assert!(second[list] == json!([written["checks"][list][1]]), "{list}");
    }
    assert!(second["spreads"] == json!(written["checks"]["spreads"].as_array().expect("a list")[2..4]));

    let other = ["check", text(&run), "--device", "cpu", "--layer", "1", "--objective", "unique", "--json"];
    let changes = ["--set", "checks.spreadImages=0", "--set", "checks.methods=[]", "--out", text(&again)];
    let output = good(&[other.as_slice(), &changes].concat());
    let found: Value = serde_json::from_slice(&output.stdout).expect("one JSON value");
    assert_eq!(found["sanity"][0]["objective"], "unique");
    let lengths = ["faithfulness", "sanity", "spreads"].map(|list| found[list].as_array().map_or(9, Vec::len));
    assert_eq!(lengths, [1, 1, 0]);

    let words = bad(&["check", text(&run), "--device", "cpu", "--set", "checks.keep=1"], 2, "invalid-config");
    assert!(words.contains("keep"), "{words}");
    bad(&["check", text(&run), "--device", "cpu", "--layer", "4", "--out", text(&again)], 2, "no-such-layer");
}
