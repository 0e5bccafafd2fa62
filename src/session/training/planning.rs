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
    /// In how many parts a step's pictures would have to go for it to be started (`accumulation`); nothing where it can be
    /// started as it is, or not so either.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub parts: Option<usize>,
}

/// What a step takes too much of.
struct Lack {
    /// As the end of a sentence.
    what: &'static str,
    /// Bytes.
    needed: u64,
    available: u64,
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
        self.room_for(step).map_err(|lack| too_large(step, &lack, self.parts_for(step)))
    }

    fn room_for(&self, step: &PlannedStep) -> std::result::Result<Memory, Lack> {
        let ample = step.plan(Memory::Ample);
        if let Some(available) = self.device_report.largest_buffer
            && ample.largest_buffer > available
        {
            return Err(Lack { what: "in one buffer of the GPU", needed: ample.largest_buffer, available });
        }
        let Some(room) = self.room.filter(|_| self.device_report.kind == DeviceKind::Cpu) else {
            return Ok(self.memory);
        };
        if self.memory.is_ample() && ample.bytes as f64 <= COMFORTABLE * room as f64 {
            return Ok(Memory::Ample);
        }
        let scarce = step.plan(Memory::Scarce);
        if scarce.bytes > room {
            return Err(Lack { what: "of memory, even block by block", needed: scarce.bytes, available: room });
        }
        Ok(Memory::Scarce)
    }

    /// In how many parts, two or four and so on times as many as now, the pictures of a step would have room.
    fn parts_for(&self, step: &PlannedStep) -> Option<usize> {
        std::iter::successors(Some(2 * step.parts), |parts| Some(2 * parts))
            .take_while(|&parts| parts <= step.batch / 2)
            .find(|&parts| self.room_for(&PlannedStep { parts, ..*step }).is_ok())
    }

    fn plan_of(&self, kinds: &[PlannedStep]) -> RunPlan {
        let (memory, refusal) = match self.memory_for(kinds) {
            Ok(memory) => (memory, None),
            Err(error) => (Memory::Scarce, Some(ErrorReport::from(&error))),
        };
        let lacking = || kinds.iter().filter(|kind| self.room_for(kind).is_err());
        let parts = lacking().map(|kind| self.parts_for(kind)).collect::<Option<Vec<_>>>();
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
            parts: parts.and_then(|parts| parts.into_iter().max()),
        }
    }
}

/// The error, with in how many parts the step's pictures would have room.
fn too_large(step: &PlannedStep, lack: &Lack, parts: Option<usize>) -> Error {
    let [width, height] = step.pictures;
    let in_parts = |parts: usize| {
        format!("Let its {} pictures go in {parts} parts (setting accumulation: {parts}), or choose ", step.batch)
    };
    Error::StepTooLarge {
        network: step.pupil.name(),
        needed: mebibytes(lack.needed),
        what: lack.what.to_owned(),
        available: mebibytes(lack.available),
        advice: format!(
            "{}a smaller batch, pictures smaller than {width} x {height}, or a smaller network",
            parts.map_or_else(|| "Choose ".to_owned(), in_parts)
        ),
    }
}

fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}
