//! Whether a run fits, decided before it starts, and trainings that begin with somebody's checkpoint.

use unicam::Error;
use unicam::attribution::Objective;
use unicam::dataset::scenes::ScenesConfig;
use unicam::distillation::{
    DistillationConfig, Memory, OptimiserConfig, PlannedStep, Start, TeacherTrainingConfig, TrainingEvent,
};
use unicam::models::{Architecture, HostTensor, ResNetConfig, Weights, kaiming};
use unicam::scores::Pixels;
use unicam::seed::Purpose;
use unicam::session::{
    CheckSettings, Circumstances, ExplainConfig, FileNames, MapKind, MatricesConfig, Origin, ReferenceConfig, Report,
    Role, RunPlan, ScoreConfig, Session,
};
use unicam::tensors::device::{DeviceChoice, DeviceKind, DeviceReport, open};

use crate::session::{run_out, short};

fn resnet(depth: usize) -> Architecture {
    Architecture::ResNet(ResNetConfig { depth, width: 4, small_stem: false })
}

/// A narrow pair of the paper's shapes.
fn pair() -> DistillationConfig {
    let short = short(2);
    DistillationConfig {
        student: resnet(18),
        optimiser: OptimiserConfig { batch_size: 24, ..short.optimiser },
        ..short
    }
}

fn teacher(start: Start) -> TeacherTrainingConfig {
    TeacherTrainingConfig { network: resnet(50), optimiser: short(1).optimiser, start }
}

async fn scenes(report: Option<DeviceReport>) -> Session {
    let (device, own) = open(DeviceChoice::Cpu).await.expect("the CPU backend is compiled in");
    let mut session = Session::on(device, report.unwrap_or(own));
    let scenes = ScenesConfig { size: 64, train_images: 60, test_images: 24, ..ScenesConfig::default() };
    session.use_scenes(&scenes).expect("in range");
    session
}

async fn with_teacher(report: Option<DeviceReport>) -> Session {
    let mut session = scenes(report).await;
    let network = resnet(50).for_classes(6);
    let weights = kaiming(&network, 1, Purpose::TeacherInit).to_safetensors(false).expect("plain tensors");
    session.load_teacher(&weights).await.expect("of the classes of the scenes");
    session
}

fn report(session: &Session) -> Report {
    let origin = Origin::CommandLine { arguments: vec![] };
    let created_at = "2026-11-26T00:00:00Z".to_owned();
    session.report(Circumstances { origin, created_at, files: FileNames::default() })
}

/// Many blocks for the Student, so that what it holds is most of a step.
fn deep() -> DistillationConfig {
    DistillationConfig { student: Architecture::cifar_resnet(3, 8), ..pair() }
}

/// Distils in this much room, and gives how much was held of a step, with the Student.
async fn distilled(room: Option<u64>) -> (Memory, Vec<u8>) {
    let mut session = with_teacher(None).await;
    session.set_room(room);
    session.start_distillation(&deep()).expect("there is room");
    run_out(&mut session).await;
    let log = report(&session).distillation.expect("it was distilled");
    (log.memory, session.export_weights(Role::Student).expect("distilled"))
}

