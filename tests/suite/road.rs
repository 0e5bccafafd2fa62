//! ROAD's imputation against a direct sparse solver, and what the removal of pixels promises.

use serde::Deserialize;
use unicam::attribution::road::{NOISE, RemovalOrder, fill, impute, removed};
use unicam::dataset::LabelledImages;
use unicam::dataset::normalisation::Normalisation;
use unicam::seed::{Purpose, stream};
use unicam::tensors::layout::pictures;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::{Array, assert_close, parse, read};

#[derive(Deserialize)]
struct Case {
    name: String,
    planes: Array,
    removed: Vec<bool>,
    filled: Array,
}

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

#[wasm_bindgen_test(unsupported = test)]
fn imputed_pixels_solve_the_papers_linear_system() {
    for case in parse::<Reference>(include_str!("../fixtures/road.json")).cases {
        let [_, height, width] = case.planes.shape[..] else { panic!("planes have three axes") };
        let mut planes: Vec<f32> = case.planes.values.iter().map(|&value| value as f32).collect();
        fill(&mut planes, (height, width), &case.removed);
        let ours: Vec<f64> = planes.into_iter().map(f64::from).collect();
        assert_close(&ours, &case.filled.values, 1e-5, &case.name);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_large_hole_in_a_flat_picture_leaves_it_flat() {
    let (height, width) = (70, 50);
    let mut plane = vec![0.3f32; height * width];
    let marks: Vec<bool> = (0..height * width).map(|pixel| pixel != 17).collect();
    fill(&mut plane, (height, width), &marks);
    assert!(plane.iter().all(|value| (value - 0.3).abs() < 1e-5));
}

fn noisy_images() -> LabelledImages {
    let (width, height, n) = (7, 5, 3);
    let pixels: Vec<u8> = (0..n * width * height * 3).map(|k| ((k * 89 + k / 7 * 31) % 256) as u8).collect();
    LabelledImages {
        width,
        height,
        pixels: pixels.into(),
        labels: vec![0, 1, 0],
        class_names: vec!["a".to_owned(), "b".to_owned()],
        masks: None,
        normalisation: Default::default(),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_two_orders_remove_what_the_other_keeps_ties_included() {
    let map = [0.0f32, 0.9, 0.0, 0.4, 0.0, 0.0, 0.7, 0.0, 0.0, 0.0];
    let marks = |share, order| removed(&map, share, order, &mut stream(5, Purpose::Imputation, 2));
    let count = |marks: &[bool]| marks.iter().filter(|removed| **removed).count();
    for tenths in 0..=10 {
        let share = f64::from(tenths) / 10.0;
        let most = marks(share, RemovalOrder::MostRelevantFirst);
        assert_eq!(count(&most), (tenths as usize).min(9), "one pixel is always kept");
        if (1..10).contains(&tenths) {
            let least = marks(1.0 - share, RemovalOrder::LeastRelevantFirst);
            assert!(most.iter().zip(&least).all(|(a, b)| a != b), "share {share}");
        }
    }
    let top = marks(0.3, RemovalOrder::MostRelevantFirst);
    assert!(top[1] && top[3] && top[6]);
    // Ties are not resolved by position: another seed takes others of the zeros.
    let other = removed(&map, 0.6, RemovalOrder::MostRelevantFirst, &mut stream(6, Purpose::Imputation, 2));
    assert_ne!(marks(0.6, RemovalOrder::MostRelevantFirst), other);
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_batch_keeps_what_is_kept_and_repeats_itself() {
    let device = device().await;
    let images = noisy_images();
    let indices = [2, 0];
    let area = images.width * images.height;
    let maps: Vec<Vec<f32>> =
        (0..2).map(|slot| (0..area).map(|pixel| ((pixel * 13 + slot * 5) % area) as f32).collect()).collect();
    let maps: Vec<&[f32]> = maps.iter().map(Vec::as_slice).collect();
    let make = |share, seed| {
        let order = RemovalOrder::LeastRelevantFirst;
        impute(&images, &indices, &maps, share, order, seed, &device).expect("a share of 0 to 1")
    };
    let raw = read(pictures(&images, &indices, &[], &device)).await;
    assert_close(&read(make(0.0, 1)).await, &raw, 1e-6, "nothing removed");
    let imputed = read(make(0.4, 1)).await;
    assert_close(&read(make(0.4, 1)).await, &imputed, 0.0, "seeded");
    let order = RemovalOrder::LeastRelevantFirst;
    for (slot, &index) in indices.iter().enumerate() {
        let marks = removed(maps[slot], 0.4, order, &mut stream(1, Purpose::Imputation, index as u64));
        for channel in 0..3 {
            for (pixel, &removed) in marks.iter().enumerate() {
                let place = (slot * 3 + channel) * area + pixel;
                let changed = (imputed[place] - raw[place]).abs() > 1e-6;
                assert_eq!(changed, removed, "slot {slot}, channel {channel}, pixel {pixel}");
            }
        }
    }
    // Another seed moves the imputed pixels by noise alone.
    let largest = read(make(0.4, 9)).await.iter().zip(&imputed).fold(0.0f64, |most, (a, b)| most.max((a - b).abs()));
    assert!(largest > 0.0 && largest < 12.0 * f64::from(NOISE / Normalisation::ImageNet.deviation()[1]), "{largest}");
    for share in [-0.1, 1.1, f64::NAN] {
        let error = impute(&images, &indices, &maps, share, order, 1, &device).expect_err("no share");
        assert_eq!(error.code(), "invalid-config");
    }
}
