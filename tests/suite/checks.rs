//! Which checks the report keeps.

use unicam::attribution::{ClassMethod, Objective};
use unicam::session::{CheckSettings, ChecksReport, FaithfulnessConfig, MapKind};

use crate::report::circumstances;
use crate::session::{REFERENCE, small_scenes};
use crate::trust::distilled;

#[pollster::test]
async fn the_report_keeps_the_last_checks_of_every_layer() {
    let mut session = distilled().await;
    assert_eq!(session.report(circumstances()).checks, ChecksReport::default());
    let settings = CheckSettings {
        methods: vec![ClassMethod::LayerCam],
        shares: vec![0.5],
        keep: 0.4,
        shuffles: 5,
        batches: 2,
        seed: 9,
        ..CheckSettings::default()
    };
    let whole = |layer| settings.faithfulness(REFERENCE, layer, Objective::Relevance);
    let second = session.faithfulness(&whole(2)).await.expect("a report");
    for kind in MapKind::ALL.into_iter().rev() {
        let config = FaithfulnessConfig { maps: vec![kind], ..whole(1) };
        session.faithfulness(&config).await.expect("a report");
    }
    let first = session.report(circumstances()).checks.faithfulness.swap_remove(0);
    assert_eq!(session.faithfulness(&whole(1)).await.expect("a report"), first, "one kind after the other");
    let mut sanity = Vec::new();
    for layer in [3, 1, 3] {
        sanity.push(session.sanity(&settings.sanity(REFERENCE, layer, Objective::Relevance)).await.expect("a report"));
    }
    let image = session.reference_batch(&REFERENCE).expect("trained networks")[0];
    let mut spreads = Vec::new();
    for (layer, map) in [(2, MapKind::Distilled), (1, MapKind::Residual), (2, MapKind::Distilled)] {
        let config = settings.spread(REFERENCE, layer, Objective::Relevance, (image, map));
        spreads.push(session.explain_spread(&config).await.expect("a spread").report);
    }
    let report = session.report(circumstances());
    assert_eq!(report.checks.faithfulness, [first, second]);
    assert_eq!(report.checks.sanity, [sanity[1].clone(), sanity[2].clone()]);
    assert_eq!(report.checks.spreads, [spreads[1].clone(), spreads[2].clone()]);
    assert_eq!(report.config.checks, settings);

    // What was made with other settings does not stand beside it.
    let other = FaithfulnessConfig { keep: 0.5, ..whole(3) };
    let third = session.faithfulness(&other).await.expect("a report");
    session.sanity(&settings.sanity(REFERENCE, 2, Objective::Unique)).await.expect("a report");
    let report = session.report(circumstances());
    assert_eq!(report.checks.faithfulness, [third]);
    assert_eq!((report.checks.sanity.len(), report.checks.spreads.len()), (1, 2));
    assert!(report.config.checks.keep == 0.5 && report.config.maps.objective == Objective::Unique);
    session.use_scenes(&small_scenes()).expect("in range");
    assert_eq!(session.report(circumstances()).checks, ChecksReport::default());
}
