//! What is done with the bytes of each kind of file, from its first byte to what a session would take over.
//!
//! Each function says whether the bytes could be read; what they are is of no matter here. A fuzzer calls them as the
//! bounded run does, so nothing of the run may stand in this file.

use std::sync::{Mutex, OnceLock, PoisonError};

use unicam::attribution::Objective;
use unicam::bytes::archive::{Archive, Package};
use unicam::bytes::cifar::{self, Cifar};
use unicam::bytes::image::{Fit, decode};
use unicam::dataset::collect::{Collector, ImagesConfig};
use unicam::dataset::scenes::ScenesConfig;
use unicam::distillation::{
    Algorithm, AssistantConfig, DistillationConfig, LossTerm, OptimiserConfig, RunConfig, Schedule, Start,
    TeacherTrainingConfig,
};
use unicam::models::{Architecture, Network, NetworkConfig, TinyCnnConfig, WeightFile, kaiming};
use unicam::seed::Purpose;
use unicam::session::{
    Circumstances, ExplainConfig, FileNames, Origin, ReferenceConfig, ReplayEvent, ReplayOptions, ReplayStage, Report,
    Session, SessionConfig, TimelineConfig, TimelineSettings,
};
use unicam::tensors::device::{DeviceChoice, open};

/// A picture of any format.
pub fn picture(bytes: &[u8]) -> bool {
    decode(bytes, 16, Fit::Crop).is_ok()
}

/// A zip, tar, tar.gz or tar.xz; readable if one file of it is.
pub fn archive(bytes: &[u8]) -> bool {
    Archive::open(bytes).is_ok_and(|archive| archive.filter(|entry| entry.content.is_ok()).count() > 0)
}

/// A file of CIFAR-10 or CIFAR-100, taken for each of those that there are.
pub fn cifar(bytes: &[u8]) -> bool {
    let batch = |of, path| cifar::records(of, path, bytes).is_ok();
    let batches = [
        batch(Cifar::Ten, "data_batch_1.bin"),
        batch(Cifar::Hundred, "train.bin"),
        batch(Cifar::Ten, "data_batch_1"),
        batch(Cifar::Hundred, "train"),
    ];
    let names = [Cifar::Ten, Cifar::Hundred].map(|of| cifar::class_names(of, bytes).is_ok());
    batches.contains(&true) || names.contains(&true)
}

/// Twelve labels of three classes, as `numpy.save` writes them.
const LABELS: &[u8] = &{
    let mut file = [b' '; 140];
    let header = b"\x93NUMPY\x01\0\x76\0{'descr': '|u1', 'fortran_order': False, 'shape': (12,), }";
    let mut at = 0;
    while at < header.len() {
        file[at] = header[at];
        at += 1;
    }
    file[127] = b'\n';
    at = 0;
    while at < 12 {
        file[128 + at] = (at % 3) as u8;
        at += 1;
    }
    file
};

/// NumPy's array of pictures beside labels, and of labels beside pictures, through to the data set.
pub fn arrays(bytes: &[u8]) -> bool {
    let pictures: Vec<u8> = [
        &b"\x93NUMPY\x01\0\x76\0"[..],
        format!("{:<117}\n", "{'descr': '|u1', 'fortran_order': False, 'shape': (12, 2, 2), }").as_bytes(),
        // No two alike, or all of them would lie on one side of the split.
        &std::array::from_fn::<u8, 48, _>(|at| (5 * at) as u8),
    ]
    .concat();
    [("x.npy", bytes, "y.npy", LABELS), ("y.npy", bytes, "x.npy", &pictures)].into_iter().any(
        |(own, bytes, other, rest)| {
            let mut collector = Collector::new(ImagesConfig::default()).expect("the shipped settings");
            collector.add(own, bytes);
            collector.add(other, rest);
            collector.finish().is_ok()
        },
    )
}

/// A file of weights in either format, through to the networks in it.
pub fn weights(bytes: &[u8]) -> bool {
    let Ok(file) = WeightFile::open(bytes) else { return false };
    let names: Vec<String> = file.names().map(str::to_owned).collect();
    let mut built = 0;
    for name in names {
        let (_, weights) = file.network(Some(&name), "student").expect("a name of its own");
        let Ok(config) = NetworkConfig::infer(weights) else { continue };
        file.class_names(config.classes);
        Network::from_weights(&config, weights, &bench().device).expect("as it was inferred");
        built += 1;
    }
    built > 0
}

/// Settings as a document of JSON.
pub fn settings(bytes: &[u8]) -> bool {
    let document = serde_json::from_slice(bytes);
    document.is_ok_and(|document| SessionConfig::of_document(&document).is_ok_and(|config| config.validate().is_ok()))
}

/// A report, for its settings and as a whole.
pub fn report(bytes: &[u8]) -> bool {
    settings(bytes);
    serde_json::from_slice::<Report>(bytes).is_ok()
}

/// A checkpoint of each of the runs, through to the end of the run.
pub fn checkpoint(bytes: &[u8]) -> bool {
    let mut readable = false;
    for Prepared { session, config, .. } in &bench().runs {
        let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
        if session.resume(config, bytes).is_err() {
            continue;
        }
        readable = true;
        // Damaged weights may make a run diverge, which is an error like any other.
        while let Ok(Some(_)) = pollster::block_on(session.next()) {}
        drop(session.report(circumstances()));
    }
    readable
}

