//! Which device is the quicker one here: the same work on the CPU and on WebGPU, pulled piece by piece.
//!
//! The work is that of the shipped recipe, steps of its batch size on pictures of its size, so that what is said of it
//! holds for it. A step counts once its losses were read back: a GPU answers a command before it has done it. The first
//! steps on the GPU compile its kernels and are left out.

use burn::tensor::{Device, Tensor, TensorData};
use web_time::Instant;

use crate::dataset::Dataset;
use crate::dataset::scenes::{self, ScenesConfig};
use crate::distillation::{DistillationConfig, Memory, OptimiserConfig, PlannedStep, TrainingEvent, TrainingRun};
use crate::error::Result;
use crate::models::{Network, kaiming};
use crate::seed::Purpose;
use crate::session::record::defaults::Defaults;
use crate::tensors::device::{DeviceChoice, DeviceReport, DeviceTrial, TrialWork, open};
use crate::tensors::readback::read_all;

/// Steps that are timed on a device at most.
const STEPS: usize = 3;
/// Time that they may take together before no further one is asked for, milliseconds.
const BUDGET: f64 = 300.0;
/// How many times as long as the CPU's best two steps may take before the rest is spared.
const CLEARLY: f64 = 2.0;
/// Classes of the Scenes.
const CLASSES: usize = 6;
/// Steps on the GPU that compile.
const WARM_UP: usize = 1;
/// Steps of the run that is timed: more than are ever asked for.
const MANY: usize = 1000;
/// Side of the matrices that a suspected program multiplies.
const SIDE: usize = 256;
/// How many products are one piece of work.
const PRODUCTS: usize = 4;
/// How many times as long as the CPU their products may take before the training steps are spared. Programs are worse at
/// products than at a whole step: SwiftShader on two cores took some hundred times as long for them, and twenty for a step.
const MUCH_SLOWER: f64 = 10.0;

/// What a trial came to.
pub(in crate::session) enum Verdict {
    /// Both devices did the work.
    Measured(DeviceTrial),
    /// WebGPU is not to be had, or failed, in the words of its error.
    Unusable(String),
}

/// A trial under way: one piece a call. Not asking for the next piece pauses it; dropping it ends it.
#[derive(Default)]
pub(in crate::session) struct Trial {
    stage: Stage,
}

#[derive(Default)]
enum Stage {
    #[default]
    Open,
    Products(Gpu),
    Cpu(Gpu, Box<Steps>),
    Webgpu(Gpu, Box<Steps>, f64),
}

/// The adapter that is tried.
struct Gpu {
    device: Device,
    report: DeviceReport,
}

impl Trial {
    /// Makes the next piece; the verdict with the last one.
    ///
    /// # Errors
    /// Those of the CPU alone; what goes wrong on the GPU is a verdict.
    pub async fn advance(&mut self) -> Result<Option<Verdict>> {
        self.stage = match std::mem::take(&mut self.stage) {
            Stage::Open => match open(DeviceChoice::Webgpu).await {
                Ok((device, report)) if report.software => Stage::Products(Gpu { device, report }),
                Ok((device, report)) => Stage::Cpu(Gpu { device, report }, Box::new(Steps::on(cpu().await?)?)),
                Err(error) => return Ok(Some(Verdict::Unusable(error.to_string()))),
            },
            Stage::Products(gpu) => {
                let cpu = cpu().await?;
                let cpu_ms = products(&cpu).await?;
                match products(&gpu.device).await {
                    Ok(webgpu_ms) if webgpu_ms > MUCH_SLOWER * cpu_ms => {
                        return Ok(Some(gpu.measured(TrialWork::Product, cpu_ms, webgpu_ms)));
                    }
                    Ok(_) => Stage::Cpu(gpu, Box::new(Steps::on(cpu)?)),
                    Err(error) => return Ok(Some(Verdict::Unusable(error.to_string()))),
                }
            }
            Stage::Cpu(gpu, mut steps) => {
                steps.advance().await?;
                if enough(&steps.times, None) {
                    let cpu_ms = best(&steps.times);
                    match Steps::on(gpu.device.clone()) {
                        Ok(steps) => Stage::Webgpu(gpu, Box::new(Steps { left_out: WARM_UP, ..steps }), cpu_ms),
                        Err(error) => return Ok(Some(Verdict::Unusable(error.to_string()))),
                    }
                } else {
                    Stage::Cpu(gpu, steps)
                }
            }
            Stage::Webgpu(gpu, mut steps, cpu_ms) => {
                if let Err(error) = steps.advance().await {
                    return Ok(Some(Verdict::Unusable(error.to_string())));
                }
                if enough(&steps.times, Some(cpu_ms)) {
                    return Ok(Some(gpu.measured(TrialWork::Step, cpu_ms, best(&steps.times))));
                }
                Stage::Webgpu(gpu, steps, cpu_ms)
            }
        };
        Ok(None)
    }
}

