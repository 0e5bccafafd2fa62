"""Distance algebra, checked against the `dcor` package -> distance.json."""

import dcor
import numpy as np
import scipy.stats
import torch

import algebra as al
from fixture import grid, number, save, tensor

rng = np.random.default_rng(11)


def make(*shape):
    return grid(rng.normal(size=shape))


duplicates = make(7, 3)
duplicates[4] = duplicates[1]
related = make(12, 5)
MATRICES = {
    "n4_a": make(4, 3), "n4_b": make(4, 1), "n4_g": make(4, 7),
    "n5_a": make(5, 3), "n5_b": make(5, 7), "n5_g": make(5, 2),
    "n5_constant": torch.full((5, 3), 0.5), "n5_simplex": torch.eye(5),
    "n6_map_a": make(6, 3, 5, 2), "n6_map_b": make(6, 2, 3, 3), "n6_labels": al.one_hot([0, 1, 2, 0, 1, 2], 3),
    "n7_duplicates": duplicates, "n7_b": make(7, 5), "n7_line": make(7, 1),
    "n12_a": related, "n12_b": grid(related[:, :3] ** 2 + 0.3 * make(12, 3)), "n12_labels": al.one_hot([i % 3 for i in range(12)], 3),
    "known_x": torch.arange(1.0, 6)[:, None], "known_y": torch.tensor([1.0, 2, 9, 4, 4])[:, None], "known_z": torch.tensor([9.0, 5, 6, 7, 8])[:, None],
}  # fmt: skip
PAIRS = [
    ("n4_a", "n4_b"), ("n4_a", "n4_g"), ("n5_a", "n5_b"), ("n5_b", "n5_a"), ("n5_a", "n5_a"), ("n5_a", "n5_constant"), ("n5_constant", "n5_a"), ("n5_a", "n5_simplex"),
    ("n6_map_a", "n6_map_b"), ("n6_map_a", "n6_labels"), ("n7_duplicates", "n7_b"), ("n7_b", "n7_duplicates"), ("n7_b", "n7_line"), ("n12_a", "n12_b"), ("n12_b", "n12_labels"),
    ("known_x", "known_y"),
]  # fmt: skip
TRIPLES = [
    ("n4_a", "n4_b", "n4_g"), ("n5_a", "n5_b", "n5_g"), ("n5_a", "n5_constant", "n5_g"), ("n6_map_a", "n6_map_b", "n6_labels"), ("n7_duplicates", "n7_b", "n7_line"),
    ("n7_b", "n7_duplicates", "n7_line"), ("n12_a", "n12_b", "n12_labels"), ("n12_b", "n12_a", "n12_labels"), ("known_x", "known_z", "known_y"),
]  # fmt: skip
DEGENERATE = {"n5_constant", "n5_simplex"}


def agree(ours, theirs, what):
    error = np.abs(np.asarray(ours) - np.asarray(theirs)).max()
    assert error <= 1e-10, f"{what}: off from dcor by {error}"


def rows(name):
    return MATRICES[name].flatten(1).numpy()


def exact(*names):
    """U-centred distances without epsilon, to be compared with dcor, which has none."""
    return [torch.from_numpy(dcor.u_centered(dcor.distances.pairwise_distances(rows(n)))) for n in names]


def exact_biased(*names):
    a, b = (al.double_centred(torch.from_numpy(dcor.distances.pairwise_distances(rows(n)))) for n in names)
    return (a * b).mean() / (a.square().mean() * b.square().mean()).sqrt()


