"""Paired differences over seeds: t tests, Holm's correction, power by the noncentral t -> seeds.json.

SciPy alone is needed; where its noncentral t has a number it is held against the integral. The correction is not computed by Holm's steps but by the closed test that these steps shorten: the
adjusted p-value of a difference is the largest Bonferroni p-value of all the sets of differences that hold it.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import scipy.integrate
import scipy.optimize
import scipy.stats

POWER = 0.8


def number(x):
    return float(f"{x:.12g}")


def test(values):
    outcome = scipy.stats.ttest_1samp(values, 0.0)
    lower, upper = outcome.confidence_interval(0.95)
    return {"values": values, "p": number(outcome.pvalue), "interval": [number(lower), number(upper)]}


def family(p):
    sets = [s for size in range(1, len(p) + 1) for s in itertools.combinations(range(len(p)), size)]
    adjusted = [max(min(1.0, len(s) * min(p[j] for j in s)) for s in sets if i in s) for i in range(len(p))]
    return {"p": p, "adjusted": [number(x) for x in adjusted]}


def detectable(n, alpha):
    critical = scipy.stats.t.ppf(1 - alpha / 2, n - 1)

    def lacking(shift):
        # SciPy's `nct` gives no number for shifts as large as few seeds need: the definition is integrated in its place.
        def outside(s):
            return scipy.stats.norm.sf(critical * s - shift) + scipy.stats.norm.cdf(-critical * s - shift)

        root = np.sqrt(n - 1)
        law = scipy.stats.chi(n - 1)
        seen, _ = scipy.integrate.quad(lambda s: root * law.pdf(root * s) * outside(s), 0, 10, points=[shift / critical], limit=500)
        exact = scipy.stats.nct(n - 1, shift)
        known = exact.sf(critical) + exact.cdf(-critical)
        assert not np.isfinite(known) or abs(known - seen) < 1e-7, (n, alpha, shift, known, seen)
        return seen - POWER

    return {"n": n, "alpha": alpha, "errors": number(scipy.optimize.brentq(lacking, 0.1, 2 * critical + 4, xtol=1e-10))}


def main():
    rng = np.random.default_rng(5)
    draws = [[number(x) for x in rng.normal(mean, 0.1, n)] for n, mean in [(2, 0.0), (3, 0.2), (5, 0.05), (5, -0.4), (9, 0.1)]]
    families = [[0.01, 0.04, 0.03, 0.005], [0.5, 0.5], [0.001], [0.02, 0.02, 0.02, 0.9, 0.0001, 0.3, 0.011]]
    settings = [(3, 0.05), (3, 0.05 / 18), (5, 0.05), (5, 0.05 / 9), (5, 0.05 / 54), (10, 0.05 / 27), (20, 0.01)]
    content = {
        "tests": [test(values) for values in draws],
        "families": [family(p) for p in families],
        "detectable": [detectable(n, alpha) for n, alpha in settings],
    }
    path = Path(__file__).resolve().parent.parent / "fixtures" / "seeds.json"
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
