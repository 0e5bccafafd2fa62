//! A Student trained under a Teacher, beside a Base trained without one.
//!
//! Takes: a dataset, networks and a recipe. Gives: trained weights and a pulled stream of [`TrainingEvent`]s. The
//! Student and its Base share start, seed, batches and step budget, so that what differs is the Teacher's doing.
//! May import: `error`, `seed`, `dataset`, `tensors`, `models`.

mod augment;
mod evaluate;
mod event;
mod learner;
pub mod losses;
mod recipe;
mod run;

pub use augment::shifts;
pub use evaluate::Evaluation;
pub use event::{Losses, TrainingEvent};
pub use learner::{Learner, StepOutcome};
pub use recipe::{DistillationConfig, OptimiserConfig, Start, TeacherTrainingConfig};
pub use run::{Finished, TrainingRun};
