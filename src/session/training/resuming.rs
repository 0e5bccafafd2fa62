//! A run that outlives its process.

use crate::bytes::json;
use crate::distillation::{Provenance, RunConfig, Start};
use crate::error::{Error, Result};
use crate::models::Weights;
use crate::session::record::journal::{digest_of_bytes, digest_of_data};
use crate::session::state::{Session, not_ready};
use crate::session::training::running::Running;

impl Session {
    /// The run under way as bytes, between two calls of [`next`](Self::next): all that [`resume`](Self::resume) needs.
    ///
    /// # Errors
    /// [`Error::NotReady`] when no run is under way; [`Error::DeviceFailed`].
    pub async fn checkpoint(&self) -> Result<Vec<u8>> {
        let running = self.running.as_ref().ok_or_else(|| not_ready("Start a run"))?;
        let log = serde_json::to_string(&running.log).expect("plain data");
        running.run.checkpoint(&running.config, &self.provenance(running)?, log).await
    }

    /// Goes on from a [`checkpoint`](Self::checkpoint), in this process or in another one. Data, Teacher and the Student's
    /// starting weights have to be chosen as they were; on the same device every further number is that of a run that
    /// never stopped, and the run's log goes on where it was.
    ///
    /// # Errors
    /// [`Error::UnreadableCheckpoint`]; [`Error::CheckpointMismatch`] when the recipe or what it works on is another;
    /// those of [`start_teacher`](Self::start_teacher) and [`start_distillation`](Self::start_distillation). What ran
    /// before goes on then.
    pub fn resume(&mut self, config: &RunConfig, bytes: &[u8]) -> Result<()> {
        let mut running = match config {
            RunConfig::Teacher(config) => self.teacher_run(config)?,
            RunConfig::Distillation(config) => self.distillation_run(config)?,
        };
        let provenance = self.provenance(&running)?;
        let images = match &running.data {
            Some(data) => &data.train,
            None => &self.data()?.train,
        };
        let (run, log) = running.run.resumed(config, &provenance, bytes, images)?;
        running.run = run;
        running.log =
            json::read(log.as_bytes()).map_err(|error| Error::UnreadableCheckpoint { reason: error.to_string() })?;
        if let Some(former) = running.log.timeline.take() {
            self.begin_watch(&mut running, &former.config)?;
            if let Some(watch) = &mut running.watch {
                watch.go_on(&former);
            }
            running.log.timeline = Some(former);
        }
        self.point = None;
        self.running = Some(running);
        Ok(())
    }

    fn provenance(&self, running: &Running) -> Result<Provenance> {
        let data = match &running.data {
            Some(data) => data,
            None => self.data()?,
        };
        let (teacher, start) = match &running.config {
            RunConfig::Teacher(_) => (None, None),
            RunConfig::Distillation(config) => (
                self.teacher.as_ref().map(|teacher| &teacher.weights),
                self.start.as_ref().filter(|_| config.start == Start::Given),
            ),
        };
        Ok(Provenance {
            pictures: digest_of_data(data),
            teacher: teacher.map(digest_of_weights).transpose()?,
            start: start.map(digest_of_weights).transpose()?,
        })
    }
}

/// Of the numbers alone, whatever file they came in.
fn digest_of_weights(weights: &Weights) -> Result<String> {
    let mut bare = weights.clone();
    bare.metadata.clear();
    Ok(digest_of_bytes(&bare.to_safetensors(false)?))
}
