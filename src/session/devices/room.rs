//! The device's memory from one activity to the next.
//!
//! In a browser a buffer that nothing uses any more is kept for another of its size, and what was never asked for again
//! would stay for good: see [`open`](crate::tensors::device::open). So whatever begins gives back what something else has
//! left.

use crate::session::devices::work::Work;
use crate::session::state::Session;

impl Session {
    /// Gives back what other work has left on the device, before this one begins.
    pub(in crate::session) fn make_room_for(&self, work: Work) {
        if self.work.replace(Some(work)) != Some(work) {
            self.device.memory_cleanup();
        }
    }

    /// Gives back whatever nothing uses: a training begins, or one has ended.
    pub(in crate::session) fn make_room(&self) {
        self.work.set(None);
        self.device.memory_cleanup();
    }
}
