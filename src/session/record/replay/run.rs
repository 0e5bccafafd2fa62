//! A replay under way, pulled from outside one step at a time.
//!
//! Every stage stands on what the bundle has, so that a difference is told where it arises and nowhere else: the training
//! begins with the bundle's Teacher and start, maps and scores are those of the bundle's Student and Base. On the same
//! device the networks that are trained again have to be the bundle's own, byte for byte, and so the chain is closed.

use crate::distillation::TrainingEvent;
use crate::error::Result;
use crate::session::maps::explain::{ExplainConfig, ExplanationReport};
use crate::session::networks::role::Role;
use crate::session::record::bundle::manifest::weights_path;
use crate::session::record::bundle::reading::{Bundle, unreadable};
use crate::session::record::bundle::tables::{accuracies_table, losses_table, scores_table, timeline_table};
use crate::session::record::config::{DataSource, FileNames, WeightSource};
use crate::session::record::journal::digest_of_bytes;
use crate::session::record::replay::checks_again::{again, tasks_of};
use crate::session::record::replay::comparison::{ReplayRow, compare};
use crate::session::record::replay::figures::{
    Figure, FigureKind, of_confusion, of_maps, of_networks, of_scores, of_training,
};
use crate::session::record::replay::map_differences::worst_values;
use crate::session::record::replay::replay_report::{ReplayEvent, ReplayOptions, ReplayReport, ReplayStage};
use crate::session::record::replay::summary::BundleSummary;
use crate::session::record::report::{Circumstances, NetworkRecord, Origin, Report};
use crate::session::scores::score_config::ScoreConfig;
use crate::session::scores::scoring::ScoringEvent;
use crate::session::state::{Session, not_ready};

/// What is done next.
#[derive(Clone, Copy)]
enum State {
    Pictures,
    Teacher,
    Training,
    Students,
    Maps(usize),
    Scores,
    Answers,
    Checks(usize),
}

/// A bundle that is computed again in a session of its own. Not asking for the next step pauses it; dropping it cancels it.
pub struct Replay {
    pub(in crate::session) bundle: Bundle,
    pub(in crate::session) session: Session,
    pub(in crate::session) summary: BundleSummary,
    options: ReplayOptions,
    state: Option<State>,
    rows: Vec<ReplayRow>,
}

impl Session {
    /// Reads a bundle, to be replayed on this session's device. The session stays as it is; pictures that it holds are
    /// taken where their digest is the bundle's.
    ///
    /// # Errors
    /// [`crate::Error::UnreadableBundle`] saying what is wrong with it.
    pub fn open_replay(&self, bytes: &[u8]) -> Result<Replay> {
        let bundle = Bundle::read(bytes)?;
        let digest = bundle.report.data.as_ref().map(|data| data.digest.clone());
        let mut session = Session::on(self.device.clone(), self.device_report.clone());
        session.plan(&bundle.report.config);
        let is_rendered = bundle.report.config.data_source == DataSource::Scenes;
        let at_hand = self.data.as_ref().filter(|_| !is_rendered && self.digest_of_pictures() == digest);
        if let Some(data) = at_hand {
            let mut data = data.clone();
            let normalisation = session.normalisation;
            (data.train.normalisation, data.test.normalisation) = (normalisation, normalisation);
            session.data = Some(data);
        }
        let has_pictures = is_rendered || session.data.is_some();
        let summary = BundleSummary::of(&bundle, &session.device_report, has_pictures);
        Ok(Replay { bundle, session, summary, options: ReplayOptions::default(), state: None, rows: Vec::new() })
    }
}

impl Replay {
    /// What the bundle is.
    #[must_use]
    pub fn summary(&self) -> &BundleSummary {
        &self.summary
    }

