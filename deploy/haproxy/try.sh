#!/usr/bin/env bash
# Three replicas behind haproxy, with a PostgreSQL of their own, on loopback: what README.md walks through, done. Then a
# replica is killed and another one drained, and a name is blocked, while people translate. Leaves nothing behind.
#
#   ./deploy/haproxy/try.sh            needs Debian's haproxy and postgresql, and a build (./deploy/quickstart.sh)
#   ./deploy/haproxy/try.sh --serve    keeps all of it running until Ctrl-C
#   SIGNALBOOK=/usr/bin/signalbook …   another program than build/signalbook
#   HOST=127.1.2.3 …                   another loopback address than 127.0.0.1
set -euo pipefail
cd "$(dirname "$0")/../.."
signalbook=$(realpath "${SIGNALBOOK:-build/signalbook}")
host=${HOST:-127.0.0.1}
PATH=$PATH:/usr/sbin

say() { printf '\n── %s\n' "$*"; }
work=$(mktemp -d /tmp/signalbook-try-XXXXXX)
chmod 711 "$work"
pids=()
as_postgres() { "$@"; }
stop() {
  # The database last.
  if ((${#pids[@]})); then
    kill "${pids[@]}" 2>/dev/null || true
    wait "${pids[@]}" 2>/dev/null || true
  fi
  if [ -f "$work/postgres/data/postmaster.pid" ]; then
    as_postgres "$postgres/pg_ctl" -D "$work/postgres/data" -m fast -s stop || true
  fi
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM
# await WHAT COMMAND…: until it succeeds, for a minute.
await() {
  local what=$1 end=$((SECONDS + 60))
  shift
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= end)); then
      tail -n 20 "$work"/*.log >&2
      echo "$what: not within a minute; what was said meanwhile stands above" >&2
      exit 3
    fi
    sleep 0.1
  done
}

say '1. PostgreSQL: one database, which all replicas share'
postgres=$(find /usr/lib/postgresql -name initdb -printf '%h\n' | sort -V | tail -n 1)
mkdir "$work/postgres"
if [ "$(id -u)" = 0 ]; then # it does not run as root
  as_postgres() { runuser -u postgres -- "$@"; }
  chown postgres "$work/postgres"
fi
as_postgres "$postgres/initdb" -D "$work/postgres/data" -U signalbook -A trust -E UTF8 --no-sync >"$work/initdb.log"
as_postgres "$postgres/pg_ctl" -D "$work/postgres/data" -l "$work/postgres/log" -s -w \
  -o "-k $work/postgres -c listen_addresses=$host -p 5433" start
as_postgres "$postgres/createdb" -h "$work/postgres" -p 5433 -U signalbook signalbook
database=postgresql://signalbook@$host:5433/signalbook

say '2. One configuration for all replicas, with somebody who may moderate'
"$signalbook" token >"$work/token" 2>/dev/null
sed -n 's/^token: //p' "$work/token" >"$work/ana"
hash=$(sed -n 's/^token_sha256: "\(.*\)"/\1/p' "$work/token")
sed -e "s|postgresql://[^\"]*|$database|" -e "s|0\{64\}|$hash|" deploy/haproxy/replica.textproto >"$work/replica.textproto"

say '3. Three replicas'
start() { # start N
  "$signalbook" serve --config "$work/replica.textproto" --listen "$host:5005$1" --http "$host:805$1" >>"$work/$1.log" 2>&1 &
  pids[$1]=$!
}
for n in 1 2 3; do start "$n"; done
for n in 1 2 3; do await "replica $n" curl -fsS "http://$host:805$n/readyz"; done
cat "$work"/[123].log

say '4. haproxy'
export SIGNALBOOK_FRONT=$host:50050 SIGNALBOOK_STATUS=$host:8404
for n in 1 2 3; do export "SIGNALBOOK_$n=$host:5005$n" "SIGNALBOOK_HTTP_$n=$host:805$n"; done
haproxy -c -f deploy/haproxy/haproxy.cfg
haproxy -db -f deploy/haproxy/haproxy.cfg >"$work/haproxy.log" 2>&1 &
pids[4]=$!
# The state of replica N: UP, NOLB (no new calls), DOWN.
state() { curl -fsS "http://$SIGNALBOOK_STATUS/;csv" | awk -F, -v n="$1" '$1 == "calls" && $2 == n { print $18 }'; }
is() { [ "$(state "$1")" = "$2" ]; }
translate() { "$signalbook" translate --server "$SIGNALBOOK_FRONT" --from en --to es --emoji name -- "$@"; }
for n in 1 2 3; do await "replica $n behind haproxy" is "$n" UP; done
for n in 1 2 3; do echo "replica $n: $(state "$n")"; done

say '5. A call, through the balancer'
translate 'I love 🇨🇦! 👍'

say '6. A replica is killed'
kill -KILL "${pids[1]}"
wait "${pids[1]}" 2>/dev/null || true
translate '🇨🇦'
await 'haproxy takes replica 1 out' is 1 DOWN
echo "replica 1: $(state 1)"

say '7. Another one is restarted; who translates does not notice'
kill -TERM "${pids[2]}"
while kill -0 "${pids[2]}" 2>/dev/null; do translate '🇨🇦'; sleep 0.5; done
start 2
await 'replica 2 is back' is 2 UP
start 1
await 'replica 1 is back' is 1 UP

say '8. A name is blocked on one replica, and on all'
"$signalbook" entries block --server "$SIGNALBOOK_FRONT" --token-file "$work/ana" names:es:1F44D --reason 'an example'
for n in 1 2 3; do
  blocked() { [ "$("$signalbook" translate --server "$host:5005$n" --to es --emoji name 👍)" = 👍 ]; }
  await "replica $n has it" blocked
  echo "replica $n: $("$signalbook" translate --server "$host:5005$n" --to es --emoji name 👍)"
done

if [ "${1:-}" = --serve ]; then
  printf '\nListening on %s; who is up: http://%s\n' "$SIGNALBOOK_FRONT" "$SIGNALBOOK_STATUS"
  wait "${pids[4]}"
fi
printf '\nDone.\n'
