//! What the collector makes of files that a visitor may pick.

mod copies;
mod formats;
mod layouts;

use ::image::ImageFormat;

use super::*;
use crate::bytes::archive::tests::{gz_of, tar_of, xz_of, zip_of};
use crate::bytes::image::Fit;
use crate::bytes::image::tests::{encoded, plain};
use crate::bytes::npy::tests::npy as npy_of;
use crate::dataset::LabelledImages;

fn png(shade: u8) -> Vec<u8> {
    encoded(plain(20, 24, [shade, 255 - shade, 7]), ImageFormat::Png)
}

fn collector() -> Collector {
    Collector::new(ImagesConfig { size: 16, ..ImagesConfig::default() }).unwrap()
}

/// A collector of pictures at these paths, each of its own shade.
fn collected(paths: &[&str]) -> Collector {
    let mut collector = collector();
    for (index, path) in paths.iter().enumerate() {
        let rows = collector.add(path, &png(index as u8 * 3));
        assert!(rows.len() == 1 && rows[0].error.is_none(), "{rows:?}");
    }
    collector
}

fn numbered(folders: &[&str], n: usize) -> Vec<String> {
    folders.iter().flat_map(|folder| (0..n).map(move |i| format!("{folder}/{i}.png"))).collect()
}

fn finished(paths: &[String]) -> Result<Dataset> {
    Ok(collected(&paths.iter().map(String::as_str).collect::<Vec<_>>()).finish()?.0)
}

fn code(row: &FileReport) -> Option<&str> {
    row.error.as_ref().map(|error| error.code.as_str())
}

