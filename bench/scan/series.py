"""What `yalu scan` saw, for the peers: its series, made ready, from its scan.json.

    series.py SCAN.json DYADS FOLDER

Writes into FOLDER:
  dyads.json   every tested dyad with its counts, exposure, the scale on which the scan tests, the scan's
               own figures (statistic, block, draws, p, lasting breaks), and which DYADS of them, evenly
               spaced over the scan's ranking, the slow peers run on
  sample.csv   those dyads' series on that scale, a column each, for R

Making the series ready is left out of the peers' time, so that they are timed on their own work alone.
"""

import json
import math
import os
import sys

import numpy as np

# As in crates/yalu-stats/src/scan/permutation.rs and levels.rs.
ADDEND = 0.375
POISSON = 1e6
FAR = 200.0
REST = 1e-9
MOST_COUNTS = 20_000
LEAST_THETA = 0.1
LEAST_ACTS = 0.25


def steady(x, theta):
    """The scale on which a negative binomial of this theta has a nearly steady variance."""
    root = np.sqrt(x + ADDEND)
    if theta < POISSON:
        return 2 * math.sqrt(theta) * np.arcsinh(root / math.sqrt(theta))
    return 2 * root


def moments(means, theta):
    """Mean and standard deviation on that scale of counts with these means."""
    near = np.minimum(means, FAR)
    if theta < POISSON:
        success = theta / (theta + near)
        mass, share = np.exp(theta * np.log(success)), 1 - success
    else:
        mass, share = np.exp(-near), None
    total, first, second = np.zeros_like(near), np.zeros_like(near), np.zeros_like(near)
    for count in range(MOST_COUNTS):
        value = float(steady(np.float64(count), theta))
        total += mass
        first += mass * value
        second += mass * value**2
        if ((total > 1 - REST) & (count > near)).all():
            break
        mass = mass * ((count + theta) / (count + 1) * share if theta < POISSON else near / (count + 1))
    centre = first / total
    spread = np.sqrt(np.maximum(second / total - centre**2, 0))
    return centre + steady(means, theta) - steady(near, theta), np.maximum(spread, 1e-6)


def steady_residuals(counts, exposure, steps):
    """Counts on the negative binomial's scale of steady variance, less the mean there of what the exposure
    explains, over its standard deviation; centred between the steps of the source base: what the scan's
    test is run on."""
    edges = [0, *steps, len(counts)]
    spans = list(zip(edges, edges[1:]))
    means = np.empty(len(counts))
    for a, b in spans:
        means[a:b] = max(counts[a:b].sum(), LEAST_ACTS) / exposure[a:b].sum() * exposure[a:b]
    excess = (((counts - means) ** 2 - means) / means**2).sum()
    theta = max(len(counts) / excess, LEAST_THETA) if excess > 0 else math.inf
    centre, spread = moments(means, theta)
    residuals = (steady(counts, theta) - centre) / spread
    for a, b in spans:
        residuals[a:b] -= residuals[a:b].mean()
    return residuals


def main():
    path, wanted, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(path) as file:
        scan = json.load(file)
    periods = scan["periods"]
    place = {label: row for row, label in enumerate(periods)}
    steps = sorted({place[change["at"]] for change in scan["coverage_changes"]})
    world = np.array(scan["world"])
    if any(None in dyad["counts"] for dyad in scan["dyads"]):
        sys.exit("a period without coverage: this comparison takes stores without gaps")
    counts = {(d["source"], d["target"]): np.array(d["counts"]) for d in scan["dyads"]}
    dyads = []
    for dyad in scan["dyads"]:
        source, target = dyad["source"], dyad["target"]
        own = counts[source, target]
        # The other way's counts aren't in the scan's file where they were too few to be tested.
        back = counts.get((target, source))
        exposure = world - own - (back if back is not None else 0)
        y = steady_residuals(own, exposure, steps)
        dyads.append(
            {
                "name": f"{source}-{target}",
                "both_ways": back is not None,
                "y": [float(f"{value:.12g}") for value in y],
                "block": dyad["block"],
                "statistic": dyad["statistic"],
                "draws": dyad["replications"],
                "p": dyad["p_value"],
                "breaks": [place[one["at"]] for one in dyad["breaks"]],
                "lasting": [
                    place[one["at"]]
                    for one in dyad["breaks"]
                    if one["persistence"] == "lasting" and not one["coverage_change"]
                ]
                if dyad["outcome"] == "lasting"
                else [],
            }
        )
    n = len(dyads)
    sample = sorted({round(i * (n - 1) / max(wanted - 1, 1)) for i in range(min(wanted, n))})
    os.makedirs(folder, exist_ok=True)
    horizon = scan["question"]["horizon"]
    with open(os.path.join(folder, "dyads.json"), "w") as file:
        json.dump(
            {
                "min_level": 3 * horizon // 4,
                "replications": scan["question"]["replications"],
                "tested": n,
                "sample": sample,
                "dyads": dyads,
            },
            file,
        )
    with open(os.path.join(folder, "sample.csv"), "w") as file:
        print(",".join(dyads[i]["name"] for i in sample), file=file)
        for row in range(len(periods)):
            print(",".join(repr(dyads[i]["y"][row]) for i in sample), file=file)


if __name__ == "__main__":
    main()
