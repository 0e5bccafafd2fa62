//! How much memory a step takes, counted at the allocator: what holds the ends of the blocks alone takes little more than
//! half of what holds everything, in a network of nine blocks; more blocks make the share smaller.

#[path = "../fuzzing/memory.rs"]
mod memory;

use std::time::Instant;

use memory::{Counting, peak_of};
use unicam::dataset::scenes::{ScenesConfig, render};
use unicam::distillation::{
    Algorithm, DistillationConfig, Loss, LossTerm, Memory, OptimiserConfig, Schedule, Start, TrainingRun,
};
use unicam::models::{Architecture, Network, kaiming};
use unicam::seed::Purpose;
use unicam::tensors::device::{DeviceChoice, open};

#[global_allocator]
static MEMORY: Counting = Counting;

/// Steps whose peak is taken: the first of them has no velocities yet.
const STEPS: usize = 6;

#[test]
fn a_step_by_blocks_takes_little_more_than_half() {
    let (device, _) = pollster::block_on(open(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    let data = render(&ScenesConfig { train_images: 60, test_images: 24, ..ScenesConfig::default() });
    let data = data.expect("in range");
    let peak = |memory: Memory| {
        let optimiser = OptimiserConfig {
            steps: STEPS,
            batch_size: 32,
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
        let student = Architecture::cifar_resnet(3, 8);
        let recipe =
            DistillationConfig { student, optimiser, alpha: 0.1, terms, assistants: vec![], start: Start::Random };
        let (teacher, student) = (Architecture::cifar_resnet(1, 4).for_classes(6), student.for_classes(6));
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
        let peak = peak_of(|| {
            while run.step() < STEPS {
                pollster::block_on(run.next(&data)).expect("finite losses").expect("not yet at the end");
            }
        });
        (peak, begun.elapsed().as_secs_f64())
    };
    let ((ample, quick), (scarce, slow)) = (peak(Memory::Ample), peak(Memory::Scarce));
    println!(
        "a step at once takes {} MiB, by blocks {} MiB and {:.2} times as long",
        ample >> 20,
        scarce >> 20,
        slow / quick
    );
    assert!(scarce * 10 < ample * 6, "{scarce} bytes by blocks, {ample} at once");
}
