"""Class maps of the tiny ResNet of resnet.py on an oblong picture, by autograd in float64 -> cams.json.

Grad-CAM++ is written with the three derivatives of exp(score) as its paper has them, and divided by exp(score) at the end.
"""

import torch

from fixture import numbers, save
from resnet import build, picture

SHAPE, FREQUENCY, PHASE, CLASSES = (2, 3, 13, 9), 0.071, 0.4, [0, 2]
LAYERS = [1, 2, 3]


def grad_cam(a, g, s):
    return (g.mean((2, 3), keepdim=True) * a).sum(1)


def grad_cam_plus_plus(a, g, s):
    y = s.exp()[:, None, None, None]
    first, second, third = y * g, y * g**2, y * g**3
    divisor = 2 * second + a.sum((2, 3), keepdim=True) * third
    alpha = torch.where(divisor == 0, torch.zeros_like(g), second / divisor)
    weights = (alpha * first.relu()).sum((2, 3), keepdim=True)
    return (weights / y * a).sum(1)


def layer_cam(a, g, s):
    return (g.relu() * a).sum(1)


def hires_cam(a, g, s):
    return (g * a).sum(1)


METHODS = {"gradCam": grad_cam, "gradCamPlusPlus": grad_cam_plus_plus, "layerCam": layer_cam, "hiresCam": hires_cam}

model = build().eval()
logits, stages = model.trace(picture(SHAPE, FREQUENCY, PHASE))
scores = logits[range(len(CLASSES)), CLASSES]
gradients = torch.autograd.grad(scores.sum(), stages)
layers = []
for layer in LAYERS:
    a, g, s = stages[layer - 1].detach(), gradients[layer - 1], scores.detach()
    maps = {name: method(a, g, s) for name, method in METHODS.items()}
    signs = {name: f"{(m < 0).sum()} of {m.numel()} below zero" for name, m in maps.items()}
    print(f"layer {layer}, {tuple(a.shape)}: {signs}")
    layers.append({"layer": layer, "maps": {name: numbers(m, 7) for name, m in maps.items()}})
save("cams", {"shape": list(SHAPE), "frequency": FREQUENCY, "phase": PHASE, "classes": CLASSES, "layers": layers})