#[pollster::test]
async fn a_step_is_made_at_once_by_blocks_or_not_at_all_as_there_is_room() {
    let session = with_teacher(None).await;
    let plan = session.plan_distillation(&deep()).expect("valid");
    assert_eq!((plan.step.memory, plan.steps, &plan.refusal), (Memory::Ample, 2, &None));
    assert_eq!(plan.multiply_adds, 2 * plan.step.multiply_adds);
    let config = deep();
    let kinds = PlannedStep::of_distillation(&config, resnet(50).for_classes(6), [64, 64], 60);
    let (ample, scarce) = (kinds[0].plan(Memory::Ample).bytes, kinds[0].plan(Memory::Scarce).bytes);
    assert_eq!(plan.step.bytes, ample);
    assert!(scarce < ample);

    let (held, student) = distilled(Some(2 * ample)).await;
    assert_eq!(held, Memory::Ample);
    assert_eq!(distilled(None).await, (Memory::Ample, student.clone()), "natively there is no limit");
    let (held, other) = distilled(Some(ample.midpoint(scarce))).await;
    assert_eq!(held, Memory::Scarce);
    assert!(other == student, "answers and labels alone: the same to the last bit");

    let mut session = with_teacher(None).await;
    session.set_room(Some(scarce - 1));
    let plan = session.plan_distillation(&config).expect("planned all the same");
    let refusal = plan.refusal.expect("no room");
    assert_eq!(refusal.code, "step-too-large");
    let error = session.start_distillation(&config).expect_err("no room");
    assert_eq!(refusal.message, error.to_string());
    assert!(refusal.message.contains("even block by block") && refusal.message.contains("in 2 parts"), "{error}");
    assert_eq!(plan.parts, Some(2));
    assert!(session.next().await.expect("nothing is under way").is_none());
    // What it advises helps.
    let mut in_parts = config.clone();
    in_parts.optimiser.accumulation = 2;
    let plan = session.plan_distillation(&in_parts).expect("valid");
    assert_eq!((plan.refusal, plan.parts), (None, None));
    session.start_distillation(&in_parts).expect("half as many pictures at once");
    let mut smaller = config;
    smaller.optimiser.batch_size = 12;
    session.start_distillation(&smaller).expect("half as many pictures");
    // A Teacher's training is planned in the same way.
    session.cancel();
    session.set_room(Some(1 << 10));
    assert_eq!(session.start_teacher(&teacher(Start::Random)).expect_err("no room").code(), "step-too-large");
}

#[pollster::test]
async fn a_gpu_is_asked_for_its_largest_buffer() {
    let gpu = |largest| {
        let report = DeviceReport::new(DeviceKind::Webgpu, "one of a test");
        Some(DeviceReport { largest_buffer: Some(largest), ..report })
    };
    let largest = with_teacher(None).await.plan_distillation(&pair()).expect("valid").step.largest_buffer;
    // A room is the CPU's; a GPU does not tell what it has.
    let mut session = with_teacher(gpu(largest)).await;
    session.set_room(Some(1));
    assert_eq!(session.plan_distillation(&pair()).expect("valid").refusal, None);
    let session = with_teacher(gpu(largest - 1)).await;
    let refusal = session.plan_distillation(&pair()).expect("valid").refusal.expect("one byte is missing");
    assert_eq!(refusal.code, "step-too-large");
    assert!(refusal.message.contains("in one buffer of the GPU"), "{}", refusal.message);
}

/// Narrow networks, and 24 test pictures of 64 pixels.
async fn distilled_pair(report: Option<DeviceReport>) -> Session {
    let mut session = with_teacher(report).await;
    let mut recipe = pair();
    recipe.optimiser.steps = 1;
    session.start_distillation(&recipe).expect("valid");
    run_out(&mut session).await;
    session
}

