//! A Student trained under a Teacher, beside a Base trained without one.
//!
//! Takes: a dataset, networks and a recipe. Gives: trained weights and a pulled stream of [`TrainingEvent`]s. The
//! Student and its Base share start, seed, batches and step budget, so that what differs is the Teacher's doing; between
//! Teacher and Student there may be assistants, each trained under the one before it.
//! May import: `error`, `seed`, `dataset`, `tensors`, `operations`, `models`.

mod algorithm;
mod augment;
mod batches;
mod checkpoint;
mod evaluate;
mod event;
mod guide;
mod learner;
mod link;
pub mod losses;
mod memory;
mod objective;
mod optimiser;
mod pace;
mod plan;
mod recipe;
mod remembered;
mod run;
mod schedule;
mod update;

pub use algorithm::Algorithm;
pub use augment::{crop_sides, shifts};
pub use checkpoint::Provenance;
pub use evaluate::{Evaluation, pictures_at_once, pictures_that_fit};
pub use event::{Losses, TermLoss, Trained, TrainingEvent};
pub use guide::{Compared, Guide};
pub use learner::{Learner, LearnerState, StepOutcome};
pub use memory::Memory;
pub use objective::{Loss, LossTerm};
pub use optimiser::OptimiserConfig;
pub use plan::{PlannedStep, StepPlan};
pub use recipe::{AssistantConfig, DistillationConfig, RunConfig, Start, TeacherTrainingConfig};
pub use run::{Finished, Paired, TrainingRun};
pub use schedule::Schedule;
pub use update::{HostMoments, Optimiser};
