"""Networks of every family with weights from whole-number arithmetic: stages, logits, Grad-CAM, names and sizes -> families.json."""

import hashlib

import numpy as np
import torch

import torchvision
from architectures import RESNETS, VGGS, build
from fixture import number, numbers, save, tensor
from model import named

RESNET, VGG = "resnet", "vgg"
#        name, architecture, classes, pictures, small enough for a browser
CASES = [
    ("cifar-resnet-20", {"family": "cifar-resnet", "blocks": 3, "width": 8}, 3, (2, 3, 13, 22), False),
    ("cifar-resnet-110", {"family": "cifar-resnet", "blocks": 18, "width": 4}, 2, (1, 3, 9, 14), False),
    ("cifar-resnet-14-projections", {"family": "cifar-resnet", "blocks": 2, "width": 4, "projection": True}, 3, (2, 3, 13, 22), True),
    ("cifar-resnet-8x4", {"family": "cifar-resnet", "blocks": 1, "width": 16, "stem": 8, "projection": True}, 2, (1, 3, 12, 15), False),
    ("resnet-18-small-stem", {"family": RESNET, "depth": 18, "width": 4, "smallStem": True}, 3, (2, 3, 17, 22), True),
    ("resnet-18", {"family": RESNET, "depth": 18, "width": 4}, 3, (2, 3, 37, 52), True),
    ("resnet-34", {"family": RESNET, "depth": 34, "width": 4}, 2, (1, 3, 33, 47), False),
    ("resnet-50", {"family": RESNET, "depth": 50, "width": 4}, 5, (2, 3, 35, 41), False),
    ("resnet-101", {"family": RESNET, "depth": 101, "width": 4}, 2, (1, 3, 40, 33), False),
    ("vgg-11", {"family": VGG, "depth": 11, "batchNorm": False, "width": 4}, 3, (2, 3, 33, 67), True),
    ("vgg-11-bn", {"family": VGG, "depth": 11, "batchNorm": True, "width": 4}, 2, (1, 3, 32, 40), False),
    ("vgg-13", {"family": VGG, "depth": 13, "batchNorm": False, "width": 4}, 2, (1, 3, 45, 32), False),
    ("vgg-16-bn", {"family": VGG, "depth": 16, "batchNorm": True, "width": 8}, 4, (2, 3, 61, 39), False),
    ("vgg-19", {"family": VGG, "depth": 19, "batchNorm": False, "width": 4}, 2, (1, 3, 226, 240), False),
    ("tiny-cnn", {"family": "tiny-cnn", "width": 12}, 3, (2, 3, 21, 30), True),
    ("resnet-18-full", {"family": RESNET, "depth": 18, "width": 64}, 10, (1, 3, 65, 40), False),
]  # fmt: skip


def noise(k, shape):
    """Numbers in [-1, 1) from a hash of place and index: exact, the same in every language, and without structure."""
    index = np.arange(np.prod(shape), dtype=np.uint64)
    mask = np.uint64(0xFFFFFFFF)
    h = (index * np.uint64(2654435761) + np.uint64(k + 1) * np.uint64(40503)) & mask
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h ^= h >> np.uint64(shift)
        h = (h * np.uint64(factor)) & mask
    h ^= h >> np.uint64(16)
    return torch.from_numpy(h.astype(np.float64) / 2.0**31 - 1.0).reshape(tuple(shape))


def weight(name, k, shape):
    """He-uniform weights; residual branches are held down, or the sums of a hundred blocks would run away."""
    u = noise(k, shape)
    field = name.rsplit(".", 1)[1]
    if len(shape) > 1:
        return u * (6.0 / np.prod(shape[1:])) ** 0.5
    if field == "weight":
        return 0.6 + 0.1 * u if ".bn" in name else 1.0 + 0.2 * u
    return 1.0 + 0.25 * u.abs() if field == "running_var" else 0.1 * u


def single(x):
    return x.float().double()


def digest(network):
    lines = "".join(f"{name} {'x'.join(map(str, value.shape))}\n" for name, value in named(network).items())
    return hashlib.sha256(lines.encode()).hexdigest()


def parameters(network):
    return sum(p.numel() for p in network.parameters())


def look(name, architecture, classes, shape, browser):
    network = build(architecture, classes)
    with torch.no_grad():
        for k, (path, value) in enumerate(named(network).items()):
            value.copy_(single(weight(path, k, list(value.shape))))
    logits, stages = network.trace(single(1.5 * noise(100_000, shape)))
    score = logits[:, 0].sum()
    maps = []
    for stage, gradient in zip(stages, torch.autograd.grad(score, stages)):
        cam = ((gradient.mean((2, 3), keepdim=True) * stage).sum(1)).clamp_min(0)
        maps.append({"sums": numbers(cam.sum((1, 2))), "head": numbers(cam.flatten()[:4])})
    print(f"{name}: {parameters(network):,} parameters, logits {logits[0].tolist()}, stages {[list(s.shape[2:]) for s in stages]}")
    return {
        "name": name, "architecture": architecture, "classes": classes, "pictures": list(shape), "browser": browser,
        "parameters": parameters(network), "tensors": len(named(network)), "digest": digest(network), "logits": tensor(logits),
        "stages": [{"shape": list(s.shape), "imageSums": numbers(s.sum((1, 2, 3))), "head": numbers(s.flatten()[:4])} for s in stages],
        "gradCam": maps,
    }  # fmt: skip


def catalogue():
    """Torchvision's own networks at 1000 classes: how many numbers, and a digest of every name and shape."""
    entries = []
    with torch.device("meta"):
        made = [(f"resnet{depth}", {"family": RESNET, "depth": depth}) for depth in RESNETS]
        made += [(f"vgg{depth}{'_bn' * bn}", {"family": VGG, "depth": depth, "batchNorm": bool(bn)}) for depth in VGGS for bn in (0, 1)]
        for name, architecture in made:
            network = getattr(torchvision.models, name)()
            entries.append({"name": name, "architecture": architecture, "parameters": parameters(network), "digest": digest(network)})
            print(name, f"{parameters(network):,}")
    return entries


if __name__ == "__main__":
    save("families", {"cases": [look(*case) for case in CASES], "torchvision": catalogue()})
