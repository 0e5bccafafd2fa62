"""CIFAR ResNet of depth 6n+2, option-A shortcuts; tensor names as in akamaster's checkpoints."""

import torch
import torch.nn.functional as F
from torch import nn


class BasicBlock(nn.Module):
    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.padding = (planes - inputs) // 2  # a quarter of the planes on each side

    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.padding:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.padding, self.padding))
        return F.relu(out + x)


class ResNet(nn.Module):
    def __init__(self, blocks, width=16, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.layer1 = self.stage(width, width, blocks, 1)
        self.layer2 = self.stage(width, 2 * width, blocks, 2)
        self.layer3 = self.stage(2 * width, 4 * width, blocks, 2)
        self.linear = nn.Linear(4 * width, classes)

    @staticmethod
    def stage(inputs, planes, blocks, stride):
        return nn.Sequential(*(BasicBlock(planes if b else inputs, planes, 1 if b else stride) for b in range(blocks)))

    def trace(self, x):
        """(logits, [output of each stage])"""
        x = F.relu(self.bn1(self.conv1(x)))
        stages = []
        for stage in (self.layer1, self.layer2, self.layer3):
            x = stage(x)
            stages.append(x)
        return self.linear(x.mean((2, 3))), stages

    def forward(self, x):
        return self.trace(x)[0]


def named(model):
    """The state in PyTorch's order without the batch counters, which no exporter of ours writes."""
    return {k: v for k, v in model.state_dict().items() if not k.endswith("num_batches_tracked")}


def from_state(state):
    """A float32 model in eval mode from a state dict, its shape read off the tensors."""
    state = {k.removeprefix("module."): v for k, v in state.items()}
    blocks = len({k.split(".")[1] for k in state if k.startswith("layer1.")})
    model = ResNet(blocks, state["conv1.weight"].shape[0], state["linear.weight"].shape[0]).float()
    absent = {k for k in model.state_dict() if k.endswith("num_batches_tracked")}
    missing, unexpected = model.load_state_dict(state, strict=False)
    if set(missing) - absent or unexpected:
        raise ValueError(f"missing {sorted(set(missing) - absent)}, unexpected {unexpected}")
    return model.eval()


def from_checkpoint(path):
    return from_state(torch.load(path, map_location="cpu", weights_only=True)["state_dict"])
