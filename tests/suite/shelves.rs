//! Pictures outside of the engine's memory: the same numbers as in it, whatever their number.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use unicam::dataset::collect::{Collector, FileReport, ImagesConfig};
use unicam::dataset::pixels::{Pixels, Rack, Shelf};
use unicam::session::{ExplainConfig, Role, Session, digest_of_data};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::report::circumstances;
use crate::session::{REFERENCE, open, run_out, short, teacher};

/// A shelf of the platform outside of the engine's memory: a file, or JavaScript's own bytes.
pub fn outside() -> Arc<Rack> {
    #[cfg(not(target_arch = "wasm32"))]
    return Rack::new(unicam::dataset::file_shelf::FileShelf::create().expect("a temporary file"));
    #[cfg(target_arch = "wasm32")]
    return Rack::new(javascript::Bytes::default());
}

#[cfg(target_arch = "wasm32")]
mod javascript {
    use std::cell::RefCell;
    use std::collections::HashMap;

    use js_sys::Uint8Array;
    use unicam::dataset::pixels::Shelf;

    /// Pictures by their place, as arrays of JavaScript.
    #[derive(Debug, Default)]
    pub struct Bytes(RefCell<HashMap<u64, Uint8Array>>);

    impl Shelf for Bytes {
        fn name(&self) -> &str {
            "bytes of JavaScript"
        }

        fn write(&self, place: u64, bytes: &[u8]) -> Result<(), String> {
            self.0.borrow_mut().insert(place, Uint8Array::from(bytes));
            Ok(())
        }

        fn read(&self, place: u64, into: &mut [u8]) -> Result<(), String> {
            let held = self.0.borrow();
            held.get(&place).ok_or("nothing is there")?.copy_to(into);
            Ok(())
        }
    }
}

/// A shelf that fails at will, and tells what it holds.
#[derive(Debug, Default)]
pub struct Watched {
    held: Arc<Mutex<HashMap<u64, Vec<u8>>>>,
    /// Set when it is to fail.
    pub fails: Arc<AtomicBool>,
}

impl Watched {
    fn ready(&self) -> Result<(), String> {
        if self.fails.load(Ordering::Relaxed) { Err("the disk is full".to_owned()) } else { Ok(()) }
    }
}

impl Shelf for Watched {
    fn name(&self) -> &str {
        "watched"
    }

    fn write(&self, place: u64, bytes: &[u8]) -> Result<(), String> {
        self.ready()?;
        self.held.lock().expect("whole").insert(place, bytes.to_vec());
        Ok(())
    }

    fn read(&self, place: u64, into: &mut [u8]) -> Result<(), String> {
        self.ready()?;
        into.copy_from_slice(self.held.lock().expect("whole").get(&place).ok_or("nothing is there")?);
        Ok(())
    }
}

/// A BMP of noise: quick to write and to read.
fn bmp(side: usize, seed: u32) -> Vec<u8> {
    let row = (side * 3).next_multiple_of(4);
    let mut bytes = b"BM".to_vec();
    for number in [54 + row * side, 0, 54, 40, side, side] {
        bytes.extend((number as u32).to_le_bytes());
    }
    bytes.extend([1, 0, 24, 0]);
    bytes.resize(54, 0);
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    bytes.extend((0..row * side).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    }));
    bytes
}

