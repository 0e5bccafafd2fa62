//! A small run of the shipped recipe beforehand, so that the kernels of the first one are compiled when it comes.

use burn::tensor::Device;

use super::{Defaults, ExplainConfig, ScoreConfig, ScoringEvent, Session};
use crate::attribution::Objective;
use crate::dataset::scenes::ScenesConfig;
use crate::distillation::{DistillationConfig, OptimiserConfig};
use crate::error::Result;
use crate::tensors::device::DeviceReport;

/// Test pictures: as many as an evaluation looks at together.
const TEST_IMAGES: usize = 100;
/// Layer whose maps the page shows first, counted from 1.
const LAYER: usize = 3;

/// What comes next.
enum Stage {
    Teacher,
    Training,
    Maps,
    Scores,
}

/// A preparation under way: everything that the shipped recipe comes to, on pictures of its own and in pieces.
///
/// It goes through a session of its own, so that it does what a run does whatever a run is made of.
pub(super) struct Preparation {
    session: Session,
    stage: Stage,
}

impl Preparation {
    /// Nothing is done yet.
    pub fn on(device: Device, report: DeviceReport) -> Self {
        Self { session: Session::on(device, report), stage: Stage::Teacher }
    }

    /// Makes the next piece, which ends with a read from the device; says whether there are more.
    ///
    /// # Errors
    /// [`crate::Error::DeviceFailed`].
    pub async fn advance(&mut self) -> Result<bool> {
        let Defaults { distillation, reference, .. } = Defaults::default();
        match self.stage {
            Stage::Teacher => {
                self.session.use_scenes(&ScenesConfig {
                    train_images: 60,
                    test_images: TEST_IMAGES,
                    ..ScenesConfig::default()
                })?;
                self.session.use_shipped_teacher().await?;
                let optimiser = OptimiserConfig { steps: 1, ..distillation.optimiser.clone() };
                self.session.start_distillation(&DistillationConfig { optimiser, ..distillation })?;
                self.stage = Stage::Training;
            }
            Stage::Training => {
                if self.session.next().await?.is_none() {
                    self.stage = Stage::Maps;
                }
            }
            Stage::Maps => {
                self.session.explain(&ExplainConfig::new(reference, LAYER, Objective::default())).await?;
                self.session.start_scoring(&ScoreConfig::of(reference))?;
                self.stage = Stage::Scores;
            }
            Stage::Scores => {
                let event = self.session.next_scores().await?;
                return Ok(matches!(event, Some(ScoringEvent::Progress { .. })));
            }
        }
        Ok(true)
    }
}
