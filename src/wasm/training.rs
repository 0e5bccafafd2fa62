//! Runs, as JavaScript pulls them.

use tsify::Ts;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{give, read};
use super::session::{Outcome, Session};
use crate::distillation::{DistillationConfig, Memory, RunConfig, TeacherTrainingConfig, TrainingEvent};
use crate::session::{Interruption, RunPlan, Timeline, TimelineConfig, TimelinePoint};

#[wasm_bindgen]
impl Session {
    /// From now on runs hold little of a step in memory and compute its blocks twice.
    #[wasm_bindgen(js_name = spareMemory)]
    pub fn spare_memory(&self) -> Outcome<()> {
        self.with(|core| {
            core.set_memory(Memory::Scarce);
            Ok(())
        })
    }

    /// What a Teacher's training would take, and whether it can be started here.
    #[wasm_bindgen(js_name = planTeacher)]
    pub fn plan_teacher(&self, config: Ts<TeacherTrainingConfig>) -> Outcome<Ts<RunPlan>> {
        self.with_room(|core| give(&core.plan_teacher(&read("teacher", &config)?)?))
    }

    /// What a distillation would take, and whether it can be started here.
    #[wasm_bindgen(js_name = planDistillation)]
    pub fn plan_distillation(&self, config: Ts<DistillationConfig>) -> Outcome<Ts<RunPlan>> {
        self.with_room(|core| give(&core.plan_distillation(&read("distillation", &config)?)?))
    }

    /// Begins to train a Teacher.
    #[wasm_bindgen(js_name = startTeacher)]
    pub fn start_teacher(&self, config: Ts<TeacherTrainingConfig>) -> Outcome<()> {
        self.cancelled.set(false);
        self.with_room(|core| core.start_teacher(&read("teacher", &config)?))
    }

    /// Begins to distil a Student beside its Base.
    #[wasm_bindgen(js_name = startDistillation)]
    pub fn start_distillation(&self, config: Ts<DistillationConfig>) -> Outcome<()> {
        self.cancelled.set(false);
        self.with_room(|core| core.start_distillation(&read("distillation", &config)?))
    }

    /// Begins to distil a Student beside its Base, and watches a few pictures on the way.
    #[wasm_bindgen(js_name = startWatched)]
    pub fn start_watched(&self, config: Ts<DistillationConfig>, timeline: Ts<TimelineConfig>) -> Outcome<()> {
        self.cancelled.set(false);
        self.with_room(|core| core.start_watched(&read("distillation", &config)?, &read("timeline", &timeline)?))
    }

    /// The timeline of the run under way, or of the last one that came to its end; `undefined` where it is not watched.
    pub fn timeline(&self) -> Outcome<Option<Ts<Timeline>>> {
        self.with(|core| core.timeline().map(give).transpose())
    }

    /// The point of the timeline that the last `next` made, once; `undefined` when it made none.
    #[wasm_bindgen(js_name = takePoint)]
    pub fn take_point(&self) -> Outcome<Option<Ts<TimelinePoint>>> {
        self.with(|core| core.take_point().as_ref().map(give).transpose())
    }

    /// Makes the next step of the run; `undefined` when none is under way. Not calling it pauses the run.
    pub async fn next(&self) -> Outcome<Option<Ts<TrainingEvent>>> {
        self.lend(async |core| core.next().await?.as_ref().map(give).transpose()).await
    }

    /// The run under way as bytes: all that `resume` needs.
    pub async fn checkpoint(&self) -> Outcome<js_sys::Uint8Array> {
        self.lend(async |core| Ok(js_sys::Uint8Array::from(core.checkpoint().await?.as_slice()))).await
    }

    /// Goes on from a checkpoint, with the same data, Teacher and starting weights.
    pub fn resume(&self, config: Ts<RunConfig>, bytes: &[u8]) -> Outcome<()> {
        self.cancelled.set(false);
        self.with_room(|core| core.resume(&read("run", &config)?, bytes))
    }

    /// Notes that the run that was just resumed had been interrupted, and measures what a change of device does to it.
    #[wasm_bindgen(js_name = noteInterruption)]
    pub async fn note_interruption(&self, reason: &str, lost_at: usize) -> Outcome<Ts<Interruption>> {
        self.lend(async |core| give(&core.note_interruption(reason, lost_at).await?)).await
    }
}
