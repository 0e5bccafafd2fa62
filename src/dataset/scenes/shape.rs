//! The object: six shapes of equal area, described by the distance to their outline.

use super::draws::{Draws, Point, direction, dot};

/// Share of the picture's area that an object covers, smallest and largest; uniform between them.
const AREA: [f64; 2] = [0.09, 0.18];
/// Strip along the picture's sides that stays free of objects, units of the side.
const MARGIN: f64 = 0.04;
/// Hole of the ring, share of its outer radius.
const HOLE: f64 = 0.56;
/// Largest tilt either way, turns: about 19 degrees, at which squares are no diamonds yet.
const TILT: f64 = 0.05;
const PI: f64 = std::f64::consts::PI;

/// Upright triangle, corners on the unit circle.
const TRIANGLE: [Point; 3] = [[0.0, -1.0], [0.866_025_403_784_438_6, 0.5], [-0.866_025_403_784_438_6, 0.5]];
const SQUARE: [Point; 4] = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];
/// Half the width of the cross's arms, units of their length.
const ARM: f64 = 0.36;
const CROSS: [Point; 12] = [
    [-ARM, -1.0],
    [ARM, -1.0],
    [ARM, -ARM],
    [1.0, -ARM],
    [1.0, ARM],
    [ARM, ARM],
    [ARM, 1.0],
    [-ARM, 1.0],
    [-ARM, ARM],
    [-1.0, ARM],
    [-1.0, -ARM],
    [-ARM, -ARM],
];
/// Cosine and sine of 18 and 54 degrees: the corners of a star with one tip upwards.
const C18: f64 = 0.951_056_516_295_153_5;
const S18: f64 = 0.309_016_994_374_947_45;
const C54: f64 = 0.587_785_252_292_473_1;
const S54: f64 = 0.809_016_994_374_947_5;
/// Inner corners of the star, share of the tips' radius: fuller than a pentagram, so that its tips survive 32 pixels.
const INNER: f64 = 0.47;
const STAR: [Point; 10] = [
    [0.0, -1.0],
    [INNER * C54, -INNER * S54],
    [C18, -S18],
    [INNER * C18, INNER * S18],
    [C54, S54],
    [0.0, INNER],
    [-C54, S54],
    [-INNER * C18, INNER * S18],
    [-C18, -S18],
    [-INNER * C54, -INNER * S54],
];

/// Outline around the object's own centre, units of the picture's side.
enum Outline {
    Disk { radius: f64 },
    Ring { radius: f64, hole: f64 },
    Polygon(Vec<Point>),
}

/// An object in its place.
pub(super) struct Object {
    outline: Outline,
    centre: Point,
    /// Least and largest x and y around the centre.
    bounds: [Point; 2],
}

/// The outline as seen from a point.
pub(super) struct Seen {
    /// Distance to the outline, negative inside, units of the picture's side.
    pub(super) distance: f64,
    /// Unit vector that leads out of the object over the nearest piece of outline; zero on the outline itself.
    pub(super) outward: Point,
}

impl Object {
    /// Draws the place, size and tilt of the shape of `class`, wholly inside the picture.
    pub(super) fn draw(class: usize, draws: &mut Draws) -> Self {
        let area = draws.between(AREA[0], AREA[1]);
        let axis = direction(draws.between(-TILT, TILT));
        let place = [draws.unit(), draws.unit()];

        let (outline, bounds) = match class {
            0 => round((area / PI).sqrt(), |radius| Outline::Disk { radius }),
            1 => polygon(&SQUARE, area, axis),
            2 => polygon(&TRIANGLE, area, axis),
            3 => polygon(&STAR, area, axis),
            4 => round((area / (PI * (1.0 - HOLE * HOLE))).sqrt(), |radius| Outline::Ring {
                radius,
                hole: HOLE * radius,
            }),
            _ => polygon(&CROSS, area, axis),
        };
        let centre = [0, 1].map(|k| {
            let (least, most) = (MARGIN - bounds[0][k], 1.0 - MARGIN - bounds[1][k]);
            least + (most - least) * place[k]
        });
        Self { outline, centre, bounds }
    }

