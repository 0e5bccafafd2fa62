//! The bytes of a tar, unpacked as they are read, with an end to how many.

use std::io::{self, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use lzma_rust2::{XzReader, xz_uncompressed_size};

use super::{
    Kind, MAX_RATIO, MAX_TOTAL_BYTES, MAX_XZ_MEMORY_KIB, STREAM_RATIO_FREE_BYTES, check_total, corrupt, mebibytes,
    plain, too_large,
};
use crate::error::{Error, Result};

/// A tar's bytes behind gzip, xz or nothing.
pub(super) struct Unpacked<B: AsRef<[u8]>> {
    source: Source<B>,
    packed: u64,
    /// Bytes that may still come.
    left: u64,
    overrun: bool,
}

enum Source<B: AsRef<[u8]>> {
    Plain(Cursor<B>),
    Gzip(Box<MultiGzDecoder<Cursor<B>>>),
    Xz(Box<XzReader<Cursor<B>>>),
}

impl<B: AsRef<[u8]>> Unpacked<B> {
    /// Prepares the reading of `bytes` of this kind.
    ///
    /// # Errors
    /// Of an xz stream, whose index tells its size: [`Error::CorruptArchive`] if there is no index, as in one that is
    /// cut off, and [`Error::ArchiveTooLarge`] if it promises too much.
    pub(super) fn open(bytes: B, kind: Kind) -> Result<Self> {
        let packed = bytes.as_ref().len() as u64;
        let most = match kind {
            Kind::Gzip | Kind::Xz => most_unpacked(packed),
            Kind::Zip | Kind::Tar => MAX_TOTAL_BYTES,
        };
        let source = match kind {
            Kind::Gzip => Source::Gzip(Box::new(MultiGzDecoder::new(Cursor::new(bytes)))),
            Kind::Xz => {
                let promised = xz_uncompressed_size(Cursor::new(bytes.as_ref()))
                    .map_err(|error| corrupt(format!("its xz stream is damaged or cut off ({})", plain(&error))))?;
                check_total(promised)?;
                if promised > most {
                    return Err(too_good(promised, packed));
                }
                Source::Xz(Box::new(XzReader::new_mem_limit(Cursor::new(bytes), true, MAX_XZ_MEMORY_KIB)))
            }
            Kind::Zip | Kind::Tar => Source::Plain(Cursor::new(bytes)),
        };
        Ok(Self { source, packed, left: most, overrun: false })
    }

    /// How far the packed bytes are read, 0 to 1.
    pub(super) fn progress(&self) -> f64 {
        let position = match &self.source {
            Source::Plain(cursor) => cursor.position(),
            Source::Gzip(decoder) => decoder.get_ref().position(),
            Source::Xz(decoder) => decoder.inner().position(),
        };
        position.min(self.packed) as f64 / self.packed.max(1) as f64
    }

    /// What a failed read means: more bytes than may come, or damage.
    pub(super) fn describe(&self, error: &io::Error) -> Error {
        if !self.overrun {
            return corrupt(format!("it is damaged from here on ({})", plain(error)));
        }
        match check_total(most_unpacked(self.packed).saturating_add(1)) {
            Err(error) => error,
            Ok(()) => too_good(most_unpacked(self.packed).saturating_add(1), self.packed),
        }
    }
}

/// Most bytes that a packed tar of `packed` bytes may unpack to.
fn most_unpacked(packed: u64) -> u64 {
    packed.saturating_mul(MAX_RATIO).clamp(STREAM_RATIO_FREE_BYTES, MAX_TOTAL_BYTES)
}

fn too_good(unpacked: u64, packed: u64) -> Error {
    too_large(format!("unpacks to {} MiB or more, over {MAX_RATIO} times its {packed} bytes", mebibytes(unpacked)))
}

impl<B: AsRef<[u8]>> Read for Unpacked<B> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.source {
            Source::Plain(cursor) => cursor.read(buffer),
            Source::Gzip(decoder) => decoder.read(buffer),
            Source::Xz(decoder) => decoder.read(buffer),
        }?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                self.overrun = true;
                return Err(io::Error::other("more bytes than may come"));
            }
        }
        Ok(read)
    }
}
