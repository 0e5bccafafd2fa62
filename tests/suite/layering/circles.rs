//! No circles: a file of the crate never imports, by way of others, from a file that imports from it.
//!
//! A file is what is left of it without its `#[cfg(test)]` parts. Names are followed through `use` to the file that
//! defines them, so that a `mod.rs` which only re-exports stands in no circle; a declaration by `mod` is no import.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::sources;

/// Imports that close a circle and stay, each with its reason: who imports, from whom, why.
const EXCEPTIONS: [(&str, &str, &str); 0] = [];

/// A module by its path from the crate's root; the first part tells which crate, the library or the program.
type Module = Vec<String>;
type Imports = BTreeMap<String, BTreeSet<String>>;

/// What a file says, as far as imports go.
#[derive(Default)]
struct Source {
    file: String,
    /// Modules that it declares, whether in a file of their own or in this one.
    children: BTreeSet<String>,
    /// Names that its `use` lines bring: the path behind each, the module from where the path goes, and whether it is public.
    uses: BTreeMap<String, (Vec<String>, Module, bool)>,
    /// Paths in the rest of it, each with the module in which it stands.
    paths: Vec<(Vec<String>, Module)>,
    /// Single words in the rest of it.
    words: BTreeSet<String>,
}

#[test]
fn no_file_imports_from_one_that_imports_from_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut crate_ = BTreeMap::new();
    let mut tests = BTreeSet::new();
    for path in &files {
        let file = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
        read(&file, &fs::read_to_string(path).expect("readable"), &mut crate_, &mut tests);
    }
    crate_.retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
    let mut imports: Imports = BTreeMap::new();
    for source in crate_.values() {
        let own = imports.entry(source.file.clone()).or_default();
        own.extend(imported(source, &crate_));
        own.remove(&source.file);
    }
    let count: usize = imports.values().map(BTreeSet::len).sum();
    assert!(count > 500, "only {count} imports seen: does this test still read the sources?");
    for (from, to, reason) in EXCEPTIONS {
        assert!(imports[from].contains(to), "{from} does not import from {to} any more: no exception is needed");
        assert!(reaches(&imports, to, from), "{from} and {to} are in no circle any more: no exception is needed");
        assert!(!reason.is_empty(), "{from}: an exception has a reason");
    }
    for (from, to, _) in EXCEPTIONS {
        imports.get_mut(from).expect("as above").remove(to);
    }
    let circles: Vec<String> = imports
        .iter()
        .flat_map(|(from, all)| all.iter().map(move |to| (from, to)))
        .filter(|(from, to)| reaches(&imports, to, from))
        .map(|(from, to)| format!("{from} imports from {to}"))
        .collect();
    assert!(circles.is_empty(), "imports in circles:\n{}", circles.join("\n"));
}