/// Twelve pictures of each of two classes, of which two are the same, and a broken one.
fn offer(session: &mut Session) -> Vec<FileReport> {
    let mut rows = Vec::new();
    for number in 0..24 {
        let class = if number % 2 == 0 { "cat" } else { "dog" };
        let picture = bmp(20, if number == 22 { 4 } else { number });
        rows.extend(session.add_file(&format!("{class}/{number}.bmp"), &picture).expect("begun"));
    }
    rows.extend(session.add_file("cat/broken.bmp", &bmp(20, 1)[..300]).expect("begun"));
    rows
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn pictures_on_a_shelf_give_the_same_numbers_as_in_memory() {
    for per_class in [0, 8] {
        let config = ImagesConfig { size: 16, per_class, ..ImagesConfig::default() };
        let (mut held, mut shelved) = (open().await, open().await);
        held.begin_images(config.clone()).expect("in range");
        shelved.begin_images_on(Some(outside()), config).expect("in range");
        let rows = offer(&mut held);
        assert_eq!(offer(&mut shelved), rows);
        assert!(per_class > 0 || rows.iter().any(|row| row.same_as.is_some()));
        let report = held.finish_images().expect("two classes");
        assert_eq!(shelved.finish_images().expect("two classes"), report);
        let data = [held.data().expect("taken"), shelved.data().expect("taken")];
        assert!(matches!(data[0].train.pixels, Pixels::Held(_)) && matches!(data[1].train.pixels, Pixels::Shelved(_)));
        assert_eq!(data[0], data[1]);
        assert_eq!(digest_of_data(data[0]), digest_of_data(data[1]));
        let mut told = Vec::new();
        for session in [&mut held, &mut shelved] {
            session.start_teacher(&teacher()).expect("valid");
            let mut numbers = format!("{:?}", run_out(session).await.last());
            session.start_distillation(&short(2)).expect("valid");
            run_out(session).await;
            let explain = ExplainConfig::new(REFERENCE, 2, unicam::attribution::Objective::Relevance);
            let maps = session.explain(&explain).await.expect("maps");
            numbers.push_str(&maps.report.reference_hash);
            let weights = [Role::Teacher, Role::Student, Role::Base].map(|role| session.export_weights(role));
            told.push((numbers, maps.raw, weights));
        }
        assert!(told[0] == told[1], "to the last bit");
    }
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_session_moves_with_the_name_of_its_shelf() {
    let (rack, mut session) = (outside(), open().await);
    session.begin_images_on(Some(Arc::clone(&rack)), ImagesConfig::default()).expect("in range");
    offer(&mut session);
    session.finish_images().expect("two classes");
    let packed = session.pack(true).expect("packed");
    assert!(packed.len() < 20_000, "{} bytes, without the pixels", packed.len());
    let data = session.data().expect("taken").clone();
    assert_eq!(session.shelf().expect("there").name(), rack.name());
    drop(session);
    let mut other = open().await;
    assert_eq!(other.unpack(&packed).expect_err("no shelf").code(), "unreadable-checkpoint");
    assert_eq!(
        other.unpack_on(Some(Rack::new(Watched::default())), &packed).expect_err("another").code(),
        "unreadable-checkpoint"
    );
    other.unpack_on(Some(rack), &packed).expect("the very one");
    assert_eq!(*other.data().expect("taken"), data);
    // Kept work leaves the pictures out, and knows them again.
    let kept = other.pack(false).expect("packed");
    other.unpack(&kept).expect("the same pictures are chosen");
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_shelf_that_fails_is_told_and_forgotten() {
    let shelf = Watched::default();
    let (held, fails) = (Arc::clone(&shelf.held), Arc::clone(&shelf.fails));
    let mut session = open().await;
    let config = ImagesConfig { size: 16, ..ImagesConfig::default() };
    session.begin_images_on(Some(Rack::new(shelf)), config.clone()).expect("in range");
    offer(&mut session);
    fails.store(true, Ordering::Relaxed);
    let row = &session.add_file("cat/late.bmp", &bmp(20, 99)).expect("begun")[0];
    let error = row.error.as_ref().expect("marked");
    assert_eq!(error.code, "shelf-failed");
    assert!(error.message.contains("the disk is full. Make room"), "{}", error.message);
    fails.store(false, Ordering::Relaxed);
    let report = session.finish_images().expect("the others are there");
    assert_eq!(report.train_counts.iter().chain(&report.test_counts).sum::<usize>(), 24);
    session.check_pictures().expect("all can be read");
    session.start_teacher(&teacher()).expect("valid");
    fails.store(true, Ordering::Relaxed);
    assert_eq!(session.next().await.expect_err("no pictures").code(), "shelf-failed");
    fails.store(false, Ordering::Relaxed);
    session.check_pictures().expect("told once");
    // With the data set goes the shelf.
    assert_eq!(Arc::strong_count(&held), 2);
    session.begin_images(config).expect("in range");
    offer(&mut session);
    session.finish_images().expect("two classes");
    assert_eq!(Arc::strong_count(&held), 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn places_of_pictures_that_go_are_taken_again() {
    let shelf = Watched::default();
    let held = Arc::clone(&shelf.held);
    let config = ImagesConfig { size: 16, per_class: 5, ..ImagesConfig::default() };
    let mut collector = Collector::on(Some(Rack::new(shelf)), config).expect("in range");
    let mut decoded = 0;
    for number in 0..200 {
        let class = if number % 2 == 0 { "cat" } else { "dog" };
        decoded += collector.add(&format!("{class}/{number}.bmp"), &bmp(20, number)).len();
    }
    assert!(decoded > 20, "{decoded} were decoded for ten that are kept");
    assert!(held.lock().expect("whole").len() <= 12, "{} places", held.lock().expect("whole").len());
    let (data, _) = collector.finish().expect("two classes");
    let all =
        [&data.train, &data.test].map(|part| (0..part.len()).map(|i| part.picture(i).to_vec()).collect::<Vec<_>>());
    let mut all = all.concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 10, "each has its own place");
}

/// Far above what is usual, so that no slow machine misses it: a picture of this size is read in a fraction of a millisecond.
const SLOWEST_READ_MS: f64 = 25.0;

#[wasm_bindgen_test(unsupported = test)]
fn thousands_of_photos_are_written_as_they_come_and_read_back_one_by_one() {
    let (side, count) = (128, 2000);
    let config = ImagesConfig { size: side, ..ImagesConfig::default() };
    let mut collector = Collector::on(Some(outside()), config).expect("in range");
    for number in 0..count {
        let class = if number % 2 == 0 { "cat" } else { "dog" };
        let rows = collector.add(&format!("{class}/{number:04}.bmp"), &bmp(side, number));
        assert_eq!(rows[0].error, None);
    }
    let (data, _) = collector.finish().expect("two classes");
    let begun = web_time::Instant::now();
    let mut sum = 0u64;
    for part in [&data.train, &data.test] {
        sum += (0..part.len())
            .map(|index| part.picture(index).iter().map(|&byte| u64::from(byte)).sum::<u64>())
            .sum::<u64>();
    }
    let each = begun.elapsed().as_secs_f64() * 1000.0 / f64::from(count);
    println!("{each:.3} ms to read a picture of {side} pixels back");
    assert!(each < SLOWEST_READ_MS, "{each} ms");
    data.train.pixels.check().expect("all could be read");
    // Noise: its mean is that of all bytes.
    let mean = sum as f64 / (f64::from(count) * (side * side * 3) as f64);
    assert!((mean - 127.5).abs() < 1.0, "{mean}");
    let Pixels::Shelved(shelved) = &data.train.pixels else { panic!("they are on the shelf") };
    assert_eq!(shelved.slots().len(), data.train.len());
}

#[wasm_bindgen_test(unsupported = pollster::test)]
async fn a_report_reads_the_pictures_for_their_digest_once() {
    let shelf = Watched::default();
    let fails = Arc::clone(&shelf.fails);
    let mut session = open().await;
    let config = ImagesConfig { size: 16, ..ImagesConfig::default() };
    session.begin_images_on(Some(Rack::new(shelf)), config).expect("in range");
    offer(&mut session);
    session.finish_images().expect("two classes");
    let digest = |session: &Session| session.report(circumstances()).data.expect("chosen").digest;
    let first = digest(&session);
    assert_eq!(first, digest_of_data(session.data().expect("chosen")));
    fails.store(true, Ordering::Relaxed);
    assert_eq!(digest(&session), first);
    assert_eq!(session.check_pictures(), Ok(()), "nothing was read in vain");
}
