//! Real checkpoints and photographs, where they are: `UNICAM_DATA`, or `../shared/data` beside the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use burn::tensor::{Tensor, TensorData};
use serde::Deserialize;
use unicam::dataset::collect::ImagesConfig;
use unicam::models::{Network, NetworkConfig, Weights};
use unicam::tensors::layout::{DEVIATION, MEAN};

use crate::device::device;
use crate::fixture::{Array, assert_close, parse, read};

#[derive(Deserialize)]
struct Checkpoint {
    file: String,
    parameters: usize,
    logits: Array,
    predicted: Vec<usize>,
}

#[derive(Deserialize)]
struct Reference {
    models: Vec<Checkpoint>,
}

/// The folder of real data, or nothing with a line that says so.
pub fn data_folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("UNICAM_DATA").map_or_else(beside, PathBuf::from);
    if folder.join("weights").is_dir() {
        return Some(folder);
    }
    println!("skipped: no real data at UNICAM_DATA or ../shared/data");
    None
}

/// The pictures of `tests/reference/checkpoint.py`: bytes from whole-number arithmetic.
fn formula_pictures() -> Vec<f32> {
    let mut values = Vec::new();
    for n in 0..3 {
        for c in 0..3 {
            for i in 0..32 {
                for j in 0..32 {
                    let byte = ((7 * i * i + 13 * j + 31 * c * i + 5 * n * j) % 256) as f32;
                    values.push((byte / 255.0 - MEAN[c]) / DEVIATION[c]);
                }
            }
        }
    }
    values
}

#[pollster::test]
async fn public_checkpoints_give_pytorchs_logits() {
    let Some(folder) = data_folder() else { return };
    let device = device().await;
    let pictures: Tensor<4> = Tensor::from_data(TensorData::new(formula_pictures(), [3, 3, 32, 32]), &device);
    for expected in parse::<Reference>(include_str!("../fixtures/checkpoint.json")).models {
        let bytes = fs::read(folder.join("weights").join(&expected.file)).expect("listed in the data's README");
        let weights = Weights::from_bytes(&bytes).expect("a PyTorch checkpoint");
        let config = NetworkConfig::infer(&weights).expect("a CIFAR ResNet");
        assert_eq!(config.parameters(), expected.parameters);
        let network = Network::from_weights(&config, &weights, &device).expect("the weights fit");
        let logits = read(network.forward(pictures.clone()).logits).await;
        assert_close(&logits, &expected.logits.values, 1e-4, &expected.file);
        for (row, &class) in logits.chunks_exact(10).zip(&expected.predicted) {
            assert!(row.iter().all(|&score| score <= row[class]), "{}: {row:?}", expected.file);
        }
    }
}

/// The files at these paths inside the CIFAR-10 archive, through the system's tar.
pub fn cifar_files(folder: &Path, paths: &[String]) -> Vec<(String, Vec<u8>)> {
    let target = std::env::temp_dir().join(format!("unicam-cifar-{}", std::process::id()));
    fs::create_dir_all(&target).expect("a writable temporary folder");
    let status = Command::new("tar")
        .arg("xJf")
        .arg(folder.join("cifar10-jpeg.tar.xz"))
        .arg("-C")
        .arg(&target)
        .args(paths.iter().map(|path| format!("cifar10/{path}")))
        .status()
        .expect("tar is installed");
    assert!(status.success(), "tar unpacks the archive");
    let read = |path: &String| (path.clone(), fs::read(target.join("cifar10").join(path)).expect("unpacked"));
    let files = paths.iter().map(read).collect();
    fs::remove_dir_all(target).expect("our own folder");
    files
}

