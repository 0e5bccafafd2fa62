//! Tar, header by header: the POSIX and GNU forms with their long names, read from a stream.
//!
//! The `tar` crate parses each header; the walk is ours, because its own keeps names of any length in memory.

use std::io::{self, Read};

use ::tar::{EntryType, Header, PaxExtensions};

use super::compression::Unpacked;
use super::empty::Folders;
use super::names::{Encoded, decode_name};
use super::{
    Entry, check_count, check_total, clean_path, corrupt, damaged, is_hidden, is_link, plain, refusal_by_size,
};
use crate::error::{Error, Result};

/// Bytes of a header, and what every content is filled up to a multiple of.
const BLOCK: usize = 512;
/// Longest name or table of attributes before an entry, bytes.
const MAX_ATTRIBUTE_BYTES: u64 = 1 << 20;

/// Whether `bytes` begin with a tar header: its checksum is right.
pub(super) fn begins(bytes: &[u8]) -> bool {
    bytes.first_chunk::<BLOCK>().is_some_and(checksum_is_right)
}

fn checksum_is_right(block: &[u8; BLOCK]) -> bool {
    // The checksum's own eight bytes count as spaces.
    let sum = |range: std::ops::Range<usize>| block[range].iter().map(|&byte| u32::from(byte)).sum::<u32>();
    let total = sum(0..148) + 8 * 32 + sum(156..BLOCK);
    Header::from_byte_slice(block).cksum().is_ok_and(|stored| stored == total)
}

/// Reads a stream and says what its failure means.
pub(super) trait Stream: Read {
    fn describe(&self, error: &io::Error) -> Error;
}

impl<B: AsRef<[u8]>> Stream for Unpacked<B> {
    fn describe(&self, error: &io::Error) -> Error {
        Unpacked::describe(self, error)
    }
}

/// The files of a tar in their order.
pub(super) struct TarFiles<S> {
    source: S,
    entries: usize,
    files: usize,
    total: u64,
    ended: bool,
    folders: Folders,
    /// How names are written that are no UTF-8, by the first of them.
    encoded: Option<Encoded>,
    /// Folders that nothing lies in, to be given at the end.
    empty: Vec<String>,
}

/// What stands before an entry and changes it.
#[derive(Default)]
struct Attributes {
    path: Option<Vec<u8>>,
    size: Option<u64>,
}

impl<S: Stream> TarFiles<S> {
    pub(super) fn new(source: S) -> Self {
        Self {
            source,
            entries: 0,
            files: 0,
            total: 0,
            ended: false,
            folders: Folders::default(),
            encoded: None,
            empty: Vec::new(),
        }
    }

    /// The stream behind.
    pub(super) fn source(&self) -> &S {
        &self.source
    }

    /// The next file; `None` after the last.
    ///
    /// # Errors
    /// Those after which nothing more can be read.
    fn advance(&mut self) -> Result<Option<Entry>> {
        let mut attributes = Attributes::default();
        loop {
            let Some(block) = self.header()? else { return self.finish() };
            let header = Header::from_byte_slice(&block);
            self.entries += 1;
            check_count(self.entries)?;
            let declared = header.entry_size().map_err(|error| corrupt(plain(&error)))?;
            match header.entry_type() {
                EntryType::GNULongName => {
                    let mut name = self.attribute(declared)?;
                    name.truncate(name.iter().position(|&byte| byte == 0).unwrap_or(name.len()));
                    attributes.path = Some(name);
                }
                EntryType::XHeader => read_attributes(&self.attribute(declared)?, &mut attributes),
                EntryType::XGlobalHeader | EntryType::GNULongLink => self.skip(declared)?,
                kind => {
                    let Attributes { path, size } = std::mem::take(&mut attributes);
                    let declared = size.unwrap_or(declared);
                    self.total = self.total.saturating_add(declared);
                    check_total(self.total)?;
                    let name = path.unwrap_or_else(|| header.path_bytes().into_owned());
                    if let Some(entry) = self.entry(&name, kind, declared)? {
                        self.files += 1;
                        return Ok(Some(entry));
                    }
                }
            }
        }
    }

