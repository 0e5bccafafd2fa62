//! A file of weights: which networks it holds, under which names, and which classes it says they answer.

use std::collections::BTreeMap;

use pytorch_reader::{DType, PytorchReader, Tensor};
use safetensors::{Dtype, SafeTensors};

use super::naming::{own_names, own_shape};
use super::not_weights::{AGAIN, broken, no_tensors, refusal, what_instead};
use super::wrapping::networks;
use super::{HostTensor, Weights};
use crate::bytes::class_names::{names_in_checkpoint, names_in_metadata, oversized_pickle};
use crate::error::{Error, Result};

/// Most numbers that all tensors of a file hold together, for each of its bytes, and how many are always allowed: a
/// checkpoint may have tensors that share their numbers, or numbers that are packed.
const MAX_NUMBERS_PER_BYTE: usize = 4;
const FREE_NUMBERS: usize = 1 << 20;

/// The networks of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightFile {
    networks: Vec<(String, Weights)>,
    /// Lists of class names that lie beside the weights, in the order of the outputs.
    class_names: Vec<Vec<String>>,
}

impl Weights {
    /// The network of a weight file that holds one, as [`WeightFile::open`] reads it; of several, the one that no name
    /// calls an average or another's.
    ///
    /// # Errors
    /// As [`WeightFile::open`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let file = WeightFile::open(bytes)?;
        Ok(file.network(None, "student")?.1.clone())
    }
}

impl WeightFile {
    /// Parses a safetensors file or a PyTorch checkpoint (zip, legacy or plain pickle), told apart by their first bytes.
    ///
    /// Every network in it is found, whatever is wrapped around it; batch counters and whatever lies beside are left out.
    /// Names of other publishers become ours, and come back in an export.
    ///
    /// # Errors
    /// [`Error::UnreadableWeights`] saying what the file is instead, or the parser's reason; [`Error::NotFinite`] naming a
    /// tensor that holds NaN.
    pub fn open(bytes: &[u8]) -> Result<Self> {
        if looks_like_safetensors(bytes) {
            return Self::from_safetensors(bytes);
        }
        match what_instead(bytes) {
            Some(error) => Err(error),
            None => Self::from_pytorch(bytes),
        }
    }

