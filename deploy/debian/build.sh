#!/usr/bin/env bash
# Builds the Debian packages into BUILD/packages.
#
#   deploy/debian/build.sh [BUILD] [CPACK_OPTION…]     BUILD: a folder that cmake -G Ninja has configured; build
#
# With -DSIGNALBOOK_REPRODUCIBLE=ON -DCMAKE_INSTALL_PREFIX=/usr, what BUILD is called and where it lies leaves no
# trace. Times are those of the changelog unless $SOURCE_DATE_EPOCH says otherwise.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:-$source/build}" && pwd)
shift || true

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(dpkg-parsechangelog -l "$source/deploy/debian/changelog" -S Timestamp)}
export SOURCE_DATE_EPOCH
cmake --build "$build" --target signalbook signalbook_book signalbook_documents translator models
cd "$build"
umask 022 # cpack's archives tell it
cpack -G DEB "$@"
