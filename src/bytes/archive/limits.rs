//! What an archive may promise and unpack to.

use super::refusal::{mebibytes, too_large};
use crate::error::{Error, Result};

/// Most entries that an archive may list, folders and hidden files included.
pub const MAX_ENTRIES: usize = 200_000;
/// Most bytes that all entries together may unpack to: 1 GiB.
pub const MAX_TOTAL_BYTES: u64 = 1 << 30;
/// Most bytes that one entry may unpack to: 192 MiB, which a batch of CIFAR-100 takes. A larger one is an
/// error of its own row.
pub const MAX_ENTRY_BYTES: u64 = 192 << 20;
/// Most times that an archive may be larger unpacked than packed; in a zip, its entries over [`RATIO_FREE_BYTES`].
pub const MAX_RATIO: u64 = 200;
/// Entries of a zip up to this size may pack as well as they like: 1 MiB. A flat drawing saved as BMP packs to nearly
/// nothing.
pub const RATIO_FREE_BYTES: u64 = 1 << 20;
/// A tar.gz or tar.xz may unpack to so much whatever its size: 16 MiB. Headers of many small files pack well.
pub const STREAM_RATIO_FREE_BYTES: u64 = 16 << 20;
/// Most memory that unpacking an xz stream may take: 80 MiB, which holds the largest dictionary that `xz -9` makes.
pub const MAX_XZ_MEMORY_KIB: u32 = 80 << 10;

pub(super) fn check_count(entries: usize) -> Result<()> {
    if entries > MAX_ENTRIES {
        return Err(too_large(format!("lists {entries} entries, over {MAX_ENTRIES}")));
    }
    Ok(())
}

pub(super) fn check_total(bytes: u64) -> Result<()> {
    if bytes > MAX_TOTAL_BYTES {
        let (size, limit) = (mebibytes(bytes), mebibytes(MAX_TOTAL_BYTES));
        return Err(too_large(format!("unpacks to {size} MiB, over {limit} MiB")));
    }
    Ok(())
}

/// Why an entry that says it has so many bytes is not unpacked, if it is not.
pub(super) fn refusal_by_size(declared: u64) -> Option<Error> {
    let (size, limit) = (mebibytes(declared), mebibytes(MAX_ENTRY_BYTES));
    (declared > MAX_ENTRY_BYTES).then(|| too_large(format!("holds this file of {size} MiB, over {limit} MiB")))
}
