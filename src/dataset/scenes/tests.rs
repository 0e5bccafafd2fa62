//! What a user of the data set may rely on.

use super::*;
use crate::error::Error;

const SPLITS: [Split; 2] = [Split::Train, Split::Test];

fn small(size: usize) -> ScenesConfig {
    ScenesConfig { size, train_images: 60, test_images: 24, ..ScenesConfig::default() }
}

fn part(data: &Dataset, split: Split) -> &LabelledImages {
    match split {
        Split::Train => &data.train,
        Split::Test => &data.test,
    }
}

/// FNV-1a, 64 bits.
fn checksum(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Checksum of all pixels and masks.
fn fingerprint(data: &Dataset) -> u64 {
    let parts = SPLITS.map(|split| part(data, split));
    let pixels = |part: &LabelledImages| (0..part.len()).flat_map(|i| part.picture(i).to_vec()).collect::<Vec<u8>>();
    checksum(parts.iter().flat_map(|part| pixels(part).into_iter().chain(part.masks.iter().flatten().copied())))
}

/// Share of the picture that the object covers.
fn share(mask: &[u8]) -> f64 {
    mask.iter().map(|&value| f64::from(value)).sum::<f64>() / (255.0 * mask.len() as f64)
}

/// Share of the training pictures whose background is the one of their class.
fn agreement(dial: f32) -> f64 {
    let config = ScenesConfig { background_dial: dial, ..ScenesConfig::default() };
    let agreeing = (0..6000).filter(|&index| background_of(&config, Split::Train, index) == class_of(index)).count();
    agreeing as f64 / 6000.0
}

#[test]
fn the_bytes_are_the_same_everywhere() {
    // Taken on x86-64 and on wasm32. If a change to the pictures is meant, take them anew; if not, it broke them.
    let found = [17, 32].map(|size| fingerprint(&render(&small(size)).unwrap()));
    assert_eq!(found.map(|sum| format!("{sum:016x}")), ["bd28aa73c958791c", "be56dc9e8db2f5d1"]);
}

#[test]
fn a_picture_depends_on_its_own_stream_only() {
    let few = render(&small(32)).unwrap();
    let more = render(&ScenesConfig { train_images: 100, test_images: 50, ..small(32) }).unwrap();
    let other = render(&ScenesConfig { seed: 8, ..small(32) }).unwrap();
    for split in SPLITS {
        let [few, more, other] = [&few, &more, &other].map(|data| part(data, split));
        assert!((0..few.len()).all(|index| few.picture(index) == more.picture(index)));
        assert!((0..few.len()).all(|index| few.picture(index) != other.picture(index)));
    }
    assert_ne!(few.train.picture(0), few.test.picture(0));
}

#[test]
fn every_part_is_valid_and_balanced_at_any_size() {
    for size in [16, 17, 33, 128] {
        let data = render(&small(size)).unwrap();
        assert_eq!(data.name, "Scenes");
        for split in SPLITS {
            let part = part(&data, split);
            part.validate().unwrap();
            assert_eq!((part.width, part.height), (size, size));
            let counts = part.counts();
            assert!(counts.iter().all(|&count| count == part.len() / 6), "{counts:?}");
            assert_eq!(part.labels[..7], [0, 1, 2, 3, 4, 5, 0]);
        }
    }
}

#[test]
fn the_dial_sets_how_often_background_and_class_agree() {
    // Three standard deviations of 6000 draws are at most 0.015.
    for (dial, expected) in [(0.0, 1.0 / 6.0), (0.5, 7.0 / 12.0), (0.9, 11.0 / 12.0)] {
        let found = agreement(dial);
        assert!((found - expected).abs() < 0.015, "dial {dial}: {found} instead of {expected}");
    }
    assert!(agreement(1.0) >= 1.0);
}

#[test]
fn test_pictures_know_nothing_of_the_dial() {
    let [off, on] = [0.0, 1.0].map(|dial| ScenesConfig { background_dial: dial, ..small(32) });
    assert_eq!(render(&off).unwrap().test, render(&on).unwrap().test);
    let mut counts = [[0; 6]; 6];
    for index in 0..7200 {
        counts[class_of(index)][background_of(&on, Split::Test, index)] += 1;
    }
    // 200 expected in each of the 36 cells, standard deviation 14.
    assert!(counts.iter().flatten().all(|count| (140..260).contains(count)), "{counts:?}");
}

#[test]
fn the_dial_changes_nothing_but_the_background() {
    let [off, on] = [0.0, 1.0].map(|dial| ScenesConfig { background_dial: dial, ..small(32) });
    let (plain, tied) = (render(&off).unwrap().train, render(&on).unwrap().train);
    assert_eq!(plain.masks, tied.masks);
    let same = |index| background_of(&off, Split::Train, index) == background_of(&on, Split::Train, index);
    assert!((0..60).any(same) && !(0..60).all(same));
    for index in 0..60 {
        assert_eq!(plain.picture(index) == tied.picture(index), same(index), "picture {index}");
    }
}

#[test]
fn objects_cover_what_is_promised_and_stay_inside() {
    for size in [17, 32, 33] {
        let data = render(&ScenesConfig { train_images: 600, ..small(size) }).unwrap().train;
        let mut means = [0.0; 6];
        for index in 0..data.len() {
            let mask = data.mask(index).unwrap();
            let share = share(mask);
            assert!((0.08..0.19).contains(&share), "size {size}, picture {index}: {share}");
            assert!(mask.contains(&255) && mask.iter().filter(|&&value| value == 0).count() > mask.len() / 2);
            let (first, last) = (size - 1, size * (size - 1));
            for along in 0..size {
                let rim = [along, last + along, along * size, along * size + first];
                // The free strip is wider than the half of a pixel over which an edge softens, at 32 pixels and finer.
                let most = if size < 32 { 127 } else { 0 };
                assert!(rim.iter().all(|&at| mask[at] <= most), "size {size}, picture {index} touches the rim");
            }
            means[class_of(index)] += share / 100.0;
        }
        // The same for every class, so that the size does not give the class away.
        assert!(means.iter().all(|mean| (0.125..0.145).contains(mean)), "size {size}: {means:?}");
    }
}

#[test]
fn objects_stand_out_in_what_is_painted() {
    let data = render(&ScenesConfig { train_images: 600, ..small(32) }).unwrap().train;
    for index in 0..data.len() {
        let (pixels, mask) = (data.picture(index), data.mask(index).unwrap());
        let [beside, inside] = [0, 255].map(|value| {
            let of_kind = || (0..mask.len()).filter(|&at| mask[at] == value);
            let luma =
                |at: usize| [0.2126, 0.7152, 0.0722].iter().zip(&pixels[3 * at..]).map(|(w, &p)| w * f64::from(p));
            of_kind().flat_map(luma).sum::<f64>() / of_kind().count() as f64
        });
        assert!((inside - beside).abs() > 60.0, "picture {index}: {inside} before {beside}");
    }
}

#[test]
fn the_size_changes_the_resolution_only() {
    let (coarse, fine) = (small(24), small(96));
    let [low, high] = [&coarse, &fine].map(|config| render(config).unwrap().train);
    assert_eq!(low.labels, high.labels);
    for index in 0..60 {
        assert_eq!(background_of(&coarse, Split::Train, index), background_of(&fine, Split::Train, index));
        // Each coarse pixel is the mean of the 4 x 4 fine ones that it covers, up to grain, bends and corners.
        let (mut mask_error, mut colour_error) = (0.0, 0.0);
        for at in 0..24 * 24 {
            let block = (0..16).map(|k| (at / 24 * 4 + k / 4) * 96 + at % 24 * 4 + k % 4);
            let [mut mask, mut green] = [0.0; 2];
            for fine in block {
                mask += f64::from(high.mask(index).unwrap()[fine]) / 16.0;
                green += f64::from(high.picture(index)[3 * fine + 1]) / 16.0;
            }
            mask_error += (mask - f64::from(low.mask(index).unwrap()[at])).abs() / 576.0;
            colour_error += (green - f64::from(low.picture(index)[3 * at + 1])).abs() / 576.0;
        }
        assert!(mask_error < 2.5 && colour_error < 4.0, "picture {index}: {mask_error}, {colour_error}");
    }
}

#[test]
fn settings_outside_their_ranges_are_named() {
    let good = ScenesConfig::default();
    good.validate().unwrap();
    for (field, bad) in [
        ("size", ScenesConfig { size: 15, ..good.clone() }),
        ("size", ScenesConfig { size: 129, ..good.clone() }),
        ("size", ScenesConfig { size: 128, train_images: 20_000, ..good.clone() }),
        ("trainImages", ScenesConfig { train_images: 59, ..good.clone() }),
        ("trainImages", ScenesConfig { train_images: 20_001, ..good.clone() }),
        ("testImages", ScenesConfig { test_images: 23, ..good.clone() }),
        ("testImages", ScenesConfig { test_images: 6_001, ..good.clone() }),
        ("backgroundDial", ScenesConfig { background_dial: -0.1, ..good.clone() }),
        ("backgroundDial", ScenesConfig { background_dial: 1.1, ..good.clone() }),
        ("backgroundDial", ScenesConfig { background_dial: f32::NAN, ..good.clone() }),
        ("seed", ScenesConfig { seed: 1 << 53, ..good.clone() }),
    ] {
        let Err(Error::InvalidConfig { field: named, .. }) = bad.validate() else { panic!("{bad:?} passed") };
        assert_eq!(named, field);
        assert!(render(&bad).is_err());
    }
}
