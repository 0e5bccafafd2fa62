//! The bytes of pictures: in memory, or on a shelf outside of it.
//!
//! A page's engine has little memory, and 20,000 photographs of 224 pixels are 3 GB. They are written to a [`Shelf`] as they
//! are decoded, each once, and read back one by one whenever a batch, a map or a digest asks for them.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, Result};

/// What may go to another thread where there are threads; JavaScript's values stay on theirs.
#[cfg(not(target_arch = "wasm32"))]
pub trait Portable: Send + Sync {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send + Sync> Portable for T {}
/// What may go to another thread where there are threads; JavaScript's values stay on theirs.
#[cfg(target_arch = "wasm32")]
pub trait Portable {}
#[cfg(target_arch = "wasm32")]
impl<T> Portable for T {}

/// A file outside of the engine's memory, or what else keeps bytes by their place.
pub trait Shelf: Debug + Portable {
    /// What it is found by again.
    fn name(&self) -> &str;

    /// Puts bytes at this place, counted from the beginning.
    ///
    /// # Errors
    /// What the system says, as a sentence without a full stop.
    fn write(&self, place: u64, bytes: &[u8]) -> std::result::Result<(), String>;

    /// Reads as many bytes as fit, from this place on.
    ///
    /// # Errors
    /// What the system says, as a sentence without a full stop.
    fn read(&self, place: u64, into: &mut [u8]) -> std::result::Result<(), String>;
}

/// A shelf that several owners share, and the first failure in reading from it.
///
/// Pictures are read in many places that cannot fail otherwise, so one that cannot be read is black there, and whoever
/// made the call asks [`check`](Self::check) at its end.
#[derive(Debug)]
pub struct Rack {
    shelf: Box<dyn Shelf>,
    failure: Mutex<Option<Error>>,
}

impl Rack {
    /// Takes a shelf, which is let go with the last owner.
    #[must_use]
    // In a browser there is one thread, and a shelf of JavaScript's stays on it.
    #[cfg_attr(target_arch = "wasm32", allow(clippy::arc_with_non_send_sync))]
    pub fn new(shelf: impl Shelf + 'static) -> Arc<Self> {
        Arc::new(Self { shelf: Box::new(shelf), failure: Mutex::new(None) })
    }

    /// What the shelf is found by again.
    #[must_use]
    pub fn name(&self) -> &str {
        self.shelf.name()
    }

    /// Whether everything could be read since this was last asked.
    ///
    /// # Errors
    /// [`Error::ShelfFailed`], as of the first failure.
    pub fn check(&self) -> Result<()> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }

    fn write(&self, place: u64, bytes: &[u8]) -> Result<()> {
        self.shelf.write(place, bytes).map_err(|reason| Error::ShelfFailed { reason })
    }

    fn read(&self, place: u64, into: &mut [u8]) {
        if let Err(reason) = self.shelf.read(place, into) {
            into.fill(0);
            let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
            failure.get_or_insert(Error::ShelfFailed { reason });
        }
    }
}

/// The pixels of pictures of one size, picture after picture.
#[derive(Debug, Clone)]
pub enum Pixels {
    /// `[n * height * width * 3]` in memory.
    Held(Vec<u8>),
    /// Outside of it.
    Shelved(Shelved),
}

/// Where pictures lie on a shelf.
#[derive(Debug, Clone)]
pub struct Shelved {
    rack: Arc<Rack>,
    /// Bytes of a picture.
    stride: usize,
    /// Which picture of the shelf each one is, counted from its beginning.
    slots: Vec<u32>,
}

impl Shelved {
    /// The pictures of `stride` bytes at these places of a shelf.
    #[must_use]
    pub fn new(rack: Arc<Rack>, stride: usize, slots: Vec<u32>) -> Self {
        Self { rack, stride, slots }
    }

    /// The shelf.
    #[must_use]
    pub fn rack(&self) -> &Arc<Rack> {
        &self.rack
    }

    /// Which picture of the shelf each one is.
    #[must_use]
    pub fn slots(&self) -> &[u32] {
        &self.slots
    }
}

impl From<Vec<u8>> for Pixels {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Held(bytes)
    }
}

