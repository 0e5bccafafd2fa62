//! The classes that JavaScript holds.

use std::cell::{Cell, RefCell};

use tsify::Ts;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{give, read};
use super::picture::{Picture, picture};
use crate::attribution::Summary;
use crate::bytes::json;
use crate::dataset::collect::{FileReport, FilesRead, ImagesConfig};
use crate::dataset::normalisation::Normalisation;
use crate::dataset::scenes::ScenesConfig;
use crate::distillation::{DistillationConfig, RunConfig, TeacherTrainingConfig, TrainingEvent};
use crate::error::{Error, Result};
use crate::scores::ScoreReport;
use crate::session::{
    self, Answers, Circumstances, DatasetReport, Defaults, ExplainConfig, ExplanationReport, FaithfulnessConfig,
    FaithfulnessReport, Interruption, MatricesConfig, MatricesReport, NetworkReport, Part, Report, Role, SanityConfig,
    SanityReport, ScoreConfig, ScoringEvent, SessionConfig, ShippedPair, SpreadConfig, SpreadProgress, SpreadReport,
    TeacherReading, Timeline, TimelineConfig, TimelinePoint,
};
use crate::tensors::device::{DeviceChoice, DeviceReport};

/// What JavaScript gets: a value, or an error that is thrown.
pub(super) type Outcome<T> = std::result::Result<T, JsValue>;

/// One visitor's work: pictures, networks, maps and scores. One call at a time; `cancel` may come at any moment.
#[wasm_bindgen]
pub struct Session {
    // Out while a call is under way, so that a second one is answered instead of trapping.
    core: RefCell<Option<session::Session>>,
    cancelled: Cell<bool>,
}

impl Session {
    /// Lends the session to one call.
    pub(super) async fn lend<T>(&self, job: impl AsyncFnOnce(&mut session::Session) -> Result<T>) -> Outcome<T> {
        let mut core = self.core.borrow_mut().take().ok_or_else(busy)?;
        let result = job(&mut core).await;
        if self.cancelled.take() {
            core.cancel();
        }
        self.core.replace(Some(core));
        Ok(result?)
    }

    pub(super) fn with<T>(&self, job: impl FnOnce(&mut session::Session) -> Result<T>) -> Outcome<T> {
        let mut core = self.core.borrow_mut();
        Ok(job(core.as_mut().ok_or_else(busy)?)?)
    }
}

pub(super) fn busy() -> Error {
    Error::NotReady { needed: "Wait until the call that is under way has ended".to_owned() }
}

#[wasm_bindgen]
impl Session {
    /// Opens the device that is asked for; `auto` tries both first, which takes some seconds.
    pub async fn create(choice: Ts<DeviceChoice>) -> Outcome<Session> {
        let core = session::Session::create(read("device", &choice)?).await?;
        Ok(Self { core: RefCell::new(Some(core)), cancelled: Cell::new(false) })
    }

    /// The shipped settings.
    pub fn defaults() -> Outcome<Ts<Defaults>> {
        Ok(give(&Defaults::default())?)
    }

    /// Settings out of a JSON file, those that it leaves out as they are shipped: the same file as the command line's, or a
    /// report, whose run can then be repeated.
    #[wasm_bindgen(js_name = readConfig)]
    pub fn read_config(&self, text: &str) -> Outcome<Ts<SessionConfig>> {
        self.with(|_| {
            let changes = json::read(text.as_bytes()).map_err(|error| Error::config("file", error.to_string()))?;
            give(&SessionConfig::of_document(&changes)?)
        })
    }

    /// The document of this session: settings, digests, logs, maps and scores.
    pub fn report(&self, circumstances: Ts<Circumstances>) -> Outcome<Ts<Report>> {
        self.with(|core| give(&core.report(read("circumstances", &circumstances)?)))
    }

    /// The device that makes the numbers.
    pub fn device(&self) -> Outcome<Ts<DeviceReport>> {
        self.with(|core| give(core.device()))
    }

    /// Makes the next piece of a trial of both devices; says whether there are more. Not calling it pauses the trial.
    #[wasm_bindgen(js_name = advanceTrial)]
    pub async fn advance_trial(&self) -> Outcome<bool> {
        self.lend(async |core| core.advance_trial().await).await
    }

