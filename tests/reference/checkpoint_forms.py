"""One tiny network in every form that training scripts save it in -> form-*.pt, with the weights of families.py."""

import torch

from architectures import build
from families import single, weight
from fixture import FOLDER
from model import named

network = build({"family": "tiny-cnn", "width": 4}, 2)
with torch.no_grad():
    for k, (path, value) in enumerate(named(network).items()):
        value.copy_(single(weight(path, k, list(value.shape))))
network = network.float()
parallel = torch.nn.DataParallel(network)
optimiser = torch.optim.SGD(network.parameters(), 0.1, momentum=0.9)
network(torch.ones(2, 3, 8, 8, dtype=torch.float32)).sum().backward()
counters = {name: value for name, value in network.state_dict().items() if name.endswith("num_batches_tracked")}
assert counters, "the batch counters are what has to be left out"
half = {name: value.half() if value.is_floating_point() else value for name, value in network.state_dict().items()}

FORMS = {
    "plain": (network.state_dict(), True),
    "parallel": ({"epoch": 3, "state_dict": parallel.state_dict(), "best": 0.9}, True),
    "legacy": ({"net": parallel.state_dict(), "acc": 91.5}, False),
    "nested": ({"model": {"state_dict": network.state_dict()}}, True),
    "half": ({"model_state_dict": half}, False),
}
for name, (content, is_zip) in FORMS.items():
    path = FOLDER / f"form-{name}.pt"
    torch.save(content, path, _use_new_zipfile_serialization=is_zip)
    print(f"{path.name}: {path.stat().st_size / 1024:.1f} KiB")
optimiser.step()
path = FOLDER / "form-optimiser.pt"
torch.save({"model_state_dict": {k: v.double() for k, v in half.items()}, "optimizer_state_dict": optimiser.state_dict()}, path)
print(f"{path.name}: {path.stat().st_size / 1024:.1f} KiB")
