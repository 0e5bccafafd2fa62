//! NumPy's array files, `.npy`, of numbers that pictures and labels are kept in.
//!
//! Format versions 1 to 3 (NumPy Enhancement Proposal 1): a magic, the length of a header, the header as a Python
//! dictionary, the values. A library for it would bring a grammar compiler, for these lines.

use crate::error::{Error, Result};

/// First bytes of every such file.
const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// An array in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Array {
    /// Extents, outermost first.
    pub shape: Vec<usize>,
    /// As many numbers as the product of the extents.
    pub values: Values,
}

/// Numbers of an array.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Values {
    /// Eight bits each, without a sign.
    Bytes(Vec<u8>),
    /// Every other kind.
    Numbers(Vec<f32>),
}

/// The values begin at a multiple of this.
const ALIGNMENT: usize = 64;

/// An array of single-precision numbers in row-major order as the bytes of an `.npy` file, version 1.0.
///
/// # Panics
/// If `values` are not as many as the product of `shape`, or `shape` has so many axes that a header cannot hold them.
#[must_use]
pub(crate) fn encode(shape: &[usize], values: &[f32]) -> Vec<u8> {
    let data = values.iter().flat_map(|value| value.to_le_bytes());
    encode_as("<f4", shape, values.len(), data)
}

/// As [`encode`], of eight bits each.
#[must_use]
pub(crate) fn encode_bytes(shape: &[usize], values: &[u8]) -> Vec<u8> {
    encode_as("|u1", shape, values.len(), values.iter().copied())
}

fn encode_as(kind: &str, shape: &[usize], count: usize, data: impl Iterator<Item = u8>) -> Vec<u8> {
    assert_eq!(count, shape.iter().product::<usize>(), "the array must have its declared shape");
    let extents: String = shape.iter().map(|extent| format!("{extent}, ")).collect();
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({}), }}", extents.trim_end());
    let begun = MAGIC.len() + 4;
    let total = (begun + header.len() + 1).next_multiple_of(ALIGNMENT);
    header.push_str(&" ".repeat(total - begun - header.len() - 1));
    header.push('\n');
    let length = u16::try_from(header.len()).expect("a handful of axes");
    let start = [&MAGIC[..], &[1, 0], &length.to_le_bytes(), header.as_bytes()].concat();
    start.into_iter().chain(data).collect()
}