    /// Goes on with another device; data, networks and results go along.
    #[wasm_bindgen(js_name = moveTo)]
    pub async fn move_to(&self, choice: Ts<DeviceChoice>) -> Outcome<Ts<DeviceReport>> {
        self.lend(async |core| give(core.move_to(read("device", &choice)?).await?)).await
    }

    /// Makes the next piece of a small run that compiles the kernels of the shipped recipe; says whether there are more.
    #[wasm_bindgen(js_name = advancePreparation)]
    pub async fn advance_preparation(&self) -> Outcome<bool> {
        self.lend(async |core| core.advance_preparation().await).await
    }

    /// Renders the built-in Scenes and takes them as the data.
    #[wasm_bindgen(js_name = useScenes)]
    pub async fn use_scenes(&self, config: Ts<ScenesConfig>) -> Outcome<Ts<DatasetReport>> {
        self.with(|core| give(&core.use_scenes(&read("scenes", &config)?)?))
    }

    /// Begins to collect the user's files.
    #[wasm_bindgen(js_name = beginImages)]
    pub fn begin_images(&self, config: Ts<ImagesConfig>) -> Outcome<()> {
        self.with(|core| core.begin_images(read("images", &config)?))
    }

    /// Adds a picture or an archive: one row a picture.
    #[wasm_bindgen(js_name = addFile)]
    pub fn add_file(&self, path: &str, bytes: &[u8]) -> Outcome<Vec<Ts<FileReport>>> {
        self.with(|core| core.add_file(path, bytes)?.iter().map(give).collect())
    }

    /// Opens a picture or an archive to be read by `readFiles` bit by bit.
    #[wasm_bindgen(js_name = openFile)]
    pub fn open_file(&self, path: &str, bytes: Vec<u8>) -> Outcome<()> {
        self.with(|core| core.open_file(path, bytes))
    }

    /// Reads up to `files` more files of the open one.
    #[wasm_bindgen(js_name = readFiles)]
    pub fn read_files(&self, files: usize) -> Outcome<Ts<FilesRead>> {
        self.with(|core| give(&core.read_files(files)?))
    }

    /// Takes the collected pictures as the data.
    #[wasm_bindgen(js_name = finishImages)]
    pub fn finish_images(&self) -> Outcome<Ts<DatasetReport>> {
        self.with(|core| give(&core.finish_images()?))
    }

    /// One picture of the data.
    pub fn picture(&self, split: Ts<Part>, index: usize) -> Outcome<Picture> {
        self.with(|core| picture(core.part(read("split", &split)?)?, index))
    }

    /// Takes a Teacher from a safetensors file or a PyTorch checkpoint, read as it is wished.
    #[wasm_bindgen(js_name = loadTeacher)]
    pub async fn load_teacher(&self, bytes: &[u8], reading: Ts<TeacherReading>) -> Outcome<Ts<NetworkReport>> {
        self.lend(async |core| give(&core.load_teacher_as(bytes, &read("teacherReading", &reading)?).await?)).await
    }

    /// Prepares pictures for networks in another way; the Teacher, if there is one, measured anew.
    #[wasm_bindgen(js_name = useNormalisation)]
    pub async fn use_normalisation(&self, normalisation: Ts<Normalisation>) -> Outcome<Option<Ts<NetworkReport>>> {
        self.lend(async |core| {
            let normalisation = read("normalisation", &normalisation)?;
            core.use_normalisation(normalisation).await?.as_ref().map(give).transpose()
        })
        .await
    }

    /// Takes first weights for the Student and its Base.
    #[wasm_bindgen(js_name = loadStudentStart)]
    pub async fn load_student_start(&self, bytes: &[u8]) -> Outcome<Ts<NetworkReport>> {
        self.lend(async |core| give(&core.load_student_start(bytes).await?)).await
    }

    /// Takes a Student and its Base that were exported before, or trained elsewhere.
    #[wasm_bindgen(js_name = loadStudents)]
    pub async fn load_students(&self, student: &[u8], base: &[u8]) -> Outcome<Vec<Ts<NetworkReport>>> {
        self.lend(async |core| core.load_students(student, base).await?.iter().map(give).collect()).await
    }

