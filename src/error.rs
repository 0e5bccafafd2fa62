//! Everything that can go wrong, as one enum.
//!
//! Each variant has a stable [`Error::code`] that survives the trip through WebAssembly and the worker, and a
//! sentence that says what happened and what to do about it.

use thiserror::Error;

/// Shorthand used by every module of the crate.
pub type Result<T> = std::result::Result<T, Error>;

/// One tensor of a weight file whose shape is not the one that the network asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeMismatch {
    /// Name of the tensor in the network, e.g. `layer1.0.conv1.weight`.
    pub name: String,
    /// Shape that the network asks for.
    pub expected: Vec<usize>,
    /// Shape found in the file.
    pub found: Vec<usize>,
}

/// What went wrong, with the facts needed to say what to do.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// A distance statistic needs at least four images: `n(n-3)` divides it.
    #[error(
        "{n} images are too few: distance statistics need at least {needed}. Add more images to the reference batch."
    )]
    TooFewImages {
        /// Images given.
        n: usize,
        /// Images needed.
        needed: usize,
    },
    /// The held-out part is too small for any distance statistic.
    #[error(
        "{n} held-out images are too few: distance statistics need at least {needed}. Give more images, or hold out a larger share of them (testShare)."
    )]
    TooFewHeldOut {
        /// Images held out.
        n: usize,
        /// Images needed.
        needed: usize,
    },
    /// All images carry the same label, so nothing can be relevant to the labels.
    #[error(
        "All {n} images belong to the class \"{class}\": relevance needs at least two classes. Add images of another class."
    )]
    OneClassOnly {
        /// Images given.
        n: usize,
        /// Name of the one class.
        class: String,
    },
    /// A layer gives the same features for every image, so its distances are all zero.
    #[error(
        "The features of the {model} at {layer} are the same for every image. Train it further, or choose another layer."
    )]
    ConstantFeatures {
        /// Teacher, Student or Base.
        model: String,
        /// Layer name, e.g. `layer2`.
        layer: String,
    },
    /// A number is infinite or not a number.
    #[error("{what} is not finite. {advice}")]
    NotFinite {
        /// What holds the number.
        what: String,
        /// What the user can do.
        advice: String,
    },
    /// A setting is outside its range.
    #[error("Setting \"{field}\": {problem}.")]
    InvalidConfig {
        /// The setting's name as the page and the JSON spell it.
        field: String,
        /// The rule that it breaks and the value that broke it.
        problem: String,
    },
    /// The bytes are of no image format that we read.
    #[error("Not an image that can be read here: {found}. Use JPEG, PNG, WebP, BMP or GIF.")]
    UnsupportedImage {
        /// What the first bytes look like.
        found: String,
    },
    /// The image starts well but cannot be decoded.
    #[error("The {format} file is damaged: {reason}. Save it again or leave it out.")]
    CorruptImage {
        /// Format by its first bytes.
        format: String,
        /// What the decoder said.
        reason: String,
    },
    /// The header promises more pixels than we decode.
    #[error(
        "The image is {width} x {height} pixels, over the limit of {limit_megapixels} megapixels. Scale it down first."
    )]
    ImageTooLarge {
        /// Width from the header, pixels.
        width: u32,
        /// Height from the header, pixels.
        height: u32,
        /// Limit in millions of pixels.
        limit_megapixels: u32,
    },
    /// The archive cannot be opened.
    #[error("The archive cannot be read: {reason}. Pack the images again as a plain zip or tar file.")]
    CorruptArchive {
        /// What the reader said.
        reason: String,
    },
    /// The archive's headers promise more than we unpack.
    #[error("The archive {problem}. Split it, or pick the images themselves.")]
    ArchiveTooLarge {
        /// Which limit is passed and by how much.
        problem: String,
    },
    /// A Parquet file, or a row of it, that gives no labelled picture.
    #[error("The Parquet file gives no labelled picture here: {problem}. {advice}.")]
    UnreadableParquet {
        /// What is wrong with the file or the row.
        problem: String,
        /// What the user can do, an imperative.
        advice: String,
    },
    /// The small pictures together would take more memory than a page can spare.
    #[error(
        "Over {images} images of {size} x {size} pixels take more than {limit_mebibytes} MiB{place}. Choose a smaller size, or fewer images a class."
    )]
    TooManyImages {
        /// Images that fit.
        images: usize,
        /// Side of each, pixels.
        size: usize,
        /// Limit of all together, MiB.
        limit_mebibytes: u64,
        /// Where they are kept, as the end of a sentence.
        place: &'static str,
    },
    /// The file outside of the memory that holds the pictures.
    #[error(
        "The file that keeps the pictures outside of the memory failed: {reason}. Make room on the disk, then choose the pictures again."
    )]
    ShelfFailed {
        /// What the system said.
        reason: String,
    },
    /// An image lies in no folder, so that its class is unknown.
    #[error(
        "The file lies in no folder, so its class is unknown. Put the images of each class into a folder with the class's name."
    )]
    NoClassFolder,
    /// A folder that holds no file: its name is no class here, though it may be one of a network's.
    #[error("The folder holds no file, so there is no class of its name. Put images into it, or remove it.")]
    EmptyFolder,
    /// A file or link that the system does not hand out.
    #[error("The file cannot be opened: {reason}. Copy the file itself to its place, or leave it out.")]
    UnreachableFile {
        /// What the system said.
        reason: String,
    },
    /// After the broken ones are left out, too little is left to train on.
    #[error("{problem}. Give at least two classes with {needed} readable images each.")]
    DatasetTooSmall {
        /// What is missing.
        problem: String,
        /// Images needed per class.
        needed: usize,
    },
    /// The file holds no weights, or they cannot be parsed.
    #[error("The weight file cannot be read: {reason}. {advice}.")]
    UnreadableWeights {
        /// What it is instead, or what the reader said.
        reason: String,
        /// What the user can do, an imperative.
        advice: String,
    },
    /// Bytes that are handed over as a shipped file and are not what was shipped.
    #[error(
        "\"{file}\" is not the file that was shipped with this engine: its digest differs. Reload the page to fetch it again; if that does not help, put the engine's own weights beside it."
    )]
    WrongDigest {
        /// The file's name.
        file: String,
    },
    /// The weights are of a network that is not known here.
    #[error(
        "The weights are of {found}, which is none of the networks that are known here. Give a CIFAR ResNet, a ResNet-18, 34, 50 or 101, a VGG or a tiny CNN, or train a Teacher."
    )]
    UnknownNetwork {
        /// What the names of the tensors tell.
        found: String,
    },
    /// The weight file parses but does not fit the network.
    #[error("The weights do not fit {network}: {}", describe_mismatch(missing, unexpected, misshapen))]
    WeightsMismatch {
        /// The network that was asked for.
        network: String,
        /// Tensors that the network needs and the file lacks.
        missing: Vec<String>,
        /// Tensors of the file that the network does not know.
        unexpected: Vec<String>,
        /// Tensors with another shape.
        misshapen: Vec<ShapeMismatch>,
    },
    /// The Teacher answers another number of classes than the data has.
    #[error(
        "The Teacher knows {weights} classes and the data has {data}. Choose weights that were trained on these classes."
    )]
    ClassCountMismatch {
        /// Classes of the weights.
        weights: usize,
        /// Classes of the data.
        data: usize,
    },
    /// A Base that is no twin of the Student.
    #[error(
        "The Base ({base}) is of another shape than the Student ({student}), and the two are one network, trained with the Teacher and without. Give the Base that was trained beside this Student."
    )]
    BaseMismatch {
        /// The Student's name.
        student: String,
        /// The Base's.
        base: String,
    },
    /// A layer number that the network has not.
    #[error("There is no layer {layer}: the network has layers 1 to {layers}.")]
    NoSuchLayer {
        /// Layer asked for, counted from 1.
        layer: usize,
        /// How many there are.
        layers: usize,
    },
    /// A layer of the Student for which another network, with fewer stages, has no counterpart.
    #[error(
        "The {model} has no counterpart for {layer} of the Student: stages are paired from the deepest. Choose a deeper layer."
    )]
    NoMatchingLayer {
        /// The network without it.
        model: String,
        /// The Student's layer.
        layer: String,
    },
    /// A call came before what it stands on.
    #[error("{needed} first.")]
    NotReady {
        /// What has to be done first, as an imperative.
        needed: String,
    },
    /// The device cannot be changed under work that holds tensors on it.
    #[error("{what} is under way and stays on its device. Wait for its end or cancel it, then change the device.")]
    UnderWay {
        /// What is under way, e.g. `A run`.
        what: String,
    },
    /// A step that the device has no room for, however it is made.
    #[error("A step of {network} takes about {needed} MiB {what}, and this device has {available} MiB. {advice}.")]
    StepTooLarge {
        /// The network that learns.
        network: String,
        /// Needed, MiB.
        needed: u64,
        /// Of what, as the end of a sentence.
        what: String,
        /// At hand, MiB.
        available: u64,
        /// What the user can do, an imperative.
        advice: String,
    },
    /// A reference batch whose features at a layer the device has no room for.
    #[error(
        "Maps and scores of {images} images hold about {needed} MiB {what} at once, and this device has {available} MiB. {advice}."
    )]
    BatchTooLarge {
        /// Images of the batch.
        images: usize,
        /// Needed, MiB.
        needed: u64,
        /// Of what, e.g. `of memory`.
        what: String,
        /// At hand, MiB.
        available: u64,
        /// What the user can do, an imperative; it names how many images would fit.
        advice: String,
    },
    /// Bytes that are no checkpoint of a run.
    #[error("The checkpoint cannot be read: {reason}. Start the run anew, or give the file of an earlier checkpoint.")]
    UnreadableCheckpoint {
        /// What is wrong with it.
        reason: String,
    },
    /// A checkpoint of a run with other settings or on other data.
    #[error("The checkpoint was made with {what}. Resume it with what it was made with, or start the run anew.")]
    CheckpointMismatch {
        /// What differs.
        what: String,
    },
    /// Bytes that are no bundle of a run.
    #[error(
        "The bundle cannot be read: {reason}. Save it anew from the session that made it, or ask its sender for it again."
    )]
    UnreadableBundle {
        /// What is wrong with it.
        reason: String,
    },
    /// A file of the session's own that cannot be made.
    #[error("{what} cannot be written: {reason}. {advice}.")]
    Unwritable {
        /// The file.
        what: &'static str,
        /// What is in the way.
        reason: String,
        /// What the user can do, an imperative.
        advice: &'static str,
    },
    /// The pictures that a bundle is to be replayed on are not those it was made with.
    #[error(
        "These are other pictures than the bundle's: their digest is {found}, the bundle's is {expected}. Give the files that the run was made with."
    )]
    OtherPictures {
        /// Digest in the bundle, hexadecimal.
        expected: String,
        /// Digest of the pictures at hand.
        found: String,
    },
    /// WebGPU was asked for and is not to be had.
    #[error(
        "WebGPU cannot be used: {reason}. Choose the CPU: ?device=cpu on the page, --device cpu on the command line."
    )]
    NoWebGpu {
        /// Why.
        reason: String,
    },
    /// Another device than the page's was asked for and is not to be had.
    #[error("The device {device} cannot be used: {reason}. Start it, or choose another with --device.")]
    NoDevice {
        /// What was asked for.
        device: String,
        /// Why it is not to be had.
        reason: String,
    },
    /// The device failed while reading a result back.
    #[error(
        "The device failed while computing. Start again, or choose the CPU: ?device=cpu on the page, --device cpu on the command line."
    )]
    DeviceFailed {
        /// What the backend said: for programmers, see [`Error::details`].
        reason: String,
    },
}

