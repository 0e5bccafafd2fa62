//! The boundary to JavaScript: convert, call, convert. Nothing is computed here.

mod convert;
mod data;
mod error;
mod looking;
mod memory;
mod networks;
mod picture;
mod replay;
mod results;
mod session;
mod shelf;
mod training;

pub use replay::Replay;
pub use results::{Explanation, Matrices, Spread};
pub use session::Session;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::tensors::device::run_constructors_once;

/// Runs once when the module is loaded: constructors, and a hook by which a panic becomes a readable line in the console.
#[wasm_bindgen(start)]
pub fn start() {
    run_constructors_once();
    console_error_panic_hook::set_once();
}
