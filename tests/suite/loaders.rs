//! Archives and CIFAR-10's own files, read by the same code natively and in the browser.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use lzma_rust2::{XzOptions, XzWriter};
use tar::{Builder, Header};
use unicam::bytes::cifar;
use unicam::dataset::collect::{Collector, FileReport, ImagesConfig};
use wasm_bindgen_test::wasm_bindgen_test;

/// A tar of these files.
pub fn tar_of<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, content).expect("in memory");
    }
    builder.into_inner().expect("in memory")
}

/// `bytes` as gzip, quickly.
pub fn gz_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

fn xz_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = XzWriter::new(Vec::new(), XzOptions::with_preset(0)).expect("a preset");
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

fn png(shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let pixels = [shade, 255 - shade, 40].repeat(20 * 18);
    PngEncoder::new(&mut bytes).write_image(&pixels, 20, 18, ExtendedColorType::Rgb8).expect("in memory");
    bytes
}

/// Records of a batch: one of each label in turn; red and green give away the number, blue is noise that packs badly.
pub fn records(numbers: std::ops::Range<usize>) -> Vec<u8> {
    let record = |number: usize| {
        let mut record = vec![(number % 10) as u8];
        record.extend([(number % 251) as u8; 1024]);
        record.extend([(number / 251) as u8; 1024]);
        let mut noise = number as u32;
        record.extend((0..1024).map(|_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        }));
        record
    };
    numbers.flat_map(record).collect()
}

/// All rows of an archive that is read three files at a time.
pub fn read_all(collector: &mut Collector, name: &str, bytes: Vec<u8>) -> Vec<FileReport> {
    collector.open(name, bytes);
    let mut rows = Vec::new();
    loop {
        let read = collector.read(3);
        assert!((0.0..=1.0).contains(&read.progress));
        rows.extend(read.rows);
        if read.finished {
            return rows;
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn packed_trees_give_the_same_pictures_however_packed() {
    let files: Vec<(String, Vec<u8>)> = (0..12u8)
        .map(|index| {
            let part = if index % 3 == 2 { "test" } else { "train" };
            let class = ["Apple___Black_rot", "Apple___healthy"][usize::from(index / 6)];
            (format!("leaves/{part}/{class}/{index}.png"), png(index * 20))
        })
        .collect();
    let broken = png(1)[..40].to_vec();
    let listed = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    let tar = tar_of(listed.chain([("leaves/train/Apple___healthy/cut.png", broken.as_slice())]));
    let mut sets = Vec::new();
    for (name, bytes) in [("l.tar", tar.clone()), ("l.tar.gz", gz_of(&tar)), ("l.tar.xz", xz_of(&tar))] {
        let mut collector = Collector::new(ImagesConfig { size: 16, ..ImagesConfig::default() }).expect("in range");
        let rows = read_all(&mut collector, name, bytes);
        let codes: Vec<&str> = rows.iter().filter_map(|row| Some(row.error.as_ref()?.code.as_str())).collect();
        assert_eq!((rows.len(), codes), (13, vec!["corrupt-image"]), "{name}");
        let (data, report) = collector.finish().expect("two classes");
        assert_eq!(data.train.class_names, ["Apple: Black rot", "Apple: healthy"]);
        assert_eq!((data.train.counts(), data.test.counts()), (vec![4, 4], vec![2, 2]));
        assert!(report.split_given && report.broken == 1 && report.imbalance == 1.0, "{report:?}");
        sets.push(data);
    }
    assert!(sets[0] == sets[1] && sets[1] == sets[2], "packing changes no pixel");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_binary_cifar_archive_gives_its_ten_classes() {
    let (train, test) = (records(0..40), records(40..60));
    let names = cifar::CLASS_NAMES.join("\n");
    let tar = tar_of([
        ("cifar-10-batches-bin/data_batch_1.bin", train.as_slice()),
        ("cifar-10-batches-bin/batches.meta.txt", names.as_bytes()),
        ("cifar-10-batches-bin/test_batch.bin", test.as_slice()),
    ]);
    let config = ImagesConfig { per_class: 4, ..ImagesConfig::default() };
    let mut collector = Collector::new(config).expect("in range");
    let rows = read_all(&mut collector, "cifar-10-binary.tar.gz", gz_of(&tar));
    assert_eq!(rows.iter().map(|row| row.pictures).collect::<Vec<_>>(), [Some(40), Some(20)]);
    let (data, _) = collector.finish().expect("ten classes");
    assert_eq!(data.train.class_names, cifar::CLASS_NAMES);
    assert_eq!((data.train.counts(), data.test.counts()), (vec![4; 10], vec![2; 10]));
    assert!((0..40).all(|index| usize::from(data.train.picture(index)[0]) % 10 == data.train.labels[index]));
}
