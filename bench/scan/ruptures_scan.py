"""ruptures on the series of a scan: seconds of each dyad's work alone, dates, tests.

    ruptures_scan.py FOLDER/dyads.json OUT.json

Four pieces of work, on one thread:
  dates-c       KernelCPD, kernel "linear" (C), penalised, levels as short as one period: every dyad
  test-c        the scan's statistic (the largest weighted F of one to three breaks) by KernelCPD's optimal
                partition (C), which knows no grid, and its p-value over orders of the same blocks, drawing ended
                as the scan ends it
  dates-python  Pelt(model="l2", min_size=1, jump=1): the sample
  test-python   the statistic by Dynp(model="l2") on the scan's own grid, so that it is the scan's figure, and a
                few orders of each dyad, for the time of one
"""

import json
import math
import sys
import time

import numpy as np
import ruptures

# As in crates/yalu-stats/src/scan/permutation.rs.
ENOUGH = 20
WEIGHTS = (1.0, 1.149, 1.330)
PENALTY = 4.0
PYTHON_DRAWS = 3


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return answer, time.perf_counter() - wall, time.process_time() - cpu


def penalty(y):
    """The scan's multiple of log n, times the noise's variance as successive differences show it."""
    noise = float(np.mean(np.diff(y) ** 2)) / 2
    return PENALTY * math.log(len(y)) * max(noise, 1e-9)


def squares_left(y, ends):
    return sum(float(((y[a:b] - y[a:b].mean()) ** 2).sum()) for a, b in zip([0, *ends], ends))


def largest_f(y, search):
    """The largest F over numbers of breaks, each weighted as its critical value asks."""
    n, most = len(y), len(WEIGHTS)
    whole = squares_left(y, [n])
    largest = 0.0
    # KernelCPD keeps what it found for fewer breaks than asked for first.
    for breaks in range(most, 0, -1):
        left = max(squares_left(y, search.predict(n_bkps=breaks)), 1e-12 * whole)
        largest = max(largest, WEIGHTS[breaks - 1] * (whole - left) / breaks / (left / (n - breaks - 1)))
    return largest


def statistic_c(y, least):
    return largest_f(y, ruptures.KernelCPD(kernel="linear", min_size=least).fit(y))


def statistic_python(y, least):
    return largest_f(y, ruptures.Dynp(model="l2", min_size=least, jump=max(least // 3, 1)).fit(y))


def order_of_blocks(y, block, rng):
    """The series closed to a circle, cut at a drawn place into blocks in a drawn order, the rest last."""
    turned = np.roll(y, -int(rng.integers(len(y))))
    n_blocks = len(y) // block
    taken = turned[: n_blocks * block].reshape(n_blocks, block)
    return np.concatenate([taken[rng.permutation(n_blocks)].ravel(), turned[n_blocks * block :]])


def permutation_test(y, block, least, most, seed):
    rng = np.random.default_rng(seed)
    own = statistic_c(y, least)
    as_large = draws = 0
    while draws < most and as_large < ENOUGH:
        draws += 1
        as_large += statistic_c(order_of_blocks(y, block, rng), least) >= own * (1 - 1e-9)
    p = as_large / draws if as_large == ENOUGH else (1 + as_large) / (1 + draws)
    return {"statistic": own, "p": p, "draws": draws}


def main():
    with open(sys.argv[1]) as file:
        given = json.load(file)
    least, most, sample = given["min_level"], given["replications"], given["sample"]
    dyads = given["dyads"]
    series = [np.array(dyad["y"]) for dyad in dyads]
    answers = {"versions": {"ruptures": ruptures.__version__, "numpy": np.__version__}}

    def over(name, rows, work):
        answers[name] = []
        for row in rows:
            answer, wall, cpu = timed(lambda: work(row))
            answers[name].append({"row": row, "wall": wall, "cpu": cpu, **answer})
        print(f"  {name}: {len(answers[name])} dyads, {sum(a['cpu'] for a in answers[name]):.1f} CPU s", file=sys.stderr)

    def dates(search):
        return {"breaks": [int(end) for end in search[:-1]]}

    over(
        "dates-c",
        range(len(dyads)),
        lambda row: dates(
            ruptures.KernelCPD(kernel="linear", min_size=1).fit(series[row]).predict(pen=penalty(series[row]))
        ),
    )
    over("test-c", sample, lambda row: permutation_test(series[row], dyads[row]["block"], least, most, row))
    over(
        "dates-python",
        sample,
        lambda row: dates(
            ruptures.Pelt(model="l2", min_size=1, jump=1).fit(series[row]).predict(pen=penalty(series[row]))
        ),
    )

    def some_orders(row):
        rng = np.random.default_rng(row)
        own = statistic_python(series[row], least)
        for _ in range(PYTHON_DRAWS):
            statistic_python(order_of_blocks(series[row], dyads[row]["block"], rng), least)
        # The data's own order costs what another one does.
        return {"draws": 1 + PYTHON_DRAWS, "statistic": own}

    over("test-python", sample, some_orders)
    with open(sys.argv[2], "w") as file:
        json.dump(answers, file)


if __name__ == "__main__":
    main()
