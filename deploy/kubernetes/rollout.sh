#!/usr/bin/env bash
# Tries a book on a canary in one market, and takes the canary away when the alert of deploy/prometheus/canary.yml says
# that it refuses another share of the messages. The next market, or the whole cell, is up to whoever called it:
#
#   for market in pt de all; do deploy/kubernetes/rollout.sh --context "cell-$market" … || break; done
#
#   --prometheus URL   Prometheus with the rules of deploy/prometheus/canary.yml        http://127.0.0.1:9090
#   --market NAME      label of the targets                                             all
#   --minutes N        how long nothing may be found (deploy/SCALING.md)                30
#   --messages N       what the canary must have answered in 15 minutes for that to count    1000
#   --overlay FOLDER   what is applied and taken away                                   overlays/canary beside this file
#   --context NAME     of kubectl                                                       the current one
#
# Exit codes: 0 the canary did as the others do, and stays; 1 it was halted, and is gone; 2 the command line; 3 nobody
# could tell (no Prometheus, too few messages), and it is gone.
set -euo pipefail
overlay=$(dirname "$0")/overlays/canary
prometheus=http://127.0.0.1:9090 market=all minutes=30 messages=1000 pause=${SIGNALBOOK_ROLLOUT_PAUSE:-15}
kubectl=(kubectl)
while [ $# -gt 0 ]; do
  [ $# -gt 1 ] || { echo "rollout: $1 lacks its value" >&2; exit 2; }
  case $1 in
    --prometheus) prometheus=$2 ;;
    --market) market=$2 ;;
    --minutes) minutes=$2 ;;
    --messages) messages=$2 ;;
    --overlay) overlay=$2 ;;
    --context) kubectl+=(--context "$2") ;;
    *) echo "rollout: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done

# ask QUERY: the value of the first series, nothing when there is none; fails when Prometheus does not answer.
ask() {
  local answer
  answer=$(curl -sS --fail --max-time 10 "$prometheus/api/v1/query" --data-urlencode "query=$1") || return
  jq -r 'if .status == "success" then .data.result[0].value[1] // empty else error("query failed") end' <<<"$answer"
}
take_away() {
  "${kubectl[@]}" delete -k "$overlay" --ignore-not-found
}
alert="ALERTS{alertname=\"SignalbookCanaryRefusesOtherwise\", alertstate=\"firing\", market=\"$market\"}"
evidence="sum(signalbook:messages:increase15m{track=\"canary\", market=\"$market\"})"

ask "$alert" >/dev/null || { echo "rollout: $prometheus does not answer; nothing was tried" >&2; exit 3; }
"${kubectl[@]}" apply -k "$overlay"
deadline=$((SECONDS + minutes * 60)) silent=0
while [ "$SECONDS" -lt "$deadline" ]; do
  sleep "$pause"
  if ! firing=$(ask "$alert"); then
    # A moment without Prometheus is nothing; a canary that nobody watches is.
    silent=$((silent + 1))
    [ "$silent" -lt 8 ] && continue
    echo "rollout: $prometheus no longer answers; the canary is taken away" >&2
    take_away
    exit 3
  fi
  silent=0
  if [ -n "$firing" ]; then
    echo "rollout: halted in market $market: $(ask "signalbook:canary_refusal_score{market=\"$market\"}") standard deviations" >&2
    take_away
    exit 1
  fi
done
seen=$(ask "$evidence") || seen=0
if ! awk -v seen="${seen:-0}" -v wanted="$messages" 'BEGIN { exit !(seen >= wanted) }'; then
  echo "rollout: ${seen:-0} messages are too few to tell ($messages were asked for); the canary is taken away" >&2
  take_away
  exit 3
fi
echo "rollout: nothing was found in market $market in $minutes minutes"
