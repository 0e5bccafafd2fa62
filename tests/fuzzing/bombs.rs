//! Small files that ask for much, each by a way of its own.

use std::io::{Cursor, Write};

use crate::corpora::{gz_of, xz_of, zip_of};

/// A file by its name.
pub type Bomb = (&'static str, Vec<u8>);

const MIB: usize = 1 << 20;

/// Pictures whose headers promise the most pixels that are decoded.
pub fn pictures() -> Vec<Bomb> {
    let mut gif = b"GIF89a\x40\x1F\x6A\x18\0\0\0\x2C\0\0\0\0\x40\x1F\x6A\x18\0\x08".to_vec();
    gif.extend([0; 40]);
    let bmp = |width: i32, height: i32, compression: u32| {
        let header = [40, width as u32, height as u32, 1 | 24 << 16, compression, 0, 0, 0, 0, 0];
        let header: Vec<u8> = header.iter().flat_map(|number| number.to_le_bytes()).collect();
        [b"BM\0\0\0\0\0\0\0\0\x36\0\0\0".as_slice(), &header, &[9; 40]].concat()
    };
    vec![
        ("a wide gif", gif),
        ("a wide bmp", bmp(50_000_000, 1, 0)),
        ("a bmp upside down", bmp(7000, -7000, 0)),
        ("a bmp of runs", bmp(7000, 7000, 1)),
    ]
}

/// Archives that unpack to far more than they are.
pub fn archives() -> Vec<Bomb> {
    let zeros = vec![0; 96 * MIB];
    let mut header = tar::Header::new_gnu();
    header.set_size(zeros.len() as u64);
    let mut tar = tar::Builder::new(Vec::new());
    tar.append_data(&mut header, "a/zeros", zeros.as_slice()).expect("memory");
    let tar = tar.into_inner().expect("memory");
    let entries: Vec<String> = (0..20_000).map(|number| format!("a/{number}")).collect();
    let many: Vec<(&str, &[u8])> = entries.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let deep = format!("{}x", "a/".repeat(30_000));
    vec![
        ("zeros in a zip", zip_of(&[("a/zeros", &zeros)], zip::CompressionMethod::Deflated)),
        ("a megabyte of zeros, many times", {
            let names: Vec<String> = (0..64).map(|number| format!("a/{number}")).collect();
            let zeros = vec![0; MIB];
            let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), zeros.as_slice())).collect();
            zip_of(&files, zip::CompressionMethod::Deflated)
        }),
        ("zeros in a tar.gz", gz_of(&tar)),
        ("zeros in a tar.xz", xz_of(&tar)),
        ("gzip in gzip", gz_of(&gz_of(&gz_of(&tar)))),
        ("empty members of gzip", gz_of(b"").repeat(20_000)),
        ("many names", zip_of(&many, zip::CompressionMethod::Stored)),
        ("a deep name", zip_of(&[(&deep, b"x")], zip::CompressionMethod::Stored)),
    ]
}

/// Pickles that refer to one large thing over and over, or nest without end.
pub fn pickles() -> Vec<Bomb> {
    let text = |text: &[u8]| [&b"X"[..], &(text.len() as u32).to_le_bytes(), text].concat();
    let references = [text(&vec![b'a'; 100_000]), b"q\x000".to_vec()].concat();
    let list_of_references = [b"](".to_vec(), b"h\0".repeat(100_000), b"e".to_vec()].concat();
    let under = |key: &str, value: &[u8]| {
        [b"\x80\x02}".to_vec(), text(key.as_bytes()), value.to_vec(), b"s.".to_vec()].concat()
    };
    let names = [
        b"](".to_vec(),
        (0..1000).flat_map(|number: u32| text(number.to_string().as_bytes())).collect(),
        b"eq\x01".to_vec(),
    ]
    .concat();
    let tables: Vec<u8> = (0..20_000).flat_map(|_| [text(b"names"), b"h\x01".to_vec()].concat()).collect();
    vec![
        ("one text, many times", under("label_names", &[references.clone(), list_of_references.clone()].concat())),
        ("one text under class_names", under("class_names", &[references, list_of_references].concat())),
        ("one list, many times", [b"\x80\x02".to_vec(), names, b"0}(".to_vec(), tables, b"u.".to_vec()].concat()),
        ("lists in lists", [b"\x80\x02".to_vec(), b"]".repeat(200_000), b"a".repeat(199_999), b".".to_vec()].concat()),
        ("tuples in tuples", [b"\x80\x02N".to_vec(), b"\x85".repeat(500_000), b".".to_vec()].concat()),
        ("marks", [b"\x80\x02".to_vec(), b"(".repeat(500_000), b".".to_vec()].concat()),
        ("nothing, many times", [b"\x80\x02".to_vec(), b"N".repeat(500_000), b".".to_vec()].concat()),
        ("a list in itself", b"\x80\x02]q\0h\0a.".to_vec()),
        ("an encoding of itself", under("data", b"]q\0c_codecs\nencode\nh\0Rq\x01a0h\x01")),
    ]
}

