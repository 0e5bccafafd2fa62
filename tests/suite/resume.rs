//! Runs that stop and go on.

use unicam::dataset::scenes::ScenesConfig;
use unicam::distillation::{Algorithm, LossTerm, RunConfig, Start, TeacherTrainingConfig, TrainingEvent};
use unicam::models::Architecture;
use unicam::session::{Role, Session};
use unicam::tensors::device::DeviceChoice;

use crate::chain::{SGD, config, optimiser, scenes};

const ADAMW: Algorithm = Algorithm::AdamW { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 };

fn open() -> Session {
    let mut session = pollster::block_on(Session::create(DeviceChoice::Cpu)).expect("the CPU backend is compiled in");
    session.use_scenes(&scenes()).expect("in range");
    session
}

fn start(session: &mut Session, config: &RunConfig) {
    match config {
        RunConfig::Teacher(config) => session.start_teacher(config),
        RunConfig::Distillation(config) => session.start_distillation(config),
    }
    .expect("a valid recipe");
}

/// Pulls up to `calls` events; what depends on the clock or is told anew after a resume is left out.
fn pull(session: &mut Session, calls: usize) -> Vec<TrainingEvent> {
    let mut told = Vec::new();
    for _ in 0..calls {
        match pollster::block_on(session.next()).expect("finite losses") {
            None => break,
            Some(TrainingEvent::Link { .. } | TrainingEvent::Evaluating { .. }) => {}
            Some(TrainingEvent::Report { step, steps, learning_rate, student, base, .. }) => {
                let (images_per_second, seconds_left) = (0.0, 0.0);
                told.push(TrainingEvent::Report {
                    step,
                    steps,
                    learning_rate,
                    student,
                    base,
                    images_per_second,
                    seconds_left,
                });
            }
            Some(event) => told.push(event),
        }
    }
    told
}

#[test]
fn a_resumed_run_gives_the_numbers_of_one_that_never_stopped() {
    let teacher = {
        let mut session = open();
        let config = TeacherTrainingConfig {
            network: Architecture::cifar_resnet(1, 12),
            optimiser: optimiser(2, SGD),
            start: Start::Random,
        };
        start(&mut session, &RunConfig::Teacher(config));
        pull(&mut session, usize::MAX);
        session.export_weights(Role::Teacher).expect("trained")
    };
    let prepared = || {
        let mut session = open();
        pollster::block_on(session.load_teacher(&teacher)).expect("our own file");
        session
    };
    let roles = |assistants: usize| {
        let mut roles = vec![Role::Teacher, Role::Student, Role::Base];
        roles.extend((1..=assistants).map(Role::Assistant));
        roles
    };
    // All the usual weights at once diverge: these losses share one step.
    let terms = LossTerm::usual().map(|term| LossTerm { weight: 0.02 * term.weight, ..term });
    // The second of the assistants is trained by SGD, too.
    for (algorithm, assistants) in [(SGD, 0), (ADAMW, 2)] {
        let config = RunConfig::Distillation(config(5, algorithm, &terms, assistants));
        let mut whole = prepared();
        start(&mut whole, &config);
        let story = pull(&mut whole, usize::MAX);
        let exported = |session: &Session| -> Vec<Vec<u8>> {
            roles(assistants).into_iter().map(|role| session.export_weights(role).expect("trained")).collect()
        };
        let mut resumed = 0;
        // Stops within evaluations, between reports, and in every link.
        for stop in [0, 1, 4, 5, 9, 12, 16, 21, 27] {
            let mut first = prepared();
            start(&mut first, &config);
            let mut told = pull(&mut first, stop);
            let Ok(bytes) = pollster::block_on(first.checkpoint()) else { continue };
            drop(first);
            resumed += 1;
            let mut second = prepared();
            second.resume(&config, &bytes).expect("the same recipe on the same data");
            told.extend(pull(&mut second, usize::MAX));
            let what = format!("{algorithm:?}, {assistants} assistants, stopped after {stop} calls");
            assert_eq!(told, story, "{what}");
            assert!(exported(&second) == exported(&whole), "{what}: weights");
        }
        assert!(resumed >= 5, "only {resumed} places to stop at: the run ended before the others");
    }
}

#[test]
fn a_teachers_training_goes_on_and_a_foreign_checkpoint_is_refused() {
    let config = |steps| {
        RunConfig::Teacher(TeacherTrainingConfig {
            network: Architecture::cifar_resnet(1, 4),
            optimiser: optimiser(steps, ADAMW),
            start: Start::Random,
        })
    };
    let mut whole = open();
    assert_eq!(pollster::block_on(whole.checkpoint()).expect_err("no run").code(), "not-ready");
    start(&mut whole, &config(4));
    pull(&mut whole, 4);
    let bytes = pollster::block_on(whole.checkpoint()).expect("a run is under way");
    let rest = pull(&mut whole, usize::MAX);
    let mut second = open();
    second.resume(&config(4), &bytes).expect("the same recipe on the same data");
    assert_eq!(pull(&mut second, usize::MAX), rest);
    assert!(second.export_weights(Role::Teacher) == whole.export_weights(Role::Teacher));

    let refused = |session: &mut Session, config: &RunConfig, bytes: &[u8]| {
        session.resume(config, bytes).expect_err("not this run's checkpoint")
    };
    let mut session = open();
    assert!(refused(&mut session, &config(5), &bytes).to_string().contains("another recipe"));
    session.use_scenes(&ScenesConfig { seed: 77, ..scenes() }).expect("in range");
    assert!(refused(&mut session, &config(4), &bytes).to_string().contains("other pictures"));
    assert_eq!(refused(&mut session, &config(4), &bytes[..bytes.len() / 2]).code(), "unreadable-checkpoint");
    let weights = whole.export_weights(Role::Teacher).expect("trained");
    assert_eq!(refused(&mut session, &config(4), &weights).code(), "unreadable-checkpoint");
}
