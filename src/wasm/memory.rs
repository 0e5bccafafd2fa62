//! Whether the browser has refused memory: what follows then is a trap that does not say why.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use wasm_bindgen::prelude::wasm_bindgen;

use super::session::{Outcome, Session};
use crate::distillation::Memory;

/// Bytes that were asked for in vain, until something else is given.
static REFUSED: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Noting = Noting;

/// The system's allocator, with a note of what it could not give.
struct Noting;

// SAFETY: every call goes on to the system's allocator with its own arguments; the note changes no memory of it.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        noted(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        noted(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller promises.
        noted(unsafe { System.realloc(pointer, layout, size) }, size)
    }
}

fn noted(given: *mut u8, size: usize) -> *mut u8 {
    REFUSED.store(if given.is_null() { size } else { 0 }, Ordering::Relaxed);
    given
}

/// Bytes that were refused last, 0 if the last request was granted: to be asked after a trap.
#[wasm_bindgen(js_name = refusedMemory)]
pub fn refused_memory() -> f64 {
    REFUSED.load(Ordering::Relaxed) as f64
}

#[wasm_bindgen]
impl Session {
    /// From now on runs hold little of a step in memory and compute its blocks twice.
    #[wasm_bindgen(js_name = spareMemory)]
    pub fn spare_memory(&self) -> Outcome<()> {
        self.with(|core| {
            core.set_memory(Memory::Scarce);
            Ok(())
        })
    }
}
