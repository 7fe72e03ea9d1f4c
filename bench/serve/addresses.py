"""Queries of every combination of level, horizon, codes and exposure that the form of a dossier offers,
each as the server itself writes it: the dossier's own choices left out. Shuffled from a fixed seed, since
readers don't ask in order.

    python3 addresses.py CHOICES.json
"""

import itertools
import json
import random
import sys
from pathlib import Path

LEVELS = [0.01, 0.05, 0.1, 0.2]
HORIZONS = [6, 12, 18, 24, 30, 36, 48, 60]

choices = json.loads(Path(sys.argv[1]).read_text())
levels = [None if level == choices["level"] else f"level={level}" for level in LEVELS]
horizons = [None if months == choices["horizon_months"] else f"horizon={months}" for months in HORIZONS]
codes = [
    [None if at == 0 else f"codes={one['indicator']}:{group['id']}" for at, group in enumerate(one["groups"])]
    for one in choices["codes"]
]
# The first of them is the dossier's own.
exposures = [None if at == 0 else f"exposure={key}" for at, key in enumerate(choices["exposures"] or ["none"])]
queries = ["&".join(filter(None, parts)) for parts in itertools.product(levels, horizons, *codes, exposures)]
random.Random(20131231).shuffle(queries)
print("\n".join("?" + query if query else "" for query in queries))
