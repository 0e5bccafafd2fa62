//! The session's scores: every choice of pixels and labels, step by step, and more images than are held at once.

use unicam::dataset::scenes::ScenesConfig;
use unicam::scores::{LabelEmbedding, LabelKind, LayerOutcome, LayerScores, Pixels, ScoreReport, UncertaintyConfig};
use unicam::session::{ReferenceConfig, ScoreConfig, ScoringEvent, ScoringStage, Session};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::session::{open, run_out, short, small_scenes, teacher};

/// A session whose three networks had a step or two: enough for features to differ.
async fn trained(scenes: ScenesConfig) -> Session {
    let mut session = open().await;
    session.use_scenes(&scenes).expect("in range");
    session.start_teacher(&teacher()).expect("valid");
    run_out(&mut session).await;
    session.start_distillation(&short(2)).expect("valid");
    run_out(&mut session).await;
    session
}

fn layers(report: &ScoreReport) -> Vec<&LayerScores> {
    fn scored(outcome: &LayerOutcome) -> &LayerScores {
        match outcome {
            LayerOutcome::Ok(scores) => scores,
            LayerOutcome::Error(error) => panic!("{error:?}"),
        }
    }
    report.layers.iter().map(scored).collect()
}

fn usual(images: usize) -> ScoreConfig {
    let uncertainty = UncertaintyConfig { permutations: 39, bootstrap: 39, ..UncertaintyConfig::default() };
    ScoreConfig { uncertainty, ..ScoreConfig::of(ReferenceConfig { images, seed: 3 }) }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn every_choice_of_pixels_and_labels_gives_scores_of_its_own() {
    let mut session = trained(small_scenes()).await;
    let raw = session.score(&usual(12)).await.expect("scores");
    assert_eq!((raw.n, raw.resampled, raw.layers.len(), raw.labels), (12, 12, 3, LabelKind::OneHot));
    let of = |report: &ScoreReport| layers(report).iter().map(|layer| layer.rs_teacher).collect::<Vec<f64>>();

    let one_hot: Vec<Vec<f64>> = (0..6).map(|a| (0..6).map(|b| f64::from(u8::from(a == b))).collect()).collect();
    let matrix = ScoreConfig { labels: LabelEmbedding::Matrix { rows: one_hot }, ..usual(12) };
    let matrix = session.score(&matrix).await.expect("six rows");
    assert_eq!(matrix.labels, LabelKind::Matrix);
    for (a, b) in of(&raw).iter().zip(of(&matrix)) {
        assert!((a - b).abs() < 1e-6, "one-hot rows are one-hot labels: {a} and {b}");
    }

    let prototypes = ScoreConfig { labels: LabelEmbedding::Prototypes, ..usual(12) };
    let prototypes = session.score(&prototypes).await.expect("class means");
    assert!(of(&raw) != of(&prototypes), "the Teacher's classes are not all equally far apart");

    let imputed = session.score(&ScoreConfig { pixels: Pixels::Imputed { share: 0.5 }, ..usual(12) }).await;
    let imputed = imputed.expect("imputed pictures");
    assert!(of(&raw) != of(&imputed), "imputed pictures have other features");
    for report in [&prototypes, &imputed] {
        assert!(of(report).iter().all(|score| (-1.0..=1.0).contains(score)), "{report:?}");
    }

    let few = LabelEmbedding::Matrix { rows: vec![vec![1.0]; 2] };
    let error = session.score(&ScoreConfig { labels: few, ..usual(12) }).await.expect_err("two rows for six classes");
    assert!(error.to_string().contains("2 rows for 6 classes"), "{error}");
    for wrong in [
        ScoreConfig { pixels: Pixels::Imputed { share: 1.0 }, ..usual(12) },
        ScoreConfig { pixels: Pixels::Imputed { share: 0.5 }, ..usual(513) },
        usual(3),
    ] {
        assert_eq!(session.score(&wrong).await.expect_err("out of range").code(), "invalid-config");
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn scores_come_step_by_step_and_can_be_left() {
    let mut session = trained(small_scenes()).await;
    assert_eq!(session.next_scores().await, Ok(None));
    let config = ScoreConfig { labels: LabelEmbedding::Prototypes, ..usual(12) };
    session.start_scoring(&config).expect("valid");
    let mut stages = Vec::new();
    let report = loop {
        match session.next_scores().await.expect("a step").expect("until it is finished") {
            ScoringEvent::Finished { report } => break report,
            ScoringEvent::Progress { stage, done, total } => {
                assert!(done <= total, "{stage:?}: {done} of {total}");
                stages.push(stage);
            }
        }
    };
    assert_eq!(session.next_scores().await, Ok(None));
    stages.dedup();
    assert_eq!(stages, [ScoringStage::Prototypes, ScoringStage::Distances, ScoringStage::Draws]);
    assert!(*report == session.score(&config).await.expect("scores"), "in one go as step by step");
    let json = serde_json::to_value(&report).expect("plain data");
    assert!(serde_json::from_value::<ScoreReport>(json.clone()).is_ok(), "the report is read back");
    let judged = &json["layers"][0]["ok"]["evidence"]["rsDistilled"]["semiPartial"];
    assert!(judged["tTest"]["pValue"].is_number() && judged["null"]["upper"].is_number(), "{judged}");

    session.start_scoring(&config).expect("valid");
    session.next_scores().await.expect("a step");
    session.cancel_scoring();
    assert_eq!(session.next_scores().await, Ok(None));
    session.start_scoring(&config).expect("valid");
    session.use_scenes(&small_scenes()).expect("in range");
    assert_eq!(session.next_scores().await, Ok(None), "other data end it");
}

#[cfg(not(target_arch = "wasm32"))]
#[pollster::test]
async fn more_images_than_are_held_are_streamed_and_a_part_of_them_resampled() {
    let mut session = trained(ScenesConfig { test_images: 540, ..small_scenes() }).await;
    let held = session.score(&usual(512)).await.expect("held");
    let streamed = session.score(&usual(540)).await.expect("streamed");
    assert_eq!((held.n, held.resampled, streamed.n, streamed.resampled), (512, 512, 540, 512));
    // The same images and a few more, distances by products and not by differences: nearly the same scores.
    for (held, streamed) in layers(&held).into_iter().zip(layers(&streamed)) {
        for (a, b) in [
            (held.fss_student.corrected, streamed.fss_student.corrected),
            (held.fss_base.paper, streamed.fss_base.paper),
            (held.rs_teacher, streamed.rs_teacher),
            (held.rs_distilled.partial, streamed.rs_distilled.partial),
        ] {
            assert!((a - b).abs() < 0.03, "{a} and {b}");
        }
        let evidence = streamed.evidence.fss_student.corrected;
        let (null, t_test, interval) =
            (evidence.null.expect("drawn"), evidence.t_test.expect("many images"), evidence.interval.expect("drawn"));
        assert_eq!((null.images, interval.images), (512, 512));
        assert!(
            t_test.degrees_of_freedom > 540.0 * 537.0 / 2.0 - 2.0
                && evidence.verdict == unicam::scores::Verdict::Higher
        );
        assert!(interval.lower < streamed.fss_student.corrected && streamed.fss_student.corrected < interval.upper);
    }
}
