//! A batch that goes through the networks in parts, against one that goes whole.

use burn::tensor::Tensor;
use unicam::dataset::scenes::{ScenesConfig, render};
use unicam::distillation::{
    Algorithm, DistillationConfig, Learner, Loss, LossTerm, Memory, OptimiserConfig, PlannedStep,
};
use unicam::models::{Architecture, VggConfig, Weights, kaiming};
use unicam::seed::Purpose;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::device::device;
use crate::fixture::{assert_close, read};
use crate::memory::{assert_alike, recipe, trained};
use crate::models::sine_picture;

fn in_parts(config: DistillationConfig, accumulation: usize) -> DistillationConfig {
    DistillationConfig { optimiser: OptimiserConfig { accumulation, ..config.optimiser.clone() }, ..config }
}

/// Every loss is a mean over the pictures, and nothing else joins them where nothing is normalised over a batch.
#[wasm_bindgen_test(unsupported = pollster::test)]
async fn without_batch_normalisation_the_parts_of_a_batch_add_up_to_it() {
    let data = render(&ScenesConfig { size: 32, train_images: 60, test_images: 24, ..ScenesConfig::default() });
    let data = data.expect("in range");
    let student = Architecture::Vgg(VggConfig { depth: 11, batch_norm: false, width: 4 });
    let terms = [
        LossTerm { weight: 0.9, loss: Loss::Response { temperature: 4.0 } },
        LossTerm { weight: 0.1, loss: Loss::Attention {} },
        // With a connector of its own, which learns along.
        LossTerm { weight: 0.1, loss: Loss::Hint { layer: 4 } },
    ];
    let whole = recipe(student, 0.1, &terms);
    // Five pictures: two and three.
    let halves = in_parts(whole.clone(), 2);
    for memory in [Memory::Ample, Memory::Scarce] {
        let (figures, at_once) = trained(&whole, memory, &data).await;
        let (others, added) = trained(&halves, memory, &data).await;
        assert_close(&others, &figures, 1e-4, "what is told of the steps");
        assert_alike(&added.student, &at_once.student, 1e-3, "the Student");
        assert_alike(&added.base.expect("a Base"), &at_once.base.expect("a Base"), 1e-3, "the Base");
    }
}

/// What the parts do one after the other to the running statistics, and together to all else.
#[wasm_bindgen_test(unsupported = pollster::test)]
async fn with_batch_normalisation_each_part_has_its_own_means() {
    let device = device().await;
    let config = Architecture::cifar_resnet(1, 4).for_classes(3);
    let start = kaiming(&config, 3, Purpose::StudentInit);
    let plain = Algorithm::Sgd { momentum: 0.0, weight_decay: 0.0, nesterov: false };
    let learner = || Learner::new(config, &start, plain, &device).expect("the weights fit");
    let pictures = sine_picture([5, 3, 16, 16], 0.11, 0.7, &device);
    let one_hot = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
    let targets: Tensor<2> = Tensor::from_data(one_hot, &device);
    let part = |first, own| (pictures.clone().narrow(0, first, own), targets.clone().narrow(0, first, own));
    let parts = [(part(0, 2), 0.4), (part(2, 3), 0.6)];

    let mut own = learner();
    for ((pictures, targets), share) in &parts {
        own.learn(pictures, targets, None, *share);
    }
    let told = read(own.make_step(0.05).figures).await;
    let own = own.weights().await.expect("the device answers").swap_remove(0);
    let mut each: Vec<Weights> = Vec::new();
    let mut expected = vec![0.0; told.len()];
    for ((pictures, targets), share) in &parts {
        let mut alone = learner();
        let figures = read(alone.step(pictures, targets, None, 0.05).figures).await;
        expected.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += share * figure);
        each.push(alone.weights().await.expect("the device answers").swap_remove(0));
    }
    assert_close(&told, &expected, 1e-5, "losses and hits");
    let values = |weights: &Weights, name: &str| -> Vec<f64> {
        weights.get(name).expect("listed").values.iter().map(|&value| f64::from(value)).collect()
    };
    for name in own.names() {
        let (first, then) = (values(&each[0], name), values(&each[1], name));
        let joined = |((before, first), then): ((f64, f64), f64)| {
            if name.contains("running") {
                // The second part moves by a tenth of the way what the first one left.
                first + then - before - 0.1 * (first - before)
            } else {
                before + 0.4 * (first - before) + 0.6 * (then - before)
            }
        };
        let expected: Vec<f64> = values(&start, name).into_iter().zip(first).zip(then).map(joined).collect();
        assert_close(&values(&own, name), &expected, 1e-4, name);
    }
}

#[test]
fn a_step_in_parts_is_planned_with_less_memory_and_as_many_products() {
    let terms = [LossTerm { weight: 1.0, loss: Loss::Response { temperature: 4.0 } }];
    let mut config = recipe(Architecture::cifar_resnet(3, 16), 0.1, &terms);
    config.optimiser.batch_size = 32;
    let teacher = Architecture::cifar_resnet(9, 16).for_classes(10);
    let plan = |parts, memory| {
        let config = in_parts(config.clone(), parts);
        PlannedStep::of_distillation(&config, teacher, [64, 64], 1000).pop().expect("the Student's").plan(memory)
    };
    for memory in [Memory::Ample, Memory::Scarce] {
        let plans = [1, 2, 4, 8].map(|parts| plan(parts, memory));
        for pair in plans.windows(2) {
            assert!(pair[1].bytes < pair[0].bytes && pair[1].activations < pair[0].activations, "{pair:?}");
            assert!(pair[1].largest_buffer < pair[0].largest_buffer, "{pair:?}");
            assert_eq!(pair[1].multiply_adds, pair[0].multiply_adds);
        }
        // Not a whole eighth: sums by the weights are as many for few pictures.
        let eighth = plans[0].activations as f64 / plans[3].activations as f64;
        assert!((7.5..=8.0).contains(&eighth), "{eighth}");
    }
    // A batch is no larger than the pictures, and no part smaller than two.
    let few = |parts| in_parts(config.clone(), parts).optimiser.parts_of(5);
    assert_eq!([1, 2, 16].map(few), [1, 2, 2]);
}
