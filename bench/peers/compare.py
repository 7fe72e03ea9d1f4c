"""Runs every case at each peer and at Yalu, one after the other, and prints them side by side.

    compare.py PEERS_PYTHON YALU DATA RESULTS.json SMOKING.csv [--quick] [--only WORD]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Case:
    """What is computed, who computes it, and how far apart equal answers may lie."""

    def __init__(self, name, what, n, peers, slow=(), file=None):
        self.name, self.what, self.n, self.peers = name, what, n, peers
        self.slow, self.file = slow, file


def cases(smoking):
    found = []
    for n in (1_000, 10_000, 100_000):
        peers = ["ruptures-kernel"] + (["ruptures-pelt"] if n <= 10_000 else [])
        slow = ["ruptures-pelt"] if n == 10_000 else []
        found.append(Case(f"pelt-{n}", "PELT, squared error", n, peers, slow))
    for n in (150, 1_000):
        for kind in ("mean", "regressor"):
            found.append(Case(f"breakpoints-{n}-{kind}", f"breakpoints, {kind}", n, ["strucchange"]))
    for n in (1_000, 100_000):
        found.append(Case(f"neweywest-{n}", "OLS, Newey-West 12", n, ["sandwich", "statsmodels"]))
    for n in (1_000, 10_000):
        found.append(Case(f"negbin-{n}", "negative binomial GLM", n, ["MASS", "statsmodels"]))
    found.append(
        Case("adh-prop99", "ADH and 38 placebos", 39, ["pysyncon", "pysyncon-bfgs"],
             ["pysyncon", "pysyncon-bfgs"], smoking)
    )
    return found


def run(command, quick):
    """The line of JSON, with whole-process seconds and peak memory; the reason where there is none."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    environment.pop("PEERS_QUICK", None)
    if quick:
        environment["PEERS_QUICK"] = "1"
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=err, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        whole = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text, complaint = out.read(), err.read()
    if child.returncode:
        last = complaint.strip().splitlines()
        return {"failed": last[-1] if last else f"exit {child.returncode}", "absent": child.returncode == 3}
    result = json.loads(text.strip().splitlines()[-1])
    result.update(process_seconds=whole, process_cpu_seconds=usage.ru_utime + usage.ru_stime)
    # Linux counts in KiB. A child's peak holds this driver's own, so Yalu says its own itself.
    result.setdefault("peak_mib", usage.ru_maxrss / 1024)
    return result


def furthest(a, b):
    """The largest relative difference of two lists."""
    if len(a) != len(b):
        return float("inf")
    return max((abs(x - y) / max(abs(x), abs(y), 1e-300) for x, y in zip(a, b)), default=0.0)


def compare(name, ours, theirs):
    """Whether the answers are equal, and the figures that say so; None where ours is another and better."""
    work = name.split("-")[0]
    if work == "pelt":
        same = ours["ends"] == theirs["ends"]
        apart = furthest([ours["cost"]], [theirs["cost"]])
        return same and apart < 1e-9, f"{len(ours['ends'])}/{len(theirs['ends'])} breaks, cost {ours['cost']:.6f}/{theirs['cost']:.6f}"
    if work == "breakpoints":
        apart = max(furthest(ours["rss"], theirs["rss"]), furthest(ours["bic"], theirs["bic"]))
        same = ours["breaks"] == theirs["breaks"]
        return same and apart < 1e-8, f"breaks {ours['breaks']}/{theirs['breaks']}, RSS and BIC within {apart:.0e}"
    if work == "neweywest":
        apart = max(furthest(ours[key], theirs[key]) for key in ("coefficients", "se"))
        return apart < 1e-8, f"coefficients and SE within {apart:.0e}"
    if work == "negbin":
        # The peers stop where their own criterion says; the likelihood shows who is nearer the top.
        apart = max(furthest(ours["coefficients"], theirs["coefficients"]), furthest([ours["theta"]], [theirs["theta"]]))
        gain = ours["loglik"] - theirs["loglik"]
        return apart < 1e-4 and gain > -1e-6, f"within {apart:.0e}, log-likelihood {gain:+.1e}"
    # The nested objective: a peer that stops early has another answer, and a higher figure.
    figures = f"MSPE {ours['mspe']:.2f}/{theirs['mspe']:.2f}"
    if "p" in theirs:
        figures += f", p {ours['p']:.3f}/{theirs['p']:.3f}"
    ratio = ours["mspe"] / theirs["mspe"]
    return (None if ratio < 0.99 else ratio < 1.01), figures


def clock(seconds):
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.2f} ms"
    return f"{seconds:.2f} s"


def main():
    parser = argparse.ArgumentParser()
    for name in ("python", "yalu", "data", "results", "smoking"):
        parser.add_argument(name)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    rscript = shutil.which("Rscript")

    def command(engine, case, file):
        if engine == "yalu":
            return [options.yalu, case, file]
        if engine in ("strucchange", "sandwich", "MASS"):
            return [rscript, f"{HERE}/peers.R", engine, case, file]
        return [options.python, f"{HERE}/peers.py", engine, case, file]

    results = []
    layout = "{:<24}{:>8}  {:<16}{:>11}{:>11}{:>10}{:>9}{:>9}  {:<6}{}"
    head = ("case", "n", "peer", "peer", "Yalu", "ratio", "MiB", "MiB Yalu", "equal", "figures (Yalu/peer)")
    print(layout.format(*head))
    for case in cases(options.smoking):
        if options.only not in case.name:
            continue
        file = case.file or f"{options.data}/{case.name}.csv"
        # Yalu runs beside each peer, so that both see the same machine.
        for engine in case.peers:
            if options.quick and engine in case.slow and not engine.startswith("pysyncon"):
                continue
            missing = rscript is None and engine in ("strucchange", "sandwich", "MASS")
            theirs = {"failed": "no Rscript"} if missing else run(command(engine, case.name, file), options.quick)
            ours = run(command("yalu", case.name, file), options.quick)
            row = {"case": case.name, "what": case.what, "n": case.n, "peer": engine, "theirs": theirs, "yalu": ours}
            cells = [case.what, case.n, engine, "-", "-", "-", "-", "-", "-", ""]
            for place, one in ((3, theirs), (4, ours)):
                if "failed" not in one:
                    mark = "*" if one["answer"].get("extrapolated") else ""
                    cells[place] = clock(one["seconds"]) + mark
                    cells[place + 3] = f"{one['peak_mib']:.0f}"
            if "failed" in theirs or "failed" in ours:
                who = "Yalu" if "failed" in ours else engine
                cells[9] = f"{who}: {(ours if 'failed' in ours else theirs)['failed']}"
            else:
                row["ratio"] = theirs["seconds"] / ours["seconds"]
                row["equal"], row["figures"] = compare(case.name, ours["answer"], theirs["answer"])
                cells[5] = f"{row['ratio']:,.1f}"
                cells[8] = {True: "yes", False: "no", None: "lower"}[row["equal"]]
                cells[9] = row["figures"]
            results.append(row)
            print(layout.format(*cells), flush=True)
    if any(row["theirs"].get("answer", {}).get("extrapolated") for row in results):
        print("* one fit's time, 39 times")
    with open(options.results, "w") as file:
        json.dump(results, file, indent=1)
    print(f"\nwhole-process times and answers: {options.results}")
    # A row without a figure is no failure here; a Yalu that breaks off is.
    broken = [row["case"] for row in results if "failed" in row["yalu"] and not row["yalu"]["absent"]]
    if broken:
        sys.exit(f"Yalu failed: {', '.join(broken)}")


if __name__ == "__main__":
    main()
