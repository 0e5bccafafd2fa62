//! Feeds damaged input to a reader and watches what it does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::corpora::Seed;
use crate::memory::peak_of;
use crate::mutation::Mutator;

/// Damaged inputs for each kind of file, unless `UNICAM_FUZZ_ROUNDS` says otherwise.
const ROUNDS: usize = 10_000;
/// Longest that an input may take. The slowest ones take a tenth of a second; a machine may be busy.
const LONGEST: Duration = Duration::from_secs(10);
/// Stack of the thread that reads: that of the engine in a browser.
const STACK: usize = 1 << 20;

/// Bytes that a reader may have at once: `fixed`, and `per_byte` for each byte of its input.
#[derive(Debug, Clone, Copy)]
pub struct Bound {
    pub fixed: usize,
    pub per_byte: usize,
}

/// One after the other, seeds and bombs included: the count of memory is the whole program's.
static TURN: Mutex<()> = Mutex::new(());

/// Gives a reader its seeds as they are, the bombs, and the seeds with damage.
pub fn feed(
    reader: &str,
    seeds: fn() -> Vec<Seed>,
    bombs: fn() -> Vec<(&'static str, Vec<u8>)>,
    bound: Bound,
    read: fn(&[u8]) -> bool,
) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (seeds, bombs) = (seeds(), bombs());
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let rounds = number("UNICAM_FUZZ_ROUNDS").unwrap_or(ROUNDS);
    let mut mutator = Mutator::new(number("UNICAM_FUZZ_SEED").unwrap_or(1) as u64);
    let begun = Instant::now();
    let mut watch = Watch { reader, bound, read, slowest: Duration::ZERO, most: 0, readable: 0 };
    for Seed { name, bytes, pack } in &seeds {
        assert!(watch.read(name, pack(bytes)), "{reader}: the seed {name} cannot be read as it is");
    }
    for (name, bytes) in bombs {
        watch.read(name, bytes);
    }
    watch.readable = 0;
    for round in 0..rounds {
        let Seed { name, bytes, pack } = &seeds[round % seeds.len()];
        let other = &seeds[mutator.below(seeds.len())].bytes;
        // Before it is packed, so that the damage lies behind the checksums; or afterwards.
        let bytes = if mutator.below(2) == 0 {
            let mut bytes = bytes.clone();
            mutator.damage(&mut bytes, other);
            pack(&bytes)
        } else {
            let mut packed = pack(bytes);
            mutator.damage(&mut packed, other);
            packed
        };
        watch.read(name, bytes);
    }
    let Watch { slowest, most, readable, .. } = watch;
    println!(
        "{reader}: {rounds} damaged inputs in {:.1} s, {readable} of them readable; the slowest took {} ms, the largest {} MiB",
        begun.elapsed().as_secs_f64(),
        slowest.as_millis(),
        most >> 20
    );
}

struct Watch<'a> {
    reader: &'a str,
    bound: Bound,
    read: fn(&[u8]) -> bool,
    slowest: Duration,
    most: usize,
    readable: usize,
}

impl Watch<'_> {
    /// Reads one input; whether it could be read. Fails the test where it does more than that.
    fn read(&mut self, name: &str, bytes: Vec<u8>) -> bool {
        let Self { reader, bound, read, .. } = *self;
        let begun = Instant::now();
        let mut found = Ok(false);
        let peak = peak_of(|| {
            found = std::thread::scope(|scope| {
                let reading = || catch_unwind(AssertUnwindSafe(|| read(&bytes))).map_err(|_| ());
                let thread = std::thread::Builder::new().stack_size(STACK);
                thread.spawn_scoped(scope, reading).expect("a thread").join().unwrap_or(Err(()))
            });
        });
        let taken = begun.elapsed();
        let most = bound.fixed + bound.per_byte * bytes.len();
        let fault = if found.is_err() {
            "panicked".to_owned()
        } else if taken > LONGEST {
            format!("took {} ms", taken.as_millis())
        } else if peak > most {
            format!("took {} MiB for {} bytes, over {} MiB", peak >> 20, bytes.len(), most >> 20)
        } else {
            String::new()
        };
        if !fault.is_empty() {
            let place = std::env::temp_dir().join(format!("unicam-fuzz-{reader}-{}", std::process::id()));
            std::fs::write(&place, &bytes).expect("a file for the input");
            panic!("{reader} {fault}; the input, made of {name}, lies at {}", place.display());
        }
        self.slowest = self.slowest.max(taken);
        self.most = self.most.max(peak);
        self.readable += usize::from(found == Ok(true));
        found == Ok(true)
    }
}
