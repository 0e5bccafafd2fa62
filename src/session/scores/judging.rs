//! Scores, distances and answers, as a session is asked for them. Each answer is noted for the report.

use crate::error::Result;
use crate::scores::{Pixels, ScoreReport};
use crate::session::devices::work::Work;
use crate::session::scores::answers::{self, Answers};
use crate::session::scores::matrices::{self, Matrices, MatricesConfig};
use crate::session::scores::score_config::ScoreConfig;
use crate::session::scores::scoring::{ScoringEvent, ScoringRun};
use crate::session::state::{Session, not_ready};

impl Session {
    /// The distances of one layer over the reference batch, what a removal leaves of them, and what each pair adds to RS.
    ///
    /// # Errors
    /// As [`explain`](Self::explain).
    pub async fn matrices(&self, config: &MatricesConfig) -> Result<Matrices> {
        self.check_capacity(Some(config.layer), config.reference.images, 0)?;
        self.make_room_for(Work::Look { layer: config.layer, images: config.reference.images, objective: None });
        matrices::matrices(&self.trio()?, config, &self.device).await
    }

    /// What Teacher, Student and Base answer to every test picture, and how often they take which class for which.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`], [`crate::Error::DeviceFailed`].
    pub async fn answers(&mut self) -> Result<Answers> {
        self.make_room_for(Work::Answers);
        let answers = answers::answers(&self.trio()?, &self.device).await?;
        self.journal.note_confusion(&answers.confusion);
        Ok(answers)
    }

    /// FSS and RS of every layer over the reference batch, with their uncertainty.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`], [`crate::Error::InvalidConfig`], [`crate::Error::TooFewImages`],
    /// [`crate::Error::OneClassOnly`], [`crate::Error::DeviceFailed`]; [`crate::Error::BatchTooLarge`] for imputed pixels,
    /// whose maps hang on all images at once.
    pub async fn score(&mut self, config: &ScoreConfig) -> Result<ScoreReport> {
        self.start_scoring(config)?;
        loop {
            match self.next_scores().await? {
                Some(ScoringEvent::Finished { report }) => return Ok(*report),
                Some(ScoringEvent::Progress { .. }) => {}
                None => return Err(not_ready("Begin the scores")),
            }
        }
    }

    /// Begins to score; another score under way is forgotten.
    ///
    /// # Errors
    /// As [`score`](Self::score).
    pub fn start_scoring(&mut self, config: &ScoreConfig) -> Result<()> {
        self.scoring = None;
        self.scoring = Some(ScoringRun::new(&self.trio()?, config, &self.data()?.train)?);
        if matches!(config.pixels, Pixels::Imputed { .. }) {
            // Each network's maps of every layer are kept.
            let maps = 3 * self.trio()?.student.config.layers().len();
            self.check_capacity(None, config.reference.images, maps).inspect_err(|_| self.scoring = None)?;
        }
        self.make_room_for(Work::Scores);
        Ok(())
    }

    /// Makes the score's next step. Not asking pauses it; nothing when none is under way. New data or networks end it.
    ///
    /// # Errors
    /// As [`score`](Self::score); the score is over then.
    pub async fn next_scores(&mut self) -> Result<Option<ScoringEvent>> {
        let Some(mut run) = self.scoring.take() else { return Ok(None) };
        let event = run.next(&self.trio()?, &self.data()?.train, &self.device).await?;
        match &event {
            Some(ScoringEvent::Finished { report }) => self.journal.note_scores(report, run.config()),
            Some(ScoringEvent::Progress { .. }) => self.scoring = Some(run),
            None => {}
        }
        Ok(event)
    }

    /// Ends the score under way.
    pub fn cancel_scoring(&mut self) {
        self.scoring = None;
    }
}