impl Pixels {
    /// Bytes of all of them.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Held(bytes) => bytes.len(),
            Self::Shelved(Shelved { stride, slots, .. }) => stride * slots.len(),
        }
    }

    /// Whether there is no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Picture `index`, of `stride` bytes; black where it cannot be read, which [`check`](Self::check) then tells.
    ///
    /// # Panics
    /// If there is no such picture.
    #[must_use]
    pub fn picture(&self, index: usize, stride: usize) -> Cow<'_, [u8]> {
        match self {
            Self::Held(bytes) => Cow::Borrowed(&bytes[index * stride..(index + 1) * stride]),
            Self::Shelved(Shelved { rack, slots, .. }) => {
                let mut bytes = vec![0; stride];
                rack.read(u64::from(slots[index]) * stride as u64, &mut bytes);
                Cow::Owned(bytes)
            }
        }
    }

    /// The shelf, where they lie on one.
    #[must_use]
    pub fn rack(&self) -> Option<&Arc<Rack>> {
        match self {
            Self::Held(_) => None,
            Self::Shelved(Shelved { rack, .. }) => Some(rack),
        }
    }

    /// Whether everything could be read so far.
    ///
    /// # Errors
    /// [`Error::ShelfFailed`].
    pub fn check(&self) -> Result<()> {
        self.rack().map_or(Ok(()), |rack| rack.check())
    }
}

/// One picture that was put away.
#[derive(Debug)]
pub(super) enum Kept {
    Held(Box<[u8]>),
    Shelved(u32),
}

/// Takes pictures of one size as they come, in any number and order.
#[derive(Debug)]
pub(super) struct Store {
    stride: usize,
    rack: Option<Arc<Rack>>,
    next: u32,
    /// Slots whose pictures had to go.
    free: Vec<u32>,
}

impl Store {
    /// For pictures of `stride` bytes, on the shelf where there is one.
    pub(super) fn new(stride: usize, rack: Option<Arc<Rack>>) -> Self {
        Self { stride, rack, next: 0, free: Vec::new() }
    }

    pub(super) fn is_shelf(&self) -> bool {
        self.rack.is_some()
    }

    /// Puts a picture away.
    ///
    /// # Errors
    /// [`Error::ShelfFailed`].
    pub(super) fn keep(&mut self, rgb: Vec<u8>) -> Result<Kept> {
        let Some(rack) = &self.rack else { return Ok(Kept::Held(rgb.into_boxed_slice())) };
        let slot = self.free.last().copied().unwrap_or(self.next);
        rack.write(u64::from(slot) * self.stride as u64, &rgb)?;
        if self.free.pop().is_none() {
            self.next += 1;
        }
        Ok(Kept::Shelved(slot))
    }

    /// Lets a picture's place be taken by another.
    pub(super) fn forget(&mut self, kept: Kept) {
        if let Kept::Shelved(slot) = kept {
            self.free.push(slot);
        }
    }

    /// The bytes of a picture.
    pub(super) fn bytes<'a>(&self, kept: &'a Kept) -> Cow<'a, [u8]> {
        match (kept, &self.rack) {
            (Kept::Held(bytes), _) => Cow::Borrowed(bytes),
            (Kept::Shelved(slot), Some(rack)) => {
                let mut bytes = vec![0; self.stride];
                rack.read(u64::from(*slot) * self.stride as u64, &mut bytes);
                Cow::Owned(bytes)
            }
            (Kept::Shelved(_), None) => unreachable!("only a store with a shelf puts pictures there"),
        }
    }

    /// Whether everything could be read so far.
    pub(super) fn check(&self) -> Result<()> {
        self.rack.as_ref().map_or(Ok(()), |rack| rack.check())
    }

    /// These pictures in this order.
    pub(super) fn pixels(&self, pictures: Vec<Kept>) -> Pixels {
        if let Some(rack) = &self.rack {
            let slot = |kept| match kept {
                Kept::Shelved(slot) => slot,
                Kept::Held(_) => unreachable!("a store with a shelf puts all pictures there"),
            };
            let slots = pictures.into_iter().map(slot).collect();
            return Pixels::Shelved(Shelved::new(Arc::clone(rack), self.stride, slots));
        }
        let mut all = Vec::with_capacity(pictures.len() * self.stride);
        for kept in pictures {
            all.extend_from_slice(&self.bytes(&kept));
        }
        Pixels::Held(all)
    }
}
