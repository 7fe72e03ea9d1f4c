"""The challenge model of Scholz, Calbert and Smith (2011), written plainly with numpy, in the reading
that is Yalu's default: what an analyst would write in a notebook. Reads councils.csv, plays each
council again, and prints the time of a run and how far outcomes lie from Yalu's."""

import csv
import sys
import time

import numpy as np

ROUNDS, Q = 8, 1.0


def median(x, w):
    order = np.argsort(x, kind="stable")
    return x[order][np.searchsorted(np.cumsum(w[order]), w.sum() / 2 * (1 - 1e-12))]


def expected(x, s, w, mu, span, r):
    n = len(x)
    gain = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            d, m = abs(x[i] - x[j]) / span, abs(x[i] - mu) / span
            votes = w * (np.abs(x - x[j]) - np.abs(x - x[i]))
            total = np.abs(votes).sum()
            p = votes[votes > 0].sum() / total if total > 0 else 0.5
            success = 2 - 4 * (0.5 - 0.5 * d) ** r[i]
            failure = 2 - 4 * (0.5 + 0.5 * d) ** r[i]
            better = 2 - 4 * (0.5 - 0.25 * (m + d)) ** r[i]
            worse = 2 - 4 * (0.5 + 0.25 * (m + d)) ** r[i]
            still = 2 - 4 * 0.5 ** r[i]
            moves = better if m < d else worse
            gain[i, j] = s[j] * (p * success + (1 - p) * failure) + (1 - s[j]) * success
            gain[i, j] -= Q * still + (1 - Q) * moves
    return gain


def play(x, s, c):
    x, w = x.copy(), c * s
    n = len(x)
    for _ in range(ROUNDS):
        span = x.max() - x.min()
        if span <= 0:
            break
        mu = median(x, w)
        security = expected(x, s, w, mu, span, np.ones(n)).sum(axis=0)
        wide = security.max() - security.min()
        basis = (2 * security - security.max() - security.min()) / wide if wide > 0 else np.zeros(n)
        gain = expected(x, s, w, mu, span, (1 - basis / 3) / (1 + basis / 3))
        best = {}
        for i in range(n):
            for j in range(n):
                a, b = gain[i, j], gain[j, i]
                # j has the upper hand over i: i goes part of the way, or all of it.
                if i != j and x[i] != x[j] and a < 0 < b:
                    to = x[i] + (x[j] - x[i]) * min(1.0, abs(a / b))
                    key = (-b, abs(to - x[i]), to)
                    if i not in best or key < best[i]:
                        best[i] = key
        for i, (_, _, to) in best.items():
            x[i] = to
        if not best:
            break
    return median(x, w)


councils = {}
with open(sys.argv[1]) as file:
    for row in csv.DictReader(file):
        values = [float(row[k]) for k in ("position", "salience", "capability", "outcome")]
        councils.setdefault(int(row["draw"]), []).append(values)
worst, start = 0.0, time.perf_counter()
for rows in councils.values():
    x, s, c, outcome = np.array(rows).T
    worst = max(worst, abs(play(x, s, c) - outcome[0]))
seconds = (time.perf_counter() - start) / len(councils)
print(f"numpy, plainly: {seconds * 1000:.1f} ms a run of {len(rows)} actors, {seconds * 10000:.0f} s for 10,000 on one thread")
print(f"largest distance from Yalu's outcomes over {len(councils)} councils: {worst:.2e}")
