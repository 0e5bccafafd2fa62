//! A run as a bundle, and the bundle computed again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::Value;
use unicam::Error;
use unicam::attribution::Objective;
use unicam::bytes::archive::{Package, pack};
use unicam::bytes::json;
use unicam::dataset::collect::ImagesConfig;
use unicam::dataset::pixels::Rack;
use unicam::dataset::scenes::ScenesConfig;
use unicam::distillation::{AssistantConfig, DistillationConfig, OptimiserConfig, Start};
use unicam::models::Architecture;
use unicam::session::{
    BundleManifest, CheckSettings, Circumstances, Defaults, ExplainConfig, FaithfulnessConfig, FigureKind, MapKind,
    ReferenceConfig, Replay, ReplayEvent, ReplayOptions, ReplayReport, ReplayStage, Role, RowOutcome, ScoreConfig,
    Session, TimelineConfig, TimelineSettings, Unlike, digest_of_bytes,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::choice;
use crate::families::formula_weights;
use crate::report::circumstances;
use crate::session::png;
use crate::shelves::{Watched, outside};

/// Files of a bundle by their paths.
type Files = BTreeMap<String, Vec<u8>>;

const REFERENCE: ReferenceConfig = ReferenceConfig { images: 12, seed: 3 };

fn recipe(steps: usize) -> DistillationConfig {
    let Defaults { distillation, .. } = Defaults::default();
    let optimiser =
        OptimiserConfig { steps, batch_size: 6, report_every: 3, evaluate_every: 5, ..distillation.optimiser.clone() };
    DistillationConfig { optimiser, ..distillation }
}

async fn open() -> Session {
    Session::create(choice()).await.expect("the device that this run proves")
}

fn scenes() -> ScenesConfig {
    ScenesConfig { train_images: 60, test_images: 24, ..ScenesConfig::default() }
}

/// A whole run on small Scenes.
async fn run(recipe: &DistillationConfig) -> Session {
    let mut session = open().await;
    session.use_scenes(&scenes()).expect("in range");
    session.use_shipped_teacher().await.expect("shipped for the Scenes");
    let settings = TimelineSettings { pictures: 2, every: 4, layer: 0 };
    let watched = TimelineConfig { settings, reference: REFERENCE, objective: Objective::Relevance };
    session.start_watched(recipe, &watched).expect("valid");
    while session.next().await.expect("finite losses").is_some() {}
    look(&mut session).await;
    session
}

async fn look(session: &mut Session) {
    for layer in [1, 3] {
        session.explain(&ExplainConfig::new(REFERENCE, layer, Objective::Relevance)).await.expect("maps");
    }
    session.score(&ScoreConfig::of(REFERENCE)).await.expect("scores");
    session.answers().await.expect("answers");
}

/// Every kind of check, of other layers, and over another batch than that of the maps and scores.
async fn check(session: &mut Session) {
    let other = ReferenceConfig { images: 10, seed: 8 };
    let settings =
        CheckSettings { shares: vec![0.3, 0.7], shuffles: 4, batches: 2, seed: 5, ..CheckSettings::default() };
    for layer in [1, 2] {
        let whole = settings.faithfulness(other, layer, Objective::Relevance);
        for kind in [MapKind::Distilled, MapKind::GradCamBase] {
            let config = FaithfulnessConfig { maps: vec![kind], ..whole.clone() };
            session.faithfulness(&config).await.expect("a report");
        }
    }
    // Its own seed, which is the last one that the settings of the run hold.
    let sanity = CheckSettings { seed: 6, ..settings.clone() }.sanity(other, 3, Objective::Unique);
    session.sanity(&sanity).await.expect("a report");
    let image = session.reference_batch(&other).expect("trained networks")[0];
    for map in [MapKind::Distilled, MapKind::Residual] {
        let config = settings.spread(other, 2, Objective::Relevance, (image, map));
        session.explain_spread(&config).await.expect("a spread");
    }
}

async fn replayed(session: &Session, bytes: &[u8], options: ReplayOptions) -> ReplayReport {
    let mut replay = session.open_replay(bytes).expect("a bundle");
    replay.start(options).expect("its pictures are rendered");
    loop {
        match replay.next().await.expect("a run that went well before") {
            Some(ReplayEvent::Finished { report }) => return *report,
            Some(ReplayEvent::Progress { done, total, .. }) => assert!(done <= total),
            None => panic!("ended without a report"),
        }
    }
}

fn kinds(report: &ReplayReport) -> BTreeMap<FigureKind, usize> {
    let mut counts = BTreeMap::new();
    for row in &report.rows {
        *counts.entry(row.kind).or_insert(0) += 1;
    }
    counts
}

/// The files of a bundle, with the manifest made to fit what `change` does to them.
fn changed(bytes: &[u8], change: impl FnOnce(&mut Files)) -> Vec<u8> {
    let mut package = Package::open(bytes).expect("a bundle");
    let manifest = package.read("bundle.json").expect("whole").expect("there");
    let mut manifest: BundleManifest = json::read(&manifest).expect("a manifest");
    let mut files: Files = manifest
        .entries
        .iter()
        .map(|entry| (entry.path.clone(), package.read(&entry.path).expect("whole").expect("listed")))
        .collect();
    change(&mut files);
    manifest.entries.retain_mut(|entry| {
        let content = files.get(&entry.path);
        entry.sha256 = content.map(|content| digest_of_bytes(content)).unwrap_or_default();
        content.is_some()
    });
    files.insert("bundle.json".to_owned(), serde_json::to_vec(&manifest).expect("plain data"));
    pack(&files).expect("small")
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_bundle_replays_to_the_last_bit_on_its_device() {
    let mut session = run(&recipe(12)).await;
    check(&mut session).await;
    let bundle = session.bundle(circumstances()).await.expect("a finished run");
    let later = Circumstances { created_at: "2027-01-02T03:04:05Z".to_owned(), ..circumstances() };
    assert_eq!(
        bundle,
        session.bundle(circumstances()).await.expect("the same again"),
        "the same session, the same bytes"
    );
    assert_ne!(bundle, session.bundle(later).await.expect("but for the time"));

    // In another session, as a reviewer has it.
    let stranger = open().await;
    let summary = stranger.open_replay(&bundle).expect("a bundle").summary().clone();
    assert!(summary.has_pictures && summary.has_scores && summary.unlike.is_empty(), "{summary:?}");
    assert_eq!((summary.steps, summary.layers), (Some(12), vec!["layer1".to_owned(), "layer3".to_owned()]));
    let report = replayed(&stranger, &bundle, ReplayOptions::default()).await;
    let differing: Vec<_> = report.rows.iter().filter(|row| row.outcome != RowOutcome::Holds).collect();
    assert!(differing.is_empty(), "{differing:#?}");
    assert_eq!((report.differing, report.free, report.first_difference), (0, 0, None));
    assert!(report.retrained && report.held == report.rows.len());
    let counts = kinds(&report);
    // Four reports of 4 numbers each for the Student and 3 for the Base; 54 scores with interval and p-value.
    assert_eq!(counts[&FigureKind::Loss], 4 * 7, "{counts:?}");
    assert_eq!(counts[&FigureKind::Score], 54 * 4, "{counts:?}");
    assert_eq!(counts[&FigureKind::Weights], 2);
    assert_eq!(counts[&FigureKind::Table], 4);
    for part in
        ["layer2, faithfulness of gradCamBase by random: ", "layer3, sanity, selfGivenSelf: ", "layer2, spread of "]
    {
        assert!(report.rows.iter().any(|row| row.name.starts_with(part)), "{part}");
    }
    assert!(counts[&FigureKind::Check] > 250, "{counts:?}");
    assert!(counts[&FigureKind::Timeline] > 40 && counts[&FigureKind::Map] > 40, "{counts:?}");

    let quick = replayed(&stranger, &bundle, ReplayOptions { networks_only: true }).await;
    assert_eq!((quick.differing, quick.retrained), (0, false));
    assert!(!kinds(&quick).contains_key(&FigureKind::Loss) && kinds(&quick).contains_key(&FigureKind::Score));
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn maps_and_scores_of_other_batches_are_replayed_over_their_own() {
    let mut session = run(&recipe(1)).await;
    let (few, more) = (ReferenceConfig { images: 8, seed: 5 }, ReferenceConfig { images: 16, seed: 6 });
    session.score(&ScoreConfig::of(more)).await.expect("scores");
    let maps = ExplainConfig::new(few, 2, Objective::Relevance);
    session.explain(&maps).await.expect("maps");
    for last in [few, more] {
        if last == more {
            session.score(&ScoreConfig::of(more)).await.expect("scores");
        }
        let bundle = session.bundle(circumstances()).await.expect("a finished run");
        let told = session.report(circumstances());
        assert_eq!((told.config.reference, told.maps_reference, told.scores_reference), (last, Some(few), Some(more)));
        let mut package = Package::open(&bundle).expect("a bundle");
        let arrays = package.read("maps/layer2/distilled-raw.npy").expect("whole").expect("drawn");
        assert!(String::from_utf8_lossy(&arrays[..128]).contains("(8, "), "as many as the report tells of");
        let report = replayed(&session, &bundle, ReplayOptions { networks_only: true }).await;
        assert_eq!((report.differing, report.first_difference), (0, None));
    }
    // A bundle from before each had its own.
    session.score(&ScoreConfig::of(few)).await.expect("scores");
    let former = |files: &mut Files| {
        let mut report: Value = json::read(&files["report.json"]).expect("JSON");
        for field in ["mapsReference", "scoresReference"] {
            report.as_object_mut().expect("a document").remove(field).expect("written now");
        }
        files.insert("report.json".to_owned(), serde_json::to_vec(&report).expect("plain data"));
    };
    let bundle = session.bundle(circumstances()).await.expect("a finished run");
    let report = replayed(&session, &changed(&bundle, former), ReplayOptions { networks_only: true }).await;
    assert_eq!((report.differing, report.first_difference), (0, None));
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn what_was_changed_is_named() {
    let mut session = run(&recipe(3)).await;
    check(&mut session).await;
    let bundle = session.bundle(circumstances()).await.expect("a finished run");
    let quick = ReplayOptions { networks_only: true };
    let digit = |files: &mut Files| {
        let mut report: Value = json::read(&files["report.json"]).expect("JSON");
        let score = &mut report["scores"]["layers"][1]["ok"]["rsStudent"];
        *score = Value::from(f64::from_bits(score.as_f64().expect("a score").to_bits() + 1));
        files.insert("report.json".to_owned(), serde_json::to_vec(&report).expect("plain data"));
    };
    let report = replayed(&session, &changed(&bundle, digit), quick).await;
    let names: Vec<&str> =
        report.rows.iter().filter(|row| row.outcome == RowOutcome::Differs).map(|row| row.name.as_str()).collect();
    // The last bit of one score: its line, and the table that was made from it.
    assert_eq!(names, ["layer2, rsStudent", "scores.csv"]);

    for (place, name) in [
        (
            "/checks/faithfulness/1/maps/0/outcome/combined/mean",
            "layer2, faithfulness of distilled: outcome.combined.mean",
        ),
        ("/checks/sanity/0/checks/1/statistic", "layer3, sanity, shuffledLabelsScore: statistic"),
        ("/checks/spreads/0/meanDeviation", "meanDeviation"),
    ] {
        let digit = |files: &mut Files| {
            let mut report: Value = json::read(&files["report.json"]).expect("JSON");
            let found = report.pointer_mut(place).expect("a value of a check");
            *found = Value::from(f64::from_bits(found.as_f64().expect("a number").to_bits() + 1));
            files.insert("report.json".to_owned(), serde_json::to_vec(&report).expect("plain data"));
        };
        let report = replayed(&session, &changed(&bundle, digit), quick).await;
        let row = &report.rows[report.first_difference.expect("one value is another")];
        assert_eq!((report.differing, row.kind), (1, FigureKind::Check));
        assert!(row.name.ends_with(name), "{}", row.name);
    }

    let map = |files: &mut Files| {
        let maps = files.get_mut("maps/layer3/distilled-raw.npy").expect("drawn");
        let end = maps.len();
        maps[end - 4..].copy_from_slice(&9.0f32.to_le_bytes());
    };
    let report = replayed(&session, &changed(&bundle, map), quick).await;
    let row = &report.rows[report.first_difference.expect("one value is another")];
    assert_eq!((report.differing, row.name.as_str()), (1, "layer3, distilled: value that differs most"));

    let weights = |files: &mut Files| {
        let base = files["networks/base.safetensors"].clone();
        files.insert("networks/student.safetensors".to_owned(), base);
    };
    let report = replayed(&session, &changed(&bundle, weights), quick).await;
    let row = &report.rows[report.first_difference.expect("the Student is the Base")];
    assert_eq!(row.name, "networks/student.safetensors of the report");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn what_is_no_whole_bundle_is_refused_in_a_sentence() {
    let mut session = run(&recipe(1)).await;
    let bundle = session.bundle(circumstances()).await.expect("a finished run");
    let refused = |bytes: &[u8], words: &str| {
        let error = session.open_replay(bytes).err().expect("refused");
        assert_eq!(error.code(), "unreadable-bundle");
        assert!(error.to_string().contains(words), "{error}");
    };
    refused(b"", "no zip");
    refused(&pack(&BTreeMap::from([("a.txt".to_owned(), b"a".to_vec())])).expect("small"), "no bundle.json");
    refused(&changed(&bundle, |files| drop(files.remove("report.json"))), "no report.json");
    // Without a manifest that was made to fit.
    let tampered = |change: &dyn Fn(&mut Files)| {
        let mut package = Package::open(&bundle).expect("a bundle");
        let manifest = package.read("bundle.json").expect("whole").expect("there");
        let listed: BundleManifest = json::read(&manifest).expect("a manifest");
        let read = |path: &String| (path.clone(), package.read(path).expect("whole").expect("listed"));
        let mut files: BTreeMap<_, _> = listed.entries.iter().map(|entry| &entry.path).map(read).collect();
        files.insert("bundle.json".to_owned(), manifest);
        change(&mut files);
        pack(&files).expect("small")
    };
    refused(&tampered(&|files| files.get_mut("scores.csv").expect("there")[9] ^= 1), "does not fit its digest");
    refused(&tampered(&|files| drop(files.remove("networks/base.safetensors"))), "is missing");
    let version = |files: &mut Files| {
        let text = String::from_utf8(files["bundle.json"].clone()).expect("text");
        files.insert("bundle.json".to_owned(), text.replacen("\"version\": 1", "\"version\": 7", 1).into_bytes());
    };
    refused(&tampered(&version), "version 7");
    let mut untrained = open().await;
    assert_eq!(untrained.bundle(circumstances()).await.expect_err("nothing there").code(), "not-ready");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn assistants_a_random_start_and_shipped_networks_come_along() {
    let between = AssistantConfig {
        network: Architecture::cifar_resnet(1, 8),
        optimiser: Some(OptimiserConfig { steps: 2, ..recipe(2).optimiser }),
    };
    let chain = DistillationConfig { assistants: vec![between], start: Start::Random, ..recipe(2) };
    let mut session = run(&chain).await;
    let bundle = session.bundle(circumstances()).await.expect("a finished run");
    let report = replayed(&session, &bundle, ReplayOptions::default()).await;
    assert_eq!((report.differing, kinds(&report)[&FigureKind::Weights]), (0, 3));

    session.use_shipped_students().await.expect("for the Scenes");
    look(&mut session).await;
    let bundle = session.bundle(circumstances()).await.expect("networks are enough");
    let report = replayed(&session, &bundle, ReplayOptions::default()).await;
    assert_eq!((report.differing, report.retrained), (0, false));
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_start_that_was_loaded_for_the_next_run_is_no_part_of_the_last_ones_bundle() {
    let mut session = run(&recipe(2)).await;
    let begun = session.report(circumstances()).start.expect("the shipped one");
    let kept = session.pack(true).expect("plain data");
    let next = formula_weights(&recipe(2).student.for_classes(6)).to_safetensors(false).expect("plain tensors");
    session.load_student_start(&next).await.expect("six classes");
    assert_eq!(session.report(circumstances()).start, Some(begun));
    let bundle = session.bundle(circumstances()).await.expect("a finished run");
    let report = replayed(&session, &bundle, ReplayOptions::default()).await;
    assert_eq!((report.differing, report.retrained), (0, true));

    // Kept and taken up again, before the next start was loaded and after.
    let mut before = open().await;
    before.unpack(&kept).expect("our own file");
    before.load_student_start(&next).await.expect("six classes");
    let packed = session.pack(true).expect("plain data");
    assert!(before.pack(true) == Ok(packed.clone()), "each start for what it is");
    let mut after = open().await;
    after.unpack(&packed).expect("our own file");
    assert!(after.pack(true) == Ok(packed));
    for mut session in [before, after] {
        assert!(session.bundle(circumstances()).await == Ok(bundle.clone()));
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_run_that_was_taken_over_is_bundled_with_its_start_and_assistants_or_not_at_all() {
    let between = AssistantConfig { network: Architecture::cifar_resnet(1, 8), optimiser: None };
    let chain = DistillationConfig { assistants: vec![between], ..recipe(1) };
    let first = run(&chain).await;
    let weights = |role| first.export_weights(role).expect("trained");
    let files = [Role::Teacher, Role::Student, Role::Base, Role::Assistant(1)].map(weights);
    let mut session = open().await;
    session.use_scenes(&scenes()).expect("in range");
    session.load_teacher(&files[0]).await.expect("its own file");
    session.load_students(&files[1], &files[2]).await.expect("their own files");
    session.take_over(&first.report(circumstances()));
    let refused = |session: &Session, words: &str| {
        let error = session.check_bundle().expect_err("something is missing");
        assert!(error.code() == "not-ready" && error.to_string().contains(words), "{error}");
    };
    let start = first.report(circumstances()).start.expect("the shipped one");
    refused(&session, &start.digest);
    assert_eq!(session.bundle(circumstances()).await.expect_err("no start").code(), "not-ready");
    session.load_student_start(&files[2]).await.expect("six classes");
    refused(&session, &start.digest);
    session.use_shipped_start().expect("for the Scenes");
    refused(&session, "assistants");
    session.load_assistants(&files[3..]).expect("its own file");
    look(&mut session).await;
    let bundle = session.bundle(circumstances()).await.expect("all that it needs");
    let report = replayed(&first, &bundle, ReplayOptions::default()).await;
    assert_eq!((report.differing, kinds(&report)[&FigureKind::Weights]), (0, 3));
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_run_of_several_devices_or_versions_is_compared_within_bounds() {
    let mut session = run(&recipe(3)).await;
    let bundle = session.bundle(circumstances()).await.expect("a finished run");
    let older = changed(&bundle, |files| {
        let mut report: Value = json::read(&files["report.json"]).expect("JSON");
        report["device"]["name"] = Value::from("another adapter");
        let loss = &mut report["distillation"]["events"][1]["student"]["total"];
        *loss = Value::from(loss.as_f64().expect("a loss") * (1.0 + 1e-5));
        files.insert("report.json".to_owned(), serde_json::to_vec(&report).expect("plain data"));
        files.remove("losses.csv");
    });
    let report = replayed(&session, &older, ReplayOptions::default()).await;
    assert_eq!(report.bundle.unlike, [Unlike::Device]);
    assert_eq!(report.differing, 0, "{:#?}", report.first_difference.map(|place| &report.rows[place]));
    assert!(report.free > 0, "weights are not compared there");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn pictures_of_ones_own_are_known_by_their_digest() {
    let pictures = |shade: u8| -> Vec<(String, Vec<u8>)> {
        (0..24u8)
            .map(|number| {
                let class = usize::from(number % 2);
                (format!("{}/{number}.png", ["cats", "dogs"][class]), png(20, class as u8, shade + number))
            })
            .collect()
    };
    let take = |session: &mut Session, shade: u8| {
        session.begin_images(ImagesConfig { size: 16, ..ImagesConfig::default() }).expect("in range");
        for (path, bytes) in pictures(shade) {
            session.add_file(&path, &bytes).expect("begun");
        }
        session.finish_images().expect("two classes");
    };
    let mut session = open().await;
    take(&mut session, 10);
    let network = Architecture::cifar_resnet(1, 4);
    let optimiser = recipe(2).optimiser;
    let teacher =
        unicam::distillation::TeacherTrainingConfig { network, optimiser, start: unicam::distillation::Start::Random };
    session.start_teacher(&teacher).expect("valid");
    while session.next().await.expect("finite losses").is_some() {}
    let own = DistillationConfig { student: network, start: Start::Random, ..recipe(2) };
    session.start_distillation(&own).expect("valid");
    while session.next().await.expect("finite losses").is_some() {}
    let reference = ReferenceConfig { images: 6, seed: 1 };
    session.explain(&ExplainConfig::new(reference, 2, Objective::Relevance)).await.expect("maps");
    session.score(&ScoreConfig::of(reference)).await.expect("scores");
    assert!(session.export_weights(Role::Student).is_ok());
    let bundle = session.bundle(circumstances()).await.expect("a finished run");

    // The session that made it has the pictures.
    assert_eq!(replayed(&session, &bundle, ReplayOptions::default()).await.differing, 0);
    let stranger = open().await;
    let mut replay = stranger.open_replay(&bundle).expect("a bundle");
    assert!(!replay.summary().has_pictures);
    assert_eq!(replay.start(ReplayOptions::default()).expect_err("none yet").code(), "not-ready");
    let give = |replay: &mut Replay, rack: Arc<Rack>, shade: u8| {
        replay.begin_images_on(Some(rack)).expect("the bundle's settings");
        for (path, bytes) in pictures(shade) {
            replay.add_file(&path, &bytes).expect("begun");
        }
        replay.finish_images()
    };
    let other = give(&mut replay, outside(), 11).expect_err("other pictures");
    assert!(matches!(&other, Error::OtherPictures { expected, found } if expected != found), "{other}");
    give(&mut replay, outside(), 10).expect("the same pictures");
    replay.start(ReplayOptions::default()).expect("ready");
    let report = loop {
        if let Some(ReplayEvent::Finished { report }) = replay.next().await.expect("as before") {
            break report;
        }
    };
    assert_eq!(report.differing, 0, "{:#?}", report.first_difference.map(|place| &report.rows[place]));

    // Nothing is compared that was computed of pictures which could not be read.
    let shelf = Watched::default();
    let fails = Arc::clone(&shelf.fails);
    give(&mut replay, Rack::new(shelf), 10).expect("the same pictures");
    replay.start(ReplayOptions { networks_only: true }).expect("ready");
    let error = loop {
        match replay.next().await {
            Ok(Some(ReplayEvent::Progress { stage, .. })) if stage != ReplayStage::Maps => {
                fails.fetch_or(stage == ReplayStage::Networks, Ordering::Relaxed);
            }
            Ok(_) => panic!("went on without its pictures"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), "shelf-failed");
    assert!(replay.next().await.expect("over").is_none());
}
