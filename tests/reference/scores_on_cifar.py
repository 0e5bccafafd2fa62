"""FSS and RS of the published ResNet-56 (Teacher) and ResNet-20 (Student) on 40 real pictures -> cifar_scores.json.

Needs UNICAM_DATA. The pictures: the first four test files of each class by sorted name, classes in alphabetical order.
Features: float32 networks, then float64. JPEG decoders differ by a few levels, so the scores are kept per decoder; the
pixels of the second one come from outside (see README.md).
"""

import argparse
import io
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import algebra as al
import data
from fixture import numbers, number, save
from model import from_checkpoint
from scores import fss, given, relevance

PER_CLASS = 4
# Images whose maps are kept, per layer: few of the large ones.
MAPPED = ([17], [2, 21, 38], list(range(0, 40, 2)))


def unpack(target):
    """Only the test pictures that are used, once; the archive is read as a stream."""
    names = [f"cifar10/test/{c}/{i:04d}.jpg" for c in data.CLASSES for i in range(PER_CLASS)]
    missing = {n for n in names if not (target / n).exists()}
    if missing:
        with tarfile.open(data.folder() / "cifar10-jpeg.tar.xz", "r|xz") as archive:
            for entry in archive:
                if entry.name.removeprefix("./") in missing:
                    path = target / entry.name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(archive.extractfile(entry).read())
                    missing.discard(entry.name.removeprefix("./"))
                    if not missing:
                        break
    if missing:
        raise SystemExit(f"not in the archive: {sorted(missing)[:3]}")
    return names


def bytes_of(path):
    return torch.from_numpy(np.asarray(Image.open(io.BytesIO(path.read_bytes())).convert("RGB")).copy()).permute(2, 0, 1)


def maps(a, c, g, images):
    """UniCAM, relevance objective, before the ReLU: `sum_k alpha_k A_k` of some of the images, divided by the largest value."""
    a = a.clone().requires_grad_()
    objective = al.r_star(al.removal(al.u_centred(al.distances(a)), al.projected(c)), al.projected(g))
    (gradient,) = torch.autograd.grad(objective, a)
    signed = (gradient.mean((2, 3))[:, :, None, None] * a.detach()).sum(1)[images]
    scale = signed.abs().max()
    return {"images": images, "scale": number(scale), "relative": {"shape": list(signed.shape), "values": [round(v, 4) for v in (signed / scale).flatten().tolist()]}}


def decoding(decoder, pixels, with_maps=False):
    g = al.one_hot(labels, 10)
    with torch.no_grad():
        traces = {m: from_checkpoint(data.folder() / "weights" / f).trace(data.normalised(pixels)) for m, f in data.CHECKPOINTS.items()}
    layers = []
    for k in range(3):
        student, teacher = (traces[m][1][k].double() for m in ("resnet20", "resnet56"))
        layers.append({
            "layer": f"layer{k + 1}", "fss": fss(teacher, student),
            "relevance": {"teacher": relevance(teacher, g), "student": relevance(student, g)},
            "studentGivenTeacher": given(student, teacher, g), "teacherGivenStudent": given(teacher, student, g),
            "featureSums": {"teacher": number(teacher.sum()), "student": number(student.sum())},
        })  # fmt: skip
        if with_maps:
            images = MAPPED[k]
            layers[-1]["maps"] = {"studentGivenTeacher": maps(student, teacher, g, images), "teacherGivenStudent": maps(teacher, student, g, images)}
        print(decoder, layers[-1]["layer"], "FSS", layers[-1]["fss"]["paper"], "corrected", layers[-1]["fss"]["corrected"])
    predicted = {m: t[0].argmax(1) for m, t in traces.items()}
    return {
        "decoder": decoder, "byteSums": [int(p.long().sum()) for p in pixels],
        "predicted": {m: p.tolist() for m, p in predicted.items()}, "accuracy": {m: number((p == torch.tensor(labels)).double().mean()) for m, p in predicted.items()},
        "logitsOfFirst": {m: numbers(t[0][0]) for m, t in traces.items()}, "layers": layers,
    }  # fmt: skip


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--pixels", help="the same pictures decoded by `image` 0.25.10: RGB bytes, 40 x 32 x 32 x 3, in the order of `files`")
args = parser.parse_args()
target = Path(tempfile.gettempdir()) / "unicam-cifar"
names = unpack(target)
labels = [data.CLASSES.index(n.split("/")[2]) for n in names]
decodings = [decoding("Pillow 13.0.0", torch.stack([bytes_of(target / n) for n in names]))]
if args.pixels:
    raw = np.fromfile(args.pixels, np.uint8).reshape(len(names), 32, 32, 3)
    decodings.append(decoding("image 0.25.10", torch.from_numpy(raw).permute(0, 3, 1, 2), with_maps=True))
else:
    print("without --pixels the scores for Rust's own JPEG decoder are left out")
save("cifar_scores", {
    "files": [n.removeprefix("cifar10/") for n in names], "labels": labels, "teacher": "resnet56", "student": "resnet20",
    "features": "float32 network, float64 scores", "decodings": decodings,
})  # fmt: skip
