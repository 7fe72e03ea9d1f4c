#!/usr/bin/env bash
# The same work at the peers and at Yalu, side by side: time, answers, memory. Prints figures, judges
# none. README.md beside this says what each row means.
#
#   bench/peers/run.sh [--quick] [--only WORD]
#
#   --quick   one synthetic control instead of 39, and no Python PELT at n = 10,000
#   --only    the cases whose name holds WORD: pelt, breakpoints, neweywest, negbin, adh
#
# The whole takes half an hour or more, nearly all of it pysyncon's; --quick a few minutes.
# YALU_SHARED: the folder that holds reference/ (default ../shared).
set -euo pipefail
cd "$(dirname "$0")/../.."
shared=${YALU_SHARED:-../shared}
smoking=$shared/reference/synthetic-control/smoking.csv
work=target/peers
mkdir -p "$work"

if [[ ! -x $work/venv/bin/python ]] || ! cmp -s bench/peers/requirements.txt "$work/requirements.txt"; then
  rm -rf "$work/venv"
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check -r bench/peers/requirements.txt
  cp bench/peers/requirements.txt "$work/requirements.txt"
fi

packages='for (p in c("strucchange", "sandwich", "MASS")) if (!requireNamespace(p, quietly = TRUE)) quit(status = 1)'
if ! Rscript -e "$packages" >/dev/null 2>&1; then
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    apt-get update -qq
    apt-get install -y -qq r-base-core r-cran-strucchange r-cran-sandwich r-cran-mass >/dev/null
  else
    echo "R with strucchange, sandwich and MASS isn't there, and only root may install it: their rows stay empty" >&2
  fi
fi
[[ -f $smoking ]] || echo "no $smoking: the synthetic control's rows stay empty" >&2

cargo build --release --quiet -p yalu-stats --example peers
"$work/venv/bin/python" bench/peers/data.py "$work/data"

uname -srm
"$work/venv/bin/python" --version
sed 's/==/ /' bench/peers/requirements.txt | paste -sd' '
Rscript -e 'for (p in c("strucchange", "sandwich", "MASS")) cat(p, format(packageVersion(p)), ""); cat("on", R.version.string, "\n")' 2>/dev/null || true
echo
exec "$work/venv/bin/python" bench/peers/compare.py "$work/venv/bin/python" \
  target/release/examples/peers "$work/data" "$work/results.json" "$smoking" "$@"
