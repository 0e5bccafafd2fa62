"""Loads weights exported by the crate into PyTorch by name and compares logits.

    python load_export.py weights.safetensors expected.json [--tolerance 1e-4]

expected.json: {"input": {"shape": [N,3,H,W], "values": [...]}, "logits": {"shape": [N,K], "values": [...]}}, the input
already normalised, values row-major. Exits with 1 where a tensor is missing, unknown or misshapen, or a logit is off by
more than tolerance * max(1, largest absolute logit).
"""

import argparse
import json
import sys

import torch
from safetensors.torch import load_file

from model import from_state

torch.set_num_threads(1)


def read(entry):
    return torch.tensor(entry["values"], dtype=torch.float32).reshape(entry["shape"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights")
    parser.add_argument("expected")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    args = parser.parse_args()
    try:
        model = from_state(load_file(args.weights))
    except (KeyError, ValueError, RuntimeError) as error:
        sys.exit(f"the weights do not fit: {error}")
    with open(args.expected) as file:
        expected = json.load(file)
    with torch.no_grad():
        logits = model(read(expected["input"]))
    theirs = read(expected["logits"])
    if logits.shape != theirs.shape:
        sys.exit(f"logits have shape {list(logits.shape)} here and {list(theirs.shape)} in {args.expected}")
    error, allowed = (logits - theirs).abs().max().item(), args.tolerance * max(1.0, logits.abs().max().item())
    print(f"largest difference {error:.2e}, allowed {allowed:.2e}")
    if not error <= allowed:
        sys.exit("logits differ")


if __name__ == "__main__":
    main()
