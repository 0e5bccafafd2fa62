"""ROAD's linear imputation as one sparse system per picture, solved directly by scipy -> road.json."""

import numpy as np
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve

from fixture import grid, save, tensor

WEIGHTS = {(0, 1): 1 / 6, (0, -1): 1 / 6, (1, 0): 1 / 6, (-1, 0): 1 / 6, (1, 1): 1 / 12, (1, -1): 1 / 12, (-1, 1): 1 / 12, (-1, -1): 1 / 12}


def filled(planes, removed):
    """Equations for every pixel of the picture, kept ones included: x = value there, x = weighted mean of neighbours here."""
    channels, height, width = planes.shape
    system = lil_matrix((height * width, height * width))
    right = np.zeros((height * width, channels))
    for y in range(height):
        for x in range(width):
            row = y * width + x
            system[row, row] = 1
            if not removed[y, x]:
                right[row] = planes[:, y, x]
                continue
            inside = {(y + dy, x + dx): w for (dy, dx), w in WEIGHTS.items() if 0 <= y + dy < height and 0 <= x + dx < width}
            for (ny, nx), w in inside.items():
                system[row, ny * width + nx] -= w / sum(inside.values())
    solution = spsolve(system.tocsc(), right).reshape(height * width, channels)
    return solution.T.reshape(planes.shape)


def case(name, shape, removed):
    rng = np.random.default_rng(len(name))
    planes = grid(rng.normal(size=shape)).numpy()
    removed = np.asarray(removed, dtype=bool).reshape(shape[1:])
    result = filled(planes, removed)
    assert np.allclose(result[:, ~removed], planes[:, ~removed])
    print(f"{name}: {removed.sum()} of {removed.size} removed")
    return {"name": name, "planes": tensor(planes), "removed": removed.flatten().tolist(), "filled": tensor(result)}


def scattered(shape, share, seed):
    return np.random.default_rng(seed).random(shape) < share


corner = np.ones((6, 9))
corner[5, 8] = corner[0, 3] = 0
hole = np.zeros((11, 8))
hole[0:8, 2:8] = 1
CASES = [
    case("scattered, tall", (3, 9, 5), scattered((9, 5), 0.4, 1)),
    case("hole at the border", (2, 11, 8), hole),
    case("two pixels kept", (1, 6, 9), corner),
    case("one row", (2, 1, 12), scattered((1, 12), 0.6, 3)),
    case("one column", (1, 7, 1), [0, 1, 1, 1, 0, 1, 1]),
    case("nothing removed", (1, 2, 3), np.zeros((2, 3))),
]
save("road", {"cases": CASES})