#[pollster::test]
async fn maps_of_more_pictures_than_there_is_room_for_are_refused_and_say_how_many_fit() {
    let reference = |images| ReferenceConfig { images, seed: 2 };
    let maps = |images, layer| ExplainConfig::new(reference(images), layer, Objective::Relevance);
    let mut session = distilled_pair(None).await;
    // The first stages: 16 channels of the Teacher and 4 of the two others at 16 x 16 places, and the Teacher's three times
    // more. 7 maps of 64 x 64, twice.
    let of_picture = 4 * ((16 + 4 + 4 + 3 * 16) * 16 * 16 + 14 * 64 * 64);
    session.set_room(Some(24 * of_picture - 1));
    let error = session.explain(&maps(24, 1)).await.expect_err("one byte is missing");
    assert_eq!(error.code(), "batch-too-large");
    let words = error.to_string();
    assert!(words.contains("24 images hold about") && words.contains("a reference batch of 23 images"), "{words}");
    // What it advises helps, and so do fewer pictures than were wished for.
    session.explain(&maps(23, 1)).await.expect("one less");
    session.set_room(Some(24 * of_picture));
    session.explain(&maps(500, 1)).await.expect("24 are there");

    session.set_room(Some(1 << 12));
    let refused = |error: Error| assert_eq!(error.code(), "batch-too-large", "{error}");
    let checks = CheckSettings::default();
    let (layer, objective) = (1, Objective::Relevance);
    refused(session.faithfulness(&checks.faithfulness(reference(24), layer, objective)).await.expect_err("no room"));
    refused(session.sanity(&checks.sanity(reference(24), layer, objective)).await.expect_err("no room"));
    let spread = checks.spread(reference(24), layer, objective, (0, MapKind::Distilled));
    refused(session.start_spread(&spread).expect_err("no room"));
    refused(session.matrices(&MatricesConfig { reference: reference(24), layer }).await.expect_err("no room"));
    let imputed = ScoreConfig { pixels: Pixels::Imputed { share: 0.5 }, ..ScoreConfig::of(reference(24)) };
    refused(session.start_scoring(&imputed).expect_err("no room"));
    assert!(session.next_scores().await.expect("nothing is under way").is_none());
    session.start_scoring(&ScoreConfig::of(reference(24))).expect("plain scores go block by block");

    // A GPU is asked for the largest of them in one buffer.
    let gpu = |largest| {
        let report = DeviceReport::new(DeviceKind::Webgpu, "one of a test");
        Some(DeviceReport { largest_buffer: Some(largest), ..report })
    };
    let step = session.plan_distillation(&pair()).expect("valid").step.largest_buffer;
    let mut session = distilled_pair(gpu(step)).await;
    session.set_room(Some(1));
    session.explain(&maps(24, 1)).await.expect("smaller than what a step holds");
}

#[pollster::test]
async fn nothing_is_claimed_of_the_time_before_something_was_measured() {
    let mut session = scenes(None).await;
    let seconds = |plan: unicam::Result<RunPlan>| plan.expect("valid").seconds;
    assert_eq!(session.plan_distillation(&pair()).expect_err("no Teacher").code(), "not-ready");
    assert_eq!(seconds(session.plan_teacher(&teacher(Start::Random))), None);
    session.start_teacher(&teacher(Start::Random)).expect("valid");
    run_out(&mut session).await;
    let one = seconds(session.plan_teacher(&teacher(Start::Random))).expect("a run was made");
    assert!(one > 0.0 && one < 60.0, "{one} seconds for one narrow step");
    let mut longer = teacher(Start::Random);
    longer.optimiser.steps = 50;
    assert!((seconds(session.plan_teacher(&longer)).expect("as before") / one - 50.0).abs() < 1e-6);
    // A Teacher that was tested tells enough, too.
    assert!(seconds(with_teacher(None).await.plan_distillation(&pair())).is_some());
}

#[pollster::test]
async fn a_pace_that_skips_the_teacher_is_not_planned_with() {
    let mut session = with_teacher(None).await;
    // Two batches an epoch: from the third step on every picture is known, and the Teacher is most of a step.
    let recipe = DistillationConfig {
        optimiser: OptimiserConfig { steps: 9, batch_size: 30, report_every: 1, crop_padding: 0, ..pair().optimiser },
        ..pair()
    };
    session.start_distillation(&recipe).expect("valid");
    let mut planned = Vec::new();
    while let Some(event) = session.next().await.expect("finite losses") {
        if matches!(event, TrainingEvent::Report { .. }) {
            planned.push(session.plan_distillation(&recipe).expect("valid").seconds);
        }
    }
    assert_eq!(planned.len(), 9);
    assert!(planned[1].is_some() && planned[1] != planned[0], "{planned:?}");
    assert_eq!(planned[2..], [planned[1]; 7], "{planned:?}");
}

/// A checkpoint of the narrow ResNet for as many classes.
fn checkpoint(depth: usize, classes: usize) -> Weights {
    kaiming(&resnet(depth).for_classes(classes), 9, Purpose::TeacherInit)
}

fn file(weights: &Weights) -> Vec<u8> {
    weights.to_safetensors(false).expect("plain tensors")
}

