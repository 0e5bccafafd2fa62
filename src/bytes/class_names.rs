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
/// Most times that the pickle in a zip may be larger than the whole zip, and how large it may always be.
const MAX_PICKLE_RATIO: u64 = 4;
const FREE_PICKLE_BYTES: u64 = 1 << 20;
/// Most lists that are looked at, and most bytes of all names in one: a pickle may refer to one text or list many times.
const MAX_LISTS: usize = 64;
const MAX_NAME_BYTES: usize = 4 << 20;
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

/// What is wrong with the pickle of a PyTorch file that is a zip, if it unpacks to much more than the whole file: PyTorch
/// packs nothing, and what packs so well is made to fill the memory of a reader.
pub(crate) fn oversized_pickle(bytes: &[u8]) -> Option<String> {
    if !bytes.starts_with(b"PK") {
        return None;
    }
    let zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let metadata = zip.metadata();
    let most = (bytes.len() as u64).saturating_mul(MAX_PICKLE_RATIO).max(FREE_PICKLE_BYTES);
    let mut pickles = (0..zip.len()).filter_map(|index| metadata.entry(index).ok());
    let found = pickles.find(|entry| entry.name_raw().ends_with(b"data.pkl") && entry.size() > most)?;
    Some(format!("damaged: its pickle says that it has {} bytes, over {most}", found.size()))
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
    let mut found = tree.values_of(&KEYS);
    found.sort_unstable();
    found.dedup();
    let lists = found.into_iter().take(MAX_LISTS).filter_map(|id| list_of(tree, id));
    lists.filter(|names| names.len() > 1).collect()
}

/// The text of every node; nothing where one has none, or all of them together are too long.
fn texts(tree: &Tree, ids: impl Iterator<Item = Id>) -> Option<Vec<String>> {
    let mut bytes = 0;
    let text = |id| {
        let text = tree.text(id)?;
        bytes += text.len() + size_of::<String>();
        (bytes <= MAX_NAME_BYTES).then(|| text.to_owned())
    };
    ids.map(text).collect()
}

/// A list of texts, or a table between numbers and texts.
fn list_of(tree: &Tree, id: Id) -> Option<Vec<String>> {
    match tree.node(id) {
        Node::List(items) => texts(tree, items.iter().copied()),
        Node::Dict(entries) => {
            let number = |id: Id| tree.integer(id).or_else(|| tree.text(id)?.parse().ok());
            let pair = |&(key, value): &(Id, Id)| match (tree.integer(value), number(key)) {
                (Some(place), _) => Some((place, key)),
                (None, Some(place)) => Some((place, value)),
                (None, None) => None,
            };
            let (places, names): (Vec<i64>, Vec<Id>) =
                entries.iter().map(pair).collect::<Option<Vec<_>>>()?.into_iter().unzip();
            in_places(places.into_iter().zip(texts(tree, names.into_iter())?).collect())
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
        // One text of a kilobyte, 9,000 times.
        let text = [&b"X"[..], &1000u32.to_le_bytes(), &[b'a'; 1000], b"q\x000"].concat();
        let long = [&b"\x80\x02}X\x07\x00\x00\x00classes"[..], &text, b"](", &b"h\0".repeat(9000), b"es."].concat();
        assert_eq!(names_in_checkpoint(&long), [[""; 0]; 0]);
        // A count is no list.
        assert_eq!(names_in_checkpoint(b"\x80\x02}X\x07\x00\x00\x00classesK\x03s."), [[""; 0]; 0]);
        let of = |key: &str, text: &str| names_in_metadata(&BTreeMap::from([(key.to_owned(), text.to_owned())]));
        assert_eq!(of("classes", r#"["x","y"]"#), [["x", "y"]]);
        assert_eq!(of("config", r#"{"id2label":{"1":"b","0":"a"}}"#), [["a", "b"]]);
        assert_eq!(of("config", r#"{"label2id":{"b":1,"a":2}}"#), [[""; 0]; 0]);
        assert_eq!(of("format", "pt"), [[""; 0]; 0]);
    }
}
