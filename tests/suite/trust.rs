//! What a session tells about its own maps: signs and shared scales, spread over batches, faithfulness, sanity.

use unicam::attribution::road::{RemovalOrder, impute};
use unicam::attribution::{ClassMethod, Objective, confidences, named_classes};
use unicam::dataset::scenes::{self, ScenesConfig};
use unicam::models::shipped::{SCENES, ShippedRole, ShippedWeights};
use unicam::models::{Network, NetworkConfig, Weights};
use unicam::session::{
    ExplainConfig, FaithfulnessConfig, MapKind, PassingSide, ReferenceConfig, Role, SanityCheckName, SanityConfig,
    Session, SpreadConfig, SpreadProgress,
};
use unicam::tensors::layout::pictures;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::read;
use crate::session::{REFERENCE, open, run_out, short, small_scenes, teacher};

/// A session with a Teacher, a Student and a Base that have learned next to nothing.
pub async fn distilled() -> Session {
    let mut session = open().await;
    session.use_scenes(&small_scenes()).expect("in range");
    session.start_teacher(&teacher()).expect("valid");
    run_out(&mut session).await;
    session.start_distillation(&short(2)).expect("valid");
    run_out(&mut session).await;
    session
}

fn close(a: &[f32], b: &[f32], tolerance: f32) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance)
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn signed_maps_shared_scales_and_the_spread_over_batches() {
    let mut session = distilled().await;
    let plain = ExplainConfig::new(REFERENCE, 1, Objective::Relevance);
    let config = ExplainConfig { signed: true, class_method: ClassMethod::LayerCam, ..plain };
    let (plain, explanation) =
        (session.explain(&plain).await.expect("maps"), session.explain(&config).await.expect("maps"));
    let report = &explanation.report;
    assert!(plain.signed.is_empty() && report.class_method == ClassMethod::LayerCam);
    let positive: Vec<f32> = explanation.signed.iter().map(|value| value.max(0.0)).collect();
    assert!(close(&explanation.raw, &positive, 0.0) && explanation.signed.iter().any(|value| *value < 0.0));

    // Layer 1 has the pictures' own size: nothing is resized, and a shared scale is a plain quotient.
    let (area, maps) = (256, report.maps.len());
    let shared = explanation.shared_scale();
    assert_eq!(shared.len(), explanation.scaled.len());
    let mut compared = 0;
    for (slot, image) in report.images.iter().enumerate() {
        let at = |map: usize| (slot * maps + map) * area..(slot * maps + map + 1) * area;
        for unicam in [true, false] {
            let row: Vec<usize> = (0..maps).filter(|&map| report.maps[map].given().is_some() == unicam).collect();
            assert_eq!(row.len(), if unicam { 4 } else { 3 });
            let top = row.iter().map(|&map| image.strengths[map].max).fold(0.0f32, f32::max);
            for map in row {
                let expected: Vec<f32> =
                    explanation.raw[at(map)].iter().map(|value| if top > 0.0 { value / top } else { 0.0 }).collect();
                assert!(close(&shared[at(map)], &expected, 1e-5), "image {slot}, map {map}");
                compared += usize::from(top > 0.0);
            }
            // The method of the class maps leaves the UniCAM maps alone.
            if unicam {
                assert!(close(&plain.scaled[at(0)], &explanation.scaled[at(0)], 1e-5));
            }
        }
    }
    assert!(compared > 0);

    let spread = SpreadConfig {
        image: report.images[5].index,
        map: MapKind::Distilled,
        layer: 1,
        objective: Objective::Relevance,
        reference: REFERENCE,
        batches: 3,
    };
    let found = session.explain_spread(&spread).await.expect("a spread");
    assert_eq!((found.report.n, found.report.reference_hashes.len(), found.report.strengths.len()), (12, 3, 3));
    assert!(found.report.reference_hashes.iter().all(|hash| *hash != report.reference_hash));
    assert_eq!((found.mean.len(), found.deviation.len(), found.scaled.len()), (area, area, 3 * area));
    assert!(found.mean.iter().chain(&found.deviation).all(|value| (0.0..=1.0).contains(value)));
    assert!(found.report.mean_deviation > 0.0 && found.report.pairs == 3);
    let stability = found.report.rank_stability.expect("maps that vary");
    assert!((-1.0..1.0).contains(&stability), "{stability}");

    // Batch by batch it is the same, and a spread that was given up is gone.
    session.start_spread(&spread).expect("fits");
    assert_eq!(session.advance_spread().await.expect("a batch"), SpreadProgress { done: 1, total: 3 });
    session.cancel_spread();
    assert_eq!(session.advance_spread().await.expect_err("given up").code(), "not-ready");
    session.start_spread(&spread).expect("fits");
    for done in 1..=3 {
        assert_eq!(session.advance_spread().await.expect("a batch"), SpreadProgress { done, total: 3 });
    }
    assert_eq!(session.finish_spread().await.expect("a spread"), found);
    assert_eq!(session.finish_spread().await.expect_err("told already").code(), "not-ready");

    // With every test picture in every batch the mates never change: the spread is nothing and the map is explain's.
    let whole = ReferenceConfig { images: 24, seed: 5 };
    let all = session.explain_spread(&SpreadConfig { reference: whole, ..spread }).await.expect("a spread");
    assert!(all.report.mean_deviation < 1e-3, "{}", all.report.mean_deviation);
    assert!(all.report.rank_stability.expect("maps that vary") > 0.99);
    let explained = session.explain(&ExplainConfig::new(whole, 1, Objective::Relevance)).await.expect("maps");
    let slot = explained.report.images.iter().position(|image| image.index == spread.image).expect("all are there");
    assert!(close(&all.mean, &explained.scaled[slot * maps * area..(slot * maps) * area + area], 5e-3));

    let refused = [
        SpreadConfig { map: MapKind::GradCamBase, ..spread },
        SpreadConfig { batches: 1, ..spread },
        SpreadConfig { image: 24, ..spread },
    ];
    for config in refused {
        assert_eq!(session.explain_spread(&config).await.expect_err("no such spread").code(), "invalid-config");
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn faithfulness_and_sanity_of_every_kind_of_map() {
    let mut session = distilled().await;
    let config = FaithfulnessConfig {
        methods: vec![ClassMethod::HiresCam, ClassMethod::Random],
        shares: vec![0.2, 0.6],
        ..FaithfulnessConfig::new(REFERENCE, 2, Objective::Relevance)
    };
    let report = session.faithfulness(&config).await.expect("a report");
    assert_eq!((report.n, report.maps.len()), (12, 4 + 3 * 2));
    for map in &report.maps {
        assert_eq!(map.model, map.map.explained());
        let Some(outcome) = &map.outcome else {
            assert_eq!(map.empty, 12);
            continue;
        };
        assert_eq!((outcome.whole.n + map.empty, outcome.most_relevant_first.len()), (12, 2), "{map:?}");
        let curves = outcome.most_relevant_first.iter().chain(&outcome.least_relevant_first);
        for estimate in curves.chain([&outcome.whole, &outcome.average_drop, &outcome.increase]) {
            assert!((0.0..=1.0).contains(&estimate.mean), "{map:?}");
        }
        assert!((-0.5..=0.5).contains(&outcome.combined.mean));
        // Noise is never empty, and at every share some pixel of it changes what the network says.
        if map.method == Some(ClassMethod::Random) {
            assert_eq!(map.empty, 0);
            assert!(outcome.most_relevant_first.iter().all(|point| (point.mean - outcome.whole.mean).abs() > 1e-6));
        }
    }
    // One kind after the other gives what all at once give.
    for kind in [MapKind::Residual, MapKind::GradCamStudent] {
        let one = FaithfulnessConfig { maps: vec![kind], ..config.clone() };
        let rows: Vec<_> = report.maps.iter().filter(|map| map.map == kind).cloned().collect();
        assert_eq!(session.faithfulness(&one).await.expect("a report").maps, rows);
    }
    let refused = [
        FaithfulnessConfig { shares: vec![], ..config.clone() },
        FaithfulnessConfig { shares: vec![0.5, 0.5], ..config.clone() },
        FaithfulnessConfig { shares: vec![0.5, 1.0], ..config.clone() },
        FaithfulnessConfig { keep: 0.0, ..config.clone() },
        FaithfulnessConfig { methods: vec![ClassMethod::GradCam; 2], ..config.clone() },
    ];
    for config in refused {
        assert_eq!(session.faithfulness(&config).await.expect_err("out of range").code(), "invalid-config");
    }

    for objective in [Objective::Relevance, Objective::Unique] {
        let config = SanityConfig { reference: REFERENCE, layer: 2, objective, shuffles: 20, seed: 4 };
        let report = session.sanity(&config).await.expect("a report");
        assert_eq!(report.checks.len(), if objective == Objective::Relevance { 5 } else { 4 });
        for check in &report.checks {
            let statistic = check.statistic.expect("maps that vary");
            assert!((-2.0..=2.0).contains(&statistic), "{check:?}");
            let holds = match check.side {
                PassingSide::AtMost => statistic <= check.threshold,
                PassingSide::Above => statistic > check.threshold,
            };
            assert_eq!(check.passed, Some(holds));
            match check.name {
                SanityCheckName::SelfGivenSelf => assert_eq!((statistic, check.passed), (0.0, Some(true))),
                SanityCheckName::RandomStudentMap => assert!(statistic < 0.99, "{check:?}"),
                SanityCheckName::ShuffledLabelsScore => assert_eq!(check.n, 20),
                _ => {}
            }
        }
        let error = session.sanity(&SanityConfig { shuffles: 0, ..config }).await.expect_err("none");
        assert_eq!(error.code(), "invalid-config");
    }
}

/// The truth as a map: what ROAD removes from the object must cost the shipped Teacher more than the same share of noise
/// costs it, and the other way round.
#[wasm_bindgen_test(unsupported = pollster::test)]
async fn removing_the_object_costs_the_teacher_its_confidence_and_removing_the_background_does_not() {
    let device = device().await;
    let config = ScenesConfig { train_images: 60, test_images: 24, background_dial: 0.0, ..ScenesConfig::default() };
    let images = scenes::render(&config).expect("in range").test;
    let file = ShippedWeights::default().get(&SCENES.file(ShippedRole::Teacher)).expect("inside");
    let weights = Weights::from_bytes(&file).expect("shipped");
    let shape = NetworkConfig::infer(&weights).expect("shipped");
    let network = Network::from_weights(&shape, &weights, &device).expect("shipped");
    let indices: Vec<usize> = (0..images.len()).collect();
    let logits = read(network.forward(pictures(&images, &indices, &[], &device)).logits).await;
    let logits: Vec<f32> = logits.into_iter().map(|value| value as f32).collect();
    let named = named_classes(&logits, shape.classes);
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let whole = mean(confidences(&logits, shape.classes, &named));

    let truth: Vec<Vec<f32>> = indices
        .iter()
        .map(|&index| images.mask(index).expect("rendered").iter().map(|&cover| f32::from(cover)).collect())
        .collect();
    // Nothing but ties: a random order.
    let noise = vec![vec![0.0f32; images.width * images.height]; images.len()];
    let mut after = Vec::new();
    for (maps, order) in [
        (&truth, RemovalOrder::MostRelevantFirst),
        (&noise, RemovalOrder::MostRelevantFirst),
        (&truth, RemovalOrder::LeastRelevantFirst),
    ] {
        let maps: Vec<&[f32]> = maps.iter().map(Vec::as_slice).collect();
        let imputed = impute(&images, &indices, &maps, 0.2, order, 3, &device).expect("a share");
        let logits: Vec<f32> = read(network.forward(imputed).logits).await.into_iter().map(|v| v as f32).collect();
        after.push(mean(confidences(&logits, shape.classes, &named)));
    }
    let [object, any, background] = after[..] else { panic!("three ways") };
    println!(
        "whole {whole:.3}; 20 % imputed: object first {object:.3}, at random {any:.3}, background {background:.3}"
    );
    assert!(object + 0.1 < any && any < background && background > whole - 0.2);
}

#[wasm_bindgen_test(unsupported = test)]
fn every_kind_of_map_knows_its_networks() {
    for kind in MapKind::ALL {
        assert_ne!(Some(kind.explained()), kind.given(), "{kind:?}");
    }
    assert_eq!((MapKind::Distilled.explained(), MapKind::Distilled.given()), (Role::Student, Some(Role::Base)));
    assert_eq!((MapKind::Residual.explained(), MapKind::Residual.given()), (Role::Base, Some(Role::Student)));
    assert_eq!((MapKind::GradCamTeacher.explained(), MapKind::GradCamTeacher.given()), (Role::Teacher, None));
}

#[wasm_bindgen_test(unsupported = test)]
fn settings_from_before_the_methods_are_still_read() {
    let json = r#"{"reference":{"images":12,"seed":3},"layer":2,"objective":"unique"}"#;
    let config: ExplainConfig = serde_json::from_str(json).expect("every other field has a default");
    assert_eq!(config, ExplainConfig::new(REFERENCE, 2, Objective::Unique));
    assert!(serde_json::from_str::<ExplainConfig>(&json.replace("layer", "stage")).is_err());
}
