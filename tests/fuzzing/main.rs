//! Damaged input for everything that reads files: 10,000 inputs for each kind, none of which may panic, take long or ask
//! for more memory than its bound.
//!
//! `UNICAM_FUZZ_ROUNDS` makes more of them, `UNICAM_FUZZ_SEED` others. What fails is written to a file in the system's
//! folder for temporary ones, and named. `fuzz/` gives the same readers to a fuzzer that is led by coverage.

mod bombs;
mod corpora;
mod harness;
mod memory;
mod mutation;
#[path = "../../src/bin/unicam/parquet/mod.rs"]
mod parquet;
mod parquet_reader;
mod readers;

use harness::{Bound, feed};
use memory::Counting;

#[global_allocator]
static MEMORY: Counting = Counting;

const MIB: usize = 1 << 20;

#[test]
fn pictures() {
    // The most that a decoder may ask for is 400 MB, for a header that promises 50 megapixels.
    let bound = Bound { fixed: 480 * MIB, per_byte: 64 };
    feed("pictures", corpora::pictures, bombs::pictures, bound, readers::picture);
}

#[test]
fn archives() {
    // An xz header may ask for 80 MiB; whatever is unpacked, at most 200 times its size, grows by doubling.
    let bound = Bound { fixed: 144 * MIB, per_byte: 700 };
    feed("archives", corpora::archives, bombs::archives, bound, readers::archive);
}

#[test]
fn cifar_batches() {
    feed("cifar", corpora::cifar, bombs::pickles, SMALL, readers::cifar);
}

#[test]
fn numpy_arrays() {
    feed("arrays", corpora::arrays, bombs::arrays, SMALL, readers::arrays);
}

#[test]
fn safetensors() {
    feed("safetensors", corpora::safetensors, bombs::safetensors, SMALL, readers::weights);
}

#[test]
fn pytorch_checkpoints() {
    feed("pytorch", corpora::pytorch, bombs::pytorch, SMALL, readers::weights);
}

#[test]
fn parquet_files() {
    feed("parquet", corpora::parquet, Vec::new, SMALL, parquet_reader::parquet);
}

#[test]
fn settings() {
    feed("settings", corpora::settings, bombs::json, SMALL, readers::settings);
}

#[test]
fn reports() {
    feed("reports", corpora::reports, bombs::json, SMALL, readers::report);
}

#[test]
fn training_checkpoints() {
    feed("checkpoints", corpora::checkpoints, bombs::safetensors, SMALL, readers::checkpoint);
}

#[test]
fn packed_sessions() {
    feed("sessions", corpora::sessions, bombs::archives, SMALL, readers::session);
}

#[test]
fn bundles() {
    feed("bundles", corpora::bundles, bombs::archives, UNPACKED, readers::bundle);
}

#[test]
fn packages_of_bundles() {
    feed("packages", corpora::bundles, bombs::archives, UNPACKED, readers::package);
}

/// Where a zip may unpack to as much as it promises, which is compared with a limit of 1 GiB beforehand.
const UNPACKED: Bound = Bound { fixed: 192 * MIB, per_byte: 1100 };

/// Where nothing is unpacked: a tree of nodes takes at most some 200 times the bytes of its file.
const SMALL: Bound = Bound { fixed: 64 * MIB, per_byte: 256 };

/// Writes the corpora to the folder that `UNICAM_FUZZ_CORPUS` names, for `npm run fuzz`.
#[test]
#[ignore = "writes files"]
fn writes_corpora() {
    let folder = std::env::var("UNICAM_FUZZ_CORPUS").expect("UNICAM_FUZZ_CORPUS names a folder");
    for (reader, seeds, bombs) in [
        ("pictures", corpora::pictures(), bombs::pictures()),
        ("archives", corpora::archives(), bombs::archives()),
        ("cifar", corpora::cifar(), bombs::pickles()),
        ("arrays", corpora::arrays(), bombs::arrays()),
        ("weights", corpora::safetensors(), bombs::safetensors()),
        ("weights", corpora::pytorch(), bombs::pytorch()),
        ("parquet", corpora::parquet(), Vec::new()),
        ("settings", corpora::settings(), bombs::json()),
        ("reports", corpora::reports(), Vec::new()),
        ("checkpoints", corpora::checkpoints(), Vec::new()),
        ("sessions", corpora::sessions(), Vec::new()),
        ("bundles", corpora::bundles(), Vec::new()),
        ("packages", corpora::bundles(), bombs::archives()),
    ] {
        let folder = std::path::Path::new(&folder).join(reader);
        std::fs::create_dir_all(&folder).expect("a folder");
        let seeds = seeds.into_iter().map(|seed| ((seed.pack)(&seed.bytes), seed.name.to_owned()));
        for (bytes, name) in seeds.chain(bombs.into_iter().map(|(name, bytes)| (bytes, name.to_owned()))) {
            std::fs::write(folder.join(name.replace([' ', '/'], "-")), bytes).expect("a file");
        }
    }
}
