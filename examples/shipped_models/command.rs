//! What is made, in what order, and what the manifest says of it.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use serde_json::{Value, json};
use unicam::Result;
use unicam::models::shipped::entry;
use unicam::models::{NetworkConfig, Weights};
use unicam::session::digest_of_bytes;

use crate::recipes::{self, Recipe};
use crate::training::{self, Outcome, Places};

const COMMAND: &str = "cargo run --release --no-default-features --example shipped_models -- --data ../shared/data";

/// Trains the shipped weights.
#[derive(Parser)]
struct Arguments {
    /// Which to train; all that are shipped when none is named.
    models: Vec<String>,
    /// Prints what the manifest says, and trains nothing.
    #[arg(long)]
    list: bool,
    /// Folder with the public data sets.
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// Folder for runs that are broken off.
    #[arg(long, default_value = "target/shipped-models")]
    work: PathBuf,
    /// Folder that the weights and their manifest are written to.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/src/models/shipped"))]
    out: PathBuf,
}

/// One file of weights and what the manifest says of it.
struct Made {
    file: &'static str,
    role: &'static str,
    weights: Weights,
    network: NetworkConfig,
    accuracy: f64,
    test_pictures: usize,
    /// Settings, by name.
    about: Value,
}

fn make(recipe: &Recipe, out: &Path, places: &Places) -> Result<Vec<Made>> {
    let name = recipe.name();
    match recipe {
        Recipe::ByLabels { file, role, from, stages } => {
            let start = from.map(|file| fs::read(out.join(file)).unwrap_or_else(|error| panic!("{file}: {error}")));
            let former = start.as_deref().map(Weights::from_bytes).transpose()?;
            let Outcome { finished, network, accuracies, test_pictures } =
                training::by_labels(name, former, stages, places)?;
            let (weights, accuracy) = (finished.student, accuracies[0]);
            let mut about = if let [stage] = &stages[..] { json!(stage) } else { json!({ "stages": stages }) };
            if let (Some(file), Some(bytes)) = (from, &start) {
                about["start"] = json!({ "file": file, "sha256": digest_of_bytes(bytes) });
            }
            Ok(vec![Made { file, role, weights, network, accuracy, test_pictures, about }])
        }
        Recipe::Distilled { files, roles, teacher, start, pictures, distillation } => {
            let read = |file: &str| fs::read(out.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            let (teacher_bytes, start_bytes) = (read(teacher), read(start));
            let data = training::pictures(pictures, places)?;
            let Outcome { finished, network, accuracies, test_pictures } =
                training::distilled(name, &teacher_bytes, &start_bytes, distillation, &data, places)?;
            let mut about = json!({
                "distillation": distillation,
                "teacher": { "file": teacher, "sha256": digest_of_bytes(&teacher_bytes) },
                "start": { "file": start, "sha256": digest_of_bytes(&start_bytes) },
            });
            let fields = about.as_object_mut().expect("an object");
            fields.extend(json!(pictures).as_object().expect("an object").clone());
            let weights = [finished.student, finished.base.expect("a distillation trains a Base")];
            let made = weights.into_iter().zip(accuracies).zip(files.iter().zip(roles));
            Ok(made
                .map(|((weights, accuracy), (file, role))| Made {
                    file,
                    role,
                    weights,
                    network,
                    accuracy,
                    test_pictures,
                    about: about.clone(),
                })
                .collect())
        }
    }
}

/// The manifest as it stands, its models by file.
fn manifest(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_else(|_| json!({ "models": [] }).to_string());
    let manifest: Value = serde_json::from_str(&text).expect("a manifest of this program");
    manifest["models"].as_array().cloned().unwrap_or_default()
}

fn write(made: Made, out: &Path) -> Result<()> {
    let Made { file, role, mut weights, network, accuracy, test_pictures, about } = made;
    weights.metadata.insert("unicam".to_owned(), about.to_string());
    let bytes = weights.to_safetensors(true)?;
    println!("{file}: accuracy {accuracy:.4} on {test_pictures} test pictures, {} bytes", bytes.len());
    let mut entry = json!({
        "file": file,
        "role": role,
        "bytes": bytes.len(),
        "sha256": digest_of_bytes(&bytes),
        "parameters": network.parameters(),
        // A share of so few pictures has no more digits, and these come back as they were when the file is read.
        "accuracy": (accuracy * 1e6).round() / 1e6,
        "testPictures": test_pictures,
    });
    let fields = entry.as_object_mut().expect("an object");
    fields.extend(about.as_object().expect("an object").clone());
    let path = out.join("manifest.json");
    let mut models = manifest(&path);
    models.retain(|model| model["file"] != file);
    models.push(entry);
    let order: Vec<&str> = recipes::all()
        .iter()
        .flat_map(|recipe| match recipe {
            Recipe::ByLabels { file, .. } => vec![*file],
            Recipe::Distilled { files, .. } => files.to_vec(),
        })
        .collect();
    models.sort_by_key(|model| order.iter().position(|file| model["file"] == *file));
    let text = serde_json::to_string_pretty(&json!({ "command": COMMAND, "device": "CPU", "models": models }));
    fs::write(out.join(file), bytes).expect("the folder is writable");
    fs::write(path, text.expect("plain data") + "\n").expect("the folder is writable");
    Ok(())
}

/// The table of the README.
fn print_table(models: &[Value]) {
    println!("| network | parameters | bytes | accuracy | test pictures |");
    println!("| ------- | ---------: | ----: | -------: | ------------: |");
    for model in models {
        let role = model["role"].as_str().unwrap_or_default();
        let accuracy = model["accuracy"].as_f64().unwrap_or(f64::NAN);
        let [parameters, bytes, pictures] = ["parameters", "bytes", "testPictures"].map(|field| &model[field]);
        println!("| {role} | {parameters} | {bytes} | {accuracy:.3} | {pictures} |");
    }
}

/// Makes what the arguments name.
pub fn run() -> Result<()> {
    let Arguments { models, list, data, work, out } = Arguments::parse();
    if list {
        print_table(&manifest(&out.join("manifest.json")));
        return Ok(());
    }
    let places = Places { data, work };
    for folder in [&places.work, &out] {
        fs::create_dir_all(folder).expect("the folder can be made");
    }
    let all = recipes::all();
    if let Some(unknown) = models.iter().find(|name| all.iter().all(|recipe| recipe.name() != **name)) {
        let names: Vec<&str> = all.iter().map(Recipe::name).collect();
        panic!("there is no {unknown}; there are {}", names.join(", "));
    }
    let is_wanted = |recipe: &&Recipe| match models.as_slice() {
        [] => entry(&format!("{}.safetensors", recipe.name())).is_some(),
        names => names.iter().any(|name| name == recipe.name()),
    };
    for recipe in all.iter().filter(is_wanted) {
        for made in make(recipe, &out, &places)? {
            write(made, &out)?;
        }
    }
    Ok(())
}
