//! Whole files that damage is done to: made here, or our own fixtures.

use std::io::{Cursor, Read, Write};

use flate2::write::GzEncoder;
use flate2::{Compression, Crc};
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, RgbImage, RgbaImage};
use lzma_rust2::{XzOptions, XzWriter};
use serde_json::json;
use unicam::attribution::Objective;
use unicam::distillation::RunConfig;
use unicam::models::{Architecture, CifarResNetConfig, TinyCnnConfig, kaiming};
use unicam::seed::Purpose;
use unicam::session::{ExplainConfig, ReferenceConfig, ScoreConfig, Session, SessionConfig, digest_of_bytes};
use unicam::tensors::device::DeviceChoice;

use crate::readers::{self, Prepared};

/// A whole file.
pub struct Seed {
    pub name: &'static str,
    /// What is damaged.
    pub bytes: Vec<u8>,
    /// What makes the file of it: packing, or the checksums anew.
    pub pack: fn(&[u8]) -> Vec<u8>,
}

fn plain(name: &'static str, bytes: Vec<u8>) -> Seed {
    Seed { name, bytes, pack: <[u8]>::to_vec }
}

/// Pictures of every format that is read.
pub fn pictures() -> Vec<Seed> {
    let colours = RgbImage::from_fn(24, 20, |x, y| image::Rgb([(x * 10) as u8, (y * 12) as u8, (x * y) as u8]));
    let alpha = RgbaImage::from_fn(12, 9, |x, y| image::Rgba([(x * 20) as u8, 90, (y * 25) as u8, (x * y * 2) as u8]));
    let deep = ImageBuffer::<Luma<u16>, _>::from_fn(11, 13, |x, y| Luma([(x * y * 300) as u16]));
    let encoded = |picture: DynamicImage, format| {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("an encoder of this format");
        bytes.into_inner()
    };
    let colours = DynamicImage::ImageRgb8(colours);
    let still = encoded(colours.clone(), ImageFormat::WebP);
    let chunk = |name: &[u8; 4], content: &[u8]| {
        [&name[..], &(content.len() as u32).to_le_bytes(), content, &[0][..content.len() % 2]].concat()
    };
    let frame = chunk(b"ANMF", &[&[0, 0, 0, 0, 0, 0, 23, 0, 0, 19, 0, 0, 100, 0, 0, 0], &still[12..]].concat());
    let extended = chunk(b"VP8X", &[2, 0, 0, 0, 23, 0, 0, 19, 0, 0]);
    let moving = [b"WEBP".to_vec(), extended, chunk(b"ANIM", &[0; 6]), frame.clone(), frame].concat();
    let jpeg = encoded(colours.clone(), ImageFormat::Jpeg);
    let exif = b"\xFF\xE1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let png = |name, picture| Seed { name, bytes: encoded(picture, ImageFormat::Png), pack: with_png_checksums };
    vec![
        plain("jpeg", [&jpeg[..2], exif, &jpeg[2..]].concat()),
        plain("grey jpeg", encoded(colours.grayscale(), ImageFormat::Jpeg)),
        png("png", colours.clone()),
        png("transparent png", DynamicImage::ImageRgba8(alpha.clone())),
        png("deep png", DynamicImage::ImageLuma16(deep)),
        plain("bmp", encoded(colours.clone(), ImageFormat::Bmp)),
        plain("transparent bmp", encoded(DynamicImage::ImageRgba8(alpha), ImageFormat::Bmp)),
        plain("gif", encoded(colours, ImageFormat::Gif)),
        plain("webp", still),
        plain("animated webp", chunk(b"RIFF", &moving)),
        plain("lossy webp", lossy_webp()),
    ]
}

/// A lossy frame of 24 x 20 pixels whose data are noise, which is a picture of some kind.
fn lossy_webp() -> Vec<u8> {
    let mut frame = (1u32 << 4 | 40 << 5).to_le_bytes()[..3].to_vec();
    frame.extend([0x9D, 0x01, 0x2A, 24, 0, 20, 0, 0, 0, 0, 0, 0, 0]);
    frame.extend((0u32..400).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8));
    let sized = |content: &[u8]| [&(content.len() as u32).to_le_bytes(), content].concat();
    let chunks = [&b"WEBPVP8 "[..], &sized(&frame)].concat();
    [&b"RIFF"[..], &sized(&chunks)].concat()
}

/// The checksum of every chunk anew, as far as there are whole chunks.
fn with_png_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().expect("four bytes")) as usize;
        let Some(content) = bytes.get(at + 4..at + 8 + length) else { break };
        let mut checksum = Crc::new();
        checksum.update(content);
        let end = at + 8 + length;
        if bytes.len() < end + 4 {
            break;
        }
        bytes[end..end + 4].copy_from_slice(&checksum.sum().to_be_bytes());
        at = end + 4;
    }
    bytes
}

