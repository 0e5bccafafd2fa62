//! Which columns hold the pictures and their labels, and what the labels are called.

use parquet::basic::{Compression, Type};
use parquet::file::metadata::ParquetMetaData;
use serde::Deserialize;
use serde_json::{Map, Value};
use unicam::Error;

use super::refusal::{AGAIN, unreadable};
use super::values::Label;

/// Names of columns that other writers than the hub's library give to pictures and labels, the likeliest first.
const PICTURES: [&str; 7] = ["image", "img", "picture", "photo", "bytes", "image_bytes", "data"];
const LABELS: [&str; 8] = ["label", "labels", "class", "class_name", "target", "category", "fine_label", "y"];
/// Where the hub's library describes the columns.
const DESCRIPTION: &str = "huggingface";
const ADVICE: &str =
    "Give a file with a column \"image\" of encoded pictures (JPEG, PNG, WebP, BMP, GIF) and a column \"label\"";

/// The two columns of a file that are read.
#[derive(Debug, PartialEq, Eq)]
pub struct Columns {
    /// Number of the column of the pictures' bytes.
    pub picture: usize,
    /// Number of the column of the labels.
    pub label: usize,
    /// Names of the classes in the order of their labels; without, a label is its class's name.
    class_names: Option<Vec<String>>,
}

/// What the hub's library writes beside the schema.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Description {
    info: Info,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Info {
    features: Map<String, Value>,
}

impl Columns {
    /// The first Image and the first ClassLabel that the hub's library describes; of another writer's file, the columns with
    /// usual names.
    ///
    /// # Errors
    /// [`Error::UnreadableParquet`] if there are none, or a column is compressed in a way that is not read.
    pub fn find(metadata: &ParquetMetaData) -> Result<Self, Error> {
        let schema = metadata.file_metadata().schema_descr();
        let fields: Vec<&str> = schema.root_schema().get_fields().iter().map(|field| field.name()).collect();
        let features = features(metadata)?;
        let described = |kind: &str| {
            let is_kind = |field: &&&str| features.get(**field).is_some_and(|feature| feature["_type"] == kind);
            fields.iter().find(is_kind).copied()
        };
        let usual = |names: &[&str]| {
            names.iter().find_map(|name| fields.iter().find(|field| field.eq_ignore_ascii_case(name)).copied())
        };
        let (picture, label, class_names) = match (described("Image"), described("ClassLabel")) {
            (Some(picture), Some(label)) => (picture, label, Some(class_names(&features[label])?)),
            _ => match (usual(&PICTURES), usual(&LABELS)) {
                (Some(picture), Some(label)) => (picture, label, None),
                _ => return Err(unreadable("it has no columns of pictures and of labels", ADVICE)),
            },
        };
        // A picture is a structure of `bytes` and `path`, or its bytes alone.
        let number_of = |paths: &[&[&str]], fits: fn(Type) -> bool| {
            schema.columns().iter().position(|column| {
                paths.contains(&column.path().parts().iter().map(String::as_str).collect::<Vec<_>>().as_slice())
                    && column.max_rep_level() == 0
                    && fits(column.physical_type())
            })
        };
        let is_bytes = |kind| kind == Type::BYTE_ARRAY;
        let picture = number_of(&[&[picture, "bytes"], &[picture]], is_bytes)
            .ok_or_else(|| unreadable(&format!("its column \"{picture}\" holds no encoded pictures"), ADVICE))?;
        let is_label = |kind| !matches!(kind, Type::INT96 | Type::FIXED_LEN_BYTE_ARRAY);
        let label = number_of(&[&[label]], is_label)
            .ok_or_else(|| unreadable(&format!("its column \"{label}\" holds no labels"), ADVICE))?;
        let columns = Self { picture, label, class_names };
        columns.check_compression(metadata)?;
        Ok(columns)
    }

    /// The name of a label's class; none of one that stands for no class, as -1 does.
    pub fn class_of(&self, label: Label) -> Option<String> {
        let Some(names) = &self.class_names else {
            return Some(match label {
                Label::Number(number) => number.to_string(),
                Label::Text(text) => text,
            });
        };
        match label {
            Label::Number(number) => names.iter().enumerate().find(|(index, _)| *index as f64 == number),
            Label::Text(text) => names.iter().enumerate().find(|(_, name)| **name == text),
        }
        .map(|(_, name)| name.clone())
    }

    fn check_compression(&self, metadata: &ParquetMetaData) -> Result<(), Error> {
        let used = metadata
            .row_groups()
            .iter()
            .flat_map(|group| [self.picture, self.label].into_iter().map(|column| group.column(column).compression()));
        for compression in used {
            if !matches!(compression, Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_)) {
                let written = compression.to_string();
                let name = written.split('(').next().unwrap_or(&written);
                let advice = "Write it again with snappy, gzip or no compression";
                return Err(unreadable(&format!("it is compressed with {name}, which is not read here"), advice));
            }
        }
        Ok(())
    }
}

fn features(metadata: &ParquetMetaData) -> Result<Map<String, Value>, Error> {
    let entries = metadata.file_metadata().key_value_metadata();
    let written = entries.and_then(|entries| entries.iter().find(|entry| entry.key == DESCRIPTION)?.value.as_deref());
    let Some(written) = written else { return Ok(Map::new()) };
    let description: Description = serde_json::from_str(written)
        .map_err(|error| unreadable(&format!("what it says of its columns is damaged ({error})"), AGAIN))?;
    Ok(description.info.features)
}

fn class_names(feature: &Value) -> Result<Vec<String>, Error> {
    let names: Vec<String> = serde_json::from_value(feature["names"].clone()).unwrap_or_default();
    if names.len() < 2 {
        return Err(unreadable("it names fewer than two classes", ADVICE));
    }
    Ok(names)
}
