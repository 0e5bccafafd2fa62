//! Names of classes that lie beside the weights of a checkpoint, in the order of the network's outputs.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use ::zip::ZipArchive;
use serde_json::Value;

use super::pickle::{Id, Node, Tree};

/// What training scripts call such a list, or a table from names to numbers or back.
const KEYS: [&str; 16] = [
    "class_names",
    "classnames",
    "classes",
    "class_to_idx",
    "idx_to_class",
    "idx2class",
    "class2idx",
    "id2label",
    "label2id",
    "label_names",
    "label_map",
    "labels",
    "categories",
    "names",
    "idx_to_label",
    "CLASSES",
];
/// Most bytes of the pickle in a checkpoint.
const MAX_PICKLE_BYTES: u64 = 64 << 20;
/// Most pickles of a checkpoint of the legacy form that stand before the data.
const LEGACY_PICKLES: usize = 5;

/// The lists in a PyTorch checkpoint, those nearest to the top first.
pub(crate) fn names_in_checkpoint(bytes: &[u8]) -> Vec<Vec<String>> {
    if bytes.starts_with(b"PK") {
        return pickle_of_zip(bytes)
            .and_then(|pickle| Tree::read(&pickle))
            .map_or_else(Vec::new, |tree| lists_in(&tree));
    }
    // The legacy form is a number, a version, a system, then the object.
    let mut rest = bytes;
    let mut lists = Vec::new();
    for _ in 0..LEGACY_PICKLES {
        let Some(tree) = Tree::read(rest) else { break };
        lists.extend(lists_in(&tree));
        rest = &rest[tree.length..];
    }
    lists
}

fn pickle_of_zip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let index = (0..zip.len())
        .find(|&index| zip.name_for_index(index).and_then(Result::ok).is_some_and(|name| name.ends_with("data.pkl")))?;
    let mut pickle = Vec::new();
    zip.by_index(index).ok()?.take(MAX_PICKLE_BYTES).read_to_end(&mut pickle).ok()?;
    Some(pickle)
}

fn lists_in(tree: &Tree) -> Vec<Vec<String>> {
    tree.values_of(&KEYS).into_iter().filter_map(|id| list_of(tree, id)).filter(|names| names.len() > 1).collect()
}

/// A list of texts, or a table between numbers and texts.
fn list_of(tree: &Tree, id: Id) -> Option<Vec<String>> {
    match tree.node(id) {
        Node::List(items) => items.iter().map(|&item| tree.text(item).map(str::to_owned)).collect(),
        Node::Dict(entries) => {
            let number = |id: Id| tree.integer(id).or_else(|| tree.text(id)?.parse().ok());
            let pair = |&(key, value): &(Id, Id)| match (tree.integer(value), number(key)) {
                (Some(place), _) => Some((place, tree.text(key)?.to_owned())),
                (None, Some(place)) => Some((place, tree.text(value)?.to_owned())),
                (None, None) => None,
            };
            in_places(entries.iter().map(pair).collect::<Option<Vec<_>>>()?)
        }
        _ => None,
    }
}

/// The lists in the metadata of a safetensors file: as JSON, below any key of it.
pub(crate) fn names_in_metadata(metadata: &BTreeMap<String, String>) -> Vec<Vec<String>> {
    let mut lists = Vec::new();
    for (key, text) in metadata {
        let Ok(value) = serde_json::from_str::<Value>(text) else { continue };
        if KEYS.contains(&key.as_str()) {
            lists.extend(list_of_json(&value));
        }
        let below = value.as_object().into_iter().flatten().filter(|(key, _)| KEYS.contains(&key.as_str()));
        lists.extend(below.filter_map(|(_, value)| list_of_json(value)));
    }
    lists.retain(|names| names.len() > 1);
    lists
}

fn list_of_json(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        Value::Object(entries) => in_places(
            entries
                .iter()
                .map(|(key, value)| match (value.as_i64(), key.parse::<i64>(), value.as_str()) {
                    (Some(place), ..) => Some((place, key.clone())),
                    (None, Ok(place), Some(name)) => Some((place, name.to_owned())),
                    _ => None,
                })
                .collect::<Option<Vec<_>>>()?,
        ),
        _ => None,
    }
}

/// Names by their numbers, if these are 0 and up without a gap.
fn in_places(mut pairs: Vec<(i64, String)>) -> Option<Vec<String>> {
    pairs.sort_unstable_by_key(|(place, _)| *place);
    let fits = pairs.iter().enumerate().all(|(at, (place, _))| *place == at as i64);
    fits.then(|| pairs.into_iter().map(|(_, name)| name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_tables_of_classes_are_found() {
        // {'epoch': 3, 'class_to_idx': {'dog': 1, 'cat': 0}}, protocol 2.
        let table = b"\x80\x02}q\x00(X\x05\x00\x00\x00epochK\x03X\x0c\x00\x00\x00class_to_idx}(X\x03\x00\x00\x00dogK\x01X\x03\x00\x00\x00catK\x00uu.";
        assert_eq!(names_in_checkpoint(table), [["cat", "dog"]]);
        // {'hyper': {'classes': ('b', 'a')}}.
        let nested =
            b"\x80\x02}X\x05\x00\x00\x00hyper}X\x07\x00\x00\x00classesX\x01\x00\x00\x00bX\x01\x00\x00\x00a\x86ss.";
        assert_eq!(names_in_checkpoint(nested), [["b", "a"]]);
        // A count is no list.
        assert_eq!(names_in_checkpoint(b"\x80\x02}X\x07\x00\x00\x00classesK\x03s."), [[""; 0]; 0]);
        let of = |key: &str, text: &str| names_in_metadata(&BTreeMap::from([(key.to_owned(), text.to_owned())]));
        assert_eq!(of("classes", r#"["x","y"]"#), [["x", "y"]]);
        assert_eq!(of("config", r#"{"id2label":{"1":"b","0":"a"}}"#), [["a", "b"]]);
        assert_eq!(of("config", r#"{"label2id":{"b":1,"a":2}}"#), [[""; 0]; 0]);
        assert_eq!(of("format", "pt"), [[""; 0]; 0]);
    }
}
