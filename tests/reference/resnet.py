"""A tiny CIFAR ResNet with weights from a formula: forward, Grad-CAM, one and two SGD steps -> resnet.json."""

import sys

import torch
import torch.nn.functional as F

from fixture import number, numbers, save, tensor
from model import ResNet, named

BLOCKS, WIDTH, CLASSES = 1, 4, 3
SQUARE, OBLONG = (2, 3, 32, 32), (2, 3, 20, 28)
LABELS = [2, 0]
LR, MOMENTUM, DECAY = 0.05, 0.9, 5e-4
PEEKED = ["conv1.weight", "bn1.weight", "layer1.0.conv2.weight", "layer2.0.conv1.weight", "layer2.0.bn1.bias", "layer3.0.conv2.weight", "layer3.0.bn2.weight", "linear.weight", "linear.bias"]


def single(x):
    """Every number goes through f32 once, as it does in the crate."""
    return x.float().double()


def weight(name, k, shape, slot_is_norm):
    i = torch.arange(torch.Size(shape).numel()).double().reshape(shape)
    s = torch.sin(0.37 * i + k)
    field = name.rsplit(".", 1)[1]
    if field == "running_mean":
        return 0.1 * s
    if field == "running_var":
        return 1 + 0.5 * s.abs()
    if slot_is_norm:
        return 1 + 0.2 * s if field == "weight" else 0.1 * s
    return 0.3 * s


def picture(shape, frequency, phase):
    i = torch.arange(torch.Size(shape).numel()).double().reshape(shape)
    return single(torch.sin(frequency * i + phase))


def build():
    model = ResNet(BLOCKS, WIDTH, CLASSES)
    for k, (name, value) in enumerate(named(model).items()):
        value.copy_(single(weight(name, k, value.shape, ".bn" in f".{name}")))
    return model


def cam(activation, gradient):
    return F.relu((gradient.mean((2, 3), keepdim=True) * activation).sum(1))


def look(x, classes, model):
    model = model.eval()
    logits, stages = model.trace(x)
    picked = logits[range(len(classes)), classes].sum()  # images do not mix in eval mode
    gradients = torch.autograd.grad(picked, stages)
    return {
        "shape": list(x.shape),
        "logits": tensor(logits),
        "stages": [{"shape": list(s.shape), "mean": number(s.mean()), "absSum": number(s.abs().sum()), "imageSums": numbers(s.sum((1, 2, 3)))} for s in stages],
        "gradCam": {"classes": classes, "alpha": [tensor(g.mean((2, 3))) for g in gradients], "raw": [tensor(cam(s.detach(), g)) for s, g in zip(stages, gradients)]},
    }


def steps(x, model, count=2):
    model = model.train()
    optimiser = torch.optim.SGD(model.parameters(), LR, MOMENTUM, weight_decay=DECAY)
    out = []
    for _ in range(count):
        optimiser.zero_grad()
        logits, stages = model.trace(x)
        loss = F.cross_entropy(logits, torch.tensor(LABELS))
        loss.backward()
        gradients = {n: p.grad.clone() for n, p in model.named_parameters()}
        optimiser.step()
        state = named(model)
        out.append({
            "loss": number(loss), "logits": tensor(logits), "stageAbsSums": [number(s.abs().sum()) for s in stages],
            "gradientNorms": {n: number(g.norm()) for n, g in gradients.items()},
            "gradientHeads": {n: numbers(gradients[n].flatten()[:6]) for n in PEEKED},
            "weightNorms": {n: number(v.norm()) for n, v in state.items()},
            "weightHeads": {n: numbers(state[n].flatten()[:6]) for n in PEEKED},
            "running": {n: numbers(v) for n, v in state.items() if "running" in n},
        })  # fmt: skip
    return out


def content(convert=lambda x: x):
    inputs = {"square": (SQUARE, 0.11, 0.7, [1, 2]), "oblong": (OBLONG, 0.053, 1.3, [0, 2])}
    pictures = {name: convert(picture(*spec[:3])) for name, spec in inputs.items()}
    return {
        "blocks": BLOCKS, "width": WIDTH, "classes": CLASSES,
        "tensors": [{"name": n, "shape": list(v.shape), "head": numbers(v.flatten()[:3])} for n, v in named(build()).items()],
        "eval": [{"name": n, "frequency": s[1], "phase": s[2], **look(pictures[n], s[3], convert(build()))} for n, s in inputs.items()],
        "train": {"input": "square", "labels": LABELS, "learningRate": LR, "momentum": MOMENTUM, "dampening": 0, "weightDecay": DECAY, "steps": steps(pictures["square"], convert(build()))},
    }  # fmt: skip


def worst(a, b, path=""):
    """Largest difference of two contents by field, relative to the largest number of its list."""
    if isinstance(a, dict):
        return {k: e for key in a for k, e in worst(a[key], b[key], f"{path}.{key}").items()}
    if isinstance(a, list) and a and isinstance(a[0], (dict, list)):
        return {k: e for i, (x, y) in enumerate(zip(a, b)) for k, e in worst(x, y, f"{path}{i}").items()}
    if isinstance(a, str):
        return {}
    a, b = (torch.tensor(x, dtype=torch.float64).reshape(-1) for x in (a, b))
    return {path: float((a - b).abs().max() / a.abs().max().clamp_min(1e-12))} if len(a) else {}


if __name__ == "__main__":
    reference = content()
    if "--spread" in sys.argv:  # how far a float32 run of PyTorch itself lands: the floor of a tolerance
        errors = worst(reference, content(lambda x: x.float()))
        for key, error in sorted(errors.items(), key=lambda item: -item[1])[:25]:
            print(f"{error:.1e} {key}")
    save("resnet", reference)
