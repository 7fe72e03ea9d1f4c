"""The peers' work beside the scan's: prints one table and how far dates agree.

    table.py FOLDER      with dyads.json, scan.times, ruptures.json, ruptures.times, strucchange.csv,
                         strucchange.times

A line of a .times file is `NAME wall user system peak-KiB` of a whole process.
"""

import csv
import json
import os
import statistics
import sys

NEAR = 3


def whole_processes(path):
    """Wall s, CPU s and MiB by name; of several runs the one of the median wall time."""
    runs = {}
    with open(path) as file:
        for line in file:
            name, wall, user, system, peak = line.split()
            runs.setdefault(name, []).append((float(wall), float(user) + float(system), float(peak) / 1024))
    return {name: sorted(these)[len(these) // 2] for name, these in runs.items()}


def near(date, dates):
    return any(abs(date - other) <= NEAR for other in dates)


def share_near(dyads, breaks):
    """Lasting breaks of the scan, how many are near a peer's, and how many would be if they fell anywhere."""
    n = hits = 0
    chance = 0.0
    for row, dates in breaks.items():
        periods = len(dyads[row]["y"])
        anywhere = sum(near(date, dates) for date in range(1, periods)) / (periods - 1)
        for date in dyads[row]["lasting"]:
            n, hits, chance = n + 1, hits + near(date, dates), chance + anywhere
    return n, hits, chance


def print_agreement(name, dyads, breaks):
    n, hits, chance = share_near(dyads, breaks)
    if n == 0:
        print(f"  {name}: no lasting break among {len(breaks)} dyads")
        return
    mean = statistics.mean(len(dates) for dates in breaks.values())
    print(
        f"  {name}: {hits} of {n} ({100 * hits / n:.0f} %; anywhere {100 * chance / n:.0f} %), "
        f"{len(breaks)} dyads, {mean:.1f} breaks each"
    )


class Costs:
    """Mean wall and CPU seconds of one dyad, or of one order."""

    def __init__(self, wall, cpu):
        self.wall, self.cpu = wall, cpu

    def __add__(self, other):
        return Costs(self.wall + other.wall, self.cpu + other.cpu)

    def __mul__(self, times):
        return Costs(self.wall * times, self.cpu * times)


def mean_costs(rows, per=None):
    units = len(rows) if per is None else sum(int(row[per]) for row in rows)
    return Costs(sum(float(row["wall"]) for row in rows) / units, sum(float(row["cpu"]) for row in rows) / units)


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "dyads.json")) as file:
        given = json.load(file)
    dyads, tested = given["dyads"], given["tested"]
    draws = statistics.mean(dyad["draws"] for dyad in dyads)
    every = given["replications"]
    scan = whole_processes(os.path.join(folder, "scan.times"))
    wall, cpu, _ = scan["permutation"]

    print(f"{tested:,} dyads of {len(dyads[0]['y'])} periods; the scan draws {draws:.0f} orders of a dyad on average, {every} at most")
    print("Yalu, the whole command with the store read and the page written, 2 threads:")
    for name, (one_wall, one_cpu, peak) in scan.items():
        print(f"  {name:12} {one_wall:7.2f} s wall {one_cpu:7.2f} s CPU {1000 * one_cpu / tested:6.2f} ms CPU a dyad {peak:6.0f} MiB")
    print()
    print("Peers, their numerics alone, one thread; times of all dyads are scaled from those timed:")
    print(f"{'':58} {'dyads':>6} {'CPU ms':>9} {'all, CPU s':>10} {'CPU':>7} {'wall':>7}")
    print(f"{'':58} {'timed':>6} {'a dyad':>9} {'':>10} {'/ Yalu':>7} {'/ Yalu':>7}")

    def line(name, timed, one):
        print(
            f"{name:58} {timed:6} {1000 * one.cpu:9.2f} {one.cpu * tested:10.1f} "
            f"{one.cpu * tested / cpu:6.1f}x {one.wall * tested / wall:6.1f}x"
        )

    path = os.path.join(folder, "ruptures.json")
    agreement = {}
    if os.path.exists(path):
        with open(path) as file:
            peer = json.load(file)
        dates_c, dates_python = mean_costs(peer["dates-c"]), mean_costs(peer["dates-python"])
        order_c, order_python = mean_costs(peer["test-c"], "draws"), mean_costs(peer["test-python"], "draws")
        n_c, n_sample = len(peer["dates-c"]), len(peer["test-c"])
        line("ruptures KernelCPD (C): dates, no test", n_c, dates_c)
        line("ruptures KernelCPD (C): dates, test, as many orders", n_sample, dates_c + order_c * draws)
        line(f"ruptures KernelCPD (C): dates, test, {every} orders", n_sample, dates_c + order_c * every)
        line("ruptures Pelt (Python): dates, no test", n_sample, dates_python)
        line("ruptures Pelt, Dynp (Python): dates, test, as many orders", n_sample, dates_python + order_python * draws)
        agreement["ruptures KernelCPD"] = {one["row"]: one["breaks"] for one in peer["dates-c"]}
        agreement["ruptures Pelt"] = {one["row"]: one["breaks"] for one in peer["dates-python"]}
    path = os.path.join(folder, "strucchange.csv")
    if os.path.exists(path):
        with open(path) as file:
            rows = list(csv.DictReader(file))
        by_what = {what: [row for row in rows if row["what"] == what] for what in ("test", "dates", "orders")}
        test, dates = mean_costs(by_what["test"]), mean_costs(by_what["dates"])
        order = mean_costs(by_what["orders"], "draws")
        n_sample = len(by_what["test"])
        line("strucchange: supF (asymptotic p), breakpoints, confint", n_sample, test + dates)
        line("strucchange: supF over as many orders, the same dates", n_sample, dates + order * draws)
        row_of = {dyad["name"]: row for row, dyad in enumerate(dyads)}
        agreement["strucchange"] = {
            row_of[row["dyad"]]: [int(date) for date in row["breaks"].split(";") if date] for row in by_what["dates"]
        }
    for name in ("ruptures", "strucchange"):
        path = os.path.join(folder, f"{name}.times")
        if os.path.exists(path):
            for _, _, peak in whole_processes(path).values():
                print(f"  {name}: {peak:.0f} MiB at most")

    if "ruptures KernelCPD" in agreement:
        print()
        for name, what in (("test-python", "Dynp on the scan's grid"), ("test-c", "KernelCPD, without a grid")):
            ratios = [
                one["statistic"] / dyads[one["row"]]["statistic"]
                for one in peer[name]
                if dyads[one["row"]]["both_ways"] and dyads[one["row"]]["statistic"] > 0
            ]
            print(
                f"The statistic by {what} over Yalu's, {len(ratios)} dyads: {min(ratios):.9f} at least, "
                f"{statistics.median(ratios):.9f} in the middle, {max(ratios):.9f} at most"
            )
        both = [((one["p"] <= 0.05), dyads[one["row"]]["p"] <= 0.05) for one in peer["test-c"]]
        print(f"p at most 0.05 or not, by KernelCPD and by Yalu: the same in {sum(a == b for a, b in both)} of {len(both)} dyads")
    if agreement:
        print()
        print(f"Yalu's lasting breaks within {NEAR} periods of a peer's (in brackets: dates anywhere in the series):")
        for name, breaks in agreement.items():
            print_agreement(name, dyads, breaks)


if __name__ == "__main__":
    main()
