"""ruptures on the series of a scan: seconds of each dyad's work alone, dates, tests.

    ruptures_scan.py FOLDER/dyads.json OUT.json

Four pieces of work, on one thread:
  dates-c       KernelCPD, kernel "linear" (C), penalised, levels as short as one period: every dyad
  test-c        the scan's statistic (the larger F of one step and, per step, of two) by KernelCPD's optimal
                partition (C), and its p-value over orders of the same blocks, drawing ended as the scan ends it
  dates-python  Pelt(model="l2", min_size=1, jump=1): the sample
  test-python   the same statistic by Dynp(model="l2", jump=3), a few orders of each dyad, for the time of one
"""

import json
import math
import sys
import time

import numpy as np
import ruptures

ENOUGH = 20
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


def largest_f(y, one, two):
    n = len(y)
    whole = squares_left(y, [n])
    left_one, left_two = (max(squares_left(y, ends), 1e-12 * whole) for ends in (one, two))
    return max((whole - left_one) / (left_one / (n - 2)), (whole - left_two) / 2 / (left_two / (n - 3)))


def statistic_c(y, least):
    search = ruptures.KernelCPD(kernel="linear", min_size=least).fit(y)
    two = search.predict(n_bkps=2)
    # One search gives both.
    return largest_f(y, search.predict(n_bkps=1), two)


def statistic_python(y, least):
    search = ruptures.Dynp(model="l2", min_size=least, jump=3).fit(y)
    return largest_f(y, search.predict(n_bkps=1), search.predict(n_bkps=2))


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
        for _ in range(PYTHON_DRAWS):
            statistic_python(order_of_blocks(series[row], dyads[row]["block"], rng), least)
        return {"draws": PYTHON_DRAWS}

    over("test-python", sample, some_orders)
    with open(sys.argv[2], "w") as file:
        json.dump(answers, file)


if __name__ == "__main__":
    main()
