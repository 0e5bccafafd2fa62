"""Loads weights exported by the crate into PyTorch by name and compares logits.

    python load_export.py weights.safetensors expected.json [another.safetensors its.json ...] [--tolerance 1e-4]

The file's own metadata says which network it is (architectures.py builds it, of torchvision's modules where they are
torchvision's); a file without metadata is taken for a CIFAR ResNet whose shape the tensors tell.

expected.json: {"input": {"shape": [N,3,H,W], "values": [...]}, "logits": {"shape": [N,K], "values": [...]}}, the input
already normalised, values row-major. Exits with 1 where a tensor is missing, unknown or misshapen, or a logit is off by
more than tolerance * max(1, largest absolute logit).
"""

import argparse
import json
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file

from architectures import build, load
from model import from_state

torch.set_num_threads(1)


def read(entry):
    return torch.tensor(entry["values"], dtype=torch.float32).reshape(entry["shape"])


def network(path):
    with safe_open(path, "pt") as file:
        about = json.loads((file.metadata() or {}).get("unicam", "{}"))
    state = load_file(path)
    if "network" not in about:
        return from_state(state)
    return load(build(about["network"]["architecture"], about["network"]["classes"]).float(), state)


def compare(weights, expected, tolerance):
    try:
        model = network(weights)
    except (KeyError, ValueError, RuntimeError) as error:
        sys.exit(f"{weights}: the weights do not fit: {error}")
    with open(expected) as file:
        expected = json.load(file)
    with torch.no_grad():
        logits = model(read(expected["input"]))
    theirs = read(expected["logits"])
    if logits.shape != theirs.shape:
        sys.exit(f"{weights}: logits have shape {list(logits.shape)} here and {list(theirs.shape)} there")
    error, allowed = (logits - theirs).abs().max().item(), tolerance * max(1.0, logits.abs().max().item())
    print(f"{weights}: largest difference {error:.2e}, allowed {allowed:.2e}")
    if not error <= allowed:
        sys.exit("logits differ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", help="weights and expected values in turn")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    args = parser.parse_args()
    if len(args.files) % 2:
        parser.error("every weight file needs its expected values behind it")
    for weights, expected in zip(args.files[::2], args.files[1::2]):
        compare(weights, expected, args.tolerance)


if __name__ == "__main__":
    main()