/// Whether `bytes` begin like an array file.
pub(crate) fn is_array(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

impl Array {
    /// Reads an array file.
    ///
    /// # Errors
    /// [`Error::CorruptImage`] if the header is damaged, the numbers are of a kind that is not read, or end early.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let (header, data) = header_of(bytes).ok_or_else(|| corrupt("its header is damaged".to_owned()))?;
        let kind = field(header, "descr").ok_or_else(|| corrupt("its header names no kind of numbers".to_owned()))?;
        let is_fortran = field(header, "fortran_order").is_some_and(|value| value.starts_with("True"));
        let shape = shape_of(header).ok_or_else(|| corrupt("its header names no shape".to_owned()))?;
        if is_fortran && shape.len() > 1 {
            return Err(corrupt("it is stored column by column: save it with numpy.ascontiguousarray".to_owned()));
        }
        let kind = kind.trim_matches(['\'', '"']);
        let count = shape.iter().try_fold(1usize, |n, &extent| n.checked_mul(extent));
        let width = kind.get(2..).and_then(|width| width.parse::<usize>().ok()).unwrap_or(0);
        let needed = count.and_then(|count| count.checked_mul(width));
        let data = needed
            .and_then(|needed| data.get(..needed))
            .ok_or_else(|| corrupt("it ends before its numbers do".to_owned()))?;
        let values =
            values_of(kind, data).ok_or_else(|| corrupt(format!("numbers of the kind {kind} are not read")))?;
        Ok(Self { shape, values })
    }

    /// The numbers as classes: whole ones from 0, one a row, or the largest of each row of a one-hot table.
    pub fn labels(&self) -> Option<Vec<usize>> {
        let numbers = self.numbers();
        let whole =
            |number: &f32| (number.fract() == 0.0 && (0.0..65_536.0).contains(number)).then_some(*number as usize);
        match self.shape.as_slice() {
            [_] | [_, 1] => numbers.iter().map(whole).collect(),
            [_, classes] if *classes > 0 => Some(numbers.chunks_exact(*classes).map(largest).collect()),
            _ => None,
        }
    }

    /// The numbers as eight bits: as they are, or of 0 to 1 or of -1 to 1 stretched to 0 to 255.
    pub fn into_eight_bits(self) -> Vec<u8> {
        match self.values {
            Values::Bytes(bytes) => bytes,
            Values::Numbers(numbers) => {
                let (mut lowest, mut highest) = (f32::INFINITY, f32::NEG_INFINITY);
                for &number in &numbers {
                    (lowest, highest) = (lowest.min(number), highest.max(number));
                }
                let (scale, offset) = match (lowest < 0.0, highest <= 1.0) {
                    (true, _) => (127.5, 127.5),
                    (false, true) => (255.0, 0.0),
                    (false, false) => (1.0, 0.0),
                };
                numbers.iter().map(|number| (number * scale + offset).round().clamp(0.0, 255.0) as u8).collect()
            }
        }
    }

    /// The extents in words, e.g. `4 x 32 x 32 x 3`.
    pub fn extents(&self) -> String {
        self.shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ")
    }

    fn numbers(&self) -> Vec<f32> {
        match &self.values {
            Values::Bytes(bytes) => bytes.iter().map(|&byte| f32::from(byte)).collect(),
            Values::Numbers(numbers) => numbers.clone(),
        }
    }
}

/// Place of the largest number of a row, the first of several.
fn largest(row: &[f32]) -> usize {
    (0..row.len()).fold(0, |best, at| if row[at] > row[best] { at } else { best })
}

/// Header and data.
fn header_of(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (version, rest) = rest.split_first_chunk::<2>()?;
    let (length, rest) = if version[0] == 1 {
        let (length, rest) = rest.split_first_chunk::<2>()?;
        (usize::from(u16::from_le_bytes(*length)), rest)
    } else {
        let (length, rest) = rest.split_first_chunk::<4>()?;
        (usize::try_from(u32::from_le_bytes(*length)).ok()?, rest)
    };
    let (header, data) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(header).ok()?, data))
}

/// The text behind a key of the header's dictionary.
fn field<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(&format!("'{key}':"))?;
    let rest = rest.trim_start();
    Some(rest.split([',', '}']).next()?.trim())
}