impl Error {
    /// Stable identifier of the kind of error, for programs: kebab-case, never translated.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooFewImages { .. } => "too-few-images",
            Self::TooFewHeldOut { .. } => "too-few-held-out",
            Self::OneClassOnly { .. } => "one-class-only",
            Self::ConstantFeatures { .. } => "constant-features",
            Self::NotFinite { .. } => "not-finite",
            Self::InvalidConfig { .. } => "invalid-config",
            Self::UnsupportedImage { .. } => "unsupported-image",
            Self::CorruptImage { .. } => "corrupt-image",
            Self::ImageTooLarge { .. } => "image-too-large",
            Self::CorruptArchive { .. } => "corrupt-archive",
            Self::ArchiveTooLarge { .. } => "archive-too-large",
            Self::UnreadableParquet { .. } => "unreadable-parquet",
            Self::TooManyImages { .. } => "too-many-images",
            Self::ShelfFailed { .. } => "shelf-failed",
            Self::NoClassFolder => "no-class-folder",
            Self::EmptyFolder => "empty-folder",
            Self::UnreachableFile { .. } => "file-unreadable",
            Self::DatasetTooSmall { .. } => "dataset-too-small",
            Self::UnreadableWeights { .. } => "unreadable-weights",
            Self::WrongDigest { .. } => "wrong-digest",
            Self::UnknownNetwork { .. } => "unknown-network",
            Self::WeightsMismatch { .. } => "weights-mismatch",
            Self::ClassCountMismatch { .. } => "class-count-mismatch",
            Self::BaseMismatch { .. } => "base-mismatch",
            Self::NoSuchLayer { .. } => "no-such-layer",
            Self::NoMatchingLayer { .. } => "no-matching-layer",
            Self::NotReady { .. } => "not-ready",
            Self::UnderWay { .. } => "under-way",
            Self::StepTooLarge { .. } => "step-too-large",
            Self::BatchTooLarge { .. } => "batch-too-large",
            Self::UnreadableCheckpoint { .. } => "unreadable-checkpoint",
            Self::CheckpointMismatch { .. } => "checkpoint-mismatch",
            Self::UnreadableBundle { .. } => "unreadable-bundle",
            Self::Unwritable { .. } => "unwritable",
            Self::OtherPictures { .. } => "other-pictures",
            Self::NoWebGpu { .. } => "no-webgpu",
            Self::NoDevice { .. } => "no-device",
            Self::DeviceFailed { .. } => "device-failed",
        }
    }

    /// What a machine said about it in its own words, where that is no sentence for people.
    #[must_use]
    pub fn details(&self) -> Option<&str> {
        match self {
            Self::DeviceFailed { reason } => Some(reason),
            _ => None,
        }
    }

    /// A setting that breaks its rule.
    pub(crate) fn config(field: &str, problem: impl Into<String>) -> Self {
        Self::InvalidConfig { field: field.to_owned(), problem: problem.into() }
    }
}

