"""Writes the cases' series, seeded: the peers and Yalu read the same figures.

data.py FOLDER
"""

import os
import sys

import numpy as np

LEVELS = [0, 3, -1, 2, 5, 1, 4, -2, 0, 3]


def write(folder, name, columns):
    names = list(columns)
    table = np.column_stack([columns[one] for one in names])
    # 17 digits: every double comes back as it was.
    np.savetxt(f"{folder}/{name}.csv", table, fmt="%.17g", delimiter=",", header=",".join(names), comments="")


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for n in (1_000, 10_000, 100_000):
        # Ten segments of equal length, unit variance.
        rng = np.random.default_rng(1)
        means = np.repeat(LEVELS, n // len(LEVELS))
        write(folder, f"pelt-{n}", {"y": means + rng.normal(size=n)})
    for n in (150, 1_000):
        rng = np.random.default_rng(2)
        third = n // 3
        level = np.repeat([0.0, 1.5, -0.5], [third, third, n - 2 * third])
        slope = np.repeat([0.5, 0.5, 1.5], [third, third, n - 2 * third])
        x, noise = rng.normal(size=n), rng.normal(size=n)
        write(folder, f"breakpoints-{n}-mean", {"y": level + noise})
        write(folder, f"breakpoints-{n}-regressor", {"y": level + slope * x + noise, "x": x})
    for n in (1_000, 100_000):
        rng = np.random.default_rng(3)
        x = rng.normal(size=(n, 3))
        noise = np.zeros(n)
        shocks = rng.normal(size=n)
        for t in range(1, n):
            noise[t] = 0.5 * noise[t - 1] + shocks[t]
        y = 1 + x @ np.array([0.5, -0.3, 0.2]) + noise
        write(folder, f"neweywest-{n}", {"y": y, "x1": x[:, 0], "x2": x[:, 1], "x3": x[:, 2]})
    for n in (1_000, 10_000):
        rng = np.random.default_rng(4)
        x = rng.normal(size=n)
        step = (np.arange(n) >= n // 2).astype(float)
        mean = np.exp(1.5 + 0.3 * x + 0.4 * step)
        write(folder, f"negbin-{n}", {"y": rng.poisson(mean * rng.gamma(2.0, 0.5, size=n)), "x": x, "step": step})


if __name__ == "__main__":
    main()