/// Arrays whose extents promise much or nothing.
pub fn arrays() -> Vec<Bomb> {
    let npy = |kind: &str, shape: &str| {
        let header = format!("{:<117}\n", format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"));
        [&b"\x93NUMPY\x01\0\x76\0"[..], header.as_bytes(), &[1; 96]].concat()
    };
    vec![
        ("rows of nothing", npy("|u1", "(12, 0)")),
        ("no rows of much", npy("|u1", "(0, 9223372036854775807)")),
        ("no pictures, large", npy("|u1", "(0, 4294967296, 4294967296)")),
        ("flat pictures", npy("|u1", "(12, 1, 8)")),
        ("no numbers", npy("|u1", "()")),
        ("extents that overflow", npy("<f8", "(4294967296, 4294967296)")),
        ("many extents", npy("|u1", &format!("({})", "1, ".repeat(30)))),
    ]
}

/// Headers that promise much.
pub fn safetensors() -> Vec<Bomb> {
    let file = |header: &str, data: usize| {
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &vec![0; data]].concat()
    };
    let tensor = |shape: &str, end: usize| {
        format!(r#"{{"layer1.0.conv1.weight":{{"dtype":"F32","shape":{shape},"data_offsets":[0,{end}]}}}}"#)
    };
    let nested = format!(r#"{{"__metadata__":{{"config":"{}"}}}}"#, "[".repeat(100_000));
    vec![
        ("a long header", [&(90u64 << 20).to_le_bytes()[..], b"{", &[b' '; 90]].concat()),
        ("no numbers in large extents", file(&tensor("[0,9223372036854775807]", 0), 0)),
        ("extents that overflow", file(&tensor("[4294967296,4294967296,4294967296]", 4), 4)),
        ("a stage of nothing", file(&tensor("[0,0,0,0]", 0), 0)),
        ("brackets in the metadata", file(&nested, 0)),
    ]
}

/// Checkpoints of PyTorch that unpack or refer to much.
pub fn pytorch() -> Vec<Bomb> {
    let archive = |pickle: &[u8], storage: &[u8], method| {
        zip_of(
            &[("a/data.pkl", pickle), ("a/byteorder", b"little"), ("a/data/0", storage), ("a/version", b"3\n")],
            method,
        )
    };
    let tensor = |name: &str, extents: &[u8], strides: &[u8], numbers: u32| {
        [
            &b"X"[..],
            &(name.len() as u32).to_le_bytes(),
            name.as_bytes(),
            b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuJ",
            &numbers.to_le_bytes(),
            b"tQK\0",
            extents,
            strides,
            b"\x89ccollections\nOrderedDict\n)RtR",
        ]
        .concat()
    };
    let dictionary = |tensors: &[Vec<u8>]| [b"\x80\x02}(".to_vec(), tensors.concat(), b"u.".to_vec()].concat();
    let spread = [&b"("[..], b"J\0\0\0\x10", b"t", b"(K\0t"].concat();
    let stored = zip::CompressionMethod::Stored;
    let shared: Vec<Vec<u8>> = (0..4000)
        .map(|number| tensor(&format!("layer1.{number}.conv1.weight"), b"(M\0\x40t", b"(K\x01t", 0x4000))
        .collect();
    let mut bombs = pickles();
    bombs.extend([
        (
            "one number, spread",
            archive(&dictionary(&[tensor("layer1.0.weight", &spread[..7], &spread[7..], 1)]), &[0; 4], stored),
        ),
        ("one storage, many times", archive(&dictionary(&shared), &vec![0; 0x1_0000], stored)),
        ("zeros for a pickle", archive(&vec![b'N'; 90 * MIB], b"", zip::CompressionMethod::Deflated)),
        ("zeros for a storage", {
            let one = tensor("layer1.0.weight", b"(J\0\0\0\x02t", b"(K\x01t", 0x200_0000);
            archive(&dictionary(&[one]), &vec![0; 128 * MIB], zip::CompressionMethod::Deflated)
        }),
    ]);
    bombs
}

/// Texts that nest, repeat keys, or hold numbers without end.
pub fn json() -> Vec<Bomb> {
    let mut long = Cursor::new(Vec::new());
    write!(long, r#"{{"distillation":{{"optimiser":{{"steps":1{}}}}}}}"#, "0".repeat(100_000)).expect("memory");
    vec![
        ("brackets", b"[".repeat(200_000)),
        ("objects in objects", br#"{"scenes":"#.repeat(50_000)),
        ("a long number", long.into_inner()),
        ("one key, many times", [b"{".to_vec(), br#""seed":1,"#.repeat(50_000), br#""seed":1}"#.to_vec()].concat()),
    ]
}
