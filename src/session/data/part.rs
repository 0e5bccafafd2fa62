//! The two parts of the data.

use serde::{Deserialize, Serialize};

/// Which part of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Part {
    /// Pictures to learn from.
    Train,
    /// Held-out pictures.
    Test,
}