    /// Whether `point` lies within `reach` of the object's bounding box; farther out, nothing of the object shows.
    pub(super) fn near(&self, point: Point, reach: f64) -> bool {
        [0, 1].into_iter().all(|k| {
            let offset = point[k] - self.centre[k];
            offset > self.bounds[0][k] - reach && offset < self.bounds[1][k] + reach
        })
    }

    /// `point` as seen from the object's centre.
    pub(super) fn local(&self, point: Point) -> Point {
        [point[0] - self.centre[0], point[1] - self.centre[1]]
    }

    /// How the outline lies to `local`, a point as seen from the centre.
    pub(super) fn see(&self, local: Point) -> Seen {
        match &self.outline {
            Outline::Disk { radius } => {
                let length = dot(local, local).sqrt();
                Seen { distance: length - radius, outward: scaled(local, length) }
            }
            Outline::Ring { radius, hole } => {
                let length = dot(local, local).sqrt();
                let [x, y] = scaled(local, length);
                if length > 0.5 * (radius + hole) {
                    Seen { distance: length - radius, outward: [x, y] }
                } else {
                    Seen { distance: hole - length, outward: [-x, -y] }
                }
            }
            Outline::Polygon(corners) => see_polygon(corners, local),
        }
    }
}

fn round(radius: f64, outline: impl Fn(f64) -> Outline) -> (Outline, [Point; 2]) {
    (outline(radius), [[-radius; 2], [radius; 2]])
}

/// The polygon scaled to `area` and turned to `axis`, with its bounds.
fn polygon(corners: &[Point], area: f64, axis: Point) -> (Outline, [Point; 2]) {
    let doubled: f64 = edges(corners).map(|(from, to)| from[0] * to[1] - to[0] * from[1]).sum();
    let scale = (2.0 * area / doubled).sqrt();
    let corners: Vec<Point> = corners
        .iter()
        .map(|[x, y]| [scale * (x * axis[0] - y * axis[1]), scale * (x * axis[1] + y * axis[0])])
        .collect();
    let bounds = [f64::min as fn(f64, f64) -> f64, f64::max]
        .map(|pick| [0, 1].map(|k| corners.iter().map(|corner| corner[k]).fold(corners[0][k], pick)));
    (Outline::Polygon(corners), bounds)
}

/// Distance to the nearest edge, with the sign by counting the edges that a ray to the right crosses.
fn see_polygon(corners: &[Point], point: Point) -> Seen {
    let mut nearest = f64::INFINITY;
    let mut to_point = [0.0; 2];
    let mut inside = false;
    for (from, to) in edges(corners) {
        let edge = [to[0] - from[0], to[1] - from[1]];
        let offset = [point[0] - from[0], point[1] - from[1]];
        let share = (dot(offset, edge) / dot(edge, edge)).clamp(0.0, 1.0);
        let gap = [offset[0] - share * edge[0], offset[1] - share * edge[1]];
        let square = dot(gap, gap);
        if square < nearest {
            (nearest, to_point) = (square, gap);
        }
        if (from[1] > point[1]) != (to[1] > point[1]) {
            let crossing = from[0] + edge[0] * (offset[1] / edge[1]);
            inside ^= point[0] < crossing;
        }
    }
    let length = nearest.sqrt();
    let sign = if inside { -1.0 } else { 1.0 };
    Seen { distance: sign * length, outward: scaled(to_point, sign * length) }
}

/// Each edge once, the closing one first.
fn edges(corners: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    let last = corners[corners.len() - 1];
    std::iter::once(last).chain(corners.iter().copied()).zip(corners.iter().copied())
}

/// `vector / length`, or zero where the length is.
fn scaled(vector: Point, length: f64) -> Point {
    if length == 0.0 { [0.0; 2] } else { vector.map(|part| part / length) }
}
