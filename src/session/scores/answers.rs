//! What the three networks answer to every test picture.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::attribution::named_classes;
use crate::distillation::pictures_at_once;
use crate::error::Result;
use crate::session::maps::look::Trio;
use crate::tensors::readback::read_all;

/// How often each class was taken for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Confusion {
    /// Test pictures.
    pub n: usize,
    /// Of the Teacher: `[class][class that was named]`.
    pub teacher: Vec<Vec<usize>>,
    /// Of the Student.
    pub student: Vec<Vec<usize>>,
    /// Of the Base.
    pub base: Vec<Vec<usize>>,
}

/// The answers, one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Answers {
    /// True class of each test picture.
    pub labels: Vec<usize>,
    /// Class that the Teacher names.
    pub teacher: Vec<usize>,
    /// Class that the Student names.
    pub student: Vec<usize>,
    /// Class that the Base names.
    pub base: Vec<usize>,
    /// The same, counted.
    pub confusion: Confusion,
}

/// Asks all three networks about all test pictures.
pub(in crate::session) async fn answers(trio: &Trio<'_>, device: &Device) -> Result<Answers> {
    let images = trio.images;
    let all: Vec<usize> = (0..images.len()).collect();
    let classes = images.class_names.len();
    let mut named = [const { Vec::new() }; 3];
    for batch in all.chunks(pictures_at_once(images.width, images.height)) {
        let traces = trio.traces(batch, device);
        let logits = read_all(traces.map(|trace| trace.logits.flatten(0, 1)).to_vec()).await?;
        for (named, logits) in named.iter_mut().zip(logits) {
            named.extend(named_classes(&logits, classes));
        }
    }
    let count = |named: &[usize]| {
        let mut counts = vec![vec![0; classes]; classes];
        for (&label, &answer) in images.labels.iter().zip(named) {
            counts[label][answer] += 1;
        }
        counts
    };
    let confusion =
        Confusion { n: all.len(), teacher: count(&named[0]), student: count(&named[1]), base: count(&named[2]) };
    let [teacher, student, base] = named;
    Ok(Answers { labels: images.labels.clone(), teacher, student, base, confusion })
}
