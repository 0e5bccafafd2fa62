//! Archives made for tests, and what tar, gzip and xz do with good and bad bytes.

use std::io::{Cursor, Write};

use ::tar::{Builder, EntryType, Header};
use ::zip::write::{SimpleFileOptions, ZipWriter};
use flate2::Compression;
use flate2::write::GzEncoder;
use lzma_rust2::{XzOptions, XzWriter};
use rand_chacha::rand_core::Rng;

use super::*;
use crate::error::Error;
use crate::seed::{Purpose, stream};

/// A zip of these files, packed or as they are.
pub(crate) fn zip_of(files: &[(&str, &[u8])], pack: bool) -> Vec<u8> {
    let method = if pack { ::zip::CompressionMethod::Deflated } else { ::zip::CompressionMethod::Stored };
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        let options = SimpleFileOptions::default().compression_method(method);
        if path.ends_with('/') {
            writer.add_directory(*path, options).unwrap();
        } else {
            writer.start_file(*path, options).unwrap();
            writer.write_all(content).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// A tar of these files; a path that ends with `/` is a folder.
pub(crate) fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        if path.ends_with('/') {
            header.set_entry_type(EntryType::Directory);
        }
        builder.append_data(&mut header, path, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(crate) fn gz_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn xz_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = XzWriter::new(Vec::new(), XzOptions::with_preset(1)).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The files of an archive that must open and have no trouble of its own.
pub(crate) fn unpacked(bytes: &[u8]) -> Vec<(String, Result<Vec<u8>>)> {
    let files = Archive::open(bytes).unwrap();
    files.map(|entry| (entry.path.unwrap_or_else(|| panic!("{:?}", entry.content)), entry.content)).collect()
}

/// The tar itself and as it is packed.
fn each_way(tar: &[u8]) -> [Vec<u8>; 3] {
    [tar.to_vec(), gz_of(tar), xz_of(tar)]
}

/// Codes of the entries, with the path before it where there is one; `fine` for content.
fn codes(bytes: &[u8]) -> Vec<String> {
    let code = |entry: Entry| {
        let code = entry.content.as_ref().map_or_else(Error::code, |_| "fine");
        entry.path.map_or_else(|| code.to_owned(), |path| format!("{path} {code}"))
    };
    match Archive::open(bytes) {
        Ok(archive) => archive.map(code).collect(),
        Err(error) => vec![format!("refused {}", error.code())],
    }
}

/// Content that no packer makes small.
fn noise(bytes: usize) -> Vec<u8> {
    let mut rng = stream(5, Purpose::Augmentation, 7);
    (0..bytes).map(|_| rng.next_u32() as u8).collect()
}

#[test]
fn tars_come_back_whole_however_packed() {
    let long = format!("{}/cats/ünter {}.jpg", "deep".repeat(40), "x".repeat(120));
    let content = noise(1300);
    let tar = tar_of(&[
        ("cats/", b""),
        ("cats/1.jpg", b"meow"),
        ("cats/.DS_Store", b"x"),
        ("__MACOSX/cats/._1.jpg", b"x"),
        (&long, &content),
        ("dogs/2.jpg", &noise(512)),
        ("dogs/empty.jpg", b""),
    ]);
    for bytes in each_way(&tar) {
        assert!(is_archive(&bytes));
        let files: Vec<_> = unpacked(&bytes).into_iter().map(|(path, content)| (path, content.unwrap())).collect();
        let expected = [
            ("cats/1.jpg".to_owned(), b"meow".to_vec()),
            (long.clone(), content.clone()),
            ("dogs/2.jpg".to_owned(), noise(512)),
            ("dogs/empty.jpg".to_owned(), vec![]),
        ];
        assert_eq!(files, expected);
        let mut archive = Archive::open(&bytes).unwrap();
        assert!(archive.progress() < 0.1, "{archive:?}");
        assert_eq!(archive.by_ref().count(), 4);
        assert!((archive.progress() - 1.0).abs() < 1e-9, "{archive:?}");
    }
    // Without the two empty blocks at its end, as some packers leave it.
    assert_eq!(unpacked(&tar[..tar.len() - 1024]).len(), 4);
    // Two gzip members one after the other are one stream.
    let halves = [gz_of(&tar[..1000]), gz_of(&tar[1000..])].concat();
    assert_eq!(unpacked(&halves).len(), 4);
}

#[test]
fn posix_attributes_name_the_next_file() {
    let mut builder = Builder::new(Vec::new());
    let name = "Pflanzen/Häuser.jpg";
    builder.append_pax_extensions([("path", name.as_bytes()), ("mtime", b"1.5")]).unwrap();
    let mut header = Header::new_ustar();
    header.set_size(4);
    header.set_path("short.jpg").unwrap();
    header.set_cksum();
    builder.append(&header, b"leaf".as_slice()).unwrap();
    builder.append(&header, b"plum".as_slice()).unwrap();
    let files = unpacked(&builder.into_inner().unwrap());
    assert_eq!(files, [(name.to_owned(), Ok(b"leaf".to_vec())), ("short.jpg".to_owned(), Ok(b"plum".to_vec()))]);
}

#[test]
fn links_and_inner_archives_are_rows() {
    let inner = [zip_of(&[("a/1", b"x")], true), tar_of(&[("a/1", b"x")]), gz_of(b"x"), xz_of(b"x")];
    let mut builder = Builder::new(Vec::new());
    for (number, content) in inner.iter().enumerate() {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, format!("{number}"), content.as_slice()).unwrap();
    }
    let mut header = Header::new_gnu();
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Fifo] {
        header.set_entry_type(kind);
        header.set_size(0);
        builder.append_link(&mut header, "link", "/etc/passwd").unwrap();
    }
    for bytes in each_way(&builder.into_inner().unwrap()) {
        let rows = ["0 corrupt-archive", "1 corrupt-archive", "2 corrupt-archive", "3 corrupt-archive"];
        assert_eq!(codes(&bytes), [&rows[..], &["link unsupported-image"; 2]].concat());
    }
}

#[test]
fn what_came_before_the_damage_stands() {
    let tar = tar_of(&[("a/1", &noise(6000)[..3000]), ("a/2", &noise(6000)[3000..]), ("a/3", b"fine")]);
    // Within the second content; within the third header; a header's byte wrong.
    assert_eq!(codes(&tar[..5000]), ["a/1 fine", "a/2 corrupt-archive"]);
    assert_eq!(codes(&tar[..2 * 3584 + 100]), ["a/1 fine", "a/2 fine", "corrupt-archive"]);
    let mut wrong = tar.clone();
    wrong[3584 + 3] ^= 1;
    assert_eq!(codes(&wrong), ["a/1 fine", "corrupt-archive"]);
    let gz = gz_of(&tar);
    assert_eq!(codes(&gz[..gz.len() * 3 / 4]), ["a/1 fine", "a/2 corrupt-archive"]);
    // The last bytes are the checksum, known only when everything was given.
    let mut wrong = gz.clone();
    let at = wrong.len() - 6;
    wrong[at] ^= 1;
    assert_eq!(codes(&wrong), ["a/1 fine", "a/2 fine", "a/3 fine", "corrupt-archive"]);
    let xz = xz_of(&tar);
    assert_eq!(codes(&xz[..xz.len() / 2]), ["refused corrupt-archive"]);
    let mut wrong = xz.clone();
    wrong[400] ^= 1;
    assert_eq!(codes(&wrong).last().map(String::as_str), Some("a/1 corrupt-archive"));
}

#[test]
fn malformed_beginnings_are_refused() {
    for bytes in [gz_of(b"no tar"), gz_of(&noise(2000)), xz_of(b"no tar"), gz_of(b"")] {
        assert_eq!(codes(&bytes), ["corrupt-archive"]);
    }
    for bytes in [b"\x1F\x8B".to_vec(), b"\x1F\x8B\x07garbage".to_vec(), gz_of(&tar_of(&[("a/", b"")]))] {
        assert_eq!(codes(&bytes), ["corrupt-archive"]);
    }
    for bytes in [b"\xFD7zXZ\0".to_vec(), [b"\xFD7zXZ\0".as_slice(), &[0; 100]].concat()] {
        assert_eq!(codes(&bytes), ["refused corrupt-archive"]);
    }
    let tar = tar_of(&[("a/1", b"x")]);
    for cut in [0, 100, 511] {
        assert_eq!(codes(&tar[..cut]), ["refused corrupt-archive"], "{cut} bytes are no archive");
    }
    assert_eq!(kind_of(&[0; 1024]), None);
    assert_eq!(kind_of(&zip_of(&[("[Content_Types].xml", b"<Types/>")], false)), None);
}

#[test]
fn packed_bombs_end_early() {
    let zeros = vec![0; 40 << 20];
    let tar = tar_of(&[("a/1", b"fine"), ("a/2", &zeros)]);
    let (gz, xz) = (gz_of(&tar), xz_of(&tar));
    assert!(gz.len() < 1 << 17 && xz.len() < 1 << 17);
    assert_eq!(codes(&gz), ["a/1 fine", "a/2 archive-too-large"]);
    assert_eq!(codes(&xz), ["refused archive-too-large"]);
    // Up to 16 MiB may pack as well as they like.
    let tar = tar_of(&[("a/1", b"fine"), ("a/2", &zeros[..15 << 20])]);
    assert_eq!(codes(&gz_of(&tar)), ["a/1 fine", "a/2 fine"]);
    assert_eq!(codes(&xz_of(&tar)), ["a/1 fine", "a/2 fine"]);
}

#[test]
fn an_xz_dictionary_of_gigabytes_is_not_allocated() {
    let mut xz = xz_of(&tar_of(&[("a/1", b"fine")]));
    // The block's header: size, flags, filter, one byte of properties, which is the dictionary's size; then a checksum.
    assert_eq!(xz[14..16], [0x21, 1]);
    xz[16] = 40;
    let end = 12 + 4 * usize::from(xz[12]);
    let mut crc = u32::MAX;
    for &byte in &xz[12..end] {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 };
        }
    }
    xz[end..end + 4].copy_from_slice(&(!crc).to_le_bytes());
    let error = Archive::open(&xz).unwrap().next().unwrap().content.unwrap_err();
    assert!(error.to_string().contains("memory"), "{error}");
}

