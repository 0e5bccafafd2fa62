//! A file of the browser as a shelf for pictures.

use std::sync::Arc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::said;
use crate::dataset::pixels::{Rack, Shelf};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A file outside of the engine's memory, for pictures. It counts who holds it, and may go when nobody does. */
export interface PictureFile {
    /** What it is found by again. */
    readonly name: string;
    /** Puts bytes at this place, counted from the beginning; throws where that cannot be done. */
    write(place: number, bytes: Uint8Array): void;
    /** Reads as many bytes as fit, from this place on; throws where that cannot be done. */
    read(place: number, into: Uint8Array): void;
    /** One more holds it. */
    hold(): void;
    /** One less holds it. */
    release(): void;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The TypeScript interface above.
    #[wasm_bindgen(typescript_type = "PictureFile")]
    #[derive(Debug)]
    pub type PictureFile;

    #[wasm_bindgen(method, getter)]
    fn name(this: &PictureFile) -> String;

    #[wasm_bindgen(method, catch)]
    fn write(this: &PictureFile, place: f64, bytes: &[u8]) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn read(this: &PictureFile, place: f64, into: &mut [u8]) -> Result<(), JsValue>;

    #[wasm_bindgen(method)]
    fn hold(this: &PictureFile);

    #[wasm_bindgen(method)]
    fn release(this: &PictureFile);
}

/// The file as the engine's own, where one is given.
pub(super) fn rack(file: Option<PictureFile>) -> Option<Arc<Rack>> {
    file.map(|file| Rack::new(HeldFile::new(file)))
}

/// Holds a file as long as pictures of it are used.
#[derive(Debug)]
struct HeldFile {
    name: String,
    file: PictureFile,
}

impl HeldFile {
    fn new(file: PictureFile) -> Self {
        file.hold();
        Self { name: file.name(), file }
    }
}

impl Shelf for HeldFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn write(&self, place: u64, bytes: &[u8]) -> Result<(), String> {
        self.file.write(place as f64, bytes).map_err(said)
    }

    fn read(&self, place: u64, into: &mut [u8]) -> Result<(), String> {
        self.file.read(place as f64, into).map_err(said)
    }
}

impl Drop for HeldFile {
    fn drop(&mut self) {
        self.file.release();
    }
}
