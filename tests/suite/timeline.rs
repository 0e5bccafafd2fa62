//! A learning that is watched: the same learning, with points on the way.

use unicam::attribution::Objective;
use unicam::distillation::RunConfig;
use unicam::scores::LayerOutcome;
use unicam::session::{
    ExplainConfig, MapKind, ReferenceConfig, Role, ScoreConfig, Session, SessionConfig, Timeline, TimelineConfig,
    TimelineSettings,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::report::circumstances;
use crate::session::{REFERENCE, open, run_out, short, small_scenes, teacher};

fn watched(every: usize) -> TimelineConfig {
    let settings = TimelineSettings { pictures: 3, every, layer: 2 };
    TimelineConfig { settings, reference: REFERENCE, objective: Objective::Relevance }
}

async fn with_teacher() -> Session {
    let mut session = open().await;
    session.use_scenes(&small_scenes()).expect("in range");
    session.start_teacher(&teacher()).expect("valid");
    run_out(&mut session).await;
    session
}

/// Without what the clock says.
fn timeless(timeline: Option<&Timeline>) -> Timeline {
    Timeline { seconds: 0.0, training_seconds: 0.0, ..timeline.expect("watched").clone() }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn watching_changes_nothing_and_its_end_agrees_with_maps_and_scores() {
    let mut alone = with_teacher().await;
    alone.start_distillation(&short(5)).expect("valid");
    run_out(&mut alone).await;
    assert_eq!(alone.timeline(), None);

    let mut session = with_teacher().await;
    session.start_watched(&short(5), &watched(2)).expect("valid");
    let mut taken = Vec::new();
    while session.next().await.expect("finite losses").is_some() {
        taken.extend(session.take_point());
        assert_eq!(session.take_point(), None, "a point is given once");
    }
    for role in [Role::Student, Role::Base] {
        assert!(session.export_weights(role) == alone.export_weights(role), "{role:?} learned something else");
    }
    let timeline = session.timeline().expect("watched").clone();
    assert_eq!(timeline.points, taken);
    assert_eq!(timeline.points.iter().map(|point| point.step).collect::<Vec<_>>(), [0, 2, 4, 5]);
    assert_eq!((timeline.layer.as_str(), timeline.n, timeline.missing.len()), ("layer2", 12, 0));
    assert!(timeline.seconds > 0.0 && timeline.training_seconds > 0.0);

    let last = timeline.points.last().expect("four");
    let scores = session.score(&ScoreConfig::of(REFERENCE)).await.expect("scores");
    let LayerOutcome::Ok(layer) = &scores.layers[1] else { panic!("layer2 has scores") };
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} and {b}");
    near(last.scores.fss_student.corrected, layer.fss_student.corrected);
    near(last.scores.fss_base.paper, layer.fss_base.paper);
    near(last.scores.rs_distilled.semi_partial, layer.rs_distilled.semi_partial);
    near(last.scores.rs_residual.partial, layer.rs_residual.partial);
    near(last.scores.rs_student, layer.rs_student);

    let maps = session.explain(&ExplainConfig::new(REFERENCE, 2, Objective::Relevance)).await.expect("maps");
    let report = &maps.report;
    assert_eq!(timeline.reference_hash, report.reference_hash);
    let place = |kind| report.maps.iter().position(|&other| other == kind).expect("drawn");
    for (slot, (watched, answer)) in timeline.pictures.iter().zip(&last.pictures).enumerate() {
        let image = &report.images[slot];
        assert_eq!((watched.index, watched.label), (image.index, image.label));
        assert_eq!((answer.student, answer.base), (image.student, image.base));
        assert_eq!(answer.student_since.is_some(), image.student == image.label);
        for (own, kind) in [(answer.distilled, MapKind::Distilled), (answer.residual, MapKind::Residual)] {
            let theirs = image.strengths[place(kind)];
            assert_eq!(own.empty, theirs.empty);
            assert!((own.max - theirs.max).abs() <= 1e-4 * theirs.max, "{own:?} and {theirs:?}");
            assert_eq!(image.texts[place(kind)], theirs.in_words());
        }
    }
    // Three pictures, two maps of 8 x 8 each, in base64.
    assert_eq!(last.maps.len(), (3usize * 2 * 64).div_ceil(3) * 4);

    let written = session.report(circumstances());
    assert_eq!(written.distillation.expect("distilled").timeline, Some(timeline));
    assert_eq!(written.config.timeline, watched(2).settings);
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_replay_has_the_same_points_also_from_a_checkpoint() {
    let mut whole = with_teacher().await;
    whole.start_watched(&short(5), &watched(2)).expect("valid");
    run_out(&mut whole).await;

    let weights = whole.export_weights(Role::Teacher).expect("trained");
    let mut broken = open().await;
    broken.use_scenes(&small_scenes()).expect("in range");
    broken.load_teacher(&weights).await.expect("its own file");
    broken.start_watched(&short(5), &watched(2)).expect("valid");
    while broken.timeline().is_some_and(|timeline| timeline.points.len() < 2) {
        broken.next().await.expect("finite losses");
    }
    let bytes = broken.checkpoint().await.expect("a run is under way");
    broken.cancel();
    broken.resume(&RunConfig::Distillation(short(5)), &bytes).expect("its own checkpoint");
    run_out(&mut broken).await;
    let (resumed, replayed) = (timeless(broken.timeline()), timeless(whole.timeline()));
    assert_eq!(resumed.pictures, replayed.pictures);
    assert_eq!(resumed.points.len(), replayed.points.len());
    for (one, other) in resumed.points.iter().zip(&replayed.points) {
        assert_eq!((one.step, one.student_right, one.base_right), (other.step, other.student_right, other.base_right));
        assert!((one.scores.rs_student - other.scores.rs_student).abs() < 1e-9);
        assert_eq!(one.maps, other.maps);
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn what_cannot_be_watched_is_refused_or_left_alone() {
    let mut session = with_teacher().await;
    // Nobody can draw a map of it, so nothing is learnt first.
    for images in [3, 513] {
        let config = TimelineConfig { reference: ReferenceConfig { images, ..REFERENCE }, ..watched(2) };
        let error = session.start_watched(&short(2), &config).expect_err("4 to 512");
        assert_eq!(error.code(), "invalid-config", "{error}");
    }
    let mut session = with_teacher().await;
    let deep = TimelineConfig { settings: TimelineSettings { layer: 4, ..watched(2).settings }, ..watched(2) };
    assert_eq!(session.start_watched(&short(1), &deep).expect_err("three layers").code(), "no-such-layer");
    let off = TimelineConfig { settings: TimelineSettings { pictures: 0, ..watched(2).settings }, ..watched(2) };
    session.start_watched(&short(1), &off).expect("nothing to watch");
    run_out(&mut session).await;
    assert_eq!(session.timeline(), None);
    // What was written before there were timelines is read as it was.
    let mut old = serde_json::to_value(SessionConfig::default()).expect("plain data");
    old.as_object_mut().expect("an object").remove("timeline");
    assert_eq!(serde_json::from_value::<SessionConfig>(old).expect("older"), SessionConfig::default());
}

/// More often than the shipped recipe is watched, since its points are 25 steps apart and these 8.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn watching_the_shipped_recipe_costs_at_most_15_percent() {
    use pollster::block_on;
    use unicam::dataset::scenes::ScenesConfig;
    use unicam::session::Defaults;
    use unicam::tensors::device::DeviceChoice;

    let Defaults { scenes, mut distillation, reference, timeline: settings, .. } = Defaults::default();
    let mut session = block_on(Session::create(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    session.use_scenes(&ScenesConfig { train_images: 300, test_images: 48, ..scenes }).expect("in range");
    block_on(session.use_shipped_teacher()).expect("shipped for the Scenes");
    distillation.optimiser.steps = 64;
    let config = TimelineConfig { settings, reference, objective: Objective::Relevance };
    session.start_watched(&distillation, &config).expect("valid");
    while block_on(session.next()).expect("finite losses").is_some() {}
    let timeline = session.timeline().expect("watched");
    assert_eq!((timeline.every, timeline.points.len()), (8, 9));
    let share = timeline.seconds / timeline.training_seconds;
    println!("9 points in 64 steps took {:.1} % of the training's time", 100.0 * share);
    assert!(share <= 0.15, "{:.2} s beside {:.2} s", timeline.seconds, timeline.training_seconds);
}
