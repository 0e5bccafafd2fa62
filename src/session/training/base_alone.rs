//! The Base without anyone beside it.

use crate::distillation::{DistillationConfig, TeacherTrainingConfig, TrainingRun};
use crate::error::Result;
use crate::session::state::Session;

impl Session {
    /// A run of the Base alone: the network, first weights, batches and rates of this recipe's Base, by cross-entropy. It ends
    /// with the Base that the distillation ends with, in a fraction of the time, and asks for no Teacher: it tells what a longer
    /// training would bring. Its events call the Base `student`, as the only network that is trained; the session stays as it was.
    ///
    /// # Errors
    /// [`crate::Error::InvalidConfig`]; [`crate::Error::NotReady`] without data, or where the recipe wants a start that was not
    /// given; [`crate::Error::WeightsMismatch`] when that start is of another network; [`crate::Error::StepTooLarge`].
    pub fn base_alone(&self, config: &DistillationConfig) -> Result<TrainingRun> {
        config.validate()?;
        let data = self.data()?;
        let network = config.student.for_classes(data.train.class_names.len());
        network.validate()?;
        let recipe =
            TeacherTrainingConfig { network: config.student, optimiser: config.optimiser.clone(), start: config.start };
        let memory = self.memory_for(&[self.step_of_teacher(&recipe)?])?;
        let start = self.first_weights(config, &network)?;
        let mut run = TrainingRun::teacher(&recipe, network, &start, &data.train, &self.device)?;
        run.set_memory(memory);
        Ok(run)
    }
}
