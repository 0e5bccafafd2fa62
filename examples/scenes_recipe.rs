//! Measures the shipped recipe on the built-in Scenes over several seeds, on the CPU.
//!
//! ```text
//! cargo run --release --no-default-features --example scenes_recipe -- 1 2 3 4 5
//! ```
//!
//! Each seed draws its own pictures, its own order and its own reference batch, as in the study `scenes-dial-90` of the
//! evidence. Prints accuracies, FSS and RS, and the share of the maps' mass that lies on the object, per seed and as mean and
//! standard deviation.

use pollster::block_on;
use unicam::Result;
use unicam::attribution::Objective;
use unicam::distillation::TrainingEvent;
use unicam::scores::LayerOutcome;
use unicam::session::{Defaults, ExplainConfig, MapKind, ScoreConfig, Session};
use unicam::tensors::device::DeviceChoice;

/// Figures of one seed, by name.
type Row = Vec<(String, f64)>;

fn measure(seed: u64) -> Result<Row> {
    let mut settings = Defaults::default();
    settings.scenes.seed = 1000 + seed;
    settings.distillation.optimiser.seed = seed;
    settings.reference.seed = seed;
    let mut session = block_on(Session::create(DeviceChoice::Cpu))?;
    session.use_scenes(&settings.scenes)?;
    block_on(session.use_shipped_teacher())?;
    session.start_distillation(&settings.distillation)?;
    let mut row = Row::new();
    while let Some(event) = block_on(session.next())? {
        match event {
            TrainingEvent::Evaluation { step: 0, student, .. } => row.push(("accuracy at the start".into(), student)),
            TrainingEvent::Finished { student, base, teacher, .. } => {
                row.push(("accuracy of the Student".into(), student));
                row.push(("accuracy of the Base".into(), base.unwrap_or(f64::NAN)));
                row.push(("accuracy of the Teacher".into(), teacher.unwrap_or(f64::NAN)));
            }
            _ => {}
        }
    }
    for layer in block_on(session.score(&ScoreConfig::of(settings.reference)))?.layers {
        let LayerOutcome::Ok(scores) = layer else { continue };
        let name = |what: &str| format!("{}: {what}", scores.layer);
        row.push((name("FSS (corrected) of Teacher and Student"), scores.fss_student.corrected));
        row.push((name("FSS (corrected) of Teacher and Base"), scores.fss_base.corrected));
        row.push((name("RS of distilled features (semi-partial)"), scores.rs_distilled.semi_partial));
        row.push((name("RS of residual features (semi-partial)"), scores.rs_residual.semi_partial));
    }
    for layer in 1..=3 {
        let config = ExplainConfig::new(settings.reference, layer, Objective::Relevance);
        let report = block_on(session.explain(&config))?.report;
        for (kind, name) in [(MapKind::Distilled, "distilled"), (MapKind::Residual, "residual")] {
            let place = report.maps.iter().position(|map| *map == kind).expect("always drawn");
            let shares: Vec<f64> =
                report.images.iter().filter_map(|image| image.strengths[place].inside_mask.map(f64::from)).collect();
            let mean = shares.iter().sum::<f64>() / shares.len().max(1) as f64;
            row.push((format!("layer{layer}: share of the {name} maps on the object"), mean));
        }
        let area: f64 = report.images.iter().filter_map(|image| image.mask_share.map(f64::from)).sum();
        if layer == 3 {
            row.push(("share of the area that is object".into(), area / report.n as f64));
        }
    }
    Ok(row)
}

fn main() -> Result<()> {
    let named: Vec<u64> = std::env::args().skip(1).filter_map(|seed| seed.parse().ok()).collect();
    let seeds = if named.is_empty() { vec![1, 2, 3, 4, 5] } else { named };
    let rows = seeds.iter().map(|&seed| measure(seed)).collect::<Result<Vec<Row>>>()?;
    println!("| figure | {} | mean | sd |", seeds.iter().map(|s| format!("seed {s}")).collect::<Vec<_>>().join(" | "));
    println!("|---|{}", "---:|".repeat(seeds.len() + 2));
    for (place, (name, _)) in rows[0].iter().enumerate() {
        let values: Vec<f64> = rows.iter().map(|row| row[place].1).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let spread = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0)).sqrt();
        let cells: Vec<String> = values.iter().map(|value| format!("{value:.3}")).collect();
        println!("| {name} | {} | {mean:.3} | {spread:.3} |", cells.join(" | "));
    }
    Ok(())
}