#[test]
fn tar_headers_that_promise_too_much_are_refused() {
    let header = |size: u64, path: &str| {
        let mut header = Header::new_gnu();
        header.set_path(path).unwrap();
        header.set_size(size);
        header.set_cksum();
        header.as_bytes().to_vec()
    };
    // Sizes without the bytes for them.
    assert_eq!(codes(&header((1 << 30) + 1, "a/1")), ["archive-too-large"]);
    assert_eq!(codes(&header(u64::MAX, "a/1")), ["archive-too-large"]);
    assert_eq!(codes(&header(100, "a/1")), ["a/1 corrupt-archive"]);
    // A film of 193 MiB is refused alone.
    let film = vec![7; 193 << 20];
    let tar = tar_of(&[("a/film.mp4", &film), ("a/1", b"fine")]);
    assert_eq!(codes(&tar), ["a/film.mp4 archive-too-large", "a/1 fine"]);
    // A name of two megabytes.
    let mut name = Header::new_gnu();
    name.set_entry_type(EntryType::GNULongName);
    name.set_size(2 << 20);
    name.set_cksum();
    assert_eq!(codes(&[name.as_bytes().as_slice(), &vec![b'a'; 2 << 20]].concat()), ["corrupt-archive"]);
    let last = codes(&header(0, "a/1").repeat(MAX_ENTRIES + 1)).pop();
    assert_eq!(last.as_deref(), Some("archive-too-large"));
}

#[test]
fn random_damage_to_tars_never_panics() {
    let long = "n".repeat(200);
    let tar = tar_of(&[("cats/1", &noise(900)), (&long, b"named"), ("dogs/2", &noise(40))]);
    let mut rng = stream(2, Purpose::Augmentation, 0);
    let mut fine = 0;
    let whole = each_way(&tar);
    for round in 0..1500 {
        let mut bytes = whole[round % 3].clone();
        for _ in 0..=rng.next_u32() % 4 {
            let at = rng.next_u32() as usize % bytes.len();
            bytes[at] = rng.next_u32() as u8;
        }
        if rng.next_u32().is_multiple_of(4) {
            bytes.truncate(rng.next_u32() as usize % bytes.len());
        }
        if let Ok(archive) = Archive::open(&bytes) {
            fine += archive.filter(|entry| entry.content.is_ok()).count();
        }
    }
    assert!(fine > 500, "{fine}");
}
