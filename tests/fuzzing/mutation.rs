//! Damage to bytes, drawn from a seed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Numbers at the limits of their kinds.
const LIMITS: [u64; 16] = [
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
    0x1_0000_0000,
    0x1F_FFFF_FFFF_FFFF,
    0x7FFF_FFFF_FFFF_FFFF,
    0x8000_0000_0000_0000,
    u64::MAX,
];
/// What stands in the place of a number in a text.
const WRITTEN: [&str; 15] = [
    "0",
    "-1",
    "1",
    "3",
    "255",
    "65536",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-0.0",
    "1e308",
    "null",
];
/// Bytes that are inserted at most.
const MOST_INSERTED: usize = 64;

/// Bytes at the beginning in which headers stand.
const HEADER: usize = 4096;

/// A source of damage.
pub struct Mutator(ChaCha8Rng);

impl Mutator {
    /// Damage that is the same for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `limit`, which is at least 1.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.0.next_u64() % limit.max(1) as u64) as usize
    }

    /// Damages `bytes` in one to four ways; `other` is where foreign pieces come from.
    pub fn damage(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        for _ in 0..=self.below(4) {
            if bytes.is_empty() {
                bytes.push(0);
            }
            // Half of it where headers stand.
            let within = if self.below(2) == 0 { bytes.len() } else { bytes.len().min(HEADER) };
            let at = self.below(within);
            match self.below(12) {
                0 | 1 => bytes[at] ^= 1 << self.below(8),
                2 => bytes[at] = self.0.next_u32() as u8,
                3 | 4 => self.limit_number(bytes, at),
                5 | 6 => self.written_number(bytes, at),
                7 => bytes.truncate(at),
                8 => {
                    let end = at + self.below((bytes.len() - at).min(MOST_INSERTED) + 1);
                    bytes.drain(at..end);
                }
                9 => {
                    let from = self.below(bytes.len());
                    let end = from + self.below((bytes.len() - from).min(MOST_INSERTED) + 1);
                    let piece = bytes[from..end].to_vec();
                    bytes.splice(at..at, piece);
                }
                10 => {
                    let from = self.below(other.len());
                    let end = from + self.below(other.len() - from + 1);
                    let piece = &other[from.min(other.len())..end.min(other.len())];
                    let replaced = (at + piece.len()).min(bytes.len());
                    bytes.splice(at..replaced, piece.iter().copied());
                }
                _ => {
                    let count = self.below(MOST_INSERTED);
                    let noise: Vec<u8> = (0..count).map(|_| self.0.next_u32() as u8).collect();
                    bytes.splice(at..at, noise);
                }
            }
        }
    }

    /// A whole number at the limit of its kind, in one, two, four or eight bytes, in either order.
    fn limit_number(&mut self, bytes: &mut [u8], at: usize) {
        let width = (1 << self.below(4)).min(bytes.len() - at);
        let number = LIMITS[self.below(LIMITS.len())];
        let number = if self.below(4) == 0 { number.wrapping_sub(1) } else { number };
        let mut written = number.to_le_bytes()[..width].to_vec();
        if self.below(2) == 0 {
            written.reverse();
        }
        bytes[at..at + width].copy_from_slice(&written);
    }

    /// Another number in the place of the next one that is written in digits, if there is one.
    fn written_number(&mut self, bytes: &mut Vec<u8>, at: usize) {
        let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit).map(|found| at + found) else { return };
        let start = start - bytes[..start].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let end = start + bytes[start..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let written = WRITTEN[self.below(WRITTEN.len())];
        bytes.splice(start..end, written.bytes());
    }
}
