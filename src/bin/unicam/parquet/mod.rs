//! Labelled pictures of a Parquet file, as the Hugging Face hub keeps them.
//!
//! Each picture is handed over under `file.parquet/part/class/row`, the path that it would have in an archive of folders,
//! so that the collector treats both alike. A row group's labels are read first, then its pictures page by page: of the
//! pictures one page at a time is in memory. What the file promises is compared with the limits of an archive.

mod columns;
mod guard;
mod refusal;
mod values;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::file::reader::{FileReader, SerializedFileReader};
use unicam::Error;
use unicam::bytes::archive::{MAX_ENTRIES, MAX_ENTRY_BYTES, MAX_TOTAL_BYTES, is_archive};

use columns::Columns;
use guard::guarded;
use refusal::{AGAIN, unreadable};
use values::{Label, Pictures};

/// First and last bytes of such a file.
const MAGIC: &[u8; 4] = b"PAR1";
/// Words of a file's name that say which part of a data set it is, as `train-00000-of-00002.parquet` does.
const PARTS: [&str; 4] = ["train", "test", "val", "validation"];
const SPLIT: &str = "Split it into several files";
const LEAVE: &str = "Leave the row out, or mend it";

/// Whether the file begins like Parquet, whatever its name.
pub fn is_parquet(place: &Path) -> bool {
    let mut head = [0; MAGIC.len()];
    File::open(place).and_then(|mut file| file.read_exact(&mut head)).is_ok_and(|()| &head == MAGIC)
}

/// Gives every picture of the file at `place` to `take`, with a path that begins with `name`; a row that cannot be used
/// comes as an error of its own, and so does what ends the reading.
///
/// # Errors
/// Those of `take`.
pub fn each_picture<E>(
    place: &Path,
    name: &str,
    mut take: impl FnMut(&str, Result<&[u8], Error>) -> Result<(), E>,
) -> Result<(), E> {
    match open(place) {
        Ok((reader, columns)) => read(&reader, &columns, name, take),
        Err(error) => take(name, Err(error)),
    }
}

fn open(place: &Path) -> Result<(SerializedFileReader<File>, Columns), Error> {
    let unreachable = |error: std::io::Error| Error::UnreachableFile { reason: error.to_string() };
    let mut file = File::open(place).map_err(unreachable)?;
    let mut tail = [0; MAGIC.len()];
    file.seek(SeekFrom::End(-(MAGIC.len() as i64))).and_then(|_| file.read_exact(&mut tail)).map_err(unreachable)?;
    if &tail != MAGIC {
        return Err(unreadable("its end is missing", AGAIN));
    }
    let reader = guarded(|| SerializedFileReader::new(file))?;
    let columns = Columns::find(reader.metadata())?;
    let groups = reader.metadata().row_groups();
    let rows: i64 = groups.iter().map(|group| group.num_rows().max(0)).fold(0, i64::saturating_add);
    if rows > MAX_ENTRIES as i64 {
        return Err(unreadable(&format!("it has {rows} rows, over {MAX_ENTRIES}"), SPLIT));
    }
    let sizes = groups.iter().map(|group| group.column(columns.picture).uncompressed_size().max(0));
    check_total(sizes.fold(0, i64::saturating_add).unsigned_abs())?;
    Ok((reader, columns))
}

fn read<E>(
    reader: &SerializedFileReader<File>,
    columns: &Columns,
    name: &str,
    mut take: impl FnMut(&str, Result<&[u8], Error>) -> Result<(), E>,
) -> Result<(), E> {
    let part = part_of(name).map_or_else(String::new, |part| format!("{part}/"));
    let (mut row, mut total) = (0, 0);
    for number in 0..reader.num_row_groups() {
        let (labels, mut pictures) = match open_group(reader, columns, number) {
            Ok(opened) => opened,
            Err(error) => return take(name, Err(error)),
        };
        for label in labels {
            let picture = match pictures.next() {
                Ok(picture) => picture,
                Err(error) => return take(name, Err(error)),
            };
            total += picture.as_ref().map_or(0, |picture| picture.len() as u64);
            if let Err(error) = check_total(total) {
                return take(name, Err(error));
            }
            match folder_of(columns, label) {
                Ok(folder) => {
                    let path = format!("{name}/{part}{folder}/{row}");
                    take(&path, checked(picture.as_ref().map(ByteArray::data)))?;
                }
                Err(error) => take(&format!("{name}/{row}"), Err(error))?,
            }
            row += 1;
        }
    }
    Ok(())
}

/// The labels of a row group, and its pictures yet to be read.
fn open_group(
    reader: &SerializedFileReader<File>,
    columns: &Columns,
    number: usize,
) -> Result<(Vec<Option<Label>>, Pictures), Error> {
    let group = guarded(|| reader.get_row_group(number))?;
    let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
    let column = |at: usize| -> Result<(ColumnReader, i16), Error> {
        let highest = group.metadata().schema_descr().column(at).max_def_level();
        Ok((guarded(|| group.get_column_reader(at))?, highest))
    };
    let (labels, highest) = column(columns.label)?;
    let labels = values::labels(labels, highest, rows)?;
    let (pictures, highest) = column(columns.picture)?;
    Ok((labels, Pictures::new(pictures, highest, rows)?))
}

/// The name of a row's class as that of a folder.
fn folder_of(columns: &Columns, label: Option<Label>) -> Result<String, Error> {
    let class = label.and_then(|label| columns.class_of(label));
    let class = class.ok_or_else(|| unreadable("this row has no label of a class", LEAVE))?;
    if class.starts_with('.') {
        // Such a folder would be passed over without a word.
        return Err(unreadable("the name of this row's class begins with a dot", "Name the class otherwise"));
    }
    Ok(class.replace(['/', '\\'], "-"))
}

/// The bytes of a picture, unless there are none, they are too many or would be opened as an archive.
fn checked(bytes: Option<&[u8]>) -> Result<&[u8], Error> {
    let bytes = bytes.ok_or_else(|| unreadable("this row has no picture's bytes", LEAVE))?;
    if bytes.len() as u64 > MAX_ENTRY_BYTES {
        return Err(unreadable(&format!("this row holds more than {} MiB", MAX_ENTRY_BYTES >> 20), LEAVE));
    }
    if is_archive(bytes) {
        return Err(unreadable("this row holds an archive", "Unpack that first"));
    }
    Ok(bytes)
}

fn check_total(bytes: u64) -> Result<(), Error> {
    if bytes > MAX_TOTAL_BYTES {
        return Err(unreadable(&format!("its pictures take more than {} MiB", MAX_TOTAL_BYTES >> 20), SPLIT));
    }
    Ok(())
}

/// The part that the file's own name tells, as it is spelled there.
fn part_of(name: &str) -> Option<&str> {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.split(['-', '_', '.']).find(|word| PARTS.iter().any(|part| part.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_stands_in_the_name_of_the_file() {
        for (name, part) in [
            ("p/train-00000-of-00002.parquet", Some("train")),
            ("cifar10_Test.parquet", Some("Test")),
            ("train/pets.parquet", None),
            ("trains-of-europe.parquet", None),
            ("validation.parquet", Some("validation")),
        ] {
            assert_eq!(part_of(name), part, "{name}");
        }
    }
}
