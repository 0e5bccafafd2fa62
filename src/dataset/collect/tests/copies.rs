//! Pictures that are the same: told, kept on one side of the split, and looked for with few reads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::dataset::pixels::Shelf;

#[test]
fn pictures_that_are_the_same_are_told_and_stay_on_one_side() {
    let mut collector = collector();
    for index in 0..8u8 {
        for folder in ["a", "b"] {
            collector.add(&format!("{folder}/{index}.png"), &png(index * 9 + u8::from(folder == "b") * 100));
        }
    }
    // Seven copies of one picture of "a", one of them under "b"; the last in another format.
    for index in 0..5 {
        let row = &collector.add(&format!("a/copy {index}.png"), &png(18))[0];
        assert_eq!(row.same_as.as_deref(), Some("a/2.png"), "the one that came first");
    }
    assert_eq!(collector.add("b/wrong.png", &png(18))[0].same_as.as_deref(), Some("a/2.png"));
    let bmp = encoded(plain(20, 24, [18, 237, 7]), ImageFormat::Bmp);
    assert_eq!(collector.add("a/x.bmp", &bmp)[0].same_as.as_deref(), Some("a/2.png"));
    let (data, report) = collector.finish().unwrap();
    assert_eq!((report.copies, report.contradictions, report.copies_across), (6, 8, 0));
    let shows =
        |part: &LabelledImages| (0..part.len()).filter(|&i| part.labels[i] == 0 && part.picture(i)[0] == 18).count();
    let sides = [shows(&data.train), shows(&data.test)];
    assert!(sides == [7, 0] || sides == [0, 7], "{sides:?}");
    assert_eq!(data.train.len() + data.test.len(), 8 + 6 + 9);
}

#[test]
fn copies_across_a_given_split_are_counted() {
    let mut collector = collector();
    for (index, path) in numbered(&["train/a", "train/b", "test/a", "test/b"], 4).iter().enumerate() {
        collector.add(path, &png(index as u8 * 3));
    }
    collector.add("test/a/again.png", &png(0));
    collector.add("test/a/once more.png", &png(0));
    let (data, report) = collector.finish().unwrap();
    assert_eq!((report.split_given, report.copies, report.copies_across), (true, 2, 2));
    assert_eq!(data.test.counts(), [6, 4]);
}

#[test]
fn one_picture_many_times_is_no_class() {
    let mut collector = collected(&["a/0.png", "a/1.png", "a/2.png", "a/3.png"]);
    for index in 0..6 {
        collector.add(&format!("b/{index}.png"), &png(200));
    }
    let error = collector.finish().unwrap_err();
    assert!(error.to_string().contains("All images of the class \"b\" are the same"), "{error}");
}

/// A shelf in memory that counts how often it is read.
#[derive(Debug, Default)]
struct Counted {
    held: Mutex<HashMap<u64, Vec<u8>>>,
    reads: Arc<AtomicUsize>,
}

impl Shelf for Counted {
    fn name(&self) -> &'static str {
        "counted"
    }

    fn write(&self, place: u64, bytes: &[u8]) -> std::result::Result<(), String> {
        self.held.lock().unwrap().insert(place, bytes.to_vec());
        Ok(())
    }

    fn read(&self, place: u64, into: &mut [u8]) -> std::result::Result<(), String> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        into.copy_from_slice(&self.held.lock().unwrap()[&place]);
        Ok(())
    }
}

#[test]
fn many_copies_are_each_read_a_few_times() {
    let shelf = Counted::default();
    let reads = Arc::clone(&shelf.reads);
    let mut collector = Collector::on(Some(Rack::new(shelf)), ImagesConfig::default()).unwrap();
    for (index, path) in numbered(&["train/a", "train/b", "test/a", "test/b"], 4).iter().enumerate() {
        collector.add(path, &png(index as u8 * 3));
    }
    for number in 0..100 {
        collector.add(&format!("train/{}/copy{number}.png", if number % 2 == 0 { "a" } else { "b" }), &png(200));
    }
    let (_, report) = collector.finish().unwrap();
    assert_eq!((report.copies, report.contradictions), (98, 100));
    // When they come and at the end, each with one that is the same.
    assert!(reads.load(Ordering::Relaxed) <= 4 * 100, "{reads:?}");
}
