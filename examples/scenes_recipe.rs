//! Measures a recipe on the built-in Scenes over several seeds, on the CPU.
//!
//! ```text
//! cargo run --release --no-default-features --example scenes_recipe -- teacher.safetensors start.safetensors 1,2,3 '{"temperature": 2}'
//! ```

use std::time::Instant;

use burn::tensor::Device;
use pollster::block_on;
use unicam::dataset::scenes::{self, ScenesConfig};
use unicam::distillation::*;
use unicam::models::*;
use unicam::seed::Purpose;

fn merge(base: &mut serde_json::Value, over: serde_json::Value) {
    match (base, over) {
        (serde_json::Value::Object(a), serde_json::Value::Object(b)) => {
            for (k, v) in b {
                merge(a.entry(k).or_insert(serde_json::Value::Null), v);
            }
        }
        (a, b) => *a = b,
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mode = args[1].as_str();
    let over: serde_json::Value = serde_json::from_str(args.get(5).map_or("{}", String::as_str)).unwrap();
    let mut sc = serde_json::to_value(ScenesConfig::default()).unwrap();
    if let Some(o) = over.get("scenes") {
        merge(&mut sc, o.clone());
    }
    let scenes_config: ScenesConfig = serde_json::from_value(sc).unwrap();
    let mut opt = serde_json::json!({"steps": 200, "batchSize": 32, "learningRate": 0.04, "momentum": 0.9, "weightDecay": 5e-4, "milestones": [0.6, 0.85], "decay": 0.2, "cropPadding": 0, "flip": false, "reportEvery": 10, "evaluateEvery": 50, "seed": 1});
    if let Some(o) = over.get("optimiser") {
        merge(&mut opt, o.clone());
    }
    let mut net = serde_json::json!({"blocks": 1, "width": 8});
    if let Some(o) = over.get("network") {
        merge(&mut net, o.clone());
    }
    let network: NetworkConfig = serde_json::from_value(net.clone()).unwrap();
    let device = Device::flex();
    let data = scenes::render(&scenes_config).unwrap();
    let seeds: Vec<u64> = args[4].split(',').map(|s| s.parse().unwrap()).collect();
    if mode == "train" {
        let optimiser: OptimiserConfig = serde_json::from_value(opt).unwrap();
        let config = TeacherTrainingConfig { network, optimiser };
        let shape = network.for_classes(6);
        let start = kaiming(&shape, seeds[0], Purpose::TeacherInit);
        let mut run = TrainingRun::teacher(&config, shape, &start, &data.train, &device).unwrap();
        let t = Instant::now();
        while let Some(event) = block_on(run.next(&data)).unwrap() {
            match event {
                TrainingEvent::Evaluation { step, student, .. } => {
                    println!("{step} acc {student:.3} {:.0}s", t.elapsed().as_secs_f64())
                }
                TrainingEvent::Report { step, student, learning_rate, .. } if step % 50 == 0 => {
                    println!("{step} loss {:.3} lr {learning_rate:.4}", student.total)
                }
                _ => {}
            }
        }
        let done = block_on(run.finish()).unwrap();
        std::fs::write(&args[2], done.student.to_safetensors(true).unwrap()).unwrap();
        return;
    }
    let teacher_weights = Weights::from_bytes(&std::fs::read(&args[2]).unwrap()).unwrap();
    let teacher_shape = ResNetConfig::infer(&teacher_weights).unwrap();
    for &seed in &seeds {
        let mut o = opt.clone();
        o["seed"] = seed.into();
        let mut dj = serde_json::json!({"student": net, "optimiser": o, "temperature": 4.0, "alpha": 0.1, "beta": 0.9, "start": "random"});
        if let Some(x) = over.get("kd") {
            merge(&mut dj, x.clone());
        }
        let config: DistillationConfig = serde_json::from_value(dj).unwrap();
        let shape = network.for_classes(6);
        let start = if args[3] == "-" {
            kaiming(&shape, seed, Purpose::StudentInit)
        } else {
            Weights::from_bytes(&std::fs::read(&args[3]).unwrap()).unwrap()
        };
        let teacher = ResNet::from_weights(&teacher_shape, &teacher_weights, &device).unwrap();
        let t = Instant::now();
        let mut run = TrainingRun::distillation(&config, shape, &start, teacher, &data.train, &device).unwrap();
        let mut line = format!("seed {seed}:");
        while let Some(event) = block_on(run.next(&data)).unwrap() {
            if let TrainingEvent::Evaluation { step, student, base, teacher, .. } = event {
                line += &format!(" {step}: S {student:.3} B {:.3} T {:.3};", base.unwrap(), teacher.unwrap());
            }
        }
        println!("{line} {:.0}s", t.elapsed().as_secs_f64());
    }
}
