//! The session's own document: what is planned, what went wrong, what was done.

use crate::error::Error;
use crate::scores::ScoreReport;
use crate::session::record::config::SessionConfig;
use crate::session::record::report::{Circumstances, Failure, Report};
use crate::session::state::Session;

impl Session {
    /// Notes the settings that are planned: what the report says of sections that are not used yet.
    pub fn plan(&mut self, config: &SessionConfig) {
        self.journal.config = config.clone();
        self.normalisation = config.normalisation;
    }

    /// Notes for the report that `step` did not succeed.
    pub fn note_failure(&mut self, step: &str, error: &Error) {
        self.journal.note_failure(Failure::new(step, error));
    }

    /// Takes over what an earlier session's report says about the very networks that were loaded here.
    pub fn take_over(&mut self, former: &Report) {
        self.journal.take_over(former);
    }

    /// The scores that were computed last, before there are any nothing.
    #[must_use]
    pub fn scores(&self) -> Option<&ScoreReport> {
        self.journal.scores()
    }

    /// Stage names of the Student, shallowest first; none before there is one.
    #[must_use]
    pub fn student_layers(&self) -> &[String] {
        self.journal.student.as_ref().map_or(&[], |student| student.summary.layers.as_slice())
    }

    /// The document of this session: what was used, and what came of it so far.
    #[must_use]
    pub fn report(&self, circumstances: Circumstances) -> Report {
        self.journal.report(circumstances, &self.device_report, self.digest_of_pictures())
    }
}
