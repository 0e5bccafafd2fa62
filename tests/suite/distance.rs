//! The distance algebra against `dcor` and PyTorch, and its invariants.

use serde::Deserialize;
use unicam::Error;
use unicam::attribution::distance::{DistanceMatrix, biased_correlation};
use unicam::attribution::{distances, distances_between, distances_by_products, lengths};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::{Array, EXACT, SINGLE, assert_close, parse, read};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Matrix {
    name: String,
    features: Array,
    distances: Array,
    u_centred: Array,
    double_centred: Array,
    self_inner: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pair {
    a: String,
    b: String,
    inner: f64,
    #[serde(rename = "removedAGivenB")]
    removed: Array,
    r_star: f64,
    biased_squared: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Triple {
    a: String,
    c: String,
    g: String,
    semi_partial: f64,
    partial: f64,
}

#[derive(Deserialize)]
struct Reference {
    matrices: Vec<Matrix>,
    pairs: Vec<Pair>,
    triples: Vec<Triple>,
}

impl Reference {
    fn load() -> Self {
        parse(include_str!("../fixtures/distance.json"))
    }

    fn matrix(&self, name: &str) -> DistanceMatrix {
        let found = self.matrices.iter().find(|matrix| matrix.name == name).expect("named in the fixture");
        DistanceMatrix::of_rows(&found.features.rows()).expect("four rows at least")
    }
}

fn entries(n: usize, at: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    (0..n * n).map(|k| at(k / n, k % n)).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn centring_agrees_with_the_reference() {
    let reference = Reference::load();
    for expected in &reference.matrices {
        let name = &expected.name;
        if name == "n5_constant" {
            // The reference's epsilon of 1e-18 under the root is all that equal rows have between them there.
            assert!(reference.matrix(name).is_constant() && expected.self_inner == 0.0);
            continue;
        }
        let ours = reference.matrix(name);
        let n = ours.n();
        assert_close(&entries(n, |i, j| ours.at(i, j)), &expected.distances.values, EXACT, name);
        let centred = ours.u_centred();
        assert_close(&entries(n, |i, j| centred.at(i, j)), &expected.u_centred.values, EXACT, name);
        assert_close(&ours.double_centred(), &expected.double_centred.values, EXACT, name);
        assert_close(&[centred.inner(&centred)], &[expected.self_inner], EXACT, name);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn pairs_agree_with_dcor() {
    let reference = Reference::load();
    for pair in &reference.pairs {
        let what = format!("{} and {}", pair.a, pair.b);
        let (a, b) = (reference.matrix(&pair.a), reference.matrix(&pair.b));
        let (p, q) = (a.u_centred(), b.u_centred());
        assert_close(&[p.inner(&q)], &[pair.inner], EXACT, &what);
        assert_close(&[p.correlation(&q)], &[pair.r_star], EXACT, &what);
        let left = p.without(&q);
        assert_close(&entries(a.n(), |i, j| left.at(i, j)), &pair.removed.values, EXACT, &what);
        if let Some(expected) = pair.biased_squared {
            let biased = biased_correlation(&a.double_centred(), &b.double_centred(), 0.0);
            assert_close(&[biased], &[expected], EXACT, &what);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn partial_correlations_agree_with_dcor() {
    let reference = Reference::load();
    for triple in &reference.triples {
        let what = format!("{} given {} with {}", triple.a, triple.c, triple.g);
        let [a, c, g] = [&triple.a, &triple.c, &triple.g].map(|name| reference.matrix(name).u_centred());
        assert_close(&[a.without(&c).correlation(&g)], &[triple.semi_partial], EXACT, &what);
        assert_close(&[a.without(&c).correlation(&g.without(&c))], &[triple.partial], 1e-6, &what);
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn the_device_computes_the_same_distances() {
    let device = device().await;
    for expected in Reference::load().matrices {
        let rows = expected.features.map_tensor(&device);
        let [n, channels, height, width] = rows.dims();
        let ours = read(distances(&rows.reshape([n, channels * height * width]))).await;
        assert_close(&ours, &expected.distances.values, SINGLE, &expected.name);
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn distances_between_two_blocks_and_by_products_are_the_same_ones() {
    let device = device().await;
    for expected in Reference::load().matrices.into_iter().filter(|matrix| matrix.name.starts_with("n12")) {
        let rows = expected.features.map_tensor(&device);
        let [n, channels, height, width] = rows.dims();
        let rows = rows.reshape([n, channels * height * width]);
        let (own, others) = (rows.clone().narrow(0, 2, 5), rows.clone().narrow(0, 4, 8));
        let reference: Vec<f64> =
            (2..7).flat_map(|i| (4..12).map(move |j| i * 12 + j)).map(|k| expected.distances.values[k]).collect();
        let between = read(distances_between(&own, &others)).await;
        assert_close(&between, &reference, SINGLE, &expected.name);
        let centre = rows.clone().mean_dim(0);
        let by_products = read(distances_by_products(&(own - centre.clone()), &(others - centre))).await;
        // What is cancelled near 0 stays cancelled: the square of a distance has the precision of the largest one.
        assert_close(&by_products, &reference, 20.0 * SINGLE, &expected.name);
        let longest = read(lengths(&rows)).await;
        let exact: Vec<f64> = expected
            .features
            .rows()
            .iter()
            .map(|row| row.iter().map(|value| value * value).sum::<f64>().sqrt())
            .collect();
        assert_close(&longest, &exact, SINGLE, &expected.name);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_centred_matrix_is_symmetric_with_rows_that_sum_to_zero() {
    let reference = Reference::load();
    for matrix in &reference.matrices {
        let centred = reference.matrix(&matrix.name).u_centred();
        for i in 0..centred.n() {
            let sum: f64 = (0..centred.n()).map(|j| centred.at(i, j)).sum();
            assert!(sum.abs() < 1e-9, "{}: row {i} sums to {sum}", matrix.name);
            assert!((0..centred.n()).all(|j| (centred.at(i, j) - centred.at(j, i)).abs() < 1e-12));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn self_given_self_is_empty_and_self_with_self_is_one() {
    let reference = Reference::load();
    let centred = reference.matrix("n12_a").u_centred();
    assert!(centred.without(&centred).is_zero());
    assert!((centred.correlation(&centred) - 1.0).abs() < 1e-12);
    assert!((centred.correlation(&centred.without(&centred))).abs() < f64::EPSILON);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_cannot_be_computed_is_a_typed_error() {
    let rows = vec![vec![1.0], vec![2.0], vec![4.0]];
    assert_eq!(DistanceMatrix::of_rows(&rows), Err(Error::TooFewImages { n: 3, needed: 4 }));
    let rows = vec![vec![f64::NAN]; 4];
    assert!(matches!(DistanceMatrix::of_rows(&rows), Err(Error::NotFinite { .. })));
    let one_class = DistanceMatrix::of_labels(&[1, 1, 1, 1], &["cat".to_owned(), "dog".to_owned()]);
    assert_eq!(one_class, Err(Error::OneClassOnly { n: 4, class: "dog".to_owned() }));
}
