#!/usr/bin/env bash
# Starts a server with a moderator and an approver, has it refuse an emoji, and walks through the
# moderators' page in a browser (console_test.mjs). The server is stopped and leaves nothing behind.
#
#   tests/end_to_end/console/run.sh PROGRAM   the signalbook that was built, its book beside it
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")"

folder=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" || true; fi; rm -rf "$folder"' EXIT

accounts=
for role in moderator approver; do
  "$program" token >"$folder/$role" 2>/dev/null
  accounts+="  accounts { name: \"$role\" role: \"$role\" $(sed -n 's/^token_sha256:/&/p' "$folder/$role") }
"
done
token() { sed -n 's/^token: //p' "$folder/$1"; }

cat >"$folder/config" <<END
listen: "127.0.0.1:0"
moderation {
  database: "sqlite:$folder/moderation.db"
  console: "127.0.0.1:0"
  flush_interval_ms: 100
$accounts}
END
"$program" serve --config "$folder/config" >"$folder/out" 2>"$folder/errors" &
server=$!
until grep -q '^console on ' "$folder/out"; do
  kill -0 "$server" 2>/dev/null || { cat "$folder/errors" >&2; exit 1; }
  sleep 0.1
done
address=$(sed -n 's/^listening on \([^;]*\);.*/\1/p' "$folder/out")

# U+1F6D9 has no name in Danish.
"$program" translate --server "$address" --from da --to da --emoji name $'\U0001F6D9' 2>/dev/null >"$folder/refused"

npm ci --no-audit --no-fund --loglevel=error
BASE_URL=$(sed -n 's/^console on //p' "$folder/out") \
  MODERATOR_TOKEN=$(token moderator) APPROVER_TOKEN=$(token approver) npm test
