//! Scores of a reference batch of any size, a step at a time.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::dataset::{LabelledImages, split};
use crate::error::Result;
use crate::scores::{
    ClassDistances, LabelEmbedding, LayerDistances, LayerFailure, LayerOutcome, LayerScores, Resampling, ScoreReport,
    Values, Widths,
};
use crate::session::maps::look::{Trio, check_held_out, reference_hash};
use crate::session::scores::pass::Pass;
use crate::session::scores::prototypes::Prototypes;
use crate::session::scores::score_config::ScoreConfig;

/// Pairs of images that one step of draws goes through: some hundredths of a second.
const PAIRS_A_STEP: usize = 4_000_000;

/// What a step was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum ScoringStage {
    /// The Teacher's class means over the training pictures.
    Prototypes,
    /// Features and their distances.
    Distances,
    /// Permutations and resamples.
    Draws,
}

/// One thing that happened while scoring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum ScoringEvent {
    /// A step was made.
    Progress {
        /// What it was about.
        stage: ScoringStage,
        /// Steps of this stage that are done.
        done: usize,
        /// Steps of this stage in all.
        total: usize,
    },
    /// The scores are there.
    Finished {
        /// All of them.
        report: Box<ScoreReport>,
    },
}

/// One layer on its way into the report.
struct LayerUnderWay {
    name: String,
    measured: Result<(Values, Widths, Resampling)>,
}

enum State {
    Prototypes(Box<Prototypes>),
    /// It is known how far apart the classes are.
    Embedded(ClassDistances),
    Distances(Box<Pass>),
    Draws(Vec<LayerUnderWay>),
}

/// A score under way. Not asking for the next step pauses it; dropping it cancels it.
pub(in crate::session) struct ScoringRun {
    config: ScoreConfig,
    indices: Vec<usize>,
    state: Option<State>,
}

impl ScoringRun {
    /// Checks the settings and draws the images.
    pub fn new(trio: &Trio<'_>, config: &ScoreConfig, train: &LabelledImages) -> Result<Self> {
        config.validate()?;
        let images = trio.images;
        check_held_out(images)?;
        let classes = images.class_names.len();
        let indices = split::balanced_draw(&images.labels, classes, config.reference.images, config.reference.seed);
        let state = match &config.labels {
            LabelEmbedding::Prototypes => State::Prototypes(Box::new(Prototypes::new(train))),
            LabelEmbedding::OneHot => State::Embedded(ClassDistances::one_hot(&images.class_names)),
            LabelEmbedding::Matrix { rows } => State::Embedded(ClassDistances::of_rows(rows, &images.class_names)?),
        };
        Ok(Self { config: config.clone(), indices, state: Some(state) })
    }

    /// What was asked for.
    pub fn config(&self) -> &ScoreConfig {
        &self.config
    }

    /// Makes the next step; nothing once the report was given, or after an error.
    pub async fn next(
        &mut self,
        trio: &Trio<'_>,
        train: &LabelledImages,
        device: &Device,
    ) -> Result<Option<ScoringEvent>> {
        let (state, event) = match self.state.take() {
            None => return Ok(None),
            Some(State::Prototypes(mut prototypes)) => {
                let (done, total) = prototypes.advance(trio.teacher, train, device);
                let state = if done < total {
                    State::Prototypes(prototypes)
                } else {
                    let rows = prototypes.finish(&train.class_names).await?;
                    State::Embedded(ClassDistances::of_rows(&rows, &train.class_names)?)
                };
                (state, ScoringEvent::Progress { stage: ScoringStage::Prototypes, done, total })
            }
            Some(State::Embedded(classes)) => {
                let pass = Box::new(Pass::new(trio, &self.indices, classes, &self.config, device).await?);
                let total = pass.steps();
                (State::Distances(pass), ScoringEvent::Progress { stage: ScoringStage::Distances, done: 0, total })
            }
            Some(State::Distances(mut pass)) => {
                let (done, total) = pass.advance(trio, device).await?;
                let state = if done < total {
                    State::Distances(pass)
                } else {
                    let begin = |(values, held): (Values, LayerDistances)| {
                        (values, held.widths(), Resampling::new(held, self.config.uncertainty))
                    };
                    let layers = pass.finish().into_iter();
                    let layers = layers.map(|(name, held)| LayerUnderWay { name, measured: held.map(begin) });
                    State::Draws(layers.collect())
                };
                (state, ScoringEvent::Progress { stage: ScoringStage::Distances, done, total })
            }
            Some(State::Draws(mut layers)) => {
                let Some((done, total)) = draw(&mut layers) else {
                    let report = Box::new(self.report(trio, layers));
                    return Ok(Some(ScoringEvent::Finished { report }));
                };
                (State::Draws(layers), ScoringEvent::Progress { stage: ScoringStage::Draws, done, total })
            }
        };
        self.state = Some(state);
        Ok(Some(event))
    }

    fn report(&self, trio: &Trio<'_>, layers: Vec<LayerUnderWay>) -> ScoreReport {
        let n = self.indices.len();
        let resampled = layers.iter().find_map(|layer| layer.measured.as_ref().ok()).map_or(0, |(.., draws)| draws.n());
        let entry = |layer: LayerUnderWay| match layer.measured {
            Ok((values, widths, draws)) => {
                let config = &self.config.uncertainty;
                LayerOutcome::Ok(Box::new(LayerScores::new(layer.name, n, &values, widths, &draws, config)))
            }
            Err(error) => LayerOutcome::Error(LayerFailure {
                layer: layer.name,
                code: error.code().to_owned(),
                message: error.to_string(),
            }),
        };
        ScoreReport {
            n,
            reference_hash: reference_hash(trio.images, &self.indices),
            resampled,
            pixels: self.config.pixels,
            labels: self.config.labels.kind(),
            uncertainty: self.config.uncertainty,
            layers: layers.into_iter().map(entry).collect(),
        }
    }
}

/// Makes some draws of the first layer that wants them, and tells how many are made of how many; nothing when none was
/// left.
fn draw(layers: &mut [LayerUnderWay]) -> Option<(usize, usize)> {
    let mut draws: Vec<&mut Resampling> =
        layers.iter_mut().filter_map(|layer| layer.measured.as_mut().ok()).map(|(.., draws)| draws).collect();
    let next = draws.iter_mut().find(|draws| draws.left() > 0)?;
    next.advance((PAIRS_A_STEP / (next.n() * next.n())).max(1));
    let left: usize = draws.iter().map(|draws| draws.left()).sum();
    let made: usize = draws.iter().map(|draws| draws.null().len() + draws.halves().len()).sum();
    Some((made, made + left))
}
