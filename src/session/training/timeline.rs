//! A learning as it can be watched: maps and scores of a few pictures every so many steps.
//!
//! Everything is settled before the first step, so that a run with the same settings has the same points.

use serde::{Deserialize, Serialize};

use crate::attribution::{Objective, Strength};
use crate::dataset::collect::ErrorReport;
use crate::error::{Error, Result};
use crate::scores::{PartialRelevance, Similarity, Values};
use crate::session::maps::explain::RawSize;
use crate::session::maps::look::ReferenceConfig;

/// Most pictures whose maps are kept.
const MAX_PICTURES: usize = 24;
/// Points that a run is divided by where the spacing is left to the program; one more at its beginning. A point of the
/// shipped recipe asks a GPU for three times the kernels of a step, so that 20 points would cost just over 15 % there.
const POINTS: usize = 16;
/// Steps of one picture a batch between two points for each image of the reference batch, at least. A point takes two passes
/// forwards where a step takes two there and back and the Teacher's, so that a point costs less than a third of what its
/// images would cost in steps; distances, maps and reads come on top. With 5 the share stays below 15 % of the training.
const STEPS_AN_IMAGE: usize = 5;

/// What of a learning is watched; the reference batch and the objective are those of the maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct TimelineSettings {
    /// Pictures whose maps are kept, the first of the reference batch, which has the classes in turn; 0 to 24, 0 watches
    /// nothing.
    pub pictures: usize,
    /// Steps between two points; 0 leaves it to the program, which keeps the cost below 15 % of the training.
    pub every: usize,
    /// Stage of the Student, counted from 1; 0 is the deepest one.
    pub layer: usize,
}

impl Default for TimelineSettings {
    fn default() -> Self {
        Self { pictures: 6, every: 0, layer: 0 }
    }
}

impl TimelineSettings {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::InvalidConfig`].
    pub fn validate(&self) -> Result<()> {
        if self.pictures > MAX_PICTURES {
            let problem = format!("must lie between 0 and {MAX_PICTURES}, is {}", self.pictures);
            return Err(Error::config("timeline.pictures", problem));
        }
        Ok(())
    }

    /// Steps between two points of a run of `steps` steps with batches of `batch` pictures, watched through `n` images.
    #[must_use]
    pub fn spacing(&self, steps: usize, batch: usize, n: usize) -> usize {
        match self.every {
            0 => steps.div_ceil(POINTS).max((STEPS_AN_IMAGE * n).div_ceil(batch.max(1))).max(1),
            every => every,
        }
    }
}

/// All that the points of a timeline depend on beside the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct TimelineConfig {
    /// What is watched.
    pub settings: TimelineSettings,
    /// The batch that maps and scores belong to: that of the later maps, so that the last point agrees with them.
    pub reference: ReferenceConfig,
    /// Scalar that UniCAM explains.
    pub objective: Objective,
}

/// A picture whose maps are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct WatchedPicture {
    /// Index among the test pictures.
    pub index: usize,
    /// True class.
    pub label: usize,
    /// Share of the picture's area that is object, 0 to 1, where masks are known.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub mask_share: Option<f32>,
}

/// What the two networks make of a watched picture at a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct WatchedAnswer {
    /// Class that the Student names.
    pub student: usize,
    /// Class that the Base names.
    pub base: usize,
    /// Step of the point since which the Student has named it rightly without a break; nothing where it is wrong.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub student_since: Option<usize>,
    /// As above, of the Base.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub base_since: Option<usize>,
    /// Strength of the distilled map.
    pub distilled: Strength,
    /// Strength of the residual map.
    pub residual: Strength,
}

/// Scores of a point, over the whole reference batch at the watched layer, without intervals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct TimelineScores {
    /// FSS of Teacher and Student.
    pub fss_student: Similarity,
    /// FSS of Teacher and Base.
    pub fss_base: Similarity,
    /// RS of the Student.
    pub rs_student: f64,
    /// RS of the Base.
    pub rs_base: f64,
    /// RS of the distilled features, Student given Base.
    pub rs_distilled: PartialRelevance,
    /// RS of the residual features, Base given Student.
    pub rs_residual: PartialRelevance,
}

impl From<Values> for TimelineScores {
    fn from(values: Values) -> Self {
        let Values { fss_student, fss_base, rs_student, rs_base, rs_distilled, rs_residual, .. } = values;
        Self { fss_student, fss_base, rs_student, rs_base, rs_distilled, rs_residual }
    }
}

/// One look at Student and Base on their way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(target_arch = "wasm32", tsify(missing_as_null))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct TimelinePoint {
    /// Steps done.
    pub step: usize,
    /// Share of the reference batch that the Student names rightly, 0 to 1.
    pub student_right: f64,
    /// As above, of the Base.
    pub base_right: f64,
    /// FSS and RS.
    pub scores: TimelineScores,
    /// Mean share of the distilled maps' mass on the object over the reference batch, empty maps left out, 0 to 1; nothing
    /// where masks are not known or all maps are empty.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub distilled_inside: Option<f64>,
    /// As above, of the residual maps.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "number | null"))]
    pub residual_inside: Option<f64>,
    /// The watched pictures, in the timeline's order.
    pub pictures: Vec<WatchedAnswer>,
    /// The maps in base64, a byte a value: `[pictures, 2, height, width]` of the timeline's `rawSize`, distilled before
    /// residual, each value the share of its map's maximum times 255; an empty map is all zeros.
    pub maps: String,
}

/// A point that could not be made; the learning went on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct MissingPoint {
    /// Steps done.
    pub step: usize,
    /// Why.
    pub error: ErrorReport,
}

/// A learning, point by point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Timeline {
    /// What was asked for.
    pub config: TimelineConfig,
    /// Steps between two points; the first is before the first step, and there is one at the end.
    pub every: usize,
    /// Steps of the whole run.
    pub steps: usize,
    /// Stage name.
    pub layer: String,
    /// Digest that names the reference batch.
    pub reference_hash: String,
    /// Images in the batch.
    pub n: usize,
    /// Extents of every map.
    pub raw_size: RawSize,
    /// The pictures whose maps are kept.
    pub pictures: Vec<WatchedPicture>,
    /// The points, in order.
    pub points: Vec<TimelinePoint>,
    /// Points that could not be made.
    pub missing: Vec<MissingPoint>,
    /// Seconds that the points took. On a GPU the first read of a point waits for the steps before it, which counts here.
    pub seconds: f64,
    /// Seconds that the training itself took, tests included.
    pub training_seconds: f64,
}

impl Timeline {
    /// Whether another one watches the same: all that is settled before the first point is equal.
    pub(in crate::session) fn watches_as(&self, other: &Self) -> bool {
        let settled = |timeline: &Self| (timeline.config, timeline.every, timeline.steps, timeline.n);
        let named = |timeline: &Self| (timeline.layer.clone(), timeline.reference_hash.clone());
        settled(self) == settled(other) && named(self) == named(other) && self.pictures == other.pictures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_spaced_by_settings_alone() {
        let auto = TimelineSettings::default();
        // The shipped recipe: 400 steps of 32 pictures, 48 reference images.
        assert_eq!(auto.spacing(400, 32, 48), 25);
        // A large reference batch beside small batches: fewer points.
        assert_eq!(auto.spacing(400, 8, 256), 160);
        assert_eq!(auto.spacing(1, 512, 4), 1);
        assert_eq!(TimelineSettings { every: 3, ..auto }.spacing(400, 8, 256), 3);
        let broken = TimelineSettings { pictures: 25, ..auto };
        assert_eq!(broken.validate().expect_err("too many").code(), "invalid-config");
    }
}
