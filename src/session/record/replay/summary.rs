//! What a bundle is, before anything is computed.

use serde::{Deserialize, Serialize};

use crate::session::record::bundle::reading::Bundle;
use crate::session::record::config::DataSource;
use crate::session::record::replay::tolerance::{Unlike, unlike};
use crate::tensors::device::DeviceReport;

/// What a bundle is, in words and counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub struct BundleSummary {
    /// When it was written, ISO 8601 in UTC.
    pub created_at: String,
    /// Version of the crate that wrote it.
    pub crate_version: String,
    /// Files in it.
    pub files: usize,
    /// The device that made its numbers.
    pub device: DeviceReport,
    /// In what that differs from the device at hand; empty where every bit has to agree.
    pub unlike: Vec<Unlike>,
    /// Where its pictures come from.
    pub data_source: DataSource,
    /// Their name.
    pub data_name: String,
    /// Their digest.
    pub data_digest: String,
    /// Names of the files that they were collected from; empty for rendered ones.
    pub data_files: Vec<String>,
    /// The Teacher's network.
    pub teacher: String,
    /// The Student's.
    pub student: String,
    /// Steps of the distillation; nothing where its networks were trained elsewhere.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub steps: Option<usize>,
    /// Layers whose maps are in it.
    pub layers: Vec<String>,
    /// Whether scores are in it.
    pub has_scores: bool,
    /// Whether the pictures are at hand: rendered, or given and with the bundle's digest.
    pub has_pictures: bool,
}

impl BundleSummary {
    /// Of a bundle that is to be replayed on `device`.
    pub(in crate::session) fn of(bundle: &Bundle, device: &DeviceReport, has_pictures: bool) -> Self {
        let Bundle { manifest, report, .. } = bundle;
        let data = report.data.as_ref();
        let name = |record: &Option<crate::session::record::report::NetworkRecord>| {
            record.as_ref().map(|record| record.summary.name.clone()).unwrap_or_default()
        };
        let trained = report.distillation.as_ref().filter(|log| log.finished);
        Self {
            created_at: manifest.created_at.clone(),
            crate_version: manifest.crate_version.clone(),
            files: manifest.entries.len() + 1,
            device: report.device.clone(),
            unlike: unlike(manifest, report, device),
            data_source: report.config.data_source,
            data_name: data.map(|data| data.summary.name.clone()).unwrap_or_default(),
            data_digest: data.map(|data| data.digest.clone()).unwrap_or_default(),
            data_files: report.config.files.data.clone(),
            teacher: name(&report.teacher),
            student: name(&report.student),
            steps: trained.map(|_| report.config.distillation.optimiser.steps),
            layers: report.maps.iter().map(|maps| maps.layer.clone()).collect(),
            has_scores: report.scores.is_some(),
            has_pictures,
        }
    }
}
