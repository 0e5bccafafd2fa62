//! Calls into the library that reads Parquet, which panics at some damaged files.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

use parquet::errors::ParquetError;
use unicam::Error;

use super::refusal::damaged;

/// What the library reads, or its error; a panic is an error like any other, and leaves no message of its own.
///
/// # Errors
/// [`Error::UnreadableParquet`].
pub fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, Error> {
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    // What the closure has changed is not used after a panic: the file is given up.
    let found = catch_unwind(AssertUnwindSafe(read));
    set_hook(hook);
    found.unwrap_or_else(|_| Err(ParquetError::General("its parts contradict each other".to_owned()))).map_err(damaged)
}

#[cfg(test)]
mod tests {
    use super::super::refusal::{AGAIN, unreadable};
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        let found = guarded::<()>(|| panic!("as the library does"));
        let expected = unreadable("it is damaged (its parts contradict each other)", AGAIN);
        assert_eq!(found, Err(expected));
    }
}
