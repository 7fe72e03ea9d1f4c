#!/usr/bin/env bash
# The scan of every dyad beside ruptures and strucchange on the same series, in one run: time, memory,
# how far dates agree. Prints figures, judges none. README.md beside this says what each row means.
#
#   bench/scan/peers.sh [DYADS]      dyads that the slow peers are timed on; default 48
#
# Some five minutes on an idle machine, nearly all of it the peers'.
# YALU_SHARED: the folder that holds data/ (default ../shared). YALU: a program built for release, to
# measure that one instead of building.
set -euo pipefail
cd "$(dirname "$0")/../.."
dyads=${1:-48}
shared=${YALU_SHARED:-../shared}
months=$shared/data/icews-conflict-dyad-months/icews_conflict_dyad_months_1991_2013.csv.gz
[[ -f $months ]] || { echo "no $months: set YALU_SHARED to the folder that holds data/" >&2; exit 1; }
work=target/scan-peers
mkdir -p "$work"
command -v /usr/bin/time >/dev/null || apt-get install -y -qq time >/dev/null

if [[ ! -x $work/venv/bin/python ]] || ! cmp -s bench/scan/requirements.txt "$work/requirements.txt"; then
  rm -rf "$work/venv"
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check -r bench/scan/requirements.txt
  cp bench/scan/requirements.txt "$work/requirements.txt"
fi
python=$work/venv/bin/python
with_r='if (!requireNamespace("strucchange", quietly = TRUE)) quit(status = 1)'
if ! Rscript -e "$with_r" >/dev/null 2>&1; then
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    apt-get update -qq
    apt-get install -y -qq r-base-core r-cran-strucchange >/dev/null
  else
    echo "R with strucchange isn't there, and only root may install it: its rows stay away" >&2
  fi
fi
if [[ -z ${YALU:-} ]]; then
  cargo build --release --quiet --workspace --bin yalu
  YALU=target/release/yalu
fi

if [[ ! -f $work/store/manifest.json ]]; then
  rm -rf "$work/store"
  "$YALU" ingest "$months" --store "$work/store" --mapping examples/china-dprk/dataset.toml --quiet >/dev/null
fi

# timed FILE NAME COMMAND...: adds a line `NAME wall user system peak-KiB` to FILE.
timed() {
  local file=$1 name=$2
  shift 2
  /usr/bin/time -f "$name %e %U %S %M" -a -o "$file" "$@"
}

rm -f "$work"/*.times "$work"/ruptures.json "$work"/strucchange.csv
uname -srm
"$python" --version
sed 's/==/ /' bench/scan/requirements.txt | paste -sd' '
echo "load before: $(cut -d' ' -f1-3 /proc/loadavg) on $(nproc) cores"
for _ in 1 2 3; do
  timed "$work/scan.times" permutation \
    "$YALU" scan --store "$work/store" --threads 2 --out "$work/scan" --quiet >/dev/null
done
timed "$work/scan.times" bootstrap \
  "$YALU" scan --store "$work/store" --threads 2 --test bootstrap --out "$work/scan-bootstrap" --quiet >/dev/null

export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
"$python" bench/scan/series.py "$work/scan/scan.json" "$dyads" "$work"
timed "$work/ruptures.times" ruptures \
  "$python" bench/scan/ruptures_scan.py "$work/dyads.json" "$work/ruptures.json"
if Rscript -e "$with_r" >/dev/null 2>&1; then
  level=$("$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["min_level"])' "$work/dyads.json")
  timed "$work/strucchange.times" strucchange \
    Rscript bench/scan/strucchange_scan.R "$work/sample.csv" "$level" "$work/strucchange.csv"
fi
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
echo
exec "$python" bench/scan/table.py "$work"
