//! The linear system of ROAD: every removed pixel is the weighted mean of its eight neighbours.
//!
//! Source: Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022, section 4.2:
//! weight 1/6 for the four direct neighbours and 1/12 for the diagonal ones, divided by what of them lies inside the
//! picture. Multiplied by that sum, the system is the Laplacian of the grid with the kept pixels as its boundary:
//! symmetric and positive definite, so that conjugate gradients solve it in a few dozen rounds without forming a
//! factorisation. A sparse solver of a crate would weigh more than the page's whole module gains from it.

/// Row and column offset of each neighbour with its weight.
const NEIGHBOURS: [(isize, isize, f64); 8] = [
    (-1, 0, 1.0 / 6.0),
    (1, 0, 1.0 / 6.0),
    (0, -1, 1.0 / 6.0),
    (0, 1, 1.0 / 6.0),
    (-1, -1, 1.0 / 12.0),
    (-1, 1, 1.0 / 12.0),
    (1, -1, 1.0 / 12.0),
    (1, 1, 1.0 / 12.0),
];
/// Residual, as a share of the first one, at which the solution stands: far below the noise that ROAD adds.
const TOLERANCE: f64 = 1e-7;

/// Replaces the removed pixels of `[channels, height, width]` planes by the solution of ROAD's system, without noise.
///
/// `size` is (height, width), `removed` is `[height * width]`. The system is linear and its weights sum to one, so that it
/// may be solved on normalised pixels as well as on raw ones.
///
/// # Panics
/// If the lengths disagree, or if no pixel is kept: nothing is left to fill from then.
pub fn fill(planes: &mut [f32], size: (usize, usize), removed: &[bool]) {
    let area = size.0 * size.1;
    assert_eq!(removed.len(), area, "one mark a pixel");
    assert_eq!(planes.len() % area, 0, "whole planes");
    assert!(!removed.iter().all(|&removed| removed), "at least one pixel must be kept");
    let system = System::new(size, removed);
    for plane in planes.chunks_exact_mut(area) {
        system.solve(plane);
    }
}

/// One row for each removed pixel: `diagonal * x - sum of weight * other unknowns = sum of weight * kept pixels`.
struct System {
    /// Place in the plane of each unknown.
    pixels: Vec<usize>,
    /// Sum of the weights of the neighbours that lie inside the picture.
    diagonal: Vec<f64>,
    /// Neighbours that are unknown, row by row: `(unknown, weight)`; row `i` ends at `ends[i]`.
    unknown: Vec<(usize, f64)>,
    ends: Vec<usize>,
    /// Neighbours that are kept: `(row, place in the plane, weight)`.
    kept: Vec<(usize, usize, f64)>,
}

impl System {
    fn new((height, width): (usize, usize), removed: &[bool]) -> Self {
        let pixels: Vec<usize> = (0..removed.len()).filter(|&pixel| removed[pixel]).collect();
        let mut row_of = vec![0; removed.len()];
        for (row, &pixel) in pixels.iter().enumerate() {
            row_of[pixel] = row;
        }
        let mut system =
            Self { diagonal: vec![0.0; pixels.len()], unknown: vec![], ends: vec![], kept: vec![], pixels };
        for (row, &pixel) in system.pixels.iter().enumerate() {
            let (y, x) = (pixel / width, pixel % width);
            for (dy, dx, weight) in NEIGHBOURS {
                let (Some(y), Some(x)) = (y.checked_add_signed(dy), x.checked_add_signed(dx)) else { continue };
                if y >= height || x >= width {
                    continue;
                }
                let neighbour = y * width + x;
                system.diagonal[row] += weight;
                if removed[neighbour] {
                    system.unknown.push((row_of[neighbour], weight));
                } else {
                    system.kept.push((row, neighbour, weight));
                }
            }
            system.ends.push(system.unknown.len());
        }
        system
    }

    /// The left side times `x`.
    fn apply(&self, x: &[f64], product: &mut [f64]) {
        let mut from = 0;
        for (row, &to) in self.ends.iter().enumerate() {
            let others: f64 = self.unknown[from..to].iter().map(|&(other, weight)| weight * x[other]).sum();
            product[row] = self.diagonal[row] * x[row] - others;
            from = to;
        }
    }

    /// Conjugate gradients, from the mean of the kept pixels around the holes.
    fn solve(&self, plane: &mut [f32]) {
        let count = self.pixels.len();
        if count == 0 {
            return;
        }
        let (mut total, mut weights) = (0.0, 0.0);
        let mut residual = vec![0.0; count];
        for &(row, pixel, weight) in &self.kept {
            let value = f64::from(plane[pixel]);
            residual[row] += weight * value;
            total += weight * value;
            weights += weight;
        }
        let mut solution = vec![total / weights; count];
        let mut product = vec![0.0; count];
        self.apply(&solution, &mut product);
        residual.iter_mut().zip(&product).for_each(|(residual, product)| *residual -= product);
        let mut direction = residual.clone();
        let mut square = dot(&residual, &residual);
        let enough = square * TOLERANCE * TOLERANCE;
        // In exact arithmetic as many rounds as unknowns suffice.
        for _ in 0..count {
            if square <= enough {
                break;
            }
            self.apply(&direction, &mut product);
            let step = square / dot(&direction, &product);
            for k in 0..count {
                solution[k] += step * direction[k];
                residual[k] -= step * product[k];
            }
            let next = dot(&residual, &residual);
            let share = next / square;
            direction
                .iter_mut()
                .zip(&residual)
                .for_each(|(direction, residual)| *direction = residual + share * *direction);
            square = next;
        }
        for (&pixel, value) in self.pixels.iter().zip(solution) {
            plane[pixel] = value as f32;
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
