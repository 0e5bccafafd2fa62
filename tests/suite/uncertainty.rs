//! t-test, permutation null, interval and verdict: against SciPy and `dcor`, and against simulated truth.

use serde::Deserialize;
use unicam::attribution::DistanceMatrix;
use unicam::scores::{
    Evidence, LayerDistances, LayerScores, Null, Resampling, ScoreWarning, UncertaintyConfig, Values, Verdict, t_test,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fixture::parse;
use crate::scores::cases;
use crate::simulated::{Gaussian, model, numbers};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    score: f64,
    n: usize,
    statistic: f64,
    degrees_of_freedom: f64,
    p_value: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Permuted {
    mean: f64,
    sd: f64,
    lower: f64,
    upper: f64,
    p_value: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Nulls {
    fss_student_paper: Permuted,
    fss_student: Permuted,
    rs_student: Permuted,
    distilled_semi: Permuted,
    distilled_partial: Permuted,
    untaken_semi: Permuted,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    nulls: Nulls,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    t_tests: Vec<Test>,
    cases: Vec<Case>,
}

fn reference() -> Reference {
    parse(include_str!("../fixtures/uncertainty.json"))
}

fn config(permutations: usize, bootstrap: usize) -> UncertaintyConfig {
    UncertaintyConfig { permutations, bootstrap, ..UncertaintyConfig::default() }
}

/// All draws made, and the entry that they give.
fn judged(layer: &LayerDistances, config: UncertaintyConfig) -> LayerScores {
    let mut draws = Resampling::new(layer.clone(), config);
    while draws.left() > 0 {
        draws.advance(7);
    }
    LayerScores::new("layer1".to_owned(), layer.n(), &layer.values(), layer.widths(), &draws, &config)
}

#[wasm_bindgen_test(unsupported = test)]
fn t_tests_agree_with_scipy_however_many_images_there_are() {
    for expected in reference().t_tests {
        let ours = t_test(expected.score, expected.n).expect("five images at least");
        assert!((ours.statistic - expected.statistic).abs() < 1e-7 * expected.statistic.abs(), "{ours:?}");
        assert!((ours.degrees_of_freedom - expected.degrees_of_freedom).abs() < 0.5, "{ours:?}");
        let off = (ours.p_value - expected.p_value).abs() / expected.p_value;
        assert!(off < 1e-5, "n = {}: {} instead of {}", expected.n, ours.p_value, expected.p_value);
    }
    assert_eq!(t_test(0.5, 4), None);
    assert_eq!(t_test(1.0, 20), None);
}

#[wasm_bindgen_test(unsupported = test)]
fn permutation_nulls_agree_with_the_reference_within_their_own_spread() {
    const DRAWS: usize = 3000;
    let made_up = cases();
    for expected in reference().cases {
        let case = made_up.iter().find(|case| case.name == expected.name).expect("a case of scores.json");
        let evidence = judged(&case.exact(), config(DRAWS, 0)).evidence;
        let nulls = expected.nulls;
        for (what, ours, theirs) in [
            ("paper", &evidence.fss_student.paper, nulls.fss_student_paper),
            ("fss", &evidence.fss_student.corrected, nulls.fss_student),
            ("rs", &evidence.rs_student, nulls.rs_student),
            ("distilled semi-partial", &evidence.rs_distilled.semi_partial, nulls.distilled_semi),
            ("distilled partial", &evidence.rs_distilled.partial, nulls.distilled_partial),
            ("untaken semi-partial", &evidence.rs_teacher_given_student.semi_partial, nulls.untaken_semi),
        ] {
            let what = format!("{} {what}", case.name);
            let null = ours.null.expect("drawn");
            assert_eq!((null.draws, null.images), (DRAWS, case.labels.len()));
            // Standard errors of a mean, of a share and, in units of the spread, of a far quantile.
            let draws = DRAWS as f64;
            let mean_error = 5.0 * theirs.sd / draws.sqrt();
            assert!((null.mean - theirs.mean).abs() < mean_error, "{what}: {} not {}", null.mean, theirs.mean);
            let p_error = 5.0 * (theirs.p_value * (1.0 - theirs.p_value) / draws).sqrt() + 2.0 / draws;
            assert!((null.p_value - theirs.p_value).abs() < p_error, "{what}: {} not {}", null.p_value, theirs.p_value);
            for (ours, theirs_end) in [(null.lower, theirs.lower), (null.upper, theirs.upper)] {
                assert!((ours - theirs_end).abs() < 0.25 * theirs.sd, "{what}: end {ours} not {theirs_end}");
            }
            assert!(null.p_value >= 1.0 / (draws + 1.0), "the +1 rule");
        }
    }
}

/// Student, Base and Teacher over `n` images of two classes; `signal` says how strongly the Student's features tell them.
fn simulated(random: &mut Gaussian, n: usize, signal: f64) -> LayerDistances {
    let mut rows: [Vec<Vec<f64>>; 3] = Default::default();
    for image in 0..n {
        let side = if image % 2 == 0 { 1.0 } else { -1.0 };
        let shared = random.vector(4);
        for (model, strength) in [signal, signal, 0.0].into_iter().enumerate() {
            let own = random.vector(4);
            rows[model].push((0..4).map(|k| own[k] + 0.5 * shared[k] + strength * side).collect());
        }
    }
    let labels: Vec<Vec<f64>> = (0..n).map(|image| vec![(image % 2) as f64]).collect();
    LayerDistances::new(rows.each_ref().map(|rows| model(rows)), DistanceMatrix::of_rows(&labels).expect("labels"))
}

#[wasm_bindgen_test(unsupported = test)]
fn noise_gets_no_verdict_more_often_than_the_level_allows_and_a_signal_gets_one() {
    let mut random = Gaussian::new(3);
    let (mut spoken, mut compared, trials) = (0, 0, 200);
    for _ in 0..trials {
        let evidence = judged(&simulated(&mut random, 16, 0.0), config(79, 79)).evidence;
        spoken += usize::from(evidence.rs_student.verdict != Verdict::Withheld);
        compared += usize::from(evidence.rs_distilled_over_residual.verdict != Verdict::Withheld);
    }
    // 5 % of 200, and three standard deviations; but it does happen.
    assert!((2..=19).contains(&spoken), "{spoken} of {trials} verdicts on noise");
    assert!(compared <= 19, "{compared} of {trials} comparisons of noise");
    let evidence = judged(&simulated(&mut random, 24, 1.5), config(199, 199)).evidence;
    for judged in [evidence.rs_student, evidence.rs_teacher, evidence.rs_distilled.semi_partial] {
        assert_eq!(judged.verdict, Verdict::Higher, "{judged:?}");
    }
    assert_eq!(evidence.rs_distilled_over_residual.verdict, Verdict::Higher, "{evidence:?}");
    assert_eq!(evidence.rs_base.verdict, Verdict::Withheld, "{:?}", evidence.rs_base);
}

/// How often the interval at `level` covers the truth, for RS of the Student, of distilled features, and their difference
/// from the residual ones.
fn coverage(level: f64, n: usize, trials: usize, truth: &Values) -> [f64; 3] {
    let mut random = Gaussian::new(11);
    let config = UncertaintyConfig { permutations: 0, bootstrap: 99, level, seed: 5 };
    let mut covered = [0; 3];
    for _ in 0..trials {
        let layer = judged(&simulated(&mut random, n, 0.8), config);
        let distilled = truth.rs_distilled.semi_partial;
        for (covered, (interval, truth)) in covered.iter_mut().zip([
            (layer.evidence.rs_student.interval, truth.rs_student),
            (layer.evidence.rs_distilled.semi_partial.interval, distilled),
            (layer.evidence.rs_distilled_over_residual.interval, distilled - truth.rs_residual.semi_partial),
        ]) {
            let interval = interval.expect("eight images at least");
            *covered += usize::from(interval.lower <= truth && truth <= interval.upper);
        }
    }
    covered.map(|covered| covered as f64 / trials as f64)
}

#[wasm_bindgen_test(unsupported = test)]
fn intervals_cover_the_truth_as_often_as_they_say_and_not_always() {
    let truth = simulated(&mut Gaussian::new(1), 1200, 0.8).values();
    for share in coverage(0.95, 24, 200, &truth) {
        assert!((0.93..=1.0).contains(&share), "95 % intervals cover in {share}");
    }
    // A low level must miss often: otherwise the intervals would be too wide to say anything.
    for share in coverage(0.6, 24, 200, &truth) {
        assert!((0.55..=0.88).contains(&share), "60 % intervals cover in {share}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn draws_are_seeded_and_do_not_depend_on_how_they_are_portioned() {
    let layer = simulated(&mut Gaussian::new(9), 12, 0.5);
    let all = |seed, portion| {
        let config = UncertaintyConfig { seed, ..config(40, 40) };
        let mut draws = Resampling::new(layer.clone(), config);
        while draws.left() > 0 {
            draws.advance(portion);
        }
        draws.null().iter().chain(draws.halves()).flat_map(numbers).collect::<Vec<f64>>()
    };
    assert!(all(4, 1) == all(4, 1000), "the same draws");
    assert!(all(4, 1) != all(5, 1), "another seed, other draws");
}

#[wasm_bindgen_test(unsupported = test)]
fn where_nothing_can_be_judged_the_verdict_is_withheld_and_the_reader_warned() {
    let layer = simulated(&mut Gaussian::new(2), 6, 2.0);
    let scores = judged(&layer, UncertaintyConfig { permutations: 0, bootstrap: 200, level: 0.95, seed: 1 });
    let Evidence { t_test, null, interval, .. } = scores.evidence.rs_student;
    assert!(t_test.is_some() && null.is_none() && interval.is_none(), "{:?}", scores.evidence.rs_student);
    assert_eq!(scores.evidence.fss_student.paper.verdict, Verdict::Withheld);
    assert_eq!(scores.evidence.rs_distilled_over_residual.verdict, Verdict::Withheld);
    assert_eq!(scores.warnings, [ScoreWarning::TooFewForInterval]);
    let wide = judged(&cases()[1].exact(), config(0, 0));
    assert_eq!(wide.warnings, [ScoreWarning::DimensionExceedsImages]);
    assert_eq!((wide.dimensions.teacher, wide.dimensions.student, wide.dimensions.base), (40, 48, 20));
}

#[wasm_bindgen_test(unsupported = test)]
fn nulls_of_the_biased_convention_are_far_from_zero() {
    let scores = judged(&cases()[1].exact(), config(199, 0));
    let (paper, corrected) = (scores.evidence.fss_student.paper, scores.evidence.fss_student.corrected);
    let Null { mean, upper, score, .. } = paper.null.expect("drawn");
    assert!(mean > 0.5 && upper >= mean && (score - scores.fss_student.paper).abs() < 1e-12, "{paper:?}");
    assert!(corrected.null.expect("drawn").mean.abs() < 0.1, "{corrected:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn settings_outside_their_range_are_named() {
    let usual = UncertaintyConfig::default();
    for (settings, field) in [
        (UncertaintyConfig { level: 1.0, ..usual }, "uncertainty.level"),
        (UncertaintyConfig { level: f64::NAN, ..usual }, "uncertainty.level"),
        (UncertaintyConfig { permutations: 38, ..usual }, "uncertainty.permutations"),
        (UncertaintyConfig { permutations: 1_000_000, ..usual }, "uncertainty.permutations"),
        (UncertaintyConfig { bootstrap: 99, level: 0.99, ..usual }, "uncertainty.bootstrap"),
    ] {
        let error = settings.validate().expect_err(field).to_string();
        assert!(error.contains(field), "{error}");
    }
    for settings in [usual, config(0, 0), config(39, 39), UncertaintyConfig { level: 0.99, ..config(199, 199) }] {
        settings.validate().expect("in range");
    }
}
