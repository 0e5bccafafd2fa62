//! What a run will take and whether the device has it, told before it starts.

use serde::{Deserialize, Serialize};

use crate::dataset::collect::ErrorReport;
use crate::distillation::{DistillationConfig, Memory, PlannedStep, StepPlan, TeacherTrainingConfig};
use crate::error::{Error, Result};
use crate::session::state::{Session, not_ready};
use crate::tensors::device::DeviceKind;

/// Share of the memory at hand up to which a step is made at once: what runs out costs the run some steps, and what is planned
/// is no more than nearly right.
const COMFORTABLE: f64 = 0.75;

/// A run as it is planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct RunPlan {
    /// The step that takes most memory; without assistants all are alike.
    pub step: StepPlan,
    /// Steps of the whole run, the assistants' included.
    pub steps: usize,
    /// Products that they sum, all together, evaluations left out.
    pub multiply_adds: u64,
    /// How long they take by the pace that was measured on this device, seconds; nothing before there is one.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub seconds: Option<f64>,
    /// Why it cannot be started here.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "ErrorReport | null"))]
    pub refusal: Option<ErrorReport>,
}

impl Session {
    /// Says how many bytes may still be asked for on the CPU; nothing for as many as there are.
    pub fn set_room(&mut self, bytes: Option<u64>) {
        self.room = bytes;
    }

    /// What a distillation under the chosen Teacher would take; nothing is allocated.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`], [`Error::NotReady`] before there are data and a Teacher.
    pub fn plan_distillation(&self, config: &DistillationConfig) -> Result<RunPlan> {
        config.validate()?;
        Ok(self.plan_of(&self.steps_of_distillation(config)?))
    }

    /// What a Teacher's training would take.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`], [`Error::NotReady`] before there are data.
    pub fn plan_teacher(&self, config: &TeacherTrainingConfig) -> Result<RunPlan> {
        config.network.validate()?;
        config.optimiser.validate()?;
        Ok(self.plan_of(&[self.step_of_teacher(config)?]))
    }

    pub(in crate::session) fn steps_of_distillation(&self, config: &DistillationConfig) -> Result<Vec<PlannedStep>> {
        let images = &self.data()?.train;
        let teacher = self.teacher.as_ref().ok_or_else(|| not_ready("Choose or train a Teacher"))?;
        let assistants = config.assistants.iter().map(|assistant| &assistant.network);
        for architecture in assistants.chain([&config.student]) {
            architecture.check_pictures(images.width, images.height)?;
        }
        let pictures = [images.width, images.height];
        let steps = PlannedStep::of_distillation(config, teacher.config, pictures, images.len());
        Ok(steps.into_iter().map(|step| step.on(self.device_report.kind.keeps_buffers())).collect())
    }

    pub(in crate::session) fn step_of_teacher(&self, config: &TeacherTrainingConfig) -> Result<PlannedStep> {
        let images = &self.data()?.train;
        config.network.check_pictures(images.width, images.height)?;
        let network = config.network.for_classes(images.class_names.len());
        let step = PlannedStep::of_teacher(config, network, [images.width, images.height], images.len());
        Ok(step.on(self.device_report.kind.keeps_buffers()))
    }

    /// How much of a step such a run may hold: as much as there is room for.
    ///
    /// # Errors
    /// [`Error::StepTooLarge`] where there is no room even for its blocks one by one.
    pub(in crate::session) fn memory_for(&self, steps: &[PlannedStep]) -> Result<Memory> {
        let mut memory = self.memory;
        for step in steps {
            if !self.memory_of(step)?.is_ample() {
                memory = Memory::Scarce;
            }
        }
        Ok(memory)
    }

    fn memory_of(&self, step: &PlannedStep) -> Result<Memory> {
        let ample = step.plan(Memory::Ample);
        if let Some(available) = self.device_report.largest_buffer
            && ample.largest_buffer > available
        {
            let of = |batch| PlannedStep { batch, ..*step }.plan(Memory::Ample).largest_buffer;
            return Err(too_large(step, "in one buffer of the GPU", ample.largest_buffer, available, of));
        }
        let Some(room) = self.room.filter(|_| self.device_report.kind == DeviceKind::Cpu) else {
            return Ok(self.memory);
        };
        if self.memory.is_ample() && ample.bytes as f64 <= COMFORTABLE * room as f64 {
            return Ok(Memory::Ample);
        }
        let scarce = step.plan(Memory::Scarce);
        if scarce.bytes > room {
            let of = |batch| PlannedStep { batch, ..*step }.plan(Memory::Scarce).bytes;
            return Err(too_large(step, "of memory, even block by block", scarce.bytes, room, of));
        }
        Ok(Memory::Scarce)
    }

    fn plan_of(&self, kinds: &[PlannedStep]) -> RunPlan {
        let (memory, refusal) = match self.memory_for(kinds) {
            Ok(memory) => (memory, None),
            Err(error) => (Memory::Scarce, Some(ErrorReport::from(&error))),
        };
        let plans: Vec<StepPlan> = kinds.iter().map(|kind| kind.plan(memory)).collect();
        let of_all = |(kind, plan): (&PlannedStep, &StepPlan)| kind.steps as u64 * plan.multiply_adds;
        let multiply_adds = kinds.iter().zip(&plans).map(of_all).sum();
        let step = plans.into_iter().max_by_key(|plan| plan.bytes).expect("every run has steps");
        RunPlan {
            step,
            steps: kinds.iter().map(|kind| kind.steps).sum(),
            multiply_adds,
            seconds: self.rates.on(&self.device_report).map(|rate| multiply_adds as f64 / rate),
            refusal,
        }
    }
}

/// The error, with the largest batch that would fit among half, a quarter and so on.
fn too_large(step: &PlannedStep, what: &str, needed: u64, available: u64, of: impl Fn(usize) -> u64) -> Error {
    let halves = std::iter::successors(Some(step.batch / 2), |batch| Some(batch / 2)).take_while(|&batch| batch >= 2);
    let fitting = halves.into_iter().find(|&batch| of(batch) <= available);
    let [width, height] = step.pictures;
    let batch = fitting.map(|fitting| format!("a batch of {fitting} in place of {}, ", step.batch)).unwrap_or_default();
    Error::StepTooLarge {
        network: step.pupil.name(),
        needed: mebibytes(needed),
        what: what.to_owned(),
        available: mebibytes(available),
        advice: format!("Choose {batch}pictures smaller than {width} x {height}, or a smaller network"),
    }
}

fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}
