//! A run under way as bytes, and back: what goes on from a checkpoint gives the numbers of a run that never stopped.
//!
//! The bytes are a safetensors file. Its tensors are the weights of everyone under training, what their optimisers
//! remember, the assistants that are done and the figures that no report has told yet; the rest lies as JSON in its
//! metadata. Nothing random is kept: every draw follows from seed and place.

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::batches::Batches;
use super::link::{Team, sample};
use super::pace::Pace;
use super::run::Accuracies;
use super::{Guide, HostMoments, LearnerState, OptimiserConfig, RunConfig, TrainingRun};
use crate::dataset::LabelledImages;
use crate::error::{Error, Result};
use crate::models::{HostTensor, Network, Weights};
use crate::tensors::readback::read_all;

/// Raised whenever the layout changes: an older file is refused, not misread.
const VERSION: u32 = 2;
/// Metadata key; one key only, since the format's library writes several in random order.
const METADATA_KEY: &str = "unicam-checkpoint";

/// Digests of what a run works on: a checkpoint goes on only with the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Provenance {
    /// Of both parts of the data.
    pub pictures: String,
    /// Of the Teacher's weights, in a distillation.
    pub teacher: Option<String>,
    /// Of the Student's starting weights, where they are given.
    pub start: Option<String>,
}

impl Provenance {
    /// What differs, in words.
    fn difference(&self, other: &Self) -> Option<&'static str> {
        [
            (self.pictures != other.pictures, "other pictures"),
            (self.teacher != other.teacher, "another Teacher"),
            (self.start != other.start, "other starting weights"),
        ]
        .into_iter()
        .find_map(|(differs, what)| differs.then_some(what))
    }
}

/// A number as its bits: decimal text would cost its last digit.
type Bits = u64;

/// Everything but the tensors.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Header {
    version: u32,
    /// The recipe as text, for the same reason.
    config: String,
    provenance: Provenance,
    /// What the caller wants back.
    note: String,
    link: usize,
    done: usize,
    epoch: u64,
    position: usize,
    evaluating: bool,
    teacher_accuracy: Option<Bits>,
    accuracies: Option<(Bits, Option<Bits>)>,
    assistants: Vec<Bits>,
    /// Of Student and Base: steps that each parameter has seen, of the network and of the connectors.
    times: Vec<[Vec<Option<usize>>; 2]>,
}

impl Header {
    /// What cannot be true of a run by this recipe over so many pictures; nothing where all can.
    fn contradiction(&self, recipe: &OptimiserConfig, pictures: usize) -> Option<&'static str> {
        let is_share = |bits: &Bits| (0.0..=1.0).contains(&f64::from_bits(*bits));
        let shares = self.accuracies.iter().flat_map(|(student, base)| [Some(student), base.as_ref()]).flatten();
        if self.done > recipe.steps {
            Some("it has made more steps than its recipe has")
        } else if self.position > pictures || self.epoch > self.done as u64 {
            Some("it has seen other pictures than its steps show")
        } else if self.accuracies.is_none() && !self.evaluating {
            Some("it was never tested")
        } else if !shares.chain(&self.teacher_accuracy).chain(&self.assistants).all(is_share) {
            Some("an accuracy in it is none")
        } else {
            None
        }
    }
}

/// Names of the learners' tensors.
const LEARNERS: [&str; 2] = ["student", "base"];

