//! The shipped recipe on the built-in Scenes: distillation has to work where a visitor first meets it.

use pollster::block_on;
use unicam::distillation::TrainingEvent;
use unicam::session::{Defaults, Session};
use unicam::tensors::device::DeviceChoice;

/// Seed of the pictures and of the run: the second column of the README's table, not the one that was tuned on.
const SEED: u64 = 2;

#[test]
fn at_the_shipped_recipe_the_student_learns_what_its_base_does_not() {
    let mut settings = Defaults::default();
    settings.scenes.seed = 1000 + SEED;
    settings.distillation.optimiser.seed = SEED;
    let mut session = block_on(Session::create(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    let classes = session.use_scenes(&settings.scenes).expect("the shipped settings").class_names.len();
    block_on(session.use_shipped_teacher()).expect("the shipped Teacher");
    session.start_distillation(&settings.distillation).expect("the shipped recipe");
    let mut last = None;
    while let Some(event) = block_on(session.next()).expect("finite losses") {
        last = Some(event);
    }
    let Some(TrainingEvent::Finished { student, base: Some(base), .. }) = last else {
        panic!("the run ends with all accuracies: {last:?}")
    };
    println!("Student {student:.3}, Base {base:.3}, chance {:.3}", 1.0 / classes as f64);
    assert!(student > 0.5, "the Student is at {student}, where chance is {}", 1.0 / classes as f64);
    assert!(student >= base + 0.15, "the Student is at {student}, its Base at {base}");
}
