//! Trainings that can be broken off: every few steps the run is written down, and begun again it goes on from there.

use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use pollster::block_on;
use unicam::Result;
use unicam::dataset::Dataset;
use unicam::dataset::collect::{Collector, ImagesConfig};
use unicam::dataset::scenes::render;
use unicam::distillation::{
    DistillationConfig, Finished, Provenance, RunConfig, TeacherTrainingConfig, TrainingEvent, TrainingRun,
};
use unicam::models::{Network, NetworkConfig, Weights, kaiming};
use unicam::seed::Purpose;
use unicam::session::{digest_of_bytes, digest_of_data};

use crate::recipes::{Pictures, Stage};

/// Steps between two of those writings, which a line goes with.
const REPORT_EVERY: usize = 100;
/// Names of the archives in the data folder.
const CIFAR10: &str = "cifar10-jpeg.tar.xz";
const ASIRRA: &str = "asirra-128px.tar.xz";
const PLANTVILLAGE: &str = "plantvillage-potato-128px.tar.xz";

/// Where things lie.
#[derive(Debug, Clone)]
pub struct Places {
    /// The public data sets.
    pub data: PathBuf,
    /// Runs that were broken off, and stages that are done.
    pub work: PathBuf,
}

/// What came of a training.
pub struct Outcome {
    pub finished: Finished,
    pub network: NetworkConfig,
    /// Shares of the test pictures that are named rightly: of the one network, or of the Student and of the Base.
    pub accuracies: Vec<f64>,
    pub test_pictures: usize,
}

/// Renders the pictures or reads them.
pub fn pictures(which: &Pictures, places: &Places) -> Result<Dataset> {
    match which {
        Pictures::Scenes(config) => render(config),
        Pictures::Cifar10(config) => archive(config, CIFAR10, places),
        Pictures::Asirra(config) => archive(config, ASIRRA, places),
        Pictures::Plantvillage(config) => archive(config, PLANTVILLAGE, places),
    }
}

fn archive(config: &ImagesConfig, name: &str, places: &Places) -> Result<Dataset> {
    let archive = places.data.join(name);
    let bytes = fs::read(&archive)
        .unwrap_or_else(|error| panic!("{}: {error}; name its folder with --data", archive.display()));
    let mut collector = Collector::new(config.clone())?;
    collector.open(name, bytes);
    while !collector.read(1000).finished {}
    Ok(collector.finish()?.0)
}

/// Trains one network by labels, stage after stage, from the weights `from` where there are any.
pub fn by_labels(name: &str, from: Option<Weights>, stages: &[Stage], places: &Places) -> Result<Outcome> {
    let mut former = from;
    let mut last = None;
    for (number, stage) in stages.iter().enumerate() {
        let is_last = number + 1 == stages.len();
        let title = format!("{name}, stage {} of {}", number + 1, stages.len());
        let done = places.work.join(format!("{name}-{}.safetensors", number + 1));
        if !is_last && done.exists() {
            println!("{title}: done before");
            former = Some(Weights::from_bytes(&fs::read(&done).expect("it is there"))?);
            continue;
        }
        let data = pictures(&stage.pictures, places)?;
        let outcome = teacher(&title, &done, stage, former.as_ref(), &data)?;
        former = Some(outcome.finished.student.clone());
        fs::write(&done, outcome.finished.student.to_safetensors(false)?).expect("the work folder is writable");
        last = Some(outcome);
    }
    Ok(last.expect("a recipe has a stage"))
}

/// First weights with those of `former` in their place wherever they have the same shape.
fn begun_from(former: Option<&Weights>, first: Weights) -> Weights {
    let Some(former) = former else { return first };
    let names: Vec<String> = first.names().map(str::to_owned).collect();
    let taken = |name: String| {
        let own = first.get(&name).expect("it is named");
        let theirs = former.get(&name).filter(|theirs| theirs.shape == own.shape);
        (name, theirs.unwrap_or(own).clone())
    };
    names.into_iter().map(taken).collect()
}

