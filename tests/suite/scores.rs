//! FSS and RS against PyTorch and `dcor`.

use serde::Deserialize;
use unicam::attribution::{Centred, DistanceMatrix, Features, measure};
use unicam::scores::{Similarity, feature_similarity, partial_relevance, relevance};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::{Array, SINGLE, assert_close, parse};

#[derive(Deserialize)]
struct Pair {
    paper: f64,
    corrected: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Similarities {
    student_teacher: Pair,
    base_teacher: Pair,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Relevance {
    r_star: f64,
}

#[derive(Deserialize)]
struct Relevances {
    teacher: Relevance,
    student: Relevance,
    base: Relevance,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Given {
    semi_partial: f64,
    partial: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Givens {
    student_given_base: Given,
    base_given_student: Given,
    student_given_teacher: Given,
    teacher_given_student: Given,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    labels: Vec<usize>,
    classes: usize,
    teacher: Array,
    student: Array,
    base: Array,
    fss: Similarities,
    relevance: Relevances,
    given: Givens,
}

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

impl Case {
    async fn measured(&self) -> Vec<Features> {
        let device = device().await;
        let stage = |model: &str, array: &Array| (model.to_owned(), "layer1".to_owned(), array.map_tensor(&device));
        let stages = vec![stage("Teacher", &self.teacher), stage("Student", &self.student), stage("Base", &self.base)];
        let measured = measure(stages).await.expect("the device answers");
        measured.into_iter().map(|features| features.expect("varied features")).collect()
    }

    fn labels(&self) -> Centred {
        let names: Vec<String> = (0..self.classes).map(|class| format!("class {class}")).collect();
        DistanceMatrix::of_labels(&self.labels, &names).expect("several classes").u_centred()
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn scores_agree_with_the_reference() {
    for case in parse::<Reference>(include_str!("../fixtures/scores.json")).cases {
        let measured = case.measured().await;
        let [teacher, student, base] = &measured[..] else { panic!("three models") };
        let labels = case.labels();
        for (ours, expected) in [
            (feature_similarity(teacher, student), &case.fss.student_teacher),
            (feature_similarity(teacher, base), &case.fss.base_teacher),
        ] {
            let Similarity { paper, corrected } = ours;
            assert_close(&[paper, corrected], &[expected.paper, expected.corrected], SINGLE, &case.name);
        }
        for (features, expected) in
            [(teacher, &case.relevance.teacher), (student, &case.relevance.student), (base, &case.relevance.base)]
        {
            assert_close(&[relevance(features, &labels)], &[expected.r_star], SINGLE, &case.name);
        }
        for (features, given, expected) in [
            (student, base, &case.given.student_given_base),
            (base, student, &case.given.base_given_student),
            (student, teacher, &case.given.student_given_teacher),
            (teacher, student, &case.given.teacher_given_student),
        ] {
            let ours = partial_relevance(features, given, &labels);
            let what = format!("{} {} given {}", case.name, features.model, given.model);
            let expected = [expected.semi_partial, expected.partial];
            assert_close(&[ours.semi_partial, ours.partial], &expected, 5.0 * SINGLE, &what);
        }
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_model_is_wholly_similar_to_itself_and_has_nothing_beyond_itself() {
    let case = parse::<Reference>(include_str!("../fixtures/scores.json")).cases.remove(0);
    let measured = case.measured().await;
    let student = &measured[1];
    let Similarity { paper, corrected } = feature_similarity(student, student);
    assert!((corrected - 1.0).abs() < 1e-9 && (paper - 1.0).abs() < 1e-6, "{paper} {corrected}");
    let nothing = partial_relevance(student, student, &case.labels());
    assert!(nothing.semi_partial == 0.0 && nothing.partial == 0.0, "{nothing:?}");
}