/// Whether a file is imported, by way of others, by `from`.
fn reaches(imports: &Imports, from: &str, to: &str) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(file) = next.pop() {
        if file == to {
            return true;
        }
        if seen.insert(file) {
            next.extend(imports.get(file).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

/// The module that a file holds.
fn module_of(file: &str) -> Module {
    let (root, rest) = match file.strip_prefix("bin/") {
        Some(rest) => rest.split_once('/').expect("a program in a folder of its own"),
        None => ("lib", file),
    };
    let parts = rest.trim_end_matches(".rs").split('/').filter(|part| !["mod", "lib", "main"].contains(part));
    [root].into_iter().chain(parts).map(str::to_owned).collect()
}

/// Reads one file; modules inside it are modules of this file. `tests` gets those that only tests have.
fn read(file: &str, text: &str, crate_: &mut BTreeMap<Module, Source>, tests: &mut BTreeSet<Module>) {
    let mut module = module_of(file);
    let mut ends: Vec<String> = Vec::new();
    let new = |module: &Module, crate_: &mut BTreeMap<Module, Source>| {
        crate_.insert(module.clone(), Source { file: file.to_owned(), ..Source::default() });
    };
    new(&module, crate_);
    let mut lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    while let Some(line) = lines.next() {
        let indent = indent_of(line);
        let end = format!("{indent}}}");
        if ends.last().is_some_and(|end| end == line.trim_end()) {
            ends.pop();
            module.pop();
            continue;
        }
        if line.trim() == "#[cfg(test)]" {
            // The item that follows: to its semicolon, or to the brace that stands below its beginning.
            for line in lines.by_ref() {
                if let Some(name) = declared(line).filter(|_| line.ends_with(';')) {
                    tests.insert(below(&module, name));
                }
                if line.trim_end() == end || indent_of(line) == indent && line.trim_end().ends_with(';') {
                    break;
                }
            }
            continue;
        }
        if let Some(name) = declared(line) {
            crate_.get_mut(&module).expect("as entered").children.insert(name.to_owned());
            if line.trim_end().ends_with('{') {
                module = below(&module, name);
                ends.push(end);
                new(&module, crate_);
            }
            continue;
        }
        let source = crate_.get_mut(&module).expect("as entered");
        let (public, tree) = match line.trim_start().split_once("use ") {
            Some((before, tree)) if before.is_empty() || before.starts_with("pub") => (!before.is_empty(), tree),
            _ => {
                add_paths(line, &module, source);
                continue;
            }
        };
        let mut tree = tree.to_owned();
        while !tree.trim_end().ends_with(';') {
            tree.push_str(lines.next().expect("a semicolon"));
        }
        for (name, path) in leaves(tree.trim_end().trim_end_matches(';')) {
            source.uses.insert(name, (path, module.clone(), public));
        }
    }
}

fn indent_of(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

/// The name of the module that a line declares.
fn declared(line: &str) -> Option<&str> {
    let (before, rest) = line.trim().split_once("mod ")?;
    let is_declaration = before.is_empty() || before.starts_with("pub") && before.ends_with(' ');
    rest.strip_suffix(';').or_else(|| rest.strip_suffix(" {")).filter(|_| is_declaration)
}

fn below(module: &Module, name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// The names that a tree of `use` brings, and the path behind each; a name of its own for every `*`.
fn leaves(tree: &str) -> Vec<(String, Vec<String>)> {
    let tree = tree.trim();
    if let Some((before, inside)) = tree.split_once('{') {
        let before: Vec<String> = before.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let inside = inside.trim_end().strip_suffix('}').expect("a whole tree");
        let mut depth = 0;
        let parts = inside.split(|sign| {
            depth += match sign {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            sign == ',' && depth == 0
        });
        return parts
            .filter(|part| !part.trim().is_empty())
            .flat_map(leaves)
            .map(|(name, path)| {
                let path: Vec<String> = before.iter().cloned().chain(path).filter(|part| part != "self").collect();
                (if name == "self" { path.last().expect("a module").clone() } else { name }, path)
            })
            .collect();
    }
    let (path, name) = tree.split_once(" as ").map_or((tree, None), |(path, name)| (path, Some(name)));
    let path: Vec<String> = path.split("::").map(str::to_owned).collect();
    let name = match name {
        None if path.ends_with(&["*".to_owned()]) => tree.to_owned(),
        Some("_") => tree.to_owned(),
        name => name.map_or_else(|| path.last().expect("a name").clone(), str::to_owned),
    };
    vec![(name, path)]
}

/// Adds the words of a line, and the paths of several.
fn add_paths(line: &str, module: &Module, source: &mut Source) {
    for path in line.split(|sign: char| !(sign.is_alphanumeric() || sign == '_' || sign == ':')) {
        let path: Vec<String> = path.split("::").take_while(|part| !part.contains(':')).map(str::to_owned).collect();
        if let Some(word) = path.first().filter(|word| !word.is_empty()) {
            source.words.insert(word.clone());
        }
        if path.len() > 1 {
            source.paths.push((path, module.clone()));
        }
    }
}

/// The files that a module imports from.
fn imported(source: &Source, crate_: &BTreeMap<Module, Source>) -> BTreeSet<String> {
    let uses = source.uses.iter();
    // What is passed on only is no import.
    let used = uses.filter(|(name, (_, _, public))| !public || source.words.contains(*name));
    let used = used.map(|(_, (path, from, _))| (path, from));
    let rest = source.paths.iter().map(|(path, from)| (path, from));
    let all = used.chain(rest).filter_map(|(path, from)| file_of(path, from, crate_, 0));
    all.collect()
}

/// The file that defines what a path names; nothing for another crate's, and for a module as a whole.
fn file_of(path: &[String], from: &Module, crate_: &BTreeMap<Module, Source>, depth: usize) -> Option<String> {
    assert!(depth < 20, "{path:?} of {from:?} leads back to itself");
    let first = path.first()?.as_str();
    let (mut at, path) = match first {
        "crate" => (from[..1].to_vec(), &path[1..]),
        "self" => (from.clone(), &path[1..]),
        "super" => {
            let up = path.iter().take_while(|part| *part == "super").count();
            (from[..from.len() - up].to_vec(), &path[up..])
        }
        _ => {
            let source = &crate_[from];
            if !source.children.contains(first) {
                let (behind, of, _) = source.uses.get(first).filter(|_| path.len() > 1)?;
                let whole: Vec<String> = behind.iter().chain(&path[1..]).cloned().collect();
                // A `use` may bring in another crate by its own name.
                return (behind[0] != first).then(|| file_of(&whole, of, crate_, depth + 1)).flatten();
            }
            (from.clone(), path)
        }
    };
    let mut path = path;
    while let Some(name) = path.first().filter(|name| crate_.contains_key(&below(&at, name))) {
        at = below(&at, name);
        path = &path[1..];
    }
    let name = path.first()?;
    let source = crate_.get(&at)?;
    match source.uses.get(name) {
        Some((behind, of, _)) => {
            let whole: Vec<String> = behind.iter().chain(&path[1..]).cloned().collect();
            file_of(&whole, of, crate_, depth + 1)
        }
        None => Some(source.file.clone()),
    }
}
