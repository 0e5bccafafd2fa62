//! The file that a session is packed into: a zip archive of named parts, none of them compressed.
//!
//! Numbers lie in it as CBOR (RFC 8949), which keeps every bit of them, or as the safetensors and pixels that they are.
//! The archive's own checksums tell a part that was torn or changed.

use std::io::{Cursor, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::error::{Error, Result};

/// Parts under way into a file.
pub(in crate::session) struct Packer {
    writer: ZipWriter<Cursor<Vec<u8>>>,
}

impl Packer {
    /// No part yet.
    pub fn new() -> Self {
        Self { writer: ZipWriter::new(Cursor::new(Vec::new())) }
    }

    /// Adds a part as it is.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        self.writer.start_file(name, options).map_err(unwritable)?;
        self.writer.write_all(bytes).map_err(unwritable)
    }

    /// Adds a part as CBOR.
    pub fn add_value(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        self.add(name, &to_cbor(value))
    }

    /// The file.
    pub fn finish(self) -> Result<Vec<u8>> {
        Ok(self.writer.finish().map_err(unwritable)?.into_inner())
    }
}

/// Parts of a file.
pub(in crate::session) struct Unpacker<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// A part may not be longer than the whole.
    length: u64,
}

impl<'a> Unpacker<'a> {
    /// Reads the list of parts.
    ///
    /// # Errors
    /// [`Error::UnreadableCheckpoint`].
    pub fn open(bytes: &'a [u8]) -> Result<Self> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
        Ok(Self { archive, length: bytes.len() as u64 })
    }

    /// A part, if there is one of that name.
    ///
    /// # Errors
    /// [`Error::UnreadableCheckpoint`] when it is damaged.
    pub fn find(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(place) = self.archive.index_for_name(name) else { return Ok(None) };
        let part = self.archive.by_index(place).map_err(unreadable)?;
        let mut bytes = Vec::new();
        part.take(self.length).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(Some(bytes))
    }

    /// A part that there must be.
    ///
    /// # Errors
    /// [`Error::UnreadableCheckpoint`].
    pub fn part(&mut self, name: &str) -> Result<Vec<u8>> {
        self.find(name)?.ok_or_else(|| unreadable(format!("it has no part {name}")))
    }

    /// A part that is CBOR.
    ///
    /// # Errors
    /// [`Error::UnreadableCheckpoint`].
    pub fn value<T: DeserializeOwned>(&mut self, name: &str) -> Result<T> {
        from_cbor(&self.part(name)?)
    }
}

/// Plain data as CBOR.
pub(in crate::session) fn to_cbor(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("plain data into memory");
    bytes
}

/// Data out of CBOR.
///
/// # Errors
/// [`Error::UnreadableCheckpoint`].
pub(in crate::session) fn from_cbor<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    ciborium::from_reader(bytes).map_err(unreadable)
}

fn unwritable(error: impl std::fmt::Display) -> Error {
    let advice = "Take the networks and the report along as files, and begin anew with fewer pictures";
    Error::Unwritable { what: "The session", reason: error.to_string(), advice }
}

/// Bytes that hold no session.
pub(in crate::session) fn unreadable(reason: impl std::fmt::Display) -> Error {
    Error::UnreadableCheckpoint { reason: reason.to_string() }
}
