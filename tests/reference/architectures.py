"""Every family of the crate as a PyTorch module, from the crate's own JSON; ResNets and VGGs are torchvision's, made narrower."""

import torch.nn.functional as F
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.models.resnet import ResNet as TorchvisionResNet
from torchvision.models.vgg import VGG as TorchvisionVgg
from torchvision.models.vgg import cfgs, make_layers

import model

RESNETS = {18: (BasicBlock, [2, 2, 2, 2]), 34: (BasicBlock, [3, 4, 6, 3]), 50: (Bottleneck, [3, 4, 6, 3]), 101: (Bottleneck, [3, 4, 23, 3])}
VGGS = {11: "A", 13: "B", 16: "D", 19: "E"}


class ResNet(TorchvisionResNet):
    def __init__(self, depth, width, classes, small_stem=False):
        block, blocks = RESNETS[depth]
        super().__init__(block, blocks, num_classes=classes)
        if width != 64 or small_stem:
            self.inplanes = width
            self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False) if small_stem else nn.Conv2d(3, width, 7, 2, 3, bias=False)
            self.bn1 = nn.BatchNorm2d(width)
            for stage, count in enumerate(blocks):
                setattr(self, f"layer{stage + 1}", self._make_layer(block, width << stage, count, stride=1 if stage == 0 else 2))
            self.fc = nn.Linear(8 * width * block.expansion, classes)
        if small_stem:
            self.maxpool = nn.Identity()

    def trace(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        stages = []
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
            stages.append(x)
        return self.fc(self.avgpool(x).flatten(1)), stages


class ProjectedResNet(TorchvisionResNet):
    """A CIFAR ResNet whose shortcuts are torchvision's projections (option B), and whose stem may be narrower."""

    def __init__(self, blocks, width, classes, stem=None):
        nn.Module.__init__(self)
        self._norm_layer, self.groups, self.base_width, self.dilation = nn.BatchNorm2d, 1, 64, 1
        self.inplanes = stem or width
        self.conv1 = nn.Conv2d(3, self.inplanes, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(self.inplanes)
        self.layer1 = self._make_layer(BasicBlock, width, blocks)
        self.layer2 = self._make_layer(BasicBlock, 2 * width, blocks, stride=2)
        self.layer3 = self._make_layer(BasicBlock, 4 * width, blocks, stride=2)
        self.linear = nn.Linear(4 * width, classes)

    def trace(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        stages = []
        for stage in (self.layer1, self.layer2, self.layer3):
            x = stage(x)
            stages.append(x)
        return self.linear(x.mean((2, 3))), stages

    def forward(self, x):
        return self.trace(x)[0]


class Vgg(TorchvisionVgg):
    def __init__(self, depth, batch_norm, width, classes):
        plan = [entry if entry == "M" else entry * width // 64 for entry in cfgs[VGGS[depth]]]
        nn.Module.__init__(self)
        self.features = make_layers(plan, batch_norm)
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        hidden = 64 * width
        self.classifier = nn.Sequential(
            nn.Linear(8 * width * 49, hidden), nn.ReLU(True), nn.Dropout(), nn.Linear(hidden, hidden), nn.ReLU(True), nn.Dropout(), nn.Linear(hidden, classes)
        )  # fmt: skip

    def trace(self, x):
        stages = []
        for layer in self.features:
            if isinstance(layer, nn.MaxPool2d):
                stages.append(x)
            # Torchvision's ReLUs work in place: a copy keeps what autograd needs.
            x = F.relu(x) if isinstance(layer, nn.ReLU) else layer(x)
        return self.classifier(self.avgpool(x).flatten(1)), stages


class TinyCnn(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        inputs = 3
        for stage in range(3):
            outputs = width << stage
            conv = nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False)
            setattr(self, f"layer{stage + 1}", nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU()))
            inputs = outputs
        self.fc = nn.Linear(inputs, classes)

    def trace(self, x):
        stages = []
        for stage in (self.layer1, self.layer2, self.layer3):
            x = stage(x)
            stages.append(x)
        return self.fc(x.mean((2, 3))), stages

    def forward(self, x):
        return self.trace(x)[0]


def cifar_resnet(shape, classes):
    if shape.get("projection"):
        return ProjectedResNet(shape["blocks"], shape["width"], classes, shape.get("stem"))
    return model.ResNet(shape["blocks"], shape["width"], classes)


def build(architecture, classes):
    """The module for `{"family": ..., ...}` as the crate writes it, in evaluation mode."""
    shape = dict(architecture)
    family = shape.pop("family")
    made = {
        "cifar-resnet": lambda: cifar_resnet(shape, classes),
        "resnet": lambda: ResNet(shape["depth"], shape.get("width", 64), classes, shape.get("smallStem", False)),
        "vgg": lambda: Vgg(shape["depth"], shape["batchNorm"], shape.get("width", 64), classes),
        "tiny-cnn": lambda: TinyCnn(shape.get("width", 16), classes),
    }[family]()
    return made.eval()


def load(network, state):
    """Puts a state dict into a module; every tensor must be there under its name, batch counters apart."""
    own = model.named(network)
    missing, unexpected = own.keys() - state.keys(), state.keys() - own.keys()
    if missing or unexpected:
        raise ValueError(f"missing {sorted(missing)}, unexpected {sorted(unexpected)}")
    network.load_state_dict(state, strict=False)
    return network
