//! What is kept of a run: enough to write the document again without running anything.

use serde::{Deserialize, Serialize};
use unicam::attribution::PointingGame;
use unicam::distillation::TrainingEvent;
use unicam::scores::{LayerOutcome, LayerScores};
use unicam::session::{FileNames, NetworkRecord, Report, SessionConfig};

/// One run of a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    /// The study.
    pub study: String,
    /// Its seed.
    pub seed: u64,
    /// Version of the crate.
    pub crate_version: String,
    /// What made the numbers.
    pub device: String,
    /// Settings as they were used, without the names of files.
    pub config: SessionConfig,
    /// Pictures to learn from.
    pub train_pictures: usize,
    /// Held-out pictures.
    pub test_pictures: usize,
    /// Classes.
    pub classes: usize,
    /// Digest of the pixels and labels.
    pub data_digest: String,
    /// The networks with their accuracies.
    pub teacher: NetworkRecord,
    /// The Student.
    pub student: NetworkRecord,
    /// Its twin.
    pub base: NetworkRecord,
    /// Those between, the Teacher's own pupil first.
    pub assistants: Vec<NetworkRecord>,
    /// Images of the reference batch.
    pub n: usize,
    /// Scores, shallowest layer first; a layer without scores is left out.
    pub scores: Vec<LayerScores>,
    /// Where the maps lie, layer by layer, where masks are known.
    pub pointing: Vec<LayerPointing>,
    /// Test accuracies on the way, the last ones at the end; none in records from before they were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub course: Vec<Tested>,
}

/// One test on the way.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tested {
    /// Steps done.
    pub step: usize,
    /// Test accuracy of the Student, 0 to 1.
    pub student: f64,
    /// That of the Base.
    pub base: f64,
}

/// Where the maps of a layer lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LayerPointing {
    /// Stage name.
    pub layer: String,
    /// Share of the distilled and of the residual maps on the object, in the order of the report's kinds.
    pub game: PointingGame,
}

impl Record {
    /// What a report holds of it; nothing when the run did not come to its end.
    pub fn of(study: &str, seed: u64, report: &Report) -> Option<Self> {
        let data = report.data.as_ref()?;
        let count = |counts: &[usize]| counts.iter().sum();
        let scores = report.scores.as_ref()?;
        Some(Self {
            study: study.to_owned(),
            seed,
            crate_version: report.crate_version.clone(),
            device: report.device.name.clone(),
            config: SessionConfig { files: FileNames::default(), ..report.config.clone() },
            train_pictures: count(&data.summary.train_counts),
            test_pictures: count(&data.summary.test_counts),
            classes: data.summary.class_names.len(),
            data_digest: data.digest.clone(),
            teacher: report.teacher.clone()?,
            student: report.student.clone()?,
            base: report.base.clone()?,
            assistants: report.assistants.clone(),
            n: scores.n,
            scores: scores
                .layers
                .iter()
                .filter_map(|outcome| match outcome {
                    LayerOutcome::Ok(scores) => Some((**scores).clone()),
                    LayerOutcome::Error(_) => None,
                })
                .collect(),
            pointing: report
                .maps
                .iter()
                .filter_map(|maps| Some(LayerPointing { layer: maps.layer.clone(), game: maps.pointing.clone()? }))
                .collect(),
            course: report.distillation.as_ref().map_or_else(Vec::new, |log| course(&log.events)),
        })
    }

    /// By how much the Base was more accurate at the last test than at the one before, and the binomial standard error of
    /// the last one; nothing where fewer than two tests are known.
    pub fn late_gain(&self) -> Option<(f64, f64)> {
        let [.., before, last] = self.course.as_slice() else { return None };
        let error = (last.base * (1.0 - last.base) / self.test_pictures as f64).sqrt();
        Some((last.base - before.base, error))
    }

    /// The scores of a layer.
    pub fn layer(&self, name: &str) -> Option<&LayerScores> {
        self.scores.iter().find(|scores| scores.layer == name)
    }

    /// Where the maps of a layer lie.
    pub fn pointing(&self, name: &str) -> Option<&PointingGame> {
        self.pointing.iter().find(|pointing| pointing.layer == name).map(|pointing| &pointing.game)
    }
}

/// Layers of which any of these records has scores, in their order in the network: one without scores in a run is left out there.
pub fn layers_of(records: &[&Record]) -> Vec<String> {
    let mut layers: Vec<String> = Vec::new();
    for record in records {
        let mut next = 0;
        for LayerScores { layer, .. } in &record.scores {
            next = match layers.iter().position(|known| known == layer) {
                Some(known) => known + 1,
                None => {
                    layers.insert(next, layer.clone());
                    next + 1
                }
            };
        }
    }
    layers
}

/// The tests of a chain's last link, which is the Student's beside its Base.
fn course(events: &[TrainingEvent]) -> Vec<Tested> {
    let (mut course, mut current) = (Vec::new(), 1);
    for event in events {
        match *event {
            // A link that goes on from a checkpoint is announced again.
            TrainingEvent::Link { number, .. } if number != current => {
                course.clear();
                current = number;
            }
            TrainingEvent::Evaluation { step, student, base: Some(base), .. } => {
                course.push(Tested { step, student, base });
            }
            _ => {}
        }
    }
    course
}

/// A record of the Scenes as it is published, under another name.
#[cfg(test)]
pub fn published(study: &str, seed: u64) -> Record {
    const TEXT: &str = include_str!("../../../../docs/evidence/records/scenes-dial-00-seed-1.json");
    let record: Record = serde_json::from_str(TEXT).expect("a record of this version");
    Record { study: study.to_owned(), seed, ..record }
}

#[cfg(test)]
mod tests {
    use unicam::distillation::Trained;

    use super::*;

    #[test]
    fn a_layer_that_one_run_has_no_scores_of_stands_in_its_place() {
        let [mut first, second, mut third] = [1, 2, 3].map(|seed| published("a", seed));
        first.scores.remove(1);
        third.scores.remove(0);
        let all = ["layer1", "layer2", "layer3"];
        assert_eq!(layers_of(&[&first, &second, &third]), all);
        assert_eq!(layers_of(&[&third, &first]), ["layer1", "layer2", "layer3"]);
        assert!(layers_of(&[]).is_empty());
    }

    #[test]
    fn the_course_is_that_of_the_last_link() {
        let link = |number| TrainingEvent::Link { number, of: 2, trains: Trained::Student, network: String::new() };
        let test = |step, base| TrainingEvent::Evaluation { step, steps: 20, student: 0.5, base, teacher: None };
        let events =
            [link(1), test(10, None), test(20, Some(0.9)), link(2), test(10, Some(0.2)), link(2), test(20, Some(0.3))];
        let told: Vec<_> = course(&events).iter().map(|tested| (tested.step, tested.base)).collect();
        assert_eq!(told, [(10, 0.2), (20, 0.3)]);
    }
}
