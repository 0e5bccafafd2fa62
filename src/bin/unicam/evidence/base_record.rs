//! A Base that was trained by itself, for longer than beside its Student.

use std::path::Path;

use pollster::block_on;
use serde::{Deserialize, Serialize};
use unicam::distillation::{Start, TrainingEvent};
use unicam::session::{FileNames, SessionConfig};

use super::plan::{LongerBase, Study};
use crate::failure::{Failure, Outcome};
use crate::inputs::{take_data, take_start, take_teacher};
use crate::output::Output;
use crate::settings::circumstances;
use crate::{arguments, devices};

/// One such training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BaseRecord {
    /// The study whose Base it is.
    pub study: String,
    /// Its seed.
    pub seed: u64,
    /// Version of the crate.
    pub crate_version: String,
    /// What made the numbers.
    pub device: String,
    /// Settings as they were used, without the names of files: the study's with more steps. Teacher and Student had no part.
    pub config: SessionConfig,
    /// Held-out pictures.
    pub test_pictures: usize,
    /// Digest of the pixels and labels.
    pub data_digest: String,
    /// Test accuracies on the way, the last one at the end.
    pub course: Vec<TestedBase>,
}

/// One test on the way.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestedBase {
    /// Steps done.
    pub step: usize,
    /// Test accuracy, 0 to 1.
    pub base: f64,
}

impl BaseRecord {
    /// Whether it is one of these trainings.
    pub fn is_of(&self, longer: &LongerBase) -> bool {
        self.study == longer.study && self.config.distillation.optimiser.steps == longer.steps
    }

    /// Test accuracy at the end, 0 to 1.
    pub fn accuracy(&self) -> Option<f64> {
        self.course.last().map(|tested| tested.base)
    }
}

/// Trains the Base of `study` under this seed for as long as `longer` says.
pub fn train_base(
    longer: &LongerBase,
    study: &Study,
    seed: u64,
    arguments: &arguments::Evidence,
    output: &Output,
) -> Outcome<BaseRecord> {
    let data = arguments.data.as_deref().unwrap_or(Path::new(""));
    let mut config = study.config_with_files(seed, data, &arguments.work)?;
    longer.lengthen(&mut config);
    let mut session = devices::open(&arguments.device, output)?;
    session.plan(&config);
    let report = take_data(&mut session, &config, output)?;
    if config.distillation.start == Start::Given {
        // The shipped start comes with the shipped Teacher.
        take_teacher(&mut session, &config, output)?;
        take_start(&mut session, &config, output)?;
    }
    let mut run = session.base_alone(&config.distillation)?;
    let mut bar = output.bar("Base", "step", longer.steps);
    let mut course = Vec::new();
    while let Some(event) = block_on(run.next(session.data()?))? {
        bar.show(&event);
        if let TrainingEvent::Evaluation { step, student, .. } = event {
            course.push(TestedBase { step, base: student });
        }
    }
    bar.end();
    let record = session.report(circumstances(&config));
    let digest = record.data.map(|data| data.digest);
    Ok(BaseRecord {
        study: study.key.clone(),
        seed,
        crate_version: record.crate_version,
        device: record.device.name,
        config: SessionConfig { files: FileNames::default(), ..config },
        test_pictures: report.test_counts.iter().sum(),
        data_digest: digest.ok_or_else(|| Failure::Usage(format!("{}: no pictures.", study.key)))?,
        course,
    })
}