/// Archives of every kind that is opened.
pub fn archives() -> Vec<Seed> {
    let text: Vec<u8> = (0..700u32).map(|at| (at * at % 251) as u8).collect();
    let files: [(&str, &[u8]); 5] = [
        ("cats/1.png", &text),
        ("cats/2.png", b"short"),
        ("dogs/", b""),
        ("dogs/\u{e4}.png", &text[..90]),
        ("dogs/3", b""),
    ];
    let tar = tar_of(&files);
    let seed = |name, pack| Seed { name, bytes: tar.clone(), pack };
    vec![
        plain("zip", zip_of(&files, zip::CompressionMethod::Deflated)),
        Seed { name: "stored zip", bytes: zip_of(&files, zip::CompressionMethod::Stored), pack: with_zip_checksums },
        seed("tar", with_tar_checksums),
        seed("tar.gz", |tar| gz_of(&with_tar_checksums(tar))),
        seed("tar.xz", |tar| xz_of(&with_tar_checksums(tar))),
    ]
}

/// The checksum of every entry of a zip that packs nothing anew, as far as its directory can be followed.
fn with_zip_checksums(zip: &[u8]) -> Vec<u8> {
    let mut zip = zip.to_vec();
    let word = |zip: &[u8], at: usize| Some(u32::from_le_bytes(zip.get(at..at + 4)?.try_into().ok()?) as usize);
    let half = |zip: &[u8], at: usize| Some(usize::from(u16::from_le_bytes(zip.get(at..at + 2)?.try_into().ok()?)));
    let entries: Vec<usize> =
        zip.windows(4).enumerate().filter(|(_, it)| *it == b"PK\x01\x02").map(|it| it.0).collect();
    for entry in entries {
        let checksum = (|| {
            let (length, local) = (word(&zip, entry + 20)?, word(&zip, entry + 42)?);
            let from = local + 30 + half(&zip, local + 26)? + half(&zip, local + 28)?;
            let mut checksum = Crc::new();
            checksum.update(zip.get(from..from + length)?);
            Some((local, checksum.sum().to_le_bytes()))
        })();
        if let Some((local, checksum)) = checksum {
            zip[entry + 16..entry + 20].copy_from_slice(&checksum);
            zip[local + 14..local + 18].copy_from_slice(&checksum);
        }
    }
    zip
}

/// A zip of these files.
pub fn zip_of(files: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        writer.start_file(*path, options).expect("a name that fits");
        writer.write_all(content).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

/// A tar of these files, with a long name before the last one.
fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let long = format!("cats/{}.png", "long".repeat(40));
    for (path, content) in files.iter().copied().chain([(long.as_str(), &b"behind a long name"[..])]) {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        if path.ends_with('/') {
            header.set_entry_type(tar::EntryType::Directory);
        }
        builder.append_data(&mut header, path, content).expect("memory");
    }
    builder.into_inner().expect("memory")
}

