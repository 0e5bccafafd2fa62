"""SGD with Nesterov momentum, AdamW and both schedules, step by step on a small regression -> optimisers.json."""

import numpy as np
import torch
import torch.nn.functional as F
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, MultiStepLR, SequentialLR

from fixture import grid, number, save, tensor

STEPS, RATE = 10, 0.1
rng = np.random.default_rng(53)
INPUTS = [grid(rng.normal(size=(2, 3, 2, 2))) for _ in range(2)]
WANTED = [grid(2 * rng.normal(size=(2, 2, 2, 2))) for _ in range(2)]
KERNEL, BIAS = grid(rng.normal(size=(2, 3, 1, 1))), grid(rng.normal(size=2))

STEP = {"kind": "step", "milestones": [0.3, 0.75], "decay": 0.5}
COSINE = {"kind": "cosine", "warmUp": 0.3, "floor": 0.1}
PLAIN = {"kind": "cosine", "warmUp": 0, "floor": 0}
SGD = {"kind": "sgd", "momentum": 0.9, "weightDecay": 0.01, "nesterov": True}
ADAMW = {"kind": "adamw", "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8, "weightDecay": 0.05}


def optimiser(algorithm, parameters):
    decay = algorithm["weightDecay"]
    if algorithm["kind"] == "sgd":
        return torch.optim.SGD(parameters, RATE, algorithm["momentum"], nesterov=algorithm["nesterov"], weight_decay=decay)
    betas = (algorithm["beta1"], algorithm["beta2"])
    return torch.optim.AdamW(parameters, RATE, betas, algorithm["epsilon"], decay)


def scheduler(schedule, optimiser):
    if schedule["kind"] == "step":
        # The first step index at or behind each share of the run.
        return MultiStepLR(optimiser, [int(np.ceil(share * STEPS)) for share in schedule["milestones"]], schedule["decay"])
    rising = round(schedule["warmUp"] * STEPS)
    cosine = CosineAnnealingLR(optimiser, STEPS - rising, schedule["floor"] * RATE)
    if rising == 0:
        return cosine
    return SequentialLR(optimiser, [LinearLR(optimiser, 1 / rising, 1, rising - 1), cosine], [rising])


def run(algorithm, schedule):
    kernel, bias = KERNEL.clone().requires_grad_(), BIAS.clone().requires_grad_()
    update = optimiser(algorithm, [kernel, bias])
    plan = scheduler(schedule, update)
    rates, kernels, biases = [], [], []
    for step in range(STEPS):
        rates.append(number(update.param_groups[0]["lr"]))
        update.zero_grad()
        F.mse_loss(F.conv2d(INPUTS[step % 2], kernel, bias), WANTED[step % 2]).backward()
        update.step()
        plan.step()
        kernels.append(tensor(kernel))
        biases.append(tensor(bias))
    return {"algorithm": algorithm, "schedule": schedule, "rates": rates, "kernels": kernels, "biases": biases}


runs = [run(SGD, STEP), run(ADAMW, COSINE), run(ADAMW, STEP), run(SGD, PLAIN)]
inputs, wanted = [tensor(x) for x in INPUTS], [tensor(y) for y in WANTED]
start = {"kernel": tensor(KERNEL), "bias": tensor(BIAS), "inputs": inputs, "wanted": wanted}
save("optimisers", {"steps": STEPS, "learningRate": RATE, **start, "runs": runs})
