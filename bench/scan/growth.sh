#!/usr/bin/env bash
# How the cost of scanning every dyad grows with the rows of a store: makes stores of single events
# of twenty years and some 10,000 dyads, scans each with `yalu scan`, and counts each on one thread
# and on two. Prints figures, judges none.
#
#   bench/scan/growth.sh [--scan] [ROWS...]      default 100000 1000000 10000000
#
#   --scan   `yalu scan` alone, without the counting by itself
#
# 100000000 takes some minutes to make and some gigabytes. Stores are kept in target/scan and made
# once; SCAN_STORES names another folder. The scans' figures are kept there in growth-rows.csv, a line
# a size, and growth-dyads.csv, for the last size with ever fewer dyads; `bench/scan/plot.py` draws them.
# YALU: a program built for release, to measure that one instead of building.
set -euo pipefail
cd "$(dirname "$0")/../.."
scan_only=
if [[ ${1:-} == --scan ]]; then
  scan_only=1
  shift
fi
[[ $# -gt 0 ]] || set -- 100000 1000000 10000000
stores=${SCAN_STORES:-target/scan}
mkdir -p "$stores"
command -v /usr/bin/time >/dev/null || apt-get install -y -qq time >/dev/null

# What isn't needed isn't built: the examples have other features of the query engine.
made=1
for rows in "$@"; do [[ -f $stores/made-$rows/complete ]] || made=; done
program=target/release/examples/scan_store
if [[ -z $scan_only || -z $made ]]; then
  cargo build --release --quiet --workspace --bin yalu --example scan_store
elif [[ -z ${YALU:-} ]]; then
  cargo build --release --quiet --workspace --bin yalu
fi
yalu=${YALU:-target/release/yalu}

rows_header=rows,dyads_tested,orders_a_dyad,store_mib,wall_s_1,cpu_s_1,peak_mib_1,wall_s_2,cpu_s_2,peak_mib_2
dyads_header=rows,min_events,dyads_tested,orders_a_dyad,wall_s_1,cpu_s_1,peak_mib_1

# scan THREADS STORE OUT [OPTION...]: sets wall, cpu, peak, tested and drawn.
scan() {
  local threads=$1 store=$2 out=$3
  shift 3
  /usr/bin/time -f '%e %U %S %M' -o "$stores/time" \
    "$yalu" scan --store "$store" --threads "$threads" --out "$out" --quiet "$@" >/dev/null
  read -r wall cpu peak < <(awk '{ printf "%s %.2f %.0f\n", $1, $2 + $3, $4 / 1024 }' "$stores/time")
  tested=$(grep -o '"tested":[0-9]*' "$out/scan.json" | cut -d: -f2)
  if [[ $tested == 0 ]]; then
    echo "no dyad of $store has enough acts to be tested: give more ROWS" >&2
    exit 1
  fi
  drawn=$(grep -o '"replications":[0-9]*,"serial_correlation"' "$out/scan.json" |
    tr -dc '0-9\n' | awk '{ sum += $1 } END { printf "%.0f", NR ? sum / NR : 0 }')
}

# keep FILE HEADER LINE KEY: puts a line in the place of the one that begins with KEY.
keep() {
  local file=$1 header=$2 line=$3 key=$4
  { echo "$header"
    { [[ ! -f $file ]] || grep -v -e '^rows,' -e "^$key," "$file" || true; echo "$line"; } | sort -t, -k1,1n -k2,2n
  } >"$file.new"
  mv "$file.new" "$file"
}

uname -srm
echo "load before: $(cut -d' ' -f1-3 /proc/loadavg) on $(nproc) cores"
for rows in "$@"; do
  store=$stores/made-$rows
  if [[ ! -f $store/complete ]]; then
    rm -rf "$store"
    /usr/bin/time -f "made in %e s, %M KiB at most" "$program" make "$rows" "$store" | tail -1
    touch "$store/complete"
  fi
  mib=$(du -sk "$store" | awk '{ printf "%.1f", $1 / 1024 }')
  line=
  for threads in 1 2; do
    scan "$threads" "$store" "$stores/out-$threads"
    echo "$rows rows, $mib MiB: yalu scan, $threads threads: $wall s wall, $cpu s CPU, $peak MiB at most, $tested dyads tested"
    line+=,$wall,$cpu,$peak
  done
  if ! cmp "$stores/out-1/scan.json" "$stores/out-2/scan.json"; then
    echo "$rows rows: one thread and two didn't give the same scan.json" >&2
    exit 1
  fi
  keep "$stores/growth-rows.csv" "$rows_header" "$rows,$tested,$drawn,$mib$line" "$rows"
  [[ -z $scan_only ]] || continue
  for threads in 1 2; do
    for what in "" "--codes 16,17,18,19" "--codes 163" "--sectors"; do
      # shellcheck disable=SC2086
      /usr/bin/time -f "  $threads threads ${what:-all acts}: %e s in all, %M KiB at most" \
        "$program" panel "$store" --threads "$threads" $what
    done
  done
done

# The same rows, fewer dyads: the busiest, halved each time.
acts=$(grep -o '"n_events":[0-9]*' "$stores/out-2/scan.json" | cut -d: -f2 | sort -rn)
for ((dyads = $(wc -l <<<"$acts"); dyads >= 100; dyads /= 2)); do
  least=$(sed -n "${dyads}p" <<<"$acts")
  scan 1 "$store" "$stores/out-dyads" --min-events "$least"
  echo "$rows rows, $least acts at least: yalu scan, 1 thread: $wall s wall, $cpu s CPU, $peak MiB at most, $tested dyads tested"
  keep "$stores/growth-dyads.csv" "$dyads_header" "$rows,$least,$tested,$drawn,$wall,$cpu,$peak" "$rows,$least"
done
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
