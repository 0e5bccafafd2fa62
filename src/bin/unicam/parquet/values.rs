//! The values of a column, row by row; one that is not there is `None`.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, ByteArrayType, DataType};
use unicam::Error;

use super::guard::guarded;
use super::refusal::{AGAIN, unreadable};

/// Pictures that are asked for at once; they are parts of a page, which is in memory whole.
const AT_ONCE: usize = 16;

/// A row's label as it is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Label {
    /// A number or, as 0 and 1, a truth value.
    Number(f64),
    /// A name.
    Text(String),
}

/// The labels of a row group; `highest` is the column's highest definition level.
///
/// # Errors
/// [`Error::UnreadableParquet`] if the column is damaged or no text.
pub fn labels(reader: ColumnReader, highest: i16, rows: usize) -> Result<Vec<Option<Label>>, Error> {
    match reader {
        ColumnReader::BoolColumnReader(reader) => numbers(reader, highest, rows, |value| f64::from(u8::from(value))),
        ColumnReader::Int32ColumnReader(reader) => numbers(reader, highest, rows, f64::from),
        ColumnReader::Int64ColumnReader(reader) => numbers(reader, highest, rows, |value| value as f64),
        ColumnReader::FloatColumnReader(reader) => numbers(reader, highest, rows, f64::from),
        ColumnReader::DoubleColumnReader(reader) => numbers(reader, highest, rows, |value| value),
        ColumnReader::ByteArrayColumnReader(mut reader) => {
            let text = |value: ByteArray| Label::Text(String::from_utf8_lossy(value.data()).into_owned());
            Ok(some(&mut reader, highest, rows)?.into_iter().map(|value| value.map(text)).collect())
        }
        _ => Err(unreadable("its labels are neither numbers nor text", AGAIN)),
    }
}

fn numbers<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    highest: i16,
    rows: usize,
    number: impl Fn(T::T) -> f64,
) -> Result<Vec<Option<Label>>, Error> {
    let values = some(&mut reader, highest, rows)?;
    Ok(values.into_iter().map(|value| value.map(|value| Label::Number(number(value)))).collect())
}

/// The next `rows` values; a column that ends before is an error.
fn some<T: DataType>(reader: &mut ColumnReaderImpl<T>, highest: i16, rows: usize) -> Result<Vec<Option<T::T>>, Error> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let (records, ..) = guarded(|| reader.read_records(rows, Some(&mut levels), None, &mut values))?;
    if records < rows {
        return Err(unreadable("a column ends before its last row", AGAIN));
    }
    if highest == 0 {
        return Ok(values.into_iter().map(Some).collect());
    }
    // A value is there where the level is the column's highest.
    let mut values = values.into_iter();
    Ok(levels.into_iter().map(|level| if level == highest { values.next() } else { None }).collect())
}

/// The pictures of a row group, one after the other.
pub struct Pictures {
    reader: ColumnReaderImpl<ByteArrayType>,
    highest: i16,
    rows: usize,
    read: std::vec::IntoIter<Option<ByteArray>>,
}

impl Pictures {
    /// The pictures of a column of bytes with so many rows; `highest` is its highest definition level.
    ///
    /// # Errors
    /// [`Error::UnreadableParquet`] if it holds something else.
    pub fn new(reader: ColumnReader, highest: i16, rows: usize) -> Result<Self, Error> {
        let ColumnReader::ByteArrayColumnReader(reader) = reader else {
            return Err(unreadable("its pictures are no bytes", AGAIN));
        };
        Ok(Self { reader, highest, rows, read: Vec::new().into_iter() })
    }

    /// The next row's picture, if it has one.
    ///
    /// # Errors
    /// [`Error::UnreadableParquet`] if the column is damaged or ends before.
    pub fn next(&mut self) -> Result<Option<ByteArray>, Error> {
        if self.read.len() == 0 {
            let count = AT_ONCE.min(self.rows);
            self.rows -= count;
            self.read = some(&mut self.reader, self.highest, count)?.into_iter();
        }
        Ok(self.read.next().flatten())
    }
}
