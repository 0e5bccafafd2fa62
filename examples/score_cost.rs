//! What scores cost against the number of images, on this machine and one core.
//!
//! ```text
//! cargo run --release --no-default-features --example score_cost -- 512 2000 10000
//! ```
//!
//! Made-up features of 512, 256 and 256 numbers for Teacher, Student and Base, held on the host. For each number of
//! images: seconds for all distances in blocks and for all scores of them, the memory that an n x n matrix would have
//! taken (seven are never made), and the process's peak so far. Then the draws: 200 permutations and 200 halves.

use std::time::Instant;

use rand::Rng;
use unicam::Result;
use unicam::attribution::DistanceMatrix;
use unicam::attribution::distance::row_distances;
use unicam::scores::{
    Block, ClassDistances, LayerDistances, ModelDistances, Resampling, Stream, UncertaintyConfig, Values,
};
use unicam::seed::{Purpose, stream};

const WIDTHS: [usize; 3] = [512, 256, 256];
const CLASSES: usize = 10;
const BLOCK: usize = 500;

type Rows = [Vec<Vec<f64>>; 3];

fn features(n: usize) -> (Rows, Vec<usize>) {
    let mut random = stream(1, Purpose::Shuffle, 0);
    let mut uniform = move || random.next_u32() as f64 / f64::from(u32::MAX) - 0.5;
    let labels: Vec<usize> = (0..n).map(|image| image % CLASSES).collect();
    let mut rows = Rows::default();
    for &label in &labels {
        let shared: Vec<f64> = (0..64).map(|_| uniform()).collect();
        for (rows, width) in rows.iter_mut().zip(WIDTHS) {
            let signal = |k: usize| if k % CLASSES == label { 0.3 } else { 0.0 };
            rows.push((0..width).map(|k| uniform() + shared[k % 64] + signal(k)).collect());
        }
    }
    (rows, labels)
}

fn lengths(rows: &[Vec<f64>]) -> Vec<f64> {
    rows.iter().map(|row| row.iter().map(|value| value * value).sum::<f64>().sqrt()).collect()
}

/// Peak of the process's memory, MiB; nothing where the system does not tell.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
}

fn streamed(n: usize, classes: &ClassDistances) -> Result<()> {
    let (rows, labels) = features(n);
    let mut scores = Stream::new(labels, classes.clone())?;
    let part = |start: usize| start..n.min(start + BLOCK);
    let block = |start| Block { start, lengths: rows.each_ref().map(|rows| lengths(&rows[part(start)])) };
    let (mut distances_took, mut scores_took) = (0.0, 0.0);
    for start in (0..n).step_by(BLOCK) {
        for other in (start..n).step_by(BLOCK) {
            let begun = Instant::now();
            let distances = rows.each_ref().map(|rows| row_distances(&rows[part(start)], &rows[part(other)]));
            distances_took += begun.elapsed().as_secs_f64();
            let begun = Instant::now();
            scores.add(&block(start), &block(other), distances.each_ref().map(Vec::as_slice));
            scores_took += begun.elapsed().as_secs_f64();
        }
    }
    let gram = scores.gram("features")?;
    let values = Values::of(&gram, &gram);
    let matrix = (n * n * size_of::<f64>()) as f64 / f64::from(1 << 20);
    let held = (n * WIDTHS.iter().sum::<usize>() * size_of::<f64>()) as f64 / f64::from(1 << 20);
    println!(
        "| {n} | {distances_took:.2} | {scores_took:.2} | {held:.0} | {matrix:.0} | {:.0} | {:.4} | {:.4} |",
        peak().unwrap_or(f64::NAN),
        values.fss_student.corrected,
        values.rs_distilled.semi_partial
    );
    Ok(())
}

fn drawn(n: usize, classes: &ClassDistances) -> Result<()> {
    let (rows, labels) = features(n);
    let mut models = Vec::new();
    for (rows, width) in rows.iter().zip(WIDTHS) {
        models.push(ModelDistances { distances: DistanceMatrix::of_rows(rows)?, lengths: lengths(rows), width });
    }
    let layer = LayerDistances::new(models.try_into().expect("three"), classes.matrix(&labels)?);
    for (what, permutations, bootstrap) in [("200 permutations", 200, 0), ("200 halves", 0, 200)] {
        let config = UncertaintyConfig { permutations, bootstrap, ..UncertaintyConfig::default() };
        let begun = Instant::now();
        let mut draws = Resampling::new(layer.clone(), config);
        draws.advance(usize::MAX);
        println!("| {n} | {what} | {:.3} |", begun.elapsed().as_secs_f64());
    }
    Ok(())
}

fn main() -> Result<()> {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let asked = if asked.is_empty() { vec![512, 1000, 2000, 5000, 10_000] } else { asked };
    let classes = ClassDistances::one_hot(&(0..CLASSES).map(|class| class.to_string()).collect::<Vec<_>>());
    println!(
        "| images | distances, s | scores, s | features, MiB | one n x n matrix, MiB | peak, MiB | FSS* | RS S given B |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for n in asked {
        streamed(n, &classes)?;
    }
    println!("\n| images | draws of one layer | s |\n| --- | --- | --- |");
    for n in [48, 128, 256, 512] {
        drawn(n, &classes)?;
    }
    Ok(())
}
