"""Distance algebra in float64 torch, differentiable; METHOD's formulas and nothing else."""

import torch

EPS = 1e-18  # under the root of every off-diagonal distance
FSS_EPS = 1e-9  # under the root of the paper's FSS, on the scale of means over n*n
ZERO = 1e-24  # <P,P> at or below ZERO * max(D)^2 is a zero norm (all distances alike)


def distances(features):
    """[N, ...] -> [N, N], diagonal exactly 0 and without gradient."""
    x = features.flatten(1)
    n = len(x)
    squares = (x[:, None] - x[None]).square().sum(-1)
    eye = torch.eye(n, dtype=torch.bool)
    return torch.where(eye, 0.0, (torch.where(eye, 1.0, squares) + EPS).sqrt())


def u_centred(d):
    n = len(d)
    p = d - d.sum(1, keepdim=True) / (n - 2) - d.sum(0, keepdim=True) / (n - 2) + d.sum() / ((n - 1) * (n - 2))
    return p * (1 - torch.eye(n, dtype=d.dtype))


def double_centred(d):
    return d - d.mean(1, keepdim=True) - d.mean(0, keepdim=True) + d.mean()


def inner(p, q):
    n = len(p)
    return (p * q).sum() / (n * (n - 3))


def is_zero(p, scale):
    return bool(inner(p, p) <= ZERO * scale.max() ** 2)


def projected(features):
    """U-centred distances, exactly 0 where the norm is zero."""
    d = distances(features)
    p = u_centred(d)
    return p * 0 if is_zero(p, d) else p


def removal(p, q):
    """P_{A|B}; nothing is removed when q is zero."""
    qq = inner(q, q)
    return p if qq == 0 else p - inner(p, q) / qq * q


def r_star(p, q):
    """0 when either norm is zero (the convention of `dcor`)."""
    norm = inner(p, p) * inner(q, q)
    return norm * 0 if norm <= 0 else inner(p, q) / norm.sqrt()


def biased_sqr(a, b):
    """Squared distance correlation, biased, from features."""
    a, b = double_centred(distances(a)), double_centred(distances(b))
    norm = a.square().mean() * b.square().mean()
    return norm * 0 if norm <= 1e-30 else (a * b).mean() / norm.sqrt()


def fss_paper(a, b):
    """Paper convention; also its three parts, each a mean over n*n."""
    rows = [torch.nn.functional.normalize(x.flatten(1)) for x in (a, b)]
    a, b = (double_centred(distances(x)) for x in rows)
    xy, xx, yy = (a * b).mean(), a.square().mean(), b.square().mean()
    return xy / (xx * yy + FSS_EPS).sqrt(), (xy, xx, yy)


def one_hot(labels, classes):
    return torch.nn.functional.one_hot(torch.tensor(labels), classes).double()