    /// Names of the weight files that are shipped for the chosen data and that this engine still has to be handed: they
    /// lie in `weights` beside it.
    #[wasm_bindgen(js_name = missingWeights)]
    pub fn missing_weights(&self) -> Outcome<Vec<String>> {
        self.with(|core| core.missing_weights())
    }

    /// Takes the bytes of such a file.
    #[wasm_bindgen(js_name = takeWeights)]
    pub fn take_weights(&self, file: &str, bytes: &[u8]) -> Outcome<()> {
        self.with(|core| core.take_weights(file, bytes))
    }

    /// Takes the Teacher and the Student's first weights that are shipped for the Scenes or for CIFAR-10's classes.
    #[wasm_bindgen(js_name = useShippedTeacher)]
    pub async fn use_shipped_teacher(&self) -> Outcome<Ts<NetworkReport>> {
        self.lend(async |core| give(&core.use_shipped_teacher().await?)).await
    }

    /// Takes a Student and its Base that were distilled beforehand, with their Teacher.
    #[wasm_bindgen(js_name = useShippedStudents)]
    pub async fn use_shipped_students(&self) -> Outcome<Ts<ShippedPair>> {
        self.lend(async |core| give(&core.use_shipped_students().await?)).await
    }

    /// Begins to train a Teacher.
    #[wasm_bindgen(js_name = startTeacher)]
    pub fn start_teacher(&self, config: Ts<TeacherTrainingConfig>) -> Outcome<()> {
        self.cancelled.set(false);
        self.with(|core| core.start_teacher(&read("teacher", &config)?))
    }

    /// Begins to distil a Student beside its Base.
    #[wasm_bindgen(js_name = startDistillation)]
    pub fn start_distillation(&self, config: Ts<DistillationConfig>) -> Outcome<()> {
        self.cancelled.set(false);
        self.with(|core| core.start_distillation(&read("distillation", &config)?))
    }

    /// Begins to distil a Student beside its Base, and watches a few pictures on the way.
    #[wasm_bindgen(js_name = startWatched)]
    pub fn start_watched(&self, config: Ts<DistillationConfig>, timeline: Ts<TimelineConfig>) -> Outcome<()> {
        self.cancelled.set(false);
        self.with(|core| core.start_watched(&read("distillation", &config)?, &read("timeline", &timeline)?))
    }

    /// The timeline of the run under way, or of the last one that came to its end; `undefined` where it is not watched.
    pub fn timeline(&self) -> Outcome<Option<Ts<Timeline>>> {
        self.with(|core| core.timeline().map(give).transpose())
    }

    /// The point of the timeline that the last `next` made, once; `undefined` when it made none.
    #[wasm_bindgen(js_name = takePoint)]
    pub fn take_point(&self) -> Outcome<Option<Ts<TimelinePoint>>> {
        self.with(|core| core.take_point().as_ref().map(give).transpose())
    }

    /// Makes the next step of the run; `undefined` when none is under way. Not calling it pauses the run.
    pub async fn next(&self) -> Outcome<Option<Ts<TrainingEvent>>> {
        self.lend(async |core| core.next().await?.as_ref().map(give).transpose()).await
    }

    /// The run under way as bytes: all that `resume` needs.
    pub async fn checkpoint(&self) -> Outcome<js_sys::Uint8Array> {
        self.lend(async |core| Ok(js_sys::Uint8Array::from(core.checkpoint().await?.as_slice()))).await
    }

    /// Goes on from a checkpoint, with the same data, Teacher and starting weights.
    pub fn resume(&self, config: Ts<RunConfig>, bytes: &[u8]) -> Outcome<()> {
        self.cancelled.set(false);
        self.with(|core| core.resume(&read("run", &config)?, bytes))
    }

    /// Notes that the run that was just resumed had been interrupted, and measures what a change of device does to it.
    #[wasm_bindgen(js_name = noteInterruption)]
    pub async fn note_interruption(&self, reason: &str, lost_at: usize) -> Outcome<Ts<Interruption>> {
        self.lend(async |core| give(&core.note_interruption(reason, lost_at).await?)).await
    }