impl TrainingRun {
    /// The run as it stands between two calls of [`next`](Self::next), as bytes, with a note that comes back with it.
    ///
    /// # Errors
    /// [`Error::DeviceFailed`] when a read fails.
    pub async fn checkpoint(&self, config: &RunConfig, provenance: &Provenance, note: String) -> Result<Vec<u8>> {
        let mut tensors = Vec::new();
        let mut times = Vec::new();
        for (name, state) in LEARNERS.into_iter().zip(self.team.states().await?) {
            times.push([&state.moments, &state.connector_moments].map(|moments| seen(moments)));
            pack_learner(name, state, &mut tensors);
        }
        for (number, (weights, _)) in self.assistants.iter().enumerate() {
            pack(&format!("assistant{number}."), weights, &mut tensors);
        }
        if !self.unread.is_empty() {
            let values = read_all(vec![Tensor::cat(self.unread.clone(), 0)]).await?.remove(0);
            tensors.push(("unread".to_owned(), row(values)));
        }
        let (epoch, position) = self.batches.position();
        let header = Header {
            version: VERSION,
            config: text_of(config),
            provenance: provenance.clone(),
            note,
            link: self.current,
            done: self.done,
            epoch,
            position,
            evaluating: self.evaluation.is_some(),
            teacher_accuracy: self.teacher_accuracy.map(f64::to_bits),
            accuracies: self.accuracies.map(|it| (it.student.to_bits(), it.base.map(f64::to_bits))),
            assistants: self.assistants.iter().map(|(_, accuracy)| accuracy.to_bits()).collect(),
            times,
        };
        let mut file: Weights = tensors.into_iter().collect();
        let header = serde_json::to_string(&header).expect("plain data");
        file.metadata.insert(METADATA_KEY.to_owned(), header);
        file.to_safetensors(false)
    }

    /// A run that was begun anew with the same recipe, taken to where the checkpoint was made, and the note.
    ///
    /// A report's rate and remaining time begin anew; all else is as if the run had never stopped.
    ///
    /// # Errors
    /// [`Error::UnreadableCheckpoint`]; [`Error::CheckpointMismatch`] when recipe, pictures, Teacher or start are others.
    pub fn resumed(
        mut self,
        config: &RunConfig,
        provenance: &Provenance,
        bytes: &[u8],
        images: &LabelledImages,
    ) -> Result<(Self, String)> {
        let file = Weights::from_own_file(bytes).map_err(|error| unreadable(error.to_string()))?;
        let header = file.metadata.get(METADATA_KEY).ok_or_else(|| unreadable("it is a file of weights alone"))?;
        let header: Header = serde_json::from_str(header).map_err(|error| unreadable(error.to_string()))?;
        if header.version != VERSION {
            return Err(unreadable(format!("its layout is {}, this program writes {VERSION}", header.version)));
        }
        let other = if header.config == text_of(config) {
            header.provenance.difference(provenance)
        } else {
            Some("another recipe")
        };
        if let Some(what) = other {
            return Err(Error::CheckpointMismatch { what: what.to_owned() });
        }
        if header.link >= self.links.len() || header.assistants.len() != header.link {
            return Err(unreadable("it tells of links that its recipe has not"));
        }
        for (number, accuracy) in header.assistants.iter().enumerate() {
            let weights = unpack(&file, &format!("assistant{number}."));
            self.assistants.push((weights, f64::from_bits(*accuracy)));
        }
        self.current = header.link;
        if let Some(problem) = header.contradiction(&self.link().optimiser, images.len()) {
            return Err(unreadable(problem));
        }
        if let Some((weights, _)) = self.assistants.last() {
            let guide = self.team.guide.take().ok_or_else(|| unreadable("it is of a chain"))?;
            let network = Network::from_weights(&self.links[self.current - 1].network, weights, &self.device)?;
            let link = &self.links[self.current];
            let sample = || sample(images, link.optimiser.seed, &self.device);
            let guide = Guide::new(network, guide.alpha(), guide.terms().to_vec(), sample);
            let memory = self.memory;
            self.team = Team::of(link, Some(guide), images, &self.device)?;
            self.team.set_memory(memory);
        }
        let recipe = self.link().optimiser.clone();
        let mut states = LEARNERS.into_iter().zip(header.times);
        let next = || {
            let (name, times) = states.next().ok_or_else(|| unreadable("a learner is missing"))?;
            unpack_learner(&file, name, times)
        };
        self.team = self.team.restored(next, recipe.algorithm, header.done, &self.device)?;
        self.batches = Batches::at(images.len(), recipe.batch_size, recipe.seed, (header.epoch, header.position));
        self.done = header.done;
        self.pace = Pace::from(header.done);
        let unread = file.get("unread").map_or(0, |figures| figures.values.len());
        let steps = unread / self.figures_of_a_step();
        if !unread.is_multiple_of(self.figures_of_a_step()) || steps > self.done {
            return Err(unreadable("its figures are not those of its steps"));
        }
        self.unread = file.get("unread").map(|figures| lift(figures, &self.device)).into_iter().collect();
        self.teacher_accuracy = header.teacher_accuracy.map(f64::from_bits);
        self.accuracies = header
            .accuracies
            .map(|(student, base)| Accuracies { student: f64::from_bits(student), base: base.map(f64::from_bits) });
        self.evaluation = None;
        if header.evaluating {
            self.begin_evaluation();
        }
        Ok((self, header.note))
    }
}

