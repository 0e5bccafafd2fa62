"""Every distillation loss with its gradients -> losses.json."""

import numpy as np
import torch
import torch.nn.functional as F

from fixture import grid, number, save, tensor

DIGITS = 7
rng = np.random.default_rng(47)


def draw(*shape, scale=1.0):
    return grid(scale * rng.normal(size=shape))


def one_hot(labels, classes):
    return F.one_hot(torch.tensor(labels), classes).double()


def valued(loss, leaves):
    """The value, and the gradient for each named leaf."""
    gradients = torch.autograd.grad(loss, list(leaves.values()))
    out = {name: tensor(gradient, DIGITS) for name, gradient in zip(leaves, gradients)}
    return {"value": number(loss), "gradients": out}


def leaf(x):
    return x.clone().requires_grad_()


def common(s, t):
    """Both at the smaller height and width."""
    size = [min(s.shape[2], t.shape[2]), min(s.shape[3], t.shape[3])]
    return F.adaptive_avg_pool2d(s, size), F.adaptive_avg_pool2d(t, size)


# Student and Teacher stages: equal and unequal channels, equal sizes, both axes smaller, one axis smaller on each side.
PAIRS = [((2, 3, 4, 5), (2, 4, 4, 5)), ((2, 2, 6, 5), (2, 3, 3, 4)), ((2, 2, 3, 6), (2, 2, 5, 4))]
STAGES = [(draw(*s), draw(*t)) for s, t in PAIRS]


def softened_error(s, t, temperature):
    return F.mse_loss(F.softmax(s / temperature, 1), F.softmax(t / temperature, 1)) * temperature**2


def decoupled(s, t, labels, alpha, beta, temperature):
    """By the definition: a binary divergence, and one over the other classes, made of probabilities."""
    total = 0.0
    for row_s, row_t, label in zip(s, t, labels):
        p, q = F.softmax(row_s / temperature, 0), F.softmax(row_t / temperature, 0)
        others = [k for k in range(len(p)) if k != label]
        rest_p, rest_q = p[others].sum(), q[others].sum()
        binary = q[label] * torch.log(q[label] / p[label]) + rest_q * torch.log(rest_q / rest_p)
        p_hat, q_hat = p[others] / rest_p, q[others] / rest_q
        among = (q_hat * torch.log(q_hat / p_hat)).sum()
        total = total + alpha * binary + beta * among
    return total * temperature**2 / len(labels)


def attention(stages):
    def attend(x):
        return F.normalize(x.pow(2).mean(1).flatten(1))

    return sum((attend(s) - attend(t)).pow(2).mean() for s, t in (common(s, t) for s, t in stages))


def hint(s, t, kernel, bias):
    s, t = common(s, t)
    return F.mse_loss(F.conv2d(s, kernel, bias), t)


def negative_means(x):
    """Channel by channel: the mean of what is below zero."""
    means = []
    for channel in x.transpose(0, 1):
        below = channel[channel < 0]
        means.append(below.mean() if len(below) else torch.zeros(()))
    return torch.stack(means)


def overhaul(stages, margins, connectors):
    total = 0.0
    for place, ((s, t), margin, (kernel, scale, shift)) in enumerate(zip(stages, margins, connectors)):
        s, t = common(s, t)
        s = F.batch_norm(F.conv2d(s, kernel), None, None, scale, shift, training=True)
        t = torch.max(t, margin.view(1, -1, 1, 1))
        skipped = (s <= t) & (t <= 0)
        error = torch.where(skipped, torch.zeros(()), (s - t) ** 2)
        total = total + error.sum() / len(s) / 2 ** (len(stages) - 1 - place)
    return total


def class_attention(s, classifier_s, t, classifier_t, resolution):
    def maps(feature, classifier, size):
        return F.normalize(F.adaptive_avg_pool2d(torch.einsum("kc,nchw->nkhw", classifier, feature), size), dim=(2, 3))

    size = [min(resolution, s.shape[axis], t.shape[axis]) for axis in (2, 3)]
    return F.mse_loss(maps(s, classifier_s, size), maps(t, classifier_t, size))


