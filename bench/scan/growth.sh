#!/usr/bin/env bash
# How the cost of counting every dyad grows with the rows of a store: makes stores of single events
# of twenty years and some 10,000 dyads, and counts each on one thread and on two. Prints figures,
# judges none.
#
#   bench/scan/growth.sh [ROWS...]      default 100000 1000000 10000000
#
# 100000000 takes some minutes to make and some gigabytes. Stores are kept in target/scan and made
# once; SCAN_STORES names another folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
stores=${SCAN_STORES:-target/scan}
mkdir -p "$stores"
command -v /usr/bin/time >/dev/null || apt-get install -y -qq time >/dev/null

cargo build --release --quiet --workspace --bin yalu --example scan_store
program=target/release/examples/scan_store
[[ $# -gt 0 ]] || set -- 100000 1000000 10000000

uname -srm
for rows in "$@"; do
  store=$stores/made-$rows
  if [[ ! -f $store/complete ]]; then
    rm -rf "$store"
    /usr/bin/time -f "made in %e s, %M KiB at most" "$program" make "$rows" "$store" | tail -1
    touch "$store/complete"
  fi
  du -sh "$store" | cut -f1
  for threads in 1 2; do
    for what in "" "--codes 16,17,18,19" "--codes 163" "--sectors"; do
      # shellcheck disable=SC2086
      /usr/bin/time -f "  $threads threads ${what:-all acts}: %e s in all, %M KiB at most" \
        "$program" panel "$store" --threads "$threads" $what
    done
  done
done
