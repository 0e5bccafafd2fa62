//! Pictures as `ImageData` wants them.

use js_sys::{Object, Reflect, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::dataset::LabelledImages;
use crate::error::{Error, Result};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** One picture, ready for `ImageData`. */
export interface Picture {
    /** Pixels. */
    width: number;
    /** Pixels. */
    height: number;
    /** Index into the class names. */
    label: number;
    /** Row-major, four bytes a pixel, opaque. */
    rgba: Uint8ClampedArray<ArrayBuffer>;
    /** 255 on the object, 0 beside it; where the truth is known. */
    mask: Uint8Array<ArrayBuffer> | undefined;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The TypeScript interface above.
    #[wasm_bindgen(typescript_type = "Picture")]
    pub type Picture;
}

/// Picture `index` with an opaque alpha channel.
pub fn picture(images: &LabelledImages, index: usize) -> Result<Picture> {
    if index >= images.len() {
        let problem = format!("must be below {}, is {index}", images.len());
        return Err(Error::InvalidConfig { field: "index".to_owned(), problem });
    }
    let rgba: Vec<u8> = images.picture(index).chunks_exact(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255]).collect();
    let object = Object::new();
    let set = |key: &str, value: JsValue| {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&object, &key.into(), &value);
    };
    set("width", images.width.into());
    set("height", images.height.into());
    set("label", images.labels[index].into());
    set("rgba", Uint8ClampedArray::from(rgba.as_slice()).into());
    set("mask", images.mask(index).map_or(JsValue::UNDEFINED, |mask| Uint8Array::from(mask).into()));
    Ok(object.unchecked_into())
}
