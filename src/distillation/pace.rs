//! How fast a run goes.

/// How fast the steps go, without the time in which nobody asked for one.
#[derive(Default)]
pub(super) struct Pace {
    seconds: f64,
    /// Steps and seconds at the first report: before it, kernels are compiled, which tells nothing of the rest.
    warm: Option<(usize, f64)>,
}

impl Pace {
    /// Adds the time of one pull.
    pub fn computed(&mut self, seconds: f64) {
        self.seconds += seconds;
    }

    /// `(steps per second, seconds left)` after `step` of `steps`.
    pub fn estimate(&mut self, step: usize, steps: usize) -> (f64, f64) {
        let (from_step, from_seconds) = self.warm.unwrap_or((0, 0.0));
        let per_second = (step - from_step) as f64 / (self.seconds - from_seconds).max(1e-3);
        self.warm.get_or_insert((step, self.seconds));
        (per_second, (steps - step) as f64 / per_second.max(1e-6))
    }
}
