//! A bundle out of a zip, with nothing believed that does not fit its digest.

use std::collections::BTreeMap;

use crate::bytes::archive::Package;
use crate::bytes::json;
use crate::error::{Error, Result};
use crate::session::networks::role::Role;
use crate::session::record::bundle::manifest::{
    BUNDLE_FORMAT, BUNDLE_VERSION, BundleManifest, MANIFEST, REPORT, START, maps_folder, weights_path,
};
use crate::session::record::format::{FORMAT, SCHEMA_VERSION};
use crate::session::record::journal::digest_of_bytes;
use crate::session::record::report::Report;

/// A bundle that was read and fits its digests.
#[derive(Debug)]
pub(in crate::session) struct Bundle {
    pub manifest: BundleManifest,
    pub report: Report,
    /// Every file but the drawn maps.
    files: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    /// Reads a bundle and compares every file with its digest.
    ///
    /// # Errors
    /// [`Error::UnreadableBundle`] saying what is wrong.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut package = Package::open(bytes)?;
        let manifest = package.read(MANIFEST)?.ok_or_else(|| unreadable(format!("it holds no {MANIFEST}")))?;
        let manifest: BundleManifest = json::read(&manifest)
            .map_err(|error| unreadable(format!("its {MANIFEST} is no list of files: {error}")))?;
        if manifest.format != BUNDLE_FORMAT {
            return Err(unreadable(format!("its {MANIFEST} is of the format {:?}", manifest.format)));
        }
        if manifest.version != BUNDLE_VERSION {
            let found = manifest.version;
            return Err(unreadable(format!("it is of version {found}, this program reads version {BUNDLE_VERSION}")));
        }
        let mut files = BTreeMap::new();
        for entry in &manifest.entries {
            let path = &entry.path;
            let content =
                package.read(path)?.ok_or_else(|| unreadable(format!("the file {path:?} that it lists is missing")))?;
            if digest_of_bytes(&content) != entry.sha256 {
                return Err(unreadable(format!("its file {path:?} does not fit its digest: it was changed")));
            }
            if !path.ends_with(".png") {
                files.insert(path.clone(), content);
            }
        }
        let report = files.get(REPORT).ok_or_else(|| unreadable(format!("it holds no {REPORT}")))?;
        let report: Report = json::read(report)
            .map_err(|error| unreadable(format!("its {REPORT} is no report of this program: {error}")))?;
        if report.format != FORMAT || report.schema_version != SCHEMA_VERSION {
            let (format, version) = (&report.format, report.schema_version);
            return Err(unreadable(format!("its {REPORT} is of the form {format:?}, version {version}")));
        }
        Ok(Self { manifest, report, files })
    }

    /// The bytes of a file, if it holds one of this path.
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// A network's weights.
    ///
    /// # Errors
    /// [`Error::UnreadableBundle`] if they are missing.
    pub fn weights(&self, role: Role) -> Result<&[u8]> {
        let path = weights_path(role);
        self.file(&path).ok_or_else(|| unreadable(format!("it holds no {path}")))
    }

    /// First weights of Student and Base, where they were given.
    pub fn start(&self) -> Option<&[u8]> {
        self.file(START)
    }

    /// The arrays of a layer's maps: file name and content.
    pub fn maps<'a>(&'a self, layer: &str) -> impl Iterator<Item = (String, &'a [u8])> {
        let folder = maps_folder(layer);
        let own = move |(path, bytes): (&'a String, &'a Vec<u8>)| {
            Some((path.strip_prefix(&folder)?.to_owned(), bytes.as_slice()))
        };
        self.files.iter().filter_map(own)
    }
}

pub(in crate::session) fn unreadable(reason: String) -> Error {
    Error::UnreadableBundle { reason }
}
