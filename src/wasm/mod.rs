//! The boundary to JavaScript: convert, call, convert. Nothing is computed here.

mod api;
mod constructors;
mod convert;
mod error;
mod picture;

pub use api::{Explanation, Session, Spread};

use wasm_bindgen::prelude::wasm_bindgen;

/// Runs once when the module is loaded: constructors, and a hook by which a panic becomes a readable line in the console.
#[wasm_bindgen(start)]
pub fn start() {
    constructors::run_once();
    console_error_panic_hook::set_once();
}
