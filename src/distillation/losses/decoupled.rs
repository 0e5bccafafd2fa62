//! The Teacher's answers, the true class apart from the others.

use burn::tensor::Tensor;
use burn::tensor::activation::log_softmax;

/// Stands for minus infinity, so that zero times it is zero.
const EXCLUDED: f64 = -1e30;

/// `T^2 * (alpha * KL(b_t || b_s) + beta * KL(q_t || q_s))`, mean over the batch: a scalar `[1]`.
///
/// `b` is the pair (probability of the true class, probability of all others) and `q` the distribution over the others
/// alone, both softened by `T`. Source: Zhao, Cui, Song, Qiu, Liang, "Decoupled Knowledge Distillation", CVPR 2022,
/// equation 7, without the authors' warm-up of the weight over the first epochs. Defaults: `alpha` 1, `beta` 8, `T` 4,
/// weight 1. With two classes the second part is zero.
///
/// # Shapes
/// - `student`, `teacher`: logits `[N, K]`; `targets`: one-hot `[N, K]`
#[must_use]
pub fn decoupled_loss(
    student: Tensor<2>,
    teacher: Tensor<2>,
    targets: Tensor<2>,
    [alpha, beta]: [f64; 2],
    temperature: f64,
) -> Tensor<1> {
    let n = student.dims()[0];
    let student = Parts::of(student / temperature, &targets);
    let teacher = Parts::of(teacher / temperature, &targets);
    let binary = |part: fn(&Parts) -> Tensor<2>| {
        let (teacher, student) = (part(&teacher), part(&student));
        (teacher.clone().exp() * (teacher - student)).sum()
    };
    let target_part = binary(|parts| parts.target.clone()) + binary(|parts| parts.others.clone());
    let other_part = (teacher.among_others.clone().exp() * (teacher.among_others - student.among_others)).sum();
    (target_part * alpha + other_part * beta) * (temperature * temperature / n as f64)
}

/// Logarithms of the probabilities that the loss is made of.
struct Parts {
    /// Of the true class, `[N, 1]`.
    target: Tensor<2>,
    /// Of all other classes together, `[N, 1]`.
    others: Tensor<2>,
    /// Of each other class among them, `[N, K]`; about [`EXCLUDED`] at the true class.
    among_others: Tensor<2>,
}

impl Parts {
    fn of(logits: Tensor<2>, targets: &Tensor<2>) -> Self {
        let rest = logits.clone().mask_fill(targets.clone().greater_elem(0.5), EXCLUDED);
        let all = log_sum_exp(logits.clone());
        Self {
            target: (logits * targets.clone()).sum_dim(1) - all.clone(),
            others: log_sum_exp(rest.clone()) - all,
            among_others: log_softmax(rest, 1),
        }
    }
}

/// `log(sum(exp(row)))` of every row, `[N, K]` to `[N, 1]`.
fn log_sum_exp(rows: Tensor<2>) -> Tensor<2> {
    let top = rows.clone().detach().max_dim(1);
    (rows - top.clone()).exp().sum_dim(1).log() + top
}
