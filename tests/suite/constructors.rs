//! Constructors run once, not at every call from JavaScript.

use std::sync::atomic::{AtomicUsize, Ordering};

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

static RUNS: AtomicUsize = AtomicUsize::new(0);

extern "C" fn constructor() {
    RUNS.fetch_add(1, Ordering::Relaxed);
}

#[used]
#[unsafe(link_section = ".init_array")]
#[allow(unsafe_code)]
static CONSTRUCTOR: extern "C" fn() = constructor;

#[wasm_bindgen_test]
async fn constructors_run_once_however_often_javascript_calls() {
    unicam::wasm::start();
    unicam::wasm::start();
    for _ in 0..10 {
        // Each turn comes back through an export, by a closure and by a promise.
        let mut resolve = |done: js_sys::Function, _| {
            let call = Closure::once_into_js(move || done.call0(&JsValue::NULL).map(|_| ()));
            js_sys::Function::from(call).call0(&JsValue::NULL).expect("the closure calls back");
        };
        JsFuture::from(Promise::new(&mut resolve)).await.expect("resolved");
    }
    assert_eq!(RUNS.load(Ordering::Relaxed), 1);
}
