//! The shared archives whole, and CIFAR-10's official archive at its full size: counts, time and memory.

use std::fs;
use std::path::Path;
use std::time::Instant;

use unicam::bytes::cifar;
use unicam::dataset::Dataset;
use unicam::dataset::collect::{Collector, FileReport, ImagesConfig, ImagesReport};

use crate::loaders::{gz_of, read_all, records, tar_of};
use crate::real_data::data_folder;

/// Most memory that the process ever held, MiB, where the system tells; other tests beside this one count too.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? >> 10)
}

fn load(name: &str, bytes: Vec<u8>, config: ImagesConfig) -> (Dataset, ImagesReport, Vec<FileReport>) {
    let (start, megabytes) = (Instant::now(), bytes.len() >> 20);
    let mut collector = Collector::new(config.clone()).expect("in range");
    let rows = read_all(&mut collector, name, bytes);
    let (data, report) = collector.finish().expect("enough pictures");
    println!(
        "{name}: {megabytes} MiB to {} pictures of {} pixels in {:.1} s, peak memory {:?} MiB",
        data.train.len() + data.test.len(),
        config.size,
        start.elapsed().as_secs_f64(),
        peak_memory(),
    );
    (data, report, rows)
}

fn shared(folder: &Path, name: &str, config: ImagesConfig) -> (Dataset, ImagesReport) {
    let bytes = fs::read(folder.join(name)).expect("listed in the data's README");
    let (data, report, rows) = load(name, bytes, config);
    let broken: Vec<_> = rows.iter().filter(|row| row.error.is_some()).collect();
    assert!(broken.is_empty() && report.broken == 0, "{broken:?}");
    (data, report)
}

#[test]
fn asirra_loads_whole() {
    let Some(folder) = data_folder() else { return };
    let config = ImagesConfig { size: 64, ..ImagesConfig::default() };
    let (data, report) = shared(&folder, "asirra-128px.tar.xz", config);
    assert_eq!(data.train.class_names, ["cats", "dogs"]);
    assert_eq!((data.train.counts(), data.test.counts()), (vec![1000, 1000], vec![1000, 1000]));
    assert!(report.split_given && report.imbalance == 1.0, "{report:?}");
    println!("asirra: {report:?}");
}

#[test]
fn plantvillage_loads_whole_and_unbalanced() {
    let Some(folder) = data_folder() else { return };
    let config = ImagesConfig { size: 64, ..ImagesConfig::default() };
    let (data, report) = shared(&folder, "plantvillage-potato-128px.tar.xz", config);
    assert_eq!(data.train.class_names, ["Potato: Early blight", "Potato: Late blight", "Potato: healthy"]);
    let sums: Vec<usize> = data.train.counts().iter().zip(data.test.counts()).map(|(a, b)| a + b).collect();
    assert_eq!(sums, [1000, 1000, 152]);
    assert!(!report.split_given && (6.0..7.2).contains(&report.imbalance), "{report:?}");
    println!("plantvillage: {report:?}");
}

#[test]
fn cifar_as_pictures_loads_whole_and_in_part() {
    let Some(folder) = data_folder() else { return };
    let (data, report) = shared(&folder, "cifar10-jpeg.tar.xz", ImagesConfig::default());
    assert_eq!(data.train.class_names, cifar::CLASS_NAMES);
    assert_eq!((data.train.counts(), data.test.counts()), (vec![5000; 10], vec![1000; 10]));
    println!("cifar: {report:?}");
    let config = ImagesConfig { per_class: 500, seed: 1, ..ImagesConfig::default() };
    let (part, report) = shared(&folder, "cifar10-jpeg.tar.xz", config);
    assert_eq!((part.train.counts(), part.test.counts()), (vec![500; 10], vec![500; 10]));
    assert_eq!(report.over_limit, 50_000);
}

#[test]
fn the_official_cifar_archive_fits_at_its_full_size() {
    let batches: Vec<(String, Vec<u8>)> = (0..6)
        .map(|batch| {
            let name = if batch == 5 { "test_batch.bin".to_owned() } else { format!("data_batch_{}.bin", batch + 1) };
            (format!("cifar-10-batches-bin/{name}"), records(batch * 10_000..(batch + 1) * 10_000))
        })
        .collect();
    let tar = tar_of(batches.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    drop(batches);
    let archive = gz_of(&tar);
    drop(tar);
    let (data, report, rows) = load("cifar-10-binary.tar.gz", archive, ImagesConfig::default());
    assert!(rows.len() == 6 && report.broken == 0, "{rows:?}");
    assert_eq!((data.train.counts(), data.test.counts()), (vec![5000; 10], vec![1000; 10]));
    assert_eq!(report.copies, 0);
}