impl Gpu {
    fn measured(self, work: TrialWork, cpu_ms: f64, webgpu_ms: f64) -> Verdict {
        let DeviceReport { name, software, .. } = self.report;
        Verdict::Measured(DeviceTrial { work, cpu_ms, webgpu_ms, adapter: name, software })
    }
}

/// Products that one of the steps that are timed sums.
pub(in crate::session) fn multiply_adds_of_a_step() -> u64 {
    let Defaults { teacher, distillation, .. } = Defaults::default();
    let scenes = pictures();
    let teacher = teacher.network.for_classes(CLASSES);
    let steps = PlannedStep::of_distillation(&distillation, teacher, [scenes.size; 2], scenes.train_images);
    steps.iter().map(|step| step.plan(Memory::Ample).multiply_adds).sum()
}

/// As few pictures as there may be: none is tested but those that every run begins with.
fn pictures() -> ScenesConfig {
    ScenesConfig { train_images: 60, test_images: 24, ..ScenesConfig::default() }
}

async fn cpu() -> Result<Device> {
    Ok(open(DeviceChoice::Cpu).await?.0)
}

/// Steps of the shipped recipe on one device, on pictures and first weights that are always the same.
struct Steps {
    run: TrainingRun,
    data: Dataset,
    /// Steps that are still left out.
    left_out: usize,
    /// Of each step that counts, milliseconds.
    times: Vec<f64>,
}

impl Steps {
    fn on(device: Device) -> Result<Self> {
        let data = scenes::render(&pictures())?;
        let Defaults { teacher, distillation, .. } = Defaults::default();
        let classes = data.train.class_names.len();
        let (teacher, student) = (teacher.network.for_classes(classes), distillation.student.for_classes(classes));
        let optimiser =
            OptimiserConfig { steps: MANY, report_every: 1, evaluate_every: MANY, ..distillation.optimiser.clone() };
        let seed = optimiser.seed;
        let config = DistillationConfig { optimiser, ..distillation };
        let guide = Network::from_weights(&teacher, &kaiming(&teacher, seed, Purpose::TeacherInit), &device)?;
        let start = kaiming(&student, seed, Purpose::StudentInit);
        let run = TrainingRun::distillation(&config, student, &start, guide, &data.train, &device)?;
        Ok(Self { run, data, left_out: 0, times: Vec::new() })
    }

    /// Makes the run's next step, or tests what it begins with; each ends with a read from the device.
    async fn advance(&mut self) -> Result<()> {
        let begun = Instant::now();
        if let Some(TrainingEvent::Report { .. }) = self.run.next(&self.data).await? {
            if self.left_out > 0 {
                self.left_out -= 1;
            } else {
                self.times.push(milliseconds(begun));
            }
        }
        Ok(())
    }
}

/// The shorter of two times of some products of matrices, after one that compiles; milliseconds.
async fn products(device: &Device) -> Result<f64> {
    let values = vec![1.0 / SIDE as f32; SIDE * SIDE];
    let matrix = Tensor::<2>::from_data(TensorData::new(values, [SIDE, SIDE]), device);
    let mut times = Vec::with_capacity(2);
    for round in 0..3 {
        let begun = Instant::now();
        let product = (0..PRODUCTS).fold(matrix.clone(), |product, _| product.matmul(matrix.clone()));
        read_all(vec![product.narrow(0, 0, 1).flatten(0, 1)]).await?;
        if round > 0 {
            times.push(milliseconds(begun));
        }
    }
    Ok(best(&times))
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}

fn best(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Whether the times of a device tell what is asked; `against` is the best time of the CPU.
fn enough(times: &[f64], against: Option<f64>) -> bool {
    let is_beaten = || against.is_some_and(|other| times.len() >= 2 && best(times) > CLEARLY * other);
    times.len() >= STEPS || times.iter().sum::<f64>() >= BUDGET || is_beaten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_measured_than_has_to_be() {
        assert!(!enough(&[], None));
        assert!(!enough(&[20.0], None) && !enough(&[20.0, 19.0], None));
        assert!(enough(&[20.0, 19.0, 21.0], None), "three steps are enough");
        assert!(enough(&[450.0], None), "one that takes this long is enough");
        assert!(!enough(&[90.0], Some(20.0)), "one bad step may be owed to something else");
        assert!(enough(&[90.0, 80.0], Some(20.0)), "clearly slower");
        assert!(!enough(&[90.0, 30.0], Some(20.0)), "it may come to that of the CPU yet");
    }

    #[test]
    fn steps_that_compile_are_left_out_and_the_rest_is_timed() {
        let device = pollster::block_on(cpu()).expect("compiled in");
        let mut steps = Steps { left_out: 1, ..Steps::on(device).expect("the shipped recipe") };
        pollster::block_on(async {
            steps.advance().await.expect("tested");
            assert_eq!((steps.left_out, steps.times.len()), (1, 0), "what the run begins with is no step");
            steps.advance().await.expect("a step");
            assert_eq!((steps.left_out, steps.times.len()), (0, 0));
            steps.advance().await.expect("a step");
            assert!(steps.times.len() == 1 && steps.times[0] > 0.0);
        });
    }
}