/// How many tensors of each kind a message names before it only counts them.
const NAMED_TENSORS: usize = 4;

fn describe_mismatch(missing: &[String], unexpected: &[String], misshapen: &[ShapeMismatch]) -> String {
    let shapes: Vec<String> =
        misshapen.iter().map(|m| format!("{} should be {:?} and is {:?}", m.name, m.expected, m.found)).collect();
    let mut parts = Vec::new();
    for (title, names) in [("", shapes.as_slice()), ("missing: ", missing), ("unknown: ", unexpected)] {
        if names.is_empty() {
            continue;
        }
        let mut part = format!("{title}{}", names[..names.len().min(NAMED_TENSORS)].join(", "));
        if names.len() > NAMED_TENSORS {
            part.push_str(&format!(" and {} more", names.len() - NAMED_TENSORS));
        }
        parts.push(part);
    }
    // The second extent of a first convolution is the channels of its pictures.
    let is_grey = misshapen.iter().any(|m| m.expected.get(1) == Some(&3) && m.found.get(1) == Some(&1));
    let advice = if is_grey {
        "It was trained on grey pictures, of 1 channel instead of 3, which are not supported: train it on colour ones"
    } else {
        "Choose the network that these weights were trained for"
    };
    format!("{}. {advice}.", parts.join("; "))
}