    /// Everything that the session holds between two jobs, with `data` the pictures, too.
    pub fn pack(&self, data: bool) -> Outcome<js_sys::Uint8Array> {
        self.with(|core| Ok(js_sys::Uint8Array::from(core.pack(data)?.as_slice())))
    }

    /// Takes over what another session packed; pictures that were not packed have to be chosen beforehand.
    pub async fn unpack(&self, bytes: &[u8]) -> Outcome<()> {
        self.with(|core| core.unpack(bytes))
    }

    /// Ends the run; the networks from before it are kept.
    pub fn cancel(&self) {
        match self.core.borrow_mut().as_mut() {
            Some(core) => core.cancel(),
            None => self.cancelled.set(true),
        }
    }

    /// Maps of one layer over the reference batch.
    pub async fn explain(&self, config: Ts<ExplainConfig>) -> Outcome<Explanation> {
        let inner = self.lend(async |core| core.explain(&read("explain", &config)?).await).await?;
        Ok(Explanation { inner })
    }

    /// Distances of one layer over the reference batch, what a removal leaves of them, and what each pair adds to RS.
    pub async fn matrices(&self, config: Ts<MatricesConfig>) -> Outcome<Matrices> {
        let inner = self.lend(async |core| core.matrices(&read("matrices", &config)?).await).await?;
        Ok(Matrices { inner })
    }

    /// What the three networks answer to every test picture.
    pub async fn answers(&self) -> Outcome<Ts<Answers>> {
        self.lend(async |core| give(&core.answers().await?)).await
    }

    /// Mean and spread of several measurements; `undefined` for none.
    pub fn summary(values: &[f64]) -> Outcome<Option<Ts<Summary>>> {
        Ok(Summary::of(values).as_ref().map(give).transpose()?)
    }

    /// One picture's UniCAM map over several reference batches, in one go.
    #[wasm_bindgen(js_name = explainSpread)]
    pub async fn explain_spread(&self, config: Ts<SpreadConfig>) -> Outcome<Spread> {
        let inner = self.lend(async |core| core.explain_spread(&read("spread", &config)?).await).await?;
        Ok(Spread { inner })
    }

    /// Begins a spread, batch by batch.
    #[wasm_bindgen(js_name = startSpread)]
    pub fn start_spread(&self, config: Ts<SpreadConfig>) -> Outcome<()> {
        self.with(|core| core.start_spread(&read("spread", &config)?))
    }

    /// Makes the map in one batch more. Not calling it pauses the spread.
    #[wasm_bindgen(js_name = advanceSpread)]
    pub async fn advance_spread(&self) -> Outcome<Ts<SpreadProgress>> {
        self.lend(async |core| give(&core.advance_spread().await?)).await
    }

    /// Compares the maps of all batches.
    #[wasm_bindgen(js_name = finishSpread)]
    pub async fn finish_spread(&self) -> Outcome<Spread> {
        Ok(Spread { inner: self.lend(async |core| core.finish_spread().await).await? })
    }

    /// Ends the spread under way.
    #[wasm_bindgen(js_name = cancelSpread)]
    pub fn cancel_spread(&self) -> Outcome<()> {
        self.with(|core| {
            core.cancel_spread();
            Ok(())
        })
    }

    /// How faithful the maps are to their networks; ask for one kind of map after the other to show progress.
    pub async fn faithfulness(&self, config: Ts<FaithfulnessConfig>) -> Outcome<Ts<FaithfulnessReport>> {
        self.lend(async |core| give(&core.faithfulness(&read("faithfulness", &config)?).await?)).await
    }

    /// Whether maps and scores fall apart under random weights and shuffled labels.
    pub async fn sanity(&self, config: Ts<SanityConfig>) -> Outcome<Ts<SanityReport>> {
        self.lend(async |core| give(&core.sanity(&read("sanity", &config)?).await?)).await
    }

    /// FSS and RS of every layer over the reference batch, in one go.
    pub async fn score(&self, config: Ts<ScoreConfig>) -> Outcome<Ts<ScoreReport>> {
        self.lend(async |core| give(&core.score(&read("scores", &config)?).await?)).await
    }

