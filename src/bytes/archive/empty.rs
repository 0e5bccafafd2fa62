//! Folders of an archive that hold nothing.

use std::collections::BTreeSet;

/// The folders that an archive lists, and those that something lies in.
#[derive(Debug, Default)]
pub(super) struct Folders {
    listed: BTreeSet<String>,
    /// Where something lies; the folders around these hold something too. One path for each file, since a path of many
    /// folders would take many times its own bytes with all of its beginnings.
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
        if let Some((folder, _)) = path.rsplit_once('/')
            && !self.filled.contains(folder)
        {
            self.filled.insert(folder.to_owned());
        }
    }

    /// The listed folders that nothing lies in.
    pub fn into_empty(self) -> impl Iterator<Item = String> {
        let Self { listed, filled } = self;
        listed.into_iter().filter(move |folder| {
            let below = format!("{folder}/");
            let holds_more = filled.range(below.clone()..).next().is_some_and(|other| other.starts_with(&below));
            !holds_more && !filled.contains(folder)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_empty_where_neither_it_nor_one_below_holds_anything() {
        let mut folders = Folders::default();
        for path in ["a", "a/b", "a/b/c", "a-b", "d", "d/e"] {
            folders.list(path.to_owned());
        }
        folders.fill("d/e/f/file");
        folders.fill("a-b.txt");
        assert_eq!(folders.into_empty().collect::<Vec<_>>(), ["a-b", "a/b/c"]);
    }
}
