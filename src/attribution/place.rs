//! Where most of a map lies, for readers who do not see it.

use serde::{Deserialize, Serialize};

/// A ninth of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Ninth {
    /// Above, at the left.
    UpperLeft,
    /// Above, in the middle.
    Upper,
    /// Above, at the right.
    UpperRight,
    /// At the left of the middle row.
    Left,
    /// The middle.
    Centre,
    /// At the right of the middle row.
    Right,
    /// Below, at the left.
    LowerLeft,
    /// Below, in the middle.
    Lower,
    /// Below, at the right.
    LowerRight,
}

impl Ninth {
    /// Row by row.
    const ALL: [Self; 9] = [
        Self::UpperLeft,
        Self::Upper,
        Self::UpperRight,
        Self::Left,
        Self::Centre,
        Self::Right,
        Self::LowerLeft,
        Self::Lower,
        Self::LowerRight,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::UpperLeft => "upper left",
            Self::Upper => "upper centre",
            Self::UpperRight => "upper right",
            Self::Left => "middle left",
            Self::Centre => "centre",
            Self::Right => "middle right",
            Self::LowerLeft => "lower left",
            Self::Lower => "lower centre",
            Self::LowerRight => "lower right",
        }
    }
}

/// The ninth of the picture that holds the most of a map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Place {
    /// Which ninth; the first one at a tie, row by row.
    pub ninth: Ninth,
    /// Share of the map's mass in it, 0 to 1.
    pub share: f32,
}

impl Place {
    /// The strongest ninth of a map `[height * width]` without negative values; nothing where it has no mass.
    ///
    /// # Panics
    /// If the map is not of that size.
    #[must_use]
    pub fn of(map: &[f32], (height, width): (usize, usize)) -> Option<Self> {
        let mass = shares_of_cells(map, (height, width), (3, 3))?;
        let strongest = (1..9).fold(0, |best, cell| if mass[cell] > mass[best] { cell } else { best });
        Some(Self { ninth: Ninth::ALL[strongest], share: mass[strongest] })
    }

    /// In words, e.g. `strongest in the upper left (34 % of it there)`.
    #[must_use]
    pub fn in_words(self) -> String {
        format!("strongest in the {} ({:.0} % of it there)", self.ninth.name(), 100.0 * self.share)
    }
}

/// Share of a map's mass in each of `rows * columns` cells, row by row; nothing where it has no mass. A pixel belongs to the
/// cell in which its upper left corner lies.
fn shares_of_cells(map: &[f32], (height, width): (usize, usize), (rows, columns): (usize, usize)) -> Option<Vec<f32>> {
    assert_eq!(map.len(), height * width, "the map must have its declared size");
    let mut mass = vec![0.0f32; rows * columns];
    for (at, value) in map.iter().enumerate() {
        mass[(at / width * rows / height) * columns + at % width * columns / width] += value;
    }
    let total: f32 = mass.iter().sum();
    (total > 0.0).then(|| mass.into_iter().map(|cell| cell / total).collect())
}

/// Mean of a map `[height * width]` over each of `side * side` cells, row by row: the map as a table that can be read cell by
/// cell. `side` is at most the smaller extent of the map.
///
/// # Panics
/// If the map is not of that size, or smaller than a cell a pixel.
#[must_use]
pub fn cell_means(map: &[f32], (height, width): (usize, usize), side: usize) -> Vec<f32> {
    assert!(map.len() == height * width && side <= height.min(width), "a cell has at least one pixel");
    let mut sums = vec![(0.0f32, 0usize); side * side];
    for (at, value) in map.iter().enumerate() {
        let cell = &mut sums[(at / width * side / height) * side + at % width * side / width];
        *cell = (cell.0 + value, cell.1 + 1);
    }
    sums.into_iter().map(|(sum, count)| sum / count as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_ninth_is_found_and_told() {
        let mut map = vec![0.1; 36];
        (map[5], map[11]) = (1.0, 1.0);
        let place = Place::of(&map, (6, 6)).expect("it has mass");
        assert_eq!(place.ninth, Ninth::UpperRight);
        assert!((place.share - 2.2 / 5.4).abs() < 1e-6, "{place:?}");
        assert_eq!(place.in_words(), "strongest in the upper right (41 % of it there)");
        assert_eq!(Place::of(&[0.0; 36], (6, 6)), None);
        // All alike: the first.
        assert_eq!(Place::of(&[1.0; 9], (3, 3)).map(|place| place.ninth), Some(Ninth::UpperLeft));
    }

    #[test]
    fn cells_are_means_of_their_pixels() {
        let map: Vec<f32> = (0..16u8).map(f32::from).collect();
        assert_eq!(cell_means(&map, (4, 4), 2), [2.5, 4.5, 10.5, 12.5]);
        assert_eq!(cell_means(&map, (4, 4), 4), map);
    }
}
