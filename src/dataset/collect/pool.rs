//! The decoded pictures that wait for the split: which are kept, and which are the same.

use std::collections::{BinaryHeap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use rand_chacha::rand_core::Rng;
use sha2::{Digest, Sha256};

use super::ImagesConfig;
use crate::dataset::pixels::{Kept, Rack, Store};
use crate::error::{Error, Result};
use crate::seed::{Purpose, stream};

/// Most bytes that the scaled pictures take together in memory: 512 MiB. The data set is made beside them, so it needs twice
/// that.
///
/// They are 174,762 pictures of 32 x 32 pixels, or 10,922 of 128 x 128.
pub const MAX_PIXEL_BYTES: usize = 512 << 20;
/// Most bytes that they take together on a shelf outside of the memory: 8 GiB, which are 57,065 pictures of 224 x 224 pixels.
pub const MAX_SHELF_BYTES: u64 = 8 << 30;

/// A decoded picture.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) path: String,
    /// Number of the place that decides on its class and part.
    pub(super) spot: usize,
    /// `[size * size * 3]`, RGB.
    pub(super) rgb: Kept,
    /// Hash of `rgb`.
    pub(super) hash: u64,
}

impl Picture {
    /// Whether both show the same, pixel by pixel.
    pub(super) fn is_same(&self, other: &Self, store: &Store) -> bool {
        self.hash == other.hash && store.bytes(&self.rgb) == store.bytes(&other.rgb)
    }
}

/// Rank and number of each kept picture, the highest rank first.
type Ranks = BinaryHeap<(u64, usize)>;

/// Keeps pictures up to the limit per class and to [`MAX_PIXEL_BYTES`].
#[derive(Debug)]
pub(super) struct Pool {
    per_class: usize,
    seed: u64,
    /// Side of the pictures, pixels.
    size: usize,
    /// Pictures in the order in which they came; nothing in place of one that had to go.
    pictures: Vec<Option<Picture>>,
    /// Where their pixels are.
    store: Store,
    kept: usize,
    over_limit: usize,
    /// The kept pictures of each spot; what a class has too many over several spots goes when its spots are known.
    ranks: HashMap<usize, Ranks>,
    /// Numbers of the pictures by their hash.
    seen: HashMap<u64, Vec<usize>>,
}

impl Pool {
    pub(super) fn new(config: &ImagesConfig, rack: Option<Arc<Rack>>) -> Self {
        Self {
            per_class: config.per_class,
            seed: config.seed,
            size: config.size,
            pictures: Vec::new(),
            store: Store::new(config.size * config.size * 3, rack),
            kept: 0,
            over_limit: 0,
            ranks: HashMap::new(),
            seen: HashMap::new(),
        }
    }

    /// How many pictures are kept.
    pub(super) fn len(&self) -> usize {
        self.kept
    }

    /// How many pictures the limit per class left out.
    pub(super) fn over_limit(&self) -> usize {
        self.over_limit
    }

    /// Whether a picture at this path, not yet decoded, would be kept; counted if the limit per class leaves it out.
    ///
    /// # Errors
    /// [`Error::TooManyImages`] if there is no more room.
    pub(super) fn wants(&mut self, path: &str, spot: usize) -> Result<bool> {
        if self.per_class > 0 {
            let rank = self.rank(path);
            let ranks = self.ranks.entry(spot).or_default();
            if ranks.len() >= self.per_class {
                let wanted = ranks.peek().is_some_and(|(highest, _)| rank < *highest);
                self.over_limit += usize::from(!wanted);
                return Ok(wanted);
            }
        }
        self.check_total(self.kept + 1)?;
        Ok(true)
    }

    /// Whether pictures of these spots would find room, all of them; nothing is kept or counted.
    ///
    /// # Errors
    /// [`Error::TooManyImages`] if there is not as much room.
    pub(super) fn check_room(&self, spots: &[usize]) -> Result<()> {
        let mut more: HashMap<usize, usize> = HashMap::new();
        for &spot in spots {
            *more.entry(spot).or_default() += 1;
        }
        // Beyond the limit per class, one takes the place of another.
        let open = |spot: &usize| match self.per_class {
            0 => usize::MAX,
            limit => limit.saturating_sub(self.ranks.get(spot).map_or(0, Ranks::len)),
        };
        self.check_total(self.kept + more.iter().map(|(spot, &pictures)| pictures.min(open(spot))).sum::<usize>())
    }

    fn check_total(&self, pictures: usize) -> Result<()> {
        let (limit, place) = if self.store.is_shelf() {
            (MAX_SHELF_BYTES, " of the disk")
        } else {
            (MAX_PIXEL_BYTES as u64, " of the memory, where they stay for want of a file, as in a private window")
        };
        let most = (limit / (self.size * self.size * 3) as u64) as usize;
        if pictures > most {
            let limit_mebibytes = limit >> 20;
            return Err(Error::TooManyImages { images: most, size: self.size, limit_mebibytes, place });
        }
        Ok(())
    }

    /// Keeps a picture that [`wants`](Self::wants) said yes to. The path of an earlier one that is the same, if any.
    ///
    /// # Errors
    /// [`Error::ShelfFailed`], and the picture is not kept.
    pub(super) fn keep(&mut self, path: String, spot: usize, rgb: Vec<u8>) -> Result<Option<String>> {
        let mut hasher = DefaultHasher::new();
        rgb.hash(&mut hasher);
        let picture = Picture { path, spot, rgb: self.store.keep(rgb)?, hash: hasher.finish() };
        let number = self.pictures.len();
        if self.per_class > 0 {
            let rank = self.rank(&picture.path);
            let ranks = self.ranks.entry(picture.spot).or_default();
            ranks.push((rank, number));
            if ranks.len() > self.per_class
                && let Some((_, highest)) = ranks.pop()
            {
                if let Some(Picture { rgb, .. }) = self.pictures.get_mut(highest).and_then(Option::take) {
                    self.store.forget(rgb);
                }
                self.kept -= 1;
                self.over_limit += 1;
            }
        }
        let alike = self.seen.entry(picture.hash).or_default();
        let same = alike
            .iter()
            .filter_map(|&other| self.pictures[other].as_ref())
            .find(|other| other.is_same(&picture, &self.store));
        let same = same.map(|other| other.path.clone());
        alike.push(number);
        self.pictures.push(Some(picture));
        self.kept += 1;
        Ok(same)
    }

    /// The kept pictures in the order of their paths: browsers list files in no fixed order, and the same files shall
    /// give the same data set.
    pub(super) fn into_sorted(self) -> (Vec<Picture>, Store) {
        let mut pictures: Vec<Picture> = self.pictures.into_iter().flatten().collect();
        pictures.sort_by(|a, b| a.path.cmp(&b.path));
        (pictures, self.store)
    }

    fn rank(&self, path: &str) -> u64 {
        rank(self.seed, path)
    }
}

/// A number that the seed draws for this path; the lowest are kept, so that the order of arrival is of no matter.
pub(super) fn rank(seed: u64, path: &str) -> u64 {
    let digest: [u8; 32] = Sha256::digest(path.as_bytes()).into();
    let index = digest.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
    stream(seed, Purpose::PictureChoice, index).next_u64()
}
