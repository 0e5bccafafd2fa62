"""FSS and RS of made-up features -> scores.json."""

import dcor
import numpy as np
import scipy.stats
import torch

import algebra as al
from fixture import grid, number, save, tensor


def fss(a, b):
    paper, (xy, xx, yy) = al.fss_paper(a, b)
    rows = [torch.nn.functional.normalize(x.flatten(1)).numpy() for x in (a, b)]
    assert abs(paper - dcor.distance_correlation_sqr(*rows)) < 1e-4  # dcor has neither epsilon
    corrected = al.r_star(al.projected(a), al.projected(b))
    assert abs(corrected - dcor.u_distance_correlation_sqr(a.flatten(1).numpy(), b.flatten(1).numpy())) < 1e-8
    return {"paper": number(paper), "meanXY": number(xy), "meanXX": number(xx), "meanYY": number(yy), "corrected": number(corrected)}


def relevance(a, g):
    r = al.r_star(al.projected(a), al.projected(g))
    n = len(a)
    dof = n * (n - 3) / 2 - 1
    test = dcor.independence.distance_correlation_t_test(a.flatten(1).numpy(), g.numpy())
    statistic = dof**0.5 * r / (1 - r**2).sqrt()
    assert abs(statistic - test.statistic) < 1e-6
    p_value = scipy.stats.t.sf(statistic, dof)  # not 1 - cdf, which is 0 for a strong score
    assert abs(p_value - test.pvalue) < 1e-8
    return {"rStar": number(r), "tStatistic": number(statistic), "tDof": number(dof), "pValue": number(p_value)}


def given(a, c, g):
    pa, pc, pg = (al.projected(x) for x in (a, c, g))
    removed = al.removal(pa, pc)
    semi, partial = al.r_star(removed, pg), al.r_star(removed, al.removal(pg, pc))
    assert abs(partial - dcor.partial_distance_correlation(a.flatten(1).numpy(), g.numpy(), c.flatten(1).numpy())) < 1e-8
    return {"semiPartial": number(semi), "partial": number(partial), "rStarGC": number(al.r_star(pg, pc))}


def all_scores(t, s, b, g):
    return {
        "fss": {"studentTeacher": fss(t, s), "baseTeacher": fss(t, b), "studentBase": fss(s, b)},
        "relevance": {"teacher": relevance(t, g), "student": relevance(s, g), "base": relevance(b, g)},
        "given": {"studentGivenBase": given(s, b, g), "baseGivenStudent": given(b, s, g), "studentGivenTeacher": given(s, t, g), "teacherGivenStudent": given(t, s, g)},
    }


def case(name, seed, labels, classes, shapes, strengths):
    rng = np.random.default_rng(seed)
    models = [
        grid(np.maximum(k * rng.normal(size=(classes, *shape))[labels] + rng.normal(size=(len(labels), *shape)), 0))
        for shape, k in zip(shapes, strengths)
    ]
    out = {"name": name, "labels": labels, "classes": classes}
    out |= {role: tensor(x) for role, x in zip(("teacher", "student", "base"), models)}
    return out | all_scores(*models, al.one_hot(labels, classes))


CASES = [
    case("unequal_dims", 21, [0, 0, 1, 1, 1, 2, 2, 0, 2, 1], 3, [(5, 2, 3), (12,), (7,)], (1.5, 1.0, 0.5)),
    case("high_dims", 22, [i % 4 for i in range(16)], 4, [(40,), (12, 2, 2), (20,)], (1.0, 0.6, 0.2)),
    case("fewest", 23, [0, 1, 0, 1], 3, [(6,), (3,), (2, 2, 2)], (1.0, 1.0, 1.0)),
    case("no_signal", 24, [0, 1, 2, 3, 0, 1, 2, 3, 0], 4, [(9,), (5,), (4,)], (0.0, 0.0, 0.0)),
]  # fmt: skip

if __name__ == "__main__":
    save("scores", {"epsilon": al.EPS, "fssEpsilon": al.FSS_EPS, "cases": CASES})
    for c in CASES:
        print(c["name"], c["fss"]["studentTeacher"], c["relevance"]["student"], c["given"]["studentGivenBase"])
