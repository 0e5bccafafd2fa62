//! Why a Parquet file, or a row of it, is not read.

use parquet::errors::ParquetError;
use unicam::Error;

/// What to do with a damaged file.
pub(super) const AGAIN: &str = "Copy or download it again";

pub(super) fn unreadable(problem: &str, advice: &str) -> Error {
    Error::UnreadableParquet { problem: problem.to_owned(), advice: advice.to_owned() }
}

/// The reader's own error.
pub(super) fn damaged(error: ParquetError) -> Error {
    let said = error.to_string();
    let reason = said.trim_start_matches("Parquet error: ").trim_end_matches(['.', ' ', '\n']);
    unreadable(&format!("it is damaged ({reason})"), AGAIN)
}
