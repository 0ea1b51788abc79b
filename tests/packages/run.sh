#!/usr/bin/env bash
# Builds the Debian packages of a build and judges them: lintian, what documents the program, what they say they are
# made of, whether the same files make the same packages, and a life in a bare Debian 12 (installed.sh).
#
#   tests/packages/run.sh [BUILD]     BUILD: a folder that is built already; build
set -euo pipefail
cd "$(dirname "$0")/../.."
. deploy/packages.sh
install "${package_packages[@]}"

build=$(cd "${1:-build}" && pwd)
packages=$build/packages
step() { printf '── packages: %s (%s s)\n' "$*" "$SECONDS"; }
fail() {
  echo "tests/packages: $*" >&2
  exit 1
}

step "building"
rm -rf "$packages"
log=$(mktemp)
twin=$(mktemp -d)
installed=
trap '[ -z "$installed" ] || kill "$installed" 2>/dev/null || true; rm -rf "$log" "$twin"' EXIT
deploy/debian/build.sh "$build" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
for package in signalbook signalbook-server signalbook-book libsignalbook-dev; do
  [ "$(ls "$packages/$package"_*.deb | wc -l)" = 1 ] || fail "$package was not made"
done
[ "$(dpkg-parsechangelog -l deploy/debian/changelog -S Version)" = \
  "$(dpkg-deb -f "$packages"/signalbook-server_*.deb Version)" ] || fail "the changelog is of another version"

step "the same files, another place, mask, zone and language: the same packages"
(
  umask 077
  LC_ALL=C TZ=Pacific/Kiritimati deploy/debian/build.sh "$build" -B "$twin" >"$log" 2>&1
) || { cat "$log" >&2; exit 1; }
for package in "$packages"/*.deb; do
  cmp "$package" "$twin/$(basename "$package")" || fail "$(basename "$package") differs from its twin"
done

# Mostly waits for downloads and disks; the other judges need no more than the files.
step "in a bare Debian 12, meanwhile"
sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)
"${sudo[@]}" tests/packages/installed.sh "$packages" "$build/packages-test" >"$log" 2>&1 &
installed=$!

step "lintian"
# As root it wants to be told; there is nothing that it would run.
lintian --allow-root --fail-on error,warning "$packages"/*.deb

step "man pages and completion"
tests/packages/documents.sh "$build/signalbook" "$build/deploy/debian/documents"

step "what they are made of"
npm ci --prefix tests/packages --no-audit --no-fund --loglevel=error --ignore-scripts
for package in signalbook signalbook-book; do dpkg-deb -x "$packages/$package"_*.deb "$twin/tree"; done
node tests/packages/sbom.mjs "$twin/tree/usr/share/doc/signalbook/sbom.cdx.json" "$twin/tree/usr/bin/signalbook"
node tests/packages/sbom.mjs "$twin/tree/usr/share/doc/signalbook-book/sbom.cdx.json" data

step "in a bare Debian 12: the end"
wait "$installed" || { cat "$log" >&2; exit 1; }
cat "$log"
step "all is well"