content = {"softenedError": [], "decoupled": [], "hint": [], "classAttention": []}
for name, n, k, scale, temperature in [("odd", 3, 5, 3, 20), ("one", 1, 2, 1, 1), ("wide", 2, 10, 8, 4)]:
    s, t = leaf(draw(n, k, scale=scale)), draw(n, k, scale=scale)
    case = {"name": name, "temperature": temperature, "student": tensor(s), "teacher": tensor(t)}
    content["softenedError"].append(case | valued(softened_error(s, t, temperature), {"student": s}))

for name, labels, k, scale, shift, (alpha, beta), temperature in [
    ("defaults", [3, 0, 4], 5, 3, 0, (1, 8), 4),
    ("two_classes", [1, 0], 2, 2, 0, (1, 8), 4),
    ("other_weights", [2, 2], 7, 2, 0, (0.5, 2), 1.5),
    ("large_logits", [0, 3, 1], 4, 12, 200, (1, 8), 4),  # a naive softmax in f32 overflows here
]:
    s, t = leaf(draw(len(labels), k, scale=scale) + shift), draw(len(labels), k, scale=scale) - shift
    case = {"name": name, "temperature": temperature, "alpha": alpha, "beta": beta}
    case |= {"student": tensor(s), "teacher": tensor(t), "targets": tensor(one_hot(labels, k))}
    content["decoupled"].append(case | valued(decoupled(s, t, labels, alpha, beta, temperature), {"student": s}))

students = [leaf(s) for s, _ in STAGES]
teachers = [t for _, t in STAGES]
content["stages"] = [{"student": tensor(s), "teacher": tensor(t)} for s, t in STAGES]
named = {f"student{i}": s for i, s in enumerate(students)}
content["attention"] = valued(attention(list(zip(students, teachers))), named)

for i, (s, t) in enumerate(STAGES):
    s, kernel, bias = leaf(s), leaf(draw(t.shape[1], s.shape[1], 1, 1)), leaf(draw(t.shape[1]))
    case = {"stage": i, "kernel": tensor(kernel), "bias": tensor(bias)}
    content["hint"].append(case | valued(hint(s, t, kernel, bias), {"student": s, "kernel": kernel, "bias": bias}))

margins = [negative_means(t) for t in teachers]
connectors, leaves, listed = [], dict(named), []
for i, (s, t) in enumerate(STAGES):
    kernel, scale, shift = leaf(draw(t.shape[1], s.shape[1], 1, 1)), leaf(1 + draw(t.shape[1], scale=0.2)), leaf(draw(t.shape[1], scale=0.3))
    connectors.append((kernel, scale, shift))
    leaves |= {f"kernel{i}": kernel, f"scale{i}": scale, f"shift{i}": shift}
    listed.append({"kernel": tensor(kernel), "scale": tensor(scale), "shift": tensor(shift), "margins": tensor(margins[i])})
content["overhaul"] = {"connectors": listed} | valued(overhaul(list(zip(students, teachers)), margins, connectors), leaves)
# A channel without a negative value has margin 0.
positive = torch.stack([STAGES[0][1].abs()[:, 0], STAGES[0][1][:, 1]], 1)
content["positiveChannel"] = {"feature": tensor(positive), "margins": tensor(negative_means(positive))}

for i, resolution, classes in [(0, 2, 4), (1, 3, 2), (2, 9, 3)]:
    s, t = leaf(STAGES[i][0]), STAGES[i][1]
    ws, wt = leaf(draw(classes, s.shape[1])), draw(classes, t.shape[1])
    case = {"stage": i, "resolution": resolution, "studentClassifier": tensor(ws), "teacherClassifier": tensor(wt)}
    loss = class_attention(s, ws, t, wt, resolution)
    content["classAttention"].append(case | valued(loss, {"student": s, "classifier": ws}))

save("losses", content)
