//! What can be asked of trained networks: maps, checks of the maps, scores. Each answer is noted for the report.

use super::look::Trio;
use super::scoring::ScoringRun;
use super::spread::SpreadRun;
use super::{
    Answers, ExplainConfig, Explanation, FaithfulnessConfig, FaithfulnessReport, Matrices, MatricesConfig,
    ReferenceConfig, SanityConfig, SanityReport, ScoreConfig, ScoringEvent, Session, Spread, SpreadConfig,
    SpreadProgress, answers, explain, faithfulness, matrices, not_ready, sanity,
};
use crate::error::Result;
use crate::scores::ScoreReport;

impl Session {
    /// Indices of a reference batch among the test pictures, in the order in which maps are listed.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] before there are trained networks, [`crate::Error::InvalidConfig`].
    pub fn reference_batch(&self, reference: &ReferenceConfig) -> Result<Vec<usize>> {
        self.trio()?.draw(reference)
    }

    /// Maps of one layer over the reference batch.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`], [`crate::Error::NoSuchLayer`], and those of the distances.
    pub async fn explain(&mut self, config: &ExplainConfig) -> Result<Explanation> {
        let explanation = explain::explain(&self.trio()?, config, &self.device).await?;
        self.journal.note_maps(&explanation.report, config);
        Ok(explanation)
    }

    /// The distances of one layer over the reference batch, what a removal leaves of them, and what each pair adds to RS.
    ///
    /// # Errors
    /// As [`explain`](Self::explain).
    pub async fn matrices(&self, config: &MatricesConfig) -> Result<Matrices> {
        matrices::matrices(&self.trio()?, config, &self.device).await
    }

    /// What Teacher, Student and Base answer to every test picture, and how often they take which class for which.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`], [`crate::Error::DeviceFailed`].
    pub async fn answers(&mut self) -> Result<Answers> {
        let answers = answers::answers(&self.trio()?, &self.device).await?;
        self.journal.note_confusion(&answers.confusion);
        Ok(answers)
    }

    /// One picture's UniCAM map over several reference batches: what of it is owed to its batch-mates.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`], [`crate::Error::InvalidConfig`], [`crate::Error::NoSuchLayer`], and those of the
    /// distances.
    pub async fn explain_spread(&mut self, config: &SpreadConfig) -> Result<Spread> {
        self.start_spread(config)?;
        self.finish_spread().await
    }

    /// Begins a spread; another one under way is forgotten.
    ///
    /// # Errors
    /// As [`explain_spread`](Self::explain_spread).
    pub fn start_spread(&mut self, config: &SpreadConfig) -> Result<()> {
        self.spread = None;
        self.spread = Some(SpreadRun::new(&self.trio()?, config)?);
        Ok(())
    }

    /// Makes the map in one batch more. Not asking pauses the spread; new data or networks end it.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] when none is under way, else as [`explain_spread`](Self::explain_spread): the spread is
    /// over then.
    pub async fn advance_spread(&mut self) -> Result<SpreadProgress> {
        let mut run = self.spread.take().ok_or_else(|| not_ready("Begin the spread"))?;
        let progress = run.advance(&self.trio()?, &self.device).await?;
        self.spread = Some(run);
        Ok(progress)
    }

    /// Compares the maps of all batches, and draws those that are still missing.
    ///
    /// # Errors
    /// As [`advance_spread`](Self::advance_spread).
    pub async fn finish_spread(&mut self) -> Result<Spread> {
        let run = self.spread.take().ok_or_else(|| not_ready("Begin the spread"))?;
        let config = *run.config();
        let spread = run.finish(&self.trio()?, &self.device).await?;
        self.journal.note_spread(&spread.report, &config);
        Ok(spread)
    }

    /// Ends the spread under way.
    pub fn cancel_spread(&mut self) {
        self.spread = None;
    }

    /// How faithful every kind of map at one layer is to the network that it is drawn on (ROAD, change of confidence).
    ///
    /// # Errors
    /// [`crate::Error::NotReady`], [`crate::Error::InvalidConfig`], [`crate::Error::NoSuchLayer`], and those of the
    /// distances.
    pub async fn faithfulness(&mut self, config: &FaithfulnessConfig) -> Result<FaithfulnessReport> {
        let report = faithfulness::faithfulness(&self.trio()?, config, &self.device).await?;
        self.journal.note_faithfulness(&report, config);
        Ok(report)
    }

    /// Checks that maps and scores fall apart under random weights and shuffled labels.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`], [`crate::Error::InvalidConfig`], [`crate::Error::NoSuchLayer`], and those of the
    /// distances.
    pub async fn sanity(&mut self, config: &SanityConfig) -> Result<SanityReport> {
        let report = sanity::sanity(&self.trio()?, config, &self.device).await?;
        self.journal.note_sanity(&report, config);
        Ok(report)
    }

    /// FSS and RS of every layer over the reference batch, with their uncertainty.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`], [`crate::Error::InvalidConfig`], [`crate::Error::TooFewImages`],
    /// [`crate::Error::OneClassOnly`], [`crate::Error::DeviceFailed`].
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

    /// Ends whatever is under way with networks that are going to be replaced.
    pub(super) fn end_looking(&mut self) {
        self.scoring = None;
        self.spread = None;
    }

    fn trio(&self) -> Result<Trio<'_>> {
        let teacher = self.teacher.as_ref().ok_or_else(|| not_ready("Choose or train a Teacher"))?;
        match (&self.student, &self.base) {
            (Some(student), Some(base)) => Ok(Trio { images: &self.data()?.test, teacher, student, base }),
            _ => Err(not_ready("Distil a Student")),
        }
    }
}
