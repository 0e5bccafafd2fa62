//! How far a preparation is.

/// What comes next: everything that the shipped recipe comes to.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::session) enum PreparationStage {
    /// Pictures and networks.
    #[default]
    Teacher,
    /// Steps of a run.
    Training,
    /// Maps of the layer that is shown first.
    Maps,
    /// Scores.
    Scores,
}
