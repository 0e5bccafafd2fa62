//! Parquet files of labelled pictures from the command line.

use std::fs;
use std::path::{Path, PathBuf};

use unicam::session::Report;

use super::{Folder, bad, good, report, small, text};

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn train(folder: &Folder, data: &Path) -> Report {
    let config = folder.write("run.json", small(1).to_string());
    let out = folder.path("out");
    let arguments = ["train", "--teacher-only", "--config", text(&config), "--device", "cpu", "--out", text(&out)];
    good(&[&arguments[..], &["--data", text(data)]].concat());
    report(&out.join("run.json"))
}

#[test]
fn files_of_the_hub_are_read_with_their_names_of_classes_and_parts() {
    let folder = Folder::new("parquet-hub");
    let train_file = folder.write("hub/train-00000-of-00001.parquet", fixture("hub.parquet"));
    let alone = train(&folder, &train_file).data.expect("pictures").summary;
    assert_eq!(alone.class_names, ["a-b", "cat", "dog"]);
    assert_eq!(alone.train_counts.iter().chain(&alone.test_counts).sum::<usize>(), 24);
    // Beside a file of the other part, the names of the files give the split.
    folder.write("hub/test-00000-of-00001.parquet", fixture("hub.parquet"));
    let data = train(&folder, &folder.path("hub")).data.expect("pictures");
    assert!(data.left_out.is_empty(), "{:?}", data.left_out);
    assert_eq!((data.summary.train_counts, data.summary.test_counts), (vec![8, 8, 8], vec![8, 8, 8]));
}

#[test]
fn columns_of_another_writer_are_found_and_a_bad_row_is_marked() {
    let folder = Folder::new("parquet-own");
    // The name of the file says nothing, not even that it is Parquet.
    let path = folder.write("pictures.bin", fixture("own.parquet"));
    let data = train(&folder, &path).data.expect("pictures");
    assert_eq!(data.summary.class_names, ["left", "right"]);
    assert_eq!(data.summary.train_counts.iter().chain(&data.summary.test_counts).sum::<usize>(), 12);
    let rows: Vec<(&str, &str, &str)> = data
        .left_out
        .iter()
        .map(|row| (&row.path, row.error.as_ref().expect("left out")))
        .map(|(path, error)| (path.as_str(), error.code.as_str(), error.message.as_str()))
        .collect();
    let [no_picture, no_bytes, no_label] = rows[..] else { panic!("{rows:?}") };
    assert_eq!((no_picture.0, no_picture.1), ("pictures.bin/left/12", "unsupported-image"));
    assert_eq!((no_bytes.0, no_bytes.1), ("pictures.bin/right/13", "unreadable-parquet"));
    assert!(no_bytes.2.contains("has no picture's bytes"), "{}", no_bytes.2);
    assert_eq!((no_label.0, no_label.1), ("pictures.bin/14", "unreadable-parquet"));
    assert!(no_label.2.contains("has no label"), "{}", no_label.2);
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let folder = Folder::new("parquet-bad");
    let whole = fixture("own.parquet");
    let mut foreign = fixture("hub.parquet");
    for (from, to) in [(&b"\"Image\""[..], &b"\"Audio\""[..]), (b"img", b"wav")] {
        while let Some(at) = foreign.windows(from.len()).position(|bytes| bytes == from) {
            foreign[at..at + from.len()].copy_from_slice(to);
        }
    }
    // The length of the footer, in the last eight bytes but four.
    let mut damaged = whole.clone();
    let length_at = damaged.len() - 8;
    damaged[length_at..length_at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let cases: [(&str, Vec<u8>, &str); 4] = [
        ("zstd", fixture("own-zstd.parquet"), "compressed with ZSTD, which is not read here"),
        ("truncated", whole[..whole.len() / 2].to_vec(), "its end is missing"),
        ("foreign", foreign, "no columns of pictures and of labels"),
        ("damaged", damaged, "it is damaged"),
    ];
    let out = folder.path("out");
    for (name, bytes, said) in cases {
        let path: PathBuf = folder.write(&format!("{name}.parquet"), bytes);
        let arguments = ["train", "--data", text(&path), "--device", "cpu", "--out", text(&out)];
        let words = bad(&arguments, 3, "dataset-too-small");
        assert!(words.contains(said) && words.contains(&format!("{name}.parquet: ")), "{name}: {words}");
    }
}
