#!/usr/bin/env bash
# Draws of a council, and its growth with the actors, beside the challenge model written plainly with
# numpy. Prints figures, judges none.
#
#   bench/council/run.sh [DRAWS]      draws of each model; default 10,000
#
# KTAB itself is in no package registry; its figures are held in crates/yalu-council/tests/reference.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=target/council-bench
mkdir -p "$work"
if [[ ! -x $work/venv/bin/python ]]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.3.5
fi
cargo build --release --quiet -p yalu-council --example council_time
target/release/examples/council_time "${1:-10000}" "$work"
echo
"$work/venv/bin/python" bench/council/naive.py "$work/councils.csv"