#[derive(Deserialize)]
struct Fss {
    paper: f64,
    corrected: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RStar {
    r_star: f64,
}

#[derive(Deserialize)]
struct Relevance {
    teacher: RStar,
    student: RStar,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Given {
    semi_partial: f64,
    partial: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    fss: Fss,
    relevance: Relevance,
    student_given_teacher: Given,
    teacher_given_student: Given,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Decoding {
    byte_sums: Vec<u64>,
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
struct CifarScores {
    files: Vec<String>,
    labels: Vec<usize>,
    decodings: Vec<Decoding>,
}

#[pollster::test]
async fn scores_of_the_public_checkpoints_on_real_images_agree_with_pytorch() {
    use unicam::attribution::{DistanceMatrix, measure};
    use unicam::bytes::image::decode;
    use unicam::dataset::LabelledImages;
    use unicam::scores::{feature_similarity, partial_relevance, relevance};
    use unicam::tensors::layout::pictures;

    let Some(folder) = data_folder() else { return };
    let device = device().await;
    let expected: CifarScores = parse(include_str!("../fixtures/cifar_scores.json"));
    let mut pixels = Vec::new();
    let mut sums = Vec::new();
    for (path, bytes) in cifar_files(&folder, &expected.files) {
        let picture = decode(&bytes, ImagesConfig::default().size).unwrap_or_else(|error| panic!("{path}: {error}"));
        sums.push(picture.rgb.iter().map(|&byte| u64::from(byte)).sum::<u64>());
        pixels.extend(picture.rgb);
    }
    // Decoders of JPEG differ by a few levels: the fixture holds the scores for the one that we use, too.
    let decoding = expected.decodings.iter().find(|decoding| decoding.byte_sums == sums);
    let (decoding, tolerance) = decoding.map_or((&expected.decodings[0], 2e-2), |decoding| (decoding, 1e-3));
    let images = LabelledImages {
        width: 32,
        height: 32,
        pixels,
        labels: expected.labels.clone(),
        class_names: (0..10).map(|class| class.to_string()).collect(),
        masks: None,
    };
    let indices: Vec<usize> = (0..images.len()).collect();
    let batch = pictures(&images, &indices, &[], &device);
    let mut stages = Vec::new();
    for (role, file) in [("Teacher", "resnet56-4bfd9763.th"), ("Student", "resnet20-12fca82f.th")] {
        let weights =
            Weights::from_bytes(&fs::read(folder.join("weights").join(file)).expect("listed")).expect("reads");
        let config = NetworkConfig::infer(&weights).expect("a CIFAR ResNet");
        let network = Network::from_weights(&config, &weights, &device).expect("the weights fit");
        for (layer, stage) in network.forward(batch.clone()).stages.into_iter().enumerate() {
            stages.push((role.to_owned(), format!("layer{}", layer + 1), stage));
        }
    }
    let measured: Vec<_> =
        measure(stages).await.expect("reads").into_iter().map(|features| features.expect("varied")).collect();
    let labels = DistanceMatrix::of_labels(&images.labels, &images.class_names).expect("ten classes").u_centred();
    for (layer, expected) in decoding.layers.iter().enumerate() {
        let (teacher, student) = (&measured[layer], &measured[layer + 3]);
        let similarity = feature_similarity(teacher, student);
        let (added, untaken) =
            (partial_relevance(student, teacher, &labels), partial_relevance(teacher, student, &labels));
        let figures = [
            (similarity.paper, expected.fss.paper),
            (similarity.corrected, expected.fss.corrected),
            (relevance(teacher, &labels), expected.relevance.teacher.r_star),
            (relevance(student, &labels), expected.relevance.student.r_star),
            (added.semi_partial, expected.student_given_teacher.semi_partial),
            (added.partial, expected.student_given_teacher.partial),
            (untaken.semi_partial, expected.teacher_given_student.semi_partial),
            (untaken.partial, expected.teacher_given_student.partial),
        ];
        for (index, (ours, theirs)) in figures.into_iter().enumerate() {
            assert!((ours - theirs).abs() < tolerance, "layer {}: figure {index}: {ours}, not {theirs}", layer + 1);
        }
    }
}
