"""UniCAM by autograd -> unicam.json."""

import numpy as np
import torch
import torch.nn.functional as F

import algebra as al
from fixture import grid, number, numbers, save, tensor


def features(rng, labels, shape, strength):
    """Class pattern plus noise, through a ReLU as a stage's output is."""
    patterns = rng.normal(size=(max(labels) + 1, *shape))
    noise = rng.normal(size=(len(labels), *shape))
    return grid(np.maximum(strength * patterns[labels] + noise, 0))


def objectives(a, pc, pg):
    u = al.removal(al.u_centred(al.distances(a)), pc)
    # numpy's argmax takes the first at a tie.
    winners = torch.from_numpy(np.argmax(u.detach().numpy(), axis=1))
    return u, {"relevance": al.r_star(u, pg), "unique": u.gather(1, winners[:, None]).sum()}, winners


def scaled(raw, size):
    def unit(x):
        x = x - x.amin((1, 2), keepdim=True)
        return x / (x.amax((1, 2), keepdim=True) + 1e-7)

    resized = F.interpolate(unit(raw)[:, None], size=size, mode="bilinear", align_corners=False, antialias=False)
    return unit(resized[:, 0])


def case(name, a, c, labels, sizes, check=True):
    a = a.clone().requires_grad_()
    pc, g = al.projected(c), al.one_hot(labels, max(labels) + 1)
    pg = al.projected(g)
    u, values, winners = objectives(a, pc, pg)
    ordered = u.detach().sort(1).values
    assert name == "tie" or (ordered[:, -1] - ordered[:, -2]).min() > 1e-4, f"{name}: a near tie would hang on rounding"
    out = {"name": name, "activation": tensor(a), "other": tensor(c), "labels": labels, "classes": g.shape[1], "removed": tensor(u), "winners": winners.tolist()}
    a_values = a.detach()
    for key, value in values.items():
        (gradient,) = torch.autograd.grad(value, a, retain_graph=True)
        assert gradient.isfinite().all()
        if check:  # central differences; off where a tie or a coincidence makes a kink
            rng = np.random.default_rng(5)
            for _ in range(3):
                step = torch.from_numpy(rng.normal(size=a.shape)) * 1e-6
                ahead, behind = (objectives(a_values + s, pc, pg)[1][key] for s in (step, -step))
                assert abs((ahead - behind) / 2 - (gradient * step).sum()) < 1e-6 * gradient.norm() * step.norm(), (name, key)
        alpha = gradient.mean((2, 3))
        raw = F.relu((alpha[:, :, None, None] * a_values).sum(1))
        out[key] = {
            "objective": number(value), "gradient": tensor(gradient), "alpha": tensor(alpha), "raw": tensor(raw),
            "min": numbers(raw.amin((1, 2))), "max": numbers(raw.amax((1, 2))), "sum": numbers(raw.sum((1, 2))),
            "scaled": [tensor(scaled(raw, size)) for size in sizes],
        }  # fmt: skip
    return out


def build(seed, labels, shape, other, strength):
    rng = np.random.default_rng(seed)
    return features(rng, labels, shape, strength), features(rng, labels, other, strength / 2)


def empties(seed, labels, shape, other, strength):
    a, c = build(seed, labels, shape, other, strength)
    result = case("search", a, c, labels, [])
    return [sum(m == 0 for m in result[key]["max"]) for key in ("relevance", "unique")]


CASES = []
balanced, few, eight = [0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 1], [0, 1, 0, 1, 2, 2, 3, 3]
CASES.append(case("square", *build(1, balanced, (3, 4, 4), (3, 4, 4), 2.0), balanced, [(8, 8), (7, 11)]))
CASES.append(case("non_square", *build(2, few, (4, 3, 5), (2, 6, 3), 2.0), few, [(6, 10), (8, 4)]))
CASES.append(case("one_pixel", *build(3, eight, (2, 1, 1), (5, 1, 1), 1.5), eight, [(3, 2)]))
CASES.append(case("noise", *build(4, balanced, (3, 4, 4), (7, 2, 2), 0.0), balanced, [(5, 9)]))

# Some maps empty and some not, under both objectives.
labels = [0, 0, 1, 1, 2]
seed = next(s for s in range(1000) if all(1 <= e <= 3 for e in empties(s, labels, (3, 2, 3), (3, 2, 3), 1.5)))
CASES.append(case("empty_map", *build(seed, labels, (3, 2, 3), (3, 2, 3), 1.5), labels, [(4, 6)]))

# Images 1 and 4 are the same picture for both networks: D is epsilon there and the gradient must stay finite.
a, c = build(6, balanced, (2, 2, 2), (2, 2, 2), 2.0)
a[4], c[4] = a[1], c[1]
# Bit-exact ties of U between the copies would hang on rounding, so the copies differ in what the other network sees.
c[4, 0, 0, 0] += 1
CASES.append(case("duplicate_rows", a, c, balanced, [(4, 4)], check=False))

# Constant features of the other network: nothing is removed.
a, _ = build(7, balanced, (2, 3, 2), (1, 1, 1), 2.0)
CASES.append(case("other_constant", a, torch.full((6, 2, 1, 1), 0.25), balanced, [(6, 4)]))

# Pythagorean points: every row of U has two equal maxima, exactly, in any order of adding.
a = torch.tensor([[35.0, 0], [0, 12], [0, -12], [16, 0]])[:, :, None, None]
tie = case("tie", a, torch.zeros(4, 1, 1, 1), [0, 1, 0, 1], [(2, 2)], check=False)
u = np.array(tie["removed"]["values"]).reshape(4, 4)
assert all((row == row.max()).sum() == 2 for row in u), u
CASES.append(tie)

for item in CASES:
    print(item["name"], *(f"{k}: objective {item[k]['objective']:.4f}, empty {sum(m == 0 for m in item[k]['max'])}/{len(item['labels'])}" for k in ("relevance", "unique")), sep="; ")
save("unicam", {"epsilon": al.EPS, "scaleEpsilon": 1e-7, "cases": CASES})
