#!/usr/bin/env bash
# The halt of a bad book with everything real but the cluster: three servers under load, Prometheus with the rules of
# deploy/prometheus, deploy/kubernetes/rollout.sh. A canary with the same book must pass, one that lost every fourth
# Spanish name must be halted. Takes ten minutes: by hand, or nightly.
#
#   tests/deploy/canary.sh PROGRAM   the signalbook that was built, its book beside it
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/../.."
. deploy/packages.sh
install prometheus curl jq

folder=$(mktemp -d)
started=()
stop() {
  local pid
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait || true
}
trap 'stop; rm -rf "$folder"' EXIT

echo "── a book that lost every fourth Spanish name"
cp -r data "$folder/data"
awk '/^#/ || NR % 4' data/cldr/names/es.tsv >"$folder/data/cldr/names/es.tsv"
"$program" book build --data "$folder/data" --output "$folder/bad.book" --version bad >"$folder/build.log" ||
  { cat "$folder/build.log" >&2; exit 1; }

serve() { # serve NAME [BOOK]
  printf 'listen: "127.0.0.1:0"\nmetrics: "127.0.0.1:0"\napertium { disabled: true }\n%s\n' "${2:+book: \"$2\"}" >"$folder/$1.textproto"
  "$program" serve --config "$folder/$1.textproto" >"$folder/$1.out" 2>"$folder/$1.errors" &
  started+=($!)
  echo $! >"$folder/$1.pid"
  until grep -q '^metrics on ' "$folder/$1.out"; do
    kill -0 "$(cat "$folder/$1.pid")" 2>/dev/null || { cat "$folder/$1.errors" >&2; exit 1; }
    sleep 0.1
  done
}
address() { sed -n 's/^listening on \([^;]*\);.*/\1/p' "$folder/$1.out"; }
metrics() { sed -n 's|^metrics on http://\(.*\)/metrics$|\1|p' "$folder/$1.out"; }

# Every emoji that has a Spanish name, and one message in fifteen that no book names.
/usr/bin/python3 - >"$folder/messages" <<'END'
rows = [line.split("\t")[0] for line in open("data/cldr/names/es.tsv", encoding="utf8") if not line.startswith("#")]
for i, key in enumerate(rows):
    print("".join(chr(int(point, 16)) for point in key.split("-")) if i % 15 else "🇨🇦🇨")
END

serve stable1
serve stable2
port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
prometheus=http://127.0.0.1:$port

# try NAME MINUTES EXPECTED [BOOK]: a canary with this book, and what rollout.sh must say of it.
try() {
  serve "$1" "${4:-}"
  cat >"$folder/prometheus.yml" <<END
global: {scrape_interval: 5s}
rule_files: [$PWD/deploy/prometheus/canary.yml]
scrape_configs:
  - job_name: signalbook
    static_configs:
      - {targets: ["$(metrics stable1)", "$(metrics stable2)"], labels: {track: stable, market: $1}}
      - {targets: ["$(metrics "$1")"], labels: {track: canary, market: $1}}
END
  prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/tsdb-$1" \
    --web.listen-address="127.0.0.1:$port" >"$folder/prometheus.log" 2>&1 &
  local watcher=$!
  started+=("$watcher")
  until curl -sf "$prometheus/-/ready" >/dev/null; do
    kill -0 "$watcher" 2>/dev/null || { tail -n 5 "$folder/prometheus.log" >&2; exit 1; }
    sleep 0.2
  done
  while :; do
    for name in stable1 stable2 "$1"; do
      "$program" translate --server "$(address "$name")" --from en --to es --emoji name \
        <"$folder/messages" >/dev/null 2>&1 || break 2
      sleep 1
    done
  done &
  local callers=$!
  started+=("$callers")

  # In place of a cluster's: taking the canary away ends it.
  printf '#!/bin/sh\n[ "$1" != delete ] || kill "$(cat %s)"\n' "$folder/$1.pid" >"$folder/kubectl"
  chmod +x "$folder/kubectl"
  local code=0 began=$SECONDS
  PATH=$folder:$PATH deploy/kubernetes/rollout.sh --prometheus "$prometheus" --market "$1" --minutes "$2" --messages 1000 || code=$?
  kill "$watcher" "$callers" 2>/dev/null || true
  wait "$watcher" "$callers" 2>/dev/null || true
  [ "$code" = "$3" ] || { echo "the canary $1: rollout.sh exits $code, not $3" >&2; exit 1; }
  echo "the canary $1: rollout.sh exits $code after $((SECONDS - began)) s"
  if [ "$3" = 0 ]; then kill "$(cat "$folder/$1.pid")"; fi
  wait "$(cat "$folder/$1.pid")" || { echo "the canary $1 did not end well" >&2; exit 1; }
}

try good 4 0
try bad 6 1 "$folder/bad.book"
echo "2 passed, 0 failed"
