//! Other files, and pictures that are too large or broken, are refused with a reason.

use ::image::{ImageBuffer, Rgba};

use super::super::MAX_SIZE;
use super::super::refusal::{MAX_REASON, shortened};
use super::*;
use crate::error::Error;

fn found(bytes: &[u8]) -> String {
    match decode(bytes, 8, Fit::Crop) {
        Err(Error::UnsupportedImage { found }) => found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn other_files_are_named() {
    for (bytes, name) in [
        (b"".as_slice(), "an empty file"),
        (b"%PDF-1.7", "a PDF"),
        (b"\n<!DOCTYPE html><html>", "an HTML page"),
        (b"<?xml version='1.0'?><svg xmlns=''>", "an SVG drawing"),
        (b"<?xml version='1.0'?><a/>", "an XML file"),
        (b"II*\0\x08\0\0\0", "a TIFF"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF"),
        (b"\0\0\0\x1cftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x1cftypmp42\0\0\0\0", "a video"),
        (b"PK\x03\x04....", "a zip archive"),
        (b"name,label\n1.jpg,cat\n", "text"),
        (b"BMW and others", "text"),
        ("Größe".as_bytes(), "text"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer in place of the file"),
        (&[0; 2000], "a file of zeros"),
        (&[1, 2, 3, 200, 201], "bytes of no known format"),
        (b"\x89PNG\n\x1a\n", "bytes of no known format"),
    ] {
        assert_eq!(found(bytes), name, "{bytes:?}");
    }
    // A character of several bytes across the place where the look ends.
    assert_eq!(found(&[b"x".as_slice(), "ü".repeat(1000).as_bytes()].concat()), "text");
}

fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = encoded(plain(8, 8, [1, 2, 3]), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    // The checksum of the header, bit by bit.
    let mut crc = u32::MAX;
    for &byte in &bytes[12..29] {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 };
        }
    }
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

#[test]
fn sizes_are_refused_by_the_header() {
    let too_large = |width, height| Err(Error::ImageTooLarge { width, height, limit_megapixels: 50 });
    assert_eq!(decode(&png_header(100_000, 100_000), 8, Fit::Crop), too_large(100_000, 100_000));
    assert_eq!(decode(&png_header(50_000, 1001), 8, Fit::Crop), too_large(50_000, 1001));
    assert_eq!(decode(&png_header(u32::MAX >> 1, 9), 8, Fit::Crop), too_large(u32::MAX >> 1, 9));
    assert_eq!(code(&png_header(0, 5)), "corrupt-image");
    assert_eq!(code(&png_header(5000, 5000)), "corrupt-image");
    assert_eq!(code(&png_header(8, 8)), "decoded");
    let mut jpeg = encoded(plain(8, 8, [1, 2, 3]), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    assert_eq!(decode(&jpeg, 8, Fit::Crop), too_large(65535, 65535));
    let mut gif = encoded(plain(8, 8, [1, 2, 3]), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xFF; 4]);
    assert_eq!(decode(&gif, 8, Fit::Crop), too_large(65535, 65535));
    let mut bmp = encoded(plain(8, 8, [1, 2, 3]), ImageFormat::Bmp);
    bmp[18..26].copy_from_slice(&[0x40, 0x42, 0x0F, 0, 0x40, 0x42, 0x0F, 0]);
    assert_ne!(code(&bmp), "decoded");
    let lying = webp(&[chunk(b"VP8 ", &lossy_frame(16383, 16383, 1))]);
    assert_eq!(decode(&lying, 8, Fit::Crop), too_large(16383, 16383));
    let lying = webp(&[chunk(b"VP8X", &[0, 0, 0, 0, 8, 0, 0, 8, 0, 0]), chunk(b"VP8 ", &lossy_frame(16383, 16383, 1))]);
    assert_eq!(code(&lying), "corrupt-image");
    let mut exif = webp(&[chunk(b"VP8X", &[8, 0, 0, 0, 8, 0, 0, 8, 0, 0]), chunk(b"EXIF", b"Exif\0\0")]);
    let at = exif.len() - 10;
    exif[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(code(&exif), "corrupt-image");
    for size in [0, MAX_SIZE + 1, usize::MAX] {
        assert_eq!(decode(&png_header(8, 8), size, Fit::Crop).unwrap_err().code(), "invalid-config");
    }
}

#[test]
fn contradictory_webp_is_refused_before_decoding() {
    // Each of these made the decoder panic or ask for memory without end.
    let canvas = |flags| chunk(b"VP8X", &[flags, 0, 0, 0, 8, 0, 0, 8, 0, 0]);
    let alpha = chunk(b"ALPH", &[b"\0".as_slice(), &[77; 81]].concat());
    let frame = |chunks: &[u8]| chunk(b"ANMF", &[&[0, 0, 0, 0, 0, 0, 8, 0, 0, 8, 0, 0, 100, 0, 0, 0], chunks].concat());
    let animated = |chunks: &[u8]| webp(&[canvas(18), chunk(b"ANIM", &[0; 6]), frame(chunks)]);
    let whole = lossy_frame(9, 9, 1);
    assert_eq!(code(&animated(&[alpha.clone(), chunk(b"VP8 ", &whole)].concat())), "decoded");
    for bytes in [
        animated(&[alpha.clone(), chunk(b"VP8 ", &lossy_frame(8, 9, 1))].concat()),
        animated(&[alpha.clone(), chunk(b"VP9 ", &whole)].concat()),
        animated(&chunk(b"VP8 ", &lossy_frame(8, 9, 1))),
        webp(&[canvas(0), frame(&chunk(b"VP8 ", &whole))]),
        webp(&[chunk(b"VP8X", &[0; 4]), chunk(b"VP8 ", &whole)]),
    ] {
        assert!(decode(&bytes, 8, Fit::Crop).unwrap_err().to_string().contains("contradict"), "{bytes:?}");
    }
}

#[test]
fn truncated_files_are_errors() {
    for format in FORMATS {
        let bytes = encoded(noise(48, 48), format);
        assert_eq!(code(&bytes), "decoded");
        for tenths in 1..10 {
            let cut = &bytes[..(bytes.len() * tenths / 10).max(30)];
            assert_eq!(code(cut), "corrupt-image", "{format:?} {tenths}");
        }
        assert!([bytes.as_slice(), b"trailing"].concat().len() > bytes.len());
        assert_eq!(code(&[bytes.as_slice(), b"trailing"].concat()), "decoded", "{format:?}");
    }
    let jpeg = encoded(noise(48, 48), ImageFormat::Jpeg);
    let error = decode(&jpeg[..jpeg.len() - 2], 8, Fit::Crop).unwrap_err().to_string();
    assert!(error.starts_with("The JPEG file is damaged: it ends before the picture does. Save"), "{error}");
    // A whole thumbnail inside the metadata does not stand for the picture.
    let mut nested = turned(&jpeg[..jpeg.len() / 2], 1);
    nested.splice(2..2, [[0xFF, 0xE5].as_slice(), &(jpeg.len() as u16 + 2).to_be_bytes(), &jpeg].concat());
    assert_eq!(code(&nested), "corrupt-image");
}

#[test]
fn reasons_are_short_single_lines() {
    let mut png = encoded(noise(20, 20), ImageFormat::Png);
    let at = png.len() - 30;
    png[at] ^= 1;
    let error = decode(&png, 8, Fit::Crop).unwrap_err().to_string();
    assert!(error.starts_with("The PNG file is damaged: ") && !error.contains('\n'), "{error}");
    assert_eq!(shortened("a\n b. "), "a b");
    assert_eq!(shortened(&"x".repeat(500)).len(), MAX_REASON);
}

/// Decodes damaged copies of pictures of each kind; a panic fails the test.
fn damage(rounds: u32, seed: u64) -> usize {
    let mut rng = stream(seed, Purpose::Augmentation, 2);
    let mut seeds: Vec<Vec<u8>> = FORMATS.iter().map(|&format| encoded(noise(24, 17), format)).collect();
    seeds.push(encoded(ImageBuffer::from_pixel(9, 9, Rgba([9u16, 8, 7, 6])), ImageFormat::Png));
    seeds.push(turned(&seeds[0], 6));
    seeds.push(cmyk_jpeg([true, false, true, false]));
    seeds.push(animated_webp(&[[255, 0, 0], [0, 0, 255]]));
    seeds.push(webp(&[chunk(b"VP8 ", &lossy_frame(33, 20, seed))]));
    let alpha = [b"\0".as_slice(), &[77; 81]].concat();
    let frame = [chunk(b"ALPH", &alpha), chunk(b"VP8 ", &lossy_frame(9, 9, seed))].concat();
    let canvas = |flags| chunk(b"VP8X", &[flags, 0, 0, 0, 8, 0, 0, 8, 0, 0]);
    seeds.push(webp(&[canvas(16), frame.clone()]));
    let place = [0, 0, 0, 0, 0, 0, 8, 0, 0, 8, 0, 0, 100, 0, 0, 0];
    seeds.push(webp(&[canvas(18), chunk(b"ANIM", &[0; 6]), chunk(b"ANMF", &[&place, frame.as_slice()].concat())]));
    for (number, bytes) in seeds.iter().enumerate() {
        assert!(decode(bytes, 16, Fit::Crop).is_ok(), "seed {number}: {:?}", decode(bytes, 16, Fit::Crop));
    }
    let mut decoded = 0;
    for round in 0..rounds {
        let mut bytes = seeds[round as usize % seeds.len()].clone();
        let reach = if rng.next_u32().is_multiple_of(2) { bytes.len() } else { bytes.len().min(80) };
        for _ in 0..=rng.next_u32() % 5 {
            let at = rng.next_u32() as usize % reach;
            bytes[at] = match rng.next_u32() % 4 {
                0 => 0,
                1 => 0xFF,
                2 => bytes[at] ^ 1 << (rng.next_u32() % 8),
                _ => rng.next_u32() as u8,
            };
        }
        match rng.next_u32() % 8 {
            0 => bytes.truncate(rng.next_u32() as usize % bytes.len()),
            1 => bytes.extend_from_within(bytes.len() / 2..),
            _ => {}
        }
        decoded += usize::from(decode(&bytes, 16, Fit::Crop).is_ok());
    }
    decoded
}

#[test]
fn random_damage_never_panics() {
    assert!(damage(2000, 1) > 100);
    let mut rng = stream(3, Purpose::Augmentation, 3);
    for _ in 0..500 {
        let bytes: Vec<u8> = (0..rng.next_u32() % 100).map(|_| rng.next_u32() as u8).collect();
        assert!(decode(&bytes, 8, Fit::Crop).is_err());
    }
}