def matrix(name):
    d = al.distances(MATRICES[name])
    p = al.projected(MATRICES[name])
    if name not in DEGENERATE:
        agree(p, dcor.u_centered(d.numpy()), f"u_centered {name}")
    # D with its epsilon is as far as 1e-9 from D without it where rows coincide.
    assert np.abs(d.numpy() - dcor.distances.pairwise_distances(rows(name))).max() < 1.1e-9
    agree(al.double_centred(d), dcor.double_centered(d.numpy()), f"double_centered {name}")
    agree(al.inner(p, p), dcor.u_product(p.numpy(), p.numpy()), f"u_product {name}")
    return {
        "name": name, "features": tensor(MATRICES[name]), "distances": tensor(d), "uCentred": tensor(p), "doubleCentred": tensor(al.double_centred(d)),
        "selfInner": number(al.inner(p, p)), "zeroNorm": bool(al.inner(p, p) == 0),
    }  # fmt: skip


def pair(a, b):
    p, q = al.projected(MATRICES[a]), al.projected(MATRICES[b])
    r, biased = al.r_star(p, q), al.biased_sqr(MATRICES[a], MATRICES[b])
    removed = al.removal(p, q)
    agree(al.inner(p, q), dcor.u_product(p.numpy(), q.numpy()), f"inner {a} {b}")
    n = len(p)
    v = n * (n - 3) / 2
    t = None
    if not DEGENERATE & {a, b}:
        agree(removed, dcor.u_complementary_projection(q.numpy())(p.numpy()), f"removal {a} {b}")
        agree(al.r_star(*exact(a, b)), dcor.u_distance_correlation_sqr(rows(a), rows(b)), f"R* {a} {b}")
        agree(exact_biased(a, b), dcor.distance_correlation_sqr(rows(a), rows(b)), f"dCor^2 {a} {b}")
        # Where rows coincide, epsilon moves a score by up to 1e-9.
        assert abs(r - dcor.u_distance_correlation_sqr(rows(a), rows(b))) < 1e-8
        assert abs(biased - dcor.distance_correlation_sqr(rows(a), rows(b))) < 1e-8
        if n > 4 and a != b:
            test = dcor.independence.distance_correlation_t_test(rows(a), rows(b))
            statistic = (v - 1) ** 0.5 * r / (1 - r**2).sqrt()
            assert abs(statistic - test.statistic) < 1e-7
            p_value = scipy.stats.t.sf(statistic, v - 1)  # not 1 - cdf, which is 0 for a strong score
            assert abs(p_value - test.pvalue) < 1e-8
            t = {"statistic": number(statistic), "dof": number(v - 1), "pValue": number(p_value)}
    if a == b:
        assert removed.abs().max() < 1e-15
        removed = removed * 0
    if "n5_constant" in (a, b):
        biased = None  # its distances are epsilon alone, and the biased score would be a score of epsilon
    return {"a": a, "b": b, "inner": number(al.inner(p, q)), "removedAGivenB": tensor(removed), "rStar": number(r), "biasedSquared": None if biased is None else number(biased), "tTest": t}


def triple(a, c, g):
    pa, pc, pg = (al.projected(MATRICES[x]) for x in (a, c, g))
    r_gc = al.r_star(pg, pc)
    semi = al.r_star(al.removal(pa, pc), pg)
    partial = al.r_star(al.removal(pa, pc), al.removal(pg, pc))
    assert abs(partial - semi / (1 - r_gc**2).sqrt()) < 1e-12, "identity bridge"
    if c not in DEGENERATE:
        ea, ec, eg = exact(a, c, g)
        theirs = dcor.partial_distance_correlation(rows(a), rows(g), rows(c))
        agree(al.r_star(al.removal(ea, ec), al.removal(eg, ec)), theirs, f"pdcor {a} {c} {g}")
        assert abs(partial - theirs) < 1e-8
    return {"a": a, "c": c, "g": g, "rStarGC": number(r_gc), "semiPartial": number(semi), "partial": number(partial)}


pairs, triples = [pair(*p) for p in PAIRS], [triple(*t) for t in TRIPLES]
assert abs(triples[-1]["partial"] - 0.8082904) < 5e-8, "value of R's energy package"
save("distance", {"epsilon": al.EPS, "matrices": [matrix(m) for m in MATRICES], "pairs": pairs, "triples": triples})
