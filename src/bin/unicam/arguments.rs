//! What can be written after `unicam`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Distil a Student under a Teacher, and see what was transferred.
#[derive(Debug, Parser)]
#[command(name = "unicam", version, propagate_version = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Distil a Student beside its Base, with a given, shipped or newly trained Teacher.
    Train(Train),
    /// Draw the maps of trained networks: NPY arrays, PNG pictures, a JSON report.
    Explain(Explain),
    /// Score trained networks: FSS and RS of every layer.
    Score(Look),
    /// Put maps and scores of trained networks to the test: faithfulness, sanity, spread over batches.
    Check(Check),
    /// Everything, as one JSON report; trains first where no run is given.
    Report(Report),
    /// Compute the run of a bundle again and compare every number; ends with 6 where one differs.
    Replay(Replay),
    /// Run every study of a plan over several seeds and write what they say of the paper's claims.
    Evidence(Evidence),
    /// Print the JSON Schema of the report.
    Schema,
    /// Serve this machine's device to other machines' `--device remote=ws://HOST:PORT`.
    #[cfg(feature = "remote")]
    Serve(Serve),
}

/// Where settings, pictures and weights come from.
#[derive(Debug, Clone, Args)]
pub struct Inputs {
    /// Settings as JSON: any part of a run's configuration, or a report, whose settings are taken.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Pictures: `scenes`, or folders, archives and image files with a folder per class.
    #[arg(long, value_name = "scenes|PATH", num_args = 1..)]
    pub data: Vec<String>,
    /// A known data set, `cifar10`, `cats-and-dogs` or `potato-leaves`: begins with the settings that go with it, the shipped
    /// Teacher among them. `--data` still names the pictures.
    #[arg(long, value_name = "NAME")]
    pub data_set: Option<String>,
    /// The Teacher's weights (safetensors or a PyTorch checkpoint), or `shipped`, or `train`.
    #[arg(long, value_name = "FILE|shipped|train")]
    pub teacher: Option<String>,
    /// Side of the square that pictures are brought to, pixels, 16 to 256; 224 is usual for photographs.
    #[arg(long, value_name = "N")]
    pub size: Option<usize>,
    /// What of a picture that is no square is shown: `crop` (the middle) or `letterbox` (all of it, on white).
    #[arg(long, value_name = "crop|letterbox")]
    pub fit: Option<String>,
    /// Level of folders that names the classes, counted from 1 below what all paths have in common; 0 chooses.
    #[arg(long, value_name = "N")]
    pub class_level: Option<usize>,
    /// How networks see pictures: `imagenet`, `cifar10`, `cifar100`, `zeroToOne` or `minusOneToOne`, as the Teacher was
    /// trained.
    #[arg(long, value_name = "NAME")]
    pub normalisation: Option<String>,
    /// Seed of start, order, augmentation and reference batch; the pictures and their split keep theirs.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// One setting by its path in the configuration, e.g. `distillation.optimiser.steps=500`; may be repeated.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub settings: Vec<String>,
    /// `auto` (the quicker one of both, tried at the start), `cpu`, `webgpu`, and where compiled in `cuda`, `cuda=N` and `remote=ws://HOST:PORT`.
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    pub device: String,
}

/// How much is said, and to whom.
#[derive(Debug, Clone, Copy, Args)]
pub struct Voice {
    /// No progress, no tables: only errors, and the files.
    #[arg(long, short)]
    pub quiet: bool,
    /// Results and errors as JSON, one value a line.
    #[arg(long)]
    pub json: bool,
}

/// How a training goes.
#[derive(Debug, Clone, Args)]
pub struct Steps {
    /// First weights of the Student and of the Base, or `random`.
    #[arg(long, value_name = "FILE|random")]
    pub start: Option<String>,
    /// Train a Teacher from this checkpoint on, of any classes: where they are not the pictures', its classifier is drawn
    /// anew.
    #[arg(long, value_name = "FILE", conflicts_with = "teacher")]
    pub teacher_start: Option<String>,
    /// Steps of the distillation.
    #[arg(long, value_name = "N")]
    pub steps: Option<usize>,
    /// Steps between two checkpoints.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    pub checkpoint_every: u64,
}

/// `unicam train`.
#[derive(Debug, Clone, Args)]
pub struct Train {
    #[command(flatten)]
    pub inputs: Inputs,
    #[command(flatten)]
    pub steps: Steps,
    #[command(flatten)]
    pub voice: Voice,
    /// Folder for weights, settings and metrics.
    #[arg(long, value_name = "DIR", default_value = "unicam-run")]
    pub out: PathBuf,
    /// Train a Teacher and stop.
    #[arg(long)]
    pub teacher_only: bool,
    /// Go on with the run that was interrupted in the output folder, with its settings.
    #[arg(long)]
    pub resume: bool,
}

