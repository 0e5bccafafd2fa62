//! How much memory the engine has and may still ask for, and whether the browser has refused it: what follows then is a trap
//! that does not say why.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use wasm_bindgen::prelude::wasm_bindgen;

/// Bytes that were asked for in vain, until something else is given.
static REFUSED: AtomicUsize = AtomicUsize::new(0);
/// Bytes that are given out.
static GIVEN: AtomicUsize = AtomicUsize::new(0);

/// All that an engine can address.
const ADDRESSED: u64 = 1 << 32;

#[global_allocator]
static ALLOCATOR: Noting = Noting;

/// The system's allocator, with a note of what it gave and could not give.
struct Noting;

// SAFETY: every call goes on to the system's allocator with its own arguments; the note changes no memory of it.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        noted(unsafe { System.alloc(layout) }, layout.size(), 0)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        noted(unsafe { System.alloc_zeroed(layout) }, layout.size(), 0)
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
        GIVEN.store(GIVEN.load(Ordering::Relaxed).wrapping_sub(layout.size()), Ordering::Relaxed);
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller promises.
        noted(unsafe { System.realloc(pointer, layout, size) }, size, layout.size())
    }
}

/// One thread alone allocates here, so that nothing comes between reading and writing.
fn noted(given: *mut u8, size: usize, former: usize) -> *mut u8 {
    REFUSED.store(if given.is_null() { size } else { 0 }, Ordering::Relaxed);
    if !given.is_null() {
        GIVEN.store(GIVEN.load(Ordering::Relaxed).wrapping_add(size).wrapping_sub(former), Ordering::Relaxed);
    }
    given
}

/// Bytes that the engine may still ask for; a browser may have less to give.
pub(super) fn room() -> u64 {
    ADDRESSED.saturating_sub(GIVEN.load(Ordering::Relaxed) as u64)
}

/// Bytes that were refused last, 0 if the last request was granted: to be asked after a trap.
#[wasm_bindgen(js_name = refusedMemory)]
pub fn refused_memory() -> f64 {
    REFUSED.load(Ordering::Relaxed) as f64
}
