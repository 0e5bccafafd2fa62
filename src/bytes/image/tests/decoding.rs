//! Good pictures have their colours, whatever they are packed in.

use ::image::codecs::gif::GifEncoder;
use ::image::{Frame, ImageBuffer, Luma, LumaA, Rgba, RgbaImage, imageops};

use super::*;

/// A picture of many smooth colours.
fn gradient(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([(255 * x / width) as u8, (255 * y / height) as u8, (255 * (x + y) / (width + height)) as u8])
    })
}

#[test]
fn every_format_decodes_to_the_square() {
    for format in FORMATS {
        for (width, height) in [(40, 30), (30, 40), (300, 200), (7, 5), (1, 1)] {
            let image = decode(&encoded(plain(width, height, [200, 40, 90]), format), 32, Fit::Crop).unwrap();
            assert_eq!((image.width, image.height, image.rgb.len()), (32, 32, 32 * 32 * 3));
            assert_eq!((image.original_width, image.original_height), (width as usize, height as usize));
            for at in [0, 31, 500] {
                assert!(near(pixel(&image, at % 32, at / 32), [200, 40, 90], 3), "{format:?} {width}x{height}");
            }
        }
    }
}

#[test]
fn a_picture_of_the_size_passes_unchanged() {
    let picture = noise(32, 32);
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp] {
        assert_eq!(
            decode(&encoded(picture.clone(), format), 32, Fit::Crop).unwrap().rgb,
            *picture.as_raw(),
            "{format:?}"
        );
    }
    // Of a longer one the middle.
    let wide = noise(40, 32);
    let middle = imageops::crop_imm(&wide, 4, 0, 32, 32).to_image();
    assert_eq!(decode(&encoded(wide, ImageFormat::Png), 32, Fit::Crop).unwrap().rgb, middle.into_raw());
}

#[test]
fn scaling_keeps_the_middle_of_the_gradient() {
    for (width, height) in [(64, 64), (1000, 1000), (1003, 1001), (20, 20)] {
        let image = decode(&encoded(gradient(width, height), ImageFormat::Png), 32, Fit::Crop).unwrap();
        for (x, y) in [(5, 5), (16, 16), (26, 9)] {
            let expected = [(x * 8 + 4) as u8, (y * 8 + 4) as u8, ((x + y) * 4 + 4) as u8];
            assert!(near(pixel(&image, x, y), expected, 9), "{width}: {:?}, {expected:?}", pixel(&image, x, y));
        }
    }
    // A fine checkerboard becomes grey, not a pattern of its own.
    let board = RgbImage::from_fn(640, 640, |x, y| Rgb([if (x + y).is_multiple_of(2) { 0 } else { 254 }; 3]));
    let image = decode(&encoded(board, ImageFormat::Png), 32, Fit::Crop).unwrap();
    assert!(image.rgb.iter().all(|value| value.abs_diff(127) <= 1));
}

#[test]
fn the_middle_square_is_taken() {
    let flag = RgbImage::from_fn(96, 32, |x, _| Rgb(if (32..64).contains(&x) { [0, 255, 0] } else { [255, 0, 0] }));
    let image = decode(&encoded(flag, ImageFormat::Png), 16, Fit::Crop).unwrap();
    assert!(image.rgb.chunks(3).all(|pixel| pixel == [0, 255, 0]));
}

#[test]
fn a_letterbox_shows_all_of_a_picture_between_equal_white_bars() {
    // Width and height of a picture, and what it takes of 32 x 32.
    let shapes = [
        ((64, 64), (32, 32)),
        ((64, 32), (32, 16)),
        ((30, 40), (24, 32)),
        ((101, 100), (32, 32)),
        ((7, 5), (32, 22)),
        ((1000, 3), (32, 2)),
        ((3, 1000), (2, 32)),
        ((20_000, 1), (32, 2)),
        ((1, 1), (32, 32)),
    ];
    for ((width, height), (shown_width, shown_height)) in shapes {
        let picture = encoded(plain(width, height, [200, 40, 90]), ImageFormat::Png);
        let image = decode(&picture, 32, Fit::Letterbox).unwrap();
        let (left, top) = ((32 - shown_width) / 2, (32 - shown_height) / 2);
        for (place, found) in image.rgb.chunks(3).enumerate() {
            let (x, y) = (place % 32, place / 32);
            let inside = (left..32 - left).contains(&x) && (top..32 - top).contains(&y);
            let expected = if inside { [200, 40, 90] } else { [255; 3] };
            assert_eq!(found, expected, "{width} x {height} at {x}, {y}");
        }
        assert_eq!((image.original_width, image.original_height), (width as usize, height as usize));
        let square = decode(&picture, 32, Fit::Crop).unwrap();
        assert!(square.rgb.chunks(3).all(|pixel| pixel == [200, 40, 90]), "{width} x {height}");
    }
}

#[test]
fn a_letterbox_keeps_both_ends_and_turns_with_the_camera() {
    // The ends of a long picture, which the middle square does not show.
    let flag = RgbImage::from_fn(96, 32, |x, _| Rgb(if x < 32 { [255, 0, 0] } else { [0, 0, 255] }));
    let whole = decode(&encoded(flag, ImageFormat::Png), 48, Fit::Letterbox).unwrap();
    assert_eq!(
        [(0, 0), (0, 24), (47, 24), (47, 47)].map(|(x, y)| pixel(&whole, x, y)),
        [[255; 3], [255, 0, 0], [0, 0, 255], [255; 3]]
    );
    // A turned picture is the square turned, bars and all, whatever the remainder of the sides.
    for (width, height) in [(61, 40), (40, 61), (100, 33)] {
        let jpeg = encoded(gradient(width, height), ImageFormat::Jpeg);
        let upright = decode(&jpeg, 31, Fit::Letterbox).unwrap();
        let upright = RgbImage::from_raw(31, 31, upright.rgb).unwrap();
        let half = decode(&turned(&jpeg, 3), 31, Fit::Letterbox).unwrap();
        assert_eq!(half.rgb, imageops::rotate180(&upright).into_raw());
        let quarter = decode(&turned(&jpeg, 6), 31, Fit::Letterbox).unwrap();
        assert_eq!(quarter.rgb, imageops::rotate90(&upright).into_raw());
        assert_eq!((quarter.original_width, quarter.original_height), (height as usize, width as usize));
    }
}

