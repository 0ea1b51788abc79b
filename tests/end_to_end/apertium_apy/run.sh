#!/usr/bin/env bash
# Signalbook with a real apertium-apy as its model. Debian's package would start a daemon on all interfaces as soon as it
# is installed, so it is unpacked into a temporary folder and run from there, on loopback.
#
#   tests/end_to_end/apertium_apy/run.sh PROGRAM   the signalbook that was built, its book beside it
set -euo pipefail
program=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
python=/usr/bin/python3 # Debian's, which has its packages

folder=$(mktemp -d)
servers=()
stop() {
  local server
  for server in "${servers[@]}"; do
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  done
}
trap 'stop; rm -rf "$folder"' EXIT
fail() { # fail MESSAGE
  echo "tests/end_to_end/apertium_apy: $1" >&2
  tail -n 20 "$folder"/*.errors >&2
  exit 1
}

chmod 755 "$folder" # apt downloads as a user of its own
(cd "$folder" && apt-get download -qq apertium-apy && dpkg-deb -x apertium-apy_*.deb package) \
  2>"$folder/download.errors" || fail "the package cannot be downloaded"

start() { # start NAME READY COMMAND…: in the background; returns once it has printed a line that begins with READY
  local name=$1 ready=$2
  shift 2
  "$@" >"$folder/$name.out" 2>"$folder/$name.errors" &
  servers+=($!)
  until grep -q "^$ready" "$folder/$name.out"; do
    kill -0 "${servers[-1]}" 2>/dev/null || fail "$name does not start"
    sleep 0.1
  done
}
start apy 'listening on ' "$python" "$here/serve.py" "$folder/package/usr/lib/python3/dist-packages" \
  /usr/share/apertium/modes --port 0 --num-processes 1
cat >"$folder/config" <<END
listen: "127.0.0.1:0"
model_timeout_ms: 30000
apertium { disabled: true }
models { name: "apy" apertium_apy { url: "http://127.0.0.1:$(sed -n 's/^listening on //p' "$folder/apy.out")" } attempts: 1 }
END
start signalbook 'listening on ' "$program" serve --config "$folder/config"
address=$(sed -n 's/^listening on \([^;]*\);.*/\1/p' "$folder/signalbook.out")

expect() { # expect WHAT-STANDS-IN-THE-ANSWER TO MESSAGE
  local answer
  answer=$("$program" translate --server "$address" --from en --to "$2" --emoji name --pieces "$3")
  grep -qF -- "$1" <<<"$answer" || fail "\"$3\" is answered without \"$1\":
$answer"
}
expect 'Quiero Canadá!' es 'I love 🇨🇦!'
expect 'apertium-eng-spa' es 'I love 🇨🇦!'
expect 'Buenos días & gracias <3' es 'Good morning & thank you <3'
expect 'mañana' es 'See you tomorrow. Good morning.'
expect 'UNKNOWN_WORD' es 'A sesquipedalian dog'
expect 'NO_MODEL' fr 'The old dog sleeps'
kill "${servers[0]}"
wait "${servers[0]}" 2>/dev/null || true
expect 'MODEL_UNAVAILABLE' es 'The old dog sleeps'
echo "Signalbook translates with apertium-apy $(dpkg-deb -f "$folder"/apertium-apy_*.deb Version)"
