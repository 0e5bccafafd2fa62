//! What each pair of images adds to a relevance score.

use crate::attribution::Centred;

/// The summands of `R*(P, P_G)`, row-major `[n, n]`, each of the two orders of a pair apart: their sum is the score. All zero
/// where either side is.
///
/// `R* = sum over i != j of P_ij G_ij / (n (n - 3) sqrt(<P,P> <G,G>))`.
///
/// # Panics
/// If the sizes differ.
#[must_use]
pub fn contributions(features: &Centred, labels: &Centred) -> Vec<f64> {
    let n = features.n();
    let norms = features.inner(features) * labels.inner(labels);
    if norms <= 0.0 {
        return vec![0.0; n * n];
    }
    let size = (n * (n - 3)) as f64 * norms.sqrt();
    features.values().iter().zip(labels.values()).map(|(p, g)| p * g / size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::DistanceMatrix;

    #[test]
    fn the_summands_add_up_to_the_correlation() {
        let rows: Vec<Vec<f64>> = [0.1, 0.4, 0.35, 2.0, 2.2, 1.7].iter().map(|&x: &f64| vec![x, x * x]).collect();
        let names = ["a".to_owned(), "b".to_owned()];
        let features = DistanceMatrix::of_rows(&rows).expect("six").u_centred();
        let labels = DistanceMatrix::of_labels(&[0, 0, 0, 1, 1, 1], &names).expect("two classes").u_centred();
        let parts = contributions(&features, &labels);
        assert!((parts.iter().sum::<f64>() - features.correlation(&labels)).abs() < 1e-12);
        assert!(parts[0] == 0.0 && parts[3] == parts[3 * 6], "nothing on the diagonal, alike across it");
        assert!(contributions(&Centred::zeros(6), &labels).iter().all(|&part| part == 0.0));
    }
}
