//! FSS and RS against PyTorch and `dcor`, held whole and in blocks.

use serde::Deserialize;
use unicam::Error;
use unicam::attribution::distance::row_distances;
use unicam::attribution::{DistanceMatrix, measure};
use unicam::scores::{Block, ClassDistances, LayerDistances, ModelDistances, Stream, Values};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::{Array, assert_close, parse, score_tolerance};
use crate::simulated::{Gaussian, close_values, lengths, model, numbers};

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
    #[serde(rename = "rStarGC")]
    labels_with_removed: f64,
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
pub struct Case {
    pub name: String,
    pub labels: Vec<usize>,
    classes: usize,
    pub teacher: Array,
    pub student: Array,
    pub base: Array,
    fss: Similarities,
    relevance: Relevances,
    given: Givens,
}

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

/// The made-up features of `tests/reference/scores.py`.
pub fn cases() -> Vec<Case> {
    parse::<Reference>(include_str!("../fixtures/scores.json")).cases
}

impl Case {
    pub fn classes(&self) -> ClassDistances {
        ClassDistances::one_hot(&(0..self.classes).map(|class| format!("class {class}")).collect::<Vec<_>>())
    }

    fn labels(&self) -> DistanceMatrix {
        self.classes().matrix(&self.labels).expect("several classes")
    }

    /// Distances computed on the device, as for a network.
    async fn measured(&self) -> LayerDistances {
        let device = device().await;
        let stage = |model: &str, array: &Array| (model.to_owned(), "layer1".to_owned(), array.map_tensor(&device));
        let stages = vec![stage("Teacher", &self.teacher), stage("Student", &self.student), stage("Base", &self.base)];
        let measured = measure(stages).await.expect("the device answers").into_iter();
        let models: Vec<_> = measured.map(|features| ModelDistances::from(features.expect("varied"))).collect();
        LayerDistances::new(models.try_into().expect("three models"), self.labels())
    }

    /// Distances computed on the host in f64.
    pub fn exact(&self) -> LayerDistances {
        LayerDistances::new([&self.teacher, &self.student, &self.base].map(|array| model(&array.rows())), self.labels())
    }

