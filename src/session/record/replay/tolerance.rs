//! How closely a replay has to agree: to the last bit where the same device computes, within stated bounds elsewhere.
//!
//! `docs/REPLAY.md` has the table and the measurements that the bounds were taken from.

use serde::{Deserialize, Serialize};

use crate::session::record::bundle::manifest::{BundleManifest, platform};
use crate::session::record::replay::figures::{Figure, FigureKind, FigureValue};
use crate::session::record::report::{Report, TrainingLog};
use crate::tensors::device::DeviceReport;

/// Steps of a training whose losses and points are compared on another device: rounding grows with every step, and after
/// some dozens two devices are on ways of their own.
pub const FIRST_STEPS: usize = 10;

/// Why equal bits cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Unlike {
    /// The bundle was written by another version of the crate.
    Version,
    /// Another kind of device, or another adapter.
    Device,
    /// Another kind of program or processor: a browser's engine and a native one, or other vector instructions.
    Platform,
    /// The bundle's numbers were made by several devices.
    SeveralDevices,
}

/// In what a bundle's device differs from the one at hand; nothing where every bit has to agree.
pub(in crate::session) fn unlike(manifest: &BundleManifest, report: &Report, device: &DeviceReport) -> Vec<Unlike> {
    let moved = |log: &TrainingLog| {
        log.interruptions
            .iter()
            .any(|torn| torn.former_device.kind != torn.device.kind || torn.former_device.name != torn.device.name)
    };
    let was_moved = !report.former_devices.is_empty() || report.distillation.as_ref().is_some_and(moved);
    let same_device = |former: &DeviceReport| {
        (former.kind, &former.name, former.software) == (device.kind, &device.name, device.software)
    };
    [
        (manifest.crate_version != env!("CARGO_PKG_VERSION"), Unlike::Version),
        (!same_device(&report.device), Unlike::Device),
        (manifest.platform != platform(), Unlike::Platform),
        (was_moved, Unlike::SeveralDevices),
    ]
    .into_iter()
    .filter_map(|(differs, how)| differs.then_some(how))
    .collect()
}

/// How closely a number has to agree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// To the last bit; a text to the last letter.
    Exact,
    /// By at most `absolute + relative * |bundle's value|`.
    Within {
        /// In the number's own unit.
        absolute: f64,
        /// Share of the bundle's value.
        relative: f64,
    },
    /// Not compared.
    Free,
}

/// What is asked of one kind of number on another device; on the same one every kind is [`Bound::Exact`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// The kind.
    pub kind: FigureKind,
    /// The bound on another device.
    pub elsewhere: Bound,
    /// The bound there after [`FIRST_STEPS`] of a training.
    pub later: Bound,
}

const fn within(absolute: f64, relative: f64) -> Bound {
    Bound::Within { absolute, relative }
}

/// All tolerances, in the order in which rows are listed.
pub const TOLERANCES: [Tolerance; 9] = [
    Tolerance { kind: FigureKind::Data, elsewhere: Bound::Exact, later: Bound::Exact },
    Tolerance { kind: FigureKind::Loss, elsewhere: within(1e-4, 1e-3), later: Bound::Free },
    Tolerance { kind: FigureKind::Accuracy, elsewhere: within(0.02, 0.0), later: within(0.15, 0.0) },
    Tolerance { kind: FigureKind::Timeline, elsewhere: within(5e-3, 0.0), later: Bound::Free },
    Tolerance { kind: FigureKind::Weights, elsewhere: Bound::Free, later: Bound::Free },
    Tolerance { kind: FigureKind::Map, elsewhere: within(1e-3, 1e-3), later: Bound::Free },
    Tolerance { kind: FigureKind::Score, elsewhere: within(1e-3, 0.0), later: Bound::Free },
    Tolerance { kind: FigureKind::Check, elsewhere: within(5e-3, 1e-3), later: Bound::Free },
    Tolerance { kind: FigureKind::Table, elsewhere: Bound::Exact, later: Bound::Exact },
];

/// What is asked of a number, on the same device or elsewhere.
pub(in crate::session) fn bound_of(figure: &Figure, is_same: bool) -> Bound {
    if is_same {
        return Bound::Exact;
    }
    let tolerance = TOLERANCES.iter().find(|tolerance| tolerance.kind == figure.kind).expect("one for every kind");
    let bound = if figure.step.is_some_and(|step| step > FIRST_STEPS) { tolerance.later } else { tolerance.elsewhere };
    match (bound, &figure.value) {
        // A text that is no digest of what was given is a list of answers: one close call makes it another.
        (Bound::Within { .. }, FigureValue::Text(_)) => Bound::Free,
        (bound, _) => bound,
    }
}
