#!/bin/sh
# Serves a dossier and checks the site in a browser: `tests/browser/site.sh YALU DOSSIER`, the built
# program and the folder of a dossier. out/ beside this file receives screenshots.
# CHROMIUM names the browser; without it the one on the PATH is taken, or installed by apt-get.
set -eu
if [ "$#" -ne 2 ]; then
  echo "usage: tests/browser/site.sh YALU DOSSIER" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$browser" ]; then
  apt-get update && apt-get install -y chromium
  browser=$(command -v chromium)
fi
if [ ! -d "$here/node_modules/playwright-core" ] || [ ! -d "$here/node_modules/axe-core" ]; then
  (cd "$here" && npm install --no-package-lock --no-audit --no-fund)
fi
CHROMIUM=$browser exec node "$here/site.mjs" "$1" "$2"
