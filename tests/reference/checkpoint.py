"""Logits of the published CIFAR-10 ResNets on made-up pictures, in float32 -> checkpoint.json (needs UNICAM_DATA)."""

import torch

import data
from fixture import numbers, number, save, tensor
from model import from_checkpoint, named

N, SIZE = 3, 32


def pixels():
    n, c, i, j = torch.meshgrid(torch.arange(N), torch.arange(3), torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
    return (7 * i * i + 13 * j + 31 * c * i + 5 * n * j) % 256


x = data.normalised(pixels())
out = {"formula": "byte[n,c,i,j] = (7*i*i + 13*j + 31*c*i + 5*n*j) % 256; picture = (byte/255 - mean) / std", "shape": list(x.shape), "mean": list(data.MEAN), "std": list(data.STD)}
out["byteSum"], out["pictureHead"] = int(pixels().sum()), numbers(x.flatten()[:6])
out["models"] = []
with torch.no_grad():
    for name, file in data.CHECKPOINTS.items():
        model = from_checkpoint(data.folder() / "weights" / file)
        logits, stages = model.trace(x)
        exact, _ = model.double().trace(x.double())
        print(name, logits.tolist(), f"float32 off from float64 by {(logits - exact).abs().max():.1e}")
        out["models"].append({
            "name": name, "file": file, "parameters": sum(p.numel() for p in model.parameters()), "tensors": len(named(model)),
            "logits": tensor(logits), "predicted": logits.argmax(1).tolist(),
            "stages": [{"shape": list(s.shape), "mean": number(s.double().mean()), "imageSums": numbers(s.double().sum((1, 2, 3)))} for s in stages],
        })  # fmt: skip
save("checkpoint", out)
