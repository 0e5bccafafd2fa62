//! Arrays as NumPy's own files.
//!
//! Format version 1.0 (NumPy Enhancement Proposal 1): a magic, the length of a header padded to 64 bytes, the header as a
//! Python dictionary, the values. A library for it would bring 20 crates, a grammar compiler among them, for these lines.

/// First bytes of every such file, with the format's version.
const MAGIC: &[u8; 8] = b"\x93NUMPY\x01\x00";
/// The values begin at a multiple of this.
const ALIGNMENT: usize = 64;

/// An array of single-precision numbers in row-major order as the bytes of an `.npy` file.
///
/// # Panics
/// If `values` are not as many as the product of `shape`, or `shape` has so many axes that a header cannot hold them.
pub fn encode(shape: &[usize], values: &[f32]) -> Vec<u8> {
    assert_eq!(values.len(), shape.iter().product::<usize>(), "the array must have its declared shape");
    let extents: String = shape.iter().map(|extent| format!("{extent}, ")).collect();
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", extents.trim_end());
    let begun = MAGIC.len() + 2;
    let total = (begun + header.len() + 1).next_multiple_of(ALIGNMENT);
    header.push_str(&" ".repeat(total - begun - header.len() - 1));
    header.push('\n');
    let length = u16::try_from(header.len()).expect("a handful of axes");
    let mut bytes = Vec::with_capacity(total + 4 * values.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_numpys() {
        // As `numpy.save` writes it for an array of this shape.
        let bytes = encode(&[2, 3], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00\x76\x00");
        let header = std::str::from_utf8(&bytes[10..128]).expect("ASCII");
        assert!(header.starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }"), "{header}");
        assert!(header.ends_with(" \n"));
        assert_eq!(bytes.len(), 128 + 24);
        assert_eq!(&bytes[132..136], &1.0f32.to_le_bytes());
    }
}
