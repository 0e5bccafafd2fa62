//! Settings in, reports out.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tsify::{Ts, Tsify};

use crate::error::{Error, Result};

/// Reads a value that JavaScript gave.
///
/// # Errors
/// [`Error::InvalidConfig`] naming `what` when a field is missing, unknown or of another type.
pub fn read<T: Tsify<JsType: Clone> + DeserializeOwned>(what: &str, value: &Ts<T>) -> Result<T> {
    value.to_rust().map_err(|error| Error::config(what, error.to_string()))
}

/// Hands a value to JavaScript.
///
/// # Errors
/// [`Error::InvalidConfig`] when a number does not fit JavaScript's, which validated settings rule out.
pub fn give<T: Tsify + Serialize>(value: &T) -> Result<Ts<T>> {
    Ts::from_rust(value).map_err(|error| Error::config("result", error.to_string()))
}
