#!/usr/bin/env bash
# Points clients of LibreTranslate at Signalbook: those that are on npm, unmodified (clients_test.mjs), and
# what three chat products send (products_test.mjs). Two servers, one of them with a certificate.
#
#   tests/end_to_end/libretranslate/run.sh PROGRAM   the signalbook that was built, its book beside it
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")"

folder=$(mktemp -d)
servers=()
stop() {
  local server
  for server in "${servers[@]}"; do
    kill "$server" 2>/dev/null || true
    wait "$server" || true
  done
}
trap 'stop; rm -rf "$folder"' EXIT

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=signalbook-test \
  -addext subjectAltName=IP:127.0.0.1 -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>"$folder/openssl" ||
  { cat "$folder/openssl" >&2; exit 1; }

serve() { # serve NAME [MORE CONFIGURATION]; the model may take its time on a busy machine
  cat >"$folder/$1.config" <<END
listen: "127.0.0.1:0"
model_timeout_ms: 30000
http { address: "127.0.0.1:0" }
${2:-}
END
  "$program" serve --config "$folder/$1.config" >"$folder/$1.out" 2>"$folder/$1.errors" &
  servers+=($!)
  until grep -q '^http on ' "$folder/$1.out"; do
    kill -0 "${servers[-1]}" 2>/dev/null || { cat "$folder/$1.errors" >&2; exit 1; }
    sleep 0.1
  done
}
url() { sed -n 's/^http on //p' "$folder/$1.out"; }

serve plain
serve secure "tls { certificate_file: \"$folder/certificate.pem\" key_file: \"$folder/key.pem\" }"

npm ci --no-audit --no-fund --loglevel=error --ignore-scripts
BASE_URL=$(url plain) SECURE_BASE_URL=$(url secure) NODE_EXTRA_CA_CERTS=$folder/certificate.pem npm test
