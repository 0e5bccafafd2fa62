//! A small run of the shipped recipe beforehand, so that the kernels of the first one are compiled when it comes.

use crate::attribution::Objective;
use crate::dataset::scenes::ScenesConfig;
use crate::distillation::{DistillationConfig, OptimiserConfig};
use crate::error::Result;
use crate::models::{Architecture, kaiming};
use crate::seed::Purpose;
use crate::session::devices::preparation_stage::PreparationStage;
use crate::session::maps::explain::ExplainConfig;
use crate::session::record::config::WeightSource;
use crate::session::record::defaults::Defaults;
use crate::session::scores::score_config::ScoreConfig;
use crate::session::scores::scoring::ScoringEvent;
use crate::session::state::Session;

/// Test pictures: as many as an evaluation looks at together.
const TEST_IMAGES: usize = 100;
/// Layer whose maps the page shows first, counted from 1.
const LAYER: usize = 3;

/// Makes the next piece, which ends with a read from the device; says whether there are more. It goes through a session
/// of its own, so that it does what a run does whatever a run is made of.
///
/// # Errors
/// [`crate::Error::DeviceFailed`].
pub(in crate::session) async fn prepare(session: &mut Session, stage: &mut PreparationStage) -> Result<bool> {
    let Defaults { teacher, distillation, reference, .. } = Defaults::default();
    match *stage {
        PreparationStage::Teacher => {
            let data = session.use_scenes(&ScenesConfig {
                train_images: 60,
                test_images: TEST_IMAGES,
                ..ScenesConfig::default()
            })?;
            // What the weights are is all the same to a kernel, and the shipped ones may still be on their way.
            let first = |network: Architecture, purpose| {
                let network = network.for_classes(data.class_names.len());
                kaiming(&network, distillation.optimiser.seed, purpose).to_safetensors(false)
            };
            let teacher = first(teacher.network, Purpose::TeacherInit)?;
            session.take_teacher(&teacher, WeightSource::File).await?;
            session.load_student_start(&first(distillation.student, Purpose::StudentInit)?).await?;
            let optimiser = OptimiserConfig { steps: 1, ..distillation.optimiser.clone() };
            session.start_distillation(&DistillationConfig { optimiser, ..distillation })?;
            *stage = PreparationStage::Training;
        }
        PreparationStage::Training => {
            if session.next().await?.is_none() {
                *stage = PreparationStage::Maps;
            }
        }
        PreparationStage::Maps => {
            session.explain(&ExplainConfig::new(reference, LAYER, Objective::default())).await?;
            session.start_scoring(&ScoreConfig::of(reference))?;
            *stage = PreparationStage::Scores;
        }
        PreparationStage::Scores => {
            let event = session.next_scores().await?;
            return Ok(matches!(event, Some(ScoringEvent::Progress { .. })));
        }
    }
    Ok(true)
}
