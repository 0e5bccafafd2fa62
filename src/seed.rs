//! One seed, many named streams.
//!
//! Nothing else in the crate draws randomness: each use asks for the stream of its [`Purpose`], so that adding a draw
//! in one place never shifts the numbers of another.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// What a stream of random numbers is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Rendering of a training picture.
    TrainScenes,
    /// Rendering of a test picture.
    TestScenes,
    /// Division into training and test pictures.
    Split,
    /// First weights of the Teacher.
    TeacherInit,
    /// First weights of the Student and of the Base, the same for both.
    StudentInit,
    /// Order of the training pictures.
    Shuffle,
    /// Crops and flips.
    Augmentation,
    /// Choice of the reference batch.
    ReferenceBatch,
    /// First weights of the connectors between the features of Student and Teacher.
    Connector,
    /// First weights of the teacher assistants.
    AssistantInit,
    /// Noise on imputed pixels, and the order of pixels that a map values alike.
    Imputation,
    /// Maps of noise, the control of every method.
    RandomMap,
    /// Choice of the pictures that a limit per class keeps.
    PictureChoice,
    /// Reference batches for the spread of one picture's map.
    SpreadBatches,
    /// Random weights in the Student's place, for a sanity check.
    SanityStudent,
    /// Random weights in the Teacher's place, for a sanity check.
    SanityTeacher,
    /// Shuffled labels, for a sanity check.
    SanityLabels,
    /// Permutation of the images under the null of a score.
    Permutation,
    /// Half of the images, for the interval of a score.
    HalfSample,
    /// Images that stand for a set too large to be resampled whole.
    ResampledImages,
}

/// The stream of `purpose` under `seed`: the same on every platform.
///
/// `index` tells apart streams of one purpose, such as the epochs of a shuffle.
#[must_use]
pub fn stream(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    let mut key = [0u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&(purpose as u64 + 1).to_le_bytes());
    key[16..24].copy_from_slice(&index.to_le_bytes());
    ChaCha8Rng::from_seed(key)
}
