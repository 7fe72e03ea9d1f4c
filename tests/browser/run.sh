#!/bin/sh
# Opens pages in a browser and checks them: `tests/browser/run.sh DIR [MORE...]`.
# Each folder holds a report.html, a scan.html or both; out/ beside this file receives screenshots and
# PDFs. Made-up pages: `cargo run --example made_up_scan DIR`, `cargo run --example made_up_report DIR`.
# CHROMIUM names the browser; without it the one on the PATH is taken, or installed by apt-get.
set -eu
if [ "$#" -eq 0 ]; then
  echo "usage: tests/browser/run.sh DIR [MORE...]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$browser" ]; then
  apt-get update && apt-get install -y chromium
  browser=$(command -v chromium)
fi
if [ ! -d "$here/node_modules/playwright-core" ] || [ ! -d "$here/node_modules/webvtt-parser" ]; then
  (cd "$here" && npm install --no-package-lock --no-audit --no-fund)
fi
status=0
for dir in "$@"; do
  found=0
  for page in report scan; do
    if [ -f "$dir/$page.html" ]; then
      found=1
      CHROMIUM=$browser node "$here/$page.mjs" "$dir" || status=1
      if [ "$page" = report ]; then
        CHROMIUM=$browser node "$here/evidence.mjs" "$dir" || status=1
      fi
    fi
  done
  if [ "$found" -eq 0 ]; then
    echo "$dir holds neither a report.html nor a scan.html" >&2
    status=1
  fi
done
exit "$status"
