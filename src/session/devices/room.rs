//! The device's memory from one activity to the next.
//!
//! Where [buffers are kept](crate::tensors::device::DeviceKind::keeps_buffers) for others of their size, what was never asked
//! for again would stay for good. So whatever begins gives back what something else has left.

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
