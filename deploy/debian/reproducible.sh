#!/usr/bin/env bash
# Builds what is committed twice from nothing, in folders of other names, with another mask, time zone, language and
# number of jobs, and compares the packages byte by byte. Takes as long as two whole builds.
#
#   deploy/debian/reproducible.sh              the packages
#   deploy/debian/reproducible.sh TARGET…      files that Ninja makes alone, by their names below the build folder:
#                                              translator/CMakeFiles/translator.dir/utf8.cc.o
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CCACHE_DISABLE=1 # or the second build would be the first

# build_at SOURCE BUILD JOBS [TARGET…]
build_at() {
  local from=$1 build=$2 jobs=$3
  shift 3
  mkdir -p "$from"
  git -C "$source" archive HEAD | tar -x -C "$from"
  cmake -S "$from" -B "$build" -G Ninja -DCMAKE_INSTALL_PREFIX=/usr -DSIGNALBOOK_TESTS=OFF \
    -DSIGNALBOOK_REPRODUCIBLE=ON >"$work/cmake.log" 2>&1 || { cat "$work/cmake.log" >&2; return 1; }
  if (($#)); then
    cmake --build "$build" -j "$jobs" --target "$@"
  else
    CMAKE_BUILD_PARALLEL_LEVEL=$jobs "$from/deploy/debian/build.sh" "$build"
  fi
}

one=$work/one/build two="$work/a second one/out of the tree"
(umask 022 && LC_ALL=C TZ=UTC build_at "$work/one" "$one" 2 "$@")
(umask 077 && LC_ALL=C.UTF-8 TZ=Pacific/Kiritimati build_at "$work/a second one/source" "$two" 3 "$@")

differing=0
if (($# == 0)); then
  cd "$one/packages"
  set -- *.deb
  one=$one/packages two=$two/packages
fi
for file in "$@"; do
  if cmp "$one/$file" "$two/$file"; then (cd "$one" && sha256sum "$file"); else differing=$((differing + 1)); fi
done
echo "$#"' compared, '"$differing"' differ'
[ "$differing" = 0 ]
