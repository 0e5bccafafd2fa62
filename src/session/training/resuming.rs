//! A run that outlives its process.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::distillation::{Provenance, RunConfig};
use crate::error::Result;
use crate::models::Weights;
use crate::session::keeping::container::{from_cbor, to_cbor, unreadable};
use crate::session::record::interruption::Interruption;
use crate::session::record::journal::{digest_of_bytes, digest_of_data};
use crate::session::record::report::TrainingLog;
use crate::session::state::{Session, not_ready};
use crate::session::training::running::{Resumed, Running};
use crate::tensors::device::DeviceReport;

/// What a session adds to its run's checkpoint: as CBOR, since decimal text would cost a number its last digit.
#[derive(Serialize, Deserialize)]
struct Note {
    log: TrainingLog,
    device: DeviceReport,
    trial: Vec<f32>,
}

impl Session {
    /// The run under way as bytes, between two calls of [`next`](Self::next): all that [`resume`](Self::resume) needs.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] when no run is under way; [`crate::Error::DeviceFailed`].
    pub async fn checkpoint(&self) -> Result<Vec<u8>> {
        let running = self.running.as_ref().ok_or_else(|| not_ready("Start a run"))?;
        let trial = running.run.trial_answers(self.pictures_of(running)?).await?;
        let note = Note { log: running.log.clone(), device: self.device_report.clone(), trial };
        let note = STANDARD.encode(to_cbor(&note));
        running.run.checkpoint(&running.config, self.provenance(running)?, note).await
    }

    /// Goes on from a [`checkpoint`](Self::checkpoint), in this process or in another one. Data, Teacher and the Student's
    /// starting weights have to be chosen as they were; on the same device every further number is that of a run that
    /// never stopped, and the run's log goes on where it was.
    ///
    /// # Errors
    /// [`crate::Error::UnreadableCheckpoint`]; [`crate::Error::CheckpointMismatch`] when the recipe or what it works on is another;
    /// those of [`start_teacher`](Self::start_teacher) and [`start_distillation`](Self::start_distillation). What ran
    /// before goes on then.
    pub fn resume(&mut self, config: &RunConfig, bytes: &[u8]) -> Result<()> {
        let mut running = match config {
            RunConfig::Teacher(config) => self.teacher_run(config)?,
            RunConfig::Distillation(config) => self.distillation_run(config)?,
        };
        let provenance = self.provenance(&running)?.clone();
        let images = match &running.data {
            Some(data) => &data.train,
            None => &self.data()?.train,
        };
        let (run, note) = running.run.resumed(config, &provenance, bytes, images)?;
        running.run = run;
        let note: Note = from_cbor(&STANDARD.decode(note).map_err(unreadable)?)?;
        running.log = TrainingLog { memory: running.log.memory, ..note.log };
        running.resumed = Some(Resumed { device: note.device, trial: note.trial });
        if let Some(former) = running.log.timeline.take() {
            self.begin_watch(&mut running, &former.config)?;
            if running.log.timeline.as_ref().is_some_and(|begun| !begun.watches_as(&former)) {
                return Err(unreadable("its timeline is not one of its recipe and pictures"));
            }
            if let Some(watch) = &mut running.watch {
                watch.go_on(&former);
            }
            running.log.timeline = Some(former);
        }
        self.point = None;
        self.running = Some(running);
        Ok(())
    }

    /// Notes that the run, which was just [resumed](Self::resume), had been interrupted: why, in a word, and at which step;
    /// measures what the change of device does to its networks' answers.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] when no run was resumed; [`crate::Error::DeviceFailed`].
    pub async fn note_interruption(&mut self, reason: &str, lost_at: usize) -> Result<Interruption> {
        let running = self.running.as_ref().ok_or_else(|| not_ready("Resume a run"))?;
        let resumed = running.resumed.as_ref().ok_or_else(|| not_ready("Resume a run"))?;
        let answers = running.run.trial_answers(self.pictures_of(running)?).await?;
        let pairs = answers.iter().zip(&resumed.trial);
        let interruption = Interruption {
            reason: reason.to_owned(),
            lost_at,
            resumed_at: running.run.step(),
            former_device: resumed.device.clone(),
            device: self.device_report.clone(),
            drift: pairs.map(|(now, then)| f64::from((now - then).abs())).fold(0.0, f64::max),
        };
        let running = self.running.as_mut().expect("it was there a moment ago");
        running.log.interruptions.push(interruption.clone());
        Ok(interruption)
    }

    fn pictures_of<'a>(&'a self, running: &'a Running) -> Result<&'a Dataset> {
        running.data.as_ref().map_or_else(|| self.data(), Ok)
    }

    fn provenance<'a>(&self, running: &'a Running) -> Result<&'a Provenance> {
        match running.provenance.get() {
            Some(known) => Ok(known),
            None => self.digests(running).map(|found| running.provenance.get_or_init(|| found)),
        }
    }

    fn digests(&self, running: &Running) -> Result<Provenance> {
        // New pictures and another Teacher end the run, so that those at hand are its own.
        let teacher = match &running.config {
            RunConfig::Teacher(_) => None,
            RunConfig::Distillation(_) => self.teacher.as_ref(),
        };
        Ok(Provenance {
            pictures: match &running.data {
                Some(data) => digest_of_data(data),
                None => self.digest_of_pictures().ok_or_else(|| not_ready("Choose the data"))?,
            },
            teacher: teacher.map(|teacher| digest_of_weights(&teacher.weights)).transpose()?,
            start: running.start.as_ref().map(|start| digest_of_weights(&start.weights)).transpose()?,
        })
    }
}

/// Of the numbers alone, under the names here, whatever file they came in.
fn digest_of_weights(weights: &Weights) -> Result<String> {
    let mut bare = weights.clone();
    bare.metadata.clear();
    Ok(digest_of_bytes(&bare.to_own_file()?))
}
