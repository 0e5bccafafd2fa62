//! What a browser tells of its WebGPU adapter. The layer below Burn passes on only a part of it, which most browsers
//! leave empty; it asks for the same adapter in the same way.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    /// A window or a worker.
    type Scope;
    #[wasm_bindgen(method, getter)]
    fn navigator(this: &Scope) -> Option<Navigator>;

    type Navigator;
    #[wasm_bindgen(method, getter)]
    fn gpu(this: &Navigator) -> Option<Gpu>;

    type Gpu;
    #[wasm_bindgen(method, catch, js_name = requestAdapter)]
    async fn request_adapter(this: &Gpu, options: &Object) -> Result<JsValue, JsValue>;

    type Adapter;
    #[wasm_bindgen(method, getter)]
    fn info(this: &Adapter) -> Option<Info>;

    type Info;
    #[wasm_bindgen(method, getter)]
    fn vendor(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn architecture(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn device(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn description(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = isFallbackAdapter)]
    fn is_fallback_adapter(this: &Info) -> Option<bool>;
}

/// An adapter in the browser's words.
#[cfg(feature = "webgpu")]
pub struct AdapterWords {
    /// Its description, or vendor and architecture, e.g. `nvidia ampere`; empty where the browser keeps them to itself.
    pub name: String,
    /// Whether the browser calls it a fallback for a GPU.
    pub fallback: bool,
}

/// Asks the browser; nothing where it does not answer. The words are a courtesy: the engine has its adapter already.
#[cfg(feature = "webgpu")]
pub async fn adapter_words() -> Option<AdapterWords> {
    let info = adapter().await?.info()?;
    let parts = [info.vendor(), info.architecture(), info.device()];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    Some(AdapterWords {
        name: info.description().filter(|name| !name.is_empty()).unwrap_or_else(|| parts.join(" ")),
        fallback: info.is_fallback_adapter().unwrap_or(false),
    })
}

/// Whether the browser grants an adapter.
#[cfg(not(feature = "webgpu"))]
pub async fn has_adapter() -> bool {
    adapter().await.is_some()
}

async fn adapter() -> Option<Adapter> {
    let gpu = js_sys::global().unchecked_into::<Scope>().navigator()?.gpu()?;
    let options = Object::new();
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&options, &"powerPreference".into(), &"high-performance".into());
    let granted = gpu.request_adapter(&options).await.ok().filter(|adapter| !adapter.is_falsy())?;
    Some(granted.unchecked_into())
}
