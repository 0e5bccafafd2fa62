//! How much memory a step takes, counted at the allocator: what holds the ends of the blocks alone takes little more than
//! half of what holds everything, in a network of nine blocks; more blocks make the share smaller. What was planned of it is
//! never far from what was counted. And maps over many pictures take little more than maps over few.

#[path = "../fuzzing/memory.rs"]
mod memory;

use std::time::Instant;

use memory::{Counting, peak_of};
use unicam::attribution::Objective;
use unicam::dataset::scenes::{ScenesConfig, render};
use unicam::distillation::{
    Algorithm, DistillationConfig, Loss, LossTerm, Memory, OptimiserConfig, PlannedStep, Schedule, Start, StepPlan,
    TeacherTrainingConfig, TrainingRun,
};
use unicam::models::{Architecture, Network, ResNetConfig, TinyCnnConfig, VggConfig, kaiming};
use unicam::seed::Purpose;
use unicam::session::{Defaults, ExplainConfig, ReferenceConfig, Session};
use unicam::tensors::device::{DeviceChoice, open};

#[global_allocator]
static MEMORY: Counting = Counting;

/// Steps whose peak is taken: the first of them has no velocities yet.
const STEPS: usize = 6;
/// How far what is planned may lie from what is counted, as a factor either way.
const FACTOR: f64 = 1.4;

/// A Student under a Teacher, on scenes of this side.
struct Pair {
    teacher: Architecture,
    student: Architecture,
    side: usize,
    batch_size: usize,
}

/// What was counted of a step, and what was planned.
struct Measured {
    peak: usize,
    seconds: f64,
    plan: StepPlan,
}