    /// The report in the bundle.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.bundle.report
    }

    /// Begins; what was compared before is forgotten.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] while the pictures are missing.
    pub fn start(&mut self, options: ReplayOptions) -> Result<()> {
        if !self.summary.has_pictures {
            let digest = &self.summary.data_digest;
            return Err(not_ready(&format!(
                "Give the pictures that the bundle was made with, of the digest {digest},"
            )));
        }
        self.options = options;
        self.rows.clear();
        self.state = Some(State::Pictures);
        Ok(())
    }

    /// Makes the next step; nothing once the report was given, or after an error.
    ///
    /// # Errors
    /// [`crate::Error::UnreadableBundle`] where something that is needed is missing, [`crate::Error::OtherPictures`],
    /// [`crate::Error::ShelfFailed`], and those of the training, the maps and the scores: the replay is over then.
    pub async fn next(&mut self) -> Result<Option<ReplayEvent>> {
        let Some(state) = self.state.take() else { return Ok(None) };
        let (next, stage, done, total) = match state {
            State::Pictures => {
                self.take_pictures()?;
                (State::Teacher, ReplayStage::Pictures, 1, 1)
            }
            State::Teacher => {
                self.take_teacher().await?;
                let next = if self.retrains() { State::Training } else { State::Students };
                (next, ReplayStage::Networks, 1, 2)
            }
            State::Training => match self.session.next().await? {
                Some(event) => {
                    let is_over = matches!(event, TrainingEvent::Finished { .. });
                    if is_over {
                        self.compare_training()?;
                    }
                    let (done, total) = steps_of(&event);
                    (if is_over { State::Students } else { State::Training }, ReplayStage::Training, done, total)
                }
                None => return Err(not_ready("Begin the training")),
            },
            State::Students => {
                self.take_students().await?;
                (State::Maps(0), ReplayStage::Networks, 2, 2)
            }
            State::Maps(done) => match self.bundle.report.maps.get(done).cloned() {
                Some(maps) => {
                    self.compare_maps(&maps).await?;
                    (State::Maps(done + 1), ReplayStage::Maps, done + 1, self.bundle.report.maps.len())
                }
                None => {
                    self.begin_scores()?;
                    (State::Scores, ReplayStage::Scores, 0, 1)
                }
            },
            State::Scores => match self.session.next_scores().await? {
                Some(ScoringEvent::Progress { done, total, .. }) => (State::Scores, ReplayStage::Scores, done, total),
                Some(ScoringEvent::Finished { .. }) | None => {
                    self.compare_scores();
                    (State::Answers, ReplayStage::Scores, 1, 1)
                }
            },
            State::Answers => {
                self.compare_answers().await?;
                (State::Checks(0), ReplayStage::Scores, 1, 1)
            }
            State::Checks(done) => {
                let tasks = tasks_of(&self.bundle.report);
                let Some(&task) = tasks.get(done) else {
                    return Ok(Some(ReplayEvent::Finished { report: Box::new(self.finish()) }));
                };
                let (own, found) = again(&self.bundle.report, task, &mut self.session).await?;
                self.compare(own, found);
                (State::Checks(done + 1), ReplayStage::Checks, done + 1, tasks.len())
            }
        };
        // What was computed of pictures that could not be read is not to be compared.
        self.session.check_pictures()?;
        self.state = Some(next);
        Ok(Some(ReplayEvent::Progress { stage, done, total }))
    }

    fn is_same(&self) -> bool {
        self.summary.unlike.is_empty()
    }

    fn retrains(&self) -> bool {
        self.summary.steps.is_some() && !self.options.networks_only
    }

    fn compare(&mut self, bundle: Vec<Figure>, replayed: Vec<Figure>) {
        let is_same = self.is_same();
        self.rows.extend(compare(bundle, replayed, is_same));
    }

    fn take_pictures(&mut self) -> Result<()> {
        if self.bundle.report.config.data_source == DataSource::Scenes {
            let scenes = self.bundle.report.config.scenes.clone();
            self.session.use_scenes(&scenes)?;
        }
        let found = self.check_pictures()?;
        let digest = |value: &str| vec![Figure::text(FigureKind::Data, "pictures", value)];
        let expected = digest(&self.summary.data_digest);
        self.compare(expected, digest(&found));
        Ok(())
    }

    /// The bundle's tables beside those that its report gives, by their digests.
    fn tables(&self) -> Vec<[Figure; 2]> {
        let report = &self.bundle.report;
        let timeline = report.distillation.as_ref().and_then(|log| log.timeline.as_ref());
        let again = [
            ("losses.csv", Some(losses_table(report))),
            ("accuracies.csv", Some(accuracies_table(report))),
            ("scores.csv", report.scores.as_ref().map(scores_table)),
            ("timeline.csv", timeline.map(timeline_table)),
        ];
        let figure = |name: &str, bytes: &[u8]| Figure::text(FigureKind::Table, name, digest_of_bytes(bytes));
        again
            .into_iter()
            .filter_map(|(name, table)| {
                Some([figure(name, self.bundle.file(name)?), figure(name, table.unwrap_or_default().as_bytes())])
            })
            .collect()
    }

    async fn take_teacher(&mut self) -> Result<()> {
        let teacher = self.bundle.weights(Role::Teacher)?;
        self.session.take_teacher(teacher, WeightSource::File).await?;
        if let Some(start) = self.bundle.start() {
            self.session.load_student_start(start).await?;
        }
        if self.retrains() {
            let recipe = self.bundle.report.config.distillation.clone();
            let log = self.bundle.report.distillation.as_ref();
            // What is added in another order has another last digit.
            self.session.set_memory(log.map(|log| log.memory).unwrap_or_default());
            match log.and_then(|log| log.timeline.as_ref()).map(|timeline| timeline.config) {
                Some(watched) => self.session.start_watched(&recipe, &watched)?,
                None => self.session.start_distillation(&recipe)?,
            }
        }
        Ok(())
    }

    fn compare_training(&mut self) -> Result<()> {
        let again = self.session.report(nowhere());
        let (Some(own), Some(log)) = (&self.bundle.report.distillation, &again.distillation) else { return Ok(()) };
        let (own, log) = (of_training(own), of_training(log));
        self.compare(own, log);
        let assistants = (1..=self.bundle.report.assistants.len()).map(Role::Assistant);
        let (mut own, mut trained) = (Vec::new(), Vec::new());
        for role in assistants.chain([Role::Student, Role::Base]) {
            let figure = |bytes: &[u8]| Figure::text(FigureKind::Weights, weights_path(role), digest_of_bytes(bytes));
            own.push(figure(self.bundle.weights(role)?));
            trained.push(figure(&self.session.export_weights(role)?));
        }
        self.compare(own, trained);
        Ok(())
    }

    async fn take_students(&mut self) -> Result<()> {
        let (student, base) = (self.bundle.weights(Role::Student)?, self.bundle.weights(Role::Base)?);
        // Of networks that were trained there the report has the digests of these very files.
        let recorded = |record: &Option<NetworkRecord>, role, bytes| {
            let record = record.as_ref().filter(|record| record.source == WeightSource::Trained)?;
            let figure = |digest: String| {
                Figure::text(FigureKind::Data, format!("{} of the report", weights_path(role)), digest)
            };
            Some((figure(record.digest.clone()), figure(digest_of_bytes(bytes))))
        };
        let report = &self.bundle.report;
        let pairs = [recorded(&report.student, Role::Student, student), recorded(&report.base, Role::Base, base)];
        let (told, found) = pairs.into_iter().flatten().unzip();
        self.session.load_students(student, base).await?;
        self.compare(told, found);
        let again = self.session.report(nowhere());
        let own = of_networks(&self.bundle.report);
        self.compare(own, of_networks(&again));
        Ok(())
    }

    async fn compare_maps(&mut self, maps: &ExplanationReport) -> Result<()> {
        let layers = self.bundle.report.student.as_ref().map(|student| student.summary.layers.clone());
        let place = layers.unwrap_or_default().iter().position(|layer| *layer == maps.layer);
        let place =
            place.ok_or_else(|| unreadable(format!("it has maps of {:?}, which its Student has not", maps.layer)))?;
        let config = ExplainConfig {
            class_method: maps.class_method,
            ..ExplainConfig::new(self.bundle.report.batch_of_maps(), place + 1, maps.objective)
        };
        let explanation = self.session.explain(&config).await?;
        self.compare(of_maps(maps), of_maps(&explanation.report));
        let [own, again] = worst_values(&self.bundle, &explanation)?;
        self.compare(own, again);
        Ok(())
    }

    fn begin_scores(&mut self) -> Result<()> {
        if self.bundle.report.scores.is_none() {
            return Ok(());
        }
        let reference = self.bundle.report.batch_of_scores();
        self.session.start_scoring(&ScoreConfig::with(reference, self.bundle.report.config.scores.clone()))
    }

    fn compare_scores(&mut self) {
        let again = self.session.report(nowhere());
        let own = of_scores(&self.bundle.report);
        self.compare(own, of_scores(&again));
    }

    async fn compare_answers(&mut self) -> Result<()> {
        let Some(own) = self.bundle.report.confusion.clone() else { return Ok(()) };
        let again = self.session.answers().await?;
        self.compare(of_confusion(&own), of_confusion(&again.confusion));
        Ok(())
    }

    fn finish(&mut self) -> ReplayReport {
        // Last, since a number that was changed in the report is told before the table that has it, too.
        let (own, again) = self.tables().into_iter().map(|[own, again]| (own, again)).unzip();
        self.compare(own, again);
        let rows = std::mem::take(&mut self.rows);
        ReplayReport::of(self.summary.clone(), self.session.device().clone(), self.retrains(), rows)
    }
}

fn steps_of(event: &TrainingEvent) -> (usize, usize) {
    match event {
        TrainingEvent::Link { .. } => (0, 1),
        TrainingEvent::Step { step, steps }
        | TrainingEvent::Report { step, steps, .. }
        | TrainingEvent::Evaluating { step, steps }
        | TrainingEvent::Evaluation { step, steps, .. }
        | TrainingEvent::Finished { step, steps, .. } => (*step, *steps),
    }
}

/// A report that nobody keeps.
fn nowhere() -> Circumstances {
    Circumstances {
        origin: Origin::CommandLine { arguments: Vec::new() },
        created_at: String::new(),
        files: FileNames::default(),
    }
}
