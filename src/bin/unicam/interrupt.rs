//! Ctrl-C: the first asks for an orderly end, the second ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::failure::{Failure, Outcome};

/// What shells give back for a program that Ctrl-C ended.
const STATUS: i32 = 130;

/// Whether an end was asked for.
#[derive(Debug, Clone)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens for Ctrl-C and the request to terminate.
    pub fn listen() -> Outcome<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the second signal finds the flag raised.
            flag::register_conditional_shutdown(signal, STATUS, Arc::clone(&asked))
                .and_then(|_| flag::register(signal, Arc::clone(&asked)))
                .map_err(|error| Failure::Usage(format!("Signals cannot be listened for: {error}.")))?;
        }
        Ok(Self { asked })
    }

    /// Nobody looks any more: the next Ctrl-C ends the program at once.
    pub fn release(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Whether an end was asked for.
    pub fn asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}
