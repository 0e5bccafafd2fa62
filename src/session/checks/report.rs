//! What the checks of maps and scores found, kept for the report.

use serde::{Deserialize, Serialize};

use crate::session::checks::faithfulness::{FaithfulnessConfig, FaithfulnessReport, MapFaithfulness};
use crate::session::checks::sanity::{SanityConfig, SanityReport};
use crate::session::checks::spread::{SpreadConfig, SpreadReport};
use crate::session::maps::map_kind::MapKind;

/// What the checks found; empty lists where none was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct ChecksReport {
    /// How faithful the maps are to their networks, one entry a layer that was tested.
    pub faithfulness: Vec<FaithfulnessReport>,
    /// Whether maps and scores fall apart where they must, one entry a layer that was checked.
    pub sanity: Vec<SanityReport>,
    /// How much maps change with their batch, one entry a layer, picture and map.
    pub spreads: Vec<SpreadReport>,
    /// What they were made with; empty in reports from before it was kept.
    #[serde(default)]
    pub settings: CheckedWith,
}

/// What the checks of each kind were made with, which may be another batch, objective or seed than that of the maps and
/// scores; nothing where none was made. All of a kind share it but for layer, picture and maps, which are the first one's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct CheckedWith {
    /// Of the tests of faithfulness.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "FaithfulnessConfig | null"))]
    pub faithfulness: Option<FaithfulnessConfig>,
    /// Of the sanity checks.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "SanityConfig | null"))]
    pub sanity: Option<SanityConfig>,
    /// Of the spreads.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "SpreadConfig | null"))]
    pub spreads: Option<SpreadConfig>,
}

/// The last checks with their settings. Those of one kind belong together: one of another batch or other settings puts
/// the former ones out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::session) struct Checks {
    faithfulness: Vec<(FaithfulnessConfig, FaithfulnessReport)>,
    sanity: Vec<(SanityConfig, SanityReport)>,
    spreads: Vec<(SpreadConfig, SpreadReport)>,
}

impl Checks {
    /// Keeps a layer's maps in place of its former ones of the same kinds: a shell may ask for one kind after the other.
    pub fn note_faithfulness(&mut self, config: &FaithfulnessConfig, report: &FaithfulnessReport) {
        let alike = |former: &FaithfulnessConfig| {
            *config == FaithfulnessConfig { maps: config.maps.clone(), layer: config.layer, ..former.clone() }
        };
        self.faithfulness.retain(|(former, _)| alike(former));
        match self.faithfulness.iter_mut().find(|(former, _)| former.layer == config.layer) {
            Some((_, former)) => join(&mut former.maps, &report.maps),
            None => self.faithfulness.push((config.clone(), report.clone())),
        }
        self.faithfulness.sort_by_key(|(config, _)| config.layer);
    }

    /// Keeps a layer's checks in place of its former ones.
    pub fn note_sanity(&mut self, config: &SanityConfig, report: &SanityReport) {
        let others =
            |former: &SanityConfig| former != config && *config == SanityConfig { layer: config.layer, ..*former };
        self.sanity.retain(|(former, _)| others(former));
        self.sanity.push((*config, report.clone()));
        self.sanity.sort_by_key(|(config, _)| config.layer);
    }

    /// Keeps a map's spread in place of its former one.
    pub fn note_spread(&mut self, config: &SpreadConfig, report: &SpreadReport) {
        let SpreadConfig { image, map, layer, .. } = *config;
        let others =
            |former: &SpreadConfig| former != config && *config == SpreadConfig { image, map, layer, ..*former };
        self.spreads.retain(|(former, _)| others(former));
        self.spreads.push((*config, report.clone()));
        self.spreads.sort_by_key(|(config, _)| config.layer);
    }

    /// All of them.
    pub fn report(&self) -> ChecksReport {
        ChecksReport {
            faithfulness: self.faithfulness.iter().map(|(_, report)| report.clone()).collect(),
            sanity: self.sanity.iter().map(|(_, report)| report.clone()).collect(),
            spreads: self.spreads.iter().map(|(_, report)| report.clone()).collect(),
            settings: CheckedWith {
                faithfulness: self.faithfulness.first().map(|(config, _)| config.clone()),
                sanity: self.sanity.first().map(|(config, _)| *config),
                spreads: self.spreads.first().map(|(config, _)| *config),
            },
        }
    }
}

/// Puts `added` in the place of the kinds that it tells of, all in the usual order.
fn join(maps: &mut Vec<MapFaithfulness>, added: &[MapFaithfulness]) {
    maps.retain(|former| added.iter().all(|new| new.map != former.map));
    maps.extend_from_slice(added);
    maps.sort_by_key(|entry| MapKind::ALL.iter().position(|kind| *kind == entry.map));
}