/// The checksum of every block that has the mark of a header anew.
fn with_tar_checksums(tar: &[u8]) -> Vec<u8> {
    let mut tar = tar.to_vec();
    for block in tar.chunks_exact_mut(512).filter(|block| &block[257..262] == b"ustar") {
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    tar
}

/// Packed by gzip.
pub fn gz_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// Packed by xz.
pub fn xz_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = XzWriter::new(Vec::new(), XzOptions::with_preset(0)).expect("a preset that there is");
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// Batches and lists of classes of CIFAR-10 and CIFAR-100, binary and pickled.
pub fn cifar() -> Vec<Seed> {
    let data: Vec<u8> = (0..2 * 3072u32).map(|at| (at % 251) as u8).collect();
    let rows = |labels: [&[u8]; 2]| [labels[0], &data[..3072], labels[1], &data[3072..]].concat();
    let key = |key: &str| [&b"X"[..], &(key.len() as u32).to_le_bytes(), key.as_bytes()].concat();
    let pickled = |labels: &str| {
        [
            &b"\x80\x03}("[..],
            &key(labels),
            b"](K\x03K\x09e",
            &key("data"),
            b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85C\x01b\x87R(K\x01K\x02M\0\x0c\x86",
            b"cnumpy\ndtype\nX\x02\0\0\0u1K\0K\x01\x87R(K\x03X\x01\0\0\0|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89B",
            &(data.len() as u32).to_le_bytes(),
            &data,
            b"tbu.",
        ]
        .concat()
    };
    let names: Vec<u8> = cifar_names().iter().flat_map(|name| key(name)).collect();
    vec![
        plain("binary of 10", rows([&[3], &[9]])),
        plain("binary of 100", rows([&[0, 3], &[19, 9]])),
        plain("pickle of 10", pickled("labels")),
        plain("pickle of 100", pickled("fine_labels")),
        plain("names", cifar_names().join("\n").into_bytes()),
        plain("pickled names", [b"\x80\x03}", key("label_names").as_slice(), b"](", &names, b"es."].concat()),
    ]
}

fn cifar_names() -> [&'static str; 10] {
    unicam::bytes::cifar::CLASS_NAMES
}

/// Arrays as NumPy writes them: pictures of several shapes and kinds, and labels.
pub fn arrays() -> Vec<Seed> {
    let npy = |kind: &str, shape: &str, data: &[u8]| {
        let header = format!("{:<117}\n", format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"));
        [&b"\x93NUMPY\x01\0\x76\0"[..], header.as_bytes(), data].concat()
    };
    let bytes: Vec<u8> = (0..12 * 48u32).map(|at| (at * 7 % 256) as u8).collect();
    let floats: Vec<u8> = bytes.iter().flat_map(|&byte| (f32::from(byte) / 255.0).to_le_bytes()).collect();
    let labels: Vec<u8> = (0..12i64).flat_map(|at| (at % 3).to_le_bytes()).collect();
    let rows: Vec<u8> = (0..12 * 3u8).map(|at| u8::from(at % 3 == at / 3 % 3)).collect();
    vec![
        plain("pixels", npy("|u1", "(12, 4, 4, 3)", &bytes)),
        plain("planes", npy("<f4", "(12, 3, 4, 4)", &floats)),
        plain("grey", npy("|u1", "(12, 8, 6)", &bytes)),
        plain("rows", npy("|u1", "(12, 64)", &[bytes.as_slice(), &bytes].concat()[..12 * 64])),
        plain("labels", npy("<i8", "(12,)", &labels)),
        plain("one-hot labels", npy("|u1", "(12, 3)", &rows)),
    ]
}

/// Weights of every family as safetensors, one of them in half precision and one with metadata.
pub fn safetensors() -> Vec<Seed> {
    let of = |architecture: Architecture, half| {
        let mut weights = kaiming(&architecture.for_classes(3), 1, Purpose::TeacherInit);
        weights.metadata.insert("config".to_owned(), r#"{"id2label":{"0":"a","1":"b","2":"c"}}"#.to_owned());
        weights.to_safetensors(half).expect("plain tensors")
    };
    let resnet = CifarResNetConfig { blocks: 1, width: 4, stem: None, projection: false };
    vec![
        plain("tiny", of(Architecture::TinyCnn(TinyCnnConfig { width: 4 }), false)),
        plain("tiny in half precision", of(Architecture::TinyCnn(TinyCnnConfig { width: 4 }), true)),
        plain("CIFAR ResNet", of(Architecture::CifarResNet(resnet), false)),
    ]
}

/// PyTorch's checkpoints in every form.
pub fn pytorch() -> Vec<Seed> {
    let zip = |name, bytes: &[u8]| Seed { name, bytes: bytes.to_vec(), pack: with_zip_checksums };
    vec![
        zip("plain", include_bytes!("../fixtures/form-plain.pt")),
        plain("legacy", include_bytes!("../fixtures/form-legacy.pt").to_vec()),
        plain("half", include_bytes!("../fixtures/form-half.pt").to_vec()),
        zip("nested", include_bytes!("../fixtures/form-nested.pt")),
    ]
}

/// Parquet files as the hub's library and others write them.
pub fn parquet() -> Vec<Seed> {
    vec![
        plain("hub", include_bytes!("../fixtures/hub.parquet").to_vec()),
        plain("own", include_bytes!("../fixtures/own.parquet").to_vec()),
    ]
}

/// Settings whole and in part.
pub fn settings() -> Vec<Seed> {
    let whole = serde_json::to_vec_pretty(&SessionConfig::default()).expect("plain data");
    let part = json!({ "distillation": { "optimiser": { "steps": 7, "schedule": { "kind": "cosine", "warmUp": 0.1, "floor": 0 } } } });
    vec![plain("whole", whole), plain("part", serde_json::to_vec(&part).expect("plain data"))]
}

/// The report of a small run with all that a session can put into it.
pub fn reports() -> Vec<Seed> {
    let mut config = SessionConfig::default();
    config.scenes.size = 16;
    (config.scenes.train_images, config.scenes.test_images) = (60, 24);
    config.reference.images = 12;
    config.distillation.optimiser.steps = 2;
    config.distillation.optimiser.batch_size = 6;
    let mut session = pollster::block_on(Session::create(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    session.use_scenes(&config.scenes).expect("in range");
    pollster::block_on(session.use_shipped_teacher()).expect("the scenes have one");
    session.start_watched(&config.distillation, &config.timeline_config()).expect("a valid recipe");
    while pollster::block_on(session.next()).expect("finite losses").is_some() {}
    let asked = ExplainConfig::new(config.reference, 3, config.maps.objective);
    pollster::block_on(session.explain(&asked)).expect("maps");
    pollster::block_on(session.score(&ScoreConfig::with(config.reference, config.scores.clone()))).expect("scores");
    let report = session.report(readers::circumstances());
    vec![plain("report", serde_json::to_vec(&report).expect("plain data"))]
}

/// Checkpoints of runs in the middle of their work: before a report is due, in the middle, and in the second link.
pub fn checkpoints() -> Vec<Seed> {
    let runs = readers::bench().runs.iter().zip([4, 5, 12]);
    let checkpoint = |(run, events): (&Prepared, usize)| {
        let mut session = run.session.lock().expect("no reader has failed yet");
        match (&run.config, &run.timeline) {
            (RunConfig::Teacher(config), _) => session.start_teacher(config),
            (RunConfig::Distillation(config), None) => session.start_distillation(config),
            (RunConfig::Distillation(config), Some(timeline)) => session.start_watched(config, timeline),
        }
        .expect("a valid recipe");
        for _ in 0..events {
            pollster::block_on(session.next()).expect("finite losses").expect("it is not over yet");
        }
        plain(run.name, pollster::block_on(session.checkpoint()).expect("a run is under way"))
    };
    runs.map(checkpoint).collect()
}

/// A bundle of a small run. What is damaged are its files one by one, so that the digests in its list fit them again.
pub fn bundles() -> Vec<Seed> {
    let mut session = readers::bench().runs[1].session.lock().expect("no reader has failed yet");
    let RunConfig::Distillation(config) = &readers::bench().runs[1].config else {
        unreachable!("it is a distillation")
    };
    session.start_distillation(config).expect("a valid recipe");
    while pollster::block_on(session.next()).expect("finite losses").is_some() {}
    let reference = ReferenceConfig { images: 12, seed: 1 };
    let asked = ExplainConfig::new(reference, 1, Objective::Relevance);
    pollster::block_on(session.explain(&asked)).expect("maps");
    pollster::block_on(session.score(&ScoreConfig::of(reference))).expect("scores");
    let bundle = pollster::block_on(session.bundle(readers::circumstances())).expect("a whole run");
    let stored = stored(&bundle);
    vec![plain("as written", bundle), Seed { name: "with digests anew", bytes: stored, pack: with_digests }]
}

/// A zip's files in a zip that packs nothing, so that damage falls on what they hold.
fn stored(zip: &[u8]) -> Vec<u8> {
    let files = files_of(zip).expect("a zip that was made here");
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    zip_of(&files, zip::CompressionMethod::Stored)
}

/// The files of a zip in its order; nothing where one cannot be read.
fn files_of(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index).ok()?;
            let mut content = Vec::new();
            entry.by_ref().take(16 << 20).read_to_end(&mut content).ok()?;
            Some((String::from_utf8_lossy(entry.name_raw()).into_owned(), content))
        })
        .collect()
}

/// The checksums of a bundle's files and the digests in its list anew, as far as it can be read.
fn with_digests(bundle: &[u8]) -> Vec<u8> {
    let bundle = with_zip_checksums(bundle);
    let anew = || {
        let mut files = files_of(&bundle)?;
        let list = files.iter().position(|(path, _)| path == "bundle.json")?;
        let mut manifest: serde_json::Value = serde_json::from_slice(&files[list].1).ok()?;
        for entry in manifest.get_mut("entries")?.as_array_mut()? {
            let path = entry.get("path")?.as_str()?.to_owned();
            if let Some((_, content)) = files.iter().find(|(name, _)| *name == path) {
                entry["sha256"] = digest_of_bytes(content).into();
            }
        }
        files[list].1 = serde_json::to_vec(&manifest).ok()?;
        let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
        Some(zip_of(&files, zip::CompressionMethod::Stored))
    };
    anew().unwrap_or_else(|| bundle.clone())
}

/// A session that has made a run, with and without its pictures.
pub fn sessions() -> Vec<Seed> {
    let mut session = readers::bench().runs[1].session.lock().expect("no reader has failed yet");
    let RunConfig::Distillation(config) = &readers::bench().runs[1].config else {
        unreachable!("it is a distillation")
    };
    session.start_distillation(config).expect("a valid recipe");
    while pollster::block_on(session.next()).expect("finite losses").is_some() {}
    let packed = |name, data| Seed { name, bytes: session.pack(data).expect("plain data"), pack: with_zip_checksums };
    vec![packed("with pictures", true), packed("without pictures", false)]
}
