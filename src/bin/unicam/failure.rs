//! What ends a command, with its code for programs and its sentence for people.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use unicam::Error;

/// Why a command ended early.
#[derive(Debug)]
pub enum Failure {
    /// The crate refused or failed.
    Core(Error),
    /// A file or folder could not be read.
    Unreadable(String),
    /// A file or folder could not be written.
    Unwritable(String),
    /// Arguments that contradict each other or name nothing.
    Usage(String),
    /// A bundle whose replay has other numbers.
    Differs(String),
    /// Ctrl-C.
    Interrupted(String),
}

/// What the functions of the command line give back.
pub type Outcome<T> = Result<T, Failure>;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl Failure {
    /// A file that cannot be read.
    pub fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::Unreadable(format!("{} cannot be read: {error}.", path.display()))
    }

    /// A file that cannot be written.
    pub fn unwritable(path: &Path, error: &io::Error) -> Self {
        Self::Unwritable(format!("{} cannot be written: {error}.", path.display()))
    }

    /// Stable identifier, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Core(error) => error.code(),
            Self::Unreadable(_) => "file-unreadable",
            Self::Unwritable(_) => "file-unwritable",
            Self::Usage(_) => "usage",
            Self::Differs(_) => "replay-differs",
            Self::Interrupted(_) => "interrupted",
        }
    }

    /// What happened and what to do.
    pub fn message(&self) -> String {
        match self {
            Self::Core(error) => match error.details() {
                Some(details) => format!("{error} (The device said: {details})"),
                None => error.to_string(),
            },
            Self::Unreadable(text)
            | Self::Unwritable(text)
            | Self::Usage(text)
            | Self::Differs(text)
            | Self::Interrupted(text) => text.clone(),
        }
    }

    /// 1: the computation failed; 2: arguments or settings; 3: pictures, archives or weights; 4: files; 5: the device;
    /// 6: a replay differs from its bundle; 130: interrupted.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Core(error) => match error {
                Error::InvalidConfig { .. } | Error::NoSuchLayer { .. } | Error::NotReady { .. } => 2,
                Error::UnsupportedImage { .. }
                | Error::CorruptImage { .. }
                | Error::ImageTooLarge { .. }
                | Error::CorruptArchive { .. }
                | Error::ArchiveTooLarge { .. }
                | Error::UnreadableParquet { .. }
                | Error::NoClassFolder
                | Error::EmptyFolder
                | Error::UnreachableFile { .. }
                | Error::DatasetTooSmall { .. }
                | Error::UnreadableWeights { .. }
                | Error::UnknownNetwork { .. }
                | Error::WeightsMismatch { .. }
                | Error::ClassCountMismatch { .. }
                | Error::BaseMismatch { .. }
                | Error::UnreadableBundle { .. }
                | Error::TooManyImages { .. }
                | Error::TooFewHeldOut { .. }
                | Error::OneClassOnly { .. }
                | Error::OtherPictures { .. } => 3,
                Error::NoWebGpu { .. } | Error::NoDevice { .. } => 5,
                _ => 1,
            },
            Self::Usage(_) => 2,
            Self::Unreadable(_) | Self::Unwritable(_) => 4,
            Self::Differs(_) => 6,
            Self::Interrupted(_) => 130,
        })
    }
}
