//! Errors as JavaScript sees them.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::Error;

/// Name of every error that the crate throws.
const NAME: &str = "UnicamError";

/// What JavaScript threw, as a sentence without a full stop.
pub(super) fn said(thrown: JsValue) -> String {
    let message = thrown.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    message.unwrap_or_else(|| format!("{thrown:?}")).trim_end_matches('.').to_owned()
}

impl From<Error> for JsValue {
    /// A JavaScript `Error` named `UnicamError` with the sentence as `message` the stable [`Error::code`] as `code`, and
    /// what the machine said as `details`, where it said something.
    fn from(error: Error) -> Self {
        let thrown = js_sys::Error::new(&error.to_string());
        thrown.set_name(NAME);
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&thrown, &"code".into(), &error.code().into());
        if let Some(details) = error.details() {
            let _ = Reflect::set(&thrown, &"details".into(), &details.into());
        }
        thrown.into()
    }
}
