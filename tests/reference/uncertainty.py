"""Permutation nulls and t-tests of the cases of scores.json -> uncertainty.json.

The null of a score permutes the rows of the explained features' matrix, for partial scores of the remaining one, P_{A|C},
as `dcor.independence.partial_distance_covariance_test` does, whose p-values ours are held against.
"""

import dcor
import numpy as np
import scipy.stats
import torch

import algebra as al
from fixture import number, save
from scores import CASES

DRAWS = 20_000
TAIL = 0.025


def array(x):
    return torch.tensor(x["values"]).reshape(x["shape"]).flatten(1)


def null(p, q, score, rng):
    p, q = p.numpy(), q.numpy()
    n = len(p)
    norm = np.sqrt((p * p).sum() * (q * q).sum())
    draws = np.empty(DRAWS)
    for k in range(DRAWS):
        order = rng.permutation(n)
        draws[k] = (p[order][:, order] * q).sum() / norm
    lower, upper = np.quantile(draws, [TAIL, 1 - TAIL])
    return {
        "mean": number(draws.mean()), "sd": number(draws.std()), "lower": number(lower), "upper": number(upper),
        "pValue": number((1 + (draws >= float(score) - 1e-12).sum()) / (1 + DRAWS)),
    }  # fmt: skip


def paper_null(a, b, rng):
    a, b = (al.double_centred(al.distances(torch.nn.functional.normalize(x))) for x in (a, b))
    return null(a, b, (a * b).sum() / (a.square().sum() * b.square().sum()).sqrt(), rng)


def of(case):
    rng = np.random.default_rng(31)
    t, s, b = (array(case[role]) for role in ("teacher", "student", "base"))
    g = al.one_hot(case["labels"], case["classes"])
    pt, ps, pb, pg = (al.projected(x) for x in (t, s, b, g))
    distilled, untaken = al.removal(ps, pb), al.removal(pt, ps)
    labels_left = al.removal(pg, pb)
    nulls = {
        "fssStudentPaper": paper_null(s, t, rng),
        "fssStudent": null(ps, pt, al.r_star(ps, pt), rng),
        "rsStudent": null(ps, pg, al.r_star(ps, pg), rng),
        "distilledSemi": null(distilled, pg, al.r_star(distilled, pg), rng),
        "distilledPartial": null(distilled, labels_left, al.r_star(distilled, labels_left), rng),
        "untakenSemi": null(untaken, pg, al.r_star(untaken, pg), rng),
    }
    theirs = dcor.independence.partial_distance_covariance_test(s.numpy(), g.numpy(), b.numpy(), num_resamples=4000, random_state=5)
    p = nulls["distilledPartial"]["pValue"]
    assert abs(theirs.pvalue - p) < 4 * (p * (1 - p) / 4000) ** 0.5 + 1e-3, (theirs.pvalue, p)
    theirs = dcor.independence.distance_covariance_test(s.numpy(), g.numpy(), num_resamples=4000, random_state=5)
    print(case["name"], "partial", p, "dcor", theirs.pvalue, "ours for RS", nulls["rsStudent"]["pValue"])
    return {"name": case["name"], "nulls": nulls}


def t_test(score, n):
    dof = n * (n - 3) / 2 - 1
    statistic = dof**0.5 * score / (1 - score**2) ** 0.5
    return {"score": score, "n": n, "statistic": number(statistic), "degreesOfFreedom": dof, "pValue": float(f"{scipy.stats.t.sf(statistic, dof):.9g}")}


if __name__ == "__main__":
    tests = [t_test(r, n) for r, n in [(0.3, 5), (-0.4, 6), (0.02, 48), (0.2, 48), (-0.01, 512), (0.05, 512), (0.0003, 10_000), (0.001, 10_000), (0.00003, 200_000)]]
    save("uncertainty", {"draws": DRAWS, "tTests": tests, "cases": [of(c) for c in CASES if c["name"] in ("unequal_dims", "high_dims", "no_signal")]})
