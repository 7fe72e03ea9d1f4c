# Sourced by scripts that ask `yalu serve` something: starts it on a free port, with a copy of the
# dossier and a fresh discussion, and stops it when the script ends, however it ends.
#
#   . tests/serve.sh
#   serve YALU DOSSIER       sets `address`, `server` (its process), `dossier` (the id), `scratch`

stop_serving() {
  if [[ -n ${server:-} ]]; then
    kill "$server" 2> /dev/null || true
    wait "$server" 2> /dev/null || true
  fi
  if [[ -n ${scratch:-} ]]; then rm -rf "$scratch"; fi
}

serve() {
  local yalu=$1 from=$2
  scratch=$(mktemp -d)
  trap stop_serving EXIT
  trap 'exit 130' INT TERM
  mkdir "$scratch/dossier"
  (cd "$from" && tar -c --exclude=./assessment .) | tar -x -C "$scratch/dossier"
  printf 'correct horse battery\n' | "$yalu" moderator add ann --discussion "$scratch/discussion.db" > /dev/null
  # Limits of comments count by whom a request says that it comes from.
  printf 'proxies = ["127.0.0.1"]\n' > "$scratch/site.toml"
  "$yalu" serve "$scratch/dossier" --settings "$scratch/site.toml" --port 0 --json --discussion "$scratch/discussion.db" \
    > "$scratch/address.json" 2> "$scratch/log" &
  server=$!
  local tries=0
  until [[ -s $scratch/address.json ]]; do
    tries=$((tries + 1))
    if [[ $tries -gt 150 ]] || ! kill -0 "$server" 2> /dev/null; then
      cat "$scratch/log" >&2
      echo "the server didn't start" >&2
      return 1
    fi
    sleep 0.2
  done
  address=$(sed -n 's/.*"address": *"\([^"]*\)".*/\1/p' "$scratch/address.json")
  dossier=$(curl -sS "$address/api/v1/dossiers" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
  echo "serving $dossier at $address"
}

# Waits until what is computed ahead is there, at most SECONDS.
warm() {
  local end=$((SECONDS + $1)) now before=-1
  while [[ $SECONDS -lt $end ]]; do
    now=$(curl -sS "$address/api/v1/dossiers/$dossier/evolution" | grep -o '"as_of"' | wc -l || true)
    if [[ $now -gt 0 && $now -eq $before ]]; then break; fi
    before=$now
    sleep 5
  done
  echo "computed ahead: the verdict at $now dates"
}
