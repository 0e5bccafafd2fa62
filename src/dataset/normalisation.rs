//! How the bytes of pictures become the numbers that a network sees.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Mean and standard deviation of each channel, red, green and blue, of numbers in `[0, 1]`: the mean is taken off and what
/// remains is divided by the deviation. A network wants what it was trained with, and its file does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Normalisation {
    /// Of ImageNet: torchvision's networks, and most public CIFAR checkpoints.
    #[default]
    #[serde(rename = "imagenet")]
    ImageNet,
    /// Of CIFAR-10's training pictures.
    Cifar10,
    /// Of CIFAR-100's training pictures.
    Cifar100,
    /// Nothing: numbers from 0 to 1, as torchvision's `ToTensor` alone gives them.
    ZeroToOne,
    /// A half and a half: numbers from -1 to 1.
    MinusOneToOne,
    /// One's own.
    #[serde(rename_all = "camelCase")]
    Own {
        /// Of each channel, 0 to 1.
        mean: [f32; 3],
        /// Of each channel, over 0 and up to 10.
        deviation: [f32; 3],
    },
}

/// Those that have a name.
pub const PRESETS: [Normalisation; 5] = [
    Normalisation::ImageNet,
    Normalisation::Cifar10,
    Normalisation::Cifar100,
    Normalisation::ZeroToOne,
    Normalisation::MinusOneToOne,
];

impl Normalisation {
    /// Mean of each channel.
    #[must_use]
    pub fn mean(&self) -> [f32; 3] {
        match self {
            Self::ImageNet => [0.485, 0.456, 0.406],
            Self::Cifar10 => [0.4914, 0.4822, 0.4465],
            Self::Cifar100 => [0.5071, 0.4865, 0.4409],
            Self::ZeroToOne => [0.0; 3],
            Self::MinusOneToOne => [0.5; 3],
            Self::Own { mean, .. } => *mean,
        }
    }

    /// Standard deviation of each channel.
    #[must_use]
    pub fn deviation(&self) -> [f32; 3] {
        match self {
            Self::ImageNet => [0.229, 0.224, 0.225],
            Self::Cifar10 => [0.247, 0.2435, 0.2616],
            Self::Cifar100 => [0.2673, 0.2564, 0.2762],
            Self::ZeroToOne => [1.0; 3],
            Self::MinusOneToOne => [0.5; 3],
            Self::Own { deviation, .. } => *deviation,
        }
    }

    /// Name for people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::ImageNet => "ImageNet's mean and deviation",
            Self::Cifar10 => "CIFAR-10's mean and deviation",
            Self::Cifar100 => "CIFAR-100's mean and deviation",
            Self::ZeroToOne => "numbers from 0 to 1",
            Self::MinusOneToOne => "numbers from -1 to 1",
            Self::Own { .. } => "a mean and deviation of their own",
        }
    }

    /// How it is called in settings; one's own has no such word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::ImageNet => "imagenet",
            Self::Cifar10 => "cifar10",
            Self::Cifar100 => "cifar100",
            Self::ZeroToOne => "zeroToOne",
            Self::MinusOneToOne => "minusOneToOne",
            Self::Own { .. } => "own",
        }
    }

    /// The number that a byte becomes in a channel.
    #[must_use]
    pub fn apply(&self, byte: u8, channel: usize) -> f32 {
        (f32::from(byte) / 255.0 - self.mean()[channel]) / self.deviation()[channel]
    }

    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] naming the number.
    pub fn validate(&self) -> Result<()> {
        let fits = |numbers: [f32; 3], range: fn(f32) -> bool| numbers.into_iter().all(range);
        if !fits(self.mean(), |mean| (0.0..=1.0).contains(&mean)) {
            return Err(Error::config("normalisation.mean", format!("must lie between 0 and 1, is {:?}", self.mean())));
        }
        if !fits(self.deviation(), |deviation| deviation > 0.0 && deviation <= 10.0) {
            let problem = format!("must be over 0 and up to 10, is {:?}", self.deviation());
            return Err(Error::config("normalisation.deviation", problem));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_settings() {
        for preset in PRESETS {
            assert_eq!(serde_json::to_value(preset).unwrap(), preset.word());
            assert_eq!(preset.validate(), Ok(()));
        }
        let own: Normalisation =
            serde_json::from_str(r#"{"own":{"mean":[0.1,0.2,0.3],"deviation":[1,1,0.5]}}"#).unwrap();
        assert_eq!((own.mean(), own.deviation()), ([0.1, 0.2, 0.3], [1.0, 1.0, 0.5]));
        assert_eq!((own.apply(255, 2), Normalisation::ZeroToOne.apply(51, 0)), (1.4, 0.2));
        for broken in [([2.0, 0.0, 0.0], [1.0; 3]), ([0.0; 3], [1.0, 0.0, 1.0]), ([f32::NAN; 3], [1.0; 3])] {
            let own = Normalisation::Own { mean: broken.0, deviation: broken.1 };
            assert_eq!(own.validate().unwrap_err().code(), "invalid-config");
        }
    }
}
