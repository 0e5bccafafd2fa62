//! Seeded choices of pictures by index: the held-out part, the reference batch, the order of an epoch.
//!
//! Every function gives the same indices for the same arguments on every platform.

use rand::Rng;
use rand::seq::SliceRandom;

use crate::seed::{Purpose, stream};

/// Indices of the pictures of each class, in ascending order; labels from `classes` on belong to none.
fn by_class(labels: &[usize], classes: usize) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); classes];
    for (index, &label) in labels.iter().enumerate() {
        if let Some(class) = members.get_mut(label) {
            class.push(index);
        }
    }
    members
}

/// `members` with each class in the random order that its own stream gives it.
///
/// A stream per class, so that more pictures of one class leave the choice among the others as it was.
fn shuffled_by_class(labels: &[usize], classes: usize, seed: u64, purpose: Purpose) -> Vec<Vec<usize>> {
    let mut members = by_class(labels, classes);
    for (class, indices) in members.iter_mut().enumerate() {
        indices.shuffle(&mut stream(seed, purpose, class as u64));
    }
    members
}

/// Divides pictures into a part to learn from and a held-out part, class by class: `(train, test)`.
///
/// `labels` holds a class below `classes` for each picture (others are left out of both parts), and `test_share` is
/// the wished share of each class in the held-out part, 0 to 1. Each class of at least two pictures has at least one
/// in each part; the one picture of a smaller class is learned from. Both lists are in ascending order.
#[must_use]
pub fn stratified(labels: &[usize], classes: usize, test_share: f32, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for indices in shuffled_by_class(labels, classes, seed, Purpose::Split) {
        let most = indices.len().saturating_sub(1);
        // In f64, where every count that fits into memory is exact; a share that is no number gives 0.
        let wished = (indices.len() as f64 * f64::from(test_share)).round() as usize;
        let (held_out, learned) = indices.split_at(wished.clamp(most.min(1), most));
        test.extend_from_slice(held_out);
        train.extend_from_slice(learned);
    }
    train.sort_unstable();
    test.sort_unstable();
    (train, test)
}

/// Draws `n` pictures with the classes as equally many as can be: their indices, in the order drawn.
///
/// Goes round the classes and takes one picture of each at a time, without repetition. A class that runs out is passed
/// over, and fewer than `n` come back only when there are fewer. Labels from `classes` on are never drawn.
#[must_use]
pub fn balanced_draw(labels: &[usize], classes: usize, n: usize, seed: u64) -> Vec<usize> {
    let members = shuffled_by_class(labels, classes, seed, Purpose::ReferenceBatch);
    let rounds = members.iter().map(Vec::len).max().unwrap_or(0);
    (0..rounds).flat_map(|round| members.iter().filter_map(move |class| class.get(round).copied())).take(n).collect()
}

/// As [`balanced_draw`], with picture `member` always among them; each `draw` of one seed has other pictures around it.
///
/// Where chance has not drawn the member, it takes the place of the last one of its class, or of the last one at all.
///
/// # Panics
/// If there is no such picture, or `n` is 0.
#[must_use]
pub fn balanced_draw_with(
    labels: &[usize],
    classes: usize,
    n: usize,
    member: usize,
    seed: u64,
    draw: u64,
) -> Vec<usize> {
    let own_seed = stream(seed, Purpose::SpreadBatches, draw).next_u64();
    let mut drawn = balanced_draw(labels, classes, n, own_seed);
    if !drawn.contains(&member) {
        let same_class = drawn.iter().rposition(|&index| labels[index] == labels[member]);
        let place = same_class.unwrap_or(drawn.len() - 1);
        drawn[place] = member;
    }
    drawn
}