#[test]
fn settings_are_checked_and_spelt_in_camel_case() {
    let config = ImagesConfig::default();
    assert!(config.validate().is_ok());
    for (config, field) in [
        (ImagesConfig { size: 15, ..config.clone() }, "size"),
        (ImagesConfig { size: 257, ..config.clone() }, "size"),
        (ImagesConfig { test_share: 0.05, ..config.clone() }, "testShare"),
        (ImagesConfig { test_share: f32::NAN, ..config.clone() }, "testShare"),
        (ImagesConfig { per_class: 3, ..config.clone() }, "perClass"),
    ] {
        let error = Collector::new(config).unwrap_err();
        assert!(matches!(&error, Error::InvalidConfig { field: found, .. } if found == field), "{error}");
    }
    let read: ImagesConfig = serde_json::from_str(r#"{"testShare":0.5}"#).unwrap();
    assert_eq!(read, ImagesConfig { test_share: 0.5, ..config });
    assert_eq!(read.fit, Fit::Crop, "as settings from before there was a choice are meant");
    assert!(serde_json::from_str::<ImagesConfig>(r#"{"testshare":0.5}"#).is_err());
    let row = serde_json::to_value(&collector().add("a.png", &png(1))[0]).unwrap();
    assert_eq!(row["className"], serde_json::Value::Null);
    assert_eq!(row["error"]["code"], "no-class-folder");
}

#[test]
fn pictures_and_arrays_are_fitted_alike() {
    // Twice as wide as high, all of one colour but for a pixel in the middle that tells them apart.
    let picture = |number: usize| {
        let mut picture = plain(20, 10, [30; 3]);
        picture.put_pixel(10, 5, ::image::Rgb([number as u8; 3]));
        picture
    };
    let array = |first: usize| (first..first + 8).flat_map(|number| picture(number).into_raw()).collect::<Vec<u8>>();
    let labels: Vec<u8> = (0..8i64).flat_map(|at| (at % 2).to_le_bytes()).collect();
    for (fit, corner) in [(Fit::Crop, 30), (Fit::Letterbox, 255)] {
        let config = ImagesConfig { size: 224, fit, ..ImagesConfig::default() };
        let mut files = Vec::new();
        for (index, path) in numbered(&["cat", "dog"], 4).into_iter().enumerate() {
            files.push((path, encoded(picture(index), ImageFormat::Png)));
        }
        let mut arrays = Vec::new();
        for (part, first) in [("train", 0), ("test", 8)] {
            arrays.push((format!("set/x_{part}.npy"), npy_of("|u1", &[8, 10, 20, 3], &array(first))));
            arrays.push((format!("set/y_{part}.npy"), npy_of("<i8", &[8], &labels)));
        }
        for files in [files, arrays] {
            let mut collector = Collector::new(config.clone()).unwrap();
            for (path, bytes) in files {
                let rows = collector.add(&path, &bytes);
                assert_eq!(code(&rows[0]), None, "{rows:?}");
            }
            let (data, _) = collector.finish().unwrap();
            for part in [&data.train, &data.test] {
                assert!(part.len() > 1);
                for picture in (0..part.len()).map(|index| part.picture(index)) {
                    assert_eq!(picture.len(), 224 * 224 * 3);
                    assert_eq!((picture[0], picture[picture.len() - 1]), (corner, corner), "{fit:?}");
                }
            }
        }
    }
}

#[test]
fn one_bad_file_is_one_marked_row() {
    let mut collector = collector();
    let good = collector.add("pets\\cats\\1.png", &png(1));
    assert_eq!(
        good,
        [FileReport {
            path: "pets/cats/1.png".into(),
            class_name: Some("cats".into()),
            width: Some(20),
            height: Some(24),
            error: None,
            pictures: None,
            same_as: None,
        }]
    );
    for (path, bytes, expected) in [
        ("cats/2.png", png(2)[..40].to_vec(), "corrupt-image"),
        ("cats/labels.csv", b"a,b\n".to_vec(), "unsupported-image"),
        ("readme.txt", b"hello".to_vec(), "unsupported-image"),
        ("3.png", png(3), "no-class-folder"),
        ("broken.zip", b"PK\x03\x04nothing".to_vec(), "corrupt-archive"),
    ] {
        let rows = collector.add(path, &bytes);
        assert_eq!((rows.len(), code(&rows[0])), (1, Some(expected)), "{rows:?}");
        assert_eq!(rows[0].width, None);
    }
    for path in ["cats/.DS_Store", "Thumbs.db", "__MACOSX/cats/1.png", "", "/"] {
        assert!(collector.add(path, &png(1)).is_empty(), "{path}");
    }
    assert_eq!((collector.len(), collector.is_empty()), (1, false));
}

#[test]
fn archives_give_a_row_per_file() {
    let names: Vec<String> = numbered(&["cats", "dogs"], 4);
    let pictures: Vec<Vec<u8>> = (0..8).map(|i| png(i * 9)).collect();
    let mut files: Vec<(&str, &[u8])> =
        names.iter().map(String::as_str).zip(pictures.iter().map(Vec::as_slice)).collect();
    files.push(("dogs/notes.txt", b"woof"));
    files.push(("dogs/.DS_Store", b"x"));
    files.push(("dogs/cut.png", &pictures[7][..50]));
    let inner = zip_of(&files[..2], true);
    files.push(("more.zip", &inner));
    let mut collector = collector();
    let rows = collector.add("pets.zip", &zip_of(&files, true));
    assert_eq!(rows.len(), 11);
    assert_eq!(rows[0].path, "pets.zip/cats/0.png");
    assert!(rows[..8].iter().all(|row| row.error.is_none() && row.width == Some(20)), "{rows:?}");
    let codes: Vec<_> = rows[8..].iter().map(|row| code(row).unwrap()).collect();
    assert_eq!(codes, ["unsupported-image", "corrupt-image", "corrupt-archive"]);
    let (data, _) = collector.finish().unwrap();
    assert_eq!((data.train.counts(), data.test.counts()), (vec![3, 3], vec![1, 1]));
}

#[test]
fn labels_are_alphabetical_and_pixels_follow_them() {
    let data = finished(&numbered(&["zebra", "ant"], 8)).unwrap();
    assert_eq!(data.train.class_names, ["ant", "zebra"]);
    assert_eq!((data.train.counts(), data.test.counts()), (vec![6, 6], vec![2, 2]));
    for part in [&data.train, &data.test] {
        part.validate().unwrap();
        for index in 0..part.len() {
            // Zebras were added first, in the darker shades.
            assert_eq!(part.labels[index], usize::from(part.picture(index)[0] < 24));
        }
    }
}

#[test]
fn the_order_of_arrival_is_of_no_matter_and_the_seed_is() {
    let finish = |seed, reversed: bool| {
        let mut collector =
            Collector::new(ImagesConfig { size: 16, test_share: 0.5, seed, ..ImagesConfig::default() }).unwrap();
        let mut files: Vec<_> = numbered(&["b", "a"], 12).into_iter().enumerate().collect();
        if reversed {
            files.reverse();
        }
        for (index, path) in files {
            collector.add(&path, &png(index as u8 * 3));
        }
        collector.finish().unwrap().0
    };
    assert_eq!(finish(1, false), finish(1, true));
    assert_ne!(finish(1, false), finish(2, false));
}

#[test]
fn a_given_split_is_respected() {
    let paths = numbered(&["Train/a", "Train/b", "val/a", "test/b", "more/b"], 3);
    let (data, report) = collected(&paths.iter().map(String::as_str).collect::<Vec<_>>()).finish().unwrap();
    assert_eq!((data.train.counts(), data.test.counts()), (vec![3, 3], vec![3, 3]));
    // Folders outside of it are left out and told.
    assert_eq!(
        report.left_out.iter().map(|out| (out.folder.as_str(), out.pictures)).collect::<Vec<_>>(),
        [("more/b", 3)]
    );
    let note = report.notes.iter().find(|note| note.code == "outside-the-split").unwrap();
    let facts: Vec<_> = note.facts.iter().map(|fact| (fact.name.as_str(), fact.value.as_str())).collect();
    assert_eq!(facts, [("pictures", "3"), ("folders", "more/b")]);
    assert!(facts.iter().all(|(_, value)| note.message.contains(value)), "{note:?}");
    // Training folders alone are no split.
    let data = finished(&numbered(&["train/a", "train/b"], 4)).unwrap();
    assert_eq!((data.train.counts(), data.test.counts()), (vec![3, 3], vec![1, 1]));
    let error = finished(&numbered(&["train/a", "train/b", "test/b"], 4)).unwrap_err();
    assert!(error.to_string().contains("class \"a\" has no readable image in the test folders"), "{error}");
}

#[test]
fn small_data_sets_are_refused_by_name() {
    for (paths, problem) in [
        (vec![], "There is no readable image"),
        (numbered(&["cats"], 9), "All 9 images belong to the class \"cats\""),
        ([numbered(&["a", "b"], 4), numbered(&["rare"], 1)].concat(), "The class \"rare\" has only 1 readable image."),
    ] {
        let error = finished(&paths).unwrap_err();
        assert_eq!(error.code(), "dataset-too-small");
        assert!(error.to_string().starts_with(problem), "{error}");
    }
}

#[test]
fn the_memory_of_the_pictures_is_bounded() {
    let config = ImagesConfig { size: 128, ..ImagesConfig::default() };
    let mut collector = Collector::new(config).unwrap();
    assert!(collector.add("a/1.png", &png(5))[0].error.is_none());
    for number in 1..10_922 {
        collector.pool.keep(number.to_string(), 0, vec![1, 2, 3]).unwrap();
    }
    let row = &collector.add("a/2.png", &png(6))[0];
    assert_eq!(code(row), Some("too-many-images"));
    assert!(row.error.as_ref().unwrap().message.contains("Over 10922 images of 128 x 128 pixels"), "{row:?}");
    assert!(row.error.as_ref().unwrap().message.contains("512 MiB of the memory, where they stay"), "{row:?}");
    assert_eq!(collector.len(), 10_922);
    const { assert!(60_000 * 32 * 32 * 3 < MAX_PIXEL_BYTES, "the whole of CIFAR-10 fits") };
    const { assert!(20_000 * 224 * 224 * 3 < MAX_SHELF_BYTES, "20,000 photographs fit beside it") };
}

#[test]
fn a_limit_per_class_draws_by_the_seed_whatever_the_order() {
    let shades = |seed, reversed: bool| {
        let config = ImagesConfig { size: 16, per_class: 10, seed, ..ImagesConfig::default() };
        let mut collector = Collector::new(config).unwrap();
        let mut files: Vec<_> = numbered(&["a", "b"], 40).into_iter().enumerate().collect();
        if reversed {
            files.reverse();
        }
        let rows: usize = files.iter().map(|(index, path)| collector.add(path, &png(*index as u8 * 3)).len()).sum();
        assert!(rows < 70, "most of the later ones are not even decoded: {rows}");
        assert_eq!(collector.len(), 20);
        let (data, report) = collector.finish().unwrap();
        assert_eq!(report.over_limit, 60);
        assert_eq!((data.train.counts(), data.test.counts()), (vec![7, 7], vec![3, 3]));
        let all = [&data.train, &data.test].map(|part| (0..part.len()).map(|i| part.picture(i)[0]).collect::<Vec<_>>());
        let mut all = all.concat();
        all.sort_unstable();
        all
    };
    assert_eq!(shades(1, false), shades(1, true));
    assert_ne!(shades(1, false), shades(2, false));
    // Not the first ten of each class.
    assert!(shades(1, false)[..10].iter().any(|&shade| shade >= 30));
}

#[test]
fn the_limit_counts_each_part_of_a_given_split() {
    let config = ImagesConfig { size: 16, per_class: 5, ..ImagesConfig::default() };
    let mut collector = Collector::new(config).unwrap();
    for (index, path) in numbered(&["train/a", "train/b", "test/a", "test/b"], 9).iter().enumerate() {
        collector.add(path, &png(index as u8 * 3));
    }
    let (data, report) = collector.finish().unwrap();
    assert_eq!((data.train.counts(), data.test.counts(), report.over_limit), (vec![5, 5], vec![5, 5], 16));
}

#[test]
fn an_archive_can_be_read_bit_by_bit() {
    let names: Vec<String> = numbered(&["cats", "dogs"], 20);
    let pictures: Vec<Vec<u8>> = (0..40).map(|i| png(i * 5)).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(String::as_str).zip(pictures.iter().map(Vec::as_slice)).collect();
    let tar = tar_of(&files);
    for (name, bytes) in
        [("p.zip", zip_of(&files, true)), ("p.tar", tar.clone()), ("p.tgz", gz_of(&tar)), ("p.txz", xz_of(&tar))]
    {
        let (mut whole, mut bits) = (collector(), collector());
        let rows = whole.add(name, &bytes);
        bits.open(name, bytes);
        let (mut read, mut calls, mut progress) = (Vec::new(), 0, 0.0);
        loop {
            let some = bits.read(7);
            assert!(some.progress >= progress && some.rows.len() <= 7, "{some:?}");
            progress = some.progress;
            read.extend(some.rows);
            calls += 1;
            if some.finished {
                break;
            }
        }
        assert_eq!((calls, progress), (6, 1.0), "{name}");
        assert_eq!((rows.len(), &read), (40, &rows), "{name}");
        assert_eq!(whole.finish().unwrap(), bits.finish().unwrap(), "{name}");
    }
    let mut collector = collector();
    assert!(collector.read(1).finished);
    collector.open("a/1.png", png(1));
    let once = collector.read(1);
    assert!(once.finished && once.rows.len() == 1 && once.rows[0].error.is_none(), "{once:?}");
    assert!(collector.read(1).rows.is_empty());
}

#[test]
fn asirra_as_it_is_handed_out_loads() {
    let office = zip_of(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<x/>")], true);
    let gif = encoded(plain(30, 20, [9, 8, 7]), ImageFormat::Gif);
    let mut files: Vec<(String, Vec<u8>)> = numbered(&["PetImages/Cat", "PetImages/Dog"], 6)
        .into_iter()
        .enumerate()
        .map(|(index, path)| (path.replace(".png", ".jpg"), png(index as u8 * 20)))
        .collect();
    files.push(("PetImages/Cat/666.jpg".into(), vec![]));
    files.push(("PetImages/Cat/10404.jpg".into(), gif));
    files.push(("PetImages/Dog/11702.jpg".into(), png(3)[..30].to_vec()));
    files.push(("PetImages/Dog/Thumbs.db".into(), vec![1; 99]));
    files.push(("MSR-LA - 3467.docx".into(), office));
    files.push(("readme[1].txt".into(), b"Asirra".to_vec()));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    let mut collector = collector();
    let rows = collector.add("kagglecatsanddogs.zip", &zip_of(&files, true));
    assert_eq!(rows.len(), files.len() - 1, "a row for each file but the system's own");
    let bad: Vec<_> = rows.iter().filter_map(|row| Some((row.path.rsplit('/').next().unwrap(), code(row)?))).collect();
    let expected = [
        ("666.jpg", "unsupported-image"),
        ("11702.jpg", "corrupt-image"),
        ("MSR-LA - 3467.docx", "unsupported-image"),
        ("readme[1].txt", "unsupported-image"),
    ];
    assert_eq!(bad, expected);
    let (data, report) = collector.finish().unwrap();
    assert_eq!((data.train.class_names.as_slice(), report.broken), (&["Cat".to_owned(), "Dog".to_owned()][..], 4));
    assert_eq!(data.train.len() + data.test.len(), 13);

    // The contest's layout: names instead of folders, and test pictures without a class.
    let mut paths: Vec<String> =
        ["cat", "dog"].iter().flat_map(|name| (0..5).map(move |i| format!("x/train/{name}.{i}.jpg"))).collect();
    paths.extend((1..5).map(|i| format!("x/test1/{i}.jpg")));
    let (data, report) = collected(&paths.iter().map(String::as_str).collect::<Vec<_>>()).finish().unwrap();
    assert_eq!(
        (data.train.class_names.as_slice(), report.split_given),
        (&["cat".to_owned(), "dog".to_owned()][..], false)
    );
    assert_eq!((data.train.len() + data.test.len(), report.left_out[0].pictures), (10, 4));
}

#[test]
fn plantvillage_folders_have_readable_names_and_the_imbalance_is_told() {
    let mut paths = numbered(&["leaves/Potato___Early_blight"], 40);
    paths.extend(numbered(&["leaves/Potato___Late_blight"], 20));
    paths.extend(numbered(&["leaves/Potato___healthy"], 6));
    let (data, report) = collected(&paths.iter().map(String::as_str).collect::<Vec<_>>()).finish().unwrap();
    assert_eq!(data.train.class_names, ["Potato: Early blight", "Potato: Late blight", "Potato: healthy"]);
    assert_eq!((data.train.counts(), data.test.counts()), (vec![30, 15, 4], vec![10, 5, 2]));
    assert!(!report.split_given && (report.imbalance - 7.5).abs() < 1e-12, "{report:?}");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!((json["splitGiven"].as_bool(), json["copiesAcross"].as_u64()), (Some(false), Some(0)));
}

#[test]
fn classes_met_in_test_folders_only_are_left_out_by_name() {
    let mut paths = numbered(&["pets/train/a", "pets/train/b", "pets/test/a", "pets/test/b"], 4);
    paths.extend(numbered(&["pets/test"], 5));
    let (data, report) = collected(&paths.iter().map(String::as_str).collect::<Vec<_>>()).finish().unwrap();
    assert_eq!((data.test.counts(), report.untaught), (vec![4, 4], vec![]));
    assert_eq!(
        (report.left_out[0].folder.as_str(), report.left_out[0].reason),
        ("pets/test", OutReason::NoClassFolder)
    );
    paths.extend(numbered(&["pets/test/c"], 5));
    let (data, report) = collected(&paths.iter().map(String::as_str).collect::<Vec<_>>()).finish().unwrap();
    assert_eq!((data.test.counts(), report.untaught), (vec![4, 4], vec!["c".to_owned()]));
}