fn shape_of(header: &str) -> Option<Vec<usize>> {
    let (_, rest) = header.split_once("'shape':")?;
    let inner = rest.trim_start().strip_prefix('(')?.split(')').next()?;
    inner.split(',').map(str::trim).filter(|extent| !extent.is_empty()).map(|extent| extent.parse().ok()).collect()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // Pictures and labels are small numbers.
fn values_of(kind: &str, data: &[u8]) -> Option<Values> {
    fn all<const N: usize>(data: &[u8], convert: impl Fn([u8; N]) -> f32) -> Values {
        Values::Numbers(data.chunks_exact(N).map(|chunk| convert(chunk.try_into().expect("of this length"))).collect())
    }
    Some(match kind {
        "|u1" | "<u1" | "|b1" => Values::Bytes(data.to_vec()),
        "|i1" | "<i1" => all::<1>(data, |b| f32::from(i8::from_le_bytes(b))),
        "<u2" => all::<2>(data, |b| f32::from(u16::from_le_bytes(b))),
        "<i2" => all::<2>(data, |b| f32::from(i16::from_le_bytes(b))),
        "<u4" => all::<4>(data, |b| u32::from_le_bytes(b) as f32),
        "<i4" => all::<4>(data, |b| i32::from_le_bytes(b) as f32),
        "<u8" => all::<8>(data, |b| u64::from_le_bytes(b) as f32),
        "<i8" => all::<8>(data, |b| i64::from_le_bytes(b) as f32),
        "<f4" => all::<4>(data, f32::from_le_bytes),
        "<f8" => all::<8>(data, |b| f64::from_le_bytes(b) as f32),
        "<f2" => all::<2>(data, |b| half::f16::from_le_bytes(b).to_f32()),
        _ => return None,
    })
}

fn corrupt(reason: String) -> Error {
    Error::CorruptImage { format: "NumPy".to_owned(), reason }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An array file as `numpy.save` writes it.
    pub(crate) fn npy(kind: &str, shape: &[usize], data: &[u8]) -> Vec<u8> {
        let extents: String = shape.iter().map(|extent| format!("{extent}, ")).collect();
        let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({}), }}", extents.trim_end());
        let padded = format!("{header:<117}\n");
        [&MAGIC[..], b"\x01\x00", &(padded.len() as u16).to_le_bytes(), padded.as_bytes(), data].concat()
    }

    #[test]
    fn what_is_written_is_numpys_and_comes_back() {
        // As `numpy.save` writes it for an array of this shape.
        let bytes = encode(&[2, 3], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00\x76\x00");
        let header = std::str::from_utf8(&bytes[10..128]).expect("ASCII");
        assert!(header.starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }"), "{header}");
        assert!(header.ends_with(" \n"));
        assert_eq!(bytes.len(), 128 + 24);
        assert_eq!(&bytes[132..136], &1.0f32.to_le_bytes());
        let back = Array::read(&bytes).expect("its own");
        assert_eq!(back, Array { shape: vec![2, 3], values: Values::Numbers(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]) });
        let back = Array::read(&encode_bytes(&[1, 2], &[7, 255])).expect("its own");
        assert_eq!(back, Array { shape: vec![1, 2], values: Values::Bytes(vec![7, 255]) });
    }

    #[test]
    fn arrays_are_read_as_numpy_writes_them() {
        let array = Array::read(&npy("|u1", &[2, 3], &[1, 2, 3, 4, 5, 6])).unwrap();
        assert_eq!((array.shape.as_slice(), array.extents().as_str()), (&[2, 3][..], "2 x 3"));
        assert_eq!(array.clone().into_eight_bits(), [1, 2, 3, 4, 5, 6]);
        assert_eq!(array.labels(), Some(vec![2, 2]), "the largest of each row");
        let labels: Vec<u8> = [3i64, 0, 7].iter().flat_map(|label| label.to_le_bytes()).collect();
        assert_eq!(Array::read(&npy("<i8", &[3], &labels)).unwrap().labels(), Some(vec![3, 0, 7]));
        let floats = |values: &[f32]| -> Vec<u8> {
            let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            Array::read(&npy("<f4", &[values.len()], &data)).unwrap().into_eight_bits()
        };
        assert_eq!(floats(&[0.0, 0.5, 1.0]), [0, 128, 255]);
        assert_eq!(floats(&[-1.0, 0.0, 1.0]), [0, 128, 255]);
        assert_eq!(floats(&[0.0, 12.4, 255.0]), [0, 12, 255]);
    }

    #[test]
    fn damaged_arrays_are_errors() {
        let whole = npy("|u1", &[2, 3], &[1, 2, 3, 4, 5, 6]);
        for length in 0..whole.len() {
            assert!(Array::read(&whole[..length]).is_err(), "{length}");
        }
        for (kind, named) in [("|O", "are not read"), ("<c8", "are not read")] {
            let error = Array::read(&npy(kind, &[1], &[0; 8])).unwrap_err();
            assert!(error.to_string().contains(named) || error.to_string().contains("ends before"), "{error}");
        }
        assert!(Array::read(&npy("<f8", &[usize::MAX, 9], &[0; 8])).is_err());
        assert_eq!(Array::read(&npy("|u1", &[12, 0], &[])).unwrap().labels(), None, "a table without columns");
    }
}
