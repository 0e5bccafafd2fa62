//! Random crops, moved and resized, and flips: against Pillow and their definition, and what they promise.

use serde::Deserialize;
use unicam::dataset::LabelledImages;
use unicam::dataset::normalisation::Normalisation;
use unicam::distillation::{OptimiserConfig, crop_sides, shifts};
use unicam::session::Defaults;
use unicam::tensors::layout::{Shift, Window, picture_values};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fixture::{assert_close, parse};

#[derive(Deserialize)]
struct Fixture {
    sizes: Vec<Size>,
    side: usize,
    picture: Vec<u8>,
    windows: Vec<Enlarged>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Size {
    side: usize,
    share: f64,
    log_ratio: f64,
    sides: Option<(usize, usize)>,
}

#[derive(Deserialize)]
struct Enlarged {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    planes: Vec<f64>,
}

fn fixture() -> Fixture {
    parse(include_str!("../fixtures/crops.json"))
}

fn recipe(crop_area: f64) -> OptimiserConfig {
    OptimiserConfig { crop_area, crop_padding: 2, flip: true, ..Defaults::default().distillation.optimiser }
}

/// The fixture's picture alone, as numbers from 0 to 1.
fn images(fixture: &Fixture) -> LabelledImages {
    LabelledImages {
        width: fixture.side,
        height: fixture.side,
        pixels: fixture.picture.clone(),
        labels: vec![0],
        class_names: vec!["noise".to_owned()],
        masks: None,
        normalisation: Normalisation::ZeroToOne,
    }
}

fn values(images: &LabelledImages, shift: Shift) -> Vec<f64> {
    picture_values(images, &[0], &[shift]).into_iter().map(f64::from).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn sides_of_a_resized_crop_follow_their_definition() {
    let sizes = fixture().sizes;
    assert!(sizes.iter().any(|size| size.sides.is_none()), "some are too long for their picture");
    for Size { side, share, log_ratio, sides } in sizes {
        assert_eq!(crop_sides(share, log_ratio, (side, side)), sides, "{share}, {log_ratio} of {side}");
    }
    assert_eq!(crop_sides(0.0001, 0.0, (16, 16)), None, "no pixel is no crop");
}

#[wasm_bindgen_test(unsupported = test)]
fn pixels_of_a_resized_crop_are_those_of_pillow() {
    let fixture = fixture();
    let images = images(&fixture);
    for &Enlarged { left, top, width, height, ref planes } in &fixture.windows {
        let expected: Vec<f64> = planes.iter().map(|value| value / 255.0).collect();
        let window = Some(Window { left, top, width, height });
        let what = format!("{width} x {height} at {left}, {top}");
        assert_close(&values(&images, Shift { window, ..Shift::default() }), &expected, 1e-5, &what);
        let mirrored: Vec<f64> = expected.chunks(fixture.side).flat_map(|row| row.iter().rev().copied()).collect();
        let flipped = Shift { window, flip: true, ..Shift::default() };
        assert_close(&values(&images, flipped), &mirrored, 1e-5, &format!("{what}, mirrored"));
    }
    let whole = Window { left: 0, top: 0, width: fixture.side, height: fixture.side };
    let unchanged = values(&images, Shift::default());
    assert_eq!(values(&images, Shift { window: Some(whole), ..Shift::default() }), unchanged, "to the last bit");
}

#[wasm_bindgen_test(unsupported = test)]
fn resized_crops_stay_within_their_limits_and_follow_the_seed() {
    let (recipe, side) = (recipe(0.08), 224);
    let drawn = |step, side| shifts(&recipe, step, 1000, (side, side));
    assert_eq!(drawn(3, side), drawn(3, side));
    assert_ne!(drawn(3, side), drawn(4, side));
    let other = OptimiserConfig { seed: recipe.seed + 1, ..recipe.clone() };
    assert_ne!(shifts(&other, 3, 1000, (side, side)), drawn(3, side));
    let shifts = drawn(3, side);
    assert!(shifts.iter().all(|shift| (shift.x, shift.y) == (0, 0)), "in the place of the crop by padding");
    let windows: Vec<Window> = shifts.iter().map(|shift| shift.window.expect("each is cropped")).collect();
    let (mut shares, mut ratios) = (Vec::new(), Vec::new());
    for Window { left, top, width, height } in windows.iter().copied() {
        assert!(width > 0 && height > 0 && left + width <= side && top + height <= side);
        shares.push((width * height) as f64 / (side * side) as f64);
        ratios.push(width as f64 / height as f64);
    }
    // Half a pixel of rounding each way.
    assert!(ratios.iter().all(|ratio| (0.74..1.35).contains(ratio)));
    assert!(shares.iter().all(|share| (0.078..=1.0).contains(share)));
    // Uniform but for those which do not fit: few below a fifth, most of the range met, as many upright as lying.
    let below = |limit: f64| shares.iter().filter(|&&share| share < limit).count();
    assert!((90..190).contains(&below(0.2)) && (380..600).contains(&below(0.5)), "{} {}", below(0.2), below(0.5));
    assert!(below(0.95) < 1000);
    let upright = ratios.iter().filter(|&&ratio| ratio < 1.0).count();
    assert!((400..600).contains(&upright), "{upright} of 1000 are higher than wide");
    assert!(windows.iter().any(|window| window.left == 0) && windows.iter().any(|window| window.left > 150));
    let flipped = shifts.iter().filter(|shift| shift.flip).count();
    assert!((400..600).contains(&flipped), "{flipped} of 1000 are mirrored");
    // The smallest pictures, and nearly nothing to choose from.
    for (area, side) in [(0.01, 1), (0.01, 2), (0.99, 16)] {
        let recipe = OptimiserConfig { crop_area: area, ..recipe.clone() };
        for shift in unicam::distillation::shifts(&recipe, 0, 100, (side, side)) {
            let Window { left, top, width, height } = shift.window.expect("each is cropped");
            assert!(width > 0 && height > 0 && left + width <= side && top + height <= side);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn settings_without_a_resized_crop_are_written_as_before_there_was_one() {
    let written = serde_json::to_value(recipe(1.0)).expect("settings");
    assert!(written.get("cropArea").is_none(), "{written}");
    let read: OptimiserConfig = serde_json::from_value(written).expect("settings");
    assert_eq!(read, recipe(1.0));
    let written = serde_json::to_value(recipe(0.08)).expect("settings");
    assert_eq!(written["cropArea"], 0.08);
    assert_eq!(serde_json::from_value::<OptimiserConfig>(written).expect("settings"), recipe(0.08));
    assert!(shifts(&recipe(1.0), 0, 50, (32, 32)).iter().all(|shift| shift.window.is_none()));
}
