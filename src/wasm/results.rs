//! What is too large to be handed over in one piece: read out part by part, then freed.

use tsify::Ts;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::give;
use super::session::Outcome;
use crate::session;
use crate::session::{ExplanationReport, MatricesReport, SpreadReport};

/// All maps of one layer; call `free` when they are copied.
#[wasm_bindgen]
pub struct Explanation {
    pub(super) inner: session::Explanation,
}

#[wasm_bindgen]
impl Explanation {
    /// Everything about the maps but their pixels.
    pub fn report(&self) -> Outcome<Ts<ExplanationReport>> {
        Ok(give(&self.inner.report)?)
    }

    /// `[n, maps, height, width]`, 0 to 1.
    pub fn scaled(&self) -> Vec<f32> {
        self.inner.scaled.clone()
    }

    /// Image by image and map by map, each of the size that the report's `rawSizes` name.
    pub fn raw(&self) -> Vec<f32> {
        self.inner.raw.clone()
    }

    /// As `raw`, before the ReLU; empty unless it was asked for.
    pub fn signed(&self) -> Vec<f32> {
        self.inner.signed.clone()
    }

    /// As `scaled`, with one scale for each image's UniCAM maps and one for its class maps.
    #[wasm_bindgen(js_name = sharedScale)]
    pub fn shared_scale(&self) -> Vec<f32> {
        self.inner.shared_scale()
    }

    /// `[n, height, width]`, -1 to 1: distilled less residual, on the scale that they share.
    #[wasm_bindgen(js_name = distilledLessResidual)]
    pub fn distilled_less_residual(&self) -> Vec<f32> {
        self.inner.distilled_less_residual()
    }

    /// `[n, maps, 8, 8]`, 0 to 1: each map as a table that can be read cell by cell.
    pub fn cells(&self) -> Vec<f32> {
        self.inner.cells()
    }
}

/// Matrices of one layer; call `free` when they are copied.
#[wasm_bindgen]
pub struct Matrices {
    pub(super) inner: session::Matrices,
}

#[wasm_bindgen]
impl Matrices {
    /// Everything about the matrices but their values.
    pub fn report(&self) -> Outcome<Ts<MatricesReport>> {
        Ok(give(&self.inner.report)?)
    }

    /// `[matrices, n, n]`.
    pub fn values(&self) -> Vec<f32> {
        self.inner.values.clone()
    }

    /// `[matrices, n, n]`: what a pair adds to the relevance.
    pub fn added(&self) -> Vec<f32> {
        self.inner.added.clone()
    }
}

/// One picture's map over several reference batches; call `free` when it is copied.
#[wasm_bindgen]
pub struct Spread {
    pub(super) inner: session::Spread,
}

#[wasm_bindgen]
impl Spread {
    /// The numbers.
    pub fn report(&self) -> Outcome<Ts<SpreadReport>> {
        Ok(give(&self.inner.report)?)
    }

    /// Mean of the scaled maps, `[height, width]`.
    pub fn mean(&self) -> Vec<f32> {
        self.inner.mean.clone()
    }

    /// Their standard deviation, `[height, width]`.
    pub fn deviation(&self) -> Vec<f32> {
        self.inner.deviation.clone()
    }
}
