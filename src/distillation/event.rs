//! What a training run tells the outside.

use serde::{Deserialize, Serialize};

/// Means over the steps since the last report.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Losses {
    /// What the optimiser lowers.
    pub total: f64,
    /// Cross-entropy with the labels, nats.
    pub hard: f64,
    /// `T^2 * KL` with the Teacher; 0 where there is none.
    pub soft: f64,
    /// Accuracy on the training batches, 0 to 1.
    pub batch_accuracy: f64,
}

/// One thing that happened; in the training of a Teacher, `student` is that Teacher and `base` is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
pub enum TrainingEvent {
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
        /// Seconds of computing that are left, evaluations included as far as seen.
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
}