    fn expected(&self) -> Vec<f64> {
        let (given, relevance) = (&self.given, &self.relevance);
        let mut expected = Vec::new();
        for pair in [&self.fss.student_teacher, &self.fss.base_teacher] {
            expected.extend([pair.paper, pair.corrected]);
        }
        expected.extend([relevance.teacher.r_star, relevance.student.r_star, relevance.base.r_star]);
        for given in [
            &given.student_given_base,
            &given.base_given_student,
            &given.student_given_teacher,
            &given.teacher_given_student,
        ] {
            expected.extend([given.semi_partial, given.partial]);
        }
        expected
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn scores_agree_with_the_reference() {
    for case in cases() {
        assert_close(&numbers(&case.exact().values()), &case.expected(), 2e-8, &case.name);
        assert_close(&numbers(&case.measured().await.values()), &case.expected(), score_tolerance(), &case.name);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn semi_partial_and_partial_are_bridged_by_what_the_removed_tells_of_the_labels() {
    for case in cases().into_iter().filter(|case| case.name != "fewest") {
        let values = case.exact().values();
        for (ours, expected) in [
            (values.rs_distilled, &case.given.student_given_base),
            (values.rs_residual, &case.given.base_given_student),
            (values.rs_student_given_teacher, &case.given.student_given_teacher),
            (values.rs_teacher_given_student, &case.given.teacher_given_student),
        ] {
            let bridge = (1.0 - expected.labels_with_removed * expected.labels_with_removed).sqrt();
            assert!((ours.partial * bridge - ours.semi_partial).abs() < 1e-8, "{}: {ours:?}", case.name);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_example_of_rs_energy_package_comes_out_in_the_true_partial_convention() {
    let rows = |values: [f64; 5]| values.map(|value| vec![value]).to_vec();
    let [x, y, z] = [[1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 2.0, 9.0, 4.0, 4.0], [9.0, 5.0, 6.0, 7.0, 8.0]].map(rows);
    let labels = DistanceMatrix::of_rows(&y).expect("five points");
    let layer = LayerDistances::new([model(&z), model(&x), model(&z)], labels);
    // pdcor(x, y, z): x is the Student, z the Base that is removed, y in the place of the labels.
    let partial = layer.values().rs_distilled.partial;
    assert!((partial - 0.8082904).abs() < 5e-8, "{partial}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_model_is_wholly_similar_to_itself_and_has_nothing_beyond_itself() {
    let case = cases().remove(0);
    let student = || model(&case.student.rows());
    let values = LayerDistances::new([student(), student(), student()], case.labels()).values();
    assert!((values.fss_student.corrected - 1.0).abs() < 1e-9, "{values:?}");
    assert!((values.fss_student.paper - 1.0).abs() < 1e-6, "{values:?}");
    for nothing in [values.rs_distilled, values.rs_residual, values.rs_student_given_teacher] {
        assert!(nothing.semi_partial == 0.0 && nothing.partial == 0.0, "{nothing:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn constant_features_and_one_image_a_class_have_scores_of_zero_and_no_nan() {
    let case = cases().remove(2);
    let constant = vec![vec![0.5; 3]; 4];
    let models = [model(&case.teacher.rows()), model(&constant), model(&case.base.rows())];
    let values = LayerDistances::new(models, case.labels()).values();
    assert!(values.rs_student == 0.0 && values.rs_distilled.semi_partial == 0.0 && values.fss_student.paper == 0.0);
    assert!(numbers(&values).iter().all(|value| value.is_finite()), "{values:?}");
    // Four images of four classes: the embeddings are all equally far apart and tell nothing.
    let names: Vec<String> = (0..4).map(|class| class.to_string()).collect();
    let labels = ClassDistances::one_hot(&names).matrix(&[2, 0, 3, 1]).expect("four classes");
    let models = [&case.teacher, &case.student, &case.base].map(|array| model(&array.rows()));
    let values = LayerDistances::new(models, labels).values();
    assert!(values.rs_teacher == 0.0 && values.rs_student == 0.0 && values.rs_residual.partial == 0.0, "{values:?}");
    assert!(values.fss_student.corrected != 0.0);
}

/// Features of three related models: 300 images, three classes, unequal widths, two images that coincide.
fn large() -> ([Vec<Vec<f64>>; 3], Vec<usize>) {
    let mut random = Gaussian::new(7);
    let labels: Vec<usize> = (0..300).map(|image| (image * image) % 3).collect();
    let mut rows: [Vec<Vec<f64>>; 3] = Default::default();
    for &label in &labels {
        let shared = random.vector(20);
        for (model, width) in [31, 20, 12].into_iter().enumerate() {
            let own = random.vector(width);
            let signal = [1.0, 0.6, 0.2][model] * (label as f64 - 1.0);
            let feature = |k: usize| own[k] + 0.8 * shared[k % 20] + if k % 3 == label { 3.0 + signal } else { 3.0 };
            rows[model].push((0..width).map(feature).collect());
        }
    }
    for model in &mut rows {
        model[211] = model[40].clone();
    }
    (rows, labels)
}

fn streamed(rows: &[Vec<Vec<f64>>; 3], labels: &[usize], classes: &ClassDistances, block: usize) -> Values {
    let n = labels.len();
    let mut stream = Stream::new(labels.to_vec(), classes.clone()).expect("several classes");
    let part = |start: usize| Block {
        start,
        lengths: rows.each_ref().map(|rows| lengths(&rows[start..n.min(start + block)])),
    };
    for start in (0..n).step_by(block) {
        for other in (start..n).step_by(block) {
            let between = |rows: &Vec<Vec<f64>>| {
                row_distances(&rows[start..n.min(start + block)], &rows[other..n.min(other + block)])
            };
            let distances = rows.each_ref().map(between);
            stream.add(&part(start), &part(other), distances.each_ref().map(Vec::as_slice));
        }
    }
    let gram = stream.gram("layer1").expect("varied features");
    Values::of(&gram, &gram)
}

#[wasm_bindgen_test(unsupported = test)]
fn blocks_give_the_scores_of_the_whole() {
    let (rows, labels) = large();
    let classes = ClassDistances::one_hot(&["a", "b", "c"].map(str::to_owned));
    let matrix = classes.matrix(&labels).expect("three classes");
    let whole = LayerDistances::new(rows.each_ref().map(|rows| model(rows)), matrix.clone()).values();
    for block in [300, 64, 37, 299] {
        close_values(&streamed(&rows, &labels, &classes, block), &whole, 1e-9);
    }
    // And both give what the centred matrices themselves give.
    let [teacher, student, base] = rows.each_ref().map(|rows| DistanceMatrix::of_rows(rows).expect("rows").u_centred());
    let labels = matrix.u_centred();
    for (ours, theirs) in [
        (whole.fss_student.corrected, teacher.correlation(&student)),
        (whole.rs_base, base.correlation(&labels)),
        (whole.rs_distilled.semi_partial, student.without(&base).correlation(&labels)),
        (whole.rs_residual.partial, base.without(&student).correlation(&labels.without(&student))),
    ] {
        assert!((ours - theirs).abs() <= 1e-9 * theirs.abs(), "{ours}, not {theirs}");
    }
    assert!(whole.rs_teacher > whole.rs_student && whole.rs_student > whole.rs_base && whole.rs_base > 0.0);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_a_stream_cannot_score_is_a_typed_error() {
    let classes = ClassDistances::one_hot(&["cat", "dog"].map(str::to_owned));
    let few = Stream::new(vec![0, 1, 0], classes.clone()).expect_err("three images");
    assert_eq!(few, Error::TooFewImages { n: 3, needed: 4 });
    let one = Stream::new(vec![1; 5], classes.clone()).expect_err("dogs only");
    assert_eq!(one, Error::OneClassOnly { n: 5, class: "dog".to_owned() });
    let block = |start| Block { start, lengths: std::array::from_fn(|_| vec![1.0; 4]) };
    let (same, varied) = ([0.0; 16], [1.0; 16]);
    let mut stream = Stream::new(vec![0, 1, 0, 1], classes.clone()).expect("two classes");
    stream.add(&block(0), &block(0), [&varied, &same, &varied]);
    let constant = stream.gram("layer2").expect_err("the Student sees nothing");
    assert_eq!(constant, Error::ConstantFeatures { model: "Student".to_owned(), layer: "layer2".to_owned() });
    let mut stream = Stream::new(vec![0, 1, 0, 1], classes).expect("two classes");
    let broken = [f64::NAN; 16];
    stream.add(&block(0), &block(0), [&varied, &varied, &broken]);
    assert_eq!(stream.gram("layer2").expect_err("not a number").code(), "not-finite");
}

#[wasm_bindgen_test(unsupported = test)]
fn label_embeddings_are_checked_and_weigh_the_classes() {
    let names = ["cat", "dog", "car"].map(str::to_owned);
    let rows = vec![vec![0.0, 0.0], vec![0.0, 1.0], vec![3.0, 4.0]];
    let classes = ClassDistances::of_rows(&rows, &names).expect("three rows");
    assert!((classes.at(0, 1) - 1.0).abs() < 1e-12 && (classes.at(2, 0) - 5.0).abs() < 1e-12);
    let matrix = classes.matrix(&[0, 1, 2, 0]).expect("three classes");
    assert!((matrix.at(2, 3) - 5.0).abs() < 1e-12 && matrix.at(0, 3) == 0.0);
    for (rows, told) in [
        (vec![vec![0.0]; 2], "2 rows for 3 classes"),
        (vec![vec![]; 3], "at least one number"),
        (vec![vec![1.0], vec![1.0, 2.0], vec![0.0]], "2 for dog"),
        (vec![vec![1.0], vec![2.0], vec![f64::NAN]], "the row of car"),
        (vec![vec![1e300], vec![-1e300], vec![0.0]], "overflows"),
        (vec![vec![1.0]; 3], "no class from another"),
    ] {
        let error = ClassDistances::of_rows(&rows, &names).expect_err(told).to_string();
        assert!(error.contains("labels.rows") && error.contains(told), "{error}");
    }
    let twins = ClassDistances::of_rows(&[vec![1.0], vec![1.0], vec![2.0]], &names).expect("not all alike");
    assert_eq!(twins.matrix(&[0, 1, 1, 0]).expect_err("cats are dogs").code(), "invalid-config");
}
