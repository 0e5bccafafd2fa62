//! Folders of an archive that hold nothing.

use std::collections::BTreeSet;

/// The folders that an archive lists, and those that something lies in.
#[derive(Debug, Default)]
pub(super) struct Folders {
    listed: BTreeSet<String>,
    filled: BTreeSet<String>,
}

impl Folders {
    /// Notes a listed folder by its cleaned path.
    pub fn list(&mut self, path: String) {
        self.fill(&path);
        self.listed.insert(path);
    }

    /// Notes that something lies at this cleaned path.
    pub fn fill(&mut self, path: &str) {
        let mut rest = path;
        while let Some((folder, _)) = rest.rsplit_once('/') {
            if !self.filled.insert(folder.to_owned()) {
                break;
            }
            rest = folder;
        }
    }

    /// The listed folders that nothing lies in.
    pub fn into_empty(self) -> impl Iterator<Item = String> {
        let Self { listed, filled } = self;
        listed.into_iter().filter(move |folder| !filled.contains(folder))
    }
}
