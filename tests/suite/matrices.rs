//! Distance matrices and answers, as the page shows them.

use unicam::scores::LayerOutcome;
use unicam::session::{ExplainConfig, MapKind, MatricesConfig, MatrixKind, ScoreConfig};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::report::circumstances;
use crate::session::{REFERENCE, open, run_out, short, small_scenes, teacher};

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn pairs_add_up_to_the_scores_and_answers_to_the_accuracies() {
    let mut session = open().await;
    session.use_scenes(&small_scenes()).expect("in range");
    session.start_teacher(&teacher()).expect("valid");
    run_out(&mut session).await;
    session.start_distillation(&short(3)).expect("valid");
    run_out(&mut session).await;

    let scores = session.score(&ScoreConfig::of(REFERENCE)).await.expect("scores");
    let LayerOutcome::Ok(layer) = &scores.layers[2] else { panic!("layer3 has scores") };
    let found = session.matrices(&MatricesConfig { reference: REFERENCE, layer: 3 }).await.expect("matrices");
    let report = &found.report;
    let n = report.n;
    assert_eq!((n, &report.reference_hash), (12, &scores.reference_hash));
    assert!(report.labels.is_sorted(), "class by class");
    assert_eq!((found.values.len(), found.added.len()), (5 * n * n, 5 * n * n));
    let expected = [
        (MatrixKind::Teacher, layer.rs_teacher),
        (MatrixKind::Student, layer.rs_student),
        (MatrixKind::Base, layer.rs_base),
        (MatrixKind::Distilled, layer.rs_distilled.semi_partial),
        (MatrixKind::Residual, layer.rs_residual.semi_partial),
    ];
    for (at, (matrix, (kind, score))) in report.matrices.iter().zip(expected).enumerate() {
        assert_eq!(matrix.kind, kind);
        assert!((matrix.relevance - score).abs() < 1e-6, "{kind:?}: {} and {score}", matrix.relevance);
        let added = &found.added[at * n * n..(at + 1) * n * n];
        // Each pair stands in two places, with both of its orders together in each.
        let sum: f64 = added.iter().map(|&value| f64::from(value)).sum::<f64>() / 2.0;
        assert!((sum - score).abs() < 1e-5, "{kind:?}: {sum} and {score}");
        let values = &found.values[at * n * n..(at + 1) * n * n];
        assert!((0..n).all(|i| values[i * n + i] == 0.0 && (0..n).all(|j| values[i * n + j] == values[j * n + i])));
        assert!(matrix.min < matrix.max && added.iter().all(|value| f64::from(value.abs()) <= matrix.largest + 1e-6));
    }

    let answers = session.answers().await.expect("answers");
    let report = session.report(circumstances());
    let accuracy = |counts: &[Vec<usize>]| (0..6).map(|class| counts[class][class]).sum::<usize>() as f64 / 24.0;
    let confusion = &answers.confusion;
    assert_eq!(confusion.n, 24);
    assert_eq!(accuracy(&confusion.student), report.student.as_ref().expect("distilled").summary.accuracy);
    assert_eq!(accuracy(&confusion.base), report.base.as_ref().expect("distilled").summary.accuracy);
    assert_eq!(report.confusion.as_ref(), Some(confusion));
    assert!(confusion.teacher.iter().all(|row| row.iter().sum::<usize>() == 4), "four pictures a class");

    let maps = session
        .explain(&ExplainConfig::new(REFERENCE, 2, unicam::attribution::Objective::Relevance))
        .await
        .expect("maps");
    let (images, kinds, area) = (maps.report.n, maps.report.maps.len(), maps.report.width * maps.report.height);
    let (less, shared) = (maps.distilled_less_residual(), maps.shared_scale());
    assert_eq!(less.len(), images * area);
    let at = |kind| maps.report.maps.iter().position(|&other| other == kind).expect("drawn");
    let pixel = 5 * area + 7;
    let of = |kind| shared[(5 * kinds + at(kind)) * area + 7];
    assert_eq!(less[pixel], of(MapKind::Distilled) - of(MapKind::Residual));
    let cells = maps.cells();
    assert_eq!(cells.len(), images * kinds * 64);
    assert!(cells.iter().all(|cell| (0.0..=1.0).contains(cell)));
}
