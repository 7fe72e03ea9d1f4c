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

ADDEND = 0.375
LEAST_THETA = 0.1
LEAST_ACTS = 0.25


def steady_residuals(counts, exposure, steps):
    """Counts on the negative binomial's scale of steady variance, less their exposure's share, centred
    between the steps of the source base: what the scan's test is run on."""
    edges = [0, *steps, len(counts)]
    spans = list(zip(edges, edges[1:]))
    means = np.empty(len(counts))
    for a, b in spans:
        means[a:b] = max(counts[a:b].sum(), LEAST_ACTS) / exposure[a:b].sum() * exposure[a:b]
    excess = (((counts - means) ** 2 - means) / means**2).sum()
    theta = max(len(counts) / excess, LEAST_THETA) if excess > 0 else math.inf

    def steady(x):
        root = np.sqrt(x + ADDEND)
        if theta < 1e6:
            return 2 * math.sqrt(theta) * np.arcsinh(root / math.sqrt(theta))
        return 2 * root

    residuals = steady(counts) - steady(means)
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
