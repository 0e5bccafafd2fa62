//! How alike maps of one picture are: correlations of their values and of their ranks, mean and spread.

/// Pearson's correlation in `[-1, 1]`; nothing where either side is constant.
///
/// # Panics
/// If the lengths differ.
#[must_use]
pub fn pearson(a: &[f32], b: &[f32]) -> Option<f64> {
    let wide = |values: &[f32]| values.iter().map(|&value| f64::from(value)).collect::<Vec<f64>>();
    correlation(&wide(a), &wide(b))
}

/// Spearman's rank correlation in `[-1, 1]`, ties at their mean rank; nothing where either side is constant.
///
/// # Panics
/// If the lengths differ.
#[must_use]
pub fn spearman(a: &[f32], b: &[f32]) -> Option<f64> {
    correlation(&ranks(a), &ranks(b))
}

/// The mean of `compare` over all pairs for which it exists, and how many those are: `(mean, pairs)`.
#[must_use]
pub fn mean_over_pairs(maps: &[&[f32]], compare: impl Fn(&[f32], &[f32]) -> Option<f64>) -> (Option<f64>, usize) {
    let pairs = maps.iter().enumerate().flat_map(|(place, a)| maps[..place].iter().map(move |b| (*a, *b)));
    let values: Vec<f64> = pairs.filter_map(|(a, b)| compare(a, b)).collect();
    ((!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64), values.len())
}

/// Mean and standard deviation (divisor k - 1; 0 for a single map) at every position over k maps of one length.
///
/// # Panics
/// If there is no map, or one of another length.
#[must_use]
pub fn mean_and_deviation(maps: &[&[f32]]) -> (Vec<f32>, Vec<f32>) {
    let (length, k) = (maps[0].len(), maps.len() as f64);
    assert!(maps.iter().all(|map| map.len() == length), "maps of one length");
    let at = |place: usize| {
        let mean = maps.iter().map(|map| f64::from(map[place])).sum::<f64>() / k;
        let squares = maps.iter().map(|map| (f64::from(map[place]) - mean).powi(2)).sum::<f64>();
        (mean as f32, (squares / (k - 1.0).max(1.0)).sqrt() as f32)
    };
    (0..length).map(at).unzip()
}

fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    assert_eq!(a.len(), b.len(), "maps of one length");
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut product, mut square_a, mut square_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        product += x * y;
        square_a += x * x;
        square_b += y * y;
    }
    // A root of each, not of the product: squares of small maps would fall below the smallest number.
    let size = square_a.sqrt() * square_b.sqrt();
    (size > 0.0).then(|| (product / size).clamp(-1.0, 1.0))
}

/// Rank of every value, counted from 0; equal values share the mean of their ranks.
fn ranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    for run in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = from as f64 + (run.len() - 1) as f64 / 2.0;
        run.iter().for_each(|&place| ranks[place] = rank);
        from += run.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_correlations_agree_with_scipy() {
        // scipy.stats.spearmanr and pearsonr of the same numbers.
        let (a, b) = ([1.0, 2.0, 2.0, 3.5, 0.0, 7.0], [0.3, 0.1, 0.4, 0.4, 0.1, 0.9]);
        assert!((spearman(&a, &b).expect("varied") - 0.806_059_935_935_818_3).abs() < 1e-12);
        assert!((pearson(&a, &b).expect("varied") - 0.916_700_345_012_708_7).abs() < 1e-7);
    }

    #[test]
    fn a_constant_map_correlates_with_nothing_and_every_map_with_itself() {
        let (flat, map) = ([0.0; 4], [0.0, 1.0, 5.0, 2.0]);
        assert_eq!((pearson(&flat, &map), spearman(&map, &flat)), (None, None));
        assert!((spearman(&map, &map.map(|value| value * value)).expect("varied") - 1.0).abs() < 1e-12);
        assert!((pearson(&map, &map.map(|value| -1e-18 * value)).expect("varied") + 1.0).abs() < 1e-6);
        let (mean, pairs) = mean_over_pairs(&[&map, &flat, &map], spearman);
        assert_eq!(pairs, 1);
        assert!((mean.expect("a pair") - 1.0).abs() < 1e-12);
        assert_eq!(mean_over_pairs(&[&flat, &flat], pearson), (None, 0));
    }

    #[test]
    fn spread_is_by_position() {
        let (mean, deviation) = mean_and_deviation(&[&[1.0, 2.0], &[3.0, 2.0]]);
        assert_eq!(mean, [2.0, 2.0]);
        assert!((deviation[0] - std::f32::consts::SQRT_2).abs() < 1e-6 && deviation[1] == 0.0);
        assert_eq!(mean_and_deviation(&[&[4.0]]).1, [0.0]);
    }
}