fn teacher(title: &str, place: &Path, stage: &Stage, former: Option<&Weights>, data: &Dataset) -> Result<Outcome> {
    let device = Device::flex();
    let config: &TeacherTrainingConfig = &stage.training;
    let network = config.network.for_classes(data.train.class_names.len());
    let start = begun_from(former, kaiming(&network, config.optimiser.seed, Purpose::TeacherInit));
    let provenance = Provenance {
        pictures: digest_of_data(data),
        teacher: None,
        start: former.map(|weights| weights.to_safetensors(false)).transpose()?.map(|bytes| digest_of_bytes(&bytes)),
    };
    let run = TrainingRun::teacher(config, network, &start, &data.train, &device)?;
    let work = Work { title, place, recipe: RunConfig::Teacher(config.clone()), provenance };
    let (finished, accuracies) = work.train(run, data)?;
    Ok(Outcome { finished, network, accuracies, test_pictures: data.test.len() })
}

/// Distils a Student beside its Base; `teacher` and `start` are the bytes of their files.
pub fn distilled(
    name: &str,
    teacher: &[u8],
    start: &[u8],
    config: &DistillationConfig,
    data: &Dataset,
    places: &Places,
) -> Result<Outcome> {
    let device = Device::flex();
    let network = config.student.for_classes(data.train.class_names.len());
    let weights = Weights::from_bytes(teacher)?;
    let guide = Network::from_weights(&NetworkConfig::infer(&weights)?, &weights, &device)?;
    let provenance = Provenance {
        pictures: digest_of_data(data),
        teacher: Some(digest_of_bytes(teacher)),
        start: Some(digest_of_bytes(start)),
    };
    let run = TrainingRun::distillation(config, network, &Weights::from_bytes(start)?, guide, &data.train, &device)?;
    let recipe = RunConfig::Distillation(config.clone());
    let place = places.work.join(name);
    let work = Work { title: name, place: &place, recipe, provenance };
    let (finished, accuracies) = work.train(run, data)?;
    Ok(Outcome { finished, network, accuracies, test_pictures: data.test.len() })
}

/// One run and the file beside which it writes itself down.
struct Work<'a> {
    title: &'a str,
    place: &'a Path,
    recipe: RunConfig,
    provenance: Provenance,
}

impl Work<'_> {
    fn train(&self, mut run: TrainingRun, data: &Dataset) -> Result<(Finished, Vec<f64>)> {
        let checkpoint = self.place.with_extension("checkpoint");
        if let Ok(bytes) = fs::read(&checkpoint) {
            run = run.resumed(&self.recipe, &self.provenance, &bytes, &data.train)?.0;
            println!("{}: going on from {}", self.title, checkpoint.display());
        }
        let mut accuracies = Vec::new();
        while let Some(event) = block_on(run.next(data))? {
            match event {
                TrainingEvent::Evaluation { step, student, base, .. } => {
                    accuracies = [Some(student), base].into_iter().flatten().collect();
                    let told: Vec<String> = accuracies.iter().map(|share| format!("{share:.4}")).collect();
                    println!(
                        "{}: step {step}: accuracy {} on {} test pictures",
                        self.title,
                        told.join(" and "),
                        data.test.len()
                    );
                }
                TrainingEvent::Report { step, steps, student, seconds_left, .. } if step % REPORT_EVERY == 0 => {
                    let (loss, right, minutes) = (student.total, student.batch_accuracy, seconds_left / 60.0);
                    println!(
                        "{}: step {step} of {steps}: loss {loss:.3}, in the batches {right:.3}, {minutes:.0} minutes left",
                        self.title
                    );
                    let bytes = block_on(run.checkpoint(&self.recipe, &self.provenance, String::new()))?;
                    let beside = checkpoint.with_extension("part");
                    fs::write(&beside, bytes)
                        .and_then(|()| fs::rename(&beside, &checkpoint))
                        .expect("the work folder is writable");
                }
                _ => {}
            }
        }
        let finished = block_on(run.finish())?;
        fs::remove_file(&checkpoint).ok();
        Ok((finished, accuracies))
    }
}
