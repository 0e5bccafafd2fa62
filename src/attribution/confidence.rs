//! What a network answers, read off its logits on the host.

/// Index of the largest logit of each row of `[n, classes]`; the first one at a tie.
///
/// # Panics
/// If there are no classes.
#[must_use]
pub fn named_classes(logits: &[f32], classes: usize) -> Vec<usize> {
    let first_largest =
        |row: &[f32]| (0..classes).fold(0, |best, class| if row[class] > row[best] { class } else { best });
    logits.chunks_exact(classes).map(first_largest).collect()
}

/// Probability, 0 to 1, that the softmax of each row of `[n, classes]` gives to the row's class in `chosen`.
///
/// # Panics
/// If there are fewer classes chosen than rows.
#[must_use]
pub fn confidences(logits: &[f32], classes: usize, chosen: &[usize]) -> Vec<f64> {
    let rows = logits.chunks_exact(classes).enumerate();
    rows.map(|(slot, row)| {
        let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let shifted = |logit: f32| f64::from(logit - largest).exp();
        shifted(row[chosen[slot]]) / row.iter().map(|&logit| shifted(logit)).sum::<f64>()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_logits_is_named_and_large_ones_stay_finite() {
        let logits = [1.0, 3.0, 3.0, 900.0, 0.0, -900.0];
        assert_eq!(named_classes(&logits, 3), [1, 0]);
        let probable = confidences(&logits, 3, &[1, 2]);
        // 1 / (2 + exp(-2)), and a probability below the smallest number.
        assert!((probable[0] - 1.0 / (2.0 + (-2.0f64).exp())).abs() < 1e-12 && probable[1] == 0.0, "{probable:?}");
    }
}