/// A session that was packed, through to its maps and its report.
pub fn session(bytes: &[u8]) -> bool {
    let mut session = bench().unpacking.lock().unwrap_or_else(PoisonError::into_inner);
    if session.unpack(bytes).is_err() {
        return false;
    }
    let asked = ExplainConfig::new(ReferenceConfig { images: 6, seed: 1 }, 1, Objective::Relevance);
    drop(pollster::block_on(session.explain(&asked)));
    drop(session.report(circumstances()));
    true
}

/// A bundle, through to the comparison of its maps; what comes after them computes and reads nothing more.
pub fn bundle(bytes: &[u8]) -> bool {
    let session = bench().replaying.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(mut replay) = session.open_replay(bytes) else { return false };
    // A bundle of other pictures cannot be started; one that was changed may end in an error at any step.
    if replay.start(ReplayOptions { networks_only: true }).is_err() {
        return false;
    }
    loop {
        match pollster::block_on(replay.next()) {
            Ok(Some(ReplayEvent::Progress { stage: ReplayStage::Scores, .. } | ReplayEvent::Finished { .. })) => {
                return true;
            }
            Ok(Some(ReplayEvent::Progress { .. })) => {}
            Ok(None) | Err(_) => return false,
        }
    }
}

/// The files of a bundle, each as the reader of packages gives it.
pub fn package(bytes: &[u8]) -> bool {
    let Ok(mut package) = Package::open(bytes) else { return false };
    ["bundle.json", "report.json", "networks/student.safetensors"]
        .iter()
        .any(|path| package.read(path).is_ok_and(|found| found.is_some()))
}

/// What readers work with, made once.
pub struct Bench {
    device: burn::tensor::Device,
    /// Sessions that checkpoints are resumed in.
    pub runs: Vec<Prepared>,
    /// A session that others are unpacked into.
    unpacking: Mutex<Session>,
    /// A session that bundles are replayed beside.
    replaying: Mutex<Session>,
}

/// A session that has all that a run needs.
pub struct Prepared {
    /// What the run does.
    pub name: &'static str,
    /// The session; it may have made the run.
    pub session: Mutex<Session>,
    /// The recipe.
    pub config: RunConfig,
    /// What is watched.
    pub timeline: Option<TimelineConfig>,
}

/// The bench.
pub fn bench() -> &'static Bench {
    static BENCH: OnceLock<Bench> = OnceLock::new();
    BENCH.get_or_init(|| {
        let (device, _) = pollster::block_on(open(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
        let runs = vec![training(), distillation(), chain()];
        Bench { device, runs, unpacking: Mutex::new(prepared()), replaying: Mutex::new(prepared()) }
    })
}

/// What stands in a report beside the session's own.
pub fn circumstances() -> Circumstances {
    let origin = Origin::CommandLine { arguments: vec!["run".to_owned()] };
    Circumstances { origin, created_at: "2026-01-02T03:04:05Z".to_owned(), files: FileNames::default() }
}

const NETWORK: Architecture = Architecture::TinyCnn(TinyCnnConfig { width: 4 });

fn prepared() -> Session {
    let mut session = pollster::block_on(Session::create(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    let scenes = ScenesConfig { size: 16, train_images: 60, test_images: 24, ..ScenesConfig::default() };
    session.use_scenes(&scenes).expect("in range");
    let teacher = kaiming(&NETWORK.for_classes(6), 1, Purpose::TeacherInit);
    let teacher = teacher.to_safetensors(false).expect("plain tensors");
    pollster::block_on(session.load_teacher(&teacher)).expect("of as many classes");
    session
}

fn optimiser(algorithm: Algorithm) -> OptimiserConfig {
    OptimiserConfig {
        steps: 3,
        batch_size: 4,
        accumulation: 1,
        learning_rate: 0.01,
        algorithm,
        schedule: Schedule::Step { milestones: vec![0.5], decay: 0.1 },
        crop_padding: 1,
        crop_area: 1.0,
        flip: false,
        report_every: 2,
        evaluate_every: 2,
        seed: 1,
    }
}

/// A Teacher's training.
fn training() -> Prepared {
    let optimiser = optimiser(Algorithm::Sgd { momentum: 0.9, weight_decay: 5e-4, nesterov: true });
    let config = RunConfig::Teacher(TeacherTrainingConfig { network: NETWORK, optimiser, start: Start::Random });
    Prepared { name: "Teacher", session: Mutex::new(prepared()), config, timeline: None }
}

/// A distillation with a connector, watched.
fn distillation() -> Prepared {
    let [response, _, _, hint, ..] = LossTerm::usual();
    let config = recipe(vec![response, hint], Vec::new());
    let reference = ReferenceConfig { images: 12, seed: 1 };
    let settings = TimelineSettings { pictures: 2, every: 1, layer: 0 };
    let timeline = TimelineConfig { settings, reference, objective: Objective::Relevance };
    Prepared { name: "distillation", session: Mutex::new(prepared()), config, timeline: Some(timeline) }
}

/// A distillation through an assistant.
fn chain() -> Prepared {
    let [response, ..] = LossTerm::usual();
    let assistant = AssistantConfig { network: NETWORK, optimiser: None };
    let config = recipe(vec![response], vec![assistant]);
    Prepared { name: "chain", session: Mutex::new(prepared()), config, timeline: None }
}

fn recipe(terms: Vec<LossTerm>, assistants: Vec<AssistantConfig>) -> RunConfig {
    let optimiser = optimiser(Algorithm::AdamW { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 });
    let student = NETWORK;
    RunConfig::Distillation(DistillationConfig {
        student,
        optimiser,
        alpha: 0.1,
        terms,
        assistants,
        start: Start::Random,
    })
}
