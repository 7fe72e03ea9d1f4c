"""Stores of ever more rows with the same dyads, made on all cores, and what a scan of each costs.

    python3 bench/scan/made.py YALU FOLDER ROWS...

Single events of twenty years between a thousand dyads, evenly spread; the acts of every tenth dyad
double on a day of its own. YALU is a release build. Prints a line of CSV a size and number of threads:
rows, dyads tested, threads, seconds of wall clock and processor, MiB at most, seconds of the ingest,
MiB of the store; and says whether every number of threads gave the same bytes.
"""

import csv
import datetime
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

FIRST_YEAR, N_YEARS, N_DYADS = 1995, 20, 1000
CODES = ["010", "036", "040", "051", "057", "061", "112", "130", "163", "173", "190"]
MAPPING = """table = "events"
source_scheme = "iso3"
target_scheme = "iso3"

[dataset]
name = "made"

[columns]
id = "id"
date = "date"
source = "source"
target = "target"
code = "code"
"""


def dyads():
    table = Path(__file__).parents[2] / "crates/yalu-store/data/contiguity.csv"
    rows = list(csv.DictReader(line for line in table.open() if not line.startswith("#")))
    open_today = [row for row in rows if not row["to"] and not row["from"]]
    states = sorted({row[side] for row in open_today for side in "ab"})[:60]
    pairs = [(a, b) for a in states for b in states if a != b]
    random.Random(1).shuffle(pairs)
    return pairs[:N_DYADS]


def write_year(job):
    place, n_rows, path = job
    draws, year, pairs = random.Random(place), FIRST_YEAR + place, dyads()
    first = datetime.date(year, 1, 1)
    length = (datetime.date(year + 1, 1, 1) - first).days
    days = [(first + datetime.timedelta(day)).isoformat() for day in range(length)]
    starts = [365 + random.Random(idx).randrange(365 * (N_YEARS - 2)) for idx in range(N_DYADS)]
    weights = []
    for idx in range(N_DYADS):
        doubled = idx % 10 == 0 and starts[idx] < place * 365
        weights.append(2.0 if doubled else 1.0)
    with open(path, "w") as out:
        out.write("id,date,source,target,code\n")
        written = 0
        while written < n_rows:
            n = min(100_000, n_rows - written)
            lines = []
            for idx in draws.choices(range(N_DYADS), weights, k=n):
                written += 1
                a, b = pairs[idx]
                day = days[int(draws.random() * length)]
                code = CODES[int(draws.random() * len(CODES))]
                lines.append(f"{year}{written:09d},{day},{a},{b},{code}\n")
            out.write("".join(lines))


def timed(command):
    start = time.time()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{command}: {status}")
    return time.time() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(yalu, folder, sizes):
    folder = Path(folder)
    print("rows,dyads_tested,threads,wall_s,cpu_s,peak_mib,ingest_s,store_mib,same_bytes", flush=True)
    for size in sizes:
        here = folder / str(size)
        shutil.rmtree(here, ignore_errors=True)
        here.mkdir(parents=True)
        (here / "made.toml").write_text(MAPPING)
        jobs = [
            (place, size * (place + 1) // N_YEARS - size * place // N_YEARS, here / f"{place:02d}.csv")
            for place in range(N_YEARS)
        ]
        with multiprocessing.Pool() as pool:
            pool.map(write_year, jobs, chunksize=1)
        store, ingest = here / "store", 0.0
        for _, _, path in jobs:
            wall, _, _ = timed(
                [yalu, "ingest", path, "--store", store, "--mapping", here / "made.toml", "-q"]
            )
            ingest += wall
            path.unlink()
        mib = sum(file.stat().st_size for file in store.rglob("*") if file.is_file()) / 2**20
        hashes = set()
        for threads in (1, 2, min(16, os.cpu_count())):
            out = here / f"out-{threads}"
            best = min(
                timed([yalu, "scan", "--store", store, "--threads", str(threads), "--out", out, "-q"])
                for _ in range(2)
            )
            report = (out / "scan.json").read_bytes()
            hashes.add(hashlib.sha256(report).hexdigest())
            tested = json.loads(report)["counts"]["tested"]
            print(
                f"{size},{tested},{threads},{best[0]:.2f},{best[1]:.2f},{best[2]:.0f},"
                f"{ingest:.1f},{mib:.1f},{'yes' if len(hashes) == 1 else 'NO'}",
                flush=True,
            )
        shutil.rmtree(here)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], [int(one) for one in sys.argv[3:]])
