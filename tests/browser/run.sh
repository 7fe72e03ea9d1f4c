#!/bin/sh
# Opens reports in a browser and checks them: `tests/browser/run.sh ASSESSMENT_DIR [MORE...]`.
# Each folder holds a report.html; out/ beside this file receives screenshots and PDFs.
# CHROMIUM names the browser; without it the one on the PATH is taken, or installed by apt-get.
set -eu
if [ "$#" -eq 0 ]; then
  echo "usage: tests/browser/run.sh ASSESSMENT_DIR [MORE...]" >&2
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
CHROMIUM=$browser exec node "$here/report.mjs" "$@"