    /// The file under a header; `None` for what gives no row. Its content is read or skipped either way.
    fn entry(&mut self, name: &[u8], kind: EntryType, declared: u64) -> Result<Option<Entry>> {
        let is_folder = kind == EntryType::Directory || name.ends_with(b"/");
        self.encoded = self.encoded.or_else(|| Encoded::detect([name]));
        let path = clean_path(&decode_name(name, self.encoded)).filter(|path| !is_hidden(path));
        match &path {
            Some(path) if is_folder => self.folders.list(path.clone()),
            Some(path) => self.folders.fill(path),
            None => {}
        }
        let path = path.filter(|_| !is_folder);
        let refusal = match kind {
            EntryType::Symlink | EntryType::Link => Some(is_link()),
            EntryType::GNUSparse => Some(damaged("it is stored with holes")),
            EntryType::Regular | EntryType::Continuous => refusal_by_size(declared),
            _ => None,
        };
        let Some(path) = path.filter(|_| refusal.is_some() || kind.is_file() || kind.is_contiguous()) else {
            self.skip(declared)?;
            return Ok(None);
        };
        if let Some(error) = refusal {
            self.skip(declared)?;
            return Ok(Some(Entry { path: Some(path), content: Err(error) }));
        }
        let content = self.content(declared);
        if let Err(error) = content {
            // Nothing after it can be found either; the row of this file says so.
            self.ended = true;
            return Ok(Some(Entry { path: Some(path), content: Err(error) }));
        }
        Ok(Some(Entry { path: Some(path), content }))
    }

    /// The next header; `None` at the end.
    fn header(&mut self) -> Result<Option<[u8; BLOCK]>> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            match self.source.read(&mut block[filled..]) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(corrupt("it ends early".to_owned())),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.source.describe(&error)),
            }
        }
        if block.iter().all(|&byte| byte == 0) {
            return Ok(None);
        }
        if !checksum_is_right(&block) {
            let place = if self.entries == 0 { "there is no tar in it" } else { "a header in it is damaged" };
            return Err(corrupt(place.to_owned()));
        }
        Ok(Some(block))
    }

    /// Reads what is behind the last header, so that the checksums of gzip and xz are compared.
    fn finish(&mut self) -> Result<Option<Entry>> {
        io::copy(&mut self.source, &mut io::sink()).map_err(|error| self.source.describe(&error))?;
        if self.files == 0 {
            return Err(corrupt("it holds no files".to_owned()));
        }
        Ok(None)
    }

    fn attribute(&mut self, declared: u64) -> Result<Vec<u8>> {
        if declared > MAX_ATTRIBUTE_BYTES {
            return Err(corrupt(format!("a name in it has {declared} bytes")));
        }
        self.content(declared)
    }

    /// The content under a header; the buffer grows with what really comes.
    fn content(&mut self, declared: u64) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        let read = self.source.by_ref().take(declared).read_to_end(&mut content);
        read.map_err(|error| self.source.describe(&error))?;
        if content.len() as u64 != declared {
            return Err(damaged("the archive ends within it"));
        }
        self.skip_exactly(padding(declared))?;
        Ok(content)
    }

    fn skip(&mut self, declared: u64) -> Result<()> {
        self.skip_exactly(declared.saturating_add(padding(declared)))
    }

    fn skip_exactly(&mut self, bytes: u64) -> Result<()> {
        let skipped = io::copy(&mut self.source.by_ref().take(bytes), &mut io::sink());
        let skipped = skipped.map_err(|error| self.source.describe(&error))?;
        // Some packers leave out the filling of the last file.
        if skipped < bytes && bytes - skipped >= BLOCK as u64 {
            return Err(corrupt("it ends early".to_owned()));
        }
        Ok(())
    }
}

impl<S: Stream> Iterator for TarFiles<S> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        if self.ended {
            let path = self.empty.pop()?;
            return Some(Entry { path: Some(path), content: Err(Error::EmptyFolder) });
        }
        match self.advance() {
            Ok(Some(entry)) => Some(entry),
            Ok(None) => {
                self.ended = true;
                self.empty = std::mem::take(&mut self.folders).into_empty().collect();
                self.empty.reverse();
                self.next()
            }
            Err(error) => {
                self.ended = true;
                Some(Entry { path: None, content: Err(error) })
            }
        }
    }
}

fn padding(bytes: u64) -> u64 {
    bytes.wrapping_neg() % BLOCK as u64
}

/// Takes path and size from a table of attributes; a broken line is passed over.
fn read_attributes(table: &[u8], attributes: &mut Attributes) {
    for line in PaxExtensions::new(table).flatten() {
        match line.key_bytes() {
            b"path" => attributes.path = Some(line.value_bytes().to_vec()),
            b"size" => attributes.size = line.value().ok().and_then(|size| size.parse().ok()),
            _ => {}
        }
    }
}
