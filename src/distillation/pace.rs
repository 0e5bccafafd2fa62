//! How fast a run goes.

/// How fast the steps go, without the time in which nobody asked for one.
#[derive(Default)]
pub(super) struct Pace {
    /// Steps that were done before anything was timed: those of a run that goes on from a checkpoint.
    first: usize,
    seconds: f64,
    /// Steps and seconds at the first report: before it, kernels are compiled, which tells nothing of the rest.
    warm: Option<(usize, f64)>,
}

impl Pace {
    /// Of a run that goes on after `first` steps.
    pub fn from(first: usize) -> Self {
        Self { first, ..Self::default() }
    }

    /// Adds the time of one pull.
    pub fn computed(&mut self, seconds: f64) {
        self.seconds += seconds;
    }

    /// `(steps per second, seconds left)` after `step` of `steps`.
    pub fn estimate(&mut self, step: usize, steps: usize) -> (f64, f64) {
        let (from_step, from_seconds) = self.warm.unwrap_or((self.first, 0.0));
        let per_second = (step - from_step) as f64 / (self.seconds - from_seconds).max(1e-3);
        self.warm.get_or_insert((step, self.seconds));
        (per_second, (steps - step) as f64 / per_second.max(1e-6))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_goes_on_is_timed_by_its_own_steps() {
        let mut pace = Pace::from(1000);
        pace.computed(2.0);
        assert_eq!(pace.estimate(1010, 2000), (5.0, 198.0));
        pace.computed(1.0);
        assert_eq!(pace.estimate(1020, 2000), (10.0, 98.0), "kernels were compiled before");
    }
}
