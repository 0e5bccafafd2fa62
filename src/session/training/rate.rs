//! How fast a device was, in the terms in which runs are planned.

use std::cell::Cell;

use crate::session::devices::trial::multiply_adds_of_a_step;
use crate::tensors::device::{DeviceKind, DeviceReport, TrialWork};

/// Multiply-adds a second as they were measured in this session.
#[derive(Debug, Clone, Default)]
pub(in crate::session) struct Rates {
    /// Of the last run on each device.
    runs: Vec<(DeviceKind, f64)>,
    /// Of a Teacher that was tested on the CPU, where nothing has to be compiled first.
    tested: Cell<Option<f64>>,
}

impl Rates {
    /// Notes a run's; the first one that a run tells has its preparations in it, and replaces nothing.
    pub fn note_run(&mut self, kind: DeviceKind, rate: f64, is_first: bool) {
        if !(rate.is_finite() && rate > 0.0) {
            return;
        }
        match self.runs.iter_mut().find(|(of, _)| *of == kind) {
            Some(_) if is_first => {}
            Some((_, known)) => *known = rate,
            None => self.runs.push((kind, rate)),
        }
    }

    /// Notes that a test of a network took so long.
    pub fn note_test(&self, kind: DeviceKind, multiply_adds: u64, seconds: f64) {
        if kind == DeviceKind::Cpu && multiply_adds > 0 && seconds > 0.0 {
            self.tested.set(Some(multiply_adds as f64 / seconds));
        }
    }

    /// What is known of a device: by the last run on it, by the trial of both, or by a Teacher's test.
    pub fn on(&self, device: &DeviceReport) -> Option<f64> {
        let run = self.runs.iter().find(|(kind, _)| *kind == device.kind).map(|(_, rate)| *rate);
        let tested = || self.tested.get().filter(|_| device.kind == DeviceKind::Cpu);
        run.or_else(|| of_trial(device)).or_else(tested)
    }
}

fn of_trial(device: &DeviceReport) -> Option<f64> {
    let trial = device.trial.as_ref().filter(|trial| trial.work == TrialWork::Step)?;
    let milliseconds = match device.kind {
        DeviceKind::Cpu => trial.cpu_ms,
        DeviceKind::Webgpu => trial.webgpu_ms,
        _ => return None,
    };
    (milliseconds > 0.0).then(|| multiply_adds_of_a_step() as f64 / (milliseconds / 1e3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensors::device::DeviceTrial;

    #[test]
    fn what_was_measured_last_and_closest_counts() {
        let mut rates = Rates::default();
        let cpu = DeviceReport::new(DeviceKind::Cpu, "a processor");
        assert_eq!(rates.on(&cpu), None, "nothing is claimed before anything was measured");
        rates.note_test(DeviceKind::Webgpu, 10, 1.0);
        assert_eq!(rates.on(&cpu), None, "kernels were compiled on the way");
        rates.note_test(DeviceKind::Cpu, 10, 2.0);
        assert_eq!(rates.on(&cpu), Some(5.0));
        let trial =
            |work| DeviceTrial { work, cpu_ms: 100.0, webgpu_ms: 10.0, adapter: String::new(), software: false };
        let tried = DeviceReport { trial: Some(trial(TrialWork::Step)), ..cpu.clone() };
        let of_trial = rates.on(&tried).expect("it was tried");
        assert!((of_trial * 0.1 - multiply_adds_of_a_step() as f64).abs() < 1.0);
        let gpu = DeviceReport { kind: DeviceKind::Webgpu, ..tried.clone() };
        assert!(rates.on(&gpu).expect("tried, too") > 9.0 * of_trial);
        let products = DeviceReport { trial: Some(trial(TrialWork::Product)), ..cpu.clone() };
        assert_eq!(rates.on(&products), Some(5.0), "products tell nothing of a step");
        rates.note_run(DeviceKind::Cpu, 7.0, true);
        rates.note_run(DeviceKind::Cpu, 8.0, false);
        rates.note_run(DeviceKind::Cpu, 1.0, true);
        rates.note_run(DeviceKind::Cpu, f64::INFINITY, false);
        assert_eq!((rates.on(&tried), rates.on(&cpu)), (Some(8.0), Some(8.0)));
    }
}
