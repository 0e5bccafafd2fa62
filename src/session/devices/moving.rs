//! Which device the session computes on: tried, changed, prepared.

use crate::error::{Error, Result};
use crate::session::devices::preparation_stage::PreparationStage;
use crate::session::devices::preparing::prepare;
use crate::session::devices::trial::Verdict;
use crate::session::networks::model::Model;
use crate::session::state::Session;
use crate::tensors::device::{DeviceChoice, DeviceKind, DeviceReport, DeviceTrial, open};

impl Session {
    /// Opens the device. `Auto` tries both, which takes some seconds where WebGPU has kernels to compile, and takes the
    /// quicker one; a shell that cannot wait begins on the CPU, then pulls [`advance_trial`](Self::advance_trial) and
    /// [moves](Self::move_to).
    ///
    /// # Errors
    /// [`Error::NoWebGpu`] when WebGPU is demanded and not to be had.
    pub async fn create(choice: DeviceChoice) -> Result<Self> {
        let first = if choice == DeviceChoice::Auto { DeviceChoice::Cpu } else { choice };
        let (device, device_report) = open(first).await?;
        let mut session = Self::on(device, device_report);
        if choice == DeviceChoice::Auto {
            session.move_to(choice).await?;
        }
        Ok(session)
    }

    /// Makes the next piece of a trial of both devices, and begins one where none is under way; says whether there are
    /// more pieces. Not asking pauses it. What it found stands in [`device`](Self::device): a trial, or as a notice why
    /// WebGPU cannot be tried. The session stays where it is: [`move_to`](Self::move_to) moves it.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`] when the CPU fails.
    pub async fn advance_trial(&mut self) -> Result<bool> {
        let mut trial = self.trial.take().unwrap_or_default();
        match trial.advance().await? {
            None => {
                self.trial = Some(trial);
                return Ok(true);
            }
            Some(Verdict::Measured(found)) => {
                (self.device_report.trial, self.device_report.notice) = (Some(found), None)
            }
            Some(Verdict::Unusable(reason)) => self.device_report.notice = Some(reason),
        }
        Ok(false)
    }

    /// Goes on with another device. Data, Teacher, first weights, Student, Base and assistants go along, built anew from
    /// the weights on the host, and so do all results: nothing is lost. `Auto` is the device that a trial found quicker;
    /// one is made where there was none.
    ///
    /// # Errors
    /// [`Error::UnderWay`] while a run, a score or a spread is under way; [`Error::NoWebGpu`]. The session stays as it
    /// was then.
    pub async fn move_to(&mut self, choice: DeviceChoice) -> Result<&DeviceReport> {
        self.refuse_under_way()?;
        let (wanted, choice) = match choice {
            DeviceChoice::Cpu => (DeviceKind::Cpu, choice),
            DeviceChoice::Webgpu => (DeviceKind::Webgpu, choice),
            DeviceChoice::Auto => match self.quicker().await? {
                DeviceKind::Webgpu => (DeviceKind::Webgpu, DeviceChoice::Webgpu),
                _ => (DeviceKind::Cpu, DeviceChoice::Cpu),
            },
        };
        if self.device_report.kind == wanted {
            return Ok(&self.device_report);
        }
        let (device, report) = open(choice).await?;
        let again = |model: &Option<Model>| model.as_ref().map(|model| model.on(&device)).transpose();
        let (teacher, student, base) = (again(&self.teacher)?, again(&self.student)?, again(&self.base)?);
        let assistants = self.assistants.iter().map(|model| model.on(&device)).collect::<Result<Vec<_>>>()?;
        (self.teacher, self.student, self.base, self.assistants) = (teacher, student, base, assistants);
        let trial = self.device_report.trial.clone();
        let former = std::mem::replace(&mut self.device_report, DeviceReport { trial, ..report });
        self.journal.note_move(former);
        self.preparation = None;
        // What was on the former one is gone, and its buffers go with it.
        self.make_room();
        self.device = device;
        Ok(&self.device_report)
    }

    /// Makes the next piece of a small run of the shipped recipe, so that every kernel of it is compiled before one is
    /// asked for; says whether there are more pieces. Not asking pauses it. Nothing of it is kept but the kernels.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`].
    pub async fn advance_preparation(&mut self) -> Result<bool> {
        if self.prepared.contains(&self.device_report.kind) {
            return Ok(false);
        }
        let begin =
            || (Box::new(Self::on(self.device.clone(), self.device_report.clone())), PreparationStage::default());
        let (mut own, mut stage) = self.preparation.take().unwrap_or_else(begin);
        let has_more = prepare(&mut own, &mut stage).await?;
        if has_more {
            self.preparation = Some((own, stage));
        } else {
            self.prepared.push(self.device_report.kind);
        }
        Ok(has_more)
    }

    /// The quicker device, tried where that has not been done.
    async fn quicker(&mut self) -> Result<DeviceKind> {
        if self.device_report.trial.is_none() && self.device_report.notice.is_none() {
            while self.advance_trial().await? {}
        }
        Ok(self.device_report.trial.as_ref().map_or(DeviceKind::Cpu, DeviceTrial::quicker))
    }

    fn refuse_under_way(&self) -> Result<()> {
        let under_way = [
            (self.running.is_some(), "A run"),
            (self.scoring.is_some(), "A score"),
            (self.spread.is_some(), "A spread"),
        ];
        match under_way.into_iter().find(|(is_under_way, _)| *is_under_way) {
            Some((_, what)) => Err(Error::UnderWay { what: what.to_owned() }),
            None => Ok(()),
        }
    }
}