/// The order in which epoch number `epoch` visits `n` pictures: a permutation of `0..n`.
#[must_use]
pub fn epoch_order(n: usize, seed: u64, epoch: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(&mut stream(seed, Purpose::Shuffle, epoch));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 12 pictures of class 0, 5 of class 1 and 4 of class 2, mixed.
    fn labels() -> Vec<usize> {
        vec![0, 1, 0, 2, 0, 0, 1, 0, 2, 0, 0, 1, 0, 2, 0, 0, 1, 0, 2, 0, 1]
    }

    fn count(indices: &[usize], labels: &[usize], class: usize) -> usize {
        indices.iter().filter(|&&index| labels[index] == class).count()
    }

    #[test]
    fn stratified_parts_are_disjoint_complete_and_proportional() {
        let labels = labels();
        for seed in 0..20 {
            let (train, test) = stratified(&labels, 3, 0.25, seed);
            let mut all = [train.clone(), test.clone()].concat();
            all.sort_unstable();
            assert_eq!(all, (0..labels.len()).collect::<Vec<_>>());
            assert_eq!([0, 1, 2].map(|class| count(&test, &labels, class)), [3, 1, 1]);
        }
    }

    #[test]
    fn stratified_leaves_one_of_each_class_in_each_part_whatever_the_share() {
        let labels = labels();
        for share in [-1.0, 0.0, 0.1, 0.5, 0.999, 1.0, 7.0, f32::NAN, f32::INFINITY] {
            let (train, test) = stratified(&labels, 3, share, 1);
            for class in 0..3 {
                assert!(count(&train, &labels, class) >= 1, "share {share}, class {class}");
                assert!(count(&test, &labels, class) >= 1, "share {share}, class {class}");
            }
        }
    }

    #[test]
    fn degenerate_inputs_give_what_there_is() {
        assert_eq!(stratified(&[], 0, 0.25, 1), (vec![], vec![]));
        assert_eq!(stratified(&[0], 1, 0.5, 1), (vec![0], vec![]));
        assert_eq!(stratified(&[9, 0, 0], 1, 0.5, 1).0.len(), 1);
        assert_eq!(balanced_draw(&[], 3, 5, 1), Vec::<usize>::new());
        assert_eq!(balanced_draw(&[0, 1], 2, 0, 1), Vec::<usize>::new());
        assert_eq!(epoch_order(0, 1, 1), Vec::<usize>::new());
    }

    #[test]
    fn draws_balance_the_classes_until_one_runs_out() {
        let labels = labels();
        let nine = balanced_draw(&labels, 3, 9, 7);
        assert_eq!([0, 1, 2].map(|class| count(&nine, &labels, class)), [3, 3, 3]);
        let sixteen = balanced_draw(&labels, 3, 16, 7);
        assert_eq!([0, 1, 2].map(|class| count(&sixteen, &labels, class)), [7, 5, 4]);
        let mut all = balanced_draw(&labels, 3, 1000, 7);
        all.sort_unstable();
        assert_eq!(all, (0..labels.len()).collect::<Vec<_>>());
    }

    #[test]
    fn a_draw_around_a_picture_holds_it_once_and_keeps_the_balance() {
        let labels = labels();
        for (member, draw) in (0..labels.len()).flat_map(|member| (0..5).map(move |draw| (member, draw))) {
            let nine = balanced_draw_with(&labels, 3, 9, member, 7, draw);
            assert_eq!(nine.iter().filter(|&&index| index == member).count(), 1);
            assert_eq!([0, 1, 2].map(|class| count(&nine, &labels, class)), [3, 3, 3]);
        }
        assert_ne!(balanced_draw_with(&labels, 3, 9, 4, 7, 0), balanced_draw_with(&labels, 3, 9, 4, 7, 1));
        assert!(balanced_draw_with(&labels, 3, 1, 4, 7, 0) == [4], "too few for its class");
    }

    #[test]
    fn seeds_and_epochs_decide_and_nothing_else() {
        let labels = labels();
        assert_eq!(stratified(&labels, 3, 0.5, 3), stratified(&labels, 3, 0.5, 3));
        assert_ne!(stratified(&labels, 3, 0.5, 3), stratified(&labels, 3, 0.5, 4));
        assert_ne!(balanced_draw(&labels, 3, 9, 3), balanced_draw(&labels, 3, 9, 4));
        assert_eq!(epoch_order(50, 3, 1), epoch_order(50, 3, 1));
        assert_ne!(epoch_order(50, 3, 1), epoch_order(50, 3, 2));
        let mut sorted = epoch_order(50, 3, 1);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn orders_are_pinned() {
        // Recorded once: another version of `rand`, or another platform, must not move a picture.
        assert_eq!(epoch_order(10, 42, 3), PINNED_ORDER);
        assert_eq!(stratified(&labels(), 3, 0.25, 42).1, PINNED_TEST);
    }

    const PINNED_ORDER: [usize; 10] = [6, 2, 5, 4, 1, 9, 0, 7, 8, 3];
    const PINNED_TEST: [usize; 5] = [2, 6, 9, 12, 13];
}
