//! Maps, as a session is asked for them. Each answer is noted for the report.

use crate::error::Result;
use crate::session::devices::work::Work;
use crate::session::maps::explain::{self, ExplainConfig, Explanation};
use crate::session::maps::look::ReferenceConfig;
use crate::session::maps::map_kind::MapKind;
use crate::session::state::Session;

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
    /// [`crate::Error::NotReady`], [`crate::Error::NoSuchLayer`], [`crate::Error::BatchTooLarge`], and those of the
    /// distances.
    pub async fn explain(&mut self, config: &ExplainConfig) -> Result<Explanation> {
        let ExplainConfig { reference, layer, objective, .. } = *config;
        // Scaled maps grow picture by picture, and may be twice as long where they lie.
        self.check_capacity(Some(layer), reference.images, 2 * MapKind::ALL.len())?;
        self.make_room_for(Work::Look { layer, images: reference.images, objective: Some(objective) });
        let explanation = explain::explain(&self.trio()?, config, &self.device).await?;
        self.journal.note_maps(&explanation.report, config);
        Ok(explanation)
    }
}
