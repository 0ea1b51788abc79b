#!/usr/bin/env bash
# Judges proto/ with buf: its style (proto/buf.yaml), and that nothing breaks which clients were promised.
#
#   tests/proto/run.sh            judges
#   tests/proto/run.sh --renew    judges, then records proto/ as what is promised from now on
#
# The promise is promised.binpb, a buf image, so that no history is needed to compare with. Renew it with each
# release; until then what was added may still change. It can be renewed only with additions: what breaks the
# promise fails above that line. What must break goes into a package v2 beside v1.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --loglevel=error --ignore-scripts
buf=$PWD/node_modules/.bin/buf
promised=$PWD/promised.binpb
cd ../..

"$buf" lint proto
"$buf" breaking proto --against "$promised"

# A judge that lets everything pass looks the same as one that works.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -r proto "$folder/proto"
sed -i 's/\btranslated_text = 1;/text = 1;/' "$folder/proto/signalbook/v1/translation.proto"
if found=$("$buf" breaking "$folder/proto" --against "$promised") ||
  ! grep -q 'Field "1".*"Translation".*"translated_text"' <<<"$found"; then
  echo "tests/proto: buf breaking did not find that Translation.translated_text was renamed: $found" >&2
  exit 1
fi

if [ "${1:-}" = --renew ]; then
  "$buf" build proto --exclude-source-info -o "$promised"
fi
echo "proto/ keeps its style and its promises"
