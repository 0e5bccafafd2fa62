"""Writing fixtures: nine significant digits, tensors as {"shape", "values"} with flat row-major values."""

import json
import math
from pathlib import Path

import numpy as np
import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

FOLDER = Path(__file__).resolve().parent.parent / "fixtures"


def number(x, digits=9):
    x = float(x.detach() if isinstance(x, torch.Tensor) else x)
    if not math.isfinite(x):
        raise ValueError(f"a fixture holds finite numbers only, got {x}")
    x = float(f"{x:.{digits}g}")
    return int(x) if x == int(x) and abs(x) < 1e9 else x


def tensor(x, digits=9):
    x = torch.as_tensor(x).detach()
    return {"shape": list(x.shape), "values": numbers(x.flatten(), digits)}


def numbers(x, digits=9):
    return [number(v, digits) for v in torch.as_tensor(x).detach().flatten().tolist()]


def grid(array, step=64):
    """Rounds to multiples of 1/step: short in JSON and exact in f32."""
    return torch.from_numpy(np.round(np.asarray(array) * step) / step)


def save(name, content):
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    size = path.stat().st_size
    print(f"{path.name}: {size / 1024:.1f} KiB")
    if size > 300 * 1024:
        raise ValueError(f"{path.name} is larger than 300 KiB")
