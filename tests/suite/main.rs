//! The crate's behaviour, proven by the same bodies twice: natively on the CPU and in headless Chromium on WebGPU.
//!
//! `npm run test:native` and `npm run test:browser`. In the browser a missing WebGPU adapter fails every test that asks
//! for the [`device`]: nothing is skipped in silence.

mod accumulation;
mod attribution;
mod augmentation;
mod chain;
mod class_maps;
mod device;
mod distance;
mod distillation;
mod families;
mod fixture;
mod gradient;
mod keeping;
mod loaders;
mod losses;
mod matrices;
mod memory;
mod mixed_pairs;
mod models;
mod moving;
mod operations;
mod optimisers;
mod plan;
mod replay;
mod report;
mod road;
mod scores;
mod scoring;
mod session;
mod shelves;
mod simulated;
mod teacher_files;
mod timeline;
mod trust;
mod uncertainty;
mod weight_files;

#[cfg(not(target_arch = "wasm32"))]
mod checks;
#[cfg(not(target_arch = "wasm32"))]
mod known_data_sets;
#[cfg(not(target_arch = "wasm32"))]
mod layering;
#[cfg(not(target_arch = "wasm32"))]
mod planning;
#[cfg(not(target_arch = "wasm32"))]
mod real_archives;
#[cfg(not(target_arch = "wasm32"))]
mod real_data;
#[cfg(not(target_arch = "wasm32"))]
mod recipe;
#[cfg(not(target_arch = "wasm32"))]
mod resume;

#[cfg(target_arch = "wasm32")]
mod constructors;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
