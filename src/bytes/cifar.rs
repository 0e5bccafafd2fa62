//! The binary files of CIFAR-10: `data_batch_1.bin` to `data_batch_5.bin`, `test_batch.bin` and `batches.meta.txt`.
//!
//! A batch is a row of records of 3,073 bytes: the label, then 1,024 bytes each of red, green and blue, row by row.
//! Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009, and the data set's own page.

use crate::error::{Error, Result};

/// Names of the classes in label order, where no `batches.meta.txt` says otherwise.
pub const CLASS_NAMES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
/// Side of every picture, pixels.
pub const SIDE: usize = 32;
const AREA: usize = SIDE * SIDE;
const RECORD: usize = 1 + 3 * AREA;
/// Longest name of a class, characters.
const MAX_NAME: usize = 64;

/// What a file of CIFAR-10 is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CifarFile {
    /// Pictures to learn from.
    TrainBatch,
    /// Held-out pictures.
    TestBatch,
    /// Names of the classes, one a line.
    ClassNames,
}

/// Tells a file of CIFAR-10 by its name, whatever folder it lies in.
#[must_use]
pub fn file_of(path: &str) -> Option<CifarFile> {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name {
        "test_batch.bin" => Some(CifarFile::TestBatch),
        "batches.meta.txt" => Some(CifarFile::ClassNames),
        _ => {
            let number = name.strip_prefix("data_batch_")?.strip_suffix(".bin")?;
            matches!(number, "1" | "2" | "3" | "4" | "5").then_some(CifarFile::TrainBatch)
        }
    }
}

/// The records of a batch: label below ten and `[32 * 32 * 3]` RGB bytes, row by row, of each.
///
/// # Errors
/// [`Error::CorruptImage`] if the length is not a whole number of records, or a label is none of the ten.
pub fn records(bytes: &[u8]) -> Result<impl ExactSizeIterator<Item = (usize, Vec<u8>)>> {
    if bytes.is_empty() || !bytes.len().is_multiple_of(RECORD) {
        return Err(corrupt(format!("it has {} bytes, not a whole number of records of {RECORD}", bytes.len())));
    }
    if let Some((number, record)) = bytes.chunks_exact(RECORD).enumerate().find(|(_, record)| record[0] > 9) {
        return Err(corrupt(format!("record {number} has the label {}", record[0])));
    }
    Ok(bytes.chunks_exact(RECORD).map(|record| {
        let planes = &record[1..];
        let rgb = (0..AREA).flat_map(|at| [planes[at], planes[AREA + at], planes[2 * AREA + at]]).collect();
        (usize::from(record[0]), rgb)
    }))
}

/// The ten names in `batches.meta.txt`.
///
/// # Errors
/// [`Error::CorruptImage`] if there are not ten different printable lines.
pub fn class_names(bytes: &[u8]) -> Result<Vec<String>> {
    let text = std::str::from_utf8(bytes).map_err(|_| corrupt("the list of classes is not text".to_owned()))?;
    let names: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let fits = |name: &String| name.chars().count() <= MAX_NAME && !name.contains(char::is_control);
    let mut different = names.clone();
    different.sort_unstable();
    different.dedup();
    if different.len() != 10 || names.len() != 10 || !names.iter().all(fits) {
        return Err(corrupt(format!(
            "the list of classes has {} names instead of ten different ones",
            different.len()
        )));
    }
    Ok(names)
}

fn corrupt(reason: String) -> Error {
    Error::CorruptImage { format: "CIFAR-10".to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_become_pixels() {
        let mut bytes = vec![3];
        bytes.extend((0..3 * AREA).map(|at| (at / AREA * 100 + at % AREA % 90) as u8));
        bytes.extend(vec![9; RECORD]);
        let read: Vec<_> = records(&bytes).unwrap().collect();
        assert_eq!(read.iter().map(|(label, _)| *label).collect::<Vec<_>>(), [3, 9]);
        let rgb = &read[0].1;
        assert_eq!(rgb.len(), SIDE * SIDE * 3);
        // Pixel 95 stands in row 2, column 31.
        assert_eq!((&rgb[..3], &rgb[95 * 3..96 * 3]), (&[0, 100, 200][..], &[5, 105, 205][..]));
    }

    #[test]
    fn other_lengths_and_labels_are_errors() {
        for bytes in [vec![], vec![0; RECORD - 1], vec![0; 2 * 3074]] {
            assert_eq!(records(&bytes).err().unwrap().code(), "corrupt-image");
        }
        let mut bytes = vec![0; 2 * RECORD];
        bytes[RECORD] = 10;
        assert!(records(&bytes).err().unwrap().to_string().contains("record 1 has the label 10"));
    }

    #[test]
    fn names_tell_what_a_file_is() {
        use CifarFile::{ClassNames, TestBatch, TrainBatch};
        for (path, file) in [
            ("a.tar.gz/cifar-10-batches-bin/data_batch_1.bin", Some(TrainBatch)),
            ("data_batch_5.bin", Some(TrainBatch)),
            ("x/test_batch.bin", Some(TestBatch)),
            ("batches.meta.txt", Some(ClassNames)),
            ("data_batch_6.bin", None),
            ("data_batch_1", None),
            ("my_test_batch.bin", None),
        ] {
            assert_eq!(file_of(path), file, "{path}");
        }
        assert_eq!(class_names((CLASS_NAMES.join("\n") + "\n\n").as_bytes()).unwrap(), CLASS_NAMES);
        for list in ["", "cat\ndog\n", &"cat\n".repeat(10), &(CLASS_NAMES.join("\n") + "\nshoe")] {
            assert!(class_names(list.as_bytes()).is_err(), "{list}");
        }
        assert!(class_names(&[0xFF; 20]).is_err());
    }
}
