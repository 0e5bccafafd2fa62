//! One way through the code: a module imports only from those before it, and no files import from one another in a circle.

mod circles;

use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order in which they may import.
const ORDER: [&str; 13] = [
    "error",
    "seed",
    "bytes",
    "dataset",
    "tensors",
    "operations",
    "models",
    "distillation",
    "attribution",
    "scores",
    "session",
    "wasm",
    // The command line, another shell beside the browser's.
    "bin",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the crate's sources").map(|entry| entry.expect("readable").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

fn place(module: &str) -> usize {
    ORDER.iter().position(|name| *name == module).unwrap_or_else(|| panic!("{module} has no place in the order"))
}

#[test]
fn every_import_points_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut imports = 0;
    for file in files.iter().filter(|file| !file.ends_with("src/lib.rs")) {
        let own = file.strip_prefix(&root).expect("below src").iter().next().expect("a name").to_string_lossy();
        let own = own.trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(file).expect("readable");
        // A program sees the crate from outside; what it calls `crate` is itself.
        let from = if own == "bin" { "unicam::" } else { "crate::" };
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for imported in line.split(from).skip(1) {
                let name: String = imported.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if name.starts_with(char::is_lowercase) && ORDER.contains(&name.as_str()) {
                    imports += 1;
                    assert!(own != "bin" || name != "wasm", "{} imports the browser's shell: {line}", file.display());
                    assert!(place(&name) <= place(&own), "{} imports {name}: {line}", file.display());
                }
            }
        }
    }
    assert!(imports > 50, "only {imports} imports seen: does this test still read the sources?");
}
