"""Where the real data is (UNICAM_DATA), and CIFAR's normalisation."""

import os
from pathlib import Path

import torch

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
CHECKPOINTS = {"resnet20": "resnet20-12fca82f.th", "resnet56": "resnet56-4bfd9763.th"}


def folder():
    if "UNICAM_DATA" not in os.environ:
        raise SystemExit("set UNICAM_DATA to the folder with weights/ and cifar10-jpeg.tar.xz")
    return Path(os.environ["UNICAM_DATA"])


def normalised(pixels, dtype=torch.float32):
    """[N,3,H,W] bytes -> normalised pictures, computed in float64 and rounded once."""
    mean, std = (torch.tensor(v, dtype=torch.float64)[None, :, None, None] for v in (MEAN, STD))
    return ((pixels.double() / 255 - mean) / std).to(dtype)
