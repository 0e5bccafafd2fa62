//! Whether the loops are compiled for the processor at hand.

use std::hint::black_box;
use std::time::Instant;

use super::*;

/// How much quicker they are at least: well below what was seen (2.8 times).
const GAIN: f64 = 1.5;

/// As [`wide_tile`], for any processor.
#[inline(never)]
fn plain_tile(planes: &[f32], taps: &[Tap], weights: &[[f32; BLOCK]], at: usize, sums: &mut [[f32; WIDE]; BLOCK]) {
    *sums = tile(planes, taps, weights, at);
}

#[test]
fn the_processors_wide_registers_are_used_and_give_the_same_sums() {
    if !std::arch::is_x86_feature_detected!("avx2") {
        println!("this processor has none");
        return;
    }
    let (channels, kernel) = (64, 3);
    let planes = Planes::new(channels, (16, 16), 1, 1, kernel - 1);
    let values: Vec<f32> = (0..planes.values.len()).map(|i| (i % 97) as f32 * 0.01 - 0.4).collect();
    let taps = forward_taps(&planes, channels, kernel);
    let weights: Vec<[f32; BLOCK]> =
        (0..taps.len()).map(|tap| std::array::from_fn(|lane| (tap % 13) as f32 - lane as f32)).collect();
    let (mut own, mut plain) = ([[0.0; WIDE]; BLOCK], [[0.0; WIDE]; BLOCK]);
    // The best of many turns, one after the other, so that other work on the machine slows down neither alone.
    let mut best = [f64::INFINITY; 2];
    for _ in 0..200 {
        for (turn, best) in best.iter_mut().enumerate() {
            let begun = Instant::now();
            for row in 0..16 {
                let at = black_box(row * planes.row);
                if turn == 0 {
                    wide_tile(&values, &taps, &weights, at, black_box(&mut own));
                } else {
                    plain_tile(&values, &taps, &weights, at, black_box(&mut plain));
                }
            }
            *best = best.min(begun.elapsed().as_secs_f64());
        }
    }
    assert_eq!(own, plain, "to the last bit");
    let gain = best[1] / best[0];
    println!("{gain:.2} times as quick");
    assert!(gain > GAIN, "only {gain:.2} times as quick");
}