#[test]
fn odd_and_extreme_shapes_fill_the_largest_square() {
    for (width, height) in [(223, 225), (1, 5000), (4097, 2), (640, 427)] {
        for fit in [Fit::Crop, Fit::Letterbox] {
            for size in [16, 224, 255, 256] {
                let image = decode(&encoded(noise(width, height), ImageFormat::Png), size, fit).unwrap();
                assert_eq!(image.rgb.len(), size * size * 3, "{width} x {height}, {fit:?}");
            }
        }
    }
}

#[test]
fn transparency_is_white_and_deep_or_grey_pixels_are_converted() {
    let corner =
        |picture: DynamicImage| pixel(&decode(&encoded(picture, ImageFormat::Png), 8, Fit::Crop).unwrap(), 3, 3);
    assert_eq!(corner(RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0])).into()), [255; 3]);
    assert_eq!(corner(RgbaImage::from_pixel(8, 8, Rgba([255, 0, 0, 51])).into()), [255, 204, 204]);
    assert_eq!(corner(RgbaImage::from_pixel(8, 8, Rgba([1, 2, 3, 255])).into()), [1, 2, 3]);
    assert_eq!(corner(ImageBuffer::from_pixel(8, 8, Luma([77u8])).into()), [77; 3]);
    assert_eq!(corner(ImageBuffer::from_pixel(8, 8, LumaA([0u8, 0])).into()), [255; 3]);
    assert_eq!(corner(ImageBuffer::from_pixel(8, 8, Luma([0x8080u16])).into()), [128; 3]);
    assert_eq!(corner(ImageBuffer::from_pixel(8, 8, Rgb([65535u16, 0, 257])).into()), [255, 0, 1]);
    assert_eq!(corner(ImageBuffer::from_pixel(8, 8, Rgba([0u16, 0, 0, 0])).into()), [255; 3]);
    let webp = encoded(RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0])), ImageFormat::WebP);
    assert_eq!(pixel(&decode(&webp, 8, Fit::Crop).unwrap(), 3, 3), [255; 3]);
    let jpeg = encoded(ImageBuffer::from_pixel(9, 9, Luma([77u8])), ImageFormat::Jpeg);
    assert!(near(pixel(&decode(&jpeg, 8, Fit::Crop).unwrap(), 3, 3), [77; 3], 2));
}

#[test]
fn an_animation_gives_its_first_frame() {
    let mut bytes = Vec::new();
    let frames = [[255, 0, 0, 255], [0, 0, 255, 255]].map(|c| Frame::new(RgbaImage::from_pixel(9, 9, Rgba(c))));
    GifEncoder::new(&mut bytes).encode_frames(frames).unwrap();
    assert_eq!(pixel(&decode(&bytes, 8, Fit::Crop).unwrap(), 4, 4), [255, 0, 0]);
    let image = decode(&animated_webp(&[[255, 0, 0], [0, 0, 255]]), 8, Fit::Crop).unwrap();
    // Its decoder blends even what is opaque, to within one.
    assert!(near(pixel(&image, 4, 4), [255, 0, 0], 1), "{:?}", pixel(&image, 4, 4));
}

#[test]
fn exif_orientation_is_honoured() {
    // Red in the corner at the upper left as stored; where it is seen under each orientation.
    let stored = RgbImage::from_fn(64, 32, |x, y| Rgb(if x < 32 && y < 16 { [255, 0, 0] } else { [0, 0, 255] }));
    let jpeg = encoded(stored, ImageFormat::Jpeg);
    let corners = [(0, 0), (15, 0), (15, 15), (0, 15)];
    for (orientation, corner) in [(1, 0), (2, 1), (3, 2), (4, 3), (5, 0), (6, 1), (7, 2), (8, 3), (0, 0), (9, 0)] {
        let image = decode(&turned(&jpeg, orientation), 16, Fit::Crop).unwrap();
        let sides = (image.original_width, image.original_height);
        assert_eq!(sides, if (5..=8).contains(&orientation) { (32, 64) } else { (64, 32) }, "{orientation}");
        for (number, (x, y)) in corners.into_iter().enumerate() {
            let red = near(pixel(&image, x, y), [255, 0, 0], 60);
            assert_eq!(red, number == corner, "orientation {orientation}, corner {number}");
        }
    }
    // Broken metadata do not spoil the picture.
    let mut broken = turned(&jpeg, 6);
    broken[12..16].copy_from_slice(b"????");
    assert_eq!(decode(&broken, 16, Fit::Crop).unwrap().original_width, 64);
}

#[test]
fn cmyk_jpegs_have_their_colours() {
    for (inks, colour) in [
        ([false; 4], [255, 255, 255]),
        ([false, true, true, false], [255, 0, 0]),
        ([true, false, false, false], [0, 255, 255]),
        ([false, false, false, true], [0, 0, 0]),
    ] {
        let image = decode(&cmyk_jpeg(inks), 8, Fit::Crop).unwrap();
        assert!(near(pixel(&image, 4, 4), colour, 4), "{inks:?}: {:?}", pixel(&image, 4, 4));
    }
}