/// Networks that are trained already.
#[derive(Debug, Clone, Args)]
pub struct Trained {
    /// Folder that `unicam train` wrote: settings, pictures and weights are those of its run.
    #[arg(value_name = "RUN")]
    pub run: Option<PathBuf>,
    /// The Student's weights, in place of the run's.
    #[arg(long, value_name = "FILE")]
    pub student: Option<PathBuf>,
    /// The Base's weights, in place of the run's.
    #[arg(long, value_name = "FILE")]
    pub base: Option<PathBuf>,
}

/// `unicam score`.
#[derive(Debug, Clone, Args)]
pub struct Look {
    #[command(flatten)]
    pub trained: Trained,
    #[command(flatten)]
    pub inputs: Inputs,
    #[command(flatten)]
    pub voice: Voice,
    /// Folder for the results; the run's own when a run is given.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Images in the reference batch.
    #[arg(long, value_name = "N")]
    pub images: Option<usize>,
}

/// Which layers, and what UniCAM explains.
#[derive(Debug, Clone, Args)]
pub struct Stages {
    /// Stages, counted from 1; all of them when none is named.
    #[arg(long = "layer", value_name = "N")]
    pub layers: Vec<usize>,
    /// `relevance` or `unique`.
    #[arg(long, value_name = "OBJECTIVE")]
    pub objective: Option<String>,
}

/// Which maps.
#[derive(Debug, Clone, Args)]
pub struct MapChoice {
    #[command(flatten)]
    pub stages: Stages,
    /// Also the maps before their ReLU, as `KIND-signed.npy`: below zero where the evidence speaks against.
    #[arg(long)]
    pub signed: bool,
    /// Arrays and report only, no PNG files.
    #[arg(long)]
    pub no_png: bool,
    /// Size of a PNG's pixel in the map's pixels.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=32))]
    pub enlarge: u32,
}

/// `unicam explain`.
#[derive(Debug, Clone, Args)]
pub struct Explain {
    #[command(flatten)]
    pub look: Look,
    #[command(flatten)]
    pub maps: MapChoice,
}

/// `unicam check`.
#[derive(Debug, Clone, Args)]
pub struct Check {
    #[command(flatten)]
    pub look: Look,
    #[command(flatten)]
    pub stages: Stages,
}

/// `unicam report`.
#[derive(Debug, Clone, Args)]
pub struct Report {
    #[command(flatten)]
    pub look: Look,
    #[command(flatten)]
    pub maps: MapChoice,
    #[command(flatten)]
    pub steps: Steps,
    /// Also what `unicam check` finds; takes several times as long as the maps.
    #[arg(long)]
    pub check: bool,
    /// Also everything in one zip, for a reviewer: `unicam replay` and the page compute it again.
    #[arg(long, value_name = "FILE")]
    pub bundle: Option<PathBuf>,
}

/// `unicam replay`.
#[derive(Debug, Clone, Args)]
pub struct Replay {
    /// The zip that `unicam report --bundle` or the page wrote.
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,
    /// The files that the bundle's pictures were collected from; not needed for the built-in Scenes.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub data: Vec<String>,
    /// Do not train again: only the maps and scores of the bundle's own networks.
    #[arg(long)]
    pub networks_only: bool,
    /// Print every number, not only what differs.
    #[arg(long)]
    pub rows: bool,
    /// Device, as for the other commands; name the bundle's own, `cpu` or `webgpu`, to have every bit compared.
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    pub device: String,
    #[command(flatten)]
    pub voice: Voice,
}

/// `unicam evidence`.
#[derive(Debug, Clone, Args)]
pub struct Evidence {
    /// Folder of the public data sets and weights that the plan names; studies whose files are missing are left out.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Studies and seeds as JSON; the plan of `docs/evidence/plan.json` when none is named.
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Only these studies of it, and only these of its longer Bases (`STUDY-base-STEPS`).
    #[arg(long, value_name = "KEY", num_args = 1..)]
    pub only: Vec<String>,
    /// Folder of the records, one file a run: what is there is not run again.
    #[arg(long, value_name = "DIR", default_value = "docs/evidence/records")]
    pub records: PathBuf,
    /// The document.
    #[arg(long, value_name = "FILE", default_value = "docs/EVIDENCE.md")]
    pub out: PathBuf,
    /// Folder for weights, maps and checkpoints of the runs: an interrupted run goes on from there.
    #[arg(long, value_name = "DIR", default_value = "unicam-evidence")]
    pub work: PathBuf,
    /// Device, as for the other commands.
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: String,
    /// Run everything again.
    #[arg(long, conflicts_with = "write_only")]
    pub again: bool,
    /// Run nothing: write the document from the records.
    #[arg(long)]
    pub write_only: bool,
    #[command(flatten)]
    pub voice: Voice,
}

/// `unicam serve`.
#[cfg(feature = "remote")]
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Where to listen; not encrypted, so for this machine and trusted networks. UNICAM_TOKEN in the environment of both
    /// sides keeps strangers out.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    pub listen: String,
    /// Device to serve.
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    pub device: String,
}
