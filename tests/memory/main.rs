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
use unicam::session::{Defaults, ExplainConfig, ReferenceConfig, Session, TimelineConfig, TimelineSettings};
use unicam::tensors::device::{DeviceChoice, open};

#[global_allocator]
static MEMORY: Counting = Counting;

/// Steps whose peak is taken: the first of them has no velocities yet.
const STEPS: usize = 6;
/// How far what is planned may lie from what is counted, as a factor either way.
const FACTOR: f64 = 1.25;

/// A loss that compares answers alone.
const ANSWERS: Loss = Loss::Response { temperature: 4.0 };

/// A Student under a Teacher, on scenes of this side.
struct Pair {
    teacher: Architecture,
    student: Architecture,
    side: usize,
    batch_size: usize,
    loss: Loss,
}

/// What was counted of a step, and what was planned.
struct Measured {
    peak: usize,
    seconds: f64,
    plan: StepPlan,
}

/// A step whose pictures go through the networks in so many parts.
fn measured(pair: &Pair, memory: Memory, accumulation: usize) -> Measured {
    let (device, _) = pollster::block_on(open(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    let scenes = ScenesConfig { train_images: 60, test_images: 24, size: pair.side, ..ScenesConfig::default() };
    let data = render(&scenes).expect("in range");
    let optimiser = OptimiserConfig {
        steps: STEPS,
        batch_size: pair.batch_size,
        accumulation,
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
    let terms = vec![LossTerm { weight: 0.9, loss: pair.loss }];
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
    a_batch_in_parts_takes_little_more_than_a_part();
    maps_of_many_pictures_hold_their_layer_alone();
    points_of_a_timeline_hold_their_layer_alone();
    margins_are_measured_part_by_part();
}

/// Peak of the maps of the deepest layer over a reference batch of pictures of 128 pixels.
fn maps_over(session: &mut Session, images: usize) -> usize {
    let config = ExplainConfig::new(ReferenceConfig { images, seed: 3 }, 3, Objective::Relevance);
    peak_of(|| {
        let explained = pollster::block_on(session.explain(&config)).expect("held-out pictures");
        assert_eq!(explained.report.n, images);
    })
}

/// Networks of three stages for scenes of 128 pixels, of which 25 go through a network together.
fn small_network() -> Architecture {
    Architecture::cifar_resnet(1, 8)
}

/// A recipe of one step.
fn one_step() -> DistillationConfig {
    let usual = Defaults::default().distillation;
    let optimiser = OptimiserConfig { steps: 1, batch_size: 6, evaluate_every: 1, ..usual.optimiser };
    DistillationConfig { student: small_network(), optimiser, start: Start::Random, ..usual }
}

/// A session with scenes of 128 pixels and a Teacher.
fn with_teacher() -> Session {
    let mut session = pollster::block_on(Session::create(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    let scenes = ScenesConfig { train_images: 60, test_images: 120, size: 128, ..ScenesConfig::default() };
    session.use_scenes(&scenes).expect("in range");
    let optimiser = one_step().optimiser;
    let teacher = TeacherTrainingConfig { network: small_network(), optimiser, start: Start::Random };
    session.start_teacher(&teacher).expect("valid");
    run_out(&mut session);
    session
}

fn maps_of_many_pictures_hold_their_layer_alone() {
    let mut session = with_teacher();
    session.start_distillation(&one_step()).expect("valid");
    run_out(&mut session);
    let (few, many) = (maps_over(&mut session, 24), maps_over(&mut session, 96));
    // What grows are the maps themselves and the layer that they are drawn from.
    let grown = 72 * (3 * 32 * 32 * 32 * 4 * 2 + 7 * 128 * 128 * 4 * 2);
    println!("maps over 24 pictures take {} MiB, over 96 {} MiB", few >> 20, many >> 20);
    assert!(many < few + grown, "{few} bytes for 24 pictures, {many} for 96");
}

fn points_of_a_timeline_hold_their_layer_alone() {
    let mut session = with_teacher();
    let mut watched = |images| {
        let settings = TimelineSettings { pictures: 3, every: 1, layer: 3 };
        let reference = ReferenceConfig { images, seed: 3 };
        let timeline = TimelineConfig { settings, reference, objective: Objective::Relevance };
        peak_of(|| {
            session.start_watched(&one_step(), &timeline).expect("valid");
            run_out(&mut session);
            assert_eq!(session.timeline().map(|timeline| timeline.points.len()), Some(2));
        })
    };
    let (few, many) = (watched(24), watched(96));
    // The watched layer of three networks, in parts and joined.
    let grown = 72 * 3 * 32 * 32 * 32 * 4 * 2;
    println!("a timeline of 24 pictures takes {} MiB, of 96 {} MiB", few >> 20, many >> 20);
    assert!(many < few + grown, "{few} bytes for 24 pictures, {many} for 96");
}

fn margins_are_measured_part_by_part() {
    let (device, _) = pollster::block_on(open(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    let network = small_network().for_classes(6);
    let weights = kaiming(&network, 2, Purpose::TeacherInit);
    let begun = |train_images| {
        let scenes = ScenesConfig { train_images, test_images: 24, size: 128, ..ScenesConfig::default() };
        let data = render(&scenes).expect("in range");
        [Loss::Overhaul {}, Loss::Hint { layer: 2 }].map(|loss| {
            let recipe = DistillationConfig { terms: vec![LossTerm { weight: 0.001, loss }], ..one_step() };
            peak_of(|| {
                let guide = Network::from_weights(&network, &weights, &device).expect("the weights fit");
                let run = TrainingRun::distillation(&recipe, network, &weights, guide, &data.train, &device);
                drop(run.expect("a valid recipe"));
            })
        })
    };
    // Both in more than two parts.
    let ([few, _], [many, hint]) = (begun(60), begun(128));
    println!(
        "a guide takes {} MiB for 60 pictures, {} MiB for 128, {} MiB for hints",
        few >> 20,
        many >> 20,
        hint >> 20
    );
    assert!(many < few + (1 << 20), "{few} bytes for 60 pictures, {many} for 128");
    // One picture goes through the Teacher, and none through the Student.
    assert!(hint * 4 < few, "{hint} bytes for hints, {few} for margins");
}

fn run_out(session: &mut Session) {
    while pollster::block_on(session.next()).expect("finite losses").is_some() {}
}

fn a_batch_in_parts_takes_little_more_than_a_part() {
    let (teacher, student) = (Architecture::cifar_resnet(3, 8), Architecture::cifar_resnet(3, 8));
    let pair = Pair { teacher, student, side: 48, batch_size: 32, loss: ANSWERS };
    for memory in [Memory::Ample, Memory::Scarce] {
        let [whole, parts] = [1, 4].map(|parts| measured(&pair, memory, parts));
        let (peak, planned) = (parts.peak >> 10, parts.plan.bytes >> 10);
        println!("a batch of 32 takes {} KiB, in four parts {peak} KiB, {planned} planned", whole.peak >> 10);
        let ratio = parts.plan.bytes as f64 / parts.peak as f64;
        assert!((1.0 / FACTOR..=FACTOR).contains(&ratio), "{memory:?}: {} counted, {:?}", parts.peak, parts.plan);
        assert!(3 * parts.peak < whole.peak, "{memory:?}: {} in parts, {} whole", parts.peak, whole.peak);
    }
}

fn steps_take_what_was_planned_and_by_blocks_little_more_than_half() {
    let resnet = |depth| Architecture::ResNet(ResNetConfig { depth, width: 8, small_stem: false });
    let vgg = Architecture::Vgg(VggConfig { depth: 11, batch_norm: true, width: 4 });
    let tiny = Architecture::TinyCnn(TinyCnnConfig { width: 16 });
    let cifar = Architecture::cifar_resnet(3, 8);
    let pair = |teacher, student, side, batch_size| Pair { teacher, student, side, batch_size, loss: ANSWERS };
    let by_stages = Pair { loss: Loss::Attention {}, ..pair(Architecture::cifar_resnet(3, 16), tiny, 48, 32) };
    // With the share that a step by blocks may take of a step at once: the more blocks, the less.
    for (pair, most) in [
        (pair(Architecture::cifar_resnet(1, 4), cifar, 32, 32), 0.55),
        (pair(resnet(50), resnet(18), 96, 16), 0.85),
        (pair(resnet(18), resnet(50), 65, 16), 0.6),
        // A Teacher beside whom the Student is nothing.
        (pair(Architecture::cifar_resnet(3, 16), tiny, 48, 32), 1.1),
        // The same, whose stages wait for the Student's.
        (by_stages, 1.1),
        (pair(tiny, vgg, 64, 16), 0.85),
    ] {
        let (ample, scarce) = (measured(&pair, Memory::Ample, 1), measured(&pair, Memory::Scarce, 1));
        let name = format!("{} under {} at {}", pair.student.name(), pair.teacher.name(), pair.side);
        println!(
            "{name}: a step at once takes {} KiB, {} planned; by blocks {} KiB, {} planned, and {:.2} times as long",
            ample.peak >> 10,
            ample.plan.bytes >> 10,
            scarce.peak >> 10,
            scarce.plan.bytes >> 10,
            scarce.seconds / ample.seconds
        );
        for Measured { peak, plan, .. } in [&ample, &scarce] {
            let ratio = plan.bytes as f64 / *peak as f64;
            assert!((1.0 / FACTOR..=FACTOR).contains(&ratio), "{name}: {peak} counted, {plan:?}");
        }
        let share = scarce.peak as f64 / ample.peak as f64;
        assert!(share < most, "{name}: {} bytes by blocks, {} at once: {share:.2}", scarce.peak, ample.peak);
    }
}
