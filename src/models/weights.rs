//! Weights as named arrays on the host, and the files that they go to.

use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::error::{Error, Result, ShapeMismatch};

/// One array with its shape, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct HostTensor {
    /// Extents, outermost first.
    pub shape: Vec<usize>,
    /// As many values as the product of the extents.
    pub values: Vec<f32>,
}

/// The weights of one network under the names that its family has here, with free text beside them.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    tensors: BTreeMap<String, HostTensor>,
    /// Names that the file they came from has for tensors which are called otherwise here.
    theirs: BTreeMap<String, String>,
    /// Written into and read from the metadata of a safetensors file.
    pub metadata: BTreeMap<String, String>,
}

/// Equal numbers under equal names here, whatever their file called them.
impl PartialEq for Weights {
    fn eq(&self, other: &Self) -> bool {
        self.tensors == other.tensors && self.metadata == other.metadata
    }
}

impl FromIterator<(String, HostTensor)> for Weights {
    fn from_iter<I: IntoIterator<Item = (String, HostTensor)>>(tensors: I) -> Self {
        Self { tensors: tensors.into_iter().collect(), ..Self::default() }
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

    /// Takes a tensor that its file calls `theirs`.
    pub(super) fn insert(&mut self, own: String, theirs: &str, tensor: HostTensor) {
        if own != theirs {
            self.theirs.insert(own.clone(), theirs.to_owned());
        }
        self.tensors.insert(own, tensor);
    }

    /// Every tensor of a safetensors file that was written here, under the names in it.
    ///
    /// # Errors
    /// [`Error::UnreadableWeights`] if it is none, or holds other numbers than single precision.
    pub(crate) fn from_own_file(bytes: &[u8]) -> Result<Self> {
        let unreadable = |error: safetensors::SafeTensorError| unreadable(error.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        let file = SafeTensors::deserialize(bytes).map_err(unreadable)?;
        let mut weights = Self::default();
        for (name, view) in file.iter() {
            let values = view.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().expect("four bytes")));
            if view.dtype() != Dtype::F32 {
                return Err(self::unreadable(format!("{name} is not in single precision")));
            }
            weights.insert(
                name.to_owned(),
                name,
                HostTensor { shape: view.shape().to_vec(), values: values.collect() },
            );
        }
        weights.metadata =
            header.metadata().iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
        weights.check_finite()?;
        Ok(weights)
    }

    /// Checks that every number is finite.
    ///
    /// # Errors
    /// [`Error::NotFinite`] naming a tensor that holds another.
    pub(super) fn check_finite(&self) -> Result<()> {
        for (name, tensor) in &self.tensors {
            if tensor.values.iter().any(|value| !value.is_finite()) {
                return Err(Error::NotFinite {
                    what: format!("The weight tensor {name}"),
                    advice: "The file was saved from a run that had diverged: choose another checkpoint.".to_owned(),
                });
            }
        }
        Ok(())
    }

    /// The rows of the classifier `layer` in another order, or some of them: output `k` of the network is then what output
    /// `order[k]` was.
    pub(crate) fn reorder_outputs(&mut self, layer: &str, order: &[usize]) {
        for field in ["weight", "bias"] {
            if let Some(tensor) = self.tensors.get_mut(&format!("{layer}.{field}")) {
                let row = tensor.values.len() / tensor.shape[0];
                tensor.shape[0] = order.len();
                let rows = order.iter().flat_map(|&from| tensor.values[from * row..(from + 1) * row].to_vec());
                tensor.values = rows.collect();
            }
        }
    }

    /// Writes a safetensors file that PyTorch loads by name, under the names that the weights came with; `dtype` may
    /// halve its size.
    ///
    /// # Errors
    /// [`Error::UnreadableWeights`] when the library refuses the tensors, which equal lengths rule out.
    pub fn to_safetensors(&self, half_precision: bool) -> Result<Vec<u8>> {
        self.encode(half_precision, &self.theirs)
    }

    /// Writes what [`from_own_file`](Self::from_own_file) reads: a safetensors file under the names here, in full
    /// precision. Weights that came with no other names give the bytes of [`to_safetensors`](Self::to_safetensors).
    ///
    /// # Errors
    /// As [`to_safetensors`](Self::to_safetensors).
    pub(crate) fn to_own_file(&self) -> Result<Vec<u8>> {
        self.encode(false, &BTreeMap::new())
    }

    /// Names that the file they came from has, by those here; tensors that are called alike are left out.
    pub(crate) fn their_names(&self) -> &BTreeMap<String, String> {
        &self.theirs
    }

    /// Takes [their names](Self::their_names) back, which an [own file](Self::to_own_file) has not.
    pub(crate) fn with_their_names(self, theirs: BTreeMap<String, String>) -> Self {
        Self { theirs, ..self }
    }

    /// A safetensors file of all tensors, each under its name in `names`, or its own where there is none.
    fn encode(&self, half_precision: bool, names: &BTreeMap<String, String>) -> Result<Vec<u8>> {
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
                (names.get(name).unwrap_or(name), tensor, bytes)
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
    Error::UnreadableWeights { reason: reason.into(), advice: "Give a safetensors file".to_owned() }
}