/// Trains a Teacher at a rate that changes nothing that would be seen in single precision.
async fn tuned(session: &mut Session, weights: &Weights) -> Weights {
    let told = session.load_teacher_start(&file(weights)).expect("a checkpoint");
    assert_eq!((told.name.as_str(), told.network), ("ResNet-50, width 4", resnet(50)));
    let mut config = teacher(Start::Given);
    config.optimiser.learning_rate = 1e-30;
    session.start_teacher(&config).expect("valid");
    run_out(session).await;
    Weights::from_bytes(&session.export_weights(Role::Teacher).expect("trained")).expect("our own file")
}

fn tensor<'a>(weights: &'a Weights, name: &str) -> &'a HostTensor {
    weights.get(name).unwrap_or_else(|| panic!("{name} is there"))
}

#[pollster::test]
async fn a_checkpoint_of_other_classes_is_trained_further_with_a_classifier_of_its_own() {
    let mut session = scenes(None).await;
    let error = session.start_teacher(&teacher(Start::Given)).expect_err("no checkpoint");
    assert_eq!(error, Error::NotReady { needed: "Give the Teacher's starting weights".to_owned() });

    let of_ten = checkpoint(50, 10);
    let trained = tuned(&mut session, &of_ten).await;
    assert_eq!(tensor(&trained, "layer4.2.conv3.weight"), tensor(&of_ten, "layer4.2.conv3.weight"));
    let classifier = tensor(&trained, "fc.weight");
    assert_eq!(classifier.shape, [6, 128]);
    // Drawn under the run's seed, as that of random weights is.
    let seed = teacher(Start::Given).optimiser.seed;
    let random = kaiming(&resnet(50).for_classes(6), seed, Purpose::TeacherInit);
    assert_eq!(classifier, tensor(&random, "fc.weight"));
    let told = report(&session);
    assert_eq!(told.config.teacher.start, Start::Given);
    assert!(told.teacher_start.is_some());

    // One of as many classes keeps its own.
    let of_six = checkpoint(50, 6);
    let trained = tuned(&mut session, &of_six).await;
    assert_eq!(tensor(&trained, "fc.weight"), tensor(&of_six, "fc.weight"));
    // It stays where the session goes.
    let packed = session.pack(true).expect("networks and data");
    let mut other = scenes(None).await;
    other.unpack(&packed).expect("its own form");
    other.start_teacher(&teacher(Start::Given)).expect("the checkpoint came along");

    let error = session.load_teacher_start(b"no weights").expect_err("text");
    assert_eq!(error.code(), "unreadable-weights");
    session.load_teacher_start(&file(&checkpoint(18, 6))).expect("another network");
    assert_eq!(session.start_teacher(&teacher(Start::Given)).expect_err("18 is not 50").code(), "weights-mismatch");
}

#[pollster::test]
async fn a_student_starts_from_a_checkpoint_of_other_classes() {
    let mut session = with_teacher(None).await;
    let of_ten = checkpoint(18, 10);
    let told = session.load_student_start(&file(&of_ten)).await.expect("a checkpoint");
    assert_eq!((told.name.as_str(), told.classes), ("ResNet-18, width 4", 6));
    let mut config = DistillationConfig { start: Start::Given, ..pair() };
    config.optimiser.learning_rate = 1e-30;
    config.optimiser.steps = 1;
    session.start_distillation(&config).expect("valid");
    run_out(&mut session).await;
    for role in [Role::Student, Role::Base] {
        let trained = Weights::from_bytes(&session.export_weights(role).expect("distilled")).expect("our own file");
        assert_eq!(tensor(&trained, "layer1.0.conv1.weight"), tensor(&of_ten, "layer1.0.conv1.weight"));
        let random = kaiming(&resnet(18).for_classes(6), config.optimiser.seed, Purpose::StudentInit);
        assert_eq!(tensor(&trained, "fc.weight"), tensor(&random, "fc.weight"), "{role:?}");
    }
    assert_eq!(
        session.load_teacher(&file(&of_ten)).await.expect_err("no training follows").code(),
        "class-count-mismatch"
    );
}
