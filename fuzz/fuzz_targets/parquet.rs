#![no_main]

#[path = "../../src/bin/unicam/parquet/mod.rs"]
mod parquet;
#[path = "../../tests/fuzzing/parquet_reader.rs"]
mod parquet_reader;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    parquet_reader::parquet(bytes);
});
