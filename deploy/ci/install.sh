#!/usr/bin/env bash
# On Debian 12, for a CI job: builds signalbook and installs it. Where it is already there (from a cache), only what
# it needs from Debian is installed.
#
#   deploy/ci/install.sh [PREFIX]    the program is PREFIX/bin/signalbook; PREFIX is /usr/local
set -euo pipefail
prefix=$(realpath -m "${1:-/usr/local}")
cd "$(dirname "$0")/../.."
. deploy/packages.sh

install "${build_packages[@]}" "${engine_packages[@]}"

# The book is installed last: without it, what is there was cut off.
if [ -x "$prefix/bin/signalbook" ] && [ -f "$prefix/share/signalbook/signalbook.book" ]; then exit; fi
cmake -S . -B build -G Ninja -DSIGNALBOOK_TESTS=OFF -DCMAKE_INSTALL_PREFIX="$prefix"
cmake --build build --target signalbook signalbook_book
cmake --install build
