//! How far the maps can be trusted at the shipped recipe on the built-in Scenes: faithfulness, sanity, spread.
//!
//! ```text
//! cargo run --release --no-default-features --example scenes_trust -- 2
//! ```
//!
//! The argument is the seed of pictures and training.

use pollster::block_on;
use unicam::Result;
use unicam::attribution::{ClassMethod, Estimate, Objective};
use unicam::session::{Defaults, ExplainConfig, FaithfulnessConfig, MapKind, SanityConfig, Session, SpreadConfig};
use unicam::tensors::device::DeviceChoice;

/// Pictures whose spread is averaged, and batches for each.
const SPREAD: (usize, usize) = (6, 8);

fn shown(estimate: &Estimate) -> String {
    format!("{:.3} ({:.3})", estimate.mean, estimate.standard_error.unwrap_or(0.0))
}

fn main() -> Result<()> {
    let seed: u64 = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(2);
    let mut settings = Defaults::default();
    settings.scenes.seed = 1000 + seed;
    settings.distillation.optimiser.seed = seed;
    let mut session = block_on(Session::create(DeviceChoice::Cpu))?;
    session.use_scenes(&settings.scenes)?;
    block_on(session.use_shipped_teacher())?;
    session.start_distillation(&settings.distillation)?;
    while block_on(session.next())?.is_some() {}
    for layer in 1..=3 {
        let (reference, objective) = (settings.reference, Objective::Relevance);
        let config = FaithfulnessConfig {
            methods: ClassMethod::ALL.to_vec(),
            ..FaithfulnessConfig::new(reference, layer, objective)
        };
        let report = block_on(session.faithfulness(&config))?;
        println!(
            "\n{}: (LeRF - MoRF) / 2, average drop and increase with the top {} kept\n",
            report.layer, report.keep
        );
        println!("| map | method | network | n | combined (se) | drop (se) | increase (se) |");
        println!("|---|---|---|---:|---:|---:|---:|");
        for map in &report.maps {
            let Some(outcome) = &map.outcome else { continue };
            let method = map.method.map_or("UniCAM".to_owned(), |method| format!("{method:?}"));
            let figures = [&outcome.combined, &outcome.average_drop, &outcome.increase].map(shown);
            println!("| {:?} | {method} | {:?} | {} | {} |", map.map, map.model, outcome.whole.n, figures.join(" | "));
        }
        println!("\n| check | statistic | threshold | passed |\n|---|---:|---:|---|");
        for check in
            block_on(session.sanity(&SanityConfig { reference, layer, objective, shuffles: 100, seed }))?.checks
        {
            println!("| {:?} | {:?} | {} | {:?} |", check.name, check.statistic, check.threshold, check.passed);
        }
        let images = block_on(session.explain(&ExplainConfig::new(reference, layer, objective)))?.report.images;
        for map in [MapKind::Distilled, MapKind::Residual] {
            let mut stabilities = Vec::new();
            for image in images.iter().take(SPREAD.0).map(|image| image.index) {
                let config = SpreadConfig { image, map, layer, objective, reference, batches: SPREAD.1 };
                stabilities.extend(block_on(session.explain_spread(&config))?.report.rank_stability);
            }
            if let Some(estimate) = Estimate::of(&stabilities) {
                println!(
                    "\n{map:?}: mean rank correlation over {} batches {}, {} images",
                    SPREAD.1,
                    shown(&estimate),
                    estimate.n
                );
            }
        }
    }
    Ok(())
}