fn unreadable(reason: impl Into<String>) -> Error {
    Error::UnreadableCheckpoint { reason: reason.into() }
}

fn text_of(config: &RunConfig) -> String {
    serde_json::to_string(config).expect("plain data")
}

fn row(values: Vec<f32>) -> HostTensor {
    HostTensor { shape: vec![values.len()], values }
}

fn lift(tensor: &HostTensor, device: &Device) -> Tensor<1> {
    Tensor::from_data(TensorData::new(tensor.values.clone(), [tensor.values.len()]), device)
}

fn seen(moments: &[Option<HostMoments>]) -> Vec<Option<usize>> {
    moments.iter().map(|slot| slot.as_ref().map(|moments| moments.time)).collect()
}

fn pack(prefix: &str, weights: &Weights, into: &mut Vec<(String, HostTensor)>) {
    into.extend(weights.names().map(|name| (format!("{prefix}{name}"), weights.get(name).expect("listed").clone())));
}

fn unpack(file: &Weights, prefix: &str) -> Weights {
    let own = |name: &str| Some((name.strip_prefix(prefix)?.to_owned(), file.get(name)?.clone()));
    file.names().filter_map(own).collect()
}

fn pack_learner(name: &str, state: LearnerState, into: &mut Vec<(String, HostTensor)>) {
    pack(&format!("{name}.network."), &state.weights, into);
    for (number, weights) in state.connectors.iter().enumerate() {
        pack(&format!("{name}.connector{number}."), weights, into);
    }
    for (kind, slots) in [("moments", state.moments), ("connectorMoments", state.connector_moments)] {
        for (place, moments) in slots.into_iter().enumerate() {
            for (order, values) in moments.into_iter().flat_map(|moments| moments.values).enumerate() {
                into.push((format!("{name}.{kind}.{place}.{order}"), row(values)));
            }
        }
    }
}

fn unpack_learner(file: &Weights, name: &str, times: [Vec<Option<usize>>; 2]) -> Result<LearnerState> {
    let connectors = (0..)
        .map(|number| unpack(file, &format!("{name}.connector{number}.")))
        .take_while(|weights| weights.names().next().is_some())
        .collect();
    let moments = |kind: &str, times: &[Option<usize>]| -> Vec<Option<HostMoments>> {
        let values = |place: usize| {
            (0..).map_while(|order| Some(file.get(&format!("{name}.{kind}.{place}.{order}"))?.values.clone())).collect()
        };
        times
            .iter()
            .enumerate()
            .map(|(place, time)| time.map(|time| HostMoments { time, values: values(place) }))
            .collect()
    };
    let [own, bridged] = times;
    Ok(LearnerState {
        weights: unpack(file, &format!("{name}.network.")),
        connectors,
        moments: moments("moments", &own),
        connector_moments: moments("connectorMoments", &bridged),
    })
}
