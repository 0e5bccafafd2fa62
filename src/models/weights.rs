//! Weights as named arrays on the host, and the files they come from and go to.

use std::collections::{BTreeMap, HashMap};

use pytorch_reader::{DType, PytorchReader};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::wrapping::network_names;
use crate::error::{Error, Result, ShapeMismatch};

/// One array with its shape, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct HostTensor {
    /// Extents, outermost first.
    pub shape: Vec<usize>,
    /// As many values as the product of the extents.
    pub values: Vec<f32>,
}

/// The weights of one network under PyTorch's names, with free text beside them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weights {
    tensors: BTreeMap<String, HostTensor>,
    /// Written into and read from the metadata of a safetensors file.
    pub metadata: BTreeMap<String, String>,
}

impl FromIterator<(String, HostTensor)> for Weights {
    fn from_iter<I: IntoIterator<Item = (String, HostTensor)>>(tensors: I) -> Self {
        Self { tensors: tensors.into_iter().collect(), metadata: BTreeMap::new() }
    }
}

impl Weights {
    /// The tensor of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&HostTensor> {
        self.tensors.get(name)
    }

    /// First extent of the tensor of this name: for most layers, how many channels or classes leave it.
    pub(super) fn extent(&self, name: &str) -> Option<usize> {
        self.get(name).and_then(|tensor| tensor.shape.first().copied())
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Parses a safetensors file or a PyTorch checkpoint (zip, legacy or plain pickle), told apart by their first bytes.
    ///
    /// Weights nested under `state_dict`, `model_state_dict`, `model` or `net` are found, `module.` prefixes dropped,
    /// batch counters and whatever lies beside the weights left out.
    ///
    /// # Errors
    /// [`Error::UnreadableWeights`] with the parser's reason; [`Error::NotFinite`] naming a tensor that holds NaN.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let weights = if looks_like_safetensors(bytes) { from_safetensors(bytes)? } else { from_pytorch(bytes)? };
        if weights.tensors.is_empty() {
            return Err(unreadable("it holds no tensors"));
        }
        for (name, tensor) in &weights.tensors {
            if tensor.values.iter().any(|value| !value.is_finite()) {
                return Err(Error::NotFinite {
                    what: format!("The weight tensor {name}"),
                    advice: "The file was saved from a run that had diverged: choose another checkpoint.".to_owned(),
                });
            }
        }
        Ok(weights)
    }

    /// Writes a safetensors file that PyTorch loads by name; `dtype` may halve its size.
    ///
    /// # Errors
    /// [`Error::UnreadableWeights`] when the library refuses the tensors, which equal lengths rule out.
    pub fn to_safetensors(&self, half_precision: bool) -> Result<Vec<u8>> {
        let dtype = if half_precision { Dtype::F16 } else { Dtype::F32 };
        let encoded: Vec<(&String, &HostTensor, Vec<u8>)> = self
            .tensors
            .iter()
            .map(|(name, tensor)| {
                let bytes = if half_precision {
                    tensor.values.iter().flat_map(|&value| half::f16::from_f32(value).to_le_bytes()).collect()
                } else {
                    tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect()
                };
                (name, tensor, bytes)
            })
            .collect();
        let views = encoded
            .iter()
            .map(|(name, tensor, bytes)| Ok(((*name).clone(), TensorView::new(dtype, tensor.shape.clone(), bytes)?)))
            .collect::<std::result::Result<Vec<_>, safetensors::SafeTensorError>>()
            .map_err(|error| unreadable(error.to_string()))?;
        let metadata: HashMap<String, String> =
            self.metadata.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        safetensors::serialize(views, Some(metadata)).map_err(|error| unreadable(error.to_string()))
    }

    /// Compares names and shapes with what `network` asks for.
    ///
    /// # Errors
    /// [`Error::WeightsMismatch`] with everything that differs.
    pub fn check(&self, network: &str, slots: &[(String, Vec<usize>)]) -> Result<()> {
        let mut missing = Vec::new();
        let mut misshapen = Vec::new();
        for (name, expected) in slots {
            match self.tensors.get(name) {
                None => missing.push(name.clone()),
                Some(tensor) if tensor.shape != *expected => misshapen.push(ShapeMismatch {
                    name: name.clone(),
                    expected: expected.clone(),
                    found: tensor.shape.clone(),
                }),
                Some(_) => {}
            }
        }
        let unexpected: Vec<String> =
            self.tensors.keys().filter(|name| slots.iter().all(|(slot, _)| slot != *name)).cloned().collect();
        if missing.is_empty() && misshapen.is_empty() && unexpected.is_empty() {
            return Ok(());
        }
        Err(Error::WeightsMismatch { network: network.to_owned(), missing, unexpected, misshapen })
    }
}

fn unreadable(reason: impl Into<String>) -> Error {
    Error::UnreadableWeights { reason: reason.into() }
}

/// A safetensors file begins with the length of its JSON header.
fn looks_like_safetensors(bytes: &[u8]) -> bool {
    bytes.len() > 9 && bytes[8] == b'{' && bytes[..8].iter().skip(4).all(|&byte| byte == 0)
}

fn from_safetensors(bytes: &[u8]) -> Result<Weights> {
    let broken = |error: safetensors::SafeTensorError| unreadable(error.to_string());
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(broken)?;
    let file = SafeTensors::deserialize(bytes).map_err(broken)?;
    let mut weights = Weights::default();
    for (path, name) in network_names(file.names().into_iter().map(str::to_owned)) {
        let view = file.tensor(&path).map_err(broken)?;
        let values = floats(&name, format_of(view.dtype()), view.data())?;
        weights.tensors.insert(name, HostTensor { shape: view.shape().to_vec(), values });
    }
    weights.metadata = header.metadata().iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
    Ok(weights)
}

fn from_pytorch(bytes: &[u8]) -> Result<Weights> {
    let top = PytorchReader::from_bytes(bytes.to_vec(), None).map_err(|error| unreadable(error.to_string()))?;
    let mut weights = Weights::default();
    for (path, name) in network_names(top.tensors().keys().cloned()) {
        let tensor = &top.tensors()[&path];
        let data = tensor.read().map_err(|error| unreadable(error.to_string()))?;
        let format = match tensor.dtype() {
            DType::F32 => Some(Format::Single),
            DType::F64 => Some(Format::Double),
            DType::F16 => Some(Format::Half),
            DType::BF16 => Some(Format::Brain),
            _ => None,
        };
        let values = floats(&name, format, &data)?;
        weights.tensors.insert(name, HostTensor { shape: tensor.shape().to_vec(), values });
    }
    Ok(weights)
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
fn floats(name: &str, format: Option<Format>, data: &[u8]) -> Result<Vec<f32>> {
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
        None => return Err(unreadable(format!("the tensor {name} does not hold floating-point numbers"))),
    })
}
