"""Cross-entropy and KL * T^2 with gradients -> distillation.json."""

import numpy as np
import torch
import torch.nn.functional as F

from fixture import grid, number, save, tensor

ALPHA, BETA = 0.1, 0.9


def case(name, student, teacher, labels, temperature):
    s = student.clone().requires_grad_()
    ce = F.cross_entropy(s, torch.tensor(labels))
    kl = F.kl_div(F.log_softmax(s / temperature, 1), F.log_softmax(teacher / temperature, 1), reduction="batchmean", log_target=True)
    parts = {"crossEntropy": ce, "response": kl * temperature**2}
    parts["total"] = ALPHA * ce + BETA * parts["response"]
    out = {"name": name, "temperature": temperature, "labels": labels, "student": tensor(student), "teacher": tensor(teacher)}
    for key, value in parts.items():
        (gradient,) = torch.autograd.grad(value, s, retain_graph=True)
        if abs(value) < 1e-14:  # the Student equals the Teacher: rounding is all there is
            value, gradient = value * 0, gradient * 0
        out[key] = {"value": number(value), "gradient": tensor(gradient)}
    return out


rng = np.random.default_rng(31)
LABELS = {1: [2], 5: [0, 3, 1, 3, 2]}
cases = []
for n, labels in LABELS.items():
    student, teacher = grid(2 * rng.normal(size=(n, 4))), grid(4 * rng.normal(size=(n, 4)))
    cases += [case(f"batch{n}_t{t}", student, teacher, labels, t) for t in (1, 4, 20)]
cases.append(case("same_logits", student, student, LABELS[5], 4))
# A naive softmax in f32 overflows here.
cases.append(case("large_logits", grid(60 * rng.normal(size=(5, 4))) + 200, grid(60 * rng.normal(size=(5, 4))) - 200, LABELS[5], 4))
cases.append(case("ten_classes", grid(rng.normal(size=(3, 10))), grid(5 * rng.normal(size=(3, 10))), [9, 0, 4], 4))
save("distillation", {"alpha": ALPHA, "beta": BETA, "cases": cases})