fn measured(pair: &Pair, memory: Memory) -> Measured {
    let (device, _) = pollster::block_on(open(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    let scenes = ScenesConfig { train_images: 60, test_images: 24, size: pair.side, ..ScenesConfig::default() };
    let data = render(&scenes).expect("in range");
    let optimiser = OptimiserConfig {
        steps: STEPS,
        batch_size: pair.batch_size,
        accumulation: 1,
        learning_rate: 0.02,
        algorithm: Algorithm::Sgd { momentum: 0.9, weight_decay: 5e-4, nesterov: false },
        schedule: Schedule::Step { milestones: vec![], decay: 0.1 },
        crop_area: 1.0,
        crop_padding: 2,
        flip: true,
        report_every: STEPS,
        evaluate_every: STEPS,
        seed: 5,
    };
    let terms = vec![LossTerm { weight: 0.9, loss: Loss::Response { temperature: 4.0 } }];
    let student = pair.student;
    let recipe = DistillationConfig { student, optimiser, alpha: 0.1, terms, assistants: vec![], start: Start::Random };
    let (teacher, student) = (pair.teacher.for_classes(6), student.for_classes(6));
    let plan = PlannedStep::of_distillation(&recipe, teacher, [pair.side; 2], data.train.len());
    let plan = plan.last().expect("one link").plan(memory);
    let mut seconds = 0.0;
    let peak = peak_of(|| {
        let guide = Network::from_weights(&teacher, &kaiming(&teacher, 2, Purpose::TeacherInit), &device);
        let start = kaiming(&student, 5, Purpose::StudentInit);
        let guide = guide.expect("the weights fit");
        let run = TrainingRun::distillation(&recipe, student, &start, guide, &data.train, &device);
        let mut run = run.expect("a valid recipe");
        run.set_memory(memory);
        // The first evaluation comes before the first step.
        while run.step() == 0 {
            pollster::block_on(run.next(&data)).expect("finite losses").expect("not yet at the end");
        }
        let begun = Instant::now();
        while run.step() < STEPS {
            pollster::block_on(run.next(&data)).expect("finite losses").expect("not yet at the end");
        }
        seconds = begun.elapsed().as_secs_f64();
    });
    Measured { peak, seconds, plan }
}

/// The allocator counts for the whole program: one test after the other.
#[test]
fn memory_is_what_was_planned() {
    steps_take_what_was_planned_and_by_blocks_little_more_than_half();
    maps_of_many_pictures_hold_their_layer_alone();
}

/// Peak of the maps of the deepest layer over a reference batch of pictures of 128 pixels.
fn maps_over(session: &mut Session, images: usize) -> usize {
    let config = ExplainConfig::new(ReferenceConfig { images, seed: 3 }, 3, Objective::Relevance);
    peak_of(|| {
        let explained = pollster::block_on(session.explain(&config)).expect("held-out pictures");
        assert_eq!(explained.report.n, images);
    })
}

fn maps_of_many_pictures_hold_their_layer_alone() {
    let mut session = pollster::block_on(Session::create(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    let scenes = ScenesConfig { train_images: 60, test_images: 120, size: 128, ..ScenesConfig::default() };
    session.use_scenes(&scenes).expect("in range");
    let network = Architecture::cifar_resnet(1, 8);
    let optimiser =
        OptimiserConfig { steps: 1, batch_size: 6, evaluate_every: 1, ..Defaults::default().distillation.optimiser };
    let teacher = TeacherTrainingConfig { network, optimiser: optimiser.clone(), start: Start::Random };
    session.start_teacher(&teacher).expect("valid");
    run_out(&mut session);
    let recipe =
        DistillationConfig { student: network, optimiser, start: Start::Random, ..Defaults::default().distillation };
    session.start_distillation(&recipe).expect("valid");
    run_out(&mut session);
    // 25 pictures of this size go through a network together.
    let (few, many) = (maps_over(&mut session, 24), maps_over(&mut session, 96));
    // What grows are the maps themselves and the layer that they are drawn from.
    let grown = 72 * (3 * 32 * 32 * 32 * 4 * 2 + 7 * 128 * 128 * 4 * 2);
    println!("maps over 24 pictures take {} MiB, over 96 {} MiB", few >> 20, many >> 20);
    assert!(many < few + grown, "{few} bytes for 24 pictures, {many} for 96");
}

fn run_out(session: &mut Session) {
    while pollster::block_on(session.next()).expect("finite losses").is_some() {}
}

fn steps_take_what_was_planned_and_by_blocks_little_more_than_half() {
    let resnet = |depth| Architecture::ResNet(ResNetConfig { depth, width: 8, small_stem: false });
    let vgg = Architecture::Vgg(VggConfig { depth: 11, batch_norm: true, width: 4 });
    let tiny = Architecture::TinyCnn(TinyCnnConfig { width: 16 });
    let cifar = Architecture::cifar_resnet(3, 8);
    let pair = |teacher, student, side, batch_size| Pair { teacher, student, side, batch_size };
    for (number, pair) in [
        pair(Architecture::cifar_resnet(1, 4), cifar, 32, 32),
        pair(resnet(50), resnet(18), 96, 16),
        pair(resnet(18), resnet(50), 65, 16),
        // A Teacher beside whom the Student is nothing.
        pair(Architecture::cifar_resnet(3, 16), tiny, 48, 32),
        pair(tiny, vgg, 64, 16),
    ]
    .into_iter()
    .enumerate()
    {
        let (ample, scarce) = (measured(&pair, Memory::Ample), measured(&pair, Memory::Scarce));
        let name = format!("{} under {} at {}", pair.student.name(), pair.teacher.name(), pair.side);
        println!(
            "{name}: a step at once takes {} MiB, {} planned; by blocks {} MiB, {} planned, and {:.2} times as long",
            ample.peak >> 20,
            ample.plan.bytes >> 20,
            scarce.peak >> 20,
            scarce.plan.bytes >> 20,
            scarce.seconds / ample.seconds
        );
        for Measured { peak, plan, .. } in [&ample, &scarce] {
            let ratio = plan.bytes as f64 / *peak as f64;
            assert!((1.0 / FACTOR..=FACTOR).contains(&ratio), "{name}: {peak} counted, {plan:?}");
        }
        if number == 0 {
            assert!(scarce.peak * 10 < ample.peak * 6, "{} bytes by blocks, {} at once", scarce.peak, ample.peak);
        }
    }
}
