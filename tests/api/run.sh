#!/usr/bin/env bash
# Asks the API what its own description allows, and what it doesn't, and holds the answers to it:
#
#   tests/api/run.sh YALU DOSSIER        the built program, the folder of a dossier
#
# Schemathesis makes the requests, from a fixed seed. `assessment` answers a megabyte each time, so it
# is asked less often. The exit status is that of the worst run; target/api-tests holds their reports.
set -euo pipefail
if [[ $# -ne 2 ]]; then
  echo "usage: tests/api/run.sh YALU DOSSIER" >&2
  exit 2
fi
yalu=$(realpath "$1")
from=$(realpath "$2")
cd "$(dirname "$0")/../.."
work=target/api-tests
mkdir -p "$work"
if ! "$work/venv/bin/schemathesis" --version 2> /dev/null | grep -q ' 4\.32\.5$'; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.32.5
fi
. tests/serve.sh
serve "$yalu" "$from"
# The first answer is the whole assessment; no request that is checked shall wait for it.
curl -sS --max-time 300 --output /dev/null "$address/api/v1/dossiers/$dossier/verdict"

# Ids are drawn at random otherwise, and none of them is a dossier's.
cat > "$scratch/schemathesis.toml" <<END
[parameters]
"path.id" = "$dossier"
END

run() {
  local name=$1 config=$2
  shift 2
  echo
  echo "== $name"
  SCHEMATHESIS_HOOKS=tests/api/hooks.py "$work/venv/bin/schemathesis" --config-file "$config" --no-color run "$address/api/v1/openapi.json" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method \
    --seed 20131231 --request-timeout 60 --continue-on-failure --warnings off \
    --report ndjson --report-ndjson-path "$work/$name.ndjson" "$@"
}

status=0
: > "$scratch/plain.toml"
run dossier "$scratch/schemathesis.toml" --phases examples,coverage,fuzzing --max-examples 40 \
  --exclude-path '/dossiers/{id}/assessment' || status=1
run assessment "$scratch/schemathesis.toml" --phases fuzzing --max-examples 12 \
  --include-path '/dossiers/{id}/assessment' || status=1
run any-id "$scratch/plain.toml" --phases fuzzing --max-examples 15 || status=1
if ! kill -0 "$server" 2> /dev/null; then
  echo "the server ended:" >&2
  cat "$scratch/log" >&2
  status=1
fi
exit "$status"
