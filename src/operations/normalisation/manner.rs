//! What a normalisation does beside itself.

/// What is done beside the normalisation itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Manner {
    /// Added to the variance.
    pub epsilon: f64,
    /// How far running statistics move towards those of a batch, 0 to 1.
    pub momentum: f64,
    /// Whether a shortcut is added.
    pub shortcut: bool,
    /// Whether a ReLU follows.
    pub relu: bool,
}
