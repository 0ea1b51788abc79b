#!/usr/bin/env bash
# From a bare Debian 12 to translated messages: installs what is needed, builds, starts the server on
# loopback, sends it sample messages through gRPC, shows the answers, and stops the server.
#
#   ./deploy/quickstart.sh           build and show
#   ./deploy/quickstart.sh --serve   build and keep the server running in the foreground
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

install "${build_packages[@]}" "${engine_packages[@]}"

build=${SIGNALBOOK_BUILD:-build}
echo "── building in $build/ (the first time takes some minutes)"
cmake -S . -B "$build" -G Ninja -DSIGNALBOOK_TESTS=OFF >"$build.log" 2>&1 ||
  { cat "$build.log" >&2; exit 3; }
rm -f "$build.log"
cmake --build "$build" --target signalbook signalbook_book
signalbook=$build/signalbook

if [ "${1:-}" = --serve ]; then exec "$signalbook" serve; fi

log=$(mktemp)
"$signalbook" serve --listen 127.0.0.1:0 >"$log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -f "$log"' EXIT
for _ in $(seq 100); do
  grep -q 'listening on' "$log" && break
  kill -0 "$server" 2>/dev/null || { cat "$log" >&2; exit 3; }
  sleep 0.1
done
cat "$log"
address=$(sed -n 's/.*listening on \([^ ]*\).*/\1/p' "$log" | head -n 1)

# translate WHAT FROM TO MODE TEXT…
translate() {
  local what=$1 from=$2 to=$3 mode=$4
  shift 4
  printf '\n── %s\n' "$what"
  "$signalbook" translate --server "$address" --from "$from" --to "$to" --emoji "$mode" --pieces -- "$@"
}

translate 'A flag in a sentence: it stays a flag' en es keep 'I love 🇨🇦!'
translate 'A flag by its approved name' en es name '🇨🇦'
translate 'What other translators drop: the text behind an emoji' en es keep \
  'Haha, the gate is in my freezer. 😆 I guess it came with the truck.'
translate 'December 2019: flags in a Chinese sentence. No zh→en model is installed, so the prose is refused' \
  zh en name '他在🇨🇦等你。' '他在🇦🇫等你。' '他在🇦🇩等你。' '他在🇦🇼等你。' '他在🇨🇬等你。' '他在🇵🇦等你。' '他在🇧🇦等你。' \
  '他在🇸🇬等你。'
translate 'Protected spans come through byte for byte' en es keep \
  'meet me at https://example.com/a?b=c with {{name}} @ana #viaje at 5pm 👍🏽'
translate 'An odd run of regional indicators: Canada, and one that is nothing' en es name '🇨🇦🇨'
printf '\n── The same run, explained\n'
"$signalbook" explain --locale en,es -- '🇨🇦🇨'

printf '\nDone. To keep a server running: ./deploy/quickstart.sh --serve\n'
