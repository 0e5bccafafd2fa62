//! What runs before anything else, once.
//!
//! Burn's kernel language registers its parts through constructors (`.init_array`), which the linker gathers in
//! `__wasm_call_ctors`. Where nobody calls that function, the linker takes the module for a program with many entrances
//! and wraps every export in `<name>.command_export`, which runs all constructors before each call from JavaScript: on a
//! training step that was more than nine tenths of the processor's time. One call from our own code, and no export is
//! wrapped: the engine's start function makes it, and so does whoever opens WebGPU, since a module of tests has no start.

use std::sync::Once;

unsafe extern "C" {
    fn __wasm_call_ctors();
}

/// Runs the constructors; a second call does nothing.
pub fn run_once() {
    static RUN: Once = Once::new();
    // SAFETY: the linker makes the function in every module; it takes and gives nothing, and runs at most once here.
    #[allow(unsafe_code)]
    RUN.call_once(|| unsafe { __wasm_call_ctors() });
}
