//! What a bundle says of itself: its form, and each file in it with its digest.

use serde::{Deserialize, Serialize};

use crate::session::networks::role::Role;

/// What every bundle calls itself.
pub const BUNDLE_FORMAT: &str = "unicam-bundle";
/// Version of the form: raised when a file goes or changes its meaning, not when one is added.
pub const BUNDLE_VERSION: u32 = 1;
/// The file that lists all others.
pub(in crate::session) const MANIFEST: &str = "bundle.json";
/// The whole report.
pub(in crate::session) const REPORT: &str = "report.json";
/// The settings alone, as the command line reads them.
pub(in crate::session) const SETTINGS: &str = "settings.json";
/// First weights of Student and Base, where they were given.
pub(in crate::session) const START: &str = "networks/start.safetensors";
/// Kinds of maps as arrays lie in a layer's folder under this end.
pub(in crate::session) const RAW: &str = "-raw.npy";

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleEntry {
    /// Its path in the zip, with `/` between folders.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// What it is, a sentence.
    pub what: String,
}

/// The file `bundle.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleManifest {
    /// Always `unicam-bundle`.
    pub format: String,
    /// Version of the bundle's form.
    pub version: u32,
    /// Version of the crate that wrote it.
    pub crate_version: String,
    /// When it was written, ISO 8601 in UTC.
    pub created_at: String,
    /// What the crate ran on, see [`platform`].
    pub platform: String,
    /// Every other file, in the order of the paths.
    pub entries: Vec<BundleEntry>,
}

/// Where a network's weights lie.
pub(in crate::session) fn weights_path(role: Role) -> String {
    match role {
        Role::Teacher => "networks/teacher.safetensors".to_owned(),
        Role::Student => "networks/student.safetensors".to_owned(),
        Role::Base => "networks/base.safetensors".to_owned(),
        Role::Assistant(number) => format!("networks/assistant-{number}.safetensors"),
    }
}

/// Where the maps of a layer lie.
pub(in crate::session) fn maps_folder(layer: &str) -> String {
    format!("maps/{layer}/")
}

/// What this program was compiled for and which vector instructions the processor has: the sums of the CPU backend are
/// added in another order with other ones.
#[must_use]
pub fn platform() -> String {
    if cfg!(target_arch = "wasm32") {
        return "wasm32".to_owned();
    }
    format!("{}-{}, {}", std::env::consts::ARCH, std::env::consts::OS, vector_instructions())
}

#[cfg(target_arch = "x86_64")]
fn vector_instructions() -> &'static str {
    if std::arch::is_x86_feature_detected!("avx512f") {
        "AVX-512"
    } else if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        "AVX2"
    } else {
        "SSE"
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn vector_instructions() -> &'static str {
    "the usual ones"
}
