#!/usr/bin/env bash
# How many answers a second `yalu serve` gives to 64 connections, how late, and in how much memory: the
# verdict page, questions put otherwise, verdicts over the API. Prints figures, judges none.
#
#   bench/serve/run.sh YALU DOSSIER [SECONDS]     the built program, the folder of a dossier; SECONDS a
#                                                 load, 30 where left out
#
# What is computed ahead is there before the first load. wrk runs on the same machine and takes its share
# of it; the processor time that is printed is the server's own.
set -euo pipefail
if [[ $# -lt 2 || $# -gt 3 ]]; then
  echo "usage: bench/serve/run.sh YALU DOSSIER [SECONDS]" >&2
  exit 2
fi
yalu=$(realpath "$1")
from=$(realpath "$2")
seconds=${3:-30}
cd "$(dirname "$0")/../.."
if ! command -v wrk > /dev/null; then
  apt-get update && apt-get install -y --no-install-recommends wrk
fi
work=target/serve-bench
mkdir -p "$work"
. tests/serve.sh
serve "$yalu" "$from"
warm 600
rss() { awk '/^VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$server/status"; }
ticks() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }

curl -sS "$address/api/v1/dossiers/$dossier/choices" > "$scratch/choices.json"
python3 bench/serve/addresses.py "$scratch/choices.json" > "$scratch/queries"
echo "$(nproc) processors, $seconds s a load, 64 connections, $(wc -l < "$scratch/queries") combinations of level, horizon, codes and exposure"
echo "memory of the server before: $(rss) MiB"

load() {
  local title=$1 path=$2 queries=$3 before
  before=$(ticks)
  (while kill -0 "$server" 2> /dev/null; do rss; echo; sleep 1; done) > "$work/rss" &
  local watch=$!
  local start=$SECONDS
  YALU_PATH=$path YALU_QUERIES=$queries wrk --threads 2 --connections 64 --duration "${seconds}s" \
    --timeout 30s --script bench/serve/load.lua "$address" > "$work/wrk" || cat "$work/wrk" >&2
  local took=$((SECONDS - start))
  kill "$watch" 2> /dev/null || true
  wait "$watch" 2> /dev/null || true
  echo
  echo "$title"
  sed -n 's/^figures: /  /p' "$work/wrk"
  echo "  memory each second, MiB: $(tr '\n' ' ' < "$work/rss")"
  echo "  most: $(sort -n "$work/rss" | tail -1) MiB; processor time of the server: $((($(ticks) - before) / $(getconf CLK_TCK))) s in $took s"
}

: > "$scratch/none"
load "the verdict page" "/d/$dossier/" "$scratch/none"
load "questions put otherwise (verdict pages)" "/d/$dossier/" "$scratch/queries"
load "verdicts over the API, own setting" "/api/v1/dossiers/$dossier/verdict" "$scratch/none"
load "verdicts over the API, put otherwise" "/api/v1/dossiers/$dossier/verdict" "$scratch/queries"
sleep 5
echo
echo "memory of the server after: $(rss) MiB"
