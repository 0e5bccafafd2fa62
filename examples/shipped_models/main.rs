//! Trains the weights that are shipped, on the CPU, and writes them into the source tree, with a manifest that says of each
//! what it was trained with and how good it is.
//!
//! ```text
//! cargo run --release --no-default-features --example shipped_models -- --data ../shared/data
//! ```
//!
//! Names behind it (`scenes-teacher`, `cifar10-student`, ...) make those alone. What is broken off goes on when it is called
//! again.

// The command line's libraries are native only: in WebAssembly an empty program.
#[cfg(not(target_arch = "wasm32"))]
mod command;
#[cfg(not(target_arch = "wasm32"))]
mod recipes;
#[cfg(not(target_arch = "wasm32"))]
mod training;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> unicam::Result<()> {
    command::run()
}

#[cfg(target_arch = "wasm32")]
fn main() {}
