//! The files of CIFAR-10 and CIFAR-100, in their binary and in their Python version.
//!
//! A binary batch is a row of records: the label (in CIFAR-100 the coarse and the fine one), then 1,024 bytes each of red,
//! green and blue, row by row. A Python batch is a pickled dictionary of an array `data`, `[n, 3072]` in the same order,
//! and a list `labels` or `fine_labels`.
//! Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009, and the data sets' own page.

use super::pickle::{Id, Tree};
use crate::error::{Error, Result};

/// Names of CIFAR-10's classes in label order, where no list beside the batches says otherwise.
pub const CLASS_NAMES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
/// Side of every picture, pixels.
pub const SIDE: usize = 32;
const AREA: usize = SIDE * SIDE;
/// Longest name of a class, characters.
const MAX_NAME: usize = 64;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cifar {
    /// Ten classes.
    Ten,
    /// A hundred.
    Hundred,
}

impl Cifar {
    /// How many classes there are.
    #[must_use]
    pub fn classes(self) -> usize {
        match self {
            Self::Ten => 10,
            Self::Hundred => 100,
        }
    }

    /// Names of the classes where no list says otherwise.
    #[must_use]
    pub fn class_names(self) -> Vec<String> {
        match self {
            Self::Ten => CLASS_NAMES.map(str::to_owned).to_vec(),
            Self::Hundred => (0..100).map(|label| format!("class {label:02}")).collect(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ten => "CIFAR-10",
            Self::Hundred => "CIFAR-100",
        }
    }
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CifarFile {
    /// Pictures to learn from.
    TrainBatch,
    /// Held-out pictures.
    TestBatch,
    /// Names of the classes.
    ClassNames,
}

/// A picture of a batch: its label, and `[32 * 32 * 3]` RGB bytes, row by row.
pub type Record = (usize, Vec<u8>);

/// Tells a file of either data set by its name, whatever folder it lies in, and by its beginning where a pickle has to be
/// told from another file of a short name.
#[must_use]
pub fn file_of(path: &str, bytes: &[u8]) -> Option<(Cifar, CifarFile)> {
    use Cifar::{Hundred, Ten};
    use CifarFile::{ClassNames, TestBatch, TrainBatch};
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_pickle = matches!(bytes, [0x80, 2..=5, ..] | [b'(', b'd', ..]);
    let number = |rest: &str| matches!(rest, "1" | "2" | "3" | "4" | "5");
    match name {
        "test_batch.bin" => Some((Ten, TestBatch)),
        "batches.meta.txt" => Some((Ten, ClassNames)),
        "train.bin" if bytes.len().is_multiple_of(3 * AREA + 2) => Some((Hundred, TrainBatch)),
        "test.bin" if bytes.len().is_multiple_of(3 * AREA + 2) => Some((Hundred, TestBatch)),
        "fine_label_names.txt" => Some((Hundred, ClassNames)),
        "test_batch" if is_pickle => Some((Ten, TestBatch)),
        "batches.meta" if is_pickle => Some((Ten, ClassNames)),
        "train" if is_pickle => Some((Hundred, TrainBatch)),
        "test" if is_pickle => Some((Hundred, TestBatch)),
        "meta" if is_pickle => Some((Hundred, ClassNames)),
        _ => match name.strip_prefix("data_batch_")?.split_once('.') {
            Some((of, "bin")) if number(of) => Some((Ten, TrainBatch)),
            None if is_pickle && number(name.strip_prefix("data_batch_")?) => Some((Ten, TrainBatch)),
            _ => None,
        },
    }
}

/// The records of a batch of either version.
///
/// # Errors
/// [`Error::CorruptImage`] if the length is not a whole number of records, a label is none of the classes, or a pickle
/// holds no such batch.
pub fn records(of: Cifar, path: &str, bytes: &[u8]) -> Result<Vec<Record>> {
    let records = if path.ends_with(".bin") { binary(of, bytes)? } else { pickled(of, bytes)? };
    match records.iter().enumerate().find(|(_, (label, _))| *label >= of.classes()) {
        Some((number, (label, _))) => Err(corrupt(of, format!("record {number} has the label {label}"))),
        None => Ok(records),
    }
}

fn binary(of: Cifar, bytes: &[u8]) -> Result<Vec<Record>> {
    // The last label is the one of the class; CIFAR-100 has the coarse one before it.
    let labels = if of == Cifar::Ten { 1 } else { 2 };
    let record = labels + 3 * AREA;
    if bytes.is_empty() || !bytes.len().is_multiple_of(record) {
        let problem = format!("it has {} bytes, not a whole number of records of {record}", bytes.len());
        return Err(corrupt(of, problem));
    }
    let records = bytes.chunks_exact(record);
    Ok(records.map(|record| (usize::from(record[labels - 1]), interleaved(&record[labels..]))).collect())
}

fn pickled(of: Cifar, bytes: &[u8]) -> Result<Vec<Record>> {
    let found = Tree::read(bytes).and_then(|tree| {
        let root = tree.root();
        let labels = tree.entry(root, if of == Cifar::Ten { "labels" } else { "fine_labels" })?;
        let labels: Vec<usize> = whole_numbers(&tree, labels)?;
        let (shape, data) = tree.array(tree.entry(root, "data")?)?;
        (shape == [labels.len(), 3 * AREA]).then_some((labels, data))
    });
    let (labels, data) = found.ok_or_else(|| corrupt(of, "it is no pickle of pictures and their labels".to_owned()))?;
    Ok(labels.into_iter().zip(data.chunks_exact(3 * AREA).map(interleaved)).collect())
}

fn whole_numbers(tree: &Tree, id: Id) -> Option<Vec<usize>> {
    tree.items(id)?.iter().map(|&item| usize::try_from(tree.integer(item)?).ok()).collect()
}

fn interleaved(planes: &[u8]) -> Vec<u8> {
    (0..AREA).flat_map(|at| [planes[at], planes[AREA + at], planes[2 * AREA + at]]).collect()
}

/// The names in a list beside the batches.
///
/// # Errors
/// [`Error::CorruptImage`] if there are not as many different printable ones as classes.
pub fn class_names(of: Cifar, bytes: &[u8]) -> Result<Vec<String>> {
    let key = if of == Cifar::Ten { "label_names" } else { "fine_label_names" };
    let pickled = || {
        let tree = Tree::read(bytes)?;
        let list = tree.items(tree.entry(tree.root(), key)?)?;
        // As many and as long as they may be, before any is copied: a pickle may refer to one text many times.
        let text = |&item: &Id| tree.text(item).filter(|text| text.len() <= 4 * MAX_NAME).map(str::to_owned);
        if list.len() == of.classes() { list.iter().map(text).collect::<Option<Vec<String>>>() } else { None }
    };
    let names = match std::str::from_utf8(bytes) {
        Ok(text) if !text.starts_with("(d") => {
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
        }
        _ => pickled().ok_or_else(|| corrupt(of, "the list of classes is not text".to_owned()))?,
    };
    let fits = |name: &String| name.chars().count() <= MAX_NAME && !name.contains(char::is_control);
    let mut different = names.clone();
    different.sort_unstable();
    different.dedup();
    if different.len() != of.classes() || names.len() != of.classes() || !names.iter().all(fits) {
        let wanted = of.classes();
        let problem = format!("the list of classes has {} names instead of {wanted} different ones", different.len());
        return Err(corrupt(of, problem));
    }
    Ok(names)
}

fn corrupt(of: Cifar, reason: String) -> Error {
    Error::CorruptImage { format: of.name().to_owned(), reason }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A Python batch as NumPy pickles it with protocol 2 in Python 3: the bytes as Latin-1 text for older readers.
    pub(crate) fn python_batch(labels_key: &str, labels: &[u8], data: &[u8]) -> Vec<u8> {
        let text = |text: &[u8]| [&b"X"[..], &(text.len() as u32).to_le_bytes(), text].concat();
        let key = |key: &str| [&b"C"[..], &[key.len() as u8], key.as_bytes()].concat();
        let latin: String = data.iter().map(|&byte| char::from(byte)).collect();
        let mut bytes = b"\x80\x02}(".to_vec();
        bytes.extend(key(labels_key));
        bytes.extend(b"](");
        labels.iter().for_each(|&label| bytes.extend([b'K', label]));
        bytes.push(b'e');
        bytes.extend(key("data"));
        bytes.extend(b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85C\x01b\x87R(K\x01");
        bytes.extend([b"J".as_slice(), &(labels.len() as u32).to_le_bytes(), b"M\x00\x0c\x86"].concat());
        bytes.extend(b"cnumpy\ndtype\nX\x02\0\0\0u1K\0K\x01\x87R(K\x03X\x01\0\0\0|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89");
        bytes.extend(b"c_codecs\nencode\n");
        bytes.extend(text(latin.as_bytes()));
        bytes.extend(b"X\x06\0\0\0latin1\x86Rtbu.");
        bytes
    }

    fn planes(n: usize) -> Vec<u8> {
        (0..n * 3 * AREA).map(|at| (at / AREA * 100 + at % AREA % 90) as u8).collect()
    }

    #[test]
    fn planes_become_pixels_in_every_version() {
        let data = planes(2);
        let rows = |labels: &[&[u8]]| [labels[0], &data[..3 * AREA], labels[1], &data[3 * AREA..]].concat();
        for (of, path, bytes) in [
            (Cifar::Ten, "data_batch_1.bin", rows(&[&[3], &[9]])),
            (Cifar::Hundred, "train.bin", rows(&[&[0, 3], &[19, 9]])),
            (Cifar::Ten, "data_batch_1", python_batch("labels", &[3, 9], &data)),
            (Cifar::Hundred, "train", python_batch("fine_labels", &[3, 9], &data)),
        ] {
            assert_eq!(file_of(path, &bytes), Some((of, CifarFile::TrainBatch)), "{path}");
            let read = records(of, path, &bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert_eq!(read.iter().map(|(label, _)| *label).collect::<Vec<_>>(), [3, 9], "{path}");
            let rgb = &read[0].1;
            assert_eq!(rgb.len(), SIDE * SIDE * 3);
            // Pixel 95 stands in row 2, column 31.
            assert_eq!((&rgb[..3], &rgb[95 * 3..96 * 3]), (&[0, 100, 200][..], &[5, 105, 205][..]), "{path}");
        }
    }

    #[test]
    fn other_lengths_and_labels_are_errors() {
        let of = |bytes: &[u8]| records(Cifar::Ten, "test_batch.bin", bytes);
        for bytes in [vec![], vec![0; 3072], vec![0; 2 * 3074]] {
            assert_eq!(of(&bytes).err().unwrap().code(), "corrupt-image");
        }
        let mut bytes = vec![0; 2 * 3073];
        bytes[3073] = 10;
        assert!(of(&bytes).err().unwrap().to_string().contains("record 1 has the label 10"));
        let short = python_batch("labels", &[1, 2], &planes(1));
        assert_eq!(records(Cifar::Ten, "test_batch", &short).err().unwrap().code(), "corrupt-image");
    }

    #[test]
    fn names_tell_what_a_file_is() {
        use CifarFile::{ClassNames, TestBatch, TrainBatch};
        let ten = |file| Some((Cifar::Ten, file));
        for (path, file) in [
            ("a.tar.gz/cifar-10-batches-bin/data_batch_1.bin", ten(TrainBatch)),
            ("data_batch_5.bin", ten(TrainBatch)),
            ("x/test_batch.bin", ten(TestBatch)),
            ("batches.meta.txt", ten(ClassNames)),
            ("fine_label_names.txt", Some((Cifar::Hundred, ClassNames))),
            ("data_batch_6.bin", None),
            ("data_batch_1", None),
            ("my_test_batch.bin", None),
            ("train.bin", None),
        ] {
            assert_eq!(file_of(path, b"abc"), file, "{path}");
        }
        assert_eq!(file_of("x/data_batch_1", b"\x80\x02}"), ten(TrainBatch));
        assert_eq!(file_of("x/meta", b"\x80\x02}"), Some((Cifar::Hundred, ClassNames)));
        let names = |bytes: &[u8]| class_names(Cifar::Ten, bytes);
        assert_eq!(names((CLASS_NAMES.join("\n") + "\n\n").as_bytes()).unwrap(), CLASS_NAMES);
        let listed: Vec<u8> =
            CLASS_NAMES.iter().flat_map(|name| [&b"C"[..], &[name.len() as u8], name.as_bytes()].concat()).collect();
        let meta = [b"\x80\x03}C\x0blabel_names](", listed.as_slice(), b"es."].concat();
        assert_eq!(names(&meta).unwrap(), CLASS_NAMES);
        for list in ["", "cat\ndog\n", &"cat\n".repeat(10), &(CLASS_NAMES.join("\n") + "\nshoe")] {
            assert!(names(list.as_bytes()).is_err(), "{list}");
        }
        assert!(names(&[0xFF; 20]).is_err());
    }
}
