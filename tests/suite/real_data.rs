//! Real checkpoints and photographs, where they are: `UNICAM_DATA`, or `../shared/data` beside the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use burn::tensor::{Tensor, TensorData};
use serde::Deserialize;
use unicam::dataset::collect::ImagesConfig;
use unicam::dataset::normalisation::Normalisation;
use unicam::models::{Network, NetworkConfig, Weights};

use crate::device::device;
use crate::fixture::{Array, assert_close, map_correlation, parse, read, score_tolerance};

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
                    values.push(
                        (byte / 255.0 - Normalisation::ImageNet.mean()[c]) / Normalisation::ImageNet.deviation()[c],
                    );
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
    p_value: f64,
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
    maps: Option<Maps>,
}

#[derive(Deserialize)]
struct Map {
    images: Vec<usize>,
    scale: f64,
    /// The maps of these images, before the ReLU, divided by `scale`.
    relative: Array,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Maps {
    student_given_teacher: Map,
    teacher_given_student: Map,
}

/// Pearson's correlation.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(x, y)| f(x - mean_a, y - mean_b)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
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
    use unicam::attribution::{Features, Objective, UniCam, measure};
    use unicam::bytes::image::{Fit, decode};
    use unicam::dataset::LabelledImages;
    use unicam::scores::{ClassDistances, LayerDistances, ModelDistances, t_test};
    use unicam::tensors::layout::pictures;

    let Some(folder) = data_folder() else { return };
    let device = device().await;
    let expected: CifarScores = parse(include_str!("../fixtures/cifar_scores.json"));
    let mut pixels = Vec::new();
    let mut sums = Vec::new();
    for (path, bytes) in cifar_files(&folder, &expected.files) {
        let picture =
            decode(&bytes, ImagesConfig::default().size, Fit::Crop).unwrap_or_else(|error| panic!("{path}: {error}"));
        sums.push(picture.rgb.iter().map(|&byte| u64::from(byte)).sum::<u64>());
        pixels.extend(picture.rgb);
    }
    if let Some(path) = std::env::var_os("UNICAM_PIXELS") {
        // For `tests/reference/scores_on_cifar.py --pixels`.
        fs::write(path, &pixels).expect("a writable file");
    }
    // Decoders of JPEG differ by a few levels: the fixture holds the scores for the one that we use, too.
    let decoding = expected.decodings.iter().find(|decoding| decoding.byte_sums == sums);
    let (decoding, tolerance) =
        decoding.map_or((&expected.decodings[0], 2e-2), |decoding| (decoding, score_tolerance()));
    let images = LabelledImages {
        width: 32,
        height: 32,
        pixels,
        labels: expected.labels.clone(),
        class_names: (0..10).map(|class| class.to_string()).collect(),
        masks: None,
        normalisation: Default::default(),
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
    let measured = measure(stages).await.expect("reads").into_iter();
    let features: Vec<Features> = measured.map(|features| features.expect("varied")).collect();
    let measured: Vec<ModelDistances> = features.iter().cloned().map(Into::into).collect();
    let labels = ClassDistances::one_hot(&images.class_names).matrix(&images.labels).expect("ten classes");
    for (layer, expected) in decoding.layers.iter().enumerate() {
        let (teacher, student) = (&measured[layer], &measured[layer + 3]);
        // There is no third network: the Student takes the Base's place, too.
        let models = [teacher.clone(), student.clone(), student.clone()];
        let values = LayerDistances::new(models, labels.clone()).values();
        let (added, untaken) = (values.rs_student_given_teacher, values.rs_teacher_given_student);
        let (theirs, p_value) = (&expected.relevance, |score| t_test(score, images.len()).expect("40").p_value);
        let figures = [
            (values.fss_student.paper, expected.fss.paper),
            (values.fss_student.corrected, expected.fss.corrected),
            (values.rs_teacher, theirs.teacher.r_star),
            (values.rs_student, theirs.student.r_star),
            (added.semi_partial, expected.student_given_teacher.semi_partial),
            (added.partial, expected.student_given_teacher.partial),
            (untaken.semi_partial, expected.teacher_given_student.semi_partial),
            (untaken.partial, expected.teacher_given_student.partial),
            (p_value(values.rs_teacher), theirs.teacher.p_value),
            (p_value(values.rs_student), theirs.student.p_value),
        ];
        for (index, (ours, theirs)) in figures.into_iter().enumerate() {
            assert!((ours - theirs).abs() < tolerance, "layer {}: figure {index}: {ours}, not {theirs}", layer + 1);
        }
        let Some(maps) = &expected.maps else { continue };
        let (teacher, student) = (&features[layer], &features[layer + 3]);
        for (explained, given, expected) in
            [(student, teacher, &maps.student_given_teacher), (teacher, student, &maps.teacher_given_student)]
        {
            let what = format!("layer {}: {} given {}", layer + 1, explained.model, given.model);
            let signed = UniCam::of(explained, given, &labels.u_centred(), Objective::Relevance).signed;
            let [_, height, width] = signed.dims();
            let ours = read(signed).await;
            let area = height * width;
            let theirs = expected.relative.values.chunks_exact(area);
            for (&image, theirs) in expected.images.iter().zip(theirs) {
                let ours = &ours[image * area..(image + 1) * area];
                let alike = correlation(ours, theirs);
                assert!(alike > map_correlation(), "{what}, image {image}: the maps correlate with {alike}");
                let relative: Vec<f64> = ours.iter().map(|value| value / expected.scale).collect();
                assert_close(&relative, theirs, 2e-3, &what);
            }
        }
    }
}
