#!/usr/bin/env bash
# Ingest and the flagship's run: rows per second, wall time and peak memory, beside pandas doing the
# smallest part of the same work (reading the file and writing Parquet). Prints figures, judges none.
#
#   bench/ingest.sh [SHARED]      SHARED holds data/; default ../shared
set -euo pipefail
cd "$(dirname "$0")/.."
shared=${1:-${YALU_SHARED:-../shared}}
data=$shared/data
[[ -d $data ]] || { echo "no data in $data" >&2; exit 1; }
command -v /usr/bin/time >/dev/null || apt-get install -y -qq time >/dev/null

cargo build --release --quiet -p yalu
yalu=target/release/yalu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# timed LABEL ROWS COMMAND...: wall time, rows per second, peak memory.
timed() {
  local label=$1 rows=$2
  shift 2
  /usr/bin/time -f '%e %M' -o "$work/time" "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
  awk -v label="$label" -v rows="$rows" '{
    printf "%-46s %7.2f s  %6.0f MiB", label, $1, $2 / 1024
    if (rows > 0) printf "  %9.0f rows/s", rows / ($1 > 0 ? $1 : 0.01)
    printf "\n"
  }' "$work/time"
}

months=$data/icews-conflict-dyad-months/icews_conflict_dyad_months_1991_2013.csv.gz
timed "ingest 685,374 dyad-months" 685374 \
  "$yalu" ingest "$months" --store "$work/months" --mapping examples/china-dprk/dataset.toml --quiet
timed "ingest 90,730 events of 2014" 90730 \
  "$yalu" ingest "$data"/icews14/{train,valid,test}.txt.gz --epoch 2014-01-01 --store "$work/events" --quiet
timed "ingest 138,371 events of 2012-2015" 138371 \
  "$yalu" ingest "$data"/icews05-15-late/{valid,test}.txt.gz --epoch 2005-01-01 --store "$work/events" --quiet
# Three million events with IDs, made for this: streaming, and what is held of their keys.
awk 'BEGIN {
  OFS = "\t"
  print "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code", "Intensity", "Target Name", "Target Sectors", "Target Country"
  split("China,Japan,India,France,Brazil,Kenya", state, ",")
  for (id = 1; id <= 3000000; id++)
    printf "%d\t%d-%02d-%02d\t%s\tNA\t%s\tConsult\t%s\t1\t%s\tNA\t%s\n", id, 2000 + id % 10, id % 12 + 1, id % 28 + 1, state[id % 6 + 1], state[id % 6 + 1], id % 2 ? "040" : "112", state[(id + 1) % 6 + 1], state[(id + 1) % 6 + 1]
}' >"$work/made.tab"
timed "ingest 3,000,000 events made for this" 3000000 \
  "$yalu" ingest "$work/made.tab" --store "$work/made" --quiet
timed "the same file again" 3000000 \
  "$yalu" ingest "$work/made.tab" --store "$work/made" --quiet

for _ in 1 2; do
  timed "flagship from its series, both dates" 0 \
    "$yalu" run examples/china-dprk --out "$work/out1" --quiet
done
timed "flagship from its series, 2013-07-31" 0 \
  "$yalu" run examples/china-dprk --as-of 2013-07-31 --out "$work/out1" --quiet
timed "flagship from the store, 2013-07-31" 0 \
  "$yalu" run examples/china-dprk --as-of 2013-07-31 --store "$work/months" --out "$work/out2" --quiet

if python3 -c 'import pandas, pyarrow' 2>/dev/null; then
  timed "pandas: read the dyad-months, write Parquet" 685374 \
    python3 -c "import pandas; pandas.read_csv('$months').to_parquet('$work/p.parquet')"
else
  echo "pandas and pyarrow aren't installed: no peer (pip install pandas pyarrow)"
fi