    /// Begins to score every layer over the reference batch, step by step.
    #[wasm_bindgen(js_name = startScoring)]
    pub fn start_scoring(&self, config: Ts<ScoreConfig>) -> Outcome<()> {
        self.with(|core| core.start_scoring(&read("scores", &config)?))
    }

    /// Makes the next step of the score; `undefined` when none is under way. Not calling it pauses the score.
    #[wasm_bindgen(js_name = nextScores)]
    pub async fn next_scores(&self) -> Outcome<Option<Ts<ScoringEvent>>> {
        self.lend(async |core| core.next_scores().await?.as_ref().map(give).transpose()).await
    }

    /// Ends the score under way.
    #[wasm_bindgen(js_name = cancelScoring)]
    pub fn cancel_scoring(&self) -> Outcome<()> {
        self.with(|core| {
            core.cancel_scoring();
            Ok(())
        })
    }

    /// Weights as safetensors.
    #[wasm_bindgen(js_name = exportWeights)]
    pub async fn export_weights(&self, model: Ts<Role>) -> Outcome<js_sys::Uint8Array> {
        self.with(|core| Ok(js_sys::Uint8Array::from(core.export_weights(read("model", &model)?)?.as_slice())))
    }
}

/// All maps of one layer; call `free` when they are copied.
#[wasm_bindgen]
pub struct Explanation {
    inner: session::Explanation,
}

#[wasm_bindgen]
impl Explanation {
    /// Everything about the maps but their pixels.
    pub fn report(&self) -> Outcome<Ts<ExplanationReport>> {
        Ok(give(&self.inner.report)?)
    }

    /// `[n, maps, height, width]`, 0 to 1.
    pub fn scaled(&self) -> Vec<f32> {
        self.inner.scaled.clone()
    }

    /// Image by image and map by map, each of the size that the report's `rawSizes` name.
    pub fn raw(&self) -> Vec<f32> {
        self.inner.raw.clone()
    }

    /// As `raw`, before the ReLU; empty unless it was asked for.
    pub fn signed(&self) -> Vec<f32> {
        self.inner.signed.clone()
    }

    /// As `scaled`, with one scale for each image's UniCAM maps and one for its class maps.
    #[wasm_bindgen(js_name = sharedScale)]
    pub fn shared_scale(&self) -> Vec<f32> {
        self.inner.shared_scale()
    }

    /// `[n, height, width]`, -1 to 1: distilled less residual, on the scale that they share.
    #[wasm_bindgen(js_name = distilledLessResidual)]
    pub fn distilled_less_residual(&self) -> Vec<f32> {
        self.inner.distilled_less_residual()
    }

    /// `[n, maps, 8, 8]`, 0 to 1: each map as a table that can be read cell by cell.
    pub fn cells(&self) -> Vec<f32> {
        self.inner.cells()
    }
}

/// Matrices of one layer; call `free` when they are copied.
#[wasm_bindgen]
pub struct Matrices {
    inner: session::Matrices,
}

#[wasm_bindgen]
impl Matrices {
    /// Everything about the matrices but their values.
    pub fn report(&self) -> Outcome<Ts<MatricesReport>> {
        Ok(give(&self.inner.report)?)
    }

    /// `[matrices, n, n]`.
    pub fn values(&self) -> Vec<f32> {
        self.inner.values.clone()
    }

    /// `[matrices, n, n]`: what a pair adds to the relevance.
    pub fn added(&self) -> Vec<f32> {
        self.inner.added.clone()
    }
}

/// One picture's map over several reference batches; call `free` when it is copied.
#[wasm_bindgen]
pub struct Spread {
    inner: session::Spread,
}

#[wasm_bindgen]
impl Spread {
    /// The numbers.
    pub fn report(&self) -> Outcome<Ts<SpreadReport>> {
        Ok(give(&self.inner.report)?)
    }

    /// Mean of the scaled maps, `[height, width]`.
    pub fn mean(&self) -> Vec<f32> {
        self.inner.mean.clone()
    }

    /// Their standard deviation, `[height, width]`.
    pub fn deviation(&self) -> Vec<f32> {
        self.inner.deviation.clone()
    }
}
