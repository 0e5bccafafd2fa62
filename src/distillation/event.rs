//! What a training run tells the outside.

use serde::{Deserialize, Serialize};

/// One loss of the guide, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct TermLoss {
    /// The loss's `kind` in the recipe; a second one of a kind is numbered: `hint 2`.
    pub name: String,
    /// Its value, unweighted.
    pub value: f64,
}

/// Means over the steps since the last report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Losses {
    /// What the optimiser lowers.
    pub total: f64,
    /// Cross-entropy with the labels, nats.
    pub hard: f64,
    /// What is learnt from the Teacher, in the order of the recipe; empty where there is none.
    pub terms: Vec<TermLoss>,
    /// Accuracy on the training batches, 0 to 1.
    pub batch_accuracy: f64,
}

/// Which network of a chain is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Trained {
    /// A Teacher, by labels alone.
    Teacher,
    /// A network between Teacher and Student.
    Assistant,
    /// The Student beside its Base.
    Student,
}

/// One thing that happened.
///
/// `student` is the network that is trained: an assistant in its link of a chain, the Teacher in its own training. `base`
/// is there only beside the Student.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub enum TrainingEvent {
    /// A link of a chain begins, or goes on from a checkpoint: steps, losses and accuracies are this network's from here.
    /// A run without assistants is one link and does not announce it.
    Link {
        /// Which link, counted from 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// What is trained.
        trains: Trained,
        /// Name of its network, e.g. `ResNet-20`.
        network: String,
    },
    /// A step was made, and nothing read from the device.
    Step {
        /// Steps done.
        step: usize,
        /// Steps in all.
        steps: usize,
    },
    /// A step was made and the losses since the last report were read.
    Report {
        /// Steps done.
        step: usize,
        /// Steps in all.
        steps: usize,
        /// Learning rate of this step.
        learning_rate: f64,
        /// The Student's losses.
        student: Losses,
        /// The Base's losses.
        #[cfg_attr(target_arch = "wasm32", tsify(type = "Losses | null"))]
        base: Option<Losses>,
        /// Pictures learnt from per second of computing, pauses left out.
        images_per_second: f64,
        /// Seconds of computing that are left in this link, evaluations included as far as seen.
        seconds_left: f64,
    },
    /// A batch of test pictures was classified.
    Evaluating {
        /// Steps done.
        step: usize,
        /// Steps in all.
        steps: usize,
    },
    /// All test pictures were classified.
    Evaluation {
        /// Steps done.
        step: usize,
        /// Steps in all.
        steps: usize,
        /// Test accuracy, 0 to 1.
        student: f64,
        /// Test accuracy of the Base.
        #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
        base: Option<f64>,
        /// Test accuracy of the Teacher.
        #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
        teacher: Option<f64>,
    },
    /// The run is over; the accuracies are those of the last evaluation.
    Finished {
        /// Test accuracies of the assistants, the Teacher's own pupil first.
        assistants: Vec<f64>,
        /// Steps done.
        step: usize,
        /// Steps in all.
        steps: usize,
        /// Test accuracy, 0 to 1.
        student: f64,
        /// Test accuracy of the Base.
        #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
        base: Option<f64>,
        /// The Student's test accuracy less the Base's, -1 to 1; nothing where there is no Base.
        #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
        gain: Option<f64>,
        /// Test accuracy of the Teacher.
        #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
        teacher: Option<f64>,
    },
}
