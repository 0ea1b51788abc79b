#!/usr/bin/env bash
# Installs what the tests need, builds, runs all tests; ends with the test runner's summary.
#
#   ./tests/run.sh           everything: style, tests, the same tests under ASan + UBSan and (what has
#                            threads) TSan, the fuzz targets
#   ./tests/run.sh --quick   only the tests, no sanitizers, no fuzzing
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

quick=false
[ "${1:-}" = --quick ] && quick=true
# The same inputs every time, so that a run can be repeated; FUZZ_SECONDS=600 looks for new ones.
fuzz_effort=(-seed=7 -runs=20000)
[ -z "${FUZZ_SECONDS:-}" ] || fuzz_effort=(-max_total_time="$FUZZ_SECONDS")
build=${SIGNALBOOK_BUILD:-build}

install "${build_packages[@]}" "${engine_packages[@]}" "${test_packages[@]}" "${client_packages[@]}" \
  "${browser_packages[@]}"

step() { printf '\n── %s (%s s)\n' "$*" "$SECONDS"; }
configure() { # configure DIR OPTION…
  local dir=$1
  shift
  cmake -S . -B "$dir" -G Ninja "$@" >"$dir.log" 2>&1 || { cat "$dir.log" >&2; exit 3; }
  rm -f "$dir.log"
}

if ! $quick; then
  step "style: clang-format"
  git ls-files '*.cc' '*.h' | xargs clang-format-14 --dry-run --Werror

  step "style and promises of proto/: buf"
  tests/proto/run.sh
fi

step "building"
configure "$build" -DSIGNALBOOK_TESTS=ON
cmake --build "$build"

if ! $quick; then
  step "style: clang-tidy"
  # Its compiler cannot read the headers that the other one precompiled.
  mkdir -p "$build/tidy"
  sed -E "s/-Winvalid-pch -include [^ ]*cmake_pch.hxx//" "$build/compile_commands.json" \
    >"$build/tidy/compile_commands.json"
  git ls-files 'translator/*.cc' 'service/*.cc' |
    xargs -P "$(nproc)" -n 4 clang-tidy-14 -p "$build/tidy" --quiet 2>/dev/null

  step "tests of the domain under AddressSanitizer and UndefinedBehaviorSanitizer"
  configure "$build-asan" -DSIGNALBOOK_SERVICE=OFF -DSIGNALBOOK_SANITIZE=address,undefined
  cmake --build "$build-asan"
  # All of data/ through the translator and twice through the compiler takes a third of the time here, and the
  # book of these tests has been through the same code. The tests proper run them.
  GTEST_FILTER='-LawTest.HoldsForEverySequence*:BookBuilderTest.TheTreesOwnTables*' \
    ctest --test-dir "$build-asan" --output-on-failure -j "$(nproc)"

  step "tests with threads under ThreadSanitizer"
  configure "$build-tsan" -DSIGNALBOOK_SERVICE=OFF -DSIGNALBOOK_SANITIZE=thread
  cmake --build "$build-tsan" --target apertium_test breaker_test \
    bulkhead_test cached_test chat_test http_client_test libretranslate_test retrying_test \
    translator_test # those with the label
  ctest --test-dir "$build-tsan" --output-on-failure -j "$(nproc)" -L threads

  step "fuzzing (${fuzz_effort[*]})"
  configure "$build-fuzz" -DSIGNALBOOK_SERVICE=OFF -DSIGNALBOOK_TESTS=OFF -DSIGNALBOOK_FUZZ=ON \
    -DCMAKE_CXX_COMPILER=clang++-14
  cmake --build "$build-fuzz"
  for target in "$build-fuzz"/tests/fuzz/*_fuzz; do
    name=$(basename "$target")
    seeds=tests/corpora/fuzz/${name%_fuzz}
    found=$(mktemp -d)
    if ! "$target" "${fuzz_effort[@]}" -timeout=10 -rss_limit_mb=2048 \
      -print_final_stats=1 -artifact_prefix="$build-fuzz/" "$found" "$seeds" >"$found.log" 2>&1; then
      tail -n 40 "$found.log" >&2
      echo "$name found something: the input is in $build-fuzz/" >&2
      exit 1
    fi
    echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log") runs, nothing found"
    rm -rf "$found" "$found.log"
  done
fi

step "deploy/: containers, orchestration, alerts, capacity"
tests/deploy/run.sh "$build/signalbook"

step "the moderators' page in a browser"
tests/end_to_end/console/run.sh "$build/signalbook"

step "clients in four languages"
tests/end_to_end/clients/run.sh "$build/signalbook" "$build/deploy/clients/example_client"

step "clients of LibreTranslate"
tests/end_to_end/libretranslate/run.sh "$build/signalbook"

step "apertium-apy as a model"
tests/end_to_end/apertium_apy/run.sh "$build/signalbook"

if ! $quick; then
  step "Debian packages"
  tests/packages/run.sh "$build"
fi

step "tests"
ctest --test-dir "$build" --output-on-failure -j "$(nproc)"
