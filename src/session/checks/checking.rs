//! Checks of the maps, as a session is asked for them. Each answer is noted for the report.

use crate::error::Result;
use crate::session::checks::faithfulness::{self, FaithfulnessConfig, FaithfulnessReport};
use crate::session::checks::sanity::{self, SanityConfig, SanityReport};
use crate::session::checks::spread::{Spread, SpreadConfig, SpreadProgress, SpreadRun};
use crate::session::devices::work::Work;
use crate::session::state::{Session, not_ready};

impl Session {
    /// One picture's UniCAM map over several reference batches: what of it is owed to its batch-mates.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`], [`crate::Error::InvalidConfig`], [`crate::Error::NoSuchLayer`],
    /// [`crate::Error::BatchTooLarge`], and those of the distances.
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
        let run = SpreadRun::new(&self.trio()?, config)?;
        self.check_capacity(Some(config.layer), config.reference.images, 0)?;
        self.spread = Some(run);
        self.make_room_for(Work::Spread { layer: config.layer, images: config.reference.images });
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
    /// [`crate::Error::NotReady`], [`crate::Error::InvalidConfig`], [`crate::Error::NoSuchLayer`],
    /// [`crate::Error::BatchTooLarge`], and those of the distances.
    pub async fn faithfulness(&mut self, config: &FaithfulnessConfig) -> Result<FaithfulnessReport> {
        // Maps of one kind lie at the size of the pictures.
        self.check_capacity(Some(config.layer), config.reference.images, 1)?;
        self.make_room_for(Work::Checks { layer: config.layer });
        let report = faithfulness::faithfulness(&self.trio()?, config, &self.device).await?;
        self.journal.note_faithfulness(&report, config);
        Ok(report)
    }

    /// Checks that maps and scores fall apart under random weights and shuffled labels.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`], [`crate::Error::InvalidConfig`], [`crate::Error::NoSuchLayer`],
    /// [`crate::Error::BatchTooLarge`], and those of the distances.
    pub async fn sanity(&mut self, config: &SanityConfig) -> Result<SanityReport> {
        self.check_capacity(Some(config.layer), config.reference.images, 0)?;
        self.make_room_for(Work::Checks { layer: config.layer });
        let report = sanity::sanity(&self.trio()?, config, &self.device).await?;
        self.journal.note_sanity(&report, config);
        Ok(report)
    }
}
