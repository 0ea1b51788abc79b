#!/usr/bin/env bash
# Builds the clients of deploy/clients as its README.md says and has each ask a real server, first directly,
# then through a proxy that fails (faulty_proxy.py). All must print expected.txt, make the calls that are in
# expected_calls.txt, and say what is wrong when nobody listens.
#
#   tests/end_to_end/clients/run.sh PROGRAM EXAMPLE_CLIENT   the signalbook that was built, its book beside it,
#                                                            and the client in C++
set -euo pipefail
program=$(realpath "$1")
cpp_client=$(realpath "$2")
cd "$(dirname "$0")"
here=$PWD
python=/usr/bin/python3 # Debian's, which has its packages

folder=$(mktemp -d)
jobs=()
stop() { # ends what was started, the last first
  local i
  for ((i = ${#jobs[@]} - 1; i >= 0; i--)); do
    kill "${jobs[i]}" 2>/dev/null || true
    wait "${jobs[i]}" 2>/dev/null || true
  done
}
trap 'stop; rm -rf "$folder"' EXIT

wait_for() { # wait_for PATTERN FILE: until a line of it says that the last job started is ready
  until grep -q "$1" "$folder/$2"; do
    kill -0 "${jobs[-1]}" 2>/dev/null || { cat "$folder/$2.errors" >&2; exit 1; }
    sleep 0.1
  done
}

# The stubs are made in a copy, so that the tree stays as it is.
mkdir "$folder/deploy"
cp -r ../../../proto "$folder/proto"
cp -r ../../../deploy/clients "$folder/deploy/clients"
clients=$folder/deploy/clients
rm -rf "$clients/gen" "$clients/node_modules"

# The model may take its time on a busy machine.
printf '%s\n' 'listen: "127.0.0.1:0"' 'model_timeout_ms: 30000' >"$folder/config"
"$program" serve --config "$folder/config" >"$folder/server" 2>"$folder/server.errors" &
jobs+=($!)
wait_for '^listening on ' server
address=$(sed -n 's/^listening on \([^;]*\);.*/\1/p' "$folder/server")

mkdir "$folder/stubs" # of the proxy
"$python" -m grpc_tools.protoc -I "$folder/proto" --python_out="$folder/stubs" google/rpc/{status,error_details}.proto

"$python" readme.py quotes "$clients"

# ask LANGUAGE ADDRESS: what its client prints. Builds it as the README says; the packages from npm are
# installed once.
ask() {
  local done_before=()
  [ ! -d "$clients/node_modules" ] || done_before=(-e '/^npm ci /d')
  if [ "$1" = C++ ]; then
    "$cpp_client" "$2"
  else
    (cd "$clients" && "$python" "$here/readme.py" commands "$clients" "$1" |
      sed -e "s/127\.0\.0\.1:50051/$2/" "${done_before[@]}" | bash -euo pipefail)
  fi
}

# run LANGUAGE ADDRESS WHAT: asks, and compares what is printed.
run() {
  local output=$folder/$1.output
  if ! ask "$1" "$2" >"$output"; then
    echo "$1, $3: failed, having printed:" >&2
    cat "$output" >&2
    exit 1
  fi
  compare "$1, $3" expected.txt "$output"
}

compare() { # compare WHAT EXPECTED ACTUAL
  diff -u "$2" "$3" >&2 || { echo "$1: not as expected" >&2; exit 1; }
}

for language in C++ Python Node Go; do
  run "$language" "$address" "a server"

  PYTHONPATH=$folder/stubs "$python" faulty_proxy.py "$address" a-token \
    >"$folder/$language.calls" 2>"$folder/$language.calls.errors" &
  jobs+=($!)
  wait_for '^127' "$language.calls"
  SIGNALBOOK_TOKEN=a-token run "$language" "$(head -n 1 "$folder/$language.calls")" "a server that fails"
  # The proxy writes down a call when it has ended, which the client may know before.
  for _ in {1..100}; do
    (($(wc -l <"$folder/$language.calls") > $(wc -l <expected_calls.txt))) && break
    sleep 0.1
  done
  tail -n +2 "$folder/$language.calls" >"$folder/$language.made"
  compare "$language, calls made" expected_calls.txt "$folder/$language.made"

  if ask "$language" 127.0.0.1:1 >"$folder/$language.nobody"; then
    echo "$language: succeeds where nobody listens" >&2
    exit 1
  fi
  compare "$language, nobody listens" - "$folder/$language.nobody" <<<'failed: code 14'
  echo "$language: as expected"
done
echo "4 passed, 0 failed"