    /// Names of the networks; empty for one that nothing is wrapped around.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.networks.iter().map(|(name, _)| name.as_str())
    }

    /// The lists of class names of this length.
    pub fn class_names(&self, classes: usize) -> Option<&[String]> {
        self.class_names.iter().find(|names| names.len() == classes).map(Vec::as_slice)
    }

    /// The network of this name. Where none is named, the first whose name has `usual` in it, else the first that is no
    /// moving average and nobody else's.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`] listing the names, if there is none of that name.
    pub fn network(&self, wanted: Option<&str>, usual: &str) -> Result<(&str, &Weights)> {
        let found = match wanted {
            Some(wanted) => self.networks.iter().find(|(name, _)| name == wanted),
            None => self.networks.iter().min_by_key(|(name, _)| rank(name, usual)),
        };
        let (name, weights) = found.ok_or_else(|| {
            let known: Vec<&str> = self.names().collect();
            let problem = format!("is \"{}\", and the file holds: {}", wanted.unwrap_or_default(), known.join(", "));
            Error::config("network", problem)
        })?;
        Ok((name, weights))
    }

    fn from_safetensors(bytes: &[u8]) -> Result<Self> {
        let failed = |error: safetensors::SafeTensorError| broken(bytes, &error.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(failed)?;
        let file = SafeTensors::deserialize(bytes).map_err(failed)?;
        let metadata: BTreeMap<String, String> =
            header.metadata().iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
        let class_names = names_in_metadata(&metadata);
        let shape = |path: &str| file.tensor(path).map(|view| view.shape().to_vec()).unwrap_or_default();
        let read = |path: &str| {
            let view = file.tensor(path).map_err(failed)?;
            floats(path, format_of(view.dtype()), view.data())
        };
        let paths = file.names().into_iter().map(str::to_owned);
        Self::of(bytes, paths, shape, read, &metadata, class_names)
    }

    fn from_pytorch(bytes: &[u8]) -> Result<Self> {
        if let Some(problem) = oversized_pickle(bytes) {
            return Err(refusal(&problem, AGAIN));
        }
        let top = PytorchReader::from_bytes(bytes.to_vec(), None).map_err(|error| broken(bytes, &error.to_string()))?;
        let tensors = top.tensors();
        let shape = |path: &str| tensors.get(path).map(|tensor| tensor.shape().to_vec()).unwrap_or_default();
        let read = |path: &str| {
            let tensor: &Tensor = tensors.get(path).ok_or_else(no_tensors)?;
            let data = tensor.read().map_err(|error| broken(bytes, &error.to_string()))?;
            let format = match tensor.dtype() {
                DType::F32 => Some(Format::Single),
                DType::F64 => Some(Format::Double),
                DType::F16 => Some(Format::Half),
                DType::BF16 => Some(Format::Brain),
                _ => None,
            };
            floats(path, format, &data)
        };
        Self::of(bytes, tensors.keys().cloned(), shape, read, &BTreeMap::new(), names_in_checkpoint(bytes))
    }

    fn of(
        bytes: &[u8],
        paths: impl Iterator<Item = String>,
        shape: impl Fn(&str) -> Vec<usize>,
        read: impl Fn(&str) -> Result<Vec<f32>>,
        metadata: &BTreeMap<String, String>,
        class_names: Vec<Vec<String>>,
    ) -> Result<Self> {
        let mut found: Vec<(String, Weights)> = Vec::new();
        let mut left = bytes.len().saturating_mul(MAX_NUMBERS_PER_BYTE).max(FREE_NUMBERS);
        for network in networks(paths) {
            let named: Vec<(String, Vec<usize>)> =
                network.tensors.iter().map(|(path, name)| (name.clone(), shape(path))).collect();
            for (name, extents) in &named {
                let numbers = extents.iter().try_fold(1usize, |numbers, &extent| numbers.checked_mul(extent));
                left = numbers.and_then(|numbers| left.checked_sub(numbers)).ok_or_else(|| {
                    let (size, most) = (bytes.len(), MAX_NUMBERS_PER_BYTE);
                    refusal(
                        &format!("damaged: up to {name} it has over {most} numbers for each of its {size} bytes"),
                        AGAIN,
                    )
                })?;
            }
            let mut weights = Weights::default();
            weights.metadata.clone_from(metadata);
            for ((path, theirs), own) in network.tensors.iter().zip(own_names(&named)) {
                let tensor = own_shape(&own, HostTensor { shape: shape(path), values: read(path)? });
                weights.insert(own, theirs, tensor);
            }
            weights.check_finite()?;
            // A checkpoint may hold a network both whole and as its state_dict.
            if !found.iter().any(|(_, other)| *other == weights) {
                found.push((network.name, weights));
            }
        }
        if found.is_empty() {
            return Err(no_tensors());
        }
        Ok(Self { networks: found, class_names })
    }
}

/// Low for the network that is meant where nothing says so.
fn rank(name: &str, usual: &str) -> usize {
    let name = name.to_ascii_lowercase();
    let has = |word: &str| name.contains(word);
    if has(usual) && !has("ema") {
        0
    } else if ["ema", "swa", "average", "shadow", "momentum"].iter().any(|word| has(word)) {
        2
    } else if ["student", "teacher"].iter().any(|word| has(word)) {
        3
    } else {
        1
    }
}

/// A safetensors file begins with the length of its JSON header.
fn looks_like_safetensors(bytes: &[u8]) -> bool {
    bytes.len() > 9 && bytes[8] == b'{' && bytes[..8].iter().skip(4).all(|&byte| byte == 0)
}

/// How a floating-point number is stored.
#[derive(Clone, Copy)]
enum Format {
    Half,
    Brain,
    Single,
    Double,
}

fn format_of(dtype: Dtype) -> Option<Format> {
    match dtype {
        Dtype::F16 => Some(Format::Half),
        Dtype::BF16 => Some(Format::Brain),
        Dtype::F32 => Some(Format::Single),
        Dtype::F64 => Some(Format::Double),
        _ => None,
    }
}

#[allow(clippy::cast_possible_truncation)] // f64 weights are rounded on purpose: the networks compute in f32.
fn floats(path: &str, format: Option<Format>, data: &[u8]) -> Result<Vec<f32>> {
    let pairs = || data.chunks_exact(2).map(|b| [b[0], b[1]]);
    Ok(match format {
        Some(Format::Half) => pairs().map(|b| half::f16::from_le_bytes(b).to_f32()).collect(),
        Some(Format::Brain) => pairs().map(|b| half::bf16::from_le_bytes(b).to_f32()).collect(),
        Some(Format::Single) => {
            data.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().expect("four bytes"))).collect()
        }
        Some(Format::Double) => {
            data.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().expect("eight bytes")) as f32).collect()
        }
        None => {
            return Err(refusal(
                &format!("quantised or no network: the tensor {path} does not hold floating-point numbers"),
                "Give the weights before they were quantised",
            ));
        }
    })
}
